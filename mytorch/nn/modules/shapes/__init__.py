"""Layers that only change the shape, beyond `mytorch/nn/flatten.py`."""
