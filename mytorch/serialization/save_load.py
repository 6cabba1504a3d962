"""`save` and `load`: containers of arrays in .npz, .safetensors and PyTorch's .pt files.

Nothing is ever unpickled: a file from a stranger can be wrong, but it cannot run code.
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from mytorch.compat.devices import check_device
from mytorch.runtime.atomic import atomic_write
from mytorch.serialization import npz, safetensors_file, torch_file
from mytorch.serialization.containers import pack, unpack
from mytorch.serialization.errors import LoadError

__all__ = ["load", "save"]

_FORMATS: dict[str, Any] = {
    ".npz": npz,
    ".safetensors": safetensors_file,
    **dict.fromkeys([".pt", ".pth", ".ckpt", ".bin", ".tar"], torch_file),
}


def save(obj: Any, f: str | os.PathLike | BinaryIO, *, _use_new_zipfile_serialization: bool = True) -> None:
    """Write `obj` to the path `f`, which must end in .npz, .safetensors (needs the package safetensors), or in .pt,
    .pth, .ckpt, .bin or .tar, which mean PyTorch's format. An open binary file, such as io.BytesIO, gets PyTorch's.

    obj: Tensors, NumPy arrays, numbers, strings, None, and dicts, lists and tuples of them, e.g.
        model.state_dict() or {"model": model.state_dict(), "optimizer": optimizer.state_dict(),
        "epoch": 3}. Tensors keep requires_grad and is_parameter, and lose their history.

    PyTorch's format keeps arrays as Tensors, and NumPy's scalars as numbers; `torch.load(f, weights_only=True)` reads
    it. A dict of names and Tensors in .safetensors is what PyTorch's safetensors reads and writes, too.
    The file appears in one piece: whatever happens on the way, the path holds the old contents or the
    new ones. Raises TypeError for objects of other types, and says where in `obj` they are.
    """
    if not _use_new_zipfile_serialization:
        raise ValueError("mytorch.save: PyTorch's format from before 1.6 is left out; it is a pickle as a whole")
    if hasattr(f, "write"):
        torch_file.write(f, torch_file.prepared(obj))  # type: ignore[arg-type]
        return
    path = Path(f)  # type: ignore[arg-type]
    form = _format("save", path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"mytorch.save: there is no folder {path.parent}")
    contents = form.prepared(obj) if form is torch_file else form.prepared(*pack(obj))
    with atomic_write(path) as file:
        form.write(file, contents)


def load(
    f: str | os.PathLike | BinaryIO,
    map_location: Any = None,
    *,
    weights_only: bool = True,
    mmap: bool | None = None,
) -> Any:
    """What `save` wrote to `f`, or what PyTorch's `torch.save` wrote of tensors and plain containers. From a
    .safetensors file of another program: a dict of Tensors. An open binary file may hold any of the formats.

    map_location: the CPU, which everything is loaded to. weights_only: False reads no more than True, because a
    file is never trusted. mmap: accepted, and chooses nothing.

    Raises LoadError, which names the file, if it is truncated, damaged, of another format, or needs more than that.
    What `save` writes has checksums, so every damage is noticed. A .safetensors file of another program has none: if
    one of its numbers is damaged, nobody can tell.
    """
    if not (map_location is None or callable(map_location) or isinstance(map_location, dict)):
        check_device(map_location)
    if hasattr(f, "read"):
        return _load_file(f)  # type: ignore[arg-type]
    path = Path(f)  # type: ignore[arg-type]
    form = _format("load", path)
    if not path.is_file():
        raise FileNotFoundError(f"mytorch.load: there is no file {path}")
    return _read(form, path, str(path))


def _read(form: Any, source: Any, shown: str) -> Any:
    try:
        return torch_file.read(source) if form is torch_file else unpack(*form.read(source))
    except LoadError as error:
        raise LoadError(f"mytorch.load: {shown}: {error}") from error.__cause__
    except form.DAMAGE as error:
        shown_kind = {npz: ".npz", safetensors_file: ".safetensors"}.get(form, "PyTorch")
        raise LoadError(f"mytorch.load: {shown} is truncated, damaged or no {shown_kind} file ({error})") from error


def _load_file(file: BinaryIO) -> Any:
    """The object in an open file, in the format that its contents show."""
    data = file.read()
    if not isinstance(data, bytes):
        raise TypeError("mytorch.load: an open file must be a binary one: open(path, 'rb')")
    shown = str(getattr(file, "name", "the open file"))
    if data[:2] != b"PK" and data[8:9] == b"{":  # the length of the JSON header, and the header
        with tempfile.TemporaryDirectory() as folder:  # safetensors reads paths only
            path = Path(folder) / "opened.safetensors"
            path.write_bytes(data)
            return _read(safetensors_file, path, shown)
    is_npz = False
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            is_npz = npz.STRUCTURE in archive.namelist()
    return _read(npz if is_npz else torch_file, io.BytesIO(data), shown)


def _format(function: str, path: Path) -> Any:
    if path.suffix not in _FORMATS:
        raise ValueError(f"mytorch.{function}: {path} must end in {', '.join(list(_FORMATS)[:-1])} or .tar")
    return _FORMATS[path.suffix]
