"""oneDNN, the library below PyTorch's own convolutions on a CPU, called through ctypes. An extra.

It is found by, in this order: the environment variable MYTORCH_ONEDNN (the path of a libdnnl; "0"
switches the extra off, "1" is as if it were not set), the PyPI package onednn-cpu-gomp
(`pip install 'mytorch[onednn]'`), the system's libdnnl 3 (Debian, conda-forge, Homebrew). Without it,
NumPy computes everything.

Here is what any layer needs: memory descriptors, and `Kernel`, one computation for one set of shapes.
Only float32: a float64 array would be read as float32 numbers, twice as many, and look fast.
The names are those of oneDNN's C interface, https://uxlfoundation.github.io/oneDNN/v3.2.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

__all__ = [
    "Argument", "Kernel", "Library", "Unsupported", "bytes_channels_last", "channels_last", "describe", "found",
    "in_use", "kernel", "plain", "switch", "wants", "why_not",
]  # fmt: skip

SETTING = "MYTORCH_ONEDNN"
PACKAGE = "onednn-cpu-gomp"
KERNELS = 128  # kept by a thread, those used last. The first use of a shape compiles: up to 50 ms
_CPU, _IN_ORDER, _FLOAT32, _BYTE = 1, 1, 3, 6
_ANY_ORDER, _ALLOCATE = 1, ctypes.c_void_p(-1)
_SEQUENTIAL, _OPENMP = 1, 2  # how a libdnnl was built to run
_IMPLEMENTATION = 8  # of dnnl_query_t: the name of the code that was chosen
# How the names of fast code begin. The others ("ref", "gemm", "simple") are slower than NumPy.
_FAST = ("jit", "brg", "bnorm_jit", "bnorm_tbb_jit", "acl")


class Argument:
    """dnnl.h's numbers of a primitive's arguments, and of the queries for the orders that it wants them in."""

    SRC, DST, WEIGHTS, BIAS, WORKSPACE = 1, 17, 33, 41, 64
    DIFF_SRC, DIFF_DST, DIFF_WEIGHTS = 129, 145, 161
    MEAN, VARIANCE, SCALE, SHIFT, DIFF_SCALE, DIFF_SHIFT = 49, 50, 51, 52, 255, 256


_WANTED_ORDER = {Argument.WEIGHTS: 131, Argument.DIFF_WEIGHTS: 132, Argument.WORKSPACE: 135}


class Unsupported(RuntimeError):  # noqa: N818 (an answer, not a mistake)
    """The library refuses these shapes, or has only its slow reference code for them."""


# ------------------------------------------------------------------------------- the library
class _Version(ctypes.Structure):
    _fields_ = [
        ("major", ctypes.c_int), ("minor", ctypes.c_int), ("patch", ctypes.c_int), ("hash", ctypes.c_char_p),
        ("cpu_runtime", ctypes.c_uint), ("gpu_runtime", ctypes.c_uint),
    ]  # fmt: skip


class Library:
    """A libdnnl that was loaded. `path`, `version` ("3.2.0")."""

    def __init__(self, path: str) -> None:
        """OSError if it cannot be loaded, or is not one that can be used."""
        self.path, self.functions = path, ctypes.CDLL(path)
        if not hasattr(self.functions, "dnnl_version"):
            raise OSError(f"{path} is not oneDNN")
        self.functions.dnnl_version.restype = ctypes.POINTER(_Version)
        found = self.functions.dnnl_version().contents
        self.version = f"{found.major}.{found.minor}.{found.patch}"
        if found.major != 3 or found.cpu_runtime not in (_SEQUENTIAL, _OPENMP):
            raise OSError(f"{path} is oneDNN {self.version}; needed is 3, built for OpenMP or without threads")
        # OpenMP's own functions, of the very runtime that this library is bound to.
        self.openmp = self.functions if found.cpu_runtime == _OPENMP else None
        self.functions.dnnl_primitive_desc_query_md.restype = ctypes.c_void_p
        self.functions.dnnl_memory_set_data_handle.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        self.functions.dnnl_set_primitive_cache_capacity(KERNELS)
        self.engine = ctypes.c_void_p()
        self.functions.dnnl_engine_create(ctypes.byref(self.engine), _CPU, ctypes.c_size_t(0))


class _Switch:
    """Whether the extra is used, if there is one: `mytorch.backends.mkldnn.enabled`."""

    enabled = True


switch = _Switch()
_loading = threading.Lock()


def found() -> Library | None:
    """The library, loaded at the first call; None if there is none, or the setting says so. OSError if
    the setting names a file that is no oneDNN 3."""
    with _loading:
        return _found()


@functools.cache
def _found() -> Library | None:
    setting = os.environ.get(SETTING)
    if setting and setting != "1":
        try:
            return None if setting == "0" else Library(setting)
        except OSError as error:
            raise OSError(f"{SETTING}={setting}: {error}") from error
    for path in _places():
        try:
            return Library(path)
        except OSError:  # none there, or one for another processor: the next
            continue
    return None


def why_not() -> str:
    """What to do where `found` is None."""
    if os.environ.get(SETTING) == "0":
        return f"switched off by {SETTING}=0"
    return "pip install 'mytorch[onednn]'"


def in_use() -> bool:
    """Whether there is a library, and it is switched on."""
    return switch.enabled and found() is not None


def _library() -> Library:
    """The one that was found: whoever computes has asked before."""
    library = _found()
    assert library is not None
    return library


def _places() -> Iterator[str]:
    from importlib import metadata  # only here: it would slow `import mytorch` down

    name = "libdnnl.3.dylib" if sys.platform == "darwin" else "libdnnl.so.3"
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    yield from [str(Path(str(file.locate())).resolve()) for file in files if file.name == name]
    yield name  # wherever the system looks for libraries
    yield from [str(Path(folder, name)) for folder in (f"{sys.prefix}/lib", "/opt/homebrew/lib", "/usr/local/lib")]


def _call(name: str, *arguments: Any) -> None:
    status = getattr(_library().functions, f"dnnl_{name}")(*arguments)
    if status:
        raise Unsupported(f"dnnl_{name}: status {status}")


class _Handle:
    """An object of the library, destroyed with this one."""

    def __init__(self, kind: str, *arguments: Any, create: str = "") -> None:
        self._as_parameter_ = ctypes.c_void_p()
        _call(create or f"{kind}_create", ctypes.byref(self._as_parameter_), *arguments)
        destroy = getattr(_library().functions, f"dnnl_{kind}_destroy")
        weakref.finalize(self, destroy, self._as_parameter_).atexit = False


class _OneOpenMPThread:
    """`with _OneOpenMPThread():` no OpenMP threads in this thread: parts of a batch run on MyTorch's own,
    and a fork after OpenMP has started threads would leave the child waiting for them for ever."""

    def __enter__(self) -> None:
        self.openmp = _library().openmp
        self.before = 1 if self.openmp is None else self.openmp.omp_get_max_threads()
        if self.openmp is not None and self.before != 1:
            self.openmp.omp_set_num_threads(1)

    def __exit__(self, *exception: Any) -> None:
        if self.openmp is not None and self.before != 1:
            self.openmp.omp_set_num_threads(self.before)


# ------------------------------------------------------------------------- memory descriptors
def descriptor(shape: Sequence[int], strides: Sequence[int] | None, dtype: int = _FLOAT32) -> _Handle:
    """Strides in elements; None: the order that suits the library."""
    sizes = (ctypes.c_int64 * len(shape))(*shape)
    if strides is None:
        return _Handle("memory_desc", len(shape), sizes, dtype, _ANY_ORDER, create="memory_desc_create_with_tag")
    steps = (ctypes.c_int64 * len(shape))(*strides)
    return _Handle("memory_desc", len(shape), sizes, dtype, steps, create="memory_desc_create_with_strides")


def plain(shape: Sequence[int]) -> _Handle:
    """The descriptor of an array in C order."""
    strides = [1]
    for size in reversed(shape[1:]):
        strides.insert(0, strides[0] * size)
    return descriptor(shape, strides)


def channels_last(shape: Sequence[int], dtype: int = _FLOAT32) -> _Handle:
    """The descriptor of (N, C, H, W) that lies in memory as (N, H, W, C)."""
    _, c, h, w = shape
    return descriptor(shape, (h * w * c, 1, w * c, c), dtype)


def bytes_channels_last(shape: Sequence[int]) -> _Handle:
    """`channels_last` of uint8."""
    return channels_last(shape, _BYTE)


# -------------------------------------------------------------------------------- computations
def _address(array: np.ndarray) -> int:
    """`array.ctypes.data`, which makes four objects to say it: 5 us, some hundred times in a step of a network.
    It stands behind the header of every object; if not (another Python), the slow way."""
    if _BEHIND_HEADER:
        return ctypes.c_void_p.from_address(id(array) + object.__basicsize__).value or 0
    return array.ctypes.data


def _stands_behind_header() -> bool:
    if sys.implementation.name != "cpython":
        return False
    probe = np.zeros(3)[1:]
    return ctypes.c_void_p.from_address(id(probe) + object.__basicsize__).value == probe.ctypes.data


_BEHIND_HEADER = _stands_behind_header()


class _Memory(_Handle):
    """A place for an array. packed: its memory is the library's, else `Kernel` points it to an array."""

    def __init__(self, layout: Any, packed: bool = False) -> None:
        super().__init__("memory", layout, _library().engine, _ALLOCATE if packed else None)
        self.layout = layout  # must live as long as the memory


