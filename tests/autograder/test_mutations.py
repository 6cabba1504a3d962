"""Grade the grader: every small mistake must cost points in its problem, and most be named."""

import mutations_hw1b
import mutations_hw2
import pytest
from packages import ROOT
from support.samples import sampled

TABLES = {"1b": mutations_hw1b.MUTATIONS, "2": mutations_hw2.MUTATIONS}
ALL = {f"{homework}-{m.name}": (homework, m) for homework, table in TABLES.items() for m in table}
SAMPLE = list(ALL)[::20]


def apply(mutation, folder):
    file = folder / "mytorch" / mutation.file
    text = file.read_text(encoding="utf-8")
    if mutation.old:
        assert text.count(mutation.old) == 1, f"{mutation.file} has changed: adapt mutation {mutation.name}"
        text = text.replace(mutation.old, mutation.new)
    else:
        text += mutation.new
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("homework", "mutation"), sampled(ALL, *SAMPLE))
def test_mistake_costs_points_and_is_named(homework, mutation, reference_copy, graded):
    apply(mutation, reference_copy)
    (result,) = graded(reference_copy, mutation.problem, homework=homework).results
    assert result.points < result.problem.points
    diagnoses = {finding.message for outcome in result.outcomes for finding in outcome.findings}
    if mutation.diagnosis is not None:
        assert any(mutation.diagnosis in diagnosis for diagnosis in diagnoses), diagnoses


@pytest.mark.parametrize("homework", TABLES)
def test_the_tables_are_large_enough(homework):
    table = TABLES[homework]
    names = [mutation.name for mutation in table]
    assert len(set(names)) == len(names) >= 40
    assert sum(mutation.diagnosis is not None for mutation in table) >= 30


@pytest.mark.parametrize(("homework", "mutation"), ALL.values(), ids=list(ALL))
def test_each_still_has_the_text_that_it_changes(homework, mutation):
    """Those outside the sample run only with -m slow: a changed text would be noticed late."""
    text = (ROOT / "mytorch" / mutation.file).read_text(encoding="utf-8")
    assert not mutation.old or text.count(mutation.old) == 1
