"""components, einsum_exercises and logistic_loss: formulas by hand, checked by finite differences."""

import numpy as np
import pytest

from examples import components, einsum_exercises, logistic_loss

RNG = np.random.default_rng(5)
STEP = 1e-6


def quotients(function, x: np.ndarray) -> np.ndarray:
    """d function / d x by central differences: the output's axes, then x's."""
    columns = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = STEP
        step = step.reshape(x.shape)
        columns.append((np.asarray(function(x + step)) - np.asarray(function(x - step))) / (2 * STEP))
    return np.stack(columns, axis=-1).reshape(np.shape(columns[0]) + x.shape)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-8)


# ------------------------------------------------------------------------------- components


def test_linear():
    x, w = RNG.standard_normal((2, 4))
    dw, db = components.linear_backward(x)
    assert components.linear_forward(np.array([1.0, 2.0]), np.array([3.0, 4.0]), 5.0) == 16
    close(dw, quotients(lambda w: components.linear_forward(x, w, 0.3), w))
    close(db, quotients(lambda b: components.linear_forward(x, w, b), np.array(0.3)))


def test_relu():
    z = np.array([-2.0, -0.1, 0.1, 3.0])
    assert components.relu_forward(z).tolist() == [0, 0, 0.1, 3]
    close(np.diag(components.relu_backward(z)), quotients(components.relu_forward, z))
    assert components.relu_backward(np.zeros(1)) == 0


def test_softmax():
    z = RNG.standard_normal(6)
    close(components.softmax_forward(np.log([1.0, 2.0, 5.0])), [1 / 8, 2 / 8, 5 / 8])
    close(components.softmax_backward(z), quotients(components.softmax_forward, z))
    assert components.softmax_forward(np.array([1000.0, 1000.0])).tolist() == [0.5, 0.5]


