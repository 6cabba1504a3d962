"""Tools around the engine: gradients of chosen tensors, checks of derivatives, Jacobians."""

import importlib
from typing import TYPE_CHECKING, Any

from mytorch.autograd import functional
from mytorch.autograd.anomaly import detect_anomaly, set_detect_anomaly
from mytorch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from mytorch.autograd.once import once_differentiable
from mytorch.compat.left_out import lacking
from mytorch.compat.legacy import Variable
from mytorch.engine.function import Function
from mytorch.engine.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from mytorch.gradients import backward, grad

if TYPE_CHECKING:
    from mytorch.autograd import anomaly_mode, function, grad_mode, graph, profiler, variable

__all__ = [
    "Function",
    "GradcheckError",
    "Variable",
    "anomaly_mode",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "once_differentiable",
    "profiler",
    "set_detect_anomaly",
    "set_grad_enabled",
    "variable",
]

_MODULES = ("anomaly_mode", "function", "grad_mode", "graph", "profiler", "variable")  # imported when first used

if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f"{__name__}.{name}")
        return lacking(__name__, name)
