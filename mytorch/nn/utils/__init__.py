"""Tools for training: clipping gradients, all parameters as one vector, sequences of different lengths."""

from mytorch.nn.utils import rnn
from mytorch.nn.utils.clip_grad import clip_each_grad_norm_, clip_grad_norm_, clip_grad_value_
from mytorch.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_each_grad_norm_",
    "clip_grad_norm_",
    "clip_grad_value_",
    "parameters_to_vector",
    "rnn",
    "vector_to_parameters",
]
