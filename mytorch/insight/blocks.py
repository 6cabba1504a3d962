"""The graph in few boxes: operations put together by module, modules that repeat put together as one, x12."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from mytorch.insight.fold import runs
from mytorch.insight.graph import Graph, Vertex
from mytorch.insight.membership import CONTAINERS

__all__ = ["Block", "Blocks", "blocks_of"]

MANY = 40  # boxes: with more, modules are put together unless a depth is asked for
_DEEPEST = 8


@dataclass
class Block:
    """One box. kind: "leaf", "operation", "module" or "repeated". members: numbers of vertices, in forward order.

    name: of the variable, parameter or module.   type: the Function's name or the module's class; of repeated
    ones "Linear -> ReLU".   count: how many there are of a repeated one.   shape: of what comes out.
    inputs: (number of a block, shape of what goes between) without repetition.   gradient: norm at the output.
    """

    kind: str
    name: str | None
    type: str
    members: list[int]
    shape: tuple
    count: int = 1
    inputs: list[tuple[int, tuple]] = field(default_factory=list)
    gradient: float | None = None
    parts: list[Block] = field(default_factory=list)


@dataclass
class Blocks:
    """blocks: each after those that it uses.   depth: None where single operations are shown."""

    blocks: list[Block]
    depth: int | None


def blocks_of(graph: Graph, depth: int | None = None, fold: bool = True) -> Blocks:
    """depth: how many levels of module names are kept apart; 0 puts each model into one box; None takes single
    operations if these make at most 40 boxes, else the greatest depth that does, else the one with fewest boxes.
    fold: put together what repeats three times or more in a row: modules, and where there are more than 40 boxes
    operations too."""
    if depth is not None:
        if not isinstance(depth, int) or isinstance(depth, bool) or depth < 0:
            raise ValueError(f"depth must be a whole number from 0, or None, got {depth!r}")
        return _at_depth(graph, depth, fold)
    best = _at_depth(graph, None, False)
    levels = min(_DEEPEST, max((v.module.count(".") + 1 for v in graph.vertices if v.module), default=0))
    candidates: list[int | None] = list(range(levels, 0, -1))
    for candidate in [*candidates, None]:
        if len(best.blocks) <= MANY:
            break
        at_depth = _at_depth(graph, candidate, fold)
        if len(at_depth.blocks) < len(best.blocks):
            best = at_depth
    return best


def _at_depth(graph: Graph, depth: int | None, fold: bool) -> Blocks:
    parents = {name[:i] for name in graph.module_types for i, letter in enumerate(name) if letter == "."}
    parents |= {""} if any(graph.module_types) else set()
    keys = [_key(vertex, depth, graph.module_types, parents) for vertex in graph.vertices]
    order = _sorted_by_key(graph, keys)
    groups = _consecutive(order, keys, graph)
    blocks = [_block(members, keys[members[0]], graph) for members in groups]
    if fold:
        many = len(blocks) + sum(v.is_leaf for v in graph.vertices) > MANY
        blocks = _folded(blocks, many)
    return Blocks(_with_leaves(blocks, graph, depth), depth)


def _key(vertex: Vertex, depth: int | None, types: dict[str, str], parents: set[str]) -> Hashable:
    """What operations that come into one box have in common: (module, its call). None: a box of its own."""
    if depth is None or vertex.module is None or vertex.is_leaf:
        return None
    parts = vertex.module.split(".") if vertex.module else []
    kept = min(depth, len(parts))
    while kept < len(parts) and types.get(".".join(parts[:kept])) in CONTAINERS:  # no level of its own
        kept += 1
    name = ".".join(parts[:kept])
    if kept < depth and name in parents:
        return None  # an operation of a module whose parts are shown
    calls = [call for module, call in vertex.calls if module == name]
    return name, calls[-1] if calls else 0


def _sorted_by_key(graph: Graph, keys: list[Hashable]) -> list[int]:
    """The operations, each after those that it uses, and those of one key together as far as that goes."""
    vertices = graph.vertices
    users: dict[int, list[int]] = {}
    missing = {}
    for vertex in vertices:
        if vertex.is_leaf:
            continue
        sources = {e.source for e in vertex.inputs if e is not None and not vertices[e.source].is_leaf}
        missing[vertex.number] = len(sources)
        for source in sources:
            users.setdefault(source, []).append(vertex.number)
    ready: dict[Hashable, list[int]] = {}
    for number in sorted((n for n, count in missing.items() if not count), reverse=True):
        ready.setdefault(keys[number], []).append(number)
    order: list[int] = []
    current: Hashable = None
    while ready:
        if current not in ready:
            current = min(ready, key=lambda key: ready[key][-1]) if len(ready) > 1 else next(iter(ready))
        number = ready[current].pop()
        if not ready[current]:
            del ready[current]
        order.append(number)
        for user in reversed(users.get(number, [])):
            missing[user] -= 1
            if not missing[user]:
                ready.setdefault(keys[user], []).append(user)
    return order


def _consecutive(order: list[int], keys: list[Hashable], graph: Graph) -> list[list[int]]:
    groups: list[list[int]] = []
    for number in order:
        if groups and keys[number] is not None and keys[number] == keys[groups[-1][-1]]:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _block(members: list[int], key: Hashable, graph: Graph) -> Block:
    last = graph.vertices[members[-1]]
    if key is None:
        return Block("operation", last.name, last.function, members, last.shape, gradient=last.gradient)
    name = key[0]  # type: ignore[index]
    kind = graph.module_types.get(name, "module")
    return Block("module", name, kind, members, last.shape, gradient=last.gradient)


def _folded(blocks: list[Block], operations_too: bool) -> list[Block]:
    def entry(block: Block, i: int) -> Hashable:
        if block.kind == "operation" and not operations_too:
            return i  # equal to nothing else
        return block.kind, block.type, len(block.members), block.shape

    found = []
    for run in runs([entry(block, i) for i, block in enumerate(blocks)]):
        parts = blocks[run.start : run.start + run.period * run.count]
        if run.count == 1:
            found += parts
            continue
        kinds = " → ".join(dict.fromkeys(part.type for part in parts[: run.period]))
        names = [part.name for part in parts if part.name]
        name = f"{names[0]} … {names[-1]}" if len(names) > 1 else None
        members = [number for part in parts for number in part.members]
        last = parts[-1]
        found.append(Block("repeated", name, kinds, members, last.shape, run.count, [], last.gradient, parts))
    return found


def _with_leaves(blocks: list[Block], graph: Graph, depth: int | None) -> list[Block]:
    """Add the leaves and the edges. A leaf that one box alone uses is inside it, if that is a module's."""
    owner = {number: block for block in blocks for number in block.members}
    users: dict[int, list[Block]] = {}
    for block in blocks:
        for number in block.members:
            for edge in graph.vertices[number].inputs:
                if edge is not None and graph.vertices[edge.source].is_leaf:
                    of_leaf = users.setdefault(edge.source, [])
                    if not of_leaf or of_leaf[-1] is not block:
                        of_leaf.append(block)
    inside: dict[int, list[int]] = {}  # id of a block -> its leaves
    result: list[Block] = []
    shown: set[int] = set()
    for block in blocks:
        for number in block.members:
            for edge in graph.vertices[number].inputs:
                leaf = None if edge is None else graph.vertices[edge.source]
                if leaf is None or not leaf.is_leaf or leaf.number in shown:
                    continue
                shown.add(leaf.number)
                if block.kind in ("module", "repeated") and len(users[leaf.number]) == 1 and leaf.module is not None:
                    inside.setdefault(id(block), []).append(leaf.number)
                    owner[leaf.number] = block
                else:
                    owner[leaf.number] = _leaf(leaf)
                    result.append(owner[leaf.number])
        result.append(block)
    if not result:  # the tensor is a leaf itself
        result = [_leaf(graph.vertices[-1])]
    places = {id(block): i for i, block in enumerate(result)}
    for block in result:
        for number in block.members:
            for edge in graph.vertices[number].inputs:
                if edge is not None and owner[edge.source] is not block:
                    block.inputs.append((places[id(owner[edge.source])], edge.shape))
        block.inputs = list(dict.fromkeys(block.inputs)) if len(block.members) > 1 else block.inputs
        block.members = [*inside.get(id(block), []), *block.members]
    return result


def _leaf(vertex: Vertex) -> Block:
    return Block("leaf", vertex.name, "leaf", [vertex.number], vertex.shape, gradient=vertex.gradient)
