"""Layers that move a window over an image, beyond `mytorch/nn/conv.py` and `mytorch/nn/pooling.py`."""
