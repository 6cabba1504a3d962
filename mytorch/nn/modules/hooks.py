"""Hooks on modules: functions that see, and may change, what goes into a module and what comes out,
on the way forward and on the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from mytorch.engine.grad_mode import is_grad_enabled
from mytorch.engine.hooks import RemovableHandle
from mytorch.ops.shapes.join import cat
from mytorch.tensor import Tensor

__all__ = ["HookedModule"]


P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class HasForward(Protocol[P, R]):
    """What checkers of types know of a module: calling it is calling its `forward`."""

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


class _Hooks:
    """The hooks of one module, by when they run. Those on the way forward take keyword arguments too."""

    def __init__(self) -> None:
        self.forward_pre: dict[Any, Callable[..., Any]] = {}
        self.forward: dict[Any, Callable[..., Any]] = {}
        self.backward_pre: dict[Any, Callable[..., Any]] = {}
        self.backward: dict[Any, Callable[..., Any]] = {}


class HookedModule:
    """The part of class Module that calls `forward`, with the hooks around it."""

    _hooks: _Hooks | None = None  # made with the first hook, so that a module without hooks pays nothing
    forward: Callable[..., Any]

    if TYPE_CHECKING:  # a call has the arguments and the result of the subclass's own `forward`

        def __call__(self: HasForward[P, R], *args: P.args, **kwargs: P.kwargs) -> R: ...

    else:

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return self.forward(*args, **kwargs) if self._hooks is None else self._call_with_hooks(args, kwargs)

    def _call_with_hooks(self, args: tuple, kwargs: dict) -> Any:
        hooks = self._hooks
        assert hooks is not None
        for hook in list(hooks.forward_pre.values()):
            changed = hook(self, args, kwargs)
            if changed is not None:
                args, kwargs = changed
        on_backward = None
        if (hooks.backward or hooks.backward_pre) and is_grad_enabled():
            on_backward = _BackwardHooks(self, hooks)
            args = on_backward.watch_inputs(args)
        output = self.forward(*args, **kwargs)
        for hook in list(hooks.forward.values()):
            changed = hook(self, args, kwargs, output)
            output = output if changed is None else changed
        return output if on_backward is None else on_backward.watch_outputs(output)

    def _add_hook(self, kind: str, hook: Callable[..., Any], prepend: bool) -> RemovableHandle:
        registry = getattr(self.__dict__.setdefault("_hooks", _Hooks()), kind)
        earlier = list(registry)
        handle = RemovableHandle(registry, hook)
        for key in earlier if prepend else ():  # put the others behind it
            registry[key] = registry.pop(key)
        return handle

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before every forward; what it returns, if not None, takes the
        place of the arguments. with_kwargs: `hook(module, args, kwargs)`, which returns both.
        Returns a handle with `remove()`. prepend: before the hooks that are there already."""
        return self._add_hook("forward_pre", hook if with_kwargs else _args_only(hook), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after every forward; what it returns, if not None, takes
        the place of the output. with_kwargs: `hook(module, args, kwargs, output)`."""
        _require_callable(hook)
        return self._add_hook(
            "forward", hook if with_kwargs else lambda module, args, kwargs, output: hook(module, args, output), prepend
        )

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` when the gradients of the module's outputs are complete; a
        tuple or Tensor that it returns takes their place."""
        return self._add_hook("backward_pre", hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the module's inputs are
        complete. Both are tuples: grad_input has an entry for every positional argument, None for
        those without gradient. A tuple or Tensor that it returns takes the place of grad_input."""
        return self._add_hook("backward", hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """PyTorch's older name of `register_full_backward_hook`."""
        return self.register_full_backward_hook(hook)


def _args_only(hook: Callable[..., Any]) -> Callable[..., Any]:
    """A forward pre-hook that knows nothing of keyword arguments, as one that passes them on."""
    _require_callable(hook)

    def with_kwargs(module: Any, args: tuple, kwargs: dict) -> tuple[tuple, dict] | None:
        changed = hook(module, args)
        if changed is None:
            return None
        return changed if isinstance(changed, tuple) else (changed,), kwargs

    return with_kwargs


def _require_callable(hook: Any) -> None:
    if not callable(hook):
        raise TypeError(f"hook must be callable, got {type(hook).__name__}")


class _BackwardHooks:
    """One forward call of a module with backward hooks.

    Its inputs and its outputs go through a node each, and hooks on those nodes see the gradients."""

    def __init__(self, module: Any, hooks: _Hooks) -> None:
        self.module = module
        self.hooks = hooks
        self.grad_output: tuple | None = None  # between the gradient's arrival and the end of the module
        self.positions: list[int] = []  # of the arguments that require grad
        self.count = 0

    def watch_inputs(self, args: tuple) -> tuple:
        self.count = len(args)
        self.positions = [i for i, arg in enumerate(args) if isinstance(arg, Tensor) and arg.requires_grad]
        watched = _through_one_node([args[i] for i in self.positions], self._at_inputs)
        return tuple([watched.pop(0) if i in self.positions else arg for i, arg in enumerate(args)])

    def watch_outputs(self, output: Any) -> Any:
        outputs = output if isinstance(output, tuple) else (output,)
        positions = [i for i, out in enumerate(outputs) if isinstance(out, Tensor) and out.requires_grad]
        self.output_positions, self.output_count = positions, len(outputs)
        watched = _through_one_node([outputs[i] for i in positions], self._at_outputs)
        outputs = tuple([watched.pop(0) if i in positions else out for i, out in enumerate(outputs)])
        return outputs if isinstance(output, tuple) else outputs[0]

    def _at_outputs(self, gradients: list) -> list:
        grads = _spread(gradients, self.output_positions, self.output_count)
        for hook in list(self.hooks.backward_pre.values()):
            grads = _hooked_gradients(hook(self.module, grads), grads, "grad_output")
        self.grad_output = grads
        if not self.positions:  # no input asks for a gradient, so this is the end of the module
            self._run_backward((None,) * self.count)
        return [grads[i] for i in self.output_positions]

    def _at_inputs(self, gradients: list) -> list:
        if self.grad_output is None:  # a gradient that did not come through the outputs: of a second derivative
            return gradients
        grads = self._run_backward(_spread(gradients, self.positions, self.count))
        return [grads[i] for i in self.positions]

    def _run_backward(self, grads: tuple) -> tuple:
        for hook in list(self.hooks.backward.values()):
            grads = _hooked_gradients(hook(self.module, grads, self.grad_output), grads, "grad_input")
        self.grad_output = None
        return grads


def _through_one_node(tensors: list[Tensor], on_gradients: Callable[[list], list]) -> list[Tensor]:
    """The same tensors behind a new node, whose hook calls `on_gradients` with all their gradients.

    Several are joined end to end and cut apart again: the node that joins them gets its gradient
    when those of all the pieces are complete. (A piece that nothing uses has gradient 0.)"""
    if not tensors:
        return []
    joined = tensors[0].reshape(-1) if len(tensors) == 1 else cat([tensor.reshape(-1) for tensor in tensors])
    joined.register_hook(lambda gradient: _joined(on_gradients(_cut(gradient, tensors))))
    return _cut(joined, tensors)


def _cut(joined: Tensor, originals: Sequence[Tensor]) -> list[Tensor]:
    """`joined` (1-d) cut into pieces of the shapes of `originals`."""
    pieces, start = [], 0
    for tensor in originals:
        pieces.append(joined[start : start + tensor.numel()].reshape(tensor.shape))
        start += tensor.numel()
    return pieces


def _joined(tensors: list[Tensor]) -> Tensor:
    flat = [tensor.reshape(-1) for tensor in tensors]
    return flat[0] if len(flat) == 1 else cat(flat)


def _spread(values: list, positions: list[int], count: int) -> tuple:
    """A tuple of `count` with the values at their positions and None elsewhere."""
    spread: list[Any] = [None] * count
    for position, value in zip(positions, values):
        spread[position] = value
    return tuple(spread)


def _hooked_gradients(result: Any, grads: tuple, name: str) -> tuple:
    """What a hook returned in the place of `grads`, which it must match; `grads` if it was None."""
    if result is None:
        return grads
    result = result if isinstance(result, tuple) else (result,)
    shapes = [None if g is None else g.shape for g in result]
    expected = [None if g is None else g.shape for g in grads]
    if shapes != expected:
        raise RuntimeError(f"a backward hook must return a {name} of shapes {expected}, got {shapes}")
    return result
