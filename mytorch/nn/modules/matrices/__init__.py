"""Layers of matrix products, beyond `mytorch/nn/linear.py`."""
