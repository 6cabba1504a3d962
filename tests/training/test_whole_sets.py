"""Figures are those of the whole set, whatever the batches look like."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import mytorch
from mytorch import nn, optim
from mytorch.data import DataLoader, Dataset, TensorDataset
from mytorch.nn import functional as F
from mytorch.nn.utils.rnn import pack_sequence
from mytorch.training import Trainer, accuracy, averaged, mean_absolute_error, top_k_accuracy
from mytorch.training.batches import count_samples

# Five samples in batches of four and one, and a loss that is 10,000 for the last sample and 0 for the others.
LAST = np.array([[0.0], [0.0], [0.0], [0.0], [10_000.0]])
ZEROS = np.zeros((5, 1))


class First(nn.Module):
    """The first array among the inputs, times a weight of 1."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(mytorch.ones(1))

    def forward(self, inputs):
        while not isinstance(inputs, mytorch.Tensor):
            inputs = next(iter(inputs.values())) if isinstance(inputs, dict) else inputs[0]
        return inputs * self.weight


def made(criterion=None, metrics=None, **options) -> Trainer:
    model = First()
    criterion = nn.L1Loss() if criterion is None else criterion
    return Trainer(model, optim.SGD(model.parameters(), lr=0.0), criterion, metrics, verbose=False, **options)


class Samples(Dataset):
    """sample i: make(x, t), of numbers along the first axis."""

    def __init__(self, make):
        self.make = make

    def __len__(self):
        return 5

    def __getitem__(self, i):
        return self.make(LAST[i], ZEROS[i])


