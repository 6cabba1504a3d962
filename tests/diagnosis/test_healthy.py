"""mytorch.doctor: no false alarm."""

import pytest
from diagnosis.healthy import HEALTHY
from diagnosis.healthy_programs import PROGRAMS

import mytorch

ALL = {**HEALTHY, **PROGRAMS}


@pytest.mark.parametrize("name", ALL)
def test_healthy(name):
    mytorch.manual_seed(10)
    model, *rest = ALL[name]()
    diagnosis = mytorch.doctor(model, *rest)
    assert diagnosis.healthy, str(diagnosis)
    assert str(diagnosis).startswith("No illness found.")
