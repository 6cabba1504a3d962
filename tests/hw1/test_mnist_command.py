"""hw1/mnist.py as a command: where its data come from, what it prints, what it refuses."""

import dataclasses
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from support.digit_files import digits, write_idx, write_npy
from support.mnist_training import rows

from hw1 import mnist as hw1
from hw1.mnist import mnist
from mytorch.datasets import mnist as datasets_mnist

SCRIPT = Path(__file__).resolve().parents[2] / "hw1/mnist.py"


# -------------------------------------------------------------------------- the command


@pytest.fixture
def folder(tmp_path):
    write_idx(tmp_path / "data", "train", *digits(600))
    return tmp_path / "data"


def run(*arguments, cwd, **variables):
    """The command as a student runs it, without an installed MyTorch helping."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYTORCH_DATA")}
    return subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)],
        cwd=cwd, env={**environment, **variables}, capture_output=True, text=True,
    )  # fmt: skip


def test_the_command_trains_reports_and_plots(tmp_path, folder):
    plot = tmp_path / "curve.png"
    done = run("--data", folder, "--plot", plot, "--epochs", 2, "--dtype", "float32", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()  # that these few digits are not MNIST
    assert line.startswith(f"{folder}/train-images-idx3-ubyte.gz: not the canonical train-images-idx3-ubyte of MNIST")
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert list(lines) == ["Data", "Model", "Training", "Accuracy", "Time", "Plot"]
    assert str(folder) in lines["Data"]
    assert "550 images train, 50 validate" in lines["Data"]
    assert lines["Model"].endswith("float32")
    assert lines["Training"] == "epochs 2, batches 6 of 100 images, lr 0.1, momentum 0, seed 0"
    assert lines["Plot"] == str(plot)
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_the_command_finds_data_by_the_environment_and_repeats_itself(tmp_path, folder):
    outputs = []
    for seed in (3, 3, 4):
        done = run("--plot", "p.png", "--lr", 0.01, "--seed", seed, cwd=tmp_path, MYTORCH_DATA=str(folder))
        assert done.returncode == 0, done.stderr
        outputs.append([line for line in done.stdout.splitlines() if line.startswith("Accuracy")])
    assert outputs[0] == outputs[1] != outputs[2]


def test_data_are_looked_for_where_the_course_lays_them(tmp_path, monkeypatch):
    """After --data and MYTORCH_DATA, before the cache and before any download."""
    script = tmp_path / "course/hw1/mnist.py"
    script.parent.mkdir(parents=True)
    shutil.copy(SCRIPT, script)
    laid = tmp_path / "course/autograder/hw1_autograder/data"
    laid.mkdir(parents=True)
    (laid / "README.md").write_text("The course's data go here.", encoding="utf-8")
    monkeypatch.setattr(hw1, "__file__", str(script))
    monkeypatch.delenv("MYTORCH_DATA", raising=False)
    assert hw1.course_folder() is None
    write_npy(laid, "train", *digits(30))
    write_npy(laid, "val", *digits(10))
    assert hw1.course_folder() == laid
    options = hw1.parse_arguments(["--plot", str(tmp_path / "p.png")])
    assert str(laid) in options.dataset.source
    assert (len(options.dataset.train_x), len(options.dataset.val_x)) == (30, 10)
    monkeypatch.setenv("MYTORCH_DATA", str(tmp_path))
    assert hw1.course_folder() is None


@pytest.fixture
def canonical(folder, monkeypatch):
    """`folder`, whose 600 images the catalog takes for MNIST's 60,000."""
    contents = {path.name.removesuffix(".gz"): gzip.decompress(path.read_bytes()) for path in folder.iterdir()}
    known = {
        "checksums": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
        "lengths": {name: len(data) for name, data in contents.items()},
    }
    monkeypatch.setattr(datasets_mnist, "CATALOG", dataclasses.replace(datasets_mnist.CATALOG, **known, mirrors=()))
    monkeypatch.delenv("MYTORCH_DATA", raising=False)
    return folder


def damage(folder):
    path = folder / "train-images-idx3-ubyte.gz"
    contents = bytearray(gzip.decompress(path.read_bytes()))
    contents[500] ^= 1
    path.write_bytes(gzip.compress(bytes(contents)))


