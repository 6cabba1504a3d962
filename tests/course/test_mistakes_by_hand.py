"""The homeworks by hand: every mistake of the tables costs points, and the first message says what it is."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from mistakes_by_hand import MISTAKES as OF_LAYERS_AND_LOGISTIC
from mistakes_components import MISTAKES as OF_BIOENG_AND_FFN

from autograder.bioeng_autograder import runner as bioeng
from autograder.checks.draw import Draw
from autograder.ffn_autograder import runner as ffn
from autograder.grading.grade import grade
from autograder.harness.pool import Pool
from autograder.layers_autograder import runner as layers
from autograder.logistic_autograder import runner as logistic

ROOT = Path(__file__).resolve().parents[2]
RUNNERS = {"bioeng": bioeng, "layers": layers, "logistic": logistic, "ffn": ffn}
MISTAKES = [*OF_LAYERS_AND_LOGISTIC, *OF_BIOENG_AND_FFN]
SAMPLE = {
    "layers": {"relu-everywhere", "dense-db-mean", "conv-flipped", "pool-overwritten"},
    "logistic": {"stable-clipped", "gradient-sum"},
    "bioeng": {"node-no-sum", "node-mytorch", "softmax-back-diagonal"},
    "ffn": {"linear-bias-axis", "loss-columns", "adam-powers"},
}
TRAINED = {"bioeng": {"2.1", "2.2", "2.3", "2.4"}, "ffn": {"7.1"}}  # what takes a training run is tested elsewhere


@pytest.fixture(scope="module")
def pool():
    with Pool() as pool:
        yield pool


def problems_of(homework, seed=0):
    return [p for p in RUNNERS[homework].problems(Draw(seed)) if p.number not in TRAINED.get(homework, ())]


def graded(homework, folder, pool, seed=0):
    """[(problem, message)] of all that is wrong, as the report has it."""
    results = grade(problems_of(homework, seed), folder, pool, handin=RUNNERS[homework].HANDIN).results
    return [
        (result.problem.number, outcome.findings[0].message)
        for result in results
        for outcome in result.outcomes
        if outcome.findings
    ]


def pinpointed(mistake, folder, pool):
    shutil.copytree(ROOT / "course" / mistake.homework, folder, dirs_exist_ok=True)
    file = folder / mistake.file
    text = file.read_text(encoding="utf-8")
    assert text.count(mistake.old) == 1, f"{mistake.file} has changed: adapt mistake {mistake.name}"
    file.write_text(text.replace(mistake.old, mistake.new), encoding="utf-8")
    found = graded(mistake.homework, folder, pool)
    assert found, "it costs no points"
    number, message = found[0]
    assert number == mistake.problem, found
    assert [word for word in mistake.says if word not in message] == [], found


def name(mistake):
    return f"{mistake.homework}-{mistake.name}"


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.name in SAMPLE[m.homework]], ids=name)
def test_a_sample_is_pinpointed(mistake, tmp_path, pool):
    pinpointed(mistake, tmp_path, pool)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.name not in SAMPLE[m.homework]], ids=name)
def test_the_others_are_pinpointed(mistake, tmp_path, pool):
    pinpointed(mistake, tmp_path, pool)


@pytest.mark.parametrize("homework", RUNNERS)
def test_the_table(homework):
    mistakes = [mistake for mistake in MISTAKES if mistake.homework == homework]
    assert max(Counter(mistake.name for mistake in mistakes).values()) == 1
    assert len(mistakes) >= 20
    assert {mistake.problem for mistake in mistakes} == {problem.number for problem in problems_of(homework)}
    assert {mistake.name for mistake in mistakes} >= SAMPLE[homework]
    assert all(mistake.says for mistake in mistakes)


@pytest.mark.parametrize("homework", RUNNERS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_solution_has_no_failure(homework, seed, pool):
    assert graded(homework, ROOT / "course" / homework, pool, seed) == []
