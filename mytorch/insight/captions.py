"""What is written into a box of a picture, and the colour of its gradient."""

from __future__ import annotations

import math
import re

from mytorch.insight.blocks import Block
from mytorch.insight.numbers import number_in_words

__all__ = ["TIMES", "Scale", "captions", "plain", "shape_in_words"]

TIMES = "\N{MULTIPLICATION SIGN}"
LONGEST = 44  # letters of a line
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# From pale to strong, in equal steps of lightness; black text is legible on all of them.
_COLOURS = ((255, 247, 214), (254, 217, 118), (253, 170, 80), (252, 121, 70), (236, 92, 75))
_SPAN = 1e-6  # what is smaller, against the largest, all has the palest colour
NOT_FINITE = "#ff7ad9"
ZERO = "#c9ced6"


def captions(block: Block) -> list[str]:
    """The lines in a box: the first one in bold."""
    shape = shape_in_words(block.shape)
    if block.kind == "leaf":
        lines = [block.name or "leaf", shape]
    elif block.kind == "operation":
        lines = [block.type, *([f"= {block.name}"] if block.name else [])]
    else:
        lines = [block.name, block.type] if block.name else [block.type]
        lines += [f"{TIMES}{block.count}"] if block.count > 1 else []
    if block.gradient is not None:
        lines.append(f"gradient {number_in_words(block.gradient)}")
    return [_shortened(plain(line)) for line in lines]


def shape_in_words(shape: tuple) -> str:
    """`4x8`, with a sign of multiplication; `()` of a number."""
    return TIMES.join(map(str, shape)) or "()"


def plain(text: str) -> str:
    """Without line breaks and what neither XML nor UTF-8 can hold."""
    return _NOT_IN_XML.sub("\ufffd", str(text)).replace("\n", " ").replace("\r", " ").replace("\t", " ")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2 - 1]} … {text[-LONGEST // 2 + 2 :]}"


class Scale:
    """Colours for norms of gradients, by their logarithms from the smallest to the largest."""

    def __init__(self, blocks: list[Block]) -> None:
        norms = [block.gradient for block in blocks if block.gradient is not None]
        usable = [norm for norm in norms if norm > 0 and math.isfinite(norm)]
        self.known = bool(norms)
        self.has_zero = any(norm == 0 for norm in norms)
        self.has_not_finite = any(not math.isfinite(norm) for norm in norms)
        self.low, self.high = (max(min(usable), max(usable) * _SPAN), max(usable)) if usable else (0.0, 0.0)

    def colour(self, gradient: float | None) -> str | None:
        """Of a norm, as #rrggbb; None for None."""
        if gradient is None:
            return None
        if not math.isfinite(gradient):
            return NOT_FINITE
        if gradient == 0:
            return ZERO
        span = math.log(self.high / self.low) if self.high > self.low else 0.0
        return self.at(math.log(gradient / self.low) / span if span else 0.5)

    @staticmethod
    def at(place: float) -> str:
        """The colour at `place`, from 0 to 1."""
        position = min(max(place, 0.0), 1.0) * (len(_COLOURS) - 1)
        i = min(int(position), len(_COLOURS) - 2)
        mixed = [round(a + (b - a) * (position - i)) for a, b in zip(_COLOURS[i], _COLOURS[i + 1])]
        return "#" + "".join([f"{part:02x}" for part in mixed])
