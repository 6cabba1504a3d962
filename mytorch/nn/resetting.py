"""`reset_parameters`: the weights of a layer drawn anew, as PyTorch's layers do it."""

from __future__ import annotations

from mytorch.nn.module import Module

__all__ = ["Resettable"]


class Resettable(Module):
    """A layer with weights of its own. `placed` notes what it was made with."""

    _made_with: tuple[tuple, dict]

    def reset_parameters(self) -> None:
        """Give parameters and running averages the values of a new layer that is made like this one.

        A subclass of yours may define its own; that is then also called when such a layer is made."""
        kind = next(cls for cls in type(self).__mro__ if cls.__module__.startswith("mytorch."))
        args, options = self._made_with
        for name, value in kind(*args, **options).state_dict().items():
            tensor = getattr(self, name)
            tensor.data[...] = value.data
            tensor.mark_changed()
