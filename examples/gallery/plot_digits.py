"""
Digits, and what the network looks at
=====================================

The 5,000 digits that come with MyTorch, and a network with 100 hidden units. The gradient of an output
with respect to the *image* says which pixels it depends on.
"""

import matplotlib.pyplot as plt
import numpy as np

import mytorch
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.datasets import MNIST
from mytorch.datasets.mnist import BUNDLED

mytorch.manual_seed(0)
train_x, train_y = MNIST(BUNDLED, train=True).arrays("float32")  # (4500, 1, 28, 28), (4500,)
test_x, test_y = MNIST(BUNDLED, train=False).arrays("float32")  # 500 of each
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10)).float()
optimizer = optim.Adam(model.parameters())
for _ in range(5):
    for images, labels in DataLoader(TensorDataset(train_x, train_y), 50, shuffle=True):
        optimizer.zero_grad()
        nn.CrossEntropyLoss()(model(images), labels).backward()
        optimizer.step()
images = mytorch.tensor(test_x, requires_grad=True)
scores = model(images)  # (500, 10)
guesses = scores.argmax(1).numpy()
print(f"{(guesses == test_y).mean():.1%} of the test digits are right")

# %%
# Some that are wrong, with the slope of the winning score at each pixel: where red, more ink would make the network
# surer.

scores.max(1).values.sum().backward()
wrong = np.flatnonzero(guesses != test_y)[:6]
figure, places = plt.subplots(2, len(wrong), figsize=(9, 3.6), layout="constrained")
for column, index in enumerate(wrong):
    picture, slope = test_x[index].reshape(28, 28), images.grad.numpy()[index].reshape(28, 28)
    places[0, column].imshow(picture, cmap="gray_r")
    places[0, column].set_title(f"{test_y[index]}, taken for {guesses[index]}", fontsize=9)
    places[1, column].imshow(slope, cmap="seismic", vmin=-abs(slope).max(), vmax=abs(slope).max())
for axes in places.flat:
    axes.set_axis_off()
plt.show()
