"""GitHub Classroom's workflow. It runs in the student's repository, which is the starter's folder."""

from __future__ import annotations

from collections.abc import Mapping

from course.homeworks import Homework

__all__ = ["workflow"]

_HEAD = """\
# {title}. Red unless the score is full.
name: Autograding
on: [push]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - name: packages
        run: pip install -r requirements.txt
"""
_PROBLEM = """\
      - name: {number}
        id: {id}
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: "{number} {title}"
          command: ./grade.sh {grade} --problem {number} --fail-under 100
          timeout: 10
          max-score: {points:g}
"""
_TAIL = """\
      - name: points
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{results}
        with:
          runners: {runners}
      - name: full score
        run: ./grade.sh {grade} --fail-under 100
"""


def workflow(homework: Homework, problems: Mapping[str, tuple[str, float]]) -> str:
    """problems: {number: (title, points)}. A step per problem gives its points, whole or none; the last step is red
    unless everything is right."""
    ids = {number: "problem-" + number.replace(".", "-") for number in problems}
    steps = [
        _PROBLEM.format(number=number, id=ids[number], title=title, grade=homework.grade, points=points)
        for number, (title, points) in problems.items()
    ]
    results = "\n".join(f'          {i.upper()}_RESULTS: "${{{{steps.{i}.outputs.result}}}}"' for i in ids.values())
    tail = _TAIL.format(results=results, runners=",".join(ids.values()), grade=homework.grade)
    return _HEAD.format(title=homework.title) + "".join(steps) + tail
