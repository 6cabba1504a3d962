"""What students hand in for a homework: of most a package mytorch, of others a file, a notebook, results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["MYTORCH", "Handin"]


@dataclass(frozen=True)
class Handin:
    """entries: the names of its folders and files, such as "mytorch", "q1.py", "predictions.npy".
    modules: what checks import of it, to be tried out before the first check.
    loose: files of the package, which is the first entry, by which it is known without a folder around them: handout
    001 has them dragged and dropped one by one."""

    entries: tuple[str, ...]
    modules: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()

    @property
    def packages(self) -> tuple[str, ...]:
        """The entries that Python imports: "mytorch", "q1.py"."""
        return tuple(name for name in self.entries if _is_folder(name) or name.endswith(".py"))

    @property
    def name(self) -> str:
        """The entry to know it by."""
        return self.entries[0]

    @property
    def has_results(self) -> bool:
        """Whether checks read files of it, by their names in the current folder."""
        return any(not _is_folder(name) and not name.endswith(".py") for name in self.entries)

    def is_in(self, folder: Path) -> bool:
        """Whether the folder has one of the entries: who has only a part gets the points of that part."""
        whole = any((folder / n).is_dir() if _is_folder(n) else (folder / n).is_file() for n in self.entries)
        return whole or self.is_loose(folder)

    def is_loose(self, folder: Path) -> bool:
        """Whether the folder has files of the package, and not the package."""
        return not (folder / self.name).is_dir() and any((folder / name).is_file() for name in self.loose)

    def find(self, folder: Path) -> Path:
        """The folder itself, or the only folder in it, where that holds the entries: many pack a folder around them."""
        if self.is_in(folder) or not folder.is_dir():
            return folder
        inner = [path for path in folder.iterdir() if self.is_in(path) and not path.is_symlink()]
        return inner[0] if len(inner) == 1 else folder

    def missing(self, folder: Path) -> str:
        """What to say of a folder in which it is not."""
        if len(self.entries) == 1:
            return f"there is no {'folder ' * _is_folder(self.name)}{self.name} in {folder}"
        return f"there is none of {', '.join(self.entries)} in {folder}"


def _is_folder(name: str) -> bool:
    return "." not in name


MYTORCH = Handin(("mytorch",))
