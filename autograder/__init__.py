"""The local autograder. `common` is the machinery, `hw1_autograder` the checks of homework 1.

To add a homework: write its checks as `Problem`s (see `common/check.py`) and a `runner.py` like
`hw1_autograder/runner.py`, and give it a word in `grade.sh`.
"""
