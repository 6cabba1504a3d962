"""A place to play: try operations, look at gradients, write your own Function.

    python3 sandbox.py                      all tests
    python3 sandbox.py test_add test_sub    these tests

Every test below builds something with MyTorch and checks the value and the gradients: against
finite differences (f(x + h) - f(x - h)) / 2h, and against PyTorch where that is installed. To
add one, write a function whose name starts with `test_`; it is found by its name. What your
mytorch does not have yet is reported as such, and the other tests go on.
"""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from pathlib import Path

if any(argument in ("-h", "--help") for argument in sys.argv[1:]):
    sys.exit(print(__doc__.strip()))

try:
    import numpy as np
except ModuleNotFoundError:
    sys.exit("sandbox.py needs NumPy: python3 -m pip install numpy")

sys.path.insert(0, str(Path(__file__).resolve().parent))  # run from any folder, installed or not

from mytorch.tensor import Tensor  # isort: skip  # first: the handout's files import each other in this order
from mytorch import autograd_engine
from mytorch.autograd_engine import Function

try:
    import torch
except ImportError:
    torch = None

HERE = Path(__file__).resolve().parent
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
    """d = a * b + a,  e = (d + c) + 3: in the writeup b and the constant 3 need no gradient."""
    a, b, c = Tensor(1.0, requires_grad=True), Tensor(2.0), Tensor(3.0, requires_grad=True)
    d = a * b + a
    e = (d + c) + Tensor(3.0)
    e.backward()
    print(f"  e = {e}")
    print(f"  its graph: {e.grad_fn} <- {e.grad_fn.next_functions[0]} <- {e.grad_fn.next_functions[0].next_functions}")
    print(f"  a.grad = {a.grad}, b.grad = {b.grad}, c.grad = {c.grad}")
    check("(a*b + a) + c", lambda a, b, c: (a * b + a) + c, np.array(1.0), np.array(2.0), np.array(3.0))


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
        return Tensor(grad_output.data * 3 * x.data**2)


def test_a_function_of_your_own():
    check("Cube.apply(x)", lambda x: Cube.apply(x), random(2, 3), in_torch=lambda x: x**3)


def test_a_network():
    """Through Linear, ReLU and cross-entropy; the gradient is that of the network's input."""
    linear, relu, loss = (
        ours("nn.linear", "Linear"),
        ours("nn.activations", "ReLU"),
        ours("nn.loss", "CrossEntropyLoss"),
    )
    layer, out, labels = linear(4, 5), linear(5, 3), Tensor(np.array([2, 0, 1]))
    check("loss of an MLP", lambda x: loss()(out(relu()(layer(x))), labels), random(3, 4), in_torch=None)


# --------------------------------------------------------------------------- how it is checked


def ours(module, name):
    """A class of mytorch that a test needs, imported only then: yours may not have its file yet."""
    return getattr(import_module(f"mytorch.{module}"), name)


def random(*shape):
    return RNG.standard_normal(shape)


SAME = object()
failures, missing = [], []


def check(name, function, *arrays, in_torch=SAME):
    """Compare function(*tensors), and the gradients of a random weighting of its elements.

    in_torch: the same function for PyTorch; by default `function` itself; None: no comparison.
    """
    inputs = [Tensor(array.copy(), requires_grad=True) for array in arrays]
    value = function(*inputs)
    weights = RNG.standard_normal(np.shape(value.data))
    autograd_engine.backward(value.grad_fn, Tensor(weights))  # as value.backward() does with ones
    gradients = [None if x.grad is None else x.grad.data for x in inputs]

    numeric = finite_differences(lambda *a: (function(*map(Tensor, a)).data * weights).sum(), arrays)
    report(name, "finite differences", gradients, numeric, 1e-6)
    if torch is not None and in_torch is not None:
        leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
        expected = (function if in_torch is SAME else in_torch)(*leaves)
        expected.backward(torch.tensor(weights))
        theirs = [expected.detach().numpy(), *[leaf.grad.numpy() for leaf in leaves]]
        report(name, "PyTorch", [value.data, *gradients], theirs, 1e-10)


def finite_differences(function, arrays, h=1e-6):
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
    shapes = [None if a is None else np.shape(a) for a in found]
    wanted = [np.shape(b) for b in expected]
    if shapes == wanted:
        difference = max(np.abs(a - b).max() for a, b in zip(found, expected))
        ok, what = difference <= tolerance, f"largest difference {difference:.1e}"
    else:
        ok, what = False, f"shapes {shapes} (None: no gradient), expected {wanted}"
    if not ok:
        failures.append(name)
    print(f"  {'ok   ' if ok else 'WRONG'} {name:20} against {oracle:20} {what}")


def run(name, test):
    """Call a test. What it raises is shown with the line of yours that it comes from."""
    print(name)
    try:
        test()
    except Exception as error:
        missing.append(name)
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = Path(last.filename).resolve()
        file = place.relative_to(HERE) if place.is_relative_to(HERE) else place.name
        print(f"  not working yet: {type(error).__name__}: {error} ({file}, line {last.lineno})")


def main(names):
    tests = {name: test for name, test in globals().items() if name.startswith("test_") and callable(test)}
    unknown = [name for name in names if name not in tests]
    if unknown:
        print(f"sandbox.py: there is no {unknown[0]}; the tests are {', '.join(tests)}", file=sys.stderr)
        return 2
    for name in names or tests:
        run(name, tests[name])
    print()
    if failures:
        print(f"{len(failures)} comparison{' is' if len(failures) == 1 else 's are'} wrong: {', '.join(failures)}")
    if missing:
        print(f"{len(missing)} test{' does' if len(missing) == 1 else 's do'} not work yet: {', '.join(missing)}")
    if not failures and not missing:
        print("all comparisons agree")
    if torch is None:
        print("(PyTorch is not installed, so nothing was compared with it)")
    return 1 if failures or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
