"""Tools for training: clipping gradients, parameters as one vector, sequences of different lengths, weights that are
computed from others or pruned."""

import importlib
import sys
from typing import TYPE_CHECKING, Any

from mytorch.compat.doors import open_door
from mytorch.compat.left_out import lacking
from mytorch.nn.utils import rnn
from mytorch.nn.utils.clip_grad import (
    clip_each_grad_norm_,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from mytorch.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters

if TYPE_CHECKING:
    from mytorch.nn.utils import parametrizations, parametrize, prune, stateless
    from mytorch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval
    from mytorch.nn.utils.init import skip_init
    from mytorch.nn.utils.reparametrize import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm

__all__ = [
    "clip_each_grad_norm_", "clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_",
    "fuse_conv_bn_eval", "fuse_linear_bn_eval", "get_total_norm", "parameters_to_vector", "parametrizations",
    "parametrize", "prune",
    "remove_spectral_norm", "remove_weight_norm", "rnn", "skip_init", "spectral_norm", "stateless",
    "vector_to_parameters", "weight_norm",
]  # fmt: skip

clip_grad_norm = clip_grad_norm_  # PyTorch's older name

_MODULES = ("parametrizations", "parametrize", "prune", "stateless")
_NAMES = {  # imported when first used
    **dict.fromkeys(["fuse_conv_bn_eval", "fuse_linear_bn_eval"], "fusion"),
    "skip_init": "init",
    **dict.fromkeys(["remove_spectral_norm", "remove_weight_norm", "spectral_norm", "weight_norm"], "reparametrize"),
}

# PyTorch's paths `nn.utils.weight_norm`, which are also functions.
for _name in ("weight_norm", "spectral_norm"):
    open_door(f"{__name__}.{_name}", sys.modules[__name__], as_attribute=False)

if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f"{__name__}.{name}")
        if name in _NAMES:
            return getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
        return lacking(__name__, name)
