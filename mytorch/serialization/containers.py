"""Nested containers as one JSON text and a flat dict of arrays, and back.

    {"epoch": 3, "w": Tensor}  ->  {"dict": [["epoch", 3], ["w", {"tensor": "w", ...}]]}  and  {"w": array}

JSON's own dicts are kept for the marks "dict", "list", "tuple", "array", "scalar", "tensor"; so
keys need not be strings, and a list is not mistaken for a tuple.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from mytorch.serialization.errors import LoadError
from mytorch.tensor import Tensor

__all__ = ["pack", "unpack"]


def pack(obj: Any) -> tuple[str, dict[str, np.ndarray]]:
    """(JSON text, arrays by name). The names are the paths to the arrays: "model.0.weight"."""
    arrays: dict[str, np.ndarray] = {}
    return json.dumps(_packed(obj, (), arrays)), arrays


def _packed(obj: Any, path: tuple, arrays: dict[str, np.ndarray]) -> Any:
    if obj is None or type(obj) in (bool, int, float, str):
        return obj
    if isinstance(obj, Tensor):
        name = _store(obj.data, path, arrays)
        return {"tensor": name, "requires_grad": obj.requires_grad, "is_parameter": obj.is_parameter}
    if isinstance(obj, np.generic):
        return {"scalar": _store(np.asarray(obj), path, arrays)}
    if isinstance(obj, np.ndarray):
        return {"array": _store(np.asarray(obj), path, arrays)}
    if isinstance(obj, dict):
        return {"dict": [[_key(key, path), _packed(value, (*path, key), arrays)] for key, value in obj.items()]}
    if isinstance(obj, (list, tuple)):
        kind = "list" if isinstance(obj, list) else "tuple"
        return {kind: [_packed(value, (*path, i), arrays) for i, value in enumerate(obj)]}
    raise TypeError(
        f"mytorch.save: {_shown(path)} is a {type(obj).__name__}; only Tensors, arrays, numbers, strings, None, and "
        "dicts, lists and tuples of them can be saved (of modules and optimizers their state_dict())"
    )


def _key(key: Any, path: tuple) -> Any:
    if key is None or type(key) in (bool, int, float, str):
        return key
    raise TypeError(f"mytorch.save: {_shown(path)} has a key of type {type(key).__name__}; keys must be str or numbers")


def _store(array: np.ndarray, path: tuple, arrays: dict[str, np.ndarray]) -> str:
    if array.dtype.kind not in "fiubc":
        raise TypeError(f"mytorch.save: {_shown(path)} is an array of dtype {array.dtype}; only numbers can be saved")
    name = plain = ".".join(map(str, path)) or "value"
    count = 1
    while name in arrays:  # {"a.b": x, "a": {"b": y}}
        count += 1
        name = f"{plain}~{count}"
    arrays[name] = array
    return name


def _shown(path: tuple) -> str:
    return "obj" + "".join([f"[{key!r}]" for key in path])


def unpack(text: str | None, arrays: dict[str, np.ndarray]) -> Any:
    """What `pack` was given. Without a text: the arrays as a dict of Tensors."""
    if text is None:
        return {name: Tensor(array) for name, array in arrays.items()}
    try:
        obj = _unpacked(json.loads(text, object_pairs_hook=_without_duplicates), arrays)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise LoadError(f"its description of the contents is damaged ({error})") from error
    return obj


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; ValueError if it has a name twice, of which Python takes the last in silence."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("an object with several values of one name")
    return dict(pairs)


def _unpacked(node: Any, arrays: dict[str, np.ndarray]) -> Any:
    if not isinstance(node, dict):
        if isinstance(node, list):
            raise TypeError("a list without a mark")
        return node
    kind = next(iter(node), "")
    content: Any = node.get(kind)
    if set(node) != ({"tensor", "requires_grad", "is_parameter"} if kind == "tensor" else {kind}):
        raise TypeError(f"the marks {', '.join(node)} do not go together")
    if kind in ("dict", "list", "tuple") and not isinstance(content, list):
        raise TypeError(f"a {kind} that is not described by a list")
    if kind == "dict":
        if not all(isinstance(item, list) and len(item) == 2 for item in content):
            raise TypeError("a dict that is not described by pairs")
        unpacked = {key: _unpacked(value, arrays) for key, value in content}
        if len(unpacked) != len(content):
            raise ValueError("a dict with several values for one key")
        return unpacked
    if kind == "list":
        return [_unpacked(value, arrays) for value in content]
    if kind == "tuple":
        return tuple([_unpacked(value, arrays) for value in content])
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "tensor":
        requires_grad, is_parameter = node["requires_grad"], node["is_parameter"]
        if type(requires_grad) is not bool or type(is_parameter) is not bool:
            raise TypeError(f"requires_grad and is_parameter of {content!r} must be true or false")
        if (requires_grad or is_parameter) and arrays[content].dtype.kind not in "fc":
            raise TypeError(f"{content!r} cannot require a gradient: it is {arrays[content].dtype}")
        tensor = Tensor(arrays[content], requires_grad or is_parameter, is_parameter=is_parameter)
        return tensor.requires_grad_(requires_grad)
    raise TypeError(f"an unknown mark {kind!r}")
