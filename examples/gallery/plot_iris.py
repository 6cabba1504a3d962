"""
Three kinds of iris
===================

150 flowers, two of their four measures, and the regions that a small network assigns to each kind.
"""

import matplotlib.pyplot as plt
import numpy as np

import mytorch
from mytorch import nn, optim
from mytorch.datasets import Iris

flowers = Iris()
measures, kinds = flowers.data, flowers.targets
measures = measures[:, 2:]  # petal length and width, in cm
mytorch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = optim.Adam(model.parameters(), lr=0.05)
x, labels = mytorch.tensor(measures), mytorch.tensor(kinds)
for _ in range(200):
    optimizer.zero_grad()
    nn.CrossEntropyLoss()(model(x), labels).backward()
    optimizer.step()

# %%

lengths, widths = np.meshgrid(np.linspace(0.5, 7.5, 200), np.linspace(0, 2.8, 120))
with mytorch.no_grad():
    regions = model(mytorch.tensor(np.stack([lengths.ravel(), widths.ravel()], axis=1))).argmax(1).numpy()
figure, axes = plt.subplots(figsize=(7, 4.4), layout="constrained")
colours = ["tab:blue", "tab:orange", "tab:green"]
regions = regions.reshape(lengths.shape)
axes.contourf(lengths, widths, regions, [-0.5, 0.5, 1.5, 2.5], colors=colours, alpha=0.3)
for kind, name in enumerate(flowers.classes):
    axes.scatter(*measures[kinds == kind].T, label=name, color=colours[kind], edgecolors="black", s=25)
axes.set(xlabel="petal length, cm", ylabel="petal width, cm")
axes.legend()
plt.show()
