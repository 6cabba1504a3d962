"""Sentences about what is not there: names, operators, `return`."""

from __future__ import annotations

import difflib

from autograder.checks.compare import waits
from autograder.explain.sentence import BROKEN, DETAIL, SHAPE, Blame, a_or_an, fact, shape_text, which

__all__: list[str] = []

# ---------------------------------------------------------------------- what is not there


# Names that the handout gives: whoever has another one has renamed it.
HANDOUT = frozenset(
    """
    Add Sub Mul Div Transpose Reshape Log ReLU Function AccumulateGrad BackwardFunction ContextManager Tensor
    Module Sequential Linear BatchNorm1d CrossEntropyLoss SGD Optimizer apply forward backward step zero_grad
    parameters train eval layers momentums momentum weight bias gamma beta running_mean running_var is_train data
    grad grad_fn is_leaf requires_grad is_parameter next_functions saved_tensors save_for_backward cross_entropy
    unbroadcast params
    """.split()  # noqa: SIM905
)


@fact("no name")
def _no_name(owner: str, missing: str, similar: list) -> Blame:
    if owner == "ContextManager":
        text = f"backward reads ctx.{missing}, which forward has not stored: ctx.{missing} = ... in forward"
        return Blame(BROKEN, "", text, of_gradient=True)
    if owner == "memoryview":  # the .data of an ndarray
        return Blame(DETAIL, "", f"there is an array where a Tensor must be: its .data has no {missing}")
    if owner in ("float", "int"):
        return Blame(DETAIL, "", f"there is a number where a Tensor must be: it has no {missing}")
    if missing == "apply":
        return Blame(BROKEN, "", f"{owner} has no apply: it must be a subclass of Function: class {owner}(Function)")
    if missing in HANDOUT:
        own = next((name for name in similar if name not in HANDOUT), "")
        meant = (
            f"you have {own}: did you mean {missing}? It must have the handout's name"
            if own
            else ("it is the handout's name, which must be there")
        )
    else:
        near = next(iter(similar), "")
        meant = f"did you mean {near}?" if near else "is it spelled right, and has it been written?"
    return Blame(BROKEN, "", f"{owner} has no {missing}: {meant}")


@fact("walks into none")
def _walks_into_none() -> Blame:
    text = "backward goes on to a None in next_functions, which stands for a constant: there is nothing to do, skip it"
    return Blame(BROKEN, "autograd", text, of_gradient=True)


@fact("not callable")
def _not_callable(name: str) -> Blame:
    return Blame(BROKEN, "", f"an object of {name} cannot be called: a layer must be a Module, class {name}(Module)")


@fact("function called")
def _function_called(name: str) -> Blame:
    return Blame(BROKEN, "", f"F.{name} is called like a function, and it is a Function: F.{name}.apply(...)")


_OF_ELEMENTS = ("Add", "Sub", "Mul", "Div", "Pow")
_METHODS = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "@": "__matmul__"}


@fact("no operator")
def _no_operator(message: str, names: list) -> Blame | None:
    symbol = message.partition("for ")[2].partition(":")[0].strip()
    method = _METHODS.get(symbol)
    left, _, right = message.partition(":")[2].replace("'", "").partition(" and ")
    if (
        method
        and right.strip() == "Tensor"
        and left.strip() in ("float", "int", "ndarray", "numpy.ndarray", "numpy.float64")
    ):
        text = f"{left.strip()} {symbol} Tensor: put the Tensor first, or compute with its .data (as in step())"
        return Blame(SHAPE, "", text)
    if method is None or method in names:
        return None
    similar = {"__truediv__": ("__div__", "__floordiv__")}.get(method, ())
    near = next((n for n in names if n in similar), "") or next(
        iter(difflib.get_close_matches(method, names, 1, 0.7)), ""
    )
    near = "" if near in _METHODS.values() or near.startswith("__i") else near
    has = f" (it has {near}: did you mean {method}?)" if near else ""
    return Blame(BROKEN, "", f"Tensor in tensor.py has no {method}, which Python calls for {symbol}{has}")


