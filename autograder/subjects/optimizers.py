"""What the checks of every optimizer share: parameters, gradients, and the lines that take steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from autograder.checks.check import Check, Expected, attribute
from autograder.checks.draw import Draw
from autograder.checks.snippets import array, parameter, set_linear, tensor

__all__ = ["Inputs", "OptimizerChecks", "steps"]

# What step() must leave as it was.
RECORDED = "step() is recorded in the graph: compute with .data, so that the parameter stays a leaf"
NOT_RECORDED = {
    "[w.requires_grad, w.is_leaf, w.is_parameter]": attribute([True, True, True], means=RECORDED),
    "type(w.grad_fn).__name__": attribute("NoneType", "AccumulateGrad", means=RECORDED),
    "[type(w).__name__, type(w.data).__name__]": attribute(
        ["Tensor", "ndarray"], means="a parameter's .data must stay a NumPy array: use param.grad.data, not param.grad"
    ),
}
CLEARS = "step() must leave .grad as it is: to clear it is zero_grad's affair"


@dataclass(frozen=True)
class Inputs:
    """Two parameters with three gradients each, and a Linear(2, 1) with its inputs."""

    w: np.ndarray  # (2, 3)
    gradients: list[np.ndarray]
    v: np.ndarray  # (2,)
    v_gradients: list[np.ndarray]
    x: np.ndarray  # (3, 2)
    weight: np.ndarray  # (1, 2)
    bias: np.ndarray  # (1,)

    @classmethod
    def drawn(cls, draw: Draw) -> Inputs:
        return cls(
            w=draw.array(2, 3),
            gradients=[draw.array(2, 3) for _ in range(3)],
            v=draw.array(2),
            v_gradients=[draw.array(2) for _ in range(3)],
            x=draw.array(3, 2),
            weight=draw.array(1, 2, step=0.1, low=0.2),
            bias=draw.array(1, step=0.1, low=0.2),
        )

    @property
    def rest(self) -> list[np.ndarray]:
        """One gradient, then zeros: what was remembered must go on."""
        return [self.gradients[0], np.zeros_like(self.w), np.zeros_like(self.w)]


def steps(gradients: Mapping[str, Sequence[np.ndarray]]) -> str:
    """Lines: a step with each of the gradients, set by hand. gradients: {name of a parameter: its own}."""
    lines = []
    for at_once in zip(*gradients.values()):
        lines += [f"{name}.grad = Tensor({array(g)})" for name, g in zip(gradients, at_once)]
        lines.append("optimizer.step()")
    return "\n".join(lines)


@dataclass(frozen=True)
class OptimizerChecks:
    """Checks of one optimizer with one choice of its options.

    made: the expression that makes it for parameters such as "[w, v]".
    descend: (start, gradients) -> where a parameter is after a step with each gradient.
    after: the same as `Expected`, with the places that mistakes lead to.
    """

    inputs: Inputs
    made: Callable[[str], str]
    descend: Callable[[np.ndarray, Sequence[np.ndarray]], np.ndarray]
    after: Callable[[np.ndarray, Sequence[np.ndarray]], Expected]
    failures: Mapping[str, str] = field(default_factory=dict)

    def check(self, title: str, points: float, snippet: str, expected: Mapping) -> Check:
        return Check(title, points, snippet, expected, self.failures)

    def lines(self, gradients: Sequence[np.ndarray]) -> str:
        """w takes a step with each of the gradients."""
        return f"{parameter('w', self.inputs.w)}\noptimizer = {self.made('[w]')}\n{steps({'w': gradients})}"

    def place(self, title: str, points: float, gradients: Sequence[np.ndarray]) -> Check:
        """Where w is after these gradients."""
        return self.check(title, points, self.lines(gradients), {"w.data": self.after(self.inputs.w, gradients)})

    def two_parameters(self, title: str, points: float, after_w: Callable, after_v: Callable) -> Check:
        """w and v, of different shapes, take two steps."""
        of = self.inputs
        met_w, met_v = of.gradients[:2], of.v_gradients[:2]
        return self.check(
            title,
            points,
            f"{parameter('w', of.w)}\n{parameter('v', of.v)}\noptimizer = {self.made('[w, v]')}\n"
            + steps({"w": met_w, "v": met_v}),
            {"w.data": after_w(of.w, met_w), "v.data": after_v(of.v, met_v)},
        )

    def not_recorded(
        self, title: str, points: float, gradients: Sequence[np.ndarray], keeps_gradient: bool = False
    ) -> Check:
        """step() stays out of the graph. keeps_gradient: the handout says that it leaves .grad as it is, too."""
        return self.check(
            title,
            points,
            self.lines(gradients),
            {
                **NOT_RECORDED,
                **({"w.grad.data": Expected(gradients[-1], otherwise=CLEARS)} if keeps_gradient else {}),
                # Where it has gone to is asked elsewhere.
                "w.data": Expected(self.inputs.w, differs=True, otherwise="the parameter has not changed"),
            },
        )

    def leaves_gradient(self, title: str, gradients: Sequence[np.ndarray]) -> Check:
        """A warning, where the handout says nothing of it."""
        kept = {"w.grad.data": Expected(gradients[-1], otherwise=CLEARS)}
        return Check(title, 0, self.lines(gradients), kept, self.failures, beyond=True)

    def rounds(self, title: str, points: float) -> Check:
        """A Linear(2, 1) is trained for three rounds on sum((x W^T + b)^2)."""
        of = self.inputs
        snippet = f"""
{set_linear("layer", of.weight, of.bias)}
{tensor("x", of.x)}
optimizer = {self.made("layer.parameters()")}
for _ in range(3):
    optimizer.zero_grad()
    out = layer(x)
    loss = out * out
    loss.backward()
    optimizer.step()
"""
        kept = {"zero_grad() does not clear the gradients": self._trained(clear=False)}
        return self.check(title, points, snippet, {"layer.weight.data": Expected(self._trained(), kept)})

    def _trained(self, clear: bool = True) -> np.ndarray:
        """The layer's weight after `rounds`. clear: whether zero_grad() does what it should."""
        of = self.inputs
        w, b = of.weight, of.bias
        met_w: list[np.ndarray] = []
        met_b: list[np.ndarray] = []
        for _ in range(3):
            out = of.x @ w.T + b
            left_w, left_b = (0, 0) if clear or not met_w else (met_w[-1], met_b[-1])
            met_w.append(left_w + 2 * out.T @ of.x)
            met_b.append(left_b + 2 * out.sum(0))
            w, b = self.descend(of.weight, met_w), self.descend(of.bias, met_b)
        return w
