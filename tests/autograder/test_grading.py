"""What grading makes of the replies of processes, played by a pool that runs nothing."""

import json

import pytest

from autograder.checks.check import Check, Problem
from autograder.grading.grade import grade
from autograder.harness.pool import Reply
from autograder.harness.submission import Submission
from autograder.harness.values import encode


class PlayedPool:
    """Answers the import probe, then every job by `reply`, and notes the time limits."""

    layers = ()

    def __init__(self, folder, reply):
        self.folder, self.reply, self.limits, self.forks = folder, reply, [], True

    def take(self, folder, handin):
        return Submission(folder, folder, handin=handin)

    def run(self, job):
        if not job.snippet:
            return Reply("exit", answer='{"values": {}, "broken": {}}')
        self.limits.append(job.limit)
        return self.reply

    def run_all(self, calls):
        return [call() for call in calls]


FAILURES = {"timeout": "too slow", "signal 11": "too deep", "KeyError": "no key"}


def outcome(tmp_path, reply, checks=1):
    all_checks = [Check(f"check {i}", 1, "y = 1", {"y": 1}, failures=FAILURES) for i in range(checks)]
    pool = PlayedPool(tmp_path, reply)
    (result,) = grade([Problem("1", "one", checks, tuple(all_checks))], tmp_path, pool).results
    return result, pool


HUGE = '{"values": {"y": {"dtype": "float64", "shape": [1' + "0" * 30 + ', 0], "data": ""}}}'
GOOD = json.dumps({"values": {"y": encode(1)}})


def test_a_right_answer(tmp_path):
    result, _ = outcome(tmp_path, Reply("exit", 0, "", GOOD))
    assert result.points == 1


@pytest.mark.parametrize(
    ("reply", "what", "diagnosis"),
    [
        # An answer counts only from a process that ended as it should.
        (Reply("timeout", answer=GOOD), "not finished in time: an infinite loop?", "too slow"),
        (Reply("exit", 3, answer=GOOD), "the answer of the process cannot be read", ""),
        (Reply("signal", 11, answer=GOOD), "the process crashed (segmentation fault)", "too deep"),
        (Reply("signal", 9), "the process was killed, perhaps for its use of memory", ""),
        (Reply("signal", 30), "the process was ended by signal 30", ""),
        (Reply("worker", answer=GOOD), "the code ended the process that watches it", ""),
        (Reply("exit", 0), "the code ended the process, with exit status 0", ""),
        (Reply("exit", answer="no json"), "the answer of the process cannot be read", ""),
        (Reply("exit", answer="[" * 10_000), "the answer of the process cannot be read", ""),
        (Reply("exit", answer="[1]"), "the answer of the process cannot be read", ""),
        (Reply("exit", answer="{}"), "the answer cannot be read: KeyError('values')", ""),
        (Reply("exit", answer='{"values": 3}'), "the answer cannot be read: TypeError(", ""),
        (Reply("exit", answer='{"values": {"y": {"dtype": 1}}}'), "the answer cannot be read: BadAnswerError(", ""),
        (Reply("exit", answer=HUGE), "the answer cannot be read: BadAnswerError(", ""),
        (Reply("exit", answer='{"values": {"y": 2}}'), "expected 1, got 2", ""),
        (Reply("exit", answer='{"error": {"name": "KeyError", "message": "k"}}'), "KeyError: k", "no key"),
        (Reply("exit", answer='{"error": {"name": ["x"]}, "values": {"y": 1}}'), "['x']", ""),
        (Reply("exit", answer='{"error": {"name": "TimeLimitError", "place": "a.py, line 3"}}'),
         "not finished in time: an infinite loop? (a.py, line 3)", "too slow"),
    ],
)  # fmt: skip
def test_everything_else_fails_with_a_reason(reply, what, diagnosis, tmp_path):
    result, _ = outcome(tmp_path, reply)
    (finding,) = result.outcomes[0].findings
    assert result.points == 0
    assert finding.what.startswith(what)
    assert finding.diagnosis == diagnosis


def test_after_some_timeouts_patience_is_short(tmp_path):
    _, pool = outcome(tmp_path, Reply("timeout"), checks=6)
    assert [round(limit) for limit in pool.limits] == [5, 5, 5, 1, 1, 1]
    _, pool = outcome(tmp_path, Reply("exit", 0, "", GOOD), checks=6)
    assert [round(limit) for limit in pool.limits] == [5] * 6


class LongNamed(PlayedPool):
    """Of which the import ends in a module whose name is too long for a file."""

    def run(self, job):
        return Reply("exit", 3, culprit="\u4e2d" * 200)


def test_a_module_whose_name_no_file_can_have(tmp_path):
    check = Check("check", 1, "y = 1", {"y": 1})
    result = grade([Problem("1", "one", 1, (check,))], tmp_path, LongNamed(tmp_path, None))
    assert (result.points, result.broken) == (0, {})
