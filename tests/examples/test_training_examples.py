"""lenet, fashion_mlp, multi_mnist and simple_cifar: what each is about."""

import numpy as np
import pytest

import mytorch
from examples import fashion_mlp, lenet, multi_mnist, simple_cifar
from examples.common import BUNDLED, Example
from examples.data import Split
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.datasets import MultiMNIST

RNG = np.random.default_rng(9)


def quick(tmp_path, *arguments: str) -> Example:
    return Example("examples/topic.py", "", ["--quick", "--output", str(tmp_path), *arguments])


@pytest.mark.parametrize(("example", "rate"), [(lenet, "RATE"), (fashion_mlp, "RATE"), (simple_cifar, "HIGHEST_RATE")])
def test_a_network_that_does_not_learn_fails_the_quick_run(example, rate, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(example, rate, 1e-12)
    with pytest.raises(SystemExit) as end:
        example.main(["--quick", "--output", str(tmp_path)])
    assert end.value.code == 1
    assert "the loss must fall by a factor of 2" in capsys.readouterr().err


# ------------------------------------------------------------------------------------- lenet


def test_lenet_has_as_many_parameters_as_the_papers_layers():
    model = lenet.lenet()
    sizes = [6 * 26, 16 * (6 * 25 + 1), 120 * (400 + 1), 84 * 121, 10 * 85]
    assert sum(parameter.numel() for parameter in model.parameters()) == sum(sizes) == 61_706
    assert model(mytorch.zeros(3, 1, 28, 28, dtype="float32")).shape == (3, 10)


def test_lenet_validates_with_images_that_do_not_train(tmp_path):
    training, validation = lenet.load(quick(tmp_path))
    assert (len(training), len(validation)) == (4125, 375)
    images = [{image.tobytes() for image in part.tensors[0].data} for part in (training, validation)]
    assert not images[0] & images[1]


# ------------------------------------------------------------------------------- fashion_mlp


def test_the_curves_of_the_mlp(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(Example, "save", lambda self, figure: figures.append(figure))
    fashion_mlp.main(["--quick", "--output", str(tmp_path)])
    assert fashion_mlp.EPOCHS >= 8  # the handout's least
    assert [axes.get_ylabel() for axes in figures[0].axes] == ["loss", "accuracy (fraction)"]
    for axes in figures[0].axes:
        assert [line.get_label() for line in axes.lines] == ["MLP, training", "MLP, validation"]
        assert all(list(line.get_xdata()) == [1, 2, 3, 4, 5] for line in axes.lines)


# ------------------------------------------------------------------------------- multi_mnist


def test_the_two_heads_share_all_but_a_linear_layer():
    model = multi_mnist.TwoDigits().float()
    assert [tuple(parameter.shape) for parameter in model.encoder.parameters()] == [
        (10, 1, 5, 5), (10,), (20, 10, 5, 5), (20,), (50, 720), (50,),
    ]  # fmt: skip
    assert [tuple(p.shape) for head in model.decoders for p in head.parameters()] == [(10, 50), (10,)] * 2
    left, right = model(mytorch.zeros(3, 1, 36, 36, dtype="float32"))
    assert left.shape == right.shape == (3, 10)


def test_multi_mnist_minimizes_the_mean_of_the_losses():
    model = multi_mnist.TwoDigits().float()
    x = mytorch.tensor(RNG.random((6, 1, 36, 36)).astype("float32"))
    left, right = mytorch.tensor(RNG.integers(10, size=(2, 6)))
    trainer = multi_mnist.make_trainer(model, steps=10)
    loss, figures = trainer.objective(model(x), [left, right])
    outputs = [output.data.astype(float) for output in model(x)]
    losses = [np.mean([np.log(np.exp(row).sum()) - row[k] for row, k in zip(output, y.data)])
              for output, y in zip(outputs, (left, right))]  # fmt: skip
    assert loss.item() == pytest.approx((losses[0] + losses[1]) / 2, rel=1e-5)
    assert [figures["left_loss"], figures["right_loss"]] == pytest.approx(losses, rel=1e-5)
    # Each head's gradient is a half of that of its own loss.
    loss.backward()
    gradient = model.decoders[1].bias.grad.data.copy()
    model.zero_grad()
    nn.functional.cross_entropy(model(x)[1], right).backward()
    np.testing.assert_allclose(gradient, model.decoders[1].bias.grad.data / 2, rtol=1e-4)
    history = trainer.fit(DataLoader(TensorDataset(x, left, right), 6))
    assert history["loss"] == pytest.approx([np.mean(losses)], rel=1e-5)


def test_multi_mnist_tasks_are_the_digits_of_the_pictures(tmp_path):
    data = multi_mnist.load(quick(tmp_path, "--seed", "3"))
    assert [len(part) for part in data] == [1834, 166, 500]
    made = MultiMNIST(BUNDLED, train=True, download=False, count=2000, seed=3)
    x, left, right = data.validation[5]
    np.testing.assert_allclose(x.data[0], made.data[1839] / 255, rtol=1e-6)
    assert [left.item(), right.item()] == made.targets[1839].tolist()
    of_test = MultiMNIST(BUNDLED, train=False, download=False, count=500, seed=3)
    np.testing.assert_array_equal(data.test.tensors[1].data, of_test.targets[:, 0])


# ------------------------------------------------------------------------------ simple_cifar


def test_weights_decay_and_biases_do_not():
    model = simple_cifar.network(16)
    weights, biases = simple_cifar.parameter_groups(model, 0.1)
    assert len(weights["params"]) == len(biases["params"]) == len(list(model.parameters())) / 2
    assert {parameter.ndim for parameter in weights["params"]} == {2}
    assert {parameter.ndim for parameter in biases["params"]} == {1}
    optimizer = optim.Adam([weights, biases], lr=0.01)
    before = {name: parameter.data.copy() for name, parameter in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = mytorch.zeros_like(parameter)
    optimizer.step()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            np.testing.assert_array_equal(parameter.data, before[name])
        else:
            assert np.abs(parameter.data).sum() < np.abs(before[name]).sum()


def test_simple_cifar_trains_with_those_groups(tmp_path, monkeypatch):
    made = []

    class Spy(optim.Adam):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            made.append(self)

    monkeypatch.setattr(simple_cifar.optim, "Adam", Spy)
    simple_cifar.main(["--quick", "--output", str(tmp_path)])
    assert len(made) == len(simple_cifar.VARIANTS)
    for optimizer in made:
        assert [group["weight_decay"] for group in optimizer.param_groups] == [simple_cifar.WEIGHT_DECAY, 0]
    assert simple_cifar.WEIGHT_DECAY > 0


def test_the_network_is_a_feed_forward_one():
    kinds = {type(module) for module in simple_cifar.network(16)}
    assert kinds <= {nn.Flatten, nn.Linear, nn.ReLU, nn.Dropout}


def test_pixels_are_standardised_by_the_training_pictures_alone():
    raw = [RNG.uniform(0.2, 1, (count, 3, 32, 32)) for count in (50, 20, 10)]
    data = simple_cifar.standardise_pixels(Split(*[TensorDataset(x, np.arange(len(x))) for x in raw], ()))
    x = data.train.tensors[0].data
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(x.std(axis=0), 1)
    for part, before in zip(data[:3], raw):
        np.testing.assert_allclose(part.tensors[0].data * raw[0].std(axis=0) + raw[0].mean(axis=0), before)


def test_the_weights_of_the_best_epoch_are_kept(tmp_path):
    labels = np.arange(60) % 3
    x = RNG.standard_normal((60, 3, 32, 32)).astype("float32")
    # Validated by the same pictures with wrong labels: what it learns makes it worse, so an early epoch is the best.
    training, wrong = TensorDataset(x, labels), TensorDataset(x, (labels + 1) % 3)
    trainer = simple_cifar.train(Split(training, wrong, wrong, ()), None, 16, 20, 0, "run", tmp_path)
    accuracies = trainer.history["val_accuracy"]
    assert trainer.best["value"] == max(accuracies) > accuracies[-1]
    assert trainer.evaluate(DataLoader(wrong, 500))["accuracy"] == max(accuracies)
