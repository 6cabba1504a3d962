"""The layers and the logistic loss by hand: values and gradients are those of the autograd engine, to 1e-10."""

from __future__ import annotations

import importlib
import re

import layers_data
import numpy as np
import pytest
from layers_data import ACTIVATIONS, backward, convolve, leaf, pool

import mytorch.nn.functional as F
from course.homeworks import COURSE
from course.logistic import logistic
from mytorch import Tensor, nn, optim
from mytorch.datasets import make_new_sample


@pytest.fixture(scope="module")
def by_hand():
    """The modules of neural_networks, of the solution."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(COURSE / "layers")
        names = ("activations", "layers", "losses", "models", "optimizers", "schedulers", "weights", "datasets")
        yield {name: importlib.import_module(f"neural_networks.{name}") for name in names}


def close(actual, expected):
    expected = expected.data if isinstance(expected, Tensor) else expected
    assert np.shape(actual) == np.shape(expected)
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)


def draw(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


@pytest.mark.parametrize("file", layers_data.FILES)
def test_what_the_local_tests_expect_comes_from_the_engine(file):
    wanted = layers_data.expected()[file]
    with np.load(layers_data.DATA / f"{file}.npz") as stored:
        assert set(stored.files) == set(wanted)
        for name in stored.files:
            np.testing.assert_allclose(stored[name], wanted[name], rtol=1e-12, atol=1e-14, err_msg=name)


def agree(layer, reference, X):
    """Forward, dL/dX and the gradients of all parameters. reference: a function of Tensors: X, W, b."""
    x = leaf(X)
    layer.forward(X)
    for name, value in layer.parameters.items():
        layer.parameters[name] = draw(*value.shape, seed=len(name))
    tensors = {name: leaf(value) for name, value in layer.parameters.items()}
    expected = reference(x, *tensors.values())
    dLdY = draw(*expected.shape, seed=9)
    backward(expected, dLdY)
    close(layer.forward(X), expected)
    close(layer.backward(dLdY), x.grad)
    assert list(layer.gradients) == list(layer.parameters)
    for name, tensor in tensors.items():
        close(layer.gradients[name], tensor.grad)


@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "arctan", "relu", "softmax"])
def test_fully_connected(by_hand, name):
    reference = {key.lower(): function for key, function in ACTIVATIONS.items()}[name]
    agree(by_hand["layers"].FullyConnected(3, name), lambda x, W, b: reference(x @ W + b), draw(5, 4))


@pytest.mark.parametrize(
    ("shape", "kernel", "out", "stride", "pad"),
    [
        ((2, 6, 5, 3), (3, 3), 4, 1, "same"),
        ((1, 7, 7, 1), (5, 3), 2, 1, "same"),
        ((3, 6, 7, 2), (2, 3), 3, 1, "valid"),
        ((2, 8, 9, 2), (3, 2), 2, 3, 2),
        ((2, 5, 5, 1), (1, 1), 2, 2, 0),
    ],
)
def test_convolution(by_hand, shape, kernel, out, stride, pad):
    layer = by_hand["layers"].Conv2D(out, kernel, "tanh", stride=stride, pad=pad)
    agree(layer, lambda x, W, b: F.tanh(convolve(x, W, b, stride, layer.pad)), draw(*shape))
    assert layer.parameters["W"].shape == (*kernel, shape[3], out)
    assert layer.parameters["b"].shape == (1, out)


@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize(("kernel", "stride"), [((2, 2), 2), ((3, 2), 1), ((2, 3), 3)])
def test_pooling(by_hand, mode, kernel, stride):
    agree(by_hand["layers"].Pool2D(kernel, mode, stride), lambda x: pool(x, kernel, mode, stride), draw(2, 7, 6, 3))


def test_flatten(by_hand):
    agree(by_hand["layers"].Flatten(), lambda x: x.reshape(2, -1), draw(2, 3, 4, 5))


def test_losses(by_hand):
    Y, p = np.eye(4)[[3, 0, 0, 2, 1]], leaf(np.random.default_rng(0).dirichlet(np.ones(4), 5))
    for name, reference in (
        ("cross_entropy", lambda p: -(Tensor(Y) * p.log()).sum() / 5),
        ("l2", lambda p: ((p - Tensor(Y)) ** 2).sum() / 10),
    ):
        loss = by_hand["losses"].initialize_loss(name)
        p.grad = None
        expected = reference(p)
        expected.backward()
        close(loss.forward(Y, p.data), expected)
        close(loss.backward(Y, p.data), p.grad)


def test_a_certain_prediction_has_a_finite_loss(by_hand):
    """Softmax underflows to exactly 0 there; pytest makes warnings errors."""
    softmax, loss = by_hand["activations"].SoftMax(), by_hand["losses"].CrossEntropy()
    Y, Z = np.eye(2)[[0]], np.array([[0.0, 2000.0]])
    Y_hat = softmax(Z)
    assert loss(np.eye(2)[[1]], Y_hat) == 0
    assert np.isfinite(loss(Y, Y_hat))
    assert np.isfinite(softmax.backward(Z, loss.backward(Y, Y_hat))).all()


def lenet(by_hand):
    L = by_hand["layers"]
    return [
        L.Conv2D(2, (5, 5), "relu", pad="same"),
        L.Pool2D((2, 2), "max", 2),
        L.Conv2D(3, (3, 3), "relu", pad="valid"),
        L.Pool2D((2, 2), "average", 2),
        L.Flatten(),
        L.FullyConnected(6, "tanh"),
        L.FullyConnected(4, "softmax"),
    ]


def test_three_steps_of_a_whole_network(by_hand):
    """NHWC by hand against NCHW with autograd: momentum, clipping and decay included. Flatten's order differs too."""
    np.random.seed(0)
    schedulers = by_hand["schedulers"]
    optimizer = by_hand["optimizers"].SGD(0.3, 0.9, schedulers.Exponential(0.5), clip_norm=0.2)
    model = by_hand["models"].NeuralNetwork(lenet(by_hand), "cross_entropy", optimizer)
    X, labels = draw(5, 10, 10, 1), np.array([0, 3, 2, 1, 1])
    model.forward(X)  # makes the parameters
    weights = {(i, k): leaf(W.copy()) for i, layer in enumerate(model.layers) for k, W in layer.parameters.items()}
    theirs = optim.SGD(weights.values(), lr=0.3, momentum=0.9)
    schedule = optim.lr_scheduler.ExponentialLR(theirs, 0.5)
    for epoch in range(3):
        h = pool(F.relu(convolve(Tensor(X), weights[0, "W"], weights[0, "b"], 1, (2, 2))), (2, 2), "max", 2)
        h = pool(F.relu(convolve(h, weights[2, "W"], weights[2, "b"], 1, (0, 0))), (2, 2), "average", 2)
        h = F.tanh(h.reshape(5, -1) @ weights[5, "W"] + weights[5, "b"])
        loss = F.cross_entropy(h @ weights[6, "W"] + weights[6, "b"], Tensor(labels))
        theirs.zero_grad()
        loss.backward()
        for weight in weights.values():
            nn.utils.clip_grad_norm_([weight], 0.2)
        theirs.step()
        schedule.step()
        close(model.backward(np.eye(4)[labels], model.forward(X)), loss)
        model.update(epoch)
        for (i, name), weight in weights.items():
            # clip_grad_norm_ divides by norm + 1e-6, as PyTorch's does.
            np.testing.assert_allclose(model.layers[i].parameters[name], weight.data, rtol=1e-4, atol=1e-6)


