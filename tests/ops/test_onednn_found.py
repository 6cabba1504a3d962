"""Where oneDNN is looked for, how it is switched off, and that it leaves the process as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mytorch
import mytorch.nn.functional as F
from mytorch.backends import mkldnn
from mytorch.ops.windows import onednn_arrays
from mytorch.runtime import onednn

needs_onednn = pytest.mark.skipif(onednn.found() is None, reason="the extra onednn is not installed")

CONVOLVE = """
import numpy as np, mytorch, mytorch.nn.functional as F
def convolve():
    x = mytorch.Tensor(np.ones((8, 16, 32, 32), 'f4'))
    return F.conv2d(x, mytorch.Tensor(np.ones((32, 16, 3, 3), 'f4')), padding=1).data.sum()
assert convolve() == 8 * 32 * 16 * (30 * 30 * 9 + 4 * 30 * 6 + 4 * 4)
"""
NO_PACKAGE = """
from importlib import metadata
def files(name): raise metadata.PackageNotFoundError(name)
metadata.files = files
"""


def run(code: str, **environment: str) -> str:
    """What a fresh Python prints for `code`."""
    clean = {name: value for name, value in os.environ.items() if name != onednn.SETTING}
    result = subprocess.run(
        [sys.executable, "-c", code], env={**clean, **environment}, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout.strip()


SHOW = "import mytorch; print(mytorch.__config__.show())"


def onednn_line(text: str) -> str:
    (line,) = [line for line in text.splitlines() if "oneDNN" in line]
    return line.strip()


def test_absent(tmp_path) -> None:
    """Neither the package nor a library of the system: no place is left."""
    nowhere = "from mytorch.runtime import onednn; onednn._places = lambda: iter(['libdnnl_nowhere.so.3'])\n"
    assert onednn_line(run(nowhere + CONVOLVE + SHOW)) == "- oneDNN: none: pip install 'mytorch[onednn]'"


def test_switched_off_by_the_environment() -> None:
    assert onednn_line(run(CONVOLVE + SHOW, MYTORCH_ONEDNN="0")) == "- oneDNN: none: switched off by MYTORCH_ONEDNN=0"


@needs_onednn
def test_the_library_that_the_setting_names() -> None:
    path = onednn.found().path
    line = onednn_line(run(NO_PACKAGE + CONVOLVE + SHOW, MYTORCH_ONEDNN=path))
    assert line.startswith(f"- oneDNN: {onednn.found().version}")
    assert path in line


@needs_onednn
def test_one_means_the_one_that_is_found() -> None:
    assert onednn_line(run(CONVOLVE + SHOW, MYTORCH_ONEDNN="1")) == onednn_line(run(CONVOLVE + SHOW))


@needs_onednn
@pytest.mark.skipif(sys.platform != "linux", reason="LD_LIBRARY_PATH is Linux's")
def test_the_systems_library(tmp_path) -> None:
    """As Debian's or conda-forge's: only where the system looks for libraries."""
    os.symlink(onednn.found().path, tmp_path / "libdnnl.so.3")
    line = onednn_line(run(NO_PACKAGE + CONVOLVE + SHOW, LD_LIBRARY_PATH=str(tmp_path)))
    assert line.endswith("(libdnnl.so.3)")


@pytest.mark.parametrize("content", [None, b"no library"])
def test_a_setting_that_names_no_onednn(content, tmp_path) -> None:
    path = tmp_path / "libdnnl.so.3"
    if content is not None:
        path.write_bytes(content)
    code = """
import mytorch
try:
    mytorch.show_config()
except OSError as error:
    print(error)
"""
    assert run(code, MYTORCH_ONEDNN=str(path)).startswith(f"MYTORCH_ONEDNN={path}: ")


def test_a_library_that_is_not_onednn() -> None:
    other = next(iter(Path(np.__file__).parent.rglob("*.so")))
    with pytest.raises(OSError, match="is not oneDNN"):
        onednn.Library(str(other))


def test_the_switch_of_pytorchs_name(monkeypatch) -> None:
    monkeypatch.setattr(onednn.switch, "enabled", True)
    assert mytorch.backends.mkldnn.enabled is True
    with mkldnn.flags(enabled=False):
        assert mkldnn.enabled is False
        assert not onednn.in_use()
    assert mkldnn.enabled is True
    mytorch.backends.mkldnn.enabled = False
    assert onednn.switch.enabled is False
    with pytest.raises(TypeError, match=r"mkldnn.enabled must be True or False, got 'no'"):
        mkldnn.enabled = "no"
    assert mkldnn.is_available() == (onednn.found() is not None)
    assert (mkldnn.version() is None) == (onednn.found() is None)


@needs_onednn
def test_nothing_asks_the_library_when_it_is_switched_off(monkeypatch) -> None:
    monkeypatch.setattr(onednn_arrays, "convolve", None)
    x, w = mytorch.Tensor(np.ones((1, 1, 3, 3), "f4")), mytorch.Tensor(np.ones((1, 1, 2, 2), "f4"))
    with mkldnn.flags(enabled=False):
        np.testing.assert_array_equal(F.conv2d(x, w).data, np.full((1, 1, 2, 2), 4))
    with pytest.raises(TypeError):  # None is called
        F.conv2d(x, w)


@needs_onednn
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_that_was_forked_after_a_convolution_can_convolve() -> None:
    """It would wait for ever for the threads of OpenMP, had there been any."""
    code = (
        CONVOLVE
        + """
import os, threading
mytorch.set_num_threads(2)
expected = convolve()
child = os.fork()
if child == 0:
    os._exit(0 if convolve() == expected else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    )
    assert run(code, OMP_NUM_THREADS="2") == "0"


@needs_onednn
def test_openmp_has_as_many_threads_as_before() -> None:
    openmp = onednn.found().openmp
    before = openmp.omp_get_max_threads()
    try:
        openmp.omp_set_num_threads(3)
        F.conv2d(mytorch.Tensor(np.ones((1, 1, 5, 5), "f4")), mytorch.Tensor(np.ones((1, 1, 2, 2), "f4")))
        assert openmp.omp_get_max_threads() == 3
    finally:
        openmp.omp_set_num_threads(before)


def test_a_kernel_that_fails_is_an_error_with_the_librarys_status() -> None:
    if onednn.found() is None:
        pytest.skip("the extra onednn is not installed")
    with pytest.raises(onednn.Unsupported, match="dnnl_memory_desc_create_with_strides: status 2"):
        onednn.plain((3, -5))
