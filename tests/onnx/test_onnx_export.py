"""mytorch.onnx: onnxruntime computes from the file what the model computes; what cannot be written is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import Tensor, nn
from mytorch.nn import functional as F
from mytorch.onnx.rules import RULES
from mytorch.onnx.trace import trace

ROOT = Path(__file__).parents[2]


def runtime() -> Any:
    pytest.importorskip("onnx", reason="pip install 'mytorch[onnx]'")
    return pytest.importorskip("onnxruntime", reason="pip install onnxruntime")


def check(model: Any, *args: Tensor, path: Path, others: tuple[Tensor, ...] = (), **options: Any) -> None:
    """Export, and compare on the inputs that were given and on `others`."""
    runner = runtime()
    mytorch.onnx.export(model, args, path, **options)
    session = runner.InferenceSession(str(path))
    for inputs in (args, others) if others else (args,):
        feed = {
            node.name: x.numpy().astype(np.float32 if x.dtype.kind == "f" else np.int64)
            for node, x in zip(session.get_inputs(), inputs)
        }
        found = session.run(None, feed)
        expected = model(*inputs)
        for ours, theirs in zip(expected if isinstance(expected, tuple) else (expected,), found):
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(theirs, ours.numpy(force=True), rtol=1e-5, atol=1e-5)


def images(*shape: int) -> Tensor:
    return Tensor(np.cos(np.arange(np.prod(shape)) * 0.7).reshape(shape))


X = images(2, 4, 9, 8)
LINE = images(3, 4, 10)
ROWS = images(3, 6)
STEPS = images(5, 3, 6)

LAYERS: dict[str, tuple[Callable[[], Any], Tensor]] = {
    "linear": (lambda: nn.Linear(6, 5), ROWS),
    "linear_3d": (lambda: nn.Linear(6, 5, bias=False), STEPS),
    "bilinear": (lambda: nn.Bilinear(6, 6, 2), ROWS),
    "conv": (lambda: nn.Conv2d(4, 6, 3, 2, 1), X),
    "conv_groups": (lambda: nn.Conv2d(4, 8, (3, 2), padding=(1, 0), dilation=2, groups=2, bias=False), X),
    "conv_same": (lambda: nn.Conv2d(4, 4, 4, padding="same"), X),
    "conv1d": (lambda: nn.Conv1d(4, 6, 3, padding=1), LINE),
    "conv_transpose": (lambda: nn.ConvTranspose2d(4, 3, 3, 2, 1, output_padding=1), X),
    "conv_transpose1d": (lambda: nn.ConvTranspose1d(4, 6, 3, 2, groups=2), LINE),
    "max_pool": (lambda: nn.MaxPool2d(3, 2, 1), X),
    "max_pool_ceil": (lambda: nn.MaxPool2d(2, ceil_mode=True), X),
    "max_pool1d": (lambda: nn.MaxPool1d(2), LINE),
    "avg_pool": (lambda: nn.AvgPool2d(2), X),
    "avg_pool_padding": (lambda: nn.AvgPool2d(3, 2, 1), X),
    "avg_pool_without_padding": (lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False), X),
    "avg_pool_ceil": (lambda: nn.AvgPool2d(2, ceil_mode=True), X),
    "adaptive_avg_1": (lambda: nn.AdaptiveAvgPool2d(1), X),
    "adaptive_avg": (lambda: nn.AdaptiveAvgPool2d((3, 5)), X),
    "batch_norm": (lambda: nn.BatchNorm2d(4), X),
    "batch_norm_plain": (lambda: nn.BatchNorm1d(6, affine=False), ROWS),
    "layer_norm": (lambda: nn.LayerNorm(6), ROWS),
    "group_norm": (lambda: nn.GroupNorm(2, 4), X),
    "instance_norm": (lambda: nn.InstanceNorm2d(4, affine=True), X),
    "rms_norm": (lambda: nn.RMSNorm(6), ROWS),
    "pixel_shuffle": (lambda: nn.PixelShuffle(2), X),
    "pad": (lambda: nn.ConstantPad2d((1, 2, 0, 1), 0.5), X),
    "reflection_pad": (lambda: nn.ReflectionPad2d(2), X),
    "upsample": (lambda: nn.Upsample(scale_factor=2), X),
    "upsample_bilinear": (lambda: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), X),
    "flatten": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(288, 3)), X),
    "softmax": (lambda: nn.Softmax(dim=1), X),
    "log_softmax": (lambda: nn.LogSoftmax(dim=-1), X),
    "cosine": (lambda: lambda x: F.cosine_similarity(x, x * 2 + 1), ROWS),
    "mha": (lambda: Attention(), STEPS),
    "transformer": (lambda: nn.TransformerEncoderLayer(6, 2, 8, activation="gelu", batch_first=True), STEPS),
    "einsum": (lambda: lambda x: mytorch.einsum("tnh,tmh->tnm", x, x), STEPS),
    "index": (lambda: lambda x: x[1, :, None, ::2] + x[..., [3, 1, 0]].mean((1, 2), keepdim=True)[0], STEPS),
    "masked": (lambda: lambda x: (x @ x.mT).masked_fill(mytorch.ones(3, 3).triu(1) == 1, -1e9).softmax(-1), STEPS),
    "stack": (lambda: lambda x: mytorch.stack([x, x.exp()], 1).transpose(0, 1).sum(-1), ROWS),
    "adaptive_max": (lambda: nn.AdaptiveMaxPool2d((4, 3)), X),
    "adaptive_max_1": (lambda: nn.AdaptiveMaxPool2d(1), X),
    "batch_norm_1d": (lambda: nn.BatchNorm1d(4), LINE),
    "instance_norm_statistics": (lambda: nn.InstanceNorm2d(4, affine=True, track_running_stats=True), X),
    "layer_norm_2d": (lambda: nn.LayerNorm((9, 8)), X),
    "layer_norm_no_bias": (lambda: nn.LayerNorm(6, bias=False), ROWS),
    "response_norm": (lambda: nn.LocalResponseNorm(3), X),
    "threshold": (lambda: nn.Threshold(0.1, 0.5), X),
    "softplus_threshold": (lambda: nn.Softplus(2, 1), X),
    "prelu_channels": (lambda: nn.PReLU(4), X),
    "rrelu": (lambda: nn.RReLU(), X),
    "unfold": (lambda: nn.Unfold((2, 3), dilation=(1, 2), padding=1, stride=2), X),
    "lp_pool": (lambda: nn.LPPool2d(2, 2), X),
    "lp_pool1d": (lambda: nn.LPPool1d(4, 2), LINE),
    "grouped_heads": (lambda: lambda x: F.scaled_dot_product_attention(x, x * 2, x, is_causal=True), STEPS),
    "variance": (lambda: lambda x: x.var(1, keepdim=True) + x.std(0, correction=0), ROWS),
    "extremes": (lambda: lambda x: x.max(1)[0] - x.min(1)[0] + x.amax(1), ROWS),
    "mirrored": (lambda: lambda x: x.flip(0, 1) + x.tril() - x.triu(1) + x.cumsum(1), ROWS),
    "powers": (lambda: lambda x: x.expm1() + x.exp2() + x.floor() - x.ceil() + x.sign(), ROWS),
    "in_place": (lambda: lambda x: F.relu(x + 1, inplace=True).add_(1).mul_(x) * 2, ROWS),
    "in_place_layers": (
        lambda: nn.Sequential(nn.Conv2d(4, 3, 3), nn.ReLU(inplace=True), nn.Conv2d(3, 2, 1), nn.ELU(inplace=True)),
        X,
    ),
    "roots": (lambda: lambda x: (x * x + 1).sqrt().log() / (x.abs() + 2) ** 1.5, ROWS),
}
ACTIVATIONS = [
    "ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Softplus", "Softsign", "Tanh",
    "Sigmoid", "Hardtanh", "Hardswish", "Hardsigmoid", "Hardshrink", "Softshrink", "Tanhshrink", "LogSigmoid", "PReLU",
]  # fmt: skip


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(6, 2)

    def forward(self, x: Tensor) -> Any:
        return self.attention(x, x, x)


@pytest.fixture(autouse=True)
def _seed() -> None:
    mytorch.manual_seed(0)


def evaluated(model: Any) -> Any:
    return model.eval() if isinstance(model, nn.Module) else model


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name: str, tmp_path: Path) -> None:
    make, x = LAYERS[name]
    model = evaluated(make())
    if name == "bilinear":
        check(model, x, x * 2, path=tmp_path / "m.onnx")
        return
    check(model, x, path=tmp_path / "m.onnx", others=(x * -0.7 + 0.1,))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name: str, tmp_path: Path) -> None:
    check(getattr(nn, name)(), ROWS * 4, path=tmp_path / "m.onnx")


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_recurrent_layers(kind: str, tmp_path: Path) -> None:
    layer = getattr(nn, kind)(6, 4, num_layers=2, bidirectional=True)
    check(lambda x: layer(x)[0], STEPS, path=tmp_path / "m.onnx", others=(STEPS * 2,))


def test_embedding_and_positions(tmp_path: Path) -> None:
    class Words(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.places = nn.Embedding(11, 6), nn.Embedding(4, 6)

        def forward(self, words: Tensor) -> Tensor:
            return self.words(words) + self.places(mytorch.arange(4))

    words = mytorch.tensor([[1, 2, 3, 10], [0, 5, 5, 7]])
    check(Words(), words, path=tmp_path / "m.onnx", others=(words.flip(1),))


@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
def test_bags_of_words(mode: str, tmp_path: Path) -> None:
    words = mytorch.tensor([[1, 2, 3, 10], [0, 5, 4, 7]])
    check(nn.EmbeddingBag(11, 3, mode=mode), words, path=tmp_path / "m.onnx", others=(words.flip(1),))


def test_a_whole_transformer(tmp_path: Path) -> None:
    model = nn.Transformer(6, 2, 1, 1, 8).eval()
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    check(lambda s, t: model(s, t, tgt_mask=mask), STEPS, STEPS * 2, path=tmp_path / "m.onnx")


def test_every_layer_has_its_rules_also_where_onnx_is_not_installed() -> None:
    """An operation that gets another name would lose its rule, and the tests above may be skipped."""
    for name, (make, x) in LAYERS.items():
        inputs = (x, x * 2) if name == "bilinear" else (x,)
        traced = trace(evaluated(make()), inputs, ["x", "y"][: len(inputs)], None)
        assert traced.graph.nodes, name


def test_what_the_file_computes_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong rule is found before anything is written."""
    runtime()
    monkeypatch.setitem(RULES, "Exp", RULES["Log1p"])
    with pytest.raises(mytorch.onnx.OnnxError, match="the file would compute something else"):
        mytorch.onnx.export(lambda x: (x * x).exp(), ROWS, tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_an_open_batch_axis(tmp_path: Path) -> None:
    model = nn.Sequential(
        nn.Conv2d(4, 5, 3), nn.BatchNorm2d(5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(45, 3)
    ).eval()
    axes = {"input": {0: "batch"}, "output": {0: "batch"}}
    check(model, X, path=tmp_path / "m.onnx", others=(images(7, 4, 9, 8),), dynamic_axes=axes)


def test_names_and_parameters_are_in_the_file(tmp_path: Path) -> None:
    runtime()
    import onnx

    model = nn.Sequential(nn.Linear(6, 4), nn.ReLU())
    mytorch.onnx.export(model, ROWS, tmp_path / "m.onnx", input_names=["x"], output_names=["y"])
    proto = onnx.load(str(tmp_path / "m.onnx"))
    onnx.checker.check_model(proto, full_check=True)
    assert [node.name for node in proto.graph.input] == ["x"]
    assert [node.name for node in proto.graph.output] == ["y"]
    assert {"0.weight", "0.bias"} <= {tensor.name for tensor in proto.graph.initializer}


def _with_a_row_set(x: Tensor) -> Tensor:
    y = x.clone()
    y[:, 1] = x[:, 0]
    return y


def _with_a_view_changed(x: Tensor) -> Tensor:
    y = x * 2
    y[:, 1:].relu_()
    return y


REFUSED: dict[str, tuple[Callable[[Tensor], Any], str]] = {
    "assignment": (lambda x: _with_a_row_set(x), "assigns to a part of a tensor"),
    "view": (lambda x: _with_a_view_changed(x), "assigns to a part of a tensor"),
    "comparison": (lambda x: x * (x > 0), "computes something else"),
    "number": (lambda x: x / float(x.numpy().sum()), "computes something else"),
    "chance": (lambda x: x + mytorch.rand(3, 6), "computes something else"),
    "no rule": (lambda x: x.roll(1, 0), "the operation Roll has no rule"),
    "sorted": (lambda x: x.sort(1)[0], "elements picked along an axis"),
    "dropout": (lambda x: F.dropout(x), r"call model.eval\(\) first"),
    "no tensor": (lambda x: {"y": x}, "must return a Tensor"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_written_is_refused(name: str, tmp_path: Path) -> None:
    runtime()
    function, message = REFUSED[name]
    with pytest.raises(mytorch.onnx.OnnxError, match=message):
        mytorch.onnx.export(function, ROWS, tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_a_batch_size_in_the_program_is_refused(tmp_path: Path) -> None:
    runtime()
    with pytest.raises(mytorch.onnx.OnnxError, match="size of a batch"):
        mytorch.onnx.export(
            lambda x: x + mytorch.zeros(x.shape[0], 1), ROWS, tmp_path / "m.onnx", dynamic_axes={"input": {0: "n"}}
        )


def test_arguments(tmp_path: Path) -> None:
    runtime()
    model = nn.Linear(6, 2)
    for options, error, message in (
        ({"opset_version": 9}, ValueError, "must be 17"),
        ({"input_names": ["a", "b"]}, ValueError, "1 different names"),
        ({"dynamic_axes": {"input": {1: "n"}}}, NotImplementedError, "axis 0 only"),
    ):
        with pytest.raises(error, match=message):
            mytorch.onnx.export(model, ROWS, tmp_path / "m.onnx", **options)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="args must be a Tensor"):
        mytorch.onnx.export(model, 3, tmp_path / "m.onnx")


def test_without_the_package_an_error_names_the_command() -> None:
    program = (
        "import sys; sys.modules['onnx'] = None\nimport mytorch\n"
        "try: mytorch.onnx.export(mytorch.nn.Linear(2, 2), mytorch.ones(1, 2), 'm.onnx')\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert run.stdout == "onnx.export needs onnx: pip install 'mytorch[onnx]'\n", run.stderr
