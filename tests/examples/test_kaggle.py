"""The CSV file of predictions for Kaggle: integers, and nothing else."""

import numpy as np
import pytest

from examples.kaggle import write_predictions


def test_the_file(tmp_path):
    write_predictions(tmp_path / "s.csv", np.array([3, 0, 9]), ("id", "label"))
    assert (tmp_path / "s.csv").read_text() == "id,label\n1,3\n2,0\n3,9\n"


@pytest.mark.parametrize("wrong", [np.array([1.0, 2.0]), np.array([[1, 2]]), np.array([True, False]), 3])
def test_decimals_and_scores_are_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match=r"predictions must be integers \(N,\)"):
        write_predictions(tmp_path / "s.csv", wrong)
    assert not list(tmp_path.iterdir())
