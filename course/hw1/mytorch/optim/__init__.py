"""Optimizers; one file each, as in `from mytorch.optim.sgd import SGD`."""
