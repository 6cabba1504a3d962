"""A place to play: try operations, look at gradients, write your own Function.

    python3 sandbox.py

Every test below builds something with MyTorch and checks the value and the gradients: against
difference quotients (f(x + h) - f(x - h)) / 2h, and against PyTorch where that is installed. To
add one, write a function whose name starts with `test_`; it is found by its name.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))  # run from any folder, installed or not

from mytorch import Function, Tensor, nn

try:
    import torch
except ImportError:
    torch = None

RNG = np.random.default_rng(11785)


# ------------------------------------------------------------------------------ experiments


def test_add():
    check("a + b", lambda a, b: a + b, random(2, 3), random(2, 3))


def test_sub():
    check("a - b", lambda a, b: a - b, random(2, 3), random(2, 3))


def test_mul():
    check("a * b", lambda a, b: a * b, random(2, 3), random(2, 3))


def test_div():
    check("a / b", lambda a, b: a / b, random(2, 3), random(2, 3) + 3)


def test_the_writeups_example():
    """d = a * b + a,  e = (d + c) + 3: in the writeup b needs no gradient."""
    a, b, c = Tensor(1.0, requires_grad=True), Tensor(2.0), Tensor(3.0, requires_grad=True)
    d = a * b + a
    e = (d + c) + 3
    e.backward()
    print(f"  e = {e}")
    print(f"  its graph: {e.grad_fn} <- {e.grad_fn.next_functions[0]} <- {e.grad_fn.next_functions[0].next_functions}")
    print(f"  a.grad = {a.grad}, b.grad = {b.grad}, c.grad = {c.grad}")
    check("(a*b + a + c) + 3", lambda a, b, c: ((a * b + a) + c) + 3, np.array(1.0), np.array(2.0), np.array(3.0))


def test_broadcasting():
    """(3, 4) + (4,): the gradient of the (4,) is summed over the three rows that it went into."""
    check("(3,4) + (4,)", lambda a, b: a + b, random(3, 4), random(4))
    check("(3,1) * (1,4)", lambda a, b: a * b, random(3, 1), random(1, 4))
    check("(2,1,3) - ()", lambda a, b: a - b, random(2, 1, 3), random())


class Cube(Function):
    """y = x^3: a Function of your own. forward computes, backward multiplies by the derivative."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)  # backward will need it
        return Tensor(x.data**3)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 3 * x * x


def test_a_function_of_your_own():
    check("Cube.apply(x)", lambda x: Cube.apply(x), random(2, 3), in_torch=lambda x: x**3)


def test_a_network():
    """One step through Linear, ReLU and cross-entropy; the gradient is the first layer's weight's."""
    layer, out, labels = nn.Linear(4, 5), nn.Linear(5, 3), np.array([2, 0, 1])
    x = Tensor(random(3, 4))

    def loss(weight):
        hidden = nn.ReLU()(x @ weight.T + layer.bias)
        return nn.CrossEntropyLoss()(out(hidden), labels)

    check("loss of an MLP", loss, layer.weight.data, in_torch=None)


# --------------------------------------------------------------------------- how it is checked


def random(*shape):
    return RNG.standard_normal(shape)


SAME = object()
failures = []


def check(name, function, *arrays, in_torch=SAME):
    """Compare function(*tensors), and the gradients of a random weighting of its elements.

    in_torch: the same function for PyTorch; by default `function` itself; None: no comparison.
    """
    inputs = [Tensor(array.copy(), requires_grad=True) for array in arrays]
    value = function(*inputs)
    weights = RNG.standard_normal(value.shape)
    value.backward(Tensor(weights))
    gradients = [x.grad.data for x in inputs]

    numeric = difference_quotients(lambda *a: (function(*map(Tensor, a)).data * weights).sum(), arrays)
    report(name, "difference quotients", gradients, numeric, 1e-6)
    if torch is not None and in_torch is not None:
        leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
        expected = (function if in_torch is SAME else in_torch)(*leaves)
        expected.backward(torch.tensor(weights))
        theirs = [expected.detach().numpy(), *[leaf.grad.numpy() for leaf in leaves]]
        report(name, "PyTorch", [value.data, *gradients], theirs, 1e-10)


def difference_quotients(function, arrays, h=1e-6):
    gradients = []
    for k, array in enumerate(arrays):
        gradient = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            plus, minus = ([a.copy() for a in arrays] for _ in range(2))
            plus[k][index] += h
            minus[k][index] -= h
            gradient[index] = (function(*plus) - function(*minus)) / (2 * h)
        gradients.append(gradient)
    return gradients


def report(name, oracle, found, expected, tolerance):
    same_shapes = all(a.shape == b.shape for a, b in zip(found, expected))
    difference = max(np.abs(a - b).max() for a, b in zip(found, expected)) if same_shapes else np.inf
    ok = difference <= tolerance
    if not ok:
        failures.append(name)
    print(f"  {'ok   ' if ok else 'WRONG'} {name:20} against {oracle:20} largest difference {difference:.1e}")


def main():
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            print(name)
            test()
    print(f"\n{len(failures)} comparisons are wrong: {', '.join(failures)}" if failures else "\nall comparisons agree")
    if torch is None:
        print("(PyTorch is not installed, so nothing was compared with it)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