class _Pair(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_int), ("memory", ctypes.c_void_p)]


class _Primitive(_Handle):
    """Compiled code with its arguments."""

    def __init__(self, description: _Handle, memories: dict[int, _Memory]) -> None:
        super().__init__("primitive", description)
        self.memories = memories
        self.pairs = (_Pair * len(memories))(*[_Pair(a, m._as_parameter_) for a, m in memories.items()])

    def run(self) -> None:
        _call("primitive_execute", self, _own().stream, len(self.pairs), self.pairs)


class Kernel:
    """One computation for one set of shapes, by one thread."""

    def __init__(self, description: _Handle, arrays: dict[int, _Handle], to_be_packed: Sequence[int] = ()) -> None:
        """description: from `describe`. arrays: for each Argument how the array given to `__call__` lies in
        memory. to_be_packed: those of the arguments that the library may want in an order of its own (weights,
        which are small): they are copied to it before, or, of gradients, from it after."""
        self.before: list[_Primitive] = []
        self.after: list[_Primitive] = []
        self.memories = {argument: _Memory(layout) for argument, layout in arrays.items()}
        used = dict(self.memories)
        for argument in to_be_packed:
            used[argument] = packed = _Memory(_wanted(description, argument), packed=True)
            if argument == Argument.DIFF_WEIGHTS:
                self.after.append(_copy(packed, self.memories[argument]))
            else:
                self.before.append(_copy(self.memories[argument], packed))
        self.main = _Primitive(description, used)
        self.description = description
        self.addresses = dict.fromkeys(self.memories)

    def __call__(self, arrays: dict[int, np.ndarray]) -> None:
        """Compute; the results are in the arrays of the output arguments."""
        set_address = _library().functions.dnnl_memory_set_data_handle
        for argument, array in arrays.items():
            address = _address(array)
            if address != self.addresses[argument]:  # from step to step arrays often lie where they lay before
                set_address(self.memories[argument]._as_parameter_, address)
                self.addresses[argument] = address
        with _OneOpenMPThread():
            for primitive in (*self.before, self.main, *self.after):
                primitive.run()


