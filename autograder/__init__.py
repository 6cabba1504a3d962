"""The local autograder. `common` is the machinery, `hw1_autograder` the checks of homework 1.
`export` gathers the code that a write-up must show; it belongs to no homework.

To add a homework: write its checks as `Problem`s (see `common/check.py`) and a `runner.py` like
`hw1_autograder/runner.py`, and give it a word in `grade.sh`.
"""
