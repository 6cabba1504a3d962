"""MyTorch, homework 1. Read tensor.py, then autograd_engine.py, then nn/functional.py."""

# First of all: these three files import each other, and beginning with tensor.py works for all of them.
from mytorch import tensor

__all__ = ["tensor"]
