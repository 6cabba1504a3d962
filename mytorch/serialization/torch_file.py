"""PyTorch's .pt files: a zip archive with a description (data.pkl) and one entry of bytes per tensor.

    archive/data.pkl  archive/byteorder  archive/data/0  archive/data/1 ...  archive/version

`torch.load(path, weights_only=True)` reads what is written here, and what it would read is read here: tensors and
plain containers of them. The description is read by a machine that knows nothing but these, see torch_pickle.py.
"""

from __future__ import annotations

import math
import zipfile
from collections import OrderedDict
from typing import Any, BinaryIO

import numpy as np

from mytorch.serialization.errors import LoadError
from mytorch.serialization.npz import DAMAGE as DAMAGE_OF_ZIP, MOST_STRUCTURE
from mytorch.serialization.torch_pickle import Call, Reference, read_pickle, write_pickle
from mytorch.tensor import Tensor

__all__ = ["DAMAGE", "prepared", "read", "write"]

DAMAGE = (*DAMAGE_OF_ZIP, UnicodeDecodeError, IndexError, AttributeError)

_STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "LongStorage": "int64",
    "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8",
    "BoolStorage": "bool", "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128",
}  # fmt: skip
_STORAGE_OF = {dtype: name for name, dtype in _STORAGES.items()}
_ALLOWANCE = 1 << 28  # bytes that tensors may take beyond a few times the file: expanded ones repeat their elements


# -------------------------------------------------------------------------------------- writing


def prepared(obj: Any) -> list[tuple[str, bytes]]:
    """The entries of the archive, (name, contents). TypeError, with the place in `obj`, for what cannot be saved."""
    arrays: dict[tuple, tuple[str, np.ndarray]] = {}
    description = write_pickle(_described(obj, (), arrays))
    entries = [("data.pkl", description), ("byteorder", b"little")]
    for key, array in arrays.values():
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        entries.append((f"data/{key}", little.tobytes()))
    return [*entries, ("version", b"3\n")]


