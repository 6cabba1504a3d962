"""Every collective call against NumPy, for many dtypes and shapes. Each rank knows what the others have."""

import numpy as np

import mytorch
import mytorch.distributed as dist
from mytorch.distributed import ReduceOp

dist.init_process_group("mpi")
me, size = dist.get_rank(), dist.get_world_size()
assert dist.is_initialized()
assert dist.get_backend() == "mpi"
DTYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]
SHAPES = [(), (1,), (3, 2), (0,), (1000,)]


def of_rank(rank, shape, dtype):
    values = np.random.default_rng([rank, len(shape)]).integers(0, 3, size=shape)
    return np.asarray(values).astype(dtype)


def expected(op, arrays):
    if arrays[0].dtype == bool:
        return np.any(arrays, axis=0) if op in (ReduceOp.SUM, ReduceOp.MAX) else np.all(arrays, axis=0)
    how = {"SUM": np.sum, "PRODUCT": np.prod, "MIN": np.min, "MAX": np.max, "AVG": np.mean}[op.name]
    return how(np.stack(arrays).astype("float64"), axis=0).astype(arrays[0].dtype)


def same(tensor, array):
    data = tensor.data if isinstance(tensor, mytorch.Tensor) else tensor
    assert data.dtype == array.dtype
    assert data.shape == array.shape
    rtol = 1e-3 if array.itemsize == 2 else 1e-6
    np.testing.assert_allclose(data.astype("float64"), array.astype("float64"), rtol=rtol)


for dtype in DTYPES:
    for shape in SHAPES:
        arrays = [of_rank(rank, shape, dtype) for rank in range(size)]
        own = lambda: mytorch.Tensor(arrays[me].copy())  # noqa: B023, E731
        for op in ReduceOp:
            if op is ReduceOp.AVG and np.dtype(dtype).kind != "f":
                continue
            total = own()
            memory = total.data
            assert dist.all_reduce(total, op) is None
            same(total, expected(op, arrays))
            assert total.data is memory
            for dst in {0, size - 1}:
                total = own()
                dist.reduce(total, dst, op)
                same(total, expected(op, arrays) if me == dst else arrays[me])
        for root in {0, size - 1}:
            copy = own()
            dist.broadcast(copy, root)
            same(copy, arrays[root])
            gathered = [mytorch.zeros(shape, dtype=dtype) for _ in range(size)] if me == root else None
            dist.gather(own(), gathered, dst=root)
            for rank in range(size if me == root else 0):
                same(gathered[rank], arrays[rank])
            part = mytorch.zeros(shape, dtype=dtype)
            dist.scatter(part, [mytorch.Tensor(a) for a in arrays] if me == root else None, src=root)
            same(part, arrays[me])
        gathered = [mytorch.zeros(shape, dtype=dtype) for _ in range(size)]
        dist.all_gather(gathered, own())
        for rank in range(size):
            same(gathered[rank], arrays[rank])

# In place: an array, a part of a larger one, the memory that a graph has saved.
array = np.full((2, 4), float(me))
dist.all_reduce(array[:, ::2])
np.testing.assert_array_equal(array[:, 0], sum(range(size)))
np.testing.assert_array_equal(array[:, 1], me)
x = mytorch.ones(2, requires_grad=True)
y = x * 2
z = (y * y).sum()
if size > 1:
    dist.all_reduce(y)
    try:
        z.backward()
    except RuntimeError as error:
        assert "changed in place" in str(error)
    else:
        raise AssertionError("a saved tensor was changed, and nobody said so")
work = dist.all_reduce(mytorch.ones(1), async_op=True)
assert work.wait()
assert work.is_completed()

# Objects.
big = {"rank": me, "values": (1, 2.5, None, "ä", 2**100), "tensor": mytorch.full((me + 1,), float(me))}
objects = [None] * size
dist.all_gather_object(objects, big)
assert [o["rank"] for o in objects] == list(range(size))
assert all(o["values"] == (1, 2.5, None, "ä", 2**100) and o["tensor"].shape == (r + 1,) for r, o in enumerate(objects))
some = [me, {"a": [me]}]
dist.broadcast_object_list(some, src=size - 1)
assert some == [size - 1, {"a": [size - 1]}]
objects = [None] * size
dist.gather_object(me, objects if me == 0 else None)
assert objects == (list(range(size)) if me == 0 else [None] * size)

