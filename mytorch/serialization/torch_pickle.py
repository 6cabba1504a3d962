"""The description inside a .pt file: containers and numbers in the language of Python's pickles, read without pickle.

A pickle is a program for a small stack machine. Of its about 70 instructions the machine here knows the ones that
PyTorch writes for containers, numbers, strings and tensors, and it looks no name up: a name is a word, which the
caller's table must have. So nothing of Python can be reached from a file, and what is refused is refused by name.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.serialization.errors import LoadError

__all__ = ["read_pickle", "write_pickle"]

_MARK = object()  # where a list of unknown length begins, on the stack


class Name:
    """A name in the file, "collections.OrderedDict", before it is called."""

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value = name, value


class Machine:
    """Runs one pickle. names: word -> function of arguments, or anything for a name that is only mentioned.
    storage: what makes an object of PyTorch's "persistent id", the reference to a file with numbers."""

    def __init__(self, data: bytes, names: dict[str, Any], storage: Callable[[Any], Any]) -> None:
        self.data, self.names, self.storage = data, names, storage
        self.position = 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        while True:
            code = self.take(1)
            if code == b".":  # STOP
                if len(self.stack) != 1:
                    raise LoadError("its description does not end with one object")
                return self.pop()
            if code not in _INSTRUCTIONS:
                raise LoadError(f"its description uses the instruction {code!r}, which state dicts do not need")
            _INSTRUCTIONS[code](self)

    def take(self, count: int) -> bytes:
        part = self.data[self.position : self.position + count]
        if len(part) != count:
            raise LoadError("its description is cut off")
        self.position += count
        return part

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self) -> str:
        end = self.data.find(b"\n", self.position)
        if end < 0:
            raise LoadError("its description is cut off")
        return self.take(end + 1 - self.position)[:-1].decode()

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        """A finished object from the stack: no name, and no tuple with a name in it."""
        value = self.pop_part()
        if isinstance(value, Name):
            raise LoadError(f"its description mentions {value.name!r} where an object belongs")
        return value

    def pop_part(self) -> Any:
        """Something that may stand in a tuple: an object, or a name (in the reference to a storage)."""
        value = self.pop_any()
        if value is _MARK or (type(value) is tuple and any(isinstance(part, Name) for part in value)):
            raise LoadError("its description mentions a name where an object belongs")
        return value

    def pop_any(self) -> Any:
        if not self.stack:
            raise LoadError("its description takes more than there is")
        return self.stack.pop()

    def pop_to_mark(self, names_too: bool = False) -> list[Any]:
        values: list[Any] = []
        while self.stack and self.stack[-1] is not _MARK:
            values.append(self.pop_part() if names_too else self.pop())
        self.pop_any()  # the mark
        return values[::-1]

    def top(self, kind: type) -> Any:
        if not self.stack or not isinstance(self.stack[-1], kind):
            raise LoadError(f"its description fills something that is no {kind.__name__}")
        return self.stack[-1]

    # ------------------------------------------------------------------- the longer instructions

    def look_up(self) -> None:
        name = f"{self.line()}.{self.line()}"
        if name not in self.names:
            raise LoadError(f"it asks for {name[:200]!r}, which is no part of a state dict: nothing of it was run")
        value = self.names[name]
        self.push(value if isinstance(value, np.dtype) else Name(name, value))

    def call(self) -> None:
        arguments, name = self.pop(), self.pop_any()
        if not isinstance(name, Name) or not callable(name.value) or not isinstance(arguments, tuple):
            raise LoadError("its description calls something that is no function")
        self.push(name.value(*arguments))

    def set_items(self, items: list[Any]) -> None:
        mapping = self.top(dict)
        if len(items) % 2:
            raise LoadError("its description has a key without a value")
        for key, value in zip(items[::2], items[1::2]):
            # Only plain keys: hashing a tuple of tuples of tuples ... would exhaust C's stack.
            if not (key is None or type(key) in (str, int, float, bool)):
                raise LoadError(f"its description has a key of type {type(key).__name__}")
            mapping[key] = value

    def append(self, items: list[Any]) -> None:
        self.top(list).extend(items)

    def build(self) -> None:
        """Attributes of an OrderedDict: PyTorch's `_metadata`, the versions of layers. They are read and dropped."""
        self.pop()
        self.top(dict)

    def get(self, index: int) -> None:
        if index not in self.memo:
            raise LoadError("its description refers to something that it never kept")
        self.push(self.memo[index])

    def put(self, index: int) -> None:
        if not self.stack or self.stack[-1] is _MARK:
            raise LoadError("its description keeps something that is not there")
        self.memo[index] = self.stack[-1]

    def tuple_of(self, count: int) -> None:
        self.push(tuple([self.pop_part() for _ in range(count)][::-1]))

    def text(self, length: int) -> None:
        self.push(self.take(length).decode("utf-8", "surrogatepass"))


