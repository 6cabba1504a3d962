"""`export`: trace a model, see that the trace holds for other inputs, and write the file."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mytorch.onnx.graph import OnnxError, as_in_file
from mytorch.onnx.trace import Traced, trace
from mytorch.runtime.atomic import atomic_write
from mytorch.tensor import Tensor
from mytorch.version import __version__

__all__ = ["OnnxError", "export"]

OPSET = 17


def export(
    model: Any,
    args: Any,
    f: str | os.PathLike | None = None,
    *,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    dynamic_axes: Mapping[str, Any] | None = None,
    opset_version: int | None = None,
    **choices: Any,
) -> None:
    """Write `model` as it computes model(*args) into the file `f`.

    args: a Tensor or a tuple of Tensors. The numbers in the file are float32, whatever the model's are.
    input_names, output_names: by default input, input_1, ... and output, output_1, ...
    dynamic_axes: {"input": {0: "batch"}}: axis 0 may have any size; the other sizes are those of `args`. For all inputs
        and outputs or for none.
    opset_version: 17 or nothing. PyTorch's other keywords choose nothing here.

    The model is run a second time, on other numbers. OnnxError if it then computes something else, because a
    number (or with dynamic_axes the size of a batch) got into the trace as a constant; for an operation that has
    no rule; and if onnx's own evaluator computes other numbers from the file. Nothing is written then.
    Put the model into evaluation mode first: `model.eval()`.
    """
    onnx = _onnx()
    given = args if isinstance(args, (tuple, list)) else (args,)
    if not given or not all(isinstance(arg, Tensor) for arg in given):
        raise TypeError("onnx.export: args must be a Tensor or a tuple of Tensors")
    if f is None:
        raise TypeError("onnx.export: f must be the name of a file")
    if opset_version not in (None, OPSET):
        raise ValueError(f"onnx.export: opset_version must be {OPSET}, got {opset_version}")
    names = _names("input", input_names, len(given))
    batch = _batch_size(given, dynamic_axes)
    first = trace(model, tuple([arg.detach() for arg in given]), names, batch)
    others = tuple([_other(arg, batch) for arg in given])
    second = trace(model, others, names, None if batch is None else others[0].shape[0])
    if first.graph.signature() != second.graph.signature():
        raise OnnxError(
            "onnx.export: for other inputs the model computes something else: a comparison, an .item() or a .numpy() "
            "of its input, a number drawn by chance"
            + ("" if batch is None else ", or the size of a batch")
            + " got into it"
        )
    ends = _names("output", output_names, len(first.outputs))
    proto = _model(onnx, model, first, given, names, ends, batch is not None)
    _verify(proto, first, given, names)
    data = proto.SerializeToString()
    with atomic_write(Path(f)) as file:
        file.write(data)


def _verify(proto: Any, traced: Traced, args: Sequence[Tensor], names: list[str]) -> None:
    """OnnxError if onnx's reference evaluator does not compute from the file what the model computed."""
    if any(node.kind == "ConvTranspose" and node.attributes["group"] > 1 for node in traced.graph.nodes):
        return  # the evaluator (onnx 1.23) splits the weight wrongly where the channels in and out differ
    evaluator = importlib.import_module("onnx.reference").ReferenceEvaluator(proto)
    feed = {name: arg._data.astype(as_in_file(arg.dtype)) for name, arg in zip(names, args)}
    with np.errstate(all="ignore"):
        found = evaluator.run(None, feed)
    for (_, output), other in zip(traced.outputs, found):
        scale = max(float(np.nan_to_num(np.abs(output._data), posinf=0).max(initial=0)), 1.0)
        if other.shape != output.shape or not np.allclose(other, output._data, 1e-3, 1e-3 * scale, equal_nan=True):
            raise OnnxError(
                "onnx.export: the file would compute something else than the model, which is a fault of MyTorch's; "
                "please report the model"
            )


def _onnx() -> Any:
    try:
        return importlib.import_module("onnx")  # when it is needed: it is an extra
    except ImportError:
        raise ImportError("onnx.export needs onnx: pip install 'mytorch[onnx]'") from None


def _names(kind: str, given: Sequence[str] | None, count: int) -> list[str]:
    if given is None:
        return [kind if i == 0 else f"{kind}_{i}" for i in range(count)]
    if len(given) != count or len(set(given)) != count:
        raise ValueError(f"onnx.export: {kind}_names must be {count} different names, got {list(given)}")
    return list(given)


def _batch_size(args: Sequence[Tensor], dynamic_axes: Mapping[str, Any] | None) -> int | None:
    if not dynamic_axes:
        return None
    if any(list(axes) != [0] for axes in dynamic_axes.values()):
        raise NotImplementedError("onnx.export: dynamic_axes can open axis 0 only, {'input': {0: 'batch'}}")
    sizes = {arg.shape[0] if arg.ndim else None for arg in args}
    if len(sizes) != 1 or None in sizes:
        raise ValueError(f"onnx.export: with dynamic_axes all inputs must agree in axis 0, got {sizes}")
    return args[0].shape[0]


def _other(arg: Tensor, batch: int | None) -> Tensor:
    """Another input of the same kind: other floats, the integers in another order; with an open axis 0 a longer one."""
    data = arg._data
    other = data[::-1] * -1.1 + 0.05 if data.dtype.kind == "f" else np.roll(data.reshape(-1), 1).reshape(data.shape)
    if batch is not None:
        other = np.concatenate([other, data[:1]])
    return Tensor(np.ascontiguousarray(other).astype(data.dtype))


def _model(
    onnx: Any, model: Any, traced: Traced, args: Sequence[Tensor], inputs: list[str], outputs: list[str], batch: bool
) -> Any:
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    graph = traced.graph

    def info(name: str, tensor: Tensor) -> Any:
        kind = {"f": onnx.TensorProto.FLOAT, "b": onnx.TensorProto.BOOL}.get(tensor.dtype.kind, onnx.TensorProto.INT64)
        shape = ["batch" if batch and axis == 0 else n for axis, n in enumerate(tensor.shape)]
        return helper.make_tensor_value_info(name, kind, shape)

    nodes = [
        helper.make_node(node.kind, list(node.inputs), list(node.outputs), name=node.outputs[0], **node.attributes)
        for node in graph.nodes
    ]
    for (name, _), wanted in zip(traced.outputs, outputs):
        nodes.append(helper.make_node("Identity", [name], [wanted], name=wanted))
    made = helper.make_graph(
        nodes,
        type(model).__name__,
        [info(name, arg) for name, arg in zip(inputs, args)],
        [info(name, tensor) for name, (_, tensor) in zip(outputs, traced.outputs)],
        [numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
    )
    opset = [helper.make_opsetid("", OPSET)]
    proto = helper.make_model(made, producer_name="mytorch", producer_version=__version__, opset_imports=opset)
    proto.ir_version = 8
    onnx.checker.check_model(proto)
    return proto
