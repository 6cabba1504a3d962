"""Convolution layers."""

import numpy as np

from mytorch.autograd_engine import Function
from mytorch.nn.module import Module
from mytorch.nn.windows import count_places, pair, seen_by
from mytorch.tensor import Tensor

__all__ = ["Conv", "Conv1d", "Conv2d"]


class Conv(Function):
    """y[n, o, i, j] = bias[o] + sum over c, k, l of  weight[o, c, k, l] * x[n, c, i + k, j + l]

    x: (N, C, H, W).   weight: (O, C / groups, kH, kW).   bias: (O,) or None.   Returns (N, O, oH, oW).

    stride, dilation: (vertical, horizontal). With them it is x[n, c, stride * i + dilation * k, ...].
    edges: how many zeros are added around x: ((top, bottom), (left, right)).
    Raises ValueError for an x that does not fit the weight.

    groups: the channels are split into so many blocks of neighbours, and each block of output channels
        sees only its own block of input channels.
    """

    @staticmethod
    def forward(ctx, x, weight, bias, stride=(1, 1), edges=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
        if len(x.shape) != 4 or x.shape[1] != weight.shape[1] * groups:
            raise ValueError(f"x must be (N, C, H, W) with C = {weight.shape[1] * groups}, got {x.shape}")
        # BEGIN SOLUTION 1.2, 1.3: loop over the elements of the kernel, not over the places
        padded = np.pad(x.data, ((0, 0), (0, 0), *edges))
        image = split(padded, 1, groups)  # (N, G, C/G, H, W)
        kernel = split(weight.data, 0, groups)  # (G, O/G, C/G, kH, kW)
        size, kernel_size = padded.shape[2:], weight.shape[2:]
        places = tuple(count_places(size[i], kernel_size[i], stride[i], dilation[i]) for i in (0, 1))
        out = 0.0
        for row, column in np.ndindex(kernel_size):
            seen = image[(..., *seen_by(row, column, places, stride, dilation))]  # (N, G, C/G, oH, oW)
            out = out + np.einsum("ngchw,goc->ngohw", seen, kernel[..., row, column])
        out = out.reshape(len(padded), -1, *places)  # (N, G, O/G, oH, oW) -> (N, O, oH, oW)
        if bias is not None:
            out = out + bias.data[:, None, None]
        ctx.image, ctx.kernel, ctx.has_bias = image, kernel, bias is not None
        ctx.steps, ctx.edges = (places, stride, dilation), edges
        return Tensor(out)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 1.2, 1.3: the same loop; each product gives its gradient to both factors
        image, kernel = ctx.image, ctx.kernel
        grad = split(grad_output.data, 1, len(kernel))  # (N, G, O/G, oH, oW)
        grad_image, grad_kernel = np.zeros_like(image), np.zeros_like(kernel)
        for row, column in np.ndindex(kernel.shape[-2:]):
            here = (..., *seen_by(row, column, *ctx.steps))
            grad_kernel[..., row, column] = np.einsum("ngohw,ngchw->goc", grad, image[here])
            grad_image[here] += np.einsum("ngohw,goc->ngchw", grad, kernel[..., row, column])
        grad_x = grad_image.reshape(len(image), -1, *image.shape[-2:])  # with the padding: it is cut off
        (top, bottom), (left, right) = ctx.edges
        grad_x = grad_x[:, :, top : grad_x.shape[2] - bottom, left : grad_x.shape[3] - right]
        grad_weight = grad_kernel.reshape(-1, *kernel.shape[2:])  # (G, O/G, C/G, kH, kW) -> (O, C/G, kH, kW)
        grad_bias = Tensor(grad_output.data.sum(axis=(0, 2, 3))) if ctx.has_bias else None
        return Tensor(grad_x), Tensor(grad_weight), grad_bias, None, None, None, None
        # END SOLUTION


# BEGIN SOLUTION
def split(array, axis, groups):
    """The channels of this axis as (groups, channels of a group)."""
    shape = array.shape
    return array.reshape(*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])


# END SOLUTION
class Conv2d(Module):
    """Convolution of images: (N, in_channels, H, W) -> (N, out_channels, oH, oW), without flipping the kernel.

    kernel_size, stride, padding, dilation: one number, or (vertical, horizontal).
    padding: zeros on each side; "same" for an output as large as the input (stride 1), where of an odd number the
        larger part comes after.
    weight: (out_channels, in_channels / groups, kH, kW).   bias: (out_channels,), or None with bias=False. Both are
        parameters that start as random numbers up to 1 / sqrt(number of weights of one output).
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True):
        # BEGIN SOLUTION 1.2: keep the arguments, make weight and bias
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"groups={groups} must divide in_channels={in_channels} and out_channels={out_channels}")
        self.stride, self.dilation, self.groups = pair(stride), pair(dilation), groups
        kernel = pair(kernel_size)
        if padding == "same":
            extra = [d * (k - 1) for d, k in zip(self.dilation, kernel)]
            self.edges = tuple((n // 2, n - n // 2) for n in extra)
        else:
            self.edges = tuple((n, n) for n in pair(padding))
        shape = (out_channels, in_channels // groups, *kernel)
        bound = 1 / np.sqrt(np.prod(shape[1:]))
        self.weight = Tensor(np.random.uniform(-bound, bound, shape), requires_grad=True, is_parameter=True)
        self.bias = None
        if bias:
            self.bias = Tensor(np.random.uniform(-bound, bound, out_channels), requires_grad=True, is_parameter=True)
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION 1.2: call Conv.apply
        return Conv.apply(x, self.weight, self.bias, self.stride, self.edges, self.dilation, self.groups)
        # END SOLUTION


class Conv1d(Module):
    """Convolution of sequences: (N, in_channels, L) -> (N, out_channels, oL).

    weight: (out_channels, in_channels, kernel_size).   bias: (out_channels,), or None with bias=False.
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        # BEGIN SOLUTION 1.1: keep the arguments, make weight and bias
        bound = 1 / np.sqrt(in_channels * kernel_size)
        weight = np.random.uniform(-bound, bound, (out_channels, in_channels, kernel_size))
        self.weight = Tensor(weight, requires_grad=True, is_parameter=True)
        self.bias = None
        if bias:
            self.bias = Tensor(np.random.uniform(-bound, bound, out_channels), requires_grad=True, is_parameter=True)
        self.stride, self.padding = stride, padding
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION 1.1: as an image of one row, if you have Conv already, or with a loop over the kernel
        (n, channels, length), (outs, _, kernel) = x.shape, self.weight.shape
        image, weight = x.reshape(n, channels, 1, length), self.weight.reshape(outs, channels, 1, kernel)
        edges = (0, 0), (self.padding, self.padding)
        out = Conv.apply(image, weight, self.bias, (1, self.stride), edges)  # (N, O, 1, oL)
        return out.reshape(n, outs, -1)
        # END SOLUTION
