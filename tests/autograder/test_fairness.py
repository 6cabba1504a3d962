"""A correct solution that does what handout 002 asks for and nothing more has full points; all else is a warning."""

import pytest
from packages import append
from support.samples import sampled

RECURSIVE = '''

def backward(grad_fn, grad_of_outputs):
    """The recursive walk of the handout."""
    if grad_fn is None:
        return
    grads = grad_fn.apply(grad_of_outputs)
    for parent, grad in zip(grad_fn.next_functions, grads or ()):
        backward(parent, grad)
'''
ONLY_2D = '''

def unbroadcast(grad, shape):
    """Of Add with 2-D results only, as the handout allows."""
    grad = np.array(grad)
    if grad.shape != tuple(shape) and grad.sum(axis=0).size == np.prod(shape):
        grad = grad.sum(axis=0).reshape(shape)
    return tensor.Tensor(grad)
'''
RECORDS_CONSTANTS = '''

def apply(cls, *args):
    """Records every operation, also on constants."""
    node = BackwardFunction(cls)
    output = cls.forward(node.ctx, *args)
    for arg in args:
        link = None
        if isinstance(arg, tensor.Tensor):
            if arg.grad_fn is None and arg.is_leaf and arg.requires_grad:
                arg.grad_fn = AccumulateGrad(arg)
            link = arg.grad_fn
        node.next_functions.append(link)
    output.requires_grad = any(isinstance(a, tensor.Tensor) and a.requires_grad for a in args)
    output.is_leaf = not output.requires_grad
    output.grad_fn = node
    return output


Function.apply = classmethod(apply)
BackwardFunction.apply = lambda self, grad: tuple(
    gradient if parent is not None else None
    for parent, gradient in zip(self.next_functions, as_tuple(self._forward_cls.backward(self.ctx, grad)))
)


def as_tuple(grads):
    return grads if isinstance(grads, tuple) else (grads,)


def backward(grad_fn, grad_of_outputs):
    if grad_fn is None or grad_of_outputs is None:
        return
    for parent, grad in zip(grad_fn.next_functions, grad_fn.apply(grad_of_outputs)):
        backward(parent, grad)
'''
LEAVES_THEMSELVES = """

def link(arg):
    if not isinstance(arg, tensor.Tensor) or not arg.requires_grad:
        return None
    return arg if arg.is_leaf else arg.grad_fn


Function.node_of = staticmethod(link)


def backward(grad_fn, grad):
    if isinstance(grad_fn, tensor.Tensor):
        AccumulateGrad(grad_fn).apply(grad)
    elif grad_fn is not None:
        for parent, part in zip(grad_fn.next_functions, grad_fn.apply(grad)):
            backward(parent, part)
"""
ARRAYS = '''

first_init, first_forward = BatchNorm1d.__init__, BatchNorm1d.forward


def init(self, *args, **options):
    first_init(self, *args, **options)
    self.running_mean, self.running_var = self.running_mean.data, self.running_var.data


def forward(self, x):
    """With running statistics that are plain arrays."""
    self.running_mean, self.running_var = Tensor(self.running_mean), Tensor(self.running_var)
    y = first_forward(self, x)
    self.running_mean, self.running_var = self.running_mean.data, self.running_var.data
    return y


BatchNorm1d.__init__, BatchNorm1d.forward = init, forward
'''
GRADIENTS_AS_ARRAYS = """

def apply(self, arg):
    arg = getattr(arg, "data", arg)
    self.variable.grad = tensor.Tensor(arg if self.variable.grad is None else self.variable.grad.data + arg)
    return ()


AccumulateGrad.apply = apply
"""
CHANGES = {
    "recursive walk": ("autograd_engine.py", RECURSIVE, {"a chain of 5000 operations", "40 times y = y + y, in time"}),
    "unbroadcast of 2-D": (
        "nn/functional.py",
        ONLY_2D,
        {"broadcasting: axes of size 1 and new axes with + - * /"},
    ),
    "operations on constants are recorded": (
        "autograd_engine.py",
        RECORDS_CONSTANTS,
        {"operations on constants are not recorded", "a chain of 5000 operations", "40 times y = y + y, in time"},
    ),
    "next_functions holds the leaf itself": (
        "autograd_engine.py",
        LEAVES_THEMSELVES,
        {"the nodes of leaves", "a chain of 5000 operations", "40 times y = y + y, in time"},
    ),
    "running statistics are arrays": (
        "nn/batchnorm.py",
        ARRAYS,
        set(),
    ),
    "gradients may come as arrays": ("autograd_engine.py", GRADIENTS_AS_ARRAYS, set()),
}