# From rank to rank.
if size > 1:
    around = mytorch.zeros(3)
    sending = dist.isend(mytorch.full((3,), float(me)), (me + 1) % size, tag=5)
    assert dist.recv(around, (me - 1) % size, tag=5) == (me - 1) % size
    sending.wait()
    assert around.tolist() == [(me - 1) % size] * 3
    if me == 0:
        one = np.zeros(1, "float16")
        found = sorted(dist.recv(one) for _ in range(size - 1))
        assert found == list(range(1, size))
        assert one[0] == 0.5
        try:
            dist.recv(mytorch.zeros(3), 1, tag=1)
        except RuntimeError as error:
            assert "rank 0 of" in str(error), error
            assert "rank 1 sends 16 bytes, and tensor takes 24" in str(error), error
        else:
            raise AssertionError("a message of another length, and nobody says so")
        dist.recv(one, 1, tag=1)
        assert one[0] == 0.25
    elif me == 1:
        dist.send(mytorch.full((1,), 0.5, dtype="float16"), 0)
        dist.send(mytorch.ones(2), 0, tag=1)
        dist.send(mytorch.full((1,), 0.25, dtype="float16"), 0, tag=1)
    else:
        dist.send(mytorch.full((1,), 0.5, dtype="float16"), 0)

# Wrong arguments are errors that name the rank and the argument, before anything is sent.
WRONG = [
    (TypeError, "tensor must be a Tensor", lambda: dist.all_reduce([1.0])),
    (TypeError, "op must be a ReduceOp", lambda: dist.all_reduce(mytorch.ones(1), "sum")),
    (TypeError, "AVG needs floating", lambda: dist.all_reduce(mytorch.arange(2), ReduceOp.AVG)),
    (TypeError, "numbers or truth", lambda: dist.broadcast(np.array(["a"]), 0)),
    (ValueError, "src must be a rank from 0", lambda: dist.broadcast(mytorch.ones(1), size)),
    (ValueError, "dst must be a rank from 0", lambda: dist.reduce(mytorch.ones(1), -1)),
    (ValueError, "one entry for each", lambda: dist.all_gather([mytorch.ones(1)] * (size + 1), mytorch.ones(1))),
    (ValueError, r"tensor_list[0] must be like", lambda: dist.all_gather([mytorch.ones(2)] * size, mytorch.ones(1))),
    (TypeError, "must be a list", lambda: dist.all_gather(None, mytorch.ones(1))),
    (ValueError, "must be another rank", lambda: dist.send(mytorch.ones(1), me)),
    (ValueError, "entries", lambda: dist.all_gather_object([], 1)),
    (ValueError, "one group", lambda: dist.barrier(group="some")),
    (TypeError, "set", lambda: dist.all_gather_object([None] * size, {1, 2})),
]
for kind, words, call in WRONG:
    try:
        call()
    except kind as error:
        assert words in str(error), error
        assert f"rank {me} of {size}" in str(error) or words in ("one group", "set"), error
    else:
        raise AssertionError(words)

# And so is what the ranks do not call alike: on all of them, and they can go on.
if size > 1:
    for call in (
        lambda: dist.all_reduce(mytorch.ones(2 + me)),
        lambda: dist.all_reduce(mytorch.ones(2, dtype="float32" if me else "float64")),
        lambda: dist.barrier() if me == 1 else dist.broadcast(mytorch.ones(3), 0),
        lambda: dist.broadcast(mytorch.ones(3), me % 2),
    ):
        try:
            call()
        except RuntimeError as error:
            assert "do not call the same: rank" in str(error), error
            assert "; rank" in str(error), error
        else:
            raise AssertionError("the ranks call different things, and nobody says so")
    dist.barrier()

dist.destroy_process_group()
assert not dist.is_initialized()
dist.init_process_group()
dist.barrier()
print("all right", flush=True)
