"""What several tests of .pt files use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mytorch

torch = pytest.importorskip("torch")


def equal(ours: Any, theirs: Any) -> None:
    """Whether a thing of ours and one of PyTorch's are the same."""
    if isinstance(ours, mytorch.Tensor):
        assert (ours.shape, str(ours.dtype)) == (tuple(theirs.shape), str(theirs.dtype).removeprefix("torch."))
        np.testing.assert_array_equal(ours.data, theirs.detach().numpy())
        assert ours.requires_grad == theirs.requires_grad
        assert ours.is_parameter == isinstance(theirs, torch.nn.Parameter)
    elif isinstance(ours, dict):
        assert list(ours) == list(theirs)
        for key in ours:
            equal(ours[key], theirs[key])
    elif isinstance(ours, (list, tuple)):
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
        for x, y in zip(ours, theirs):
            equal(x, y)
    else:
        assert (type(ours), ours) == (type(theirs), theirs)


PLAIN = {
    "numbers": [1, -1, 255, 256, 70000, -(2**31), 2**31, -(2**62), 10**40, 2.5, float("inf"), True, False, None],
    "text": "ä 'quoted' \n",
    "tuples": ((), (1,), (1, (2, 3), [4]), (1, 2, 3, 4)),
    3: {2.5: "of a float", None: "of None"},
    "empty": [{}, [], ()],
}
