"""
A function and its first three derivatives
==========================================

With ``create_graph=True`` a gradient is recorded like any other result, so it can be differentiated again.
"""

import matplotlib.pyplot as plt

import mytorch

x = mytorch.linspace(-2.5, 2.5, 300, requires_grad=True)
curves = [(-x * x).exp()]
for _ in range(3):
    (derivative,) = mytorch.autograd.grad(curves[-1].sum(), x, create_graph=True)
    curves.append(derivative)

figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
for order, curve in enumerate(curves):
    axes.plot(x.detach().numpy(), curve.detach().numpy(), label="f" + "'" * order)
axes.set_title("f(x) = exp(-x²)")
axes.legend()
plt.show()
