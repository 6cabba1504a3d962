"""A student's pooling: a loop over the windows."""

import numpy as np

from mytorch.autograd_engine import Function
from mytorch.nn.conv import Reshape, pair
from mytorch.nn.module import Module
from mytorch.tensor import Tensor


def windows(x, kernel, stride, padding, ceil_mode):
    """For each window: its place in the output, and its rows and columns of the padded image."""
    sizes = []
    for i in (0, 1):
        room = x.shape[2 + i] + 2 * padding[i] - kernel[i]
        steps = -(-room // stride[i]) if ceil_mode else room // stride[i]
        sizes.append(steps + 1)
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            top, left = i * stride[0], j * stride[1]
            yield i, j, slice(top, top + kernel[0]), slice(left, left + kernel[1])


class Pool(Function):
    @staticmethod
    def forward(ctx, x, largest, kernel, stride, padding, ceil_mode, count_pad):
        ctx.save_for_backward(x)
        ctx.options = largest, kernel, stride, padding, ceil_mode, count_pad
        padded, counted = Pool.padded(x, largest, padding, count_pad)
        places = list(windows(x, kernel, stride, padding, ceil_mode))
        out = np.zeros((*x.shape[:2], places[-1][0] + 1, places[-1][1] + 1))
        for i, j, rows, columns in places:
            window = padded[:, :, rows, columns]
            if largest:
                out[:, :, i, j] = window.max(axis=(2, 3))
            else:
                out[:, :, i, j] = window.sum(axis=(2, 3)) / counted[rows, columns].sum()
        return Tensor(out)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        largest, kernel, stride, padding, ceil_mode, count_pad = ctx.options
        padded, counted = Pool.padded(x, largest, padding, count_pad)
        grad = np.zeros(padded.shape)
        for i, j, rows, columns in windows(x, kernel, stride, padding, ceil_mode):
            g = grad_output.data[:, :, i, j]
            if not largest:
                grad[:, :, rows, columns] += g[:, :, None, None] / counted[rows, columns].sum()
                continue
            for n in range(x.shape[0]):
                for c in range(x.shape[1]):
                    window = padded[n, c, rows, columns]
                    top, left = np.unravel_index(np.argmax(window), window.shape)
                    grad[n, c, rows.start + top, columns.start + left] += g[n, c]
        return Tensor(grad[:, :, padding[0] :, padding[1] :][:, :, : x.shape[2], : x.shape[3]])

    @staticmethod
    def padded(x, largest, padding, count_pad):
        pads = [(p, p) for p in padding]
        counted = np.pad(np.ones(x.shape[2:]), pads, constant_values=1 if count_pad else 0)
        return np.pad(x.data, ((0, 0), (0, 0), *pads), constant_values=-np.inf if largest else 0), counted


class Pooling(Module):
    largest = True

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        super().__init__()
        stride = kernel_size if stride is None else stride
        self.options = pair(kernel_size), pair(stride), pair(padding), ceil_mode, count_include_pad

    def forward(self, x):
        return Pool.apply(x, self.largest, *self.options)


class MaxPool2d(Pooling):
    pass


class AvgPool2d(Pooling):
    largest = False


class MaxPool1d(Pooling):
    def __init__(self, kernel_size):
        super().__init__((1, kernel_size))

    def forward(self, x):
        n, c, length = x.shape
        y = super().forward(Reshape.apply(x, (n, c, 1, length)))
        return Reshape.apply(y, (n, c, y.shape[3]))


class AvgPool1d(MaxPool1d):
    largest = False
