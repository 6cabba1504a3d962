"""`python -m benchmarks distributed`: the table, and what is on paper."""

import pytest

from benchmarks import distributed


@pytest.mark.parametrize(("ranks", "share"), [(1, 0), (2, 1), (4, 1.5), (8, 1.75)])
def test_ring(ranks: int, share: float) -> None:
    assert distributed.ring_share(ranks) == share


def test_tables() -> None:
    one = {"averaged": 0.1, "apart": 0.1, "gradients": 8_000_000, "buckets": 0, "given": 0, "wire": 0}
    four = {**one, "averaged": 0.05, "apart": 0.02, "buckets": 1, "given": 8_000_000, "wire": 12_100_000}
    last = distributed.table_of({"cnn": {1: one, 4: four}}).splitlines()[-1]
    cells = [cell.strip() for cell in last.strip("|").split("|")]
    assert cells == ["LeNet", "4", "64", "50.0", "20.0", "2.00", "8.00", "1", "12.00", "12.10"]
    line = distributed.on_paper({"cnn": {1: one}}).splitlines()[3]
    assert [cell.strip() for cell in line.strip("|").split("|")] == ["LeNet", "4", "12.00", "96.0", "9.6"]


def test_without_mpiexec(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(distributed.shutil, "which", lambda *args, **kwargs: None)
    assert distributed.run(tmp_path, True, print) == 1
    assert "mytorch[mpi]" in capsys.readouterr().err
