"""One backward as data: a Record per operation that ran and per leaf that was reached."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from mytorch.insight.numbers import Amount

__all__ = ["Contribution", "Kept", "Record", "Sent"]


@dataclass
class Contribution:
    """What came in from one side. source: the step that sent it, 0 for the start. output: of which output of an
    operation with several it is the gradient."""

    source: int
    amount: Amount
    output: int = 0


@dataclass
class Sent:
    """What went to one argument of the operation's `forward`.

    to: "#3 Mul", the name of a leaf, or None; step: of the Record that received it. amount is None, and skipped says
    why, if nothing went there.
    """

    argument: int
    to: str | None
    step: int | None
    amount: Amount | None
    skipped: str | None = None


@dataclass
class Kept:
    """A tensor that the forward kept for this backward."""

    name: str | None
    amount: Amount


@dataclass
class Record:
    """An operation's step of a backward, or what a leaf received.

    step: its number in running order, from 1; the leaves come after the operations.
    kind: "operation" or "leaf".   operation: the Function's name, "AccumulateGrad" for a leaf.
    name: of the variable or parameter.   module: dotted name of its module, see `tracing`.
    vertex: its number in the Explanation's graph.   shape: of the output.   value: of the output, if known and small.
    rule: the Function's own formula.   received: the contributions; gradient: their sum, after hooks, one per output.
    sent: one per argument.   kept, memory: what the forward kept for it, in bytes what nothing before it holds.
    notes: hooks, in-place changes and other things that one should know.
    grad_before, grad_after: of a leaf, its `.grad`.
    """

    step: int
    kind: str
    operation: str
    name: str | None
    module: str | None
    vertex: int
    shape: tuple
    value: Any = None
    rule: str = ""
    received: list[Contribution] = field(default_factory=list)
    gradient: list[Amount | None] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    memory: int = 0
    notes: list[str] = field(default_factory=list)
    grad_before: Amount | None = None
    grad_after: Amount | None = None

    @property
    def label(self) -> str:
        """`#3 Mul`, `#3 Add = d`, or a leaf's name."""
        if self.kind == "leaf":
            return self.name or f"leaf {self.shape}"
        return f"#{self.step} {self.operation}" + (f" = {self.name}" if self.name else "")

    def as_dict(self) -> dict[str, Any]:
        """Dicts, lists, strings and numbers only, for JSON."""
        return asdict(self)
