"""The grader of homework 1's bonus: see runner.py."""
