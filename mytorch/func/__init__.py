"""Functions that make functions, after JAX: `grad(f)`, `vjp(f, x)`, `jacrev(f)`, `vmap(f)`, and `functional_call`.

    slope = mytorch.func.grad(lambda x: (x ** 2).sum())
    slope(x)                                # 2 x
    mytorch.func.vmap(slope)(rows)          # a loop over the rows: as correct as PyTorch's, not as quick

The results can be differentiated again, as PyTorch's can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mytorch.autograd import functional
from mytorch.compat.left_out import lacking
from mytorch.engine.grad_mode import enable_grad
from mytorch.engine.node import AccumulateGrad
from mytorch.gradients import grad as gradients_of
from mytorch.nn.module import Module
from mytorch.ops.shapes.join import stack
from mytorch.tensor import Tensor

__all__ = [
    "functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "stack_module_state", "vjp",
    "vmap",
]  # fmt: skip

Arguments = int | tuple[int, ...]


def grad(func: Callable[..., Any], argnums: Arguments = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns d func / d args[argnums] instead of func's value, which must have one element.

    argnums: which arguments, an int or a tuple of ints; an argument may be a Tensor, or a dict, list or tuple of
        them. has_aux: func returns (value, something else), the new function (gradient, something else).
    """
    with_value = grad_and_value(func, argnums, has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        slope, value = with_value(*args, **kwargs)
        return (slope, value[1]) if has_aux else slope

    return gradient


def grad_and_value(func: Callable[..., Any], argnums: Arguments = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns (gradient, value), see `grad`; with has_aux (gradient, (value, something else))."""
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)

    def both(*args: Any, **kwargs: Any) -> tuple:
        with enable_grad():
            args, leaves, trees = _differentiable("grad", args, numbers)
            result = func(*args, **kwargs)
            value = result[0] if has_aux else result
            if not isinstance(value, Tensor) or value.numel() != 1:
                raise RuntimeError(f"grad: func must return one Tensor with one element, got {value!r:.80}")
            found = _gradients(value, leaves)
            found = {key: _finished(slope, leaves) for key, slope in found.items()}
            value = _finished(value, leaves)
        slopes = tuple([_filled(tree, found) for tree in trees])
        result = (value, result[1]) if has_aux else value
        return (slopes if isinstance(argnums, tuple) else slopes[0]), result

    return both


def _gradients(value: Tensor, leaves: list[Tensor]) -> dict[int, Tensor]:
    """The gradients by the `id` of their tensor; zeros where func does not use it."""
    if not value.requires_grad:
        value = value + sum([(leaf * 0).sum() for leaf in leaves])
    slopes = gradients_of(value, leaves, create_graph=True, materialize_grads=True)
    return {id(leaf): slope for leaf, slope in zip(leaves, slopes)}


def _finished(result: Tensor, leaves: list[Tensor]) -> Tensor:
    """`result`, without its history where that leads to nothing but `leaves`, which are gone with this call."""
    ours = {id(leaf) for leaf in leaves}
    nodes, seen = [result.grad_fn], set()
    while nodes:
        node = nodes.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, AccumulateGrad):
            if id(node.variable) not in ours:
                return result
        else:
            nodes += node.next_functions
    return result.detach()


def _differentiable(function: str, args: tuple, numbers: tuple) -> tuple[tuple, list[Tensor], list[Any]]:
    """`args` with those of `numbers` to be differentiated by; their tensors; and they themselves.

    Each is detached first, unless it has a history of its own that outer derivatives go on in."""
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise ValueError(f"{function}: argnums is {number}, but there are {len(args)} arguments")
    leaves: list[Tensor] = []

    def fresh(x: Tensor) -> Tensor:
        if x.dtype.kind != "f":
            raise TypeError(f"{function}: an argument to differentiate by must be floating point, got {x.dtype}")
        leaves.append(x.reshape(*x.shape) if x.requires_grad else x.detach().requires_grad_())
        return leaves[-1]

    new = list(args)
    for number in numbers:
        new[number] = _mapped(fresh, args[number], function)
    return tuple(new), leaves, [new[number] for number in numbers]


def _mapped(function: Callable[[Tensor], Any], tree: Any, name: str) -> Any:
    """`tree`, a Tensor or dicts, lists and tuples of them, with `function` on every Tensor."""
    if isinstance(tree, Tensor):
        return function(tree)
    if isinstance(tree, Mapping):
        return {key: _mapped(function, value, name) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)([_mapped(function, value, name) for value in tree])
    raise TypeError(f"{name}: expected Tensors, or dicts, lists and tuples of them, got {type(tree).__name__}")


def _filled(tree: Any, found: dict[int, Tensor]) -> Any:
    return _mapped(lambda leaf: found[id(leaf)], tree, "grad")


# ---------------------------------------------------------------------------------- Jacobians


def jacrev(func: Callable[..., Any], argnums: Arguments = 0) -> Callable[..., Any]:
    """A function that returns the Jacobian of `func` by its argument number `argnums`, row by row backwards:
    (*output.shape, *argument.shape). For a dict of Tensors a dict of Jacobians, for several numbers a tuple."""
    if isinstance(argnums, tuple):
        each = [jacrev(func, number) for number in argnums]
        return lambda *args, **kwargs: tuple([one(*args, **kwargs) for one in each])

    def jacobian(*args: Any, **kwargs: Any) -> Any:
        def by(argument: Any, put_in: Callable[[Any], Any]) -> Any:
            if isinstance(argument, Mapping):
                return {
                    key: by(value, lambda x, key=key: put_in({**argument, key: x}))  # type: ignore[misc]
                    for key, value in argument.items()
                }
            return functional.jacobian(put_in, argument, create_graph=True)

        def with_argument(x: Any) -> Any:
            new = list(args)
            new[argnums] = x
            return func(*new, **kwargs)

        return by(args[argnums], with_argument)

    return jacobian


def jacfwd(func: Callable[..., Any], argnums: Arguments = 0) -> Callable[..., Any]:
    """The same numbers as `jacrev`. There is no forward mode here, so they are computed as `jacrev` does."""
    return jacrev(func, argnums)


def hessian(func: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """A function that returns the matrix of second derivatives: the Jacobian of the Jacobian."""
    return jacrev(jacrev(func, argnums), argnums)


def vjp(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., tuple]]:
    """(func(*primals), a function v -> v^T J, as a tuple with one entry per primal)."""
    with enable_grad():
        args, leaves, trees = _differentiable("vjp", primals, tuple(range(len(primals))))
        output = func(*args)
    if not isinstance(output, Tensor):
        raise TypeError(f"vjp: func must return a Tensor, got {type(output).__name__}")

    def pull_back(v: Tensor) -> tuple:
        if v.shape != output.shape:
            raise ValueError(f"vjp: v must have the output's shape {output.shape}, got {v.shape}")
        with enable_grad():
            found = _gradients((output * v).sum(), leaves)
        return tuple([_filled(tree, found) for tree in trees])

    return output, pull_back


def jvp(func: Callable[..., Any], primals: tuple, tangents: tuple) -> tuple[Any, Any]:
    """(func(*primals), J times the tangents): how the output changes along them."""
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise TypeError("jvp: primals and tangents must be tuples of Tensors")
    return functional.jvp(func, primals, tangents, create_graph=True)


# ------------------------------------------------------------------------------------ batches


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: int = 0, randomness: str = "error", **options: Any
) -> Callable[..., Any]:
    """`func` on every entry along an axis, the results stacked: a loop, so it saves writing and no time.

    in_dims: the axis, for all arguments or as a tuple with one for each; None passes an argument whole.
    out_dims: the axis along which results are stacked. randomness and chunk_size choose nothing here.
    """

    def batched(*args: Any, **kwargs: Any) -> Any:
        dims = in_dims if isinstance(in_dims, tuple) else (in_dims,) * len(args)
        if len(dims) != len(args):
            raise ValueError(f"vmap: in_dims has {len(dims)} entries for {len(args)} arguments")
        tensors: list[tuple[Tensor, int]] = []
        for arg, dim in zip(args, dims):
            if dim is not None:
                _mapped(lambda x, dim=dim: tensors.append((x, dim)), arg, "vmap")  # type: ignore[misc]
        sizes = {x.shape[dim] for x, dim in tensors}
        if len(sizes) != 1:
            raise ValueError(f"vmap: the arguments must have one size along in_dims, got {sorted(sizes)}")
        results = []
        for i in range(sizes.pop()):
            entry = [
                arg if dim is None else _mapped(lambda x, d=dim, i=i: x.select(d, i), arg, "vmap")  # type: ignore[misc]
                for arg, dim in zip(args, dims)
            ]
            results.append(func(*entry, **kwargs))
        return _stacked(results, out_dims)

    return batched


def _stacked(results: list[Any], dim: int) -> Any:
    if not results:
        raise ValueError("vmap: there is nothing along in_dims, so the result has no shape")
    first = results[0]
    if isinstance(first, Tensor):
        return stack(results, dim)
    if isinstance(first, Mapping):
        return {key: _stacked([result[key] for result in results], dim) for key in first}
    if isinstance(first, (list, tuple)):
        return type(first)([_stacked(list(entries), dim) for entries in zip(*results)])
    raise TypeError(f"vmap: func must return Tensors, or dicts, lists and tuples of them, got {type(first).__name__}")


# ------------------------------------------------------------------------------------ modules


def functional_call(module: Module, parameters: Any, args: Any = (), kwargs: Any = None, **choices: Any) -> Any:
    """`module(*args, **kwargs)` with other tensors in the place of its parameters and buffers of those names.

    parameters: a dict {"hidden.weight": Tensor, ...}, or several. The module is as before when the call is over.
    """
    given: dict[str, Tensor] = {}
    for part in (parameters,) if isinstance(parameters, Mapping) else parameters:
        given.update(part)
    known = {name for name, _ in (*module.named_parameters(), *module.named_buffers())}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ValueError(f"functional_call: {type(module).__name__} has no parameter or buffer {', '.join(unknown)}")
    places = []
    for name, value in given.items():
        path, _, last = name.rpartition(".")
        owner = module.get_submodule(path)
        registry = owner._parameters if last in owner._parameters else owner._buffers
        places.append((registry, last, registry[last], value))
    try:
        for registry, last, _, value in places:
            registry[last] = value
        return module(*(args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for registry, last, before, _ in places:
            registry[last] = before


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """(parameters, buffers) of modules of one kind, each stacked along a new first axis: for `vmap` with
    `functional_call` over an ensemble."""
    if not models:
        raise RuntimeError("stack_module_state: expected at least one module, got none")
    if len({type(model) for model in models}) != 1:
        raise RuntimeError("stack_module_state: all modules must be of one class")
    parameters, buffers = [
        {name: stack([tensors[name].detach() for tensors in each]) for name in each[0]}
        for each in ([dict(m.named_parameters()) for m in models], [dict(m.named_buffers()) for m in models])
    ]
    trainable = {name: value.requires_grad for name, value in models[0].named_parameters()}
    return {name: value.requires_grad_(trainable[name]) for name, value in parameters.items()}, buffers


if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        return lacking(__name__, name)
