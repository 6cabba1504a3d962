"""The copy of a hand-in: what is graded comes first, and what has no room is named and takes none."""

import pytest
from support.mnist_grader import run

from autograder.grading.record import as_record
from autograder.harness.handin import Handin
from autograder.harness.submission import take

LARGE = 100 << 20  # bytes; more than a hand-in may have


def large(path):
    """A file with a hole: it has the size and takes no room on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(LARGE)


def copied(submission):
    return {p.relative_to(submission.folder).as_posix() for p in submission.folder.rglob("*") if p.is_file()}


@pytest.fixture
def small(tmp_path):
    """A hand-in of three files."""
    folder = tmp_path / "small"
    (folder / "mytorch/nn").mkdir(parents=True)
    for name in ("mytorch/__init__.py", "mytorch/nn/linear.py", "mytorch/notes.txt"):
        (folder / name).write_text("")
    return folder


def test_a_large_file_leaves_room_for_all_others(small, tmp_path):
    large(small / "mytorch/a.dat")
    large(small / "mytorch/a.py")
    submission = take(small, tmp_path / "copy")
    assert copied(submission) == {"mytorch/__init__.py", "mytorch/nn/linear.py", "mytorch/notes.txt"}
    assert set(submission.left_out) == {"mytorch/a.dat", "mytorch/a.py"}
    reason = "no room: it has 104,857,600 bytes, and a hand-in in all at most 64 MiB"
    assert set(submission.left_out.values()) == {reason}
    assert (submission.files, submission.bytes) == (3, 0)


def test_python_files_come_before_thousands_of_others(small, tmp_path):
    (small / "mytorch/a").mkdir()
    for number in range(5_010):
        (small / f"mytorch/a/{number:04}.txt").write_text("")
    submission = take(small, tmp_path / "copy")
    assert {"mytorch/__init__.py", "mytorch/nn/linear.py"} <= copied(submission)
    assert len(copied(submission)) == 5_000
    assert submission.left_out["mytorch/a/4998.txt"] == "no room: a hand-in has at most 5,000 files"


def test_a_report_names_few_of_thousands(small, tmp_path):
    for number in range(30):
        (small / f"mytorch/link{number:02}").symlink_to("/etc")
    left_out = take(small, tmp_path / "copy").left_out
    assert len(left_out) == 21
    assert left_out["... and 10 more"] == "for such reasons"


def test_results_that_are_graded_come_first_too(tmp_path):
    folder = tmp_path / "small"
    (folder / "a").mkdir(parents=True)
    with (folder / "a/data.bin").open("wb") as file:
        file.truncate(60 << 20)
    with (folder / "predictions.npy").open("wb") as file:
        file.truncate(10 << 20)
    submission = take(folder, tmp_path / "copy", Handin(("predictions.npy", "a")))
    assert copied(submission) == {"predictions.npy"}
    assert list(submission.left_out) == ["a/data.bin"]


def test_a_large_file_costs_no_points(student_copy, graded):
    large(student_copy / "mytorch/a.dat")
    result = graded(student_copy)
    assert result.points == sum(r.problem.points for r in result.results)
    assert result.broken == {}
    assert list(result.left_out) == ["mytorch/a.dat"]
    assert as_record(result, 0)["left_out"] == [f"mytorch/a.dat: {result.left_out['mytorch/a.dat']}"]


def test_the_handouts_data_beside_mnist_do_not_stop_the_training(student):
    large(student / "hw1/data/train_data.npy")
    ended = run("--student", student)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Not read  hw1/data/train_data.npy: no room: it has 104,857,600 bytes" in ended.stdout
    assert "reached" in ended.stdout
