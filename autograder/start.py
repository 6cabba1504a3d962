"""How every process of the grader starts: python -I start.py MODULE [ARGUMENTS]

runs autograder.MODULE.main(). -I keeps Python from looking for modules in the current folder, beside the script
and in PYTHONPATH, and the package is found by its path alone: a file random.py or numpy.py that somebody has
beside his mytorch is nobody's module but his. Until `isolate` has done its work nothing is imported that Python
has not loaded itself.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def command(module: str, *arguments: str) -> list[str]:
    """The command line of such a process."""
    flags = ["-I", "-B"] if sys.dont_write_bytecode else ["-I"]
    return [sys.executable, *flags, os.path.join(HERE, "start.py"), module, *arguments]


def isolate(module: str) -> None:
    """Begin again in such a process, with the arguments of this one; does not return."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy starts threads that nothing here needs
    line = command(module, *sys.argv[1:])
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(line[0], line)
    import subprocess  # Windows has no exec that keeps the console

    sys.exit(subprocess.call(line))


def _find_numpy() -> None:
    """-I also leaves out what `pip install --user` has installed and what PYTHONPATH names. Where a package is only
    there, they are searched last."""
    import importlib.util
    import site

    if any(importlib.util.find_spec(name) is None for name in ("numpy", "matplotlib", "tqdm")):
        named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        sys.path += [path for path in (site.getusersitepackages(), *named) if os.path.isabs(path)]
        if importlib.util.find_spec("numpy") is None:
            sys.exit("the grader needs NumPy: python3 -m pip install numpy")


def _load_package() -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("autograder", os.path.join(HERE, "__init__.py"))
    assert spec is not None
    assert spec.loader is not None
    sys.modules["autograder"] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)


def main() -> None:
    import importlib

    module = sys.argv.pop(1)
    _find_numpy()
    _load_package()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a terminal may know few characters
    sys.exit(importlib.import_module(f"autograder.{module}").main())


if __name__ == "__main__":
    main()
