#!/usr/bin/env python3
"""Compare your backward passes with finite differences of your forward passes:

    python check_gradients.py              all of them
    python check_gradients.py Conv2D       those whose name begins so

It moves one number at a time, by eps in both directions: (f(x + eps) - f(x - eps)) / (2 eps). Errors of about 1e-8 and
less are rounding. It finds backward passes that do not fit their forward passes; whether forward is right it cannot
know. Exit status: 0 all fit, 1 one does not, 2 no subject of that name.
"""

import sys

import numpy as np
from neural_networks import activations, layers, losses

EPS, TOLERANCE = 1e-6, 1e-7


def numerical_gradient(f, x, eps=EPS):
    """df/dx by central differences, in the shape of x. f: without arguments, gives a number; x is moved in place."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + eps
        above = f()
        x[index] = kept - eps
        below = f()
        x[index] = kept
        gradient[index] = (above - below) / (2 * eps)
    return gradient


def relative_error(a, b):
    """||a - b|| / (||a|| + ||b||); inf where the shapes differ."""
    if np.shape(a) != np.shape(b):
        return np.inf
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), 1e-12))


def check_activation(activation, Z):
    """{"Z": error}"""
    dY = np.random.standard_normal(Z.shape)
    return {"Z": relative_error(activation.backward(Z, dY), numerical_gradient(lambda: np.sum(activation(Z) * dY), Z))}


def check_loss(loss, Y, Y_hat):
    """{"Y_hat": error}"""
    return {"Y_hat": relative_error(loss.backward(Y, Y_hat), numerical_gradient(lambda: loss(Y, Y_hat), Y_hat))}


def check_layer(layer, X):
    """{"X", and of a layer with parameters "W" and "b": error}"""
    dLdY = np.random.standard_normal(layer.forward(X).shape)  # the first pass makes the parameters

    def loss():
        return np.sum(layer.forward(X) * dLdY)

    numerical = {"X": numerical_gradient(loss, X)}
    numerical.update((name, numerical_gradient(loss, W)) for name, W in layer.parameters.items())
    layer.forward(X)
    by_hand = {"X": layer.backward(dLdY), **layer.gradients}
    return {name: relative_error(by_hand.get(name), gradient) for name, gradient in numerical.items()}


def normal(*shape):
    return np.random.standard_normal(shape)


SUBJECTS = {
    "Linear": lambda: check_activation(activations.Linear(), normal(4, 3)),
    "Sigmoid": lambda: check_activation(activations.Sigmoid(), normal(4, 3)),
    "TanH": lambda: check_activation(activations.TanH(), normal(4, 3)),
    "ArcTan": lambda: check_activation(activations.ArcTan(), normal(4, 3)),
    "ReLU": lambda: check_activation(activations.ReLU(), normal(4, 3)),
    "SoftMax": lambda: check_activation(activations.SoftMax(), normal(4, 3)),
    "L2": lambda: check_loss(losses.L2(), normal(4, 3), normal(4, 3)),
    "CrossEntropy": lambda: check_loss(losses.CrossEntropy(), np.eye(3)[[0, 2, 1, 2]], np.random.dirichlet([1] * 3, 4)),
    "FullyConnected": lambda: check_layer(layers.FullyConnected(3, "tanh"), normal(4, 5)),
    "Conv2D": lambda: check_layer(layers.Conv2D(3, (3, 3), "tanh"), normal(2, 5, 6, 2)),
    "Conv2D, stride 2": lambda: check_layer(layers.Conv2D(2, (3, 2), "tanh", stride=2, pad=1), normal(2, 6, 5, 3)),
    "Pool2D, max": lambda: check_layer(layers.Pool2D((2, 2), "max", stride=2), normal(2, 4, 6, 2)),
    "Pool2D, average": lambda: check_layer(layers.Pool2D((3, 2), "average", stride=1), normal(2, 4, 5, 2)),
    "Flatten": lambda: check_layer(layers.Flatten(), normal(2, 3, 2, 2)),
}


def check(name):
    """Print a line for each gradient of a subject; whether all fit."""
    np.random.seed(0)
    try:
        errors = SUBJECTS[name]()
    except NotImplementedError as problem:
        print(f"{name:<20}{'not written yet: ' + str(problem)}")
        return False
    for of, error in errors.items():
        print(f"{name:<20}dL/d{of:<8}relative error {error:<12.2g}{'ok' if error < TOLERANCE else 'WRONG'}")
    return all(error < TOLERANCE for error in errors.values())


def main(arguments):
    if any(word in ("-h", "--help") for word in arguments):
        print(__doc__.strip())
        return 0
    names = [name for name in SUBJECTS if not arguments or name.startswith(tuple(arguments))]
    if not names:
        print(f"check_gradients: expected one of {'; '.join(SUBJECTS)}; got {' '.join(arguments)}", file=sys.stderr)
        return 2
    results = [check(name) for name in names]  # all are shown, also behind a wrong one
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