def write(file: BinaryIO, contents: list[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents:
            # ZipInfo has a fixed date: the same object gives the same bytes.
            with archive.open(zipfile.ZipInfo(f"archive/{name}"), "w", force_zip64=len(content) >= 1 << 31) as entry:
                entry.write(content)


def _described(obj: Any, path: tuple, arrays: dict[tuple, tuple[str, np.ndarray]]) -> Any:
    """`obj` for write_pickle; the tensors' arrays go into `arrays`. A NumPy array is described as a tensor."""
    if obj is None or type(obj) in (bool, int, float, str):
        return obj
    if isinstance(obj, np.generic) and obj.dtype.kind in "fiub":
        return obj.item()
    if isinstance(obj, (Tensor, np.ndarray)):
        return _described_tensor(obj, path, arrays)
    if isinstance(obj, dict):
        for key in obj:
            if not (key is None or type(key) in (bool, int, float, str)):
                raise TypeError(f"mytorch.save: {_shown(path)} has a key of type {type(key).__name__}")
        return {key: _described(value, (*path, key), arrays) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        items = [_described(value, (*path, i), arrays) for i, value in enumerate(obj)]
        return items if isinstance(obj, list) else tuple(items)
    raise TypeError(
        f"mytorch.save: {_shown(path)} is a {type(obj).__name__}; only Tensors, arrays, numbers, strings, None, and "
        "dicts, lists and tuples of them can be saved (of modules and optimizers their state_dict())"
    )


def _described_tensor(obj: Any, path: tuple, arrays: dict[tuple, tuple[str, np.ndarray]]) -> Call:
    array = obj.data if isinstance(obj, Tensor) else np.asarray(obj)
    if array.dtype.name not in _STORAGE_OF:
        raise TypeError(f"mytorch.save: {_shown(path)} has dtype {array.dtype}, which .pt files do not have")
    place = (array.__array_interface__["data"], array.shape, array.strides, array.dtype.str)
    # A tensor that comes twice (tied weights) is stored once, as in PyTorch.
    key, _ = arrays.setdefault(place, (str(len(arrays)), array))
    kind = Call(f"torch.{_STORAGE_OF[array.dtype.name]}", None)  # type: ignore[arg-type]
    storage = Reference(("storage", kind, key, "cpu", array.size))
    strides = tuple([math.prod(array.shape[i + 1 :]) for i in range(array.ndim)])
    is_parameter = isinstance(obj, Tensor) and obj.is_parameter
    requires_grad = isinstance(obj, Tensor) and obj.requires_grad
    no_hooks = Call("collections.OrderedDict", ())
    tensor = Call(
        "torch._utils._rebuild_tensor_v2",
        (storage, 0, array.shape, strides, requires_grad and not is_parameter, no_hooks),
    )
    return Call("torch._utils._rebuild_parameter", (tensor, requires_grad, no_hooks)) if is_parameter else tensor


def _shown(path: tuple) -> str:
    return "obj" + "".join([f"[{key!r}]" for key in path])


# -------------------------------------------------------------------------------------- reading


def read(file: Any) -> Any:
    """The object in a .pt file, given by its path or as a file. LoadError if it holds anything but tensors and
    plain containers, if it is from before PyTorch 1.6, or if it is damaged."""
    with zipfile.ZipFile(file) as archive:
        return _Archive(archive).contents()


class _Archive:
    """An open .pt file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        entries = archive.infolist()
        self.entries = {entry.filename: entry for entry in entries}
        descriptions = [name for name in self.entries if name.count("/") == 1 and name.endswith("/data.pkl")]
        if len(descriptions) != 1 or len(self.entries) != len(entries):
            raise LoadError("it has no description data.pkl of its own: it is not from torch.save or mytorch.save")
        self.root = descriptions[0].removesuffix("data.pkl")
        if f"{self.root}constants.pkl" in self.entries:
            raise LoadError("it is a TorchScript program; save the model's state_dict() instead")
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
                raise LoadError(f"its entry {entry.filename!r} is compressed, which torch.save never does")
        self.order: Any = ">" if self.bytes_of("byteorder", 16, b"little") == b"big" else "<"
        self.allowance = _ALLOWANCE + 4 * sum([entry.file_size for entry in entries])
        self.storages: dict[str, np.ndarray] = {}

    def bytes_of(self, name: str, most: int, default: bytes | None = None) -> bytes:
        full_name = self.root + name
        if full_name not in self.entries and default is not None:
            return default
        size = self.entries[full_name].file_size
        if size > most:
            raise LoadError(f"its entry {full_name!r} has {size} bytes; {most} are the most")
        return self.archive.read(full_name)

    def contents(self) -> Any:
        names: dict[str, Any] = {
            "collections.OrderedDict": _ordered_dict,
            "torch.Size": lambda sizes: tuple(sizes),
            "torch.device": lambda *place: "cpu",
            "torch._utils._rebuild_tensor_v2": self.tensor,
            "torch._utils._rebuild_parameter": _parameter,
            "torch.BFloat16Storage": None,
            **{f"torch.{name}": None for name in _STORAGES},
            **{f"torch.{dtype}": np.dtype(dtype) for dtype in _STORAGE_OF},
        }
        return read_pickle(self.bytes_of("data.pkl", MOST_STRUCTURE), names, self.storage)

    def storage(self, reference: Any) -> np.ndarray:
        """The numbers that a persistent id refers to: ("storage", kind, key, device, how many)."""
        word, kind, key, _, count = reference
        if word != "storage" or type(key) is not str or type(count) is not int:
            raise LoadError("it refers to something that is no storage")
        name = kind.name.removeprefix("torch.")
        identity = f"{name} {key}"
        if identity not in self.storages:
            raw = self.bytes_of(f"data/{key}", 1 << 62)
            if name == "BFloat16Storage":  # the upper half of a float32
                array = (np.frombuffer(raw, f"{self.order}u2").astype(np.uint32) << 16).view(np.float32)
            else:
                dtype = np.dtype(_STORAGES[name])
                array = np.frombuffer(raw, dtype.newbyteorder(self.order)).astype(dtype, copy=False)
            if array.size != count:
                raise LoadError(f"its storage {key!r} should have {count} numbers, there are {array.size}")
            self.storages[identity] = array
        return self.storages[identity]

    def tensor(
        self, storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, metadata: Any = None
    ) -> Tensor:
        """A tensor on a copy of its part of a storage."""
        numbers = (offset, *size, *stride)
        if not isinstance(storage, np.ndarray) or len(size) != len(stride) or len(size) > 32:
            raise LoadError("it has a tensor without a storage, or whose sizes and strides do not fit")
        if not all(type(n) is int and n >= 0 for n in numbers) or type(requires_grad) is not bool:
            raise LoadError(f"it has a tensor of size {size!r:.80} and stride {stride!r:.80}")
        last = offset + sum([(n - 1) * step for n, step in zip(size, stride)])
        if math.prod(size) and last >= storage.size:
            raise LoadError(f"it has a tensor of size {size} that goes beyond its storage of {storage.size} numbers")
        self.allowance -= math.prod(size) * storage.itemsize
        if self.allowance < 0:
            raise LoadError("its tensors would take much more memory than the file")
        if not math.prod(size):
            return Tensor(np.empty(size, storage.dtype)).requires_grad_(requires_grad)
        steps = tuple([step * storage.itemsize for step in stride])
        array = np.lib.stride_tricks.as_strided(storage[offset:], size, steps, writeable=False).copy("C")
        return Tensor(array).requires_grad_(requires_grad)


def _ordered_dict(*nothing: Any) -> OrderedDict:
    if nothing:
        raise LoadError("it makes an OrderedDict of something; state dicts begin empty")
    return OrderedDict()


def _parameter(data: Any, requires_grad: Any, hooks: Any) -> Tensor:
    if not isinstance(data, Tensor) or type(requires_grad) is not bool:
        raise LoadError("it has a parameter that is no tensor")
    if data.dtype.kind != "f":
        raise LoadError(f"it has a parameter of dtype {data.dtype}; MyTorch's are floating point")
    return Tensor(data.data, requires_grad=True, is_parameter=True).requires_grad_(requires_grad)