def test_plain_sgd_with_momentum_to_the_last_digits(by_hand):
    layer = by_hand["layers"].FullyConnected(2, "linear")
    layer._init_parameters((1, 3))
    weights = {name: leaf(W.copy()) for name, W in layer.parameters.items()}
    ours, theirs = by_hand["optimizers"].SGD(0.1, 0.9), optim.SGD(weights.values(), lr=0.1, momentum=0.9)
    for step in range(5):
        for name, weight in weights.items():
            layer.gradients[name] = draw(*weight.shape, seed=step)
            weight.grad = Tensor(layer.gradients[name].copy())
        ours.step([layer])
        theirs.step()
    for name, weight in weights.items():
        close(layer.parameters[name], weight)


def test_first_weights(by_hand):
    W = by_hand["weights"]
    np.random.seed(0)
    shape = (3, 3, 20, 40)  # kernels: fans of 9 * 20 and 9 * 40
    for name, deviation in (
        ("xavier_uniform", np.sqrt(2 / 540)),
        ("xavier_normal", np.sqrt(2 / 540)),
        ("he_uniform", np.sqrt(2 / 180)),
        ("he_normal", np.sqrt(2 / 180)),
        ("normal", 0.01),
        ("uniform", np.sqrt(1 / 180 / 3)),
    ):
        values = W.initialize_weights(name)(shape)
        assert values.shape == shape
        assert abs(values.mean()) < deviation / 20, name
        assert values.std() == pytest.approx(deviation, rel=0.03), name
    assert (W.initialize_weights("zeros")((2, 3)) == 0).all()
    assert (W.initialize_weights("ones")((2, 3)) == 1).all()


@pytest.mark.parametrize(
    ("module", "line", "message"),
    [
        ("activations", "initialize_activation('gelu')", "activation must be one of linear, sigmoid"),
        ("losses", "initialize_loss('hinge')", "loss must be one of l2, cross_entropy, got 'hinge'"),
        ("weights", "initialize_weights('orthogonal')", "weight_init must be one of zeros"),
        ("layers", "Pool2D((2, 2), 'median')", "mode must be 'max' or 'average', got 'median'"),
        ("schedulers", "Exponential(1.5)", "expected 0 < decay <= 1"),
    ],
)
def test_what_there_is_not_is_named(by_hand, module, line, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        eval(line, vars(by_hand[module]))


def test_logistic_against_autograd():
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((9, 5)), rng.integers(0, 2, 9).astype(float)
    W = {"w_1": rng.standard_normal((5, 6)), "w_2": rng.standard_normal((6, 1))}
    tensors = {name: leaf(w) for name, w in W.items()}
    logits = (F.sigmoid(Tensor(X) @ tensors["w_1"]) @ tensors["w_2"])[:, 0]
    loss = F.binary_cross_entropy_with_logits(logits, Tensor(y))
    loss.backward()
    _, z_2, y_hat = logistic.predict(X, W)
    close(z_2, logits)
    close(logistic.logistic_loss(y, y_hat), loss)
    close(logistic.stable_logistic_loss(y, z_2), loss)
    for name, gradient in logistic.gradient(X, y, W).items():
        close(gradient, tensors[name].grad)
    x1, x2 = rng.standard_normal((2, 28, 28))
    assert (logistic.make_new_sample(x1, x2) == make_new_sample(x1, x2)).all()


def test_a_sample_of_tensors():
    x1, x2 = np.random.default_rng(4).standard_normal((2, 28, 28))
    made = logistic.make_new_sample(Tensor(x1), Tensor(x2))
    assert isinstance(made, Tensor)
    assert (made.data == make_new_sample(x1, x2)).all()
    torch = pytest.importorskip("torch")
    made = logistic.make_new_sample(torch.tensor(x1), torch.tensor(x2))
    assert (made.dtype, made.shape) == (torch.float64, (36, 36))
    assert (made.numpy() == make_new_sample(x1, x2)).all()
