"""ONNX: a model as a file that other runtimes compute and viewers open. An extra: pip install 'mytorch[onnx]'.

    mytorch.onnx.export(model.eval(), (x,), "model.onnx")

The model is run once, and the operations that the engine shows (`trace.py`) are written down, each by its rule
(`rules.py`), as nodes of ONNX's graph (`graph.py`).
"""

from mytorch.onnx.export import OnnxError, export

__all__ = ["OnnxError", "export"]