@fact("forward calls itself")
def _forward_calls_itself(name: str) -> Blame:
    text = f"{name}.forward calls itself without end: it must compute with the arrays, a.data and b.data"
    return Blame(BROKEN, name, text)


@fact("forward alone")
def _forward_alone(name: str) -> Blame:
    text = f"{name}.forward was called directly, so that its result is no part of the graph: call {name}.apply"
    return Blame(BROKEN, "", text)


@fact("operator bypasses")
def _operator_bypasses(method: str) -> Blame | None:
    name = {"__add__": "Add", "__sub__": "Sub", "__mul__": "Mul", "__truediv__": "Div"}.get(method)
    if name is None:
        return None
    text = f"Tensor.{method} does not call F.{name}.apply(self, other), so that the operation is no part of the graph"
    return Blame(BROKEN, name, text)


@fact("operator gives arrays")
def _operator_gives_arrays(method: str, name: str) -> Blame:
    text = f"Tensor.{method} hands arrays to {name}.apply: give it the Tensors themselves, and not their .data"
    return Blame(BROKEN, name, text)


@fact("operator loses")
def _operator_loses(method: str) -> Blame | None:
    name = {"__add__": "Add", "__sub__": "Sub", "__mul__": "Mul", "__truediv__": "Div", "__matmul__": "MatMul"}[method]
    text = (
        f"the second operand of Tensor.{method} is no part of the graph: hand over the Tensor itself, and not its data"
    )
    return Blame(BROKEN, name, text, of_gradient=True)


@fact("forward none")
def _forward_none(name: str) -> Blame:
    return Blame(BROKEN, name, f"{name}.forward returns None: its `return` is missing")


@fact("forward type")
def _forward_type(name: str, kind: str) -> Blame:
    return Blame(BROKEN, name, f"{name}.forward returns {a_or_an(kind)} and must return a Tensor: tensor.Tensor(...)")


@fact("backward none")
def _backward_none(name: str) -> Blame:
    return Blame(BROKEN, name, f"{name}.backward returns None: its `return` is missing", of_gradient=True)


@fact("backward list")
def _backward_list(name: str, count: int) -> Blame:
    text = f"{name}.backward returns a list and must return a tuple of gradients: `return grad_a, grad_b`"
    return Blame(BROKEN, name, text, of_gradient=True)


@fact("backward bare")
def _backward_bare(name: str) -> Blame:
    text = f"{name}.backward returns a Tensor, and your walk takes grads[i] of it: return a tuple, `return (grad,)`"
    return Blame(BROKEN, name, text, of_gradient=True)


@fact("backward count")
def _backward_count(name: str, got: int, wanted: int) -> Blame:
    text = f"{name}.backward returns {got} gradient{'s' * (got != 1)} for {wanted} inputs: one for each, in their order"
    return Blame(BROKEN, name, text, of_gradient=True)


@fact("gradient none")
def _gradient_none(name: str, i: int) -> Blame:
    text = f"{name}.backward returns None as the gradient of {which(i)}, which requires one"
    return Blame(BROKEN, name, text, of_gradient=True)


@fact("gradient type")
def _gradient_type(name: str, i: int, kind: str) -> Blame:
    text = f"{name}.backward returns {a_or_an(kind)} as the gradient of {which(i)} and must return a Tensor"
    return Blame(BROKEN, name, text, of_gradient=True)


@fact("gradient plain")
def _gradient_plain(name: str, i: int, kind: str) -> Blame:
    text = f"{name}.backward returns the gradient of {which(i)} as {kind} and must return a Tensor: tensor.Tensor(...)"
    return Blame(DETAIL, name, text, of_gradient=True)


@fact("returns none")
def _returns_none(method: str, what: str) -> Blame:
    return Blame(BROKEN, "", f"{method} returns None: its `return` is missing")


