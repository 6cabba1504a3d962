"""Pooling layers: the largest element, or the mean, of each window."""

import numpy as np

from mytorch.autograd_engine import Function
from mytorch.nn.module import Module
from mytorch.nn.windows import count_places, pair, seen_by
from mytorch.tensor import Tensor

__all__ = ["AvgPool", "AvgPool1d", "AvgPool2d", "MaxPool", "MaxPool1d", "MaxPool2d"]


class Geometry:
    """Where the windows are: their size, how far apart they are, and what is added around the image.

    kernel_size, stride, padding: one number or (vertical, horizontal); stride is kernel_size by default.
    ceil_mode: whether a window that begins inside the image, and goes beyond its end, counts.
    """

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False):
        self.kernel, self.padding = pair(kernel_size), pair(padding)
        self.stride = self.kernel if stride is None else pair(stride)
        self.ceil_mode = ceil_mode
        if any(2 * p > k for p, k in zip(self.padding, self.kernel)):
            raise ValueError(f"padding={padding} is more than half of kernel_size={kernel_size}")

    # BEGIN SOLUTION
    def places(self, shape):
        """At how many places a window lies on images (N, C, H, W)."""
        return tuple(self.places_along(shape[2 + axis], axis) for axis in (0, 1))

    def places_along(self, size, axis):
        padding, stride = self.padding[axis], self.stride[axis]
        room = size + 2 * padding
        if not self.ceil_mode:
            return count_places(room, self.kernel[axis], stride)
        count = count_places(room + stride - 1, self.kernel[axis], stride)
        return count - 1 if (count - 1) * stride >= size + padding else count  # it would begin beyond the image

    def pad(self, images, fill):
        """The images with `fill` around them, as far as the last window reaches."""
        edges = []
        for axis, places in enumerate(self.places(images.shape)):
            end = (places - 1) * self.stride[axis] + self.kernel[axis]
            before = self.padding[axis]
            edges.append((before, max(end - images.shape[2 + axis] - before, 0)))
        return np.pad(images, ((0, 0), (0, 0), *edges), constant_values=fill)

    def elements(self, shape):
        """For each element of the window: the slices of the padded image that it sees, at all places."""
        places = self.places(shape)
        return [(..., *seen_by(row, column, places, self.stride)) for row, column in np.ndindex(self.kernel)]

    def unpad(self, padded, shape):
        """What belongs to the image itself, of an array of the padded image's shape."""
        (top, left), (height, width) = self.padding, shape[2:]
        return padded[:, :, top : top + height, left : left + width]

    # END SOLUTION


class MaxPool(Function):
    """The largest element of each window: (N, C, H, W) -> (N, C, oH, oW). The padding never wins."""

    @staticmethod
    def forward(ctx, x, geometry):
        # BEGIN SOLUTION 2.1: remember which element of each window was the largest
        padded = geometry.pad(x.data, -np.inf)
        windows = np.stack([padded[here] for here in geometry.elements(x.shape)])  # (kH * kW, N, C, oH, oW)
        ctx.geometry, ctx.shape, ctx.padded_shape = geometry, x.shape, padded.shape
        ctx.winners = windows.argmax(axis=0)  # the first of several
        return Tensor(windows.max(axis=0))
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 2.1: the largest element gets the gradient; where windows overlap, it is added
        grad = np.zeros(ctx.padded_shape, grad_output.data.dtype)
        for number, here in enumerate(ctx.geometry.elements(ctx.shape)):
            grad[here] += grad_output.data * (ctx.winners == number)
        return Tensor(ctx.geometry.unpad(grad, ctx.shape)), None
        # END SOLUTION


class AvgPool(Function):
    """The mean of each window: (N, C, H, W) -> (N, C, oH, oW).

    count_include_pad: whether the zeros of the padding count as elements. What a window has beyond the padding,
    with ceil_mode, never counts.
    """

    @staticmethod
    def forward(ctx, x, geometry, count_include_pad=True):
        # BEGIN SOLUTION 2.2: the sum of each window, divided by the number of elements that count
        padded = geometry.pad(x.data, 0.0)
        (top, left), (height, width) = geometry.padding, x.shape[2:]
        counts = np.zeros(padded.shape[2:])
        if count_include_pad:
            counts[: height + 2 * top, : width + 2 * left] = 1
        else:
            counts[top : top + height, left : left + width] = 1
        elements = geometry.elements(x.shape)
        ctx.geometry, ctx.shape, ctx.padded_shape = geometry, x.shape, padded.shape
        ctx.counts = sum(counts[here] for here in elements).astype(x.data.dtype)  # (oH, oW)
        return Tensor(sum(padded[here] for here in elements) / ctx.counts)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 2.2: every element of the window gets the same share
        grad = np.zeros(ctx.padded_shape, grad_output.data.dtype)
        for here in ctx.geometry.elements(ctx.shape):
            grad[here] += grad_output.data / ctx.counts
        return Tensor(ctx.geometry.unpad(grad, ctx.shape)), None, None
        # END SOLUTION


class MaxPool2d(Module):
    """The largest element of each window. The arguments are those of Geometry."""

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False):
        self.geometry = Geometry(kernel_size, stride, padding, ceil_mode)

    def forward(self, x):
        # BEGIN SOLUTION 2.1: call MaxPool.apply
        return MaxPool.apply(x, self.geometry)
        # END SOLUTION


class AvgPool2d(Module):
    """The mean of each window. The arguments are those of Geometry and AvgPool."""

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        self.geometry = Geometry(kernel_size, stride, padding, ceil_mode)
        self.count_include_pad = count_include_pad

    def forward(self, x):
        # BEGIN SOLUTION 2.2: call AvgPool.apply
        return AvgPool.apply(x, self.geometry, self.count_include_pad)
        # END SOLUTION


class MaxPool1d(Module):
    """The largest element of each window of a sequence: (N, C, L) -> (N, C, oL)."""

    def __init__(self, kernel_size, stride=None, padding=0):
        self.geometry = row_geometry(kernel_size, stride, padding)

    def forward(self, x):
        # BEGIN SOLUTION 2.1: as an image of one row
        n, channels, length = x.shape
        return MaxPool.apply(x.reshape(n, channels, 1, length), self.geometry).reshape(n, channels, -1)
        # END SOLUTION


class AvgPool1d(Module):
    """The mean of each window of a sequence: (N, C, L) -> (N, C, oL)."""

    def __init__(self, kernel_size, stride=None, padding=0):
        self.geometry = row_geometry(kernel_size, stride, padding)

    def forward(self, x):
        # BEGIN SOLUTION 2.2: as an image of one row
        n, channels, length = x.shape
        return AvgPool.apply(x.reshape(n, channels, 1, length), self.geometry).reshape(n, channels, -1)
        # END SOLUTION


def row_geometry(kernel_size, stride, padding):
    """The windows of a sequence, which is an image of one row."""
    return Geometry((1, kernel_size), None if stride is None else (1, stride), (0, padding))