@pytest.mark.parametrize(
    ("file", "text", "warnings"), sampled(CHANGES, "recursive walk", "running statistics are arrays")
)
def test_full_points(file, text, warnings, student_copy, graded):
    append(student_copy, file, text)
    grading = graded(student_copy)
    failed = {o.check.title: o for r in grading.results for o in r.outcomes if o.findings}
    assert [o.findings for o in failed.values() if not o.check.beyond] == []
    assert grading.points == 100
    assert set(failed) == warnings


def test_missing_init_files(student_copy, graded):
    for file in student_copy.rglob("__init__.py"):
        file.unlink()
    assert graded(student_copy).points == 100


def test_everything_in_float32(student_copy, graded):
    file = student_copy / "mytorch/tensor.py"
    text = file.read_text(encoding="utf-8")
    assert text.count("self.data = np.array(data)\n") == 1
    cast = (
        "self.data = np.array(data)\n        if self.data.dtype == float:\n            self.data = np.float32(data)\n"
    )
    file.write_text(text.replace("self.data = np.array(data)\n", cast), encoding="utf-8")
    grading = graded(student_copy)
    warnings = {
        finding.message
        for r in grading.results
        for o in r.outcomes
        for finding in o.findings
        if "float64" in o.check.title
    }
    assert grading.points == 100
    assert any("float32" in message for message in warnings), warnings


def test_problem_1_1_does_not_wait_for_1_2(student_copy, graded):
    """With the part of Function.apply that is given, and no backward."""
    append(student_copy, "autograd_engine.py",
           "\n\ndef apply(cls, *args):\n    return cls.forward(ContextManager(), *args)\n"
           "\n\nFunction.apply = classmethod(apply)\ndel backward\n")  # fmt: skip
    results = graded(student_copy, "1.1.1", "1.1.2", "1.1.3", "1.2").results
    assert [result.points for result in results] == [5, 5, 5, 0]


def test_a_step_that_clears_the_gradients_is_a_warning(student_copy, graded):
    """The handout does not say that step() leaves them."""
    append(student_copy, "optim/sgd.py",
           "\n\nstep_alone = SGD.step\n\n\ndef step(self):\n    step_alone(self)\n    for param in self.params:\n"
           "        param.grad = None\n\n\nSGD.step = step\n")  # fmt: skip
    results = graded(student_copy, "2.3", "2.6").results
    assert [result.points for result in results] == [10, 10]
    assert [o.check.title for r in results for o in r.outcomes if o.findings] == ["step() leaves the gradient alone"]


def test_one_mistake_costs_its_points_once(student_copy, graded):
    """A ReLU that overwrites its input: in one check."""
    append(student_copy, "nn/functional.py",
           "\n\ndef forward(ctx, a):\n    ctx.save_for_backward(a)\n    np.maximum(a.data, 0, out=a.data)\n"
           "    return tensor.Tensor(a.data.copy())\n\n\nReLU.forward = staticmethod(forward)\n")  # fmt: skip
    (result,) = graded(student_copy, "2.2").results
    assert [outcome.check.title for outcome in result.outcomes if outcome.findings] == ["value"]
    assert "in place" in next(o for o in result.outcomes if o.findings).findings[0].message


@pytest.mark.parametrize(
    ("file", "text", "points"),
    [
        ("nn/linear.py", "\n\ndef reference():\n    import torch\n    return torch\n", 97.5),
        pytest.param("nn/linear.py", "\n\nif __name__ == '__main__':\n    import torch\n", 100, marks=pytest.mark.slow),
        pytest.param("nn/loss.py", "\n\nimport torch.nn\n", 85, marks=pytest.mark.slow),
    ],
)
def test_a_file_that_imports_torch_does_not_count(file, text, points, student_copy, graded):
    append(student_copy, file, text)
    grading = graded(student_copy)
    assert (grading.points == 100) == (points == 100)
    assert grading.points <= points
    assert any("torch" in reason and file in reason for reason in grading.broken.values()) == (points < 100)
