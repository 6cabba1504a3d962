"""Losses as modules, beyond those of `mytorch/nn/loss.py`."""
