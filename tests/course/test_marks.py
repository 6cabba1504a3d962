"""Cutting solutions out of a file."""

import pytest

from course.errors import CourseError
from course.marks import cut, without_marks

SOURCE = '''"""A file."""

import numpy as np


class Sub:
    """c = a - b"""

    @staticmethod
    def forward(ctx, a, b):
        """The difference."""
        # Mind the order.
        # BEGIN SOLUTION 1.1.1: as in Add
        secret = a - b

        return secret
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad):
        # BEGIN SOLUTION 2.3, 2.6: use unbroadcast
        return unbroadcast(grad)
        # INSTEAD
        # if grad:
        #     return grad
        # END SOLUTION
        return None


# BEGIN SOLUTION
def helper():
    return 1


# END SOLUTION
# BEGIN SOLUTION 1b.3: operations of your own
CONSTANT = 3
# END SOLUTION
def last():
    # BEGIN SOLUTION 1.2: mark it
    mark()
    # INSTEAD
    # END SOLUTION
    return 0
'''

STARTER = '''"""A file."""

import numpy as np


class Sub:
    """c = a - b"""

    @staticmethod
    def forward(ctx, a, b):
        """The difference."""
        # Mind the order.
        # TODO 1.1.1: as in Add
        raise NotImplementedError("TODO 1.1.1: Sub.forward")

    @staticmethod
    def backward(ctx, grad):
        # TODO 2.3, 2.6: use unbroadcast
        if grad:
            return grad
        return None


# TODO 1b.3: operations of your own
def last():
    # TODO 1.2: mark it
    return 0
'''


def test_every_form():
    assert cut(SOURCE, "sub.py") == STARTER


def test_a_file_without_marks_stays():
    assert cut("x = 1\n", "x.py") == "x = 1\n"
    assert cut("", "x.py") == ""


def test_the_solution_without_marks():
    text = without_marks(SOURCE, "sub.py")
    assert "SOLUTION" not in text
    assert "INSTEAD" not in text
    assert "        secret = a - b\n\n        return secret\n" in text
    assert "return grad\n" not in text
    compile(text, "sub.py", "exec")


HEAD = "def f():\n    # BEGIN SOLUTION 1.1: x\n    return 1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD, "f.py, line 2: BEGIN SOLUTION has no END SOLUTION"),
        (HEAD + HEAD[9:] + "    # END SOLUTION\n", "f.py, line 4: END SOLUTION was expected before: # BEGIN SOLUTION"),
        ("x = 1\n# END SOLUTION\n", "f.py, line 2: a BEGIN SOLUTION was expected here, got: # END SOLUTION"),
        ("# INSTEAD\n", "f.py, line 1: a BEGIN SOLUTION was expected here"),
        (HEAD.replace("1.1:", "1.1") + "    # END SOLUTION\n", "line 2: a BEGIN SOLUTION was expected here, got"),
        (HEAD.replace("# BEGIN", "# begin") + "    # END SOLUTION\n", "line 2: a BEGIN SOLUTION was expected"),
        (
            HEAD + "    # INSTEAD\n    return 0\n    # END SOLUTION\n",
            "line 5: after INSTEAD come comments, got: return 0",
        ),
        (HEAD + "    # INSTEAD\n    # return (\n    # END SOLUTION\n", "does not compile"),
        (HEAD + "    # end solution\n    # END SOLUTION\n", "line 4: END SOLUTION was expected before"),
        ("def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n", "does not compile"),
    ],
)
def test_marks_that_do_not_fit(text, message):
    with pytest.raises(CourseError) as caught:
        cut(text, "f.py")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