_INSTRUCTIONS: dict[bytes, Callable[[Machine], Any]] = {
    b"\x80": lambda m: m.take(1),  # PROTO
    b"\x95": lambda m: m.take(8),  # FRAME
    b"c": Machine.look_up,  # GLOBAL
    b"R": Machine.call,  # REDUCE
    b"b": Machine.build,  # BUILD
    b"Q": lambda m: m.push(m.storage(m.pop_any())),  # BINPERSID
    b"(": lambda m: m.push(_MARK),  # MARK
    b"N": lambda m: m.push(None),  # NONE
    b"\x88": lambda m: m.push(True),  # NEWTRUE
    b"\x89": lambda m: m.push(False),  # NEWFALSE
    b"K": lambda m: m.push(m.number("<B")),  # BININT1
    b"M": lambda m: m.push(m.number("<H")),  # BININT2
    b"J": lambda m: m.push(m.number("<i")),  # BININT
    b"\x8a": lambda m: m.push(int.from_bytes(m.take(m.number("<B")), "little", signed=True)),  # LONG1
    b"G": lambda m: m.push(m.number(">d")),  # BINFLOAT
    b"X": lambda m: m.text(m.number("<I")),  # BINUNICODE
    b"\x8c": lambda m: m.text(m.number("<B")),  # SHORT_BINUNICODE
    b")": lambda m: m.push(()),  # EMPTY_TUPLE
    b"t": lambda m: m.push(tuple(m.pop_to_mark(names_too=True))),  # TUPLE
    b"\x85": lambda m: m.tuple_of(1),  # TUPLE1
    b"\x86": lambda m: m.tuple_of(2),  # TUPLE2
    b"\x87": lambda m: m.tuple_of(3),  # TUPLE3
    b"]": lambda m: m.push([]),  # EMPTY_LIST
    b"a": lambda m: m.append([m.pop()]),  # APPEND
    b"e": lambda m: m.append(m.pop_to_mark()),  # APPENDS
    b"}": lambda m: m.push({}),  # EMPTY_DICT
    b"s": lambda m: m.set_items([m.pop(), m.pop()][::-1]),  # SETITEM
    b"u": lambda m: m.set_items(m.pop_to_mark()),  # SETITEMS
    b"q": lambda m: m.put(m.number("<B")),  # BINPUT
    b"r": lambda m: m.put(m.number("<I")),  # LONG_BINPUT
    b"h": lambda m: m.get(m.number("<B")),  # BINGET
    b"j": lambda m: m.get(m.number("<I")),  # LONG_BINGET
}


def read_pickle(data: bytes, names: dict[str, Any], storage: Callable[[Any], Any]) -> Any:
    """The object that the pickle `data` describes, see Machine. LoadError if it needs more than that."""
    return Machine(data, names, storage).run()


# ---------------------------------------------------------------------------------- writing


class Call:
    """To be written as: look `name` up and call it with `arguments`. `name`: "module.attribute"."""

    def __init__(self, name: str, arguments: tuple) -> None:
        self.name, self.arguments = name, arguments


class Reference:
    """To be written as a persistent id. `parts`: its tuple; a `Call` without arguments in it is a bare name."""

    def __init__(self, parts: tuple) -> None:
        self.parts = parts


def write_pickle(obj: Any) -> bytes:
    """The pickle, protocol 2, of None, numbers, strings, dicts, lists, tuples, and Calls and References."""
    parts = [b"\x80\x02"]
    _write(obj, parts)
    return b"".join([*parts, b"."])


def _write(obj: Any, out: list[bytes]) -> None:
    if obj is None or obj is True or obj is False:
        out.append({None: b"N", True: b"\x88", False: b"\x89"}[obj])
    elif isinstance(obj, int):
        out.append(_integer(obj))
    elif isinstance(obj, float):
        out.append(b"G" + struct.pack(">d", obj))
    elif isinstance(obj, str):
        encoded = obj.encode("utf-8", "surrogatepass")
        out.append(b"X" + struct.pack("<I", len(encoded)) + encoded)
    elif isinstance(obj, (list, tuple)):
        out.append(b"](" if isinstance(obj, list) else b"(")
        for value in obj:
            _write(value, out)
        out.append(b"e" if isinstance(obj, list) else b"t")
    elif isinstance(obj, dict):
        out.append(b"}(")
        for key, value in obj.items():
            _write(key, out)
            _write(value, out)
        out.append(b"u")
    elif isinstance(obj, Reference):
        _write(obj.parts, out)
        out.append(b"Q")
    else:
        _write_call(obj, out)


def _write_call(call: Call, out: list[bytes]) -> None:
    module, _, name = call.name.rpartition(".")
    out.append(f"c{module}\n{name}\n".encode())
    if call.arguments is not None:
        _write(call.arguments, out)
        out.append(b"R")


def _integer(value: int) -> bytes:
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    encoded = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    if len(encoded) > 255:
        raise TypeError(f"mytorch.save: an int of {value.bit_length()} bits does not go into a .pt file")
    return b"\x8a" + bytes([len(encoded)]) + encoded
