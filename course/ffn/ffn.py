"""The layers of a feed-forward network, the network, and its training, in NumPy (handout 004)."""

from itertools import pairwise

import numpy as np


class LinearLayer:
    """Z = X W + b, for a batch of rows.

    weights: W, (input_dim, output_dim).   bias: b, (1, output_dim).   grad_weights, grad_bias: dL/dW and dL/db.
    """

    beta = 0.9  # of both running averages
    epsilon = 1e-8
    weight_decay = 1e-4  # lambda; of the weights only

    def __init__(self, input_dim, output_dim):
        # BEGIN SOLUTION 4.1, 5.1: small random weights, such as normal(0, sqrt(2 / input_dim)); averages that are 0
        self.weights = np.random.normal(0, np.sqrt(2 / input_dim), (input_dim, output_dim))
        self.bias = np.zeros((1, output_dim))
        self.grad_weights, self.grad_bias = np.zeros_like(self.weights), np.zeros_like(self.bias)
        self.m_weights, self.v_weights = np.zeros_like(self.weights), np.zeros_like(self.weights)
        self.m_bias, self.v_bias = np.zeros_like(self.bias), np.zeros_like(self.bias)
        # END SOLUTION

    def forward(self, input):
        """(B, input_dim) -> (B, output_dim)"""
        # BEGIN SOLUTION 4.1: X W + b; backward needs X
        self.input = input
        return input @ self.weights + self.bias
        # END SOLUTION

    def backward(self, grad):
        """Given dL/doutput, (B, output_dim), store dL/dW and dL/db, summed over the batch; return dL/dinput."""
        # BEGIN SOLUTION 4.1: three products or sums, one for each of W, b and X
        self.grad_weights = self.input.T @ grad
        self.grad_bias = grad.sum(axis=0, keepdims=True)
        return grad @ self.weights.T
        # END SOLUTION

    def step(self, step_size):
        """Adam as in equations (13) to (17) of the handout: one beta, and m and v divided by 1 - beta in every step.

        g = dL/dw + weight_decay * w (of the bias: dL/db);   m = beta m + (1 - beta) g;   v = beta v + (1 - beta) g^2
        w = w - step_size * (m / (1 - beta)) / (sqrt(v / (1 - beta)) + epsilon)
        """
        # BEGIN SOLUTION 5.1: first the new averages, then the parameters
        decayed = self.grad_weights + self.weight_decay * self.weights
        self.m_weights, self.v_weights = self._averages(self.m_weights, self.v_weights, decayed)
        self.m_bias, self.v_bias = self._averages(self.m_bias, self.v_bias, self.grad_bias)
        self.weights = self.weights - step_size * self._direction(self.m_weights, self.v_weights)
        self.bias = self.bias - step_size * self._direction(self.m_bias, self.v_bias)
        # END SOLUTION

    # BEGIN SOLUTION
    def _averages(self, m, v, g):
        return self.beta * m + (1 - self.beta) * g, self.beta * v + (1 - self.beta) * g**2

    def _direction(self, m, v):
        return m / (1 - self.beta) / (np.sqrt(v / (1 - self.beta)) + self.epsilon)

    # END SOLUTION


class ReLU:
    """max(x, 0), entry by entry."""

    def forward(self, input):
        # BEGIN SOLUTION 4.2: backward needs to know where the input is positive
        self.positive = input > 0
        return np.maximum(input, 0)
        # END SOLUTION

    def backward(self, grad):
        """Given dL/doutput, return dL/dinput. Where the input is 0 the derivative is 0."""
        # BEGIN SOLUTION 4.2: as in the handout's Sigmoid, with another derivative
        return grad * self.positive
        # END SOLUTION

    def step(self, step_size):
        """Nothing to learn."""


class CrossEntropySoftmax:
    """Softmax and cross-entropy in one: stable, and its gradient is simple."""

    def forward(self, logits, labels):
        """The sum over the batch of -log p of the right class, a number: equation (4).

        logits: (B, C), any numbers, also large ones.   labels: (B,), class numbers.
        """
        # BEGIN SOLUTION 4.3: log p_y = s_y - log(sum of e^s); subtract each row's largest score first (Q1)
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.p, self.labels = np.exp(log_p), labels
        return -log_p[np.arange(len(labels)), labels].sum()
        # END SOLUTION

    def backward(self):
        """dL/dlogits, (B, C)."""
        # BEGIN SOLUTION 4.3: what you have derived in Q3
        grad = self.p.copy()
        grad[np.arange(len(grad)), self.labels] -= 1
        return grad
        # END SOLUTION


class FeedForwardNeuralNetwork:
    """Linear layers with ReLU between them: num_layers linear layers, hidden_dim wide."""

    def __init__(self, input_dim, output_dim, hidden_dim, num_layers):
        widths = [input_dim, *[hidden_dim] * (num_layers - 1), output_dim]
        self.layers = []
        for inputs, outputs in pairwise(widths):
            self.layers += [LinearLayer(inputs, outputs), ReLU()]
        self.layers.pop()  # no ReLU at the end

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)

    def step(self, step_size=0.001):
        for layer in self.layers:
            layer.step(step_size)


def evaluate(model, X_val, Y_val, batch_size):
    """(avg_loss, accuracy) over all rows of X_val, also where batch_size does not divide their number.

    avg_loss: the loss per row.   accuracy: the share of rows whose largest output is that of the label, 0 to 1.
    """
    # BEGIN SOLUTION 6.1: add up over the batches, divide once at the end
    loss, right = 0.0, 0
    for start in range(0, len(X_val), batch_size):
        X, Y = X_val[start : start + batch_size], Y_val[start : start + batch_size]
        scores = model.forward(X)
        loss += CrossEntropySoftmax().forward(scores, Y)
        right += np.sum(scores.argmax(axis=1) == Y)
    return loss / len(X_val), right / len(X_val)
    # END SOLUTION


def train(model, train_set, val_set, epochs, batch_size, step_size):
    """Train the model; (losses, accuracies, val_losses, val_accuracies), each a list with a number per epoch.

    train_set, val_set: (X, Y).   Losses and accuracies are per row, as in evaluate. Every epoch goes once through all
    rows of X, in an order of its own; the last batch may be smaller.
    """
    # BEGIN SOLUTION 6.2: the pseudo-code of the handout; X and Y need the same order
    X, Y = train_set
    history = [], [], [], []
    loss_fn = CrossEntropySoftmax()
    for _ in range(epochs):
        loss, right = 0.0, 0
        order = np.random.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss += loss_fn.forward(scores, Y[batch])
            right += np.sum(scores.argmax(axis=1) == Y[batch])
            model.backward(loss_fn.backward())
            model.step(step_size)
        numbers = loss / len(X), right / len(X), *evaluate(model, *val_set, batch_size)
        for values, number in zip(history, numbers):
            values.append(float(number))
    return history
    # END SOLUTION
