"""A network: layers one after the other, a loss, and an optimizer."""

import numpy as np

from neural_networks.losses import initialize_loss

__all__ = ["NeuralNetwork"]


class NeuralNetwork:
    """layers: objects of layers.py.   criterion: "cross_entropy" or "l2".   optimizer: see optimizers.py."""

    def __init__(self, layers, criterion, optimizer):
        self.layers = list(layers)
        self.loss = initialize_loss(criterion)
        self.optimizer = optimizer

    def forward(self, X):
        """One pass through all layers: (m, ...) -> (m, k)"""
        # BEGIN SOLUTION 5.1: the output of each layer is the input of the next
        for layer in self.layers:
            X = layer.forward(X)
        return X
        # END SOLUTION

    def backward(self, target, out):
        """Fill the gradients of all layers, and return the loss. target, out: (m, k), `out` from forward."""
        # BEGIN SOLUTION 5.1: from the loss back, the last layer first
        gradient = self.loss.backward(target, out)
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return self.loss.forward(target, out)
        # END SOLUTION

    def predict(self, X, Y):
        """The network's output of X, (m, k), and the loss against Y, (m, k). No parameter changes."""
        # BEGIN SOLUTION 5.1: forward, and the loss
        Y_hat = self.forward(X)
        return Y_hat, self.loss.forward(Y, Y_hat)
        # END SOLUTION

    def update(self, epoch=0):
        """One step of the optimizer."""
        self.optimizer.step(self.layers, epoch)

    def accuracy(self, Y, Y_hat):
        """The fraction of samples whose largest output is at the label. Y: one-hot."""
        return float(np.mean(Y.argmax(axis=1) == Y_hat.argmax(axis=1)))

    def evaluate(self, batches):
        """(loss, accuracy) over all batches, each sample counted once."""
        loss = right = count = 0
        for X, Y in batches:
            Y_hat, of_batch = self.predict(X, Y)
            loss += of_batch * len(X)
            right += self.accuracy(Y, Y_hat) * len(X)
            count += len(X)
        return loss / count, right / count

    def train(self, data, epochs, logger):
        """Forward, backward, update, batch after batch; validation after each epoch.

        data: see datasets.py.   logger: see logs.py; it is told every loss.
        """
        for epoch in range(epochs):
            for X, Y in data.batches("train", shuffle=True):
                loss = self.backward(Y, self.forward(X))
                self.update(epoch)
                logger.step(loss)
            logger.epoch(*self.evaluate(data.batches("validation")))
