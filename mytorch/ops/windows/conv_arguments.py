"""What convolution and transposed convolution ask of their arguments alike."""

from __future__ import annotations

from typing import Any

from mytorch.ops.common.operands import require_tensor
from mytorch.ops.windows.images import require_images

__all__ = ["require_conv_arguments"]


def require_conv_arguments(
    function: str, input: Any, weight: Any, bias: Any, groups: Any, spatial_ndim: int, filters: str
) -> None:
    """An error unless these are Tensors of images and of filters, and groups a positive int; whether the
    channels fit is for the caller. filters: the first two axes of weight, for the error."""
    for name, tensor in (("input", input), ("weight", weight), *([] if bias is None else [("bias", bias)])):
        require_tensor(function, name, tensor)
    require_images(function, input.data.shape, spatial_ndim)
    shape, kernel = weight.data.shape, "k" if spatial_ndim == 1 else "kH, kW"
    if len(shape) != spatial_ndim + 2 or 0 in shape:
        raise ValueError(f"{function}: weight must have shape ({filters}, {kernel}) and no empty axis, got {shape}")
    if not isinstance(groups, int) or groups < 1:
        raise ValueError(f"{function}: groups must be a positive int, got {groups!r}")
