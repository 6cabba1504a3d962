"""The checks of homework 1 (handout 002)."""
