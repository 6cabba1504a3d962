"""Sentences about the graph: Function.apply, the walk, AccumulateGrad, layers and optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.explain.sentence import BROKEN, DETAIL, GRAPH, SHAPE, Blame, fact, shape_text, which

__all__: list[str] = []

# ---------------------------------------------------------------------- the graph


@fact("seed")
def _seed(node: str, kind: str, array: Any) -> Blame | None:
    ones = "np.ones of its own shape, as a Tensor"
    where = "Tensor.backward"
    if node == "Tensor":
        text = f"{where} hands the tensor itself to autograd_engine.backward, which takes its node: self.grad_fn"
    elif node == "NoneType":
        text = f"{where} hands None to autograd_engine.backward: Function.apply must store the node in output.grad_fn"
    elif kind in ("float", "int"):
        text = f"{where} starts from a number instead of a Tensor: the gradient with respect to itself is {ones}"
    elif kind == "NoneType":
        text = f"{where} starts without a gradient: hand over {ones}"
    elif isinstance(array, np.ndarray) and not array.size:
        text = f"{where} starts from an empty gradient: hand over {ones}"
    elif isinstance(array, np.ndarray) and not array.any():
        text = f"{where} starts from zeros: the gradient of a tensor with respect to itself is 1 everywhere"
    elif isinstance(array, np.ndarray) and not np.all(array == 1):
        text = f"{where} starts from other values than 1 (perhaps its own values): hand over {ones}"
    else:
        return None
    return Blame(BROKEN, "autograd", text, of_gradient=True)


@fact("tensor defaults")
def _tensor_defaults(wrong: list) -> Blame:
    text = "Tensor(data) must begin with requires_grad=False, is_leaf=True, grad=None and grad_fn=None (appendix A)"
    return Blame(BROKEN, "", f"{text}; wrong: {', '.join(str(name) for name in wrong)}")


@fact("seed shape")
def _seed_shape(name: str, got: list, wanted: list) -> Blame:
    text = (
        f"Tensor.backward starts from a gradient of shape {shape_text(got)} for a tensor of shape "
        f"{shape_text(wanted)}: it has the tensor's own shape"
    )
    return Blame(BROKEN, "autograd", text, of_gradient=True)


@fact("no walk")
def _no_walk() -> Blame:
    text = "Tensor.backward does not reach autograd_engine.backward, or that applies no node: it must begin the walk"
    return Blame(GRAPH, "autograd", text, of_gradient=True)


def _apply(text: str) -> Blame:
    return Blame(BROKEN, "autograd", f"Function.apply {text}")


fact("apply none")(lambda: _apply("returns None: its `return output` is missing"))
fact("apply constant")(
    lambda: Blame(
        DETAIL, "autograd", "Function.apply sets requires_grad for a result of constants alone", of_gradient=True
    )
)
fact("apply requires_grad")(
    lambda: _apply("must set output.requires_grad = True as soon as one of the inputs requires grad")
)
fact("apply node")(lambda: _apply("must store its node on the output: output.grad_fn = node"))
fact("apply node of input")(
    lambda: _apply("must store the new node on the output, the BackwardFunction, and not the node of an input")
)
fact("apply leaf")(lambda: _apply("must set output.is_leaf = False if an input requires grad"))


@fact("apply links")
def _apply_links(name: str, got: int, wanted: int) -> Blame:
    entries = "1 entry" if got == 1 else f"{got} entries"
    rule = "one for each input, None for a constant"
    return _apply(f"puts {entries} into next_functions for {wanted} inputs ({name}): {rule}")


fact("apply lost")(
    lambda name, i: _apply(f"puts None into next_functions for {which(i)} ({name}), which requires grad")
)
fact("apply order")(lambda name: _apply(f"must fill next_functions in the order of the inputs ({name})"))


@fact("apply other")
def _apply_other(name: str, i: int, kind: str) -> Blame:
    instead = "a new node" if kind in ("BackwardFunction", "AccumulateGrad") else f"a {kind}"
    return _apply(f"must put the grad_fn of {which(i)} ({name}) into next_functions, and not {instead}")


@fact("apply variable")
def _apply_variable(name: str, i: int) -> Blame:
    return _apply(
        f"must make the AccumulateGrad of {which(i)} ({name}) with that Tensor itself: a copy's .grad is seen by nobody"
    )


@fact("layer detached")
def _layer_detached(name: str) -> Blame:
    text = f"{name}.forward computes with .data, so that its result is not in the graph: use operations on the Tensors"
    return Blame(BROKEN, "", text)


@fact("method detached")
def _method_detached(method: str) -> Blame:
    text = f"Tensor.{method} computes with .data, so that its result is not in the graph: call .apply of its operation"
    return Blame(BROKEN, "", text, of_gradient=True)


@fact("loss exchanged")
def _loss_exchanged(layer: str) -> Blame:
    text = f"{layer}.forward hands the labels to F.cross_entropy first: it takes the logits, and then the labels"
    return Blame(BROKEN, "", text)


@fact("layer rebinds")
def _layer_rebinds(name: str, what: str) -> Blame:
    return Blame(BROKEN, "", f"{name}.forward replaces self.{what}, a parameter: give the result another name")


@fact("layer loses")
def _layer_loses(name: str, what: str) -> Blame:
    subject = what if what == "its input" else f"self.{what}"
    text = (
        f"what {name}.forward returns is not linked to {subject} in the graph, so that no gradient arrives there: use "
        "the Tensor itself, and neither its .data nor a new Tensor"
    )
    return Blame(BROKEN, "", text, of_gradient=True)


@fact("momentums")
def _momentums(name: str, got: int, wanted: int, shared: bool) -> Blame:
    text = f"{name}.momentums must hold an array for each parameter, of the parameter's shape"
    more = (
        ", and not the same one several times" if shared else f"; there are {got} for {wanted}" if got != wanted else ""
    )
    return Blame(SHAPE, "", text + more)


@fact("zero_grad leaves")
def _zero_grad_leaves(kind: str) -> Blame:
    what = "an array" if kind == "ndarray" else f"a number ({kind})"
    return Blame(BROKEN, "", f"zero_grad leaves {what} in .grad: it must be None, or a Tensor", of_gradient=True)


@fact("leaf shape")
def _leaf_shape(name: str, got: list, wanted: list) -> Blame:
    text = f"a gradient of shape {shape_text(got)} arrives at a leaf of shape {shape_text(wanted)}"
    return Blame(GRAPH, "autograd", text, reason=False, of_gradient=True)


@fact("leaf none")
def _leaf_none(name: str) -> Blame:
    return Blame(GRAPH, "autograd", "AccumulateGrad.apply does not store the gradient in .grad", of_gradient=True)


@fact("leaf not added")
def _leaf_not_added(name: str, before: np.ndarray, given: np.ndarray, now: np.ndarray) -> Blame:
    what = "changes .grad to something else"
    if np.allclose(now, given):
        what = "overwrites .grad"
    elif np.allclose(now, before):
        what = "ignores the second gradient"
    return Blame(
        GRAPH, "", f"AccumulateGrad.apply {what}: gradients are accumulated, .grad += new one", of_gradient=True
    )


@fact("leaf changed")
def _leaf_changed(name: str, given: np.ndarray, now: np.ndarray) -> Blame:
    text = "AccumulateGrad.apply stores another value than the gradient that it is given"
    return Blame(GRAPH, "autograd", text, of_gradient=True)


@fact("walk")
def _walk(name, total, got, last, first, sent, given) -> Blame:
    if sent > 1 and (np.allclose(got, last) or np.allclose(got, first)):
        text = (
            f"backward: a result of {name} is used {sent} times and gets only one of its {sent} gradients: "
            "overwritten instead of accumulated, or not walked again: add them up"
            if name != "AccumulateGrad"
            else f"backward: a leaf is used {sent} times and gets only one of its {sent} gradients: "
            "overwritten instead of accumulated, or not walked again: add them up"
        )
    elif np.allclose(got, 1) and not np.allclose(total, 1):
        text = (
            f"backward gives the node {name} ones instead of the gradient that grad_fn.apply computed for it: hand on "
            "what apply has returned (the chain rule multiplies)"
        )
    elif np.allclose(got, given) and not np.allclose(given, total):
        text = (
            "backward hands on the gradient that it was given instead of the gradients that grad_fn.apply returned "
            "(the chain rule multiplies)"
        )
    else:
        text = f"backward: the node {name} is given another gradient than the one that was computed for it"
    return Blame(GRAPH, "autograd", text, of_gradient=True)


@fact("never reached")
def _never_reached(name: str) -> Blame:
    text = f"backward never goes on to the node {name} in next_functions, for which there is a gradient"
    if name == "AccumulateGrad":
        text = (
            "backward never calls apply() of the AccumulateGrad in next_functions, for which there is a gradient: it "
            "stores that in .grad"
        )
    return Blame(GRAPH, "autograd", text, of_gradient=True)


@fact("accumulate raises")
def _accumulate_raises(name: str, error: str, message: str) -> Blame:
    return Blame(DETAIL, "", f"AccumulateGrad.apply fails: {error}: {message}", reason=False, of_gradient=True)
