"""
Two spirals
===========

No line separates the two classes. A small network bends the plane until one does.
"""

import matplotlib.pyplot as plt
import numpy as np

import mytorch
from mytorch import nn, optim

rng = np.random.default_rng(0)
turn = np.linspace(0.4, 3.2, 150)
arms = [np.stack([sign * turn * np.cos(3 * turn), sign * turn * np.sin(3 * turn)], axis=1) for sign in (1, -1)]
points = np.concatenate(arms) + 0.08 * rng.standard_normal((300, 2))  # (300, 2)
classes = np.repeat([0, 1], 150)

# %%
# The training loop, on all points at once:

mytorch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = optim.Adam(model.parameters(), lr=0.02)
loss_fn = nn.CrossEntropyLoss()
x, labels = mytorch.tensor(points), mytorch.tensor(classes)
losses = []
for _ in range(400):
    optimizer.zero_grad()
    loss = loss_fn(model(x), labels)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
accuracy = (model(x).argmax(1) == labels).double().mean().item()
print(f"loss {losses[0]:.3f} -> {losses[-1]:.4f}, accuracy {accuracy:.1%}")

# %%
# What the network says at every place of the plane:

grid = np.stack(np.meshgrid(np.linspace(-3.6, 3.6, 160), np.linspace(-3.6, 3.6, 160)), axis=-1)  # (160, 160, 2)
with mytorch.no_grad():
    share = model(mytorch.tensor(grid.reshape(-1, 2))).softmax(1)[:, 1].numpy().reshape(160, 160)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
left.semilogy(losses)
left.set(title="loss", xlabel="step")
right.imshow(share, extent=(-3.6, 3.6, -3.6, 3.6), origin="lower", cmap="RdBu", alpha=0.7)
right.scatter(*points.T, c=classes, cmap="RdBu", edgecolors="black", s=18)
right.set_title("probability of the blue class")
plt.show()
