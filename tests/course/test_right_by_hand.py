"""The homeworks by hand: solutions that are right in another way than ours lose no points."""

import shutil

import pytest
from mistakes_by_hand import (
    ARRAYS,
    BEST,
    CE,
    CONV_DW,
    DENSE_CACHE,
    DENSE_DW,
    LOSS,
    MODEL_LOSS,
    PREDICT,
    SOFT_BACK,
    TENSORS,
)
from mistakes_components import DB, FFN, LOSS_OF_BATCH, ORDER, Z
from test_mistakes_by_hand import ROOT, graded

from autograder.harness.pool import Pool

LAYERS, ACTIVATIONS, LOSSES, MODELS = (f"neural_networks/{n}.py" for n in ("layers", "activations", "losses", "models"))
LOGISTIC = "logistic.py"
ADDED = 'self.gradients["W"] = self.cache["X"].T @ dLdZ'
CLEARED = f"self.clear_gradients()\n        {DENSE_CACHE}"
STORED = "self.cache.update(X=X, Z=Z)"
SHUFFLED = "        order = list(range(len(X)))\n        np.random.shuffle(order)\n"
MADE_OF_ZEROS = """if isinstance(x1, np.ndarray):
        return image
    made = x1.new_zeros((36, 36))
    made[:, :] = x1.new_tensor(image)
    return made"""
ROW_BY_ROW = "return np.stack([d @ (np.diag(y) - np.outer(y, y)) for d, y in zip(dY, Y)])"
EVALUATED = "numbers = loss / len(X), right / len(X), *evaluate(model, *val_set, batch_size)"

RIGHT = {
    "gradients cleared in forward": (
        "layers",
        LAYERS,
        [(DENSE_CACHE, CLEARED), (DENSE_DW, 'self.gradients["W"] + ' + DENSE_DW)],
    ),
    "gradients in place": ("layers", LAYERS, [(ADDED, 'self.gradients["W"][...] = self.cache["X"].T @ dLdZ')]),
    "an attribute for the cache": (
        "layers",
        LAYERS,
        [(STORED, f"{STORED}; self.kept = X"), (DENSE_DW, "self.kept.T @ dLdZ")],
    ),
    "einsum": ("layers", LAYERS, [(CONV_DW, 'np.einsum("mxycij,mxyn->ijcn", self.cache["windows"], dLdZ)')]),
    "the first maximum by a mask": (
        "layers",
        LAYERS,
        [(BEST, 'place += np.where(self.cache["best"] == width * i + j, dLdY, 0)')],
    ),
    "a loop in softmax": ("layers", ACTIVATIONS, [(SOFT_BACK, ROW_BY_ROW)]),
    "the probability of the label": (
        "layers",
        LOSSES,
        [(CE, "return -np.mean(np.log(Y_hat[np.arange(len(Y)), Y.argmax(axis=1)]))")],
    ),
    "the loss called": (
        "layers",
        MODELS,
        [(MODEL_LOSS, "return self.loss(target, out)"), (PREDICT, "return [Y_hat, self.loss(Y, Y_hat)]")],
    ),
    "a flat bias": (
        "ffn",
        FFN,
        [
            ("np.zeros((1, output_dim))", "np.zeros(output_dim)"),
            (DB, "grad.sum(axis=0)"),
            (Z, "return np.dot(input, self.weights) + self.bias"),
        ],
    ),
    "training set evaluated": (
        "ffn",
        FFN,
        [(EVALUATED, "numbers = *evaluate(model, X, Y, batch_size), *evaluate(model, *val_set, batch_size)")],
    ),
    "sets scrambled together": ("ffn", FFN, [(ORDER, SHUFFLED)]),
    "a loss object for each batch": (
        "ffn",
        FFN,
        [(LOSS_OF_BATCH, f"loss_fn = CrossEntropySoftmax()\n            {LOSS_OF_BATCH}")],
    ),
    "where": ("logistic", LOGISTIC, [(LOSS, "return np.where(y == 1, -np.log(y_hat), -np.log(1 - y_hat)).mean()")]),
    "asarray and new_zeros": (
        "logistic",
        LOGISTIC,
        [(ARRAYS, "a, b = np.asarray(x1), np.asarray(x2)"), (TENSORS, MADE_OF_ZEROS)],
    ),
    "type": ("logistic", LOGISTIC, [(TENSORS, "return image if hasattr(x1, 'nbytes') else type(x1)(image)")]),
}


@pytest.fixture(scope="module")
def pool():
    with Pool() as pool:
        yield pool


@pytest.mark.parametrize("name", RIGHT)
def test_another_solution_is_right(name, tmp_path, pool):
    homework, file, changes = RIGHT[name]
    shutil.copytree(ROOT / "course" / homework, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert graded(homework, tmp_path, pool) == []
