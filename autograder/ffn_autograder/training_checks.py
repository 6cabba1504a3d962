"""Problems 6.1, 6.2 and 7.1: evaluate, the training loop, and the accuracy that the whole reaches."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, scalar
from autograder.checks.draw import Draw
from autograder.checks.snippets import array
from autograder.subjects.derivatives import NOTHING, softmax

__all__ = ["accuracy_problem", "evaluate_problem", "training_problem"]

# A model that writes down what it is asked. The first column of X is the number of the row, the second its label.
RECORDER = """
import ffn
class Recorder:
    def __init__(self):
        self.batches, self.forwards, self.gradients, self.steps, self.events = [], [], [], [], []
    def forward(self, X):
        self.seen = np.array(X)
        if X[0, 0] < 100:
            self.forwards.append(self.seen)
            self.events.append("forward")
        return np.zeros((len(X), 3))
    def backward(self, grad):
        self.batches.append(self.seen)  # what is only evaluated does not count
        self.gradients.append(np.array(grad))
        self.events.append("backward")
    def step(self, step_size=None):
        self.steps.append(step_size)
        self.events.append("step")
X = np.stack([np.arange(10.0), np.arange(10) % 3], axis=1)
X_val = np.stack([np.arange(100.0, 104.0), [0, 0, 1, 2]], axis=1)
Y, Y_val = X[:, 1].astype(int), X_val[:, 1].astype(int)
model = Recorder()
result = ffn.train(model, (X, Y), (X_val, Y_val), epochs=2, batch_size=4, step_size=0.25)
batches = model.batches or model.forwards
rows = [int(row) for batch in batches for row in batch[:, 0]]
kinds = [int(row[1]) for batch in batches for row in batch]
"""


def evaluate_problem(draw: Draw) -> Problem:
    parts = [slice(start, start + 3) for start in (0, 3, 6)]
    W, X, Y = evaluated(draw, parts)
    scores = X @ W
    losses, right = -np.log(softmax(scores)[np.arange(7), Y]), right_rows(scores, Y)
    by_batch = lambda values: np.mean([values[part].mean() for part in parts])  # noqa: E731
    wrong_loss = {
        **NOTHING,
        "the sum over all rows: divide by their number": losses.sum(),
        "the mean of the batches' means: the last batch is smaller, so add up and divide once": by_batch(losses),
        "the rows of the last, smaller batch are missing": (losses[:6].mean(), losses[:6].sum() / 7),
        "the last batch only": (losses[6:].mean(), losses[6:].sum() / 7, losses[6]),
        "the first batch only": (losses[:3].mean(), losses[:3].sum() / 7),
        "the sum of the batches' means: divide the sum over all rows by their number": np.sum(
            [losses[part].mean() for part in parts]
        ),
        "divided by the number of batches, not of rows": losses.sum() / 3,
        "divided by batch_size, not by the number of rows": losses.sum() / 3,
        "the accuracy stands first: return avg_loss, accuracy": right.mean(),
    }
    by_column = (scores.argmax(axis=0) == Y[:3]).mean()
    wrong_share = {
        "nothing is counted: count the rows where scores.argmax(axis=1) == Y": 0.0,
        "in percent: a share between 0 and 1 is asked for": 100 * right.mean(),
        "the number of right rows: divide by that of all": right.sum(),
        "the smallest output is taken: argmax": (scores.argmin(axis=1) == Y).mean(),
        "argmax over the wrong axis: axis 1 is that of the classes": by_column,
        "the mean of the batches' means: the last batch is smaller, so add up and divide once": by_batch(right),
        "the rows of the last, smaller batch are missing": (right[:6].mean(), right[:6].sum() / 7),
        "the last batch only": (right[6:].mean(), right[6:].sum() / 7),
        "the first batch only": (right[:3].mean(), right[:3].sum() / 7),
        "the share that is wrong": 1 - right.mean(),
        "the loss comes back twice": losses.mean(),
        "divided by the number of batches, not of rows": right.sum() / 3,
    }
    snippet = (
        "import ffn\nclass Model:\n    def forward(self, X):\n"
        f"        return X @ np.array({W.tolist()})\n"
        f"X, Y = {array(X)}, {array(Y)}\nresult = ffn.evaluate(Model(), X, Y, batch_size={{}})"
    )
    pair = attribute(True, means="two values must come back: return avg_loss, accuracy")
    expected = {
        "isinstance(result, (tuple, list)) and len(result) == 2": pair,
        "result[0]": scalar(losses.mean(), mistakes=wrong_loss),
        "result[1]": scalar(right.mean(), mistakes=wrong_share),
    }
    checks = (
        Check("batches of 3, and 7 rows", 7, snippet.format(3), expected),
        Check("one batch for all", 3, snippet.format(100), expected),
        Check(
            "batches of one row",
            2,
            snippet.format(1),
            {"result[0]": scalar(losses.mean()), "result[1]": scalar(right.mean())},
            hidden=True,
        ),
    )
    return Problem("6.1", "evaluate", 10, checks, hint="Q6 of the handout")


def evaluated(draw: Draw, parts: list[slice]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W, X and Y. In each of these parts some rows are right, but not all are, so that no mistake gives 0 by chance."""
    Y = np.array(draw.order([0, 1, 2, 0, 1, 2, 1]))
    while True:
        W, X = draw.array(2, 3, step=0.3, low=0.2), draw.array(7, 2, step=0.1, low=0.2)
        scores = X @ W
        right, smallest = right_rows(scores, Y), scores.argmin(axis=1) == Y
        some = all(right[part].any() for part in parts) and smallest.any() and (scores.argmax(axis=0) == Y[:3]).any()
        # The share of the smallest outputs is another one than that of the right rows, and of the wrong ones.
        if some and right.sum() in (3, 4, 5) and smallest.sum() not in (right.sum(), 7 - right.sum()):
            return W, X, Y


