"""class DistributedDataParallel: one model on several ranks, each with its part of the batch."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from mytorch.compat.devices import check_device
from mytorch.compat.left_out import LeftOut
from mytorch.distributed.agreement import all_agree
from mytorch.distributed.group import current, require_all_ranks
from mytorch.distributed.objects import all_gather_object
from mytorch.engine.grad_mode import is_grad_enabled
from mytorch.nn.module import Module
from mytorch.nn.parallel.reducer import Reducer

__all__ = ["DistributedDataParallel"]

DEFAULT_BUCKET_MB = 25


class DistributedDataParallel(Module):
    """`DistributedDataParallel(model)`: the same model on all ranks of the group. Every rank computes the gradient of
    its own batch, and `backward()` leaves the average over the ranks in `.grad`, so that all take the same step.

    module: the model, also as attribute `module`, so that the names in state_dict begin with "module.". When it is
        wrapped, rank 0's parameters and buffers are copied to all ranks.
    broadcast_buffers: before each forward copy rank 0's buffers, such as running averages, to all ranks.
    bucket_cap_mb: gradients travel in buckets of at most so many MB (25), while backward still runs.
    find_unused_parameters: parameters may have no part in the loss. Otherwise that is a RuntimeError, which names them.
    init_sync: False does not copy rank 0's state at the beginning: then it must be the same already.
    device_ids, output_device, dim, process_group, check_reduction, gradient_as_bucket_view, static_graph: accepted, as
        PyTorch's programs pass them; there is one device, one group and one way.

    The average over ranks is the gradient of the mean loss over all samples only if the ranks' batches are of one size:
    see docs/distributed.md for those that are not.

    ValueError before `init_process_group`; RuntimeError if a module has no parameter that requires grad, or not the
    same parameters on all ranks.
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        dim: int = 0,
        broadcast_buffers: bool = True,
        init_sync: bool = True,
        process_group: Any = None,
        bucket_cap_mb: float | None = None,
        find_unused_parameters: bool = False,
        check_reduction: bool = False,
        gradient_as_bucket_view: bool = False,
        static_graph: bool = False,
    ) -> None:
        super().__init__()
        if not isinstance(module, Module):
            raise TypeError(f"module must be a Module, got {type(module).__name__}")
        require_all_ranks(process_group)
        for number in device_ids or ():
            check_device(number)
        check_device(output_device)
        megabytes = DEFAULT_BUCKET_MB if bucket_cap_mb is None else bucket_cap_mb
        if not megabytes > 0:
            raise ValueError(f"bucket_cap_mb must be positive, got {bucket_cap_mb!r}")
        named = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
        if not named:
            raise RuntimeError("DistributedDataParallel: module has no parameters that require grad, so it needs none")
        self.module = module
        self.broadcast_buffers, self.find_unused_parameters = broadcast_buffers, find_unused_parameters
        self.require_backward_grad_sync = True  # PyTorch's name: False inside no_sync()
        group = current()
        _require_same(module)
        names, parameters = zip(*named)
        # Through __dict__, because nothing of it belongs to the module's own names.
        self.__dict__["reducer"] = None
        if group.size > 1:
            self.__dict__["reducer"] = Reducer(group, names, parameters, int(megabytes * 2**20), find_unused_parameters)
            if init_sync:
                self._copy_from_first([*module.parameters(), *module.buffers()])

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """`module(*inputs, **kwargs)`, after rank 0's buffers have been copied to all ranks.

        All ranks must come here equally often. RuntimeError on all if another rank calls something else or ends."""
        reducer = self.reducer
        if reducer is not None:
            if not self.require_backward_grad_sync:
                if is_grad_enabled():
                    reducer.ignore()
            else:
                buffers = list(self.module.buffers()) if self.broadcast_buffers else []
                if is_grad_enabled():
                    all_agree(reducer.group, f"forward of DistributedDataParallel after {reducer.rounds} backwards")
                    reducer.listen(self.module.named_parameters())
                elif buffers:
                    all_agree(reducer.group, "forward of DistributedDataParallel with buffers, under no_grad")
                self._copy_from_first(buffers)
        return self.module(*inputs, **kwargs)

    def share_buffers(self) -> None:
        """Copy rank 0's buffers, such as running averages, to all ranks, which must all call this."""
        if self.reducer is not None:
            all_agree(self.reducer.group, "share_buffers of DistributedDataParallel")
            self._copy_from_first(list(self.module.buffers()))

    def __getstate__(self) -> dict[str, Any]:
        """For copies, which average nothing: a Reducer cannot be copied."""
        return {**self.__dict__, "reducer": None}

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        """`with model.no_sync():` forward and backward add to each rank's own `.grad`, and send nothing. The next
        backward outside averages the sums."""
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def join(self, *args: Any, **kwargs: Any) -> Any:
        """NotImplementedError: a rank with fewer batches does not wait for the others here."""
        raise LeftOut(
            "DistributedDataParallel.join", "all ranks run equally many batches; DistributedSampler sees to it"
        )

    def register_comm_hook(self, state: Any, hook: Any) -> None:
        """NotImplementedError: gradients travel as they are."""
        raise LeftOut("DistributedDataParallel.register_comm_hook", "gradients are averaged as they are")

    def _copy_from_first(self, tensors: list[Any]) -> None:
        """Rank 0's numbers into the tensors of all ranks: one message for each dtype."""
        reducer = self.reducer
        for dtype in dict.fromkeys([tensor.dtype for tensor in tensors]):
            of_dtype = [tensor for tensor in tensors if tensor.dtype == dtype]
            message = np.concatenate([tensor.data.reshape(-1) for tensor in of_dtype]).view(np.uint8)
            reducer.group.wait(reducer.comm.Ibcast(message, root=0), "DistributedDataParallel, copies of rank 0")
            parts = np.split(message.view(dtype), np.cumsum([tensor.data.size for tensor in of_dtype])[:-1])
            for tensor, part in zip(of_dtype, parts):
                received = part.reshape(tensor.shape)
                if not np.array_equal(tensor.data, received, equal_nan=dtype.kind == "f"):
                    tensor.data[...] = received
                    tensor.mark_changed()


def _require_same(module: Module) -> None:
    """RuntimeError on all ranks if the module is not made of the same parameters and buffers everywhere."""
    parameters = [(name, p, "" if p.requires_grad else ", frozen") for name, p in module.named_parameters()]
    own = [f"{name}: {p.dtype} {p.shape}{frozen}" for name, p, frozen in parameters]
    own += [f"{name}: {b.dtype} {b.shape}, a buffer" for name, b in module.named_buffers()]
    states: list[Any] = [None] * current().size
    all_gather_object(states, own)
    for rank, state in enumerate(states):
        for first, here in itertools.zip_longest(states[0], state, fillvalue="nothing"):
            if first != here:
                raise RuntimeError(
                    f"{current()}: DistributedDataParallel needs the same module on all ranks. Rank 0 has {first}, and "
                    f"rank {rank} has {here}"
                )
