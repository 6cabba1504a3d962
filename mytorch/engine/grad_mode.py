"""Whether operations are recorded: a switch per thread (PyTorch's `no_grad` and its relatives)."""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["enable_grad", "inference_mode", "is_grad_enabled", "no_grad", "set_grad_enabled"]


class _GradMode(threading.local):
    enabled = True  # where every thread starts; each changes only its own


grad_mode = _GradMode()


def is_grad_enabled() -> bool:
    """Whether this thread records the operations that it runs."""
    return grad_mode.enabled


class GradModeBlock:
    """Recording on or off inside a `with` block, or during each call of a decorated function."""

    def __init__(self, mode: bool) -> None:
        self.mode = bool(mode)
        self._previous: list[bool] = []  # a stack: a block may be entered again inside itself

    def __enter__(self) -> None:
        self._previous.append(grad_mode.enabled)
        grad_mode.enabled = self.mode

    def __exit__(self, *exception: object) -> None:
        grad_mode.enabled = self._previous.pop()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function` with recording on or off in its body. Of a generator function that is every step of
        the body, and never the caller between two steps. As in PyTorch the bodies of `async def` are not
        covered (write the `with` block inside), and a class is deprecated: only its making is covered."""
        if inspect.isclass(function):
            warnings.warn(
                f"decorating the class {function.__name__} covers only the making of its objects and leaves a function "
                "in its place; decorate its methods",
                FutureWarning,
                stacklevel=2,
            )
            return _in_block(self.mode, lambda *args, **kwargs: function(*args, **kwargs))
        wrapped = _in_steps if inspect.isgeneratorfunction(function) else _in_block
        return wrapped(self.mode, function)


def _in_block(mode: bool, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def in_block(*args: Any, **kwargs: Any) -> Any:
        with GradModeBlock(mode):  # a new one per call: threads may share the function
            return function(*args, **kwargs)

    return in_block


def _in_steps(mode: bool, function: Callable[..., Any]) -> Callable[..., Any]:
    """A generator function whose body runs in `mode`: from each `next`, `send` or `throw` to the next `yield`."""

    @functools.wraps(function)
    def in_steps(*args: Any, **kwargs: Any) -> Iterator[Any]:
        generator = function(*args, **kwargs)
        step, given = generator.send, None
        while True:
            try:
                with GradModeBlock(mode):
                    answer = step(given)
            except StopIteration as end:
                return end.value
            step, given = generator.send, None
            try:
                given = yield answer
            except GeneratorExit:
                with GradModeBlock(mode):
                    generator.close()
                raise
            except BaseException as error:  # the caller's `throw`: into the body with it
                step, given = generator.throw, error

    return in_steps


class set_grad_enabled(GradModeBlock):  # noqa: N801 (PyTorch's name)
    """`set_grad_enabled(mode)` switches this thread's recording at once; in `with` or as a
    decorator it lasts for the block or the call."""

    def __init__(self, mode: bool) -> None:
        super().__init__(mode)
        self._before: bool | None = grad_mode.enabled
        grad_mode.enabled = self.mode

    def _undo_plain_call(self) -> None:
        if self._before is not None:
            grad_mode.enabled, self._before = self._before, None

    def __enter__(self) -> None:
        self._undo_plain_call()
        super().__enter__()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        self._undo_plain_call()
        return super().__call__(function)


def no_grad(function: Callable[..., Any] | None = None) -> Any:
    """`with no_grad():` or `@no_grad()`: record nothing; results do not require gradients."""
    return GradModeBlock(False) if function is None else GradModeBlock(False)(function)


def enable_grad(function: Callable[..., Any] | None = None) -> Any:
    """`with enable_grad():` or `@enable_grad()`: record again, inside a `no_grad` block."""
    return GradModeBlock(True) if function is None else GradModeBlock(True)(function)


def inference_mode(mode: Any = True) -> Any:
    """PyTorch's stricter `no_grad`; here the same. With mode=False recording is on, as in PyTorch."""
    if callable(mode):
        return no_grad(mode)
    return GradModeBlock(not mode)