@pytest.mark.parametrize("named", ["--data", "MYTORCH_DATA", "nowhere: they lie in the cache"])
def test_a_damaged_copy_of_mnist_is_refused(named, canonical, tmp_path, monkeypatch, capsys):
    arguments = ["--plot", str(tmp_path / "p.png")]
    if named == "--data":
        arguments += ["--data", str(canonical)]
    elif named == "MYTORCH_DATA":
        monkeypatch.setenv("MYTORCH_DATA", str(canonical))
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        (tmp_path / "cache").mkdir()
        canonical = canonical.rename(tmp_path / "cache" / "mytorch")
    assert hw1.parse_arguments(arguments).dataset.source == f"MNIST from {canonical}"
    damage(canonical)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # else pytest makes an error of the warning, and not the command
        with pytest.raises(SystemExit, match="2"):
            hw1.parse_arguments(arguments)
    assert "train-images-idx3-ubyte.gz: not the canonical train-images-idx3-ubyte of MNIST" in capsys.readouterr().err


def test_a_subset_will_do_only_where_somebody_named_it(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("MYTORCH_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    arguments = ["--plot", str(tmp_path / "p.png")]
    assert len(hw1.parse_arguments([*arguments, "--data", str(folder)]).dataset.train_x) == 550
    (tmp_path / "cache").mkdir()
    folder.rename(tmp_path / "cache" / "mytorch")
    with pytest.raises(SystemExit, match="2"):
        hw1.parse_arguments(arguments)
    assert "not the canonical train-images-idx3-ubyte of MNIST" in capsys.readouterr().err


def test_help(tmp_path):
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    for option in ("--data", "--epochs", "--batch-size", "--lr", "--momentum", "--seed", "--dtype", "--plot"):
        assert option in done.stdout
    assert "MYTORCH_DATA" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lr", "-1"], "argument --lr: expected a positive number, got '-1'"),
        (["--lr", "0"], "argument --lr: expected a positive number, got '0'"),
        (["--lr", "nan"], "argument --lr: expected a positive number, got 'nan'"),
        (["--lr", "inf"], "argument --lr: expected a positive number, got 'inf'"),
        (["--lr", "fast"], "argument --lr: expected a positive number, got 'fast'"),
        (["--epochs", "0"], "argument --epochs: expected an integer of at least 1, got '0'"),
        (["--epochs", "1.5"], "argument --epochs: expected an integer of at least 1, got '1.5'"),
        (["--batch-size", "1"], "argument --batch-size: expected an integer of at least 2, got '1'"),
        (["--momentum", "1"], "argument --momentum: expected a number from 0 to below 1, got '1'"),
        (["--seed", "-5"], "argument --seed: expected an integer of at least 0, got '-5'"),
        (["--dtype", "int8"], "argument --dtype: invalid choice: 'int8'"),
        (["--data", "nowhere"], "the data folder 'nowhere' does not exist"),
        (["--data", "."], "the data folder '.' has no MNIST"),
        (["--plot", "nowhere/plot.png"], "argument --plot: cannot write 'nowhere/plot.png'"),
        (["--plot", "."], "argument --plot: cannot write '.'"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_a_wrong_argument_gives_one_line(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as exited:
        hw1.main(arguments)
    assert exited.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert message in line


def test_a_wrong_argument_of_the_command(tmp_path):
    done = run("--data", "nowhere", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mnist.py: error: the data folder 'nowhere' does not exist\n"


def test_a_plot_that_cannot_be_written(folder, tmp_path, capsys, monkeypatch):
    def fail(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(hw1, "plot_validation_accuracy", fail)
    with pytest.raises(SystemExit, match=r"the plot '.*p\.png' cannot be written: Permission denied"):
        hw1.main(["--data", str(folder), "--plot", str(tmp_path / "p.png")])
    assert "Accuracy" in capsys.readouterr().out  # the result is not lost


def test_the_progress_bar(capsys):
    data = (*rows(300), *rows(50, seed=1))
    assert mnist(*data, batch_size=50, seed=0, progress=True) == mnist(*data, batch_size=50, seed=0)
    bar = capsys.readouterr().err
    assert "epoch 3/3" in bar
    assert "18/18" in bar
    assert "loss" in bar
    assert "accuracy" in bar
