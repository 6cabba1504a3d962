"""The layers that the course does not ask for, in the wings of `mytorch/ops`: a layer stands where its function stands.

The course's own are one floor up: module, sequential, linear, activations, batchnorm, loss, dropout, conv, pooling,
flatten. Read module.py first, then linear.py. hooks.py and state.py are what class Module is built on.
"""
