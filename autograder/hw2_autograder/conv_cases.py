"""Checks of a convolution layer, made from its input, weights and options."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checks.check import Check, Expected, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, array, leaf, tensor
from autograder.hw2_autograder.reference import convolve, gradients, pad

__all__ = ["Case", "parameters_check"]

Given = np.ndarray | Formula


def value_of(given: Given) -> np.ndarray:
    return given.value if isinstance(given, Formula) else given


def flipped(w: np.ndarray) -> np.ndarray:
    return np.flip(w, tuple(range(2, w.ndim)))


def exchanged(w: np.ndarray) -> np.ndarray:
    """The weight of a layer that takes it as (in, out, ...)."""
    return w.swapaxes(0, 1)


def interleaved(channels: int, groups: int) -> np.ndarray:
    """The order of the channels when group 0 takes channels 0, groups, 2 * groups, ..."""
    return np.arange(channels).reshape(-1, groups).T.reshape(-1)


@dataclass(frozen=True)
class Case:
    """x (N, C, *size), w (O, C/groups, *kernel), b (O,) or None; options as the layer takes them.

    padding: how much is added (before, after) each axis, for options that do not say it in numbers.
    """

    x: Given
    w: Given
    b: np.ndarray | None
    options: dict[str, Any] = field(default_factory=dict)
    padding: tuple[Any, Any] | None = None

    def layer(self) -> str:
        """The lines that make the layer `conv`."""
        outs, ins, *kernel = value_of(self.w).shape
        size = kernel[0] if len(set(kernel)) == 1 else tuple(kernel)
        words = {**self.options, **({"bias": False} if self.b is None else {})}
        arguments = "".join(f", {name}={value!r}" for name, value in words.items())
        ins *= self.options.get("groups", 1)
        lines = [
            f"conv = Conv{len(kernel)}d({ins}, {outs}, {size}{arguments})",
            f"conv.weight.data = {array(self.w)}",
        ]
        return "\n".join(lines if self.b is None else [*lines, f"conv.bias.data = {array(self.b)}"])

    def value(self, x: np.ndarray | None = None, w: Any = None, b: Any = None, **changes: Any) -> np.ndarray:
        """What comes out, with other arrays or options where given."""
        x = value_of(self.x) if x is None else x
        w = value_of(self.w) if w is None else w
        b = (0.0 if self.b is None else self.b) if b is None else b
        options = {**self.options, **changes}
        if self.padding is not None and "padding" not in changes:
            x, options["padding"] = pad(x, *self.padding), 0
        return convolve(x, w, b, **options)

    def gradients(self, g: np.ndarray | float, w: np.ndarray | None = None) -> list[np.ndarray]:
        """Of input, weight and bias, of a layer with this weight."""
        w = value_of(self.w) if w is None else w
        b = np.zeros(len(w)) if self.b is None else self.b
        return gradients(self.value, g, value_of(self.x), w, b)

    # -------------------------------------------------------------------- checks

    def value_check(self, title: str, points: float) -> Check:
        expected = {"y.data": Expected(self.value(), self._value_mistakes()), "x.data": unchanged(value_of(self.x))}
        return Check(title, points, f"{self.layer()}\n{tensor('x', self.x)}\ny = conv(x)", expected)

    def gradient_check(self, draw: Draw, title: str, points: float, *names: str) -> Check:
        """names: which of "x", "weight" and "bias"; without names all that there are."""
        g = draw.waves(*self.value().shape)
        all_names = ("x", "weight", "bias") if self.b is not None else ("x", "weight")
        right, mistakes = self.gradients(g.value), self._gradient_mistakes(g.value)
        expected: dict[str, Expected] = {}
        for name, gradient in zip(all_names, right):
            if not names or name in names:
                owner = "x" if name == "x" else f"conv.{name}"
                expected[f"{owner}.grad.data"] = Expected(gradient, mistakes[name])
        snippet = f"{self.layer()}\n{leaf('x', self.x)}\n{tensor('g', g)}\ny = conv(x)\n(y * g).backward()"
        return Check(title, points, snippet, expected)

    def checks(self, draw: Draw, title: str, points: float) -> tuple[Check, Check]:
        """Value and gradients, with half of the points each."""
        return (
            self.value_check(title, points / 2),
            self.gradient_check(draw, f"{title}: gradients", points / 2),
        )

    # ------------------------------------------------------------------ mistakes

    def _value_mistakes(self) -> dict[str, Any]:
        x, w = value_of(self.x), value_of(self.w)
        mistakes: dict[str, Any] = {
            "the kernel is flipped: y[i] = sum of w[k] * x[i + k]": self.value(w=flipped(w)),
            **self._option_mistakes(),
        }
        if self.b is not None:
            mistakes["the bias is missing"] = self.value(b=0.0)
            mistakes["the bias is subtracted"] = self.value(b=-self.b)
            mistakes["the bias is added once per input channel or kernel element"] = tuple(
                self.value(b=self.b * n) for n in (w.shape[1], w[0, 0].size, w[0].size) if n > 1
            )
        if w.shape[1] > 1 and "groups" not in self.options:
            mistakes["the channels of the input are not summed: only the first counts"] = self.value(x[:, :1], w[:, :1])
            mistakes["the channels are averaged instead of summed"] = self.value(w=w / w.shape[1])
            if w.shape[0] == w.shape[1]:
                mistakes["in and out channels of the weight are exchanged"] = self.value(w=exchanged(w))
        if w.ndim == 4 and w.shape[2] == w.shape[3]:
            mistakes["rows and columns of the kernel are exchanged"] = self.value(w=w.swapaxes(2, 3))
        return mistakes

    def _option_mistakes(self) -> dict[str, Any]:
        mistakes: dict[str, Any] = {}
        x, w = value_of(self.x), value_of(self.w)
        words = {"stride": (1, "stride is ignored"), "dilation": (1, "dilation is ignored")}
        for option, (default, diagnosis) in {**words, "padding": (0, "padding is forgotten")}.items():
            if option in self.options or (option == "padding" and self.padding is not None):
                mistakes[diagnosis] = self.value(**{option: default})
            if isinstance(self.options.get(option), tuple):
                turned = self.value(**{option: self.options[option][::-1]})
                mistakes[f"{option} is (vertical, horizontal), not the other way round"] = turned
        if isinstance(self.options.get("padding"), int):
            p = self.options["padding"]
            one_side = (self.value(pad(x, 0, p), padding=0), self.value(pad(x, p, 0), padding=0))
            mistakes["padding is added on one side only"] = one_side
            mistakes["all of the padding is on one side"] = (
                self.value(pad(x, 0, 2 * p), padding=0),
                self.value(pad(x, 2 * p, 0), padding=0),
            )
            edges = ((0, 0), (0, 0), *[(p, p)] * (x.ndim - 2))
            mistakes["padding is zeros, not copies of the border"] = self.value(np.pad(x, edges, "edge"), padding=0)
        if self.padding is not None:
            before, after = self.padding
            mistakes["where 'same' padding is odd, the larger part comes after"] = self.value(
                pad(x, after, before), padding=0
            )
        if "groups" in self.options:
            n = self.options["groups"]
            ins, outs = interleaved(x.shape[1], n), np.argsort(interleaved(len(w), n))
            mistakes["a group is a block of neighbouring input channels"] = self.value(x[:, ins])
            mistakes["a group is a block of neighbouring output channels"] = self.value()[:, outs]
            mistakes["every group gets the first group's input"] = self.value(np.tile(x[:, : w.shape[1]], (1, n, 1, 1)))
        return mistakes

    def _gradient_mistakes(self, g: np.ndarray) -> dict[str, dict[str, Any]]:
        x, w = value_of(self.x), value_of(self.w)
        right, ignored = self.gradients(g), self.gradients(1.0)
        first = np.where(np.arange(len(x)) == 0, 1.0, 0.0).reshape(-1, *[1] * (x.ndim - 1))
        first_only = self.gradients(g * first)
        mistakes: dict[str, dict[str, Any]] = {
            name: {"upstream gradient ignored": gradient} for name, gradient in zip(("x", "weight", "bias"), ignored)
        }
        for name, gradient, alone in zip(("weight", "bias"), right[1:], first_only[1:]):
            if len(x) > 1:
                mistakes[name]["averaged over the batch instead of summed"] = gradient / len(x)
                mistakes[name]["only the first example of the batch counts"] = alone
        for_x, for_weight = mistakes["x"], mistakes["weight"]
        for_x["the kernel is the wrong way round here"] = self.gradients(g, flipped(w))[0]
        for_weight["the kernel's gradient is flipped"] = flipped(right[1])
        mistakes["bias"]["averaged over the places instead of summed"] = right[2] / (g[0, 0].size)
        if len(x) > 1:
            mistakes["bias"]["averaged over batch and places instead of summed"] = right[2] / (g[:, 0].size)
        if w.shape[0] == w.shape[1] > 1:
            for_x["in and out channels of the weight are exchanged"] = self.gradients(g, exchanged(w))[0]
            for_weight["in and out channels are exchanged"] = exchanged(right[1])
        if isinstance(self.options.get("padding"), int):
            p, size = self.options["padding"], x.shape[2:]
            padded = gradients(lambda a: self.value(a, padding=0), g, pad(x, p))[0]
            for_x["the padding must be cut off the gradient"] = padded
            at_start = (slice(None), slice(None), *(slice(0, n) for n in size))
            at_end = (slice(None), slice(None), *(slice(2 * p, None) for _ in size))
            for_x["the padding is cut off at the wrong side"] = (padded[at_start], padded[at_end])
        return mistakes


def parameters_check(points: float, axes: int) -> Check:
    """The layer's parameters have PyTorch's shapes, and start with different numbers."""
    size = "(2, 3)" if axes == 2 else "2"
    kernel = [2, 3][:axes]
    name = f"Conv{axes}d"
    return Check(
        "weight (out, in, kernel) and bias (out,) are parameters; bias=False",
        points,
        f"conv, plain = {name}(4, 5, {size}), {name}(4, 5, {size}, bias=False)\n"
        "different = len(np.unique(conv.weight.data))",
        {
            "[list(conv.weight.shape), list(conv.bias.shape)]": Expected([[5, 4, *kernel], [5]]),
            "[conv.weight.requires_grad, conv.bias.requires_grad]": Expected([True, True]),
            "[len(list(conv.parameters())), len(list(plain.parameters()))]": Expected([2, 1]),
            "different > 20": Expected(
                True, otherwise="the weights must start with random numbers: equal filters stay equal"
            ),
            "plain.bias": Expected(None, otherwise="bias=False: there is no bias"),
        },
    )
