"""The local autograder, in four parts and the homeworks' checks:

checks      the vocabulary: what a check is, the inputs that it draws, its snippet, how a value is judged
harness     runs untrusted code; knows neither checks nor homeworks
grading     from checks and a student's folder to points: run every check, judge, report, command line; the record of
            a grading as JSON, for course servers and `python -m course grade`
subjects    subject matter that several homeworks check, such as batch normalization
*_autograder    the checks of one homework each, and its runner.py

To add a homework: write its checks as functions from a `Draw` to `Problem`s (see `checks/check.py`), a
`runner.py` like `hw1_autograder/runner.py`, and give it a word in `grade.sh`; docs/instructors.md has an example.
"""
