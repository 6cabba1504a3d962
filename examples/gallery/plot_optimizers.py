"""
Optimizers in a valley
======================

A long valley, steep across and flat along: f(x, y) = x²/20 + y². Each optimizer takes 40 steps from the same place.
"""

import matplotlib.pyplot as plt
import numpy as np

import mytorch
from mytorch import optim


def valley(point):
    return point[0] ** 2 / 20 + point[1] ** 2


def path(make_optimizer):
    """The places of 40 steps.    (41, 2)"""
    point = mytorch.tensor([-9.0, 2.5], requires_grad=True)
    optimizer = make_optimizer([point])
    places = [point.detach().numpy().copy()]
    for _ in range(40):
        optimizer.zero_grad()
        valley(point).backward()
        optimizer.step()
        places.append(point.detach().numpy().copy())
    return np.array(places)


# %%
# Plain SGD must be slow enough for the steep direction, and then creeps along the flat one. Momentum
# gathers speed along the valley; Adam gives each direction a rate of its own.

OPTIMIZERS = {
    "SGD": lambda points: optim.SGD(points, lr=0.6),
    "momentum 0.9": lambda points: optim.SGD(points, lr=0.1, momentum=0.9),
    "Adam": lambda points: optim.Adam(points, lr=0.6),
}

x, y = np.meshgrid(np.linspace(-10, 10, 200), np.linspace(-3.2, 3.2, 100))
figure, places = plt.subplots(len(OPTIMIZERS), 1, figsize=(8, 8), sharex=True, layout="constrained")
for axes, (name, make_optimizer) in zip(places, OPTIMIZERS.items()):
    steps = path(make_optimizer)
    axes.contour(x, y, x**2 / 20 + y**2, levels=12, colors="0.75")
    axes.plot(*steps.T, ".-", color="tab:blue")
    axes.plot(0, 0, "+", color="tab:red", markersize=12)
    axes.set_title(f"{name}: {valley(steps[-1]):.2g} after 40 steps")
plt.show()
