"""Problem 6.2: the convolutional layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, array
from autograder.layers_autograder.common import lines, no_loop, second_batch, uniform, with_weights
from autograder.layers_autograder.reference import convolve, gradients, overwritten, placed

__all__ = ["conv_problem", "too_few"]

FLIPPED = "the kernel is flipped: cross-correlation is asked for"
STRIDE, PAD = "the stride is ignored", "the padding is ignored"


@dataclass(frozen=True)
class Case:
    """A layer with arctan, its input and the gradient of its output."""

    X: Formula
    W: Formula
    b: Formula
    dLdY: Formula  # noqa: N815 (the handout's name)
    stride: int = 1
    pad: tuple[int, int] = (0, 0)
    word: Any = "valid"  # as the layer is told the padding

    @classmethod
    def drawn(cls, draw: Draw, image: tuple, kernel: tuple, **options: Any) -> Case:
        X, W, b = uniform(draw, *image), uniform(draw, *kernel), uniform(draw, 1, kernel[-1])
        case = cls(X, W, b, b, **options)
        return replace(case, dLdY=uniform(draw, *case.pre_activation(*case.values).shape))

    @property
    def values(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.X.value, self.W.value, self.b.value

    def pre_activation(self, X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
        return convolve(X, W, b, self.stride, self.pad)

    def snippet(self, *rest: str) -> str:
        k_1, k_2, _, n = self.W.value.shape
        made = f'Conv2D({n}, ({k_1}, {k_2}), "arctan", stride={self.stride}, pad={self.word!r})'
        return lines("layers", {"X": self.X}, *with_weights(made, self.W, self.b), *rest)

    def forward(self) -> Expected:
        X, W, b = self.values
        Z = self.pre_activation(X, W, b)
        right = np.arctan(Z)
        mistakes = {
            FLIPPED: np.arctan(self.pre_activation(X, W[::-1, ::-1], b)),
            "the bias is missing": np.arctan(Z - b),
            "the activation is missing": Z,
            STRIDE: np.arctan(convolve(X, W, b, 1, self.pad)),
            "rows and columns of the padding are exchanged: self.pad is (rows, columns)": _if_fits(
                lambda: np.arctan(convolve(X, W, b, self.stride, self.pad[::-1]))
            ),
            PAD: _if_fits(lambda: np.arctan(convolve(X, W, b, self.stride))),
            "the bias is added for each place in the kernel": np.arctan(Z + (W[..., 0, 0].size - 1) * b),
            "all numbers of b are added to every channel: each channel has its own": np.arctan(Z - b + b.sum()),
            "only one channel of the input is used": np.arctan(
                convolve(X[..., :1], W[:, :, :1], b, self.stride, self.pad)
            ),
        }
        if W.shape[0] == W.shape[1]:
            mistakes["rows and columns of the kernel are exchanged"] = np.arctan(
                self.pre_activation(X, W.swapaxes(0, 1), b)
            )
        mistakes |= {**self.wrong_padding(), **too_few(right)}
        return Expected(right, {words: v for words, v in mistakes.items() if not _same(v, right)})

    def wrong_padding(self) -> dict[str, Any]:
        """What other numbers than zeros, and zeros at other places, lead to."""
        (X, W, b), (p, q) = self.values, self.pad

        def padded(rows: tuple[int, int], columns: tuple[int, int], mode: str = "constant") -> Any:
            wide = ((0, 0), rows, columns, (0, 0))
            return _if_fits(lambda: np.arctan(convolve(np.pad(X, wide, mode=mode), W, b, self.stride)))

        modes = ("edge", "reflect", "symmetric", "wrap")
        return {
            "the padding must be zeros": tuple(padded((p, p), (q, q), mode) for mode in modes),
            "the padding is on one side only: it belongs on both": (padded((p, 0), (q, 0)), padded((0, p), (0, q))),
            "the padding is twice as wide as asked for": padded((2 * p, 2 * p), (2 * q, 2 * q)),
        }

    def gradients(self) -> dict[str, Expected]:
        """{expression: Expected}"""
        X, W, b = self.values
        dZ = self.dLdY.value / (1 + self.pre_activation(X, W, b) ** 2)
        of_Z = gradients(X, W, dZ, self.stride, self.pad)
        raw = gradients(X, W, self.dLdY.value, self.stride, self.pad)
        skipped = "the derivative of the activation is missing: use self.activation.backward(Z, dLdY)"
        at_output, m = "activation.backward is given the output instead of Z", len(X)
        slope_of_Y = 1 + np.arctan(self.pre_activation(X, W, b)) ** 2
        twice = gradients(X, W, self.dLdY.value / slope_of_Y, self.stride, self.pad)
        flipped = gradients(X, W[::-1, ::-1], dZ, self.stride, self.pad)[0]
        padded = np.pad(X, ((0, 0), (self.pad[0],) * 2, (self.pad[1],) * 2, (0, 0)))
        uncut = gradients(padded, W, dZ, self.stride, (0, 0))[0]
        to_X = {
            skipped: raw[0],
            "the kernel is flipped in backward: each output hands its gradient back to where it came from": flipped,
            "the gradients of windows that overlap must add up": overwritten(X, W, dZ, self.stride, self.pad),
            "the padding is still in it: cut it off": uncut,
            "the stride is ignored in backward: the window of [x, y] begins at [stride x, stride y]": _if_fits(
                lambda: placed(X, W, dZ, 1, self.pad)
            ),
            at_output: twice[0],
            "W is not transposed: dL/dX is made of dL/dZ W[i, j]^T": _if_fits(
                lambda: placed(X, W.swapaxes(2, 3), dZ, self.stride, self.pad)
            ),
            "rows and columns of the kernel are exchanged": _if_fits(
                lambda: placed(X, W.swapaxes(0, 1), dZ, self.stride, self.pad)
            ),
        }
        to_W = {
            skipped: raw[1],
            "flipped: dL/dW[i, j] belongs to the place [i, j] of the kernel": of_Z[1][::-1, ::-1],
            at_output: twice[1],
            "divided by the batch size: the loss has done that already": of_Z[1] / m,
            "it stays as _init_parameters has made it: put dL/dW into self.gradients": np.zeros_like(W),
        }
        to_b = {
            skipped: raw[2],
            at_output: twice[2],
            "add up over the batch and over the image": (dZ.sum(axis=0), dZ.sum(axis=(1, 2))),
            "summed over the channels too: each channel has a b of its own": (dZ.sum(), dZ.sum().reshape(1, 1)),
            "the mean instead of the sum": (dZ.mean(axis=(0, 1, 2))[None], of_Z[2] / m),
            "the shape is (n,), and must be that of b, (1, n)": of_Z[2][0],
        }
        names = ('layer.gradients["W"]', 'layer.gradients["b"]', "dLdX")
        found = {}
        for name, right, mistakes in zip(names, (of_Z[1], of_Z[2], of_Z[0]), (to_W, to_b, to_X)):
            found[name] = Expected(right, {words: v for words, v in mistakes.items() if not _same(v, right)})
        return found

    def backward(self) -> str:
        return self.snippet(f"dLdY = {array(self.dLdY)}", "layer.forward(X)", "dLdX = layer.backward(dLdY)")

    def again(self, later: Case) -> dict[str, Expected]:
        """The gradients of the batch `later` after this one."""
        (X, W, b), (X_2, *_) = self.values, later.values
        slope, slope_2 = (1 / (1 + self.pre_activation(x, W, b) ** 2) for x in (X, X_2))
        first, second, stale = self.dLdY.value * slope, later.dLdY.value * slope_2, later.dLdY.value * slope

        def of(x: np.ndarray, dZ: np.ndarray) -> list[np.ndarray]:
            return gradients(x, W, dZ, self.stride, self.pad)

        parts = zip(of(X_2, second), of(X, first), of(X, second), of(X, stale), of(X_2, stale))
        names = ("dLdX", 'layer.gradients["W"]', 'layer.gradients["b"]')
        found = {name: second_batch(*values) for name, values in zip(names, parts)}
        return {name: found[name] for name in (*names[1:], names[0])}

    def twice(self, later: Case) -> str:
        more = (f"X_2 = {array(later.X)}", f"dLdY_2 = {array(later.dLdY)}")
        run = ("layer.forward(X)", "layer.backward(dLdY)", "layer.forward(X_2)", "dLdX = layer.backward(dLdY_2)")
        return self.snippet(f"dLdY = {array(self.dLdY)}", *more, *run)


def too_few(right: np.ndarray) -> dict[str, Any]:
    """Outputs (m, r_1, r_2, ...) without their last windows."""
    parts = right[:, :-1, :-1], right[:, :-1], right[:, :, :-1]
    return {"the last windows are missing: there are r = (H + 2 pad - k) // stride + 1 of them": parts}


def _same(a: Any, b: np.ndarray) -> bool:
    """Whether a mistake cannot be told from what is right, as an ignored padding of 0."""
    return any(
        v is None or (np.shape(v) == b.shape and np.allclose(v, b)) for v in (a if isinstance(a, tuple) else (a,))
    )


def _if_fits(make: Any) -> Any:
    try:
        return make()
    except ValueError:  # the kernel is larger than the image without padding
        return None


def conv_problem(draw: Draw) -> Problem:
    plain = Case.drawn(draw, (2, 4, 5, 2), (3, 3, 2, 2))
    same = Case.drawn(draw, (1, 4, 5, 1), (3, 5, 1, 2), pad=(1, 2), word="same")
    strided = Case.drawn(draw, (2, 5, 6, 2), (2, 3, 2, 1), stride=2, pad=(1, 1), word=1)
    later = replace(plain, X=uniform(draw, *plain.X.value.shape), dLdY=uniform(draw, *plain.dLdY.value.shape))
    by_part = plain.gradients()
    checks = (
        Check(
            "forward", 3, plain.snippet("Y = layer.forward(X)"), {"Y": plain.forward(), "X": unchanged(plain.X.value)}
        ),
        Check("forward: padding", 2, same.snippet("Y = layer.forward(X)"), {"Y": same.forward()}),
        Check("forward: stride 2", 2, strided.snippet("Y = layer.forward(X)"), {"Y": strided.forward()}),
        *(
            Check(f"backward: {title}", points, plain.backward(), {name: by_part[name]})
            for title, points, name in (
                ("dL/dW", 3, 'layer.gradients["W"]'), ("dL/db", 1, 'layer.gradients["b"]'), ("dL/dX", 3, "dLdX"),
            )
        ),
        Check("a second batch", 1, plain.twice(later), plain.again(later)),
        Check("backward: padding", 2, same.backward(), same.gradients()),
        Check("backward: stride 2", 2, strided.backward(), strided.gradients()),
        no_loop(
            1, "layers", 'layer = layers.Conv2D(2, (3, 3), "relu")', "layer.forward(np.ones((n, 4, 4, 1)))",
            "layer.backward(np.ones((n, 4, 4, 2)))",
        ),
        Check(
            "a kernel that is no square, stride 3",
            4,
            (other := Case.drawn(draw, (3, 7, 5, 1), (1, 2, 1, 2), stride=3)).backward(),
            other.gradients(),
            hidden=True,
        ),
    )  # fmt: skip
    return Problem("6.2", "Convolutional layer", 20, checks, "sections 2.4 and 6.2")
