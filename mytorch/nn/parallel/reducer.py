"""class Reducer: averages the gradients of some parameters over all ranks, while backward still runs."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mytorch.distributed.group import Group
from mytorch.engine.observers import observers
from mytorch.nn.parallel.buckets import make_buckets
from mytorch.nn.parallel.gradient_watch import GradientWatch

__all__ = ["Reducer"]


class Reducer:
    """Fills buckets as the gradients become complete, sends each as soon as it is full, and at the end of the backward
    writes the averages into `.grad`.

    All ranks send the buckets in one order, 0, 1, 2, ...: MPI takes the first sum that one rank begins for the first
    that another does. So a full bucket waits until those before it have gone.

    What is sent is the whole `.grad` as it will be: what is there already, such as from `no_sync`, and what is new.

    sent_bytes: how many bytes of gradients this rank has given to MPI so far.
    """

    def __init__(
        self, group: Group, names: Sequence[str], parameters: Sequence[Any], most_bytes: int, find_unused: bool
    ) -> None:
        self.group, self.names, self.parameters, self.find_unused = group, list(names), list(parameters), find_unused
        self.known = set(self.parameters)
        self.comm = group.MPI.COMM_WORLD.Dup()  # a channel of its own, see Group
        self.buckets = make_buckets(parameters, most_bytes)
        self.bucket_of = {i: bucket for bucket in self.buckets for i in bucket.pieces}
        self.pieces = {i: piece for bucket in self.buckets for i, piece in bucket.pieces.items()}
        self.rounds = self.sent_bytes = 0
        self.open = False  # whether a round has begun and not ended
        self.sent = 0  # buckets of this round that are on their way
        self.reached: set[int] = set()  # parameters that this backward leads to
        self.begun: set[int] = set()  # those of which some gradient has come
        self.ready: set[int] = set()  # those whose piece is written
        self.awaited: set[int] | None = None  # those whose `.grad` has still to grow, once the first has
        self.watch = GradientWatch(weakref.proxy(self))
        weakref.finalize(self, _stop, self.watch)

    def listen(self, named: Iterable[tuple[str, Any]]) -> None:
        """Average what the next backward brings. named: all parameters of the model; RuntimeError if one requires grad
        that was frozen when it was wrapped, because ranks would not average it."""
        for name, parameter in named:
            if parameter.requires_grad and parameter not in self.known:
                raise RuntimeError(
                    f"{self.group}: {name} requires grad, but when DistributedDataParallel wrapped the model it was "
                    "frozen, or another one, so its gradient would not be averaged; wrap the model again"
                )
        leaves = {p._node: i for i, p in enumerate(self.parameters) if p.requires_grad}
        for node, i in leaves.items():
            if node not in self.watch.leaves:  # at first, and after it was frozen for a while
                self.parameters[i].register_post_accumulate_grad_hook(_tells(weakref.ref(self), i))
        self.watch.leaves = leaves
        if self.watch not in observers:
            observers.append(self.watch)

    def ignore(self) -> None:
        """Let gradients add up on each rank by itself, until `listen`."""
        _stop(self.watch)

    # ------------------------------------------------------------ what the watch tells in a backward

    def begin(self, reached: set[int]) -> None:
        """RuntimeError that names the parameters that get no gradient, unless those may be."""
        self.settle()
        if len(reached) < len(self.parameters) and not self.find_unused:
            self.watch.end()
            raise self._unused(set(range(len(self.parameters))) - reached)
        self.reached, self.begun, self.ready, self.awaited = reached, set(), set(), None
        self.open, self.sent = True, 0
        for bucket in self.buckets:
            bucket.missing, bucket.request = len(bucket.pieces), None
        for i in range(len(self.parameters)):
            if i not in reached:
                self._write_unused(i)

    def add(self, i: int, contribution: np.ndarray) -> None:
        """A part of the gradient of parameter `i`."""
        if i in self.begun:
            self.pieces[i] += contribution
        else:
            self.pieces[i][...] = contribution
            self.begun.add(i)

    def complete(self, i: int) -> None:
        """All parts of it have come."""
        parameter = self.parameters[i]
        if i not in self.begun or parameter._node._hooks.of_gradient:  # a hook may change it at the end: wait for it
            return
        if parameter.grad is not None:
            self.pieces[i] += parameter.grad._data
        self._is_ready(i)

    def progress(self) -> None:
        """Let MPI go on with what is under way: it works only while it is asked something."""
        for bucket in self.buckets[: self.sent]:
            if bucket.request is not None and bucket.request.Test():
                bucket.request = None

    # -------------------------------------------------------------------- at the end of the backward

    def accumulated(self, i: int) -> None:
        """The `.grad` of parameter `i` has grown: the hook of the engine."""
        if self.watch not in observers:
            return
        if not self.watch.running:
            raise RuntimeError(
                f"{self.group}: the gradient of {self.names[i]} came by a backward that cannot be averaged: with "
                "inputs=, or from the parameter itself. Call loss.backward(), or run forward and backward in no_sync()"
            )
        if self.awaited is None:
            self._arrived()
        assert self.awaited is not None
        if i not in self.ready:
            self.pieces[i][...] = self.parameters[i].grad._data
            self._is_ready(i)
        self.awaited.discard(i)
        if not self.awaited:
            self._finish()

    def _arrived(self) -> None:
        """All gradients have come: who awaits nothing now gets none."""
        without = self.reached - self.begun  # a Function on the way gave None
        if without and not self.find_unused:
            self.watch.end()
            raise self._unused(without)
        for i in sorted(without):
            self._write_unused(i)
        self.awaited = set(self.begun)

    def _finish(self) -> None:
        self.watch.end()
        used = np.zeros(len(self.parameters), np.int32)
        used[list(self.begun)] = 1
        if self.find_unused:  # on any rank
            request = self.comm.Iallreduce(self.group.MPI.IN_PLACE, used, op=self.group.MPI.MAX)
            self.group.wait(request, "DistributedDataParallel, which parameters are used")
        self._wait_for_all()
        for bucket in self.buckets:
            bucket.flat /= self.group.size
            for i, piece in bucket.pieces.items():
                if used[i]:
                    self._write_gradient(self.parameters[i], piece)
        self.open = False
        self.rounds += 1

    @staticmethod
    def _write_gradient(parameter: Any, piece: np.ndarray) -> None:
        if parameter.grad is None:
            parameter.grad = parameter.new_tensor(piece.astype(parameter.dtype))
        else:
            parameter.grad._data[...] = piece

    # ------------------------------------------------------------------------------------ sending

    def _write_unused(self, i: int) -> None:
        gradient = self.parameters[i].grad
        self.pieces[i][...] = 0 if gradient is None else gradient._data
        self._is_ready(i)

    def _is_ready(self, i: int) -> None:
        self.ready.add(i)
        self.bucket_of[i].missing -= 1
        while self.sent < len(self.buckets) and self.buckets[self.sent].missing == 0:
            self._send_next()

    def _send_next(self) -> None:
        bucket = self.buckets[self.sent]
        bucket.send(self.comm, self.group.MPI.SUM, self.group.MPI.IN_PLACE)
        self.sent += 1
        self.sent_bytes += bucket.flat.nbytes

    def _wait_for_all(self) -> None:
        for number, bucket in enumerate(self.buckets):
            if bucket.request is not None:
                call = f"DistributedDataParallel, bucket {number} of the gradients of backward {self.rounds + 1}"
                self.group.wait(bucket.request, call)
                bucket.request = None
        self.sent = 0

    def settle(self) -> None:
        """After a backward that an exception has ended: take part in its sums, which other ranks may have begun, and
        forget them."""
        if self.open:
            while self.sent < len(self.buckets):
                self._send_next()
            self._wait_for_all()

    def _unused(self, numbers: set[int]) -> RuntimeError:
        names = [self.names[i] for i in sorted(numbers)]
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        return RuntimeError(
            f"{self.group}: this backward brings no gradient to {shown}. Every parameter must have a part in the loss; "
            "if that is meant, pass find_unused_parameters=True to DistributedDataParallel, or freeze them before by "
            "requires_grad_(False)"
        )


def _tells(reference: weakref.ref[Reducer], i: int) -> Any:
    """A hook that does not keep the Reducer alive."""

    def hook(parameter: Any) -> None:
        reducer = reference()
        if reducer is not None:
            reducer.accumulated(i)

    return hook


def _stop(watch: GradientWatch) -> None:
    watch.end()
    if watch in observers:
        observers.remove(watch)
