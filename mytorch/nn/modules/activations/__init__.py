"""Activation functions as modules, beyond those of `mytorch/nn/activations.py`."""