SHAPES = {
    "x, y": lambda x, t: (x, t),
    "tuple of two inputs": lambda x, t: ((x, x), t),
    "list of three inputs": lambda x, t: ([x, x, x], t),
    "one input in a tuple": lambda x, t: ((x,), t),
    "nested tuples": lambda x, t: (((x, x), (x, (x, x, x))), t),
    "dict of inputs": lambda x, t: ({"a": x, "b": x, "c": x}, t),
    "dict of tuples": lambda x, t: ({"a": (x, x)}, t),
    "dict with its target": lambda x, t: {"a": x, "b": x, "target": t},
    "dict with one input": lambda x, t: {"image": x, "label": t},
    "dict with labels": lambda x, t: {"labels": t, "a": (x, x), "b": x},
    "target in a list": lambda x, t: (x, [t]),
    "names and numbers": lambda x, t: ({"a": x, "name": "somebody"}, t),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_batches_were_weighted_by_the_number_of_inputs(shape):
    loader = DataLoader(Samples(SHAPES[shape]), 4)
    t = made(metrics={"error": mean_absolute_error})
    assert t.evaluate(loader) == {"loss": 2000.0, "error": 2000.0}
    history = t.fit(loader, loader, epochs=1)
    for name in ("loss", "error", "val_loss", "val_error"):
        assert history[name] == [2000.0], name
    assert history.step_losses == [0.0, 10_000.0]
    np.testing.assert_array_equal(t.predict(loader).data, LAST)


def test_packed_sequences_are_as_many_samples_as_sequences():
    class Longest(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(mytorch.ones(1))

        def forward(self, packed):
            return packed.data[: int(packed.batch_sizes[0])] * self.weight  # the first element of each

    rows = [mytorch.tensor([[value], [0.0], [0.0]]) for value in LAST[:, 0]]
    batches = [(pack_sequence(rows[:4]), mytorch.zeros(4, 1)), (pack_sequence(rows[4:]), mytorch.zeros(1, 1))]
    model = Longest()
    t = Trainer(model, optim.SGD(model.parameters(), lr=0.0), nn.L1Loss(), verbose=False)
    assert t.evaluate(batches)["loss"] == 2000.0


@pytest.mark.parametrize(
    "criterion",
    [nn.L1Loss(reduction="sum"), functools.partial(F.l1_loss, reduction="sum"),
     functools.partial(functools.partial(F.l1_loss, reduction="sum"))],
)  # fmt: skip
def test_a_summed_loss_is_the_mean_over_samples_too(criterion):
    loader = DataLoader(TensorDataset(LAST + 1.0, ZEROS), 4)
    t = made(criterion)
    assert t.evaluate(loader)["loss"] == 2001.0
    assert t.fit(loader, epochs=1)["loss"] == [2001.0]


LOGITS, CLASSES = np.random.default_rng(0).normal(size=(13, 3)), np.random.default_rng(1).integers(3, size=13)


@pytest.mark.parametrize(
    "criterion",
    [
        nn.CrossEntropyLoss(),
        nn.CrossEntropyLoss(ignore_index=1),
        nn.CrossEntropyLoss(weight=mytorch.tensor([1.0, 5.0, 0.5])),
        nn.CrossEntropyLoss(weight=mytorch.tensor([1.0, 5.0, 0.5]), ignore_index=2, label_smoothing=0.1),
    ],
)
@pytest.mark.parametrize("size", [1, 4, 13])
def test_losses_that_divide_by_something_else_are_those_of_the_whole_set(criterion, size):
    kept = [i for i in range(13) if size > 1 or CLASSES[i] != criterion.ignore_index]
    t = made(criterion)
    x, y = mytorch.tensor(LOGITS[kept]), mytorch.tensor(CLASSES[kept])
    assert t.evaluate(DataLoader(TensorDataset(x, y), size))["loss"] == pytest.approx(criterion(x, y).item(), abs=1e-14)


def test_a_batch_whose_targets_are_all_ignored_is_no_part_of_the_mean():
    criterion = nn.CrossEntropyLoss(ignore_index=0)
    x, y = mytorch.tensor(LOGITS[:4]), mytorch.tensor(np.array([1, 2, 0, 0]))
    assert made(criterion).evaluate(DataLoader(TensorDataset(x, y), 2))["loss"] == criterion(x[:2], y[:2]).item()


def f1(output, target) -> float:
    """Of class 1."""
    said, true = output.data.argmax(1) == 1, target.data == 1
    return 2 * (said & true).sum() / (said.sum() + true.sum())


class F1:
    """As torchmetrics has it: update, compute, reset."""

    def __init__(self):
        self.both = self.sum = 99  # as left by somebody: reset is called

    def reset(self):
        self.both = self.sum = 0

    def update(self, output, target):
        said, true = output.data.argmax(1) == 1, target.data == 1
        self.both += (said & true).sum()
        self.sum += said.sum() + true.sum()

    def compute(self):
        return mytorch.tensor(2 * self.both / self.sum)


@pytest.mark.parametrize("metric", [f1, F1()])
@pytest.mark.parametrize("size", [1, 2, 5, 13])
def test_metrics_were_averaged_over_batches(metric, size, recwarn):
    loader = DataLoader(TensorDataset(LOGITS, CLASSES), size)
    whole = f1(mytorch.tensor(LOGITS), mytorch.tensor(CLASSES))
    t = made(nn.CrossEntropyLoss(), {"f1": metric})
    assert t.evaluate(loader)["f1"] == pytest.approx(whole, abs=1e-15)
    history = t.fit(loader, loader, epochs=2, validate_every=1)
    assert history["f1"] == history["val_f1"] == pytest.approx([whole] * 2, abs=1e-15)
    assert not recwarn.list  # of a batch without class 1, F1 is 0 / 0


def test_averaged_metrics_and_those_of_the_whole_agree():
    loader = DataLoader(TensorDataset(LOGITS, CLASSES), 4)
    metrics = {"a": accuracy, "b": lambda o, t: accuracy(o, t), "top": top_k_accuracy(2)}
    figures = made(nn.CrossEntropyLoss(), metrics).evaluate(loader)
    assert figures["a"] == pytest.approx(figures["b"], abs=1e-15)
    assert figures["a"] == pytest.approx(np.mean(LOGITS.argmax(1) == CLASSES), abs=1e-15)
    assert figures["top"] == pytest.approx(np.mean(LOGITS.argmin(1) != CLASSES), abs=1e-15)


def test_metrics_of_several_tasks_with_nested_outputs():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(mytorch.ones(1))

        def forward(self, x):
            return x * self.weight, {"a": (x * self.weight,)}

    def worst(output, target):
        return np.abs(output["a"][0].data - target.data).max()

    model = Two()
    t = Trainer(model, optim.SGD(model.parameters(), lr=0.0), [nn.L1Loss(), lambda o, y: F.l1_loss(o["a"][0], y)],
                [{}, {"worst": worst}], tasks=["p", "q"], loss_weights=[1.0, 2.0], verbose=False)  # fmt: skip
    loader = DataLoader(TensorDataset(LAST, ZEROS, ZEROS), 4)
    assert t.evaluate(loader) == {"loss": 6000.0, "p_loss": 2000.0, "q_loss": 2000.0, "q_worst": 10_000.0}
    first, second = t.predict(loader)
    np.testing.assert_array_equal(first.data, LAST)
    np.testing.assert_array_equal(second["a"][0].data, LAST)


def test_what_is_no_metric_is_named():
    t = made(nn.CrossEntropyLoss(), {"matrix": lambda o, y: o.data})
    with pytest.raises(TypeError, match="the metric 'matrix' must give one number, got ndarray"):
        t.evaluate(DataLoader(TensorDataset(LOGITS, CLASSES), 4))
    t = made(nn.MSELoss(), {"far": lambda o, y: 0.0})
    with pytest.raises(ValueError, match="batches of different shapes cannot be put together"):
        t.evaluate([(mytorch.zeros(2, 3), mytorch.zeros(2, 3)), (mytorch.zeros(2, 4), mytorch.zeros(2, 4))])
    with pytest.raises(ValueError, match="objects with update and compute"):
        made(metrics={"half": object()})


def test_outputs_that_are_kept_for_a_metric_keep_no_graph():
    kept = []

    @averaged
    def looks(output, target):
        return 0.0

    def keeps(output, target):
        kept.append(output)
        return 0.0

    made(metrics={"k": keeps, "l": looks}).fit(DataLoader(TensorDataset(LAST, ZEROS), 4), epochs=1)
    assert not kept[0].requires_grad


PREDICTED = {
    "Tensor": mytorch.tensor(LAST),
    "array": LAST,
    "tuple of an array": (LAST,),
    "x and y": (LAST, ZEROS),
    "dataset without targets": TensorDataset(LAST),
    "dataset": TensorDataset(LAST, ZEROS),
    "loader without targets": DataLoader(TensorDataset(LAST), 4),
    "loader of plain arrays": DataLoader(list(LAST), 4),
    "loader of dicts": DataLoader(Samples(lambda x, t: {"x": x}), 4),
    "loader of dicts with targets": DataLoader(Samples(lambda x, t: {"x": x, "z": x, "y": t}), 4),
    "list of Tensors": [mytorch.tensor(LAST[:2]), mytorch.tensor(LAST[2:])],
}


@pytest.mark.parametrize("what", PREDICTED)
def test_predict_demanded_targets(what):
    size = {"batch_size": 2} if what == "array" else {}
    np.testing.assert_array_equal(made().predict(PREDICTED[what], **size).data, LAST)


def test_predict_of_nothing_and_evaluate_without_targets_say_so():
    with pytest.raises(ValueError, match="the loader gave no batches"):
        made().predict([])
    for data in (TensorDataset(LAST), LAST, [mytorch.tensor(LAST)], [(mytorch.tensor(LAST),)]):
        with pytest.raises(TypeError, match=r"a batch must be a sequence \(inputs, target, \.\.\.\), got"):
            made().evaluate(data)
    with pytest.raises(TypeError, match=r"a dict must have a target \(target, .*\), got \['a'\]"):
        made().evaluate([{"a": mytorch.tensor(LAST)}])
    with pytest.raises(TypeError, match="must have one target, got"):
        made().evaluate([{"a": mytorch.tensor(LAST), "y": mytorch.tensor(LAST), "label": mytorch.tensor(LAST)}])
    with pytest.raises(TypeError, match="must hold an array with an axis for the samples"):
        count_samples(5)


def test_evaluate_on_arrays_and_datasets():
    t = made()
    assert t.evaluate((LAST, ZEROS), batch_size=4) == t.evaluate(TensorDataset(LAST, ZEROS)) == {"loss": 2000.0}
    with pytest.raises(ValueError, match="batch_size must be a positive int, got 0"):
        t.evaluate((LAST, ZEROS), batch_size=0)


def test_an_exception_in_evaluation_that_is_held_left_recording_off():
    t = made(metrics={"bad": averaged(lambda o, y: 1 / 0)})
    frozen = nn.Dropout()
    t.model.frozen = frozen.eval()
    with pytest.raises(ZeroDivisionError) as held:
        t.evaluate((LAST, ZEROS))
    assert mytorch.is_grad_enabled()
    assert t.model.training
    assert not frozen.training  # each layer as it was
    assert held.value is not None