def describe(kind: str, *arguments: Any) -> _Handle:
    """A primitive descriptor: `kind` with its arguments as in dnnl.h, after the engine and before the attributes.
    Unsupported if there is only slow code for it."""
    create = f"{kind}_primitive_desc_create"
    description = _Handle("primitive_desc", _library().engine, *arguments, None, create=create)
    name = ctypes.c_char_p()
    _call("primitive_desc_query", description, _IMPLEMENTATION, 0, ctypes.byref(name))
    if not (name.value or b"").decode().startswith(_FAST):
        raise Unsupported(f"{kind}: {name.value!r} is slower than NumPy")
    return description


def _wanted(description: _Handle, argument: int) -> ctypes.c_void_p:
    """The order in which a primitive wants an argument; belongs to `description`."""
    query = _library().functions.dnnl_primitive_desc_query_md
    return ctypes.c_void_p(query(description, _WANTED_ORDER[argument], 0))


def wants(description: _Handle, argument: int, layout: _Handle) -> bool:
    """Whether the order that a primitive wants for an argument is `layout`."""
    equal = _library().functions.dnnl_memory_desc_equal
    return bool(equal(_wanted(description, argument), layout))


def _copy(source: _Memory, target: _Memory) -> _Primitive:
    engine = _library().engine
    description = _Handle(
        "primitive_desc", source.layout, engine, target.layout, engine, None, create="reorder_primitive_desc_create"
    )
    return _Primitive(description, {Argument.SRC: source, Argument.DST: target})


class _Own:
    """What each thread has for itself: a kernel's arguments are set and used in two steps."""

    def __init__(self) -> None:
        self.stream = _Handle("stream", _library().engine, _IN_ORDER)
        self.kernel = functools.lru_cache(maxsize=KERNELS)(_built)


_threads = threading.local()


def _own() -> _Own:
    if not hasattr(_threads, "own"):
        _threads.own = _Own()
    return _threads.own


def _built(build: Callable[..., Any], *shapes: Any) -> Any:
    with _OneOpenMPThread():  # how the work is cut is decided here
        try:
            return build(*shapes)
        except Unsupported:
            return None


def kernel(build: Callable[..., Any], *shapes: Any) -> Any:
    """`build(*shapes)`, made once by each thread and kept; None if the library has no fast code for it."""
    return _own().kernel(build, *shapes)
