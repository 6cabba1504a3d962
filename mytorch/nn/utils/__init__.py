"""Tools around layers."""

from mytorch.nn.utils import rnn

__all__ = ["rnn"]