@fact("returns type")
def _returns_type(method: str, what: str, kind: str) -> Blame:
    if kind == "NotImplementedType":
        return Blame(BROKEN, "", f"{method} returns NotImplemented")
    if kind in ("method", "function"):
        return Blame(
            BROKEN, "", f"{method} returns {a_or_an(kind)} and must return a Tensor: it is not called, add (x)"
        )
    more = "; call .apply of the operation" if what == "operator" else ""
    return Blame(
        BROKEN, "", f"{method} returns {a_or_an(kind)} and must return a Tensor, which is part of the graph{more}"
    )


@fact("forward raises")
def _forward_raises(name: str, error: str, message: str, shapes: list, layer: str) -> Blame | None:
    if error in ("NotImplementedError", "BrokenFileError", "NameError", "RecursionError"):
        return None
    if waits(error, message):
        return Blame(BROKEN, "", f"{name}.forward: {error}: {waits(error, message)}")
    given = ", ".join(shape_text(s) for s in shapes if s is not None)
    where = f"{layer}.forward: " if layer not in ("", name) else ""
    message = _without_numpys_words(message) + _likely_reason(name, layer, message, shapes)
    return Blame(DETAIL, "", f"{where}{name}.forward fails for inputs of the shapes {given}: {error}: {message}")


def _without_numpys_words(message: str) -> str:
    return message.partition(", with gufunc signature")[0].rstrip()


def _likely_reason(name: str, layer: str, message: str, shapes: list) -> str:
    """What the exception of a forward probably means, to be put after its message."""
    first, second = [*(tuple(s) for s in shapes if s is not None), (), ()][:2]
    if "bound method" in message:
        return ": a method is handed over that was not called, add ()"
    if "size 0" in message:
        return ": no place is left for the kernel; it fits at (size - kernel) // stride + 1 places"
    if "required positional argument" in message:
        return ": is @staticmethod above it, and ctx its first argument?"
    if "truth value of an array" in message:
        return ": an `if` takes one truth value; compute with the whole array (np.maximum, np.where, a mask)"
    if message.startswith("'NoneType' object has no attribute"):
        return ": is ctx None? Call .apply, which makes it, and not .forward"
    if name == "Mul" and len(first) == len(second) == 2 and first[1] == second[0] and first != second:
        return ": is the matrix product meant? * multiplies element by element"
    if name == "Mul" and ("not aligned" in message or "matmul" in message):
        return ": Mul is the product of element and element, a.data * b.data"
    if name in ("MatMul", "Matmul") and "broadcast" in message:
        return ": * multiplies element by element; the matrix product is a.data @ b.data"
    if name not in _OF_ELEMENTS and len(first) == len(second) == 2 and first[1] == second[1] != second[0]:
        return ": the second must be transposed first, as in x W^T"
    if layer == "Linear" and name == "Add" and len(first) == 2 and first[:1] == second:
        return ": W x^T has the shape (out, N), and x W^T, to which the bias is added, (N, out)"
    return ""


@fact("grad plain")
def _grad_plain(kind: str) -> Blame:
    text = f"AccumulateGrad.apply stores {a_or_an(kind)} in .grad, which must be a Tensor (appendix A)"
    return Blame(SHAPE, "autograd", text, of_gradient=True)


@fact("backward raises")
def _backward_raises(name: str, error: str, message: str) -> Blame | None:
    if error in ("NotImplementedError", "BrokenFileError", "RecursionError"):  # the last: it is only where it ended
        return None
    if waits(error, message):
        return Blame(BROKEN, "", f"{name}.backward: {error}: {waits(error, message)}")
    hint = ""
    if "too many values to unpack" in message:
        hint = (
            ": more is saved than it takes out; has each ContextManager a saved_tensors of its own (made in __init__)?"
        )
    elif "saved_tensors" in message or "unpack" in message or ("list index" in message):
        hint = ": does forward keep all that backward needs (ctx.save_for_backward)?"
    elif "matmul" in message or "not aligned" in message:
        hint = ": one factor must be transposed; each gradient has the shape of its input"
    text = f"{name}.backward fails with {error}: {_without_numpys_words(message)}{hint}"
    return Blame(SHAPE, name, text, of_gradient=True)
