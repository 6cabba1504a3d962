"""Normalization layers, beyond `mytorch/nn/batchnorm.py`."""
