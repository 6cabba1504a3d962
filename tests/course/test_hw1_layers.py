"""The layers of hw1b and hw2 against those of mytorch, where the graders' checks do not go, and what they refuse."""

import json

import numpy as np
import pytest

from mytorch import nn, tensor

LAYERS = {  # a layer, as both have it, and the shape of its input
    "hw1b": [
        ("nn.BatchNorm1d(3)", (5, 3)),
        ("nn.BatchNorm1d(3, eps=0.1, momentum=0.3)", (4, 3, 6)),
    ],
    "hw2": [
        ("nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2)", (2, 4, 7, 6)),
        ("nn.Conv2d(2, 2, 3, padding='same', dilation=2, bias=False)", (1, 2, 5, 4)),
        ("nn.Conv1d(2, 3, 4, stride=3, padding=2)", (2, 2, 9)),
        ("nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True)", (2, 2, 6, 7)),
        ("nn.MaxPool2d((2, 3), stride=(3, 1))", (1, 2, 7, 5)),
        ("nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True)", (2, 2, 6, 7)),
        ("nn.AvgPool2d(2, stride=3, padding=1, ceil_mode=True, count_include_pad=False)", (1, 2, 6, 5)),
        ("nn.AvgPool1d(3, stride=2, padding=1)", (2, 3, 8)),
        ("nn.MaxPool1d(3, stride=1, padding=1)", (2, 3, 8)),
    ],
}

PROGRAM = """
import json, sys, types
import numpy as np
from mytorch.tensor import Tensor
nn = types.SimpleNamespace()
for module in sys.argv[1].split(","):
    vars(nn).update(vars(__import__(f"mytorch.nn.{module}", fromlist=["x"])))
outcomes = []
for text, shape in json.loads(sys.argv[2]):
    layer, rng = eval(text), np.random.default_rng(0)
    parameters = list(layer.parameters())
    for parameter in parameters:
        parameter.data = rng.normal(size=parameter.shape)
    x = Tensor(rng.normal(size=shape), requires_grad=True)
    y = layer(x)
    (y * Tensor(rng.normal(size=y.shape))).backward()
    outcomes.append([a.data.tolist() for a in (y, x.grad, *(p.grad for p in parameters))])
print(json.dumps(outcomes))
"""


@pytest.mark.parametrize(("homework", "modules"), [("hw1b", "batchnorm"), ("hw2", "conv,pooling")])
def test_values_and_gradients(solved, run, homework, modules):
    cases = LAYERS[homework]
    done = run(solved[homework], "python", "-c", PROGRAM, modules, json.dumps(cases))
    assert done.stderr == ""
    for (text, shape), found in zip(cases, json.loads(done.stdout), strict=True):
        layer, rng = eval(text, {"nn": nn}), np.random.default_rng(0)
        parameters = list(layer.parameters())
        for parameter in parameters:
            parameter.data = rng.normal(size=parameter.shape)
        x = tensor(rng.normal(size=shape), requires_grad=True)
        y = layer(x)
        (y * tensor(rng.normal(size=y.shape))).sum().backward()
        expected = [y, x.grad, *(parameter.grad for parameter in parameters)]
        assert len(found) == len(expected)
        for ours, theirs in zip(found, expected):
            np.testing.assert_allclose(ours, theirs.data, rtol=1e-9, atol=1e-12, err_msg=text)


@pytest.mark.parametrize(
    ("homework", "module", "line", "message"),
    [
        ("hw1", "batchnorm", "BatchNorm1d(3)(zeros(2, 3, 3))", "x must have the shape (N, 3), got (2, 3, 3)"),
        ("hw1", "batchnorm", "BatchNorm1d(3)(zeros(1, 3))", "needs two rows or more in training"),
        ("hw1b", "batchnorm", "BatchNorm1d(3)(zeros(2, 1))", "(N, C) or (N, C, L) with C = 3, got (2, 1)"),
        ("hw1b", "batchnorm", "BatchNorm1d(3)(zeros(1, 3))", "needs two values of each feature in training"),
        ("hw1b", "dropout", "Dropout(1.5)", "p must be a probability from 0 to 1, got 1.5"),
        ("hw2", "conv", "Conv2d(1, 2, 3)(zeros(1, 3, 5, 5))", "(N, C, H, W) with C = 1, got (1, 3, 5, 5)"),
        ("hw2", "conv", "Conv2d(1, 2, 3)(zeros(1, 1, 2, 5))", "reaches over 3 elements does not fit into 2"),
        ("hw2", "conv", "Conv2d(3, 2, 3, groups=2)", "groups=2 must divide in_channels=3"),
        ("hw2", "pooling", "MaxPool2d(2, padding=2)", "padding=2 is more than half of kernel_size=2"),
    ],
)
def test_what_does_not_fit_is_named(solved, run, homework, module, line, message):
    code = (
        f"import numpy as np\nfrom mytorch.tensor import Tensor\nfrom mytorch.nn.{module} import *\n"
        f"zeros = lambda *shape: Tensor(np.zeros(shape))\n{line}"
    )
    done = run(solved[homework], "python", "-c", code)
    assert message in done.stderr.splitlines()[-1]
