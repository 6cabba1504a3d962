"""Grade the grader: every small mistake must cost points in its problem, and most be named."""

import pytest
from mutations import MUTATIONS


def apply(mutation, folder):
    file = folder / "mytorch" / mutation.file
    text = file.read_text(encoding="utf-8")
    if mutation.old:
        assert text.count(mutation.old) == 1, f"{mutation.file} has changed: adapt mutation {mutation.name}"
        text = text.replace(mutation.old, mutation.new)
    else:
        text += mutation.new
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_mistake_costs_points_and_is_named(mutation, reference_copy, graded):
    apply(mutation, reference_copy)
    (result,) = graded(reference_copy, mutation.problem).results
    assert result.points < result.problem.points
    diagnoses = {finding.diagnosis for outcome in result.outcomes for finding in outcome.findings}
    if mutation.diagnosis is not None:
        assert any(mutation.diagnosis in diagnosis for diagnosis in diagnoses), diagnoses


def test_the_table_is_large_enough():
    names = [mutation.name for mutation in MUTATIONS]
    assert len(set(names)) == len(names) >= 40
    assert sum(mutation.diagnosis is not None for mutation in MUTATIONS) >= 30