def right_rows(scores: np.ndarray, Y: np.ndarray) -> np.ndarray:
    return scores.argmax(axis=1) == Y


def training_problem(draw: Draw) -> Problem:
    order = {
        "[len(batch) for batch in batches]": Expected(
            [4, 4, 2] * 2,
            {
                "the last, smaller batch is left out": [4, 4] * 2,
                "one epoch too few": [4, 4, 2],
                "one batch with all rows: use batch_size": [10] * 2,
                "forward() is given all rows for every batch: give it the rows of the batch": [10] * 6,
                "a batch for every row: use batch_size": [1] * 20,
            },
            otherwise="every batch must have batch_size rows, the last one of an epoch those that are left",
        ),
        "sorted(rows[:10]) == list(range(10))": attribute(
            True, means="an epoch must show every row once, also those of the last, smaller batch"
        ),
        "sorted(rows[10:]) == list(range(10))": attribute(
            True, means="every epoch must show every row once: are there as many epochs as asked for?"
        ),
        "rows[:10] != list(range(10)) and rows[10:] != list(range(10))": attribute(
            True, means="the rows come in the order of the file: scramble it"
        ),
        "rows[:10] != rows[10:]": attribute(
            True, means="every epoch has the same order: scramble at the start of each"
        ),
        "kinds == [row % 3 for row in rows]": attribute(True, means="the rows of X are torn apart"),
    }
    pairs = "[int(np.argmin(row)) for grad in model.gradients for row in grad]"
    steps = {
        "model.events[:3]": Expected(
            ["forward", "backward", "step"],
            {
                "step() comes before backward()": ["forward", "step", "backward"],
                "backward() is not called": ["forward", "step", "forward"],
                "step() is not called: nothing is learned": ["forward", "backward", "forward"],
                "forward() is called twice for a batch": ["forward", "forward", "backward"],
                "neither backward() nor step() is called": ["forward", "forward", "forward"],
            },
        ),
        "model.events.count('step')": Expected(6, {"one step for each epoch: one for each batch is needed": 2}),
        "[np.ndim(grad) for grad in model.gradients[:1]]": Expected(
            [2],
            {"backward() is given the loss, a number: it must be given loss_fn.backward()": [0]},
            otherwise="backward() must be given the gradient of the scores, (B, 3): loss_fn.backward()",
        ),
        f"{pairs} == kinds": attribute(True, means="the labels are not those of the rows: X and Y need the same order"),
        "list(set(model.steps))": Expected(
            [0.25], {"step_size is not handed on to the model's step": ([None], [0.001])}
        ),
    }
    third, zero = float(np.log(3)), 0.4
    history = {
        "isinstance(result, (tuple, list)) and len(result) == 4": attribute(
            True, means="four lists must come back: losses, accuracies, val_losses, val_accuracies"
        ),
        "[len(values) for values in result]": Expected(
            [2] * 4,
            {
                "a number for every batch: one for each epoch is asked for": ([6] * 4, [6, 6, 2, 2]),
                "one epoch is missing": [1] * 4,
            },
            otherwise="a number for each epoch is asked for",
        ),
        "list(map(float, result[0]))": Expected(
            [third] * 2,
            {
                "the sum over the rows: divide by their number": [10 * third] * 2,
                "only the last batch counts: add up the losses of all batches": ([third / 5] * 2, [third / 10] * 2),
                "the loss is not set to 0 at the start of an epoch": [third, 2 * third],
                "divided by the number of batches, not of rows": [10 * third / 3] * 2,
            },
        ),
        "list(map(float, result[1]))": Expected(
            [zero] * 2,
            {
                "in percent: a share between 0 and 1 is asked for": [100 * zero] * 2,
                "the count is not set to 0 at the start of an epoch": [zero, 2 * zero],
                "the number of right rows: divide by that of all": [4.0] * 2,
                "these are the validation accuracies": [0.5] * 2,
            },
        ),
        "list(map(float, result[2]))": Expected([third] * 2),
        "list(map(float, result[3]))": Expected(
            [0.5] * 2, {"of the training set: evaluate the validation set here": [zero] * 2}
        ),
    }
    checks = (
        Check("the batches of an epoch", 4, RECORDER, order),
        Check("forward, backward, step", 3, RECORDER, steps),
        Check("the numbers for the plot", 3, RECORDER, history),
    )
    return Problem("6.2", "The training loop", 10, checks, hint="the pseudo-code before Q6 of the handout")


def accuracy_problem(draw: Draw) -> Problem:
    snippet = "import matplotlib\nmatplotlib.use('Agg')\nimport main\nvalidation, test = main.main()\n"
    expected = {"bool(validation >= 0.8)": attribute(True, means="less than 80 % on the validation set: see Q7's tips")}
    check = Check("80 % on the validation set of the drawings", 10, snippet, expected, limit=120.0)
    return Problem("7.1", "Tuning", 10, (check,), hint="Q7 of the handout and its tips")
