"""Importing a package with broken files: what becomes of the names that others take from them."""

import json
import subprocess
import sys

import pytest
from packages import ROOT

from autograder.harness.pool import Job

BASE = {
    "__init__.py": "from mytorch.nn import Good, Bad\n",
    "nn/__init__.py": "from mytorch.nn.bad import *\nfrom mytorch.nn.good import Good\nfrom .bad import Bad, helper\n",
    "nn/good.py": "class Good:\n    value = 7\n",
    "nn/bad.py": "SIZE = 3\n\n\ndef helper():\n    return 1\n\n\nclass Bad:\n    x = (\n",
}
REASON = "mytorch/nn/bad.py cannot be imported: SyntaxError: '(' was never closed (line 9)"


@pytest.fixture
def values(tmp_path, pool):
    """values(files, snippet, expressions): what a package of these files gives."""

    def run(files, snippet, *expressions, broken=None):
        for name, text in files.items():
            file = tmp_path / "mytorch" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        reply = pool.run(Job(tmp_path, snippet, list(expressions), 20, broken or {}))
        answer = json.loads(reply.answer)
        assert "error" not in answer, answer
        return list(answer["values"].values()), answer["broken"]

    return run


USES = {
    "called": "Bad()",
    "function called": "helper()",
    "attribute": "Bad.x",
    "isinstance": "isinstance(1, Bad)",
    "iterated": "list(SIZE)",
    "number": "SIZE + 1",
    "subscript": "SIZE[0]",
    "truth": "not SIZE",
    "subclass": "Child()",
    "static method of a subclass": "Child.apply(1)",
    "by module": "bad.Bad()",
    "unknown name": "bad.nothing()",
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_using_a_name_of_a_broken_file_raises_the_original_error(use, values):
    snippet = "from mytorch.nn.bad import *\nfrom mytorch.nn import bad\nclass Child(Bad): pass"
    (value,), broken = values(BASE, snippet, use)
    assert value["error"]["name"] == "BrokenFileError"
    assert value["error"]["message"] == REASON
    assert broken == {"mytorch.nn.bad": REASON}


def test_the_rest_of_the_package_works(values):
    (good, also), broken = values(
        BASE, "import mytorch\nfrom mytorch.nn import Good", "Good.value", "mytorch.Good.value"
    )
    assert good == also == 7
    assert list(broken) == ["mytorch.nn.bad"]


def test_what_a_subclass_defines_itself_still_works(values):
    files = {**BASE, "nn/child.py": "from mytorch.nn.bad import Bad\n\n\nclass Child(Bad):\n    size = 5\n"}
    (size,), _ = values(files, "from mytorch.nn.child import Child", "Child.size")
    assert size == 5


def test_a_file_that_uses_a_broken_one_at_import_is_broken_for_the_same_reason(values):
    files = {**BASE, "nn/user.py": "from mytorch.nn.bad import helper\nSIZE = helper()\n"}
    (value,), broken = values(files, "from mytorch.nn.user import SIZE", "SIZE + 1")
    assert value["error"]["message"] == f"mytorch/nn/user.py cannot be imported: {REASON} (line 2)"
    assert len(broken) == 2


def test_a_package_keeps_what_came_before_the_failure(values):
    files = {
        "__init__.py": "",
        "nn/__init__.py": "from mytorch.nn.a import A\nfrom mytorch.nn.a import missing\nfrom mytorch.nn.b import B\n",
        "nn/a.py": "class A:\n    value = 1\n",
        "nn/b.py": "class B:\n    value = 2\n",
    }
    snippet = "import mytorch.nn\nfrom mytorch.nn import A, b\nfrom mytorch.nn.b import B"
    got, broken = values(files, snippet, "A.value", "B.value", "b.B.value", "mytorch.nn.B()")
    assert got[:3] == [1, 2, 2]
    assert (
        "mytorch/nn/__init__.py cannot be imported: ImportError: cannot import name 'missing'"
        in got[3]["error"]["message"]
    )
    assert list(broken) == ["mytorch.nn"]


def test_a_half_made_file_counts_as_broken(values):
    files = {"__init__.py": "", "late.py": "class A:\n    value = 1\n\n\n1 / 0\n"}
    (value,), _ = values(files, "from mytorch.late import A", "A.value")
    assert (
        value["error"]["message"] == "mytorch/late.py cannot be imported: ZeroDivisionError: division by zero (line 5)"
    )


def test_a_missing_file_is_named(values):
    files = {"__init__.py": "from mytorch.gone import Gone\nfrom mytorch.here import VALUE\n", "here.py": "VALUE = 4\n"}
    got, broken = values(files, "import mytorch", "mytorch.VALUE", "mytorch.Gone()")
    assert got[0] == 4
    assert got[1]["error"]["message"] == "there is no file mytorch/gone.py"
    assert broken == {"mytorch.gone": "there is no file mytorch/gone.py"}


def test_a_missing_file_of_the_handout_is_one_line_of_its_problem(student_copy, graded):
    (student_copy / "mytorch/optim/sgd.py").unlink()
    (result,) = graded(student_copy, "2.3").results
    told = {f.what for outcome in result.outcomes for f in outcome.findings}
    assert told == {"there is no file mytorch/optim/sgd.py"}


def test_a_package_may_handle_a_missing_file_itself(values):
    text = "try:\n    from mytorch import fast\nexcept ImportError:\n    fast = None\n"
    got, broken = values({"__init__.py": text}, "import mytorch", "mytorch.fast")
    assert (got, broken) == ([None], {})


def test_circular_imports_work_as_in_python(values):
    files = {
        "__init__.py": "",
        "a.py": "import mytorch.b as b\n\n\nclass A:\n    other = b.B\n",
        "b.py": "from mytorch import a\n\n\nclass B:\n    def a(self):\n        return a.A\n",
    }
    (same,), broken = values(files, "from mytorch.a import A\nfrom mytorch.b import B", "B().a() is A")
    assert (same, broken) == (True, {})


def test_modules_known_to_hang_are_not_tried(values):
    files = {"__init__.py": "", "slow.py": "while True: pass\n"}
    (value,), broken = values(files, "from mytorch.slow import x", "x()", broken={"mytorch.slow": "it hangs"})
    assert value["error"]["message"] == "it hangs"
    assert broken == {"mytorch.slow": "it hangs"}


def test_without_init_files_no_other_mytorch_is_mixed_in(values, tmp_path):
    """Python collects the parts of such a package from all of sys.path, again when that changes."""
    other = tmp_path / "other" / "mytorch"
    other.mkdir(parents=True)
    (other / "more.py").touch()
    snippet = f"import importlib.util, mytorch.own, sys\nsys.path.append({str(other.parent)!r})"
    (own, folders, spec), _ = values(
        {"own.py": "VALUE = 1\n"},
        snippet,
        "mytorch.own.VALUE",
        "len(list(mytorch.__path__))",
        "importlib.util.find_spec('mytorch.more')",
    )
    assert (own, folders, spec) == (1, 1, None)


def test_a_folder_without_mytorch_gets_no_other_one(tmp_path, pool):
    snippet = f"import sys\nsys.path.append({str(ROOT)!r})\nimport mytorch"
    answer = json.loads(pool.run(Job(tmp_path, snippet, [], 20)).answer)
    assert answer["error"]["message"] == f"there is no mytorch in {tmp_path}"


def test_an_editable_install_does_not_supply_missing_files(tmp_path):
    """`pip install -e` puts a finder like this one on sys.meta_path, behind all others."""
    (tmp_path / "mytorch").mkdir()
    program = f"""
import sys
from importlib.machinery import ModuleSpec, PathFinder
class Editable:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] == "mytorch":
            return PathFinder.find_spec(name, [{str(ROOT)!r}, {str(ROOT / "mytorch")!r}])
sys.path.insert(0, {str(ROOT)!r})
from autograder.harness.imports import StudentImports, install
sys.meta_path.append(Editable)
install(StudentImports({str(tmp_path)!r}, {{}}))
sys.path.remove({str(ROOT)!r})
import mytorch
try:
    import mytorch.version
except ModuleNotFoundError as error:
    print(error)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert (ended.stdout, ended.stderr) == ("No module named 'mytorch.version'\n", "")
