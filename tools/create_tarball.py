"""Pack mytorch and hw1 into handin.tar, the file that the course server grades.

usage: create_tarball.sh [FILE]        FILE: what to write (default: handin.tar in this folder)

The same tree gives the same bytes, whoever packs it and when. Data sets, caches and hidden files
stay out. The plot of the MNIST run, hw1/validation_accuracy.png, should be in: make it first
with ./grade.sh m.
"""

from __future__ import annotations

import io
import os
import sys
import tarfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("mytorch", "hw1")
PLOT = "hw1/validation_accuracy.png"
CACHES = {"__pycache__", "build", "dist"}
CACHE_SUFFIXES = {".pyc", ".pyo", ".swp", ".bak", ".orig"}
DATA_SUFFIXES = {".npy", ".npz", ".gz", ".zip", ".tar", ".bin", ".pt", ".pkl", ".csv", ".h5", ".idx"}


def reason_to_leave_out(path: PurePosixPath) -> str | None:
    """Why `path` (relative to the root) does not belong into a hand-in; None when it does."""
    if any(part.startswith(".") for part in path.parts):
        return "hidden"
    if CACHES & set(path.parts) or path.suffix in CACHE_SUFFIXES or path.name.endswith("~"):
        return "cache"
    if path.suffix in DATA_SUFFIXES or path.name.endswith("-ubyte"):
        return "data"
    return None


def find_files(root: Path) -> tuple[list[str], dict[str, str]]:
    """(files to pack, {file left out: reason}), relative to `root`, sorted."""
    packed, left_out = [], {}
    for folder in FOLDERS:
        if not (root / folder).is_dir():
            raise FileNotFoundError(f"{root / folder}: there is no such folder to hand in")
        for path in (root / folder).rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.is_symlink():
                left_out[name] = "link"  # its target may lie outside, or not exist on the server
            elif path.is_file():
                reason = reason_to_leave_out(PurePosixPath(name))
                if reason is None:
                    packed.append(name)
                else:
                    left_out[name] = reason
    return sorted(packed), left_out


def pack(root: Path, names: list[str]) -> bytes:
    """The tarball. Times, owners and permissions are fixed, so that only contents matter."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in names:
            content = (root / name).read_bytes()
            info = tarfile.TarInfo(name)  # owner 0, no names, time 0
            info.size = len(content)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def write_atomically(path: Path, content: bytes) -> None:
    """Whoever reads `path` sees the old file or the new one, never a part."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    if any(a in ("-h", "--help") for a in arguments):
        print(__doc__.strip())
        return 0
    if len(arguments) > 1 or any(a.startswith("-") for a in arguments):
        print(f"create_tarball: expected at most a file name, got {' '.join(arguments)}; see --help", file=sys.stderr)
        return 2
    target = Path(arguments[0]) if arguments else ROOT / "handin.tar"
    try:
        names, left_out = find_files(ROOT)
        content = pack(ROOT, names)
        write_atomically(target, content)
    except OSError as error:
        print(f"create_tarball: {error}", file=sys.stderr)
        return 1
    for name in names:
        print(f"  {(ROOT / name).stat().st_size:>8,}  {name}")
    shown = {name: reason for name, reason in left_out.items() if reason != "cache"}
    for name, reason in sorted(shown.items()):
        print(f"  left out ({reason}): {name}")
    print(f"{target}: {len(names)} files, {len(content):,} bytes")
    if PLOT not in names:
        print(
            f"WARNING: {PLOT} is missing: problem 3 is graded by this plot. Make it with ./grade.sh m", file=sys.stderr
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