def test_layer():
    x, W, b = RNG.standard_normal(4), RNG.standard_normal((5, 4)), RNG.standard_normal(5)

    def loss(W, b):
        return -np.log(components.softmax_forward(components.relu_forward(W @ x + b))[2])

    dW, db = components.layer_backward(x, W, b, 2)
    close(dW, quotients(lambda W: loss(W, b), W))
    close(db, quotients(lambda b: loss(W, b), b))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("linear_backward", lambda x: (2 * x, 1.0)),
        ("linear_backward", lambda x: (x, 0.0)),
        ("relu_backward", lambda z: (z >= 0).astype(float)),
        ("softmax_backward", lambda z: np.diag(components.softmax_forward(z))),
        ("softmax_forward", lambda z: np.exp(z)),
        ("layer_backward", lambda x, W, b, label: (W * np.nan, b)),
    ],
)
def test_a_mistake_in_components_is_found(name, wrong, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(components, name, wrong)
    with pytest.raises(SystemExit) as end:
        components.main(["--output", str(tmp_path)])
    assert end.value.code == 1
    assert "NOT reached" in capsys.readouterr().out


# ------------------------------------------------------------------------------------ einsum


@pytest.mark.parametrize("exercise", einsum_exercises.EXERCISES, ids=lambda exercise: exercise.name)
def test_einsum_gradients(exercise):
    arrays = [RNG.standard_normal(shape) for shape in exercise.shapes]
    G = RNG.standard_normal(np.shape(exercise.plain(*arrays)))
    gradients = exercise.gradients(G, *arrays)
    assert len(gradients) == len(arrays)
    for i, gradient in enumerate(gradients):
        others = list(arrays)

        def loss(x, i=i, others=others):
            return np.sum(G * exercise.plain(*others[:i], x, *others[i + 1 :]))

        close(gradient, quotients(loss, arrays[i]))


def test_einsum_norms():
    for exercise in einsum_exercises.EXERCISES:
        assert list(einsum_exercises.norms(exercise))[:2] == ["np.einsum", "mytorch.einsum"]
    assert einsum_exercises.norm(np.array([[3.0], [4.0]])) == 5
    assert einsum_exercises.norm(np.array(-2.0)) == 2


@pytest.mark.parametrize("part", ["subscripts", "gradients"])
def test_a_mistake_in_an_exercise_is_found(part, tmp_path, monkeypatch, capsys):
    trace, matrix, _ = einsum_exercises.EXERCISES
    wrong = {"subscripts": "ij,jk->ki", "gradients": lambda G, A, B: (G @ B, A.T @ G)}[part]
    monkeypatch.setattr(einsum_exercises, "EXERCISES", [trace, matrix._replace(**{part: wrong})])
    with pytest.raises(SystemExit) as end:
        einsum_exercises.main(["--output", str(tmp_path)])
    assert end.value.code == 1
    assert "NOT reached" in capsys.readouterr().out


# ----------------------------------------------------------------------------- logistic loss


def batch():
    X, y = RNG.standard_normal((7, 5)), np.array([0.0, 1, 1, 0, 1, 0, 0])
    return X, y, {"w_1": RNG.standard_normal((5, 6)), "w_2": RNG.standard_normal((6, 1))}


def test_predict_sample_by_sample():
    X, _, W = batch()
    z_1, z_2, y_hat = logistic_loss.predict(X, W)
    assert (z_1.shape, z_2.shape, y_hat.shape) == ((7, 6), (7,), (7,))
    for i, x in enumerate(X):
        hidden = [sum(x[d] * W["w_1"][d, k] for d in range(5)) for k in range(6)]
        logit = sum(W["w_2"][k, 0] / (1 + np.exp(-hidden[k])) for k in range(6))
        close(z_1[i], hidden)
        close(z_2[i], logit)
        close(y_hat[i], 1 / (1 + np.exp(-logit)))


def test_the_two_losses():
    close(logistic_loss.logistic_loss(np.array([1.0, 0.0]), np.array([0.5, 0.75])), (np.log(2) + np.log(4)) / 2)
    X, y, W = batch()
    _, z_2, y_hat = logistic_loss.predict(X, W)
    close(logistic_loss.stable_logistic_loss(y, z_2), logistic_loss.logistic_loss(y, y_hat))


def test_the_gradient():
    X, y, W = batch()
    by_hand = logistic_loss.gradient(X, y, W)
    for name in W:

        def loss(w, name=name):
            return logistic_loss.stable_logistic_loss(y, logistic_loss.predict(X, {**W, name: w})[1])

        assert by_hand[name].shape == W[name].shape
        close(by_hand[name], quotients(loss, W[name]))


def test_extreme_logits_without_a_warning():
    """pytest makes every warning an error."""
    zeros, ones = np.zeros(3), np.ones(3)
    assert logistic_loss.stable_logistic_loss(zeros, np.full(3, -1e10)) == 0
    assert logistic_loss.stable_logistic_loss(ones, np.full(3, 1e10)) == 0
    assert logistic_loss.stable_logistic_loss(zeros, np.full(3, 1e10)) == 1e10
    assert logistic_loss.stable_logistic_loss(ones, np.full(3, -1e10)) == 1e10
    assert logistic_loss.sigmoid(np.array([-1e10, 0.0, 1e10])).tolist() == [0, 0.5, 1]
    close(logistic_loss.stable_logistic_loss(zeros, np.full(3, -100.0)) / np.exp(-100), 1)
    X, y, W = batch()
    for gradient in logistic_loss.gradient(1e5 * X, y, {"w_1": W["w_1"], "w_2": 1e5 * W["w_2"]}).values():
        assert np.isfinite(gradient).all()


def test_the_plain_loss_of_a_perfect_prediction_is_nan():
    with pytest.warns(RuntimeWarning):
        assert np.isnan(logistic_loss.logistic_loss(np.zeros(3), np.zeros(3)))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("gradient", lambda X, y, W: {"w_1": 0 * W["w_1"], "w_2": 0 * W["w_2"]}),
        ("stable_logistic_loss", lambda y, z_2: float(np.mean(np.logaddexp(0, z_2)))),
        ("stable_logistic_loss", lambda y, z_2: float(np.mean(np.logaddexp(0, (1 - 2 * y) * z_2))) + 1e-11),
    ],
)
def test_a_mistake_in_the_loss_is_found(name, wrong, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(logistic_loss, name, wrong)
    with pytest.raises(SystemExit) as end:
        logistic_loss.main(["--output", str(tmp_path)])
    assert end.value.code == 1
    assert "NOT reached" in capsys.readouterr().out
