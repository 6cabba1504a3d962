"""`save` and `load`: containers of arrays in .npz or .safetensors files.

Nothing is ever pickled or unpickled: a file from a stranger can be wrong, but it cannot run code.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mytorch.atomic import atomic_write
from mytorch.serialization import npz, safetensors_file
from mytorch.serialization.containers import pack, unpack
from mytorch.serialization.errors import LoadError

__all__ = ["load", "save"]

_FORMATS: dict[str, Any] = {".npz": npz, ".safetensors": safetensors_file}


def save(obj: Any, path: str | os.PathLike) -> None:
    """Write `obj` to `path`, which must end in .npz or .safetensors (needs the package safetensors).

    obj: Tensors, NumPy arrays, numbers, strings, None, and dicts, lists and tuples of them, e.g.
        model.state_dict() or {"model": model.state_dict(), "optimizer": optimizer.state_dict(),
        "epoch": 3}. Tensors keep requires_grad and is_parameter, and lose their history.

    A dict of names and Tensors in .safetensors is what PyTorch's safetensors reads and writes, too.
    The file appears in one piece: whatever happens on the way, `path` holds the old contents or the
    new ones. Raises TypeError for objects of other types, and says where in `obj` they are.
    """
    path = Path(path)
    form = _format("save", path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"mytorch.save: there is no folder {path.parent}")
    structure, arrays = pack(obj)
    contents = form.prepared(structure, arrays)
    with atomic_write(path) as file:
        form.write(file, contents)


def load(path: str | os.PathLike) -> Any:
    """What `save` wrote to `path`. From a .safetensors file of another program: a dict of Tensors.

    Raises LoadError, which names the file, if it is truncated, damaged, or of another format.
    """
    path = Path(path)
    form = _format("load", path)
    if not path.is_file():
        raise FileNotFoundError(f"mytorch.load: there is no file {path}")
    try:
        structure, arrays = form.read(path)
        return unpack(structure, arrays)
    except LoadError as error:
        raise LoadError(f"mytorch.load: {path}: {error}") from error.__cause__
    except form.DAMAGE as error:
        raise LoadError(f"mytorch.load: {path} is truncated, damaged or no {path.suffix} file ({error})") from error


def _format(function: str, path: Path) -> Any:
    if path.suffix not in _FORMATS:
        raise ValueError(
            f"mytorch.{function}: {path} must end in {' or '.join(_FORMATS)}. (PyTorch's .pt files are pickles, which "
            "can run code; save from PyTorch with safetensors.torch.save_file)"
        )
    return _FORMATS[path.suffix]
