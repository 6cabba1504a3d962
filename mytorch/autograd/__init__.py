"""Tools around the engine: gradients of chosen tensors, checks of derivatives, Jacobians."""

from mytorch.autograd import functional
from mytorch.autograd.anomaly import detect_anomaly, set_detect_anomaly
from mytorch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from mytorch.autograd.once import once_differentiable
from mytorch.autograd_engine import Function, enable_grad, inference_mode, no_grad, set_grad_enabled
from mytorch.gradients import backward, grad

__all__ = [
    "Function",
    "GradcheckError",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "once_differentiable",
    "set_detect_anomaly",
    "set_grad_enabled",
]
