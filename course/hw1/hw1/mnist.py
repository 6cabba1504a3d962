"""Problem 3: a network that reads handwritten digits.   ./grade.sh m   runs it and draws the plot."""

import numpy as np

from mytorch.nn.activations import ReLU
from mytorch.nn.batchnorm import BatchNorm1d
from mytorch.nn.linear import Linear
from mytorch.nn.loss import CrossEntropyLoss
from mytorch.nn.sequential import Sequential
from mytorch.optim.sgd import SGD
from mytorch.tensor import Tensor

BATCH_SIZE = 100
VALIDATE_EVERY = 100  # batches


def mnist(train_x, train_y, val_x, val_y):
    """Make network, loss and optimizer, and train. Returns the validation accuracies.

    train_x, val_x: images as rows of floats from 0 to 1, arrays (N, 784).   train_y, val_y: the digits, (N,).
    """
    # BEGIN SOLUTION 3.1: Linear(784, 20) -> BatchNorm1d(20) -> ReLU() -> Linear(20, 10); SGD with lr=0.1
    model = Sequential(Linear(784, 20), BatchNorm1d(20), ReLU(), Linear(20, 10))
    optimizer = SGD(model.parameters(), lr=0.1)
    criterion = CrossEntropyLoss()
    return train(model, optimizer, criterion, train_x, train_y, val_x, val_y)
    # END SOLUTION


def train(model, optimizer, criterion, train_x, train_y, val_x, val_y, num_epochs=3):
    """Train for some epochs, in a new random order each.

    Returns a list: the accuracy on the validation data after batch 0, 100, 200, ... of every epoch.
    """
    # BEGIN SOLUTION 3.2: images and labels must be shuffled alike; back into training mode after validate()
    accuracies = []
    model.train()
    for _ in range(num_epochs):
        order = np.random.permutation(len(train_x))
        for i, rows in enumerate(split_into_batches(order)):
            optimizer.zero_grad()
            out = model(Tensor(train_x[rows]))  # (100, 784) -> (100, 10)
            loss = criterion(out, Tensor(train_y[rows]))
            loss.backward()
            optimizer.step()
            if i % VALIDATE_EVERY == 0:
                accuracies.append(validate(model, val_x, val_y))
                model.train()
    return accuracies
    # END SOLUTION


def validate(model, val_x, val_y):
    """The share of the images that the model labels correctly, from 0 to 1. It is in evaluation mode then."""
    # BEGIN SOLUTION 3.3: the label is the place of the largest of the ten numbers
    model.eval()
    correct = 0
    for rows in split_into_batches(np.arange(len(val_x))):
        out = model(Tensor(val_x[rows]))  # (100, 10)
        correct += np.sum(out.data.argmax(axis=1) == val_y[rows])
    return correct / len(val_x)
    # END SOLUTION


def split_into_batches(rows):
    """`rows` in parts of BATCH_SIZE; the last may be shorter.

    A single row at the end joins the batch before it: batch normalization cannot train on it alone.
    """
    stops = list(range(BATCH_SIZE, len(rows) - 1, BATCH_SIZE))
    return np.split(rows, stops)
