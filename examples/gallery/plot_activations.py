"""
Activations and their slopes
============================

The gradient of the sum of y is dy/dx at each x: one backward draws a whole derivative.
"""

import matplotlib.pyplot as plt

import mytorch

figure, places = plt.subplots(2, 3, figsize=(9, 5), sharex=True, layout="constrained")
for axes, name in zip(places.flat, ["relu", "sigmoid", "tanh", "gelu", "softplus", "silu"]):
    x = mytorch.linspace(-4, 4, 400, requires_grad=True)
    y = getattr(mytorch.nn.functional, name)(x)
    y.sum().backward()
    axes.plot(x.detach().numpy(), y.detach().numpy(), label="value")
    axes.plot(x.detach().numpy(), x.grad.numpy(), label="slope")
    axes.set_title(name)
places[0, 0].legend()
plt.show()

# %%
# Where the slope is nearly 0, nearly nothing is learned: left of 0 for ReLU, on both sides for sigmoid and tanh.
