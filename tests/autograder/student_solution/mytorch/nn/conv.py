"""A student's convolution: a loop over the places of the kernel."""

import numpy as np

from mytorch.autograd_engine import Function
from mytorch.nn.module import Module
from mytorch.tensor import Tensor


class Conv(Function):
    """(N, C, H, W), (O, C/groups, KH, KW), (O,) -> (N, O, OH, OW). pads: (top, bottom), (left, right)."""

    @staticmethod
    def forward(ctx, x, w, b, stride, pads, dilation, groups):
        ctx.options = stride, pads, dilation, groups
        ctx.save_for_backward(x, w)
        ctx.has_bias = b is not None
        padded = np.pad(x.data, ((0, 0), (0, 0), *pads))
        n, c = x.shape[:2]
        o, _, kh, kw = w.shape
        size = [(padded.shape[2 + i] - dilation[i] * (w.shape[2 + i] - 1) - 1) // stride[i] + 1 for i in (0, 1)]
        out = np.zeros((n, o, size[0], size[1]))
        for group in range(groups):
            ins, outs = Conv.channels(group, groups, c, o)
            for i in range(kh):
                for j in range(kw):
                    seen = padded[(slice(None), ins, *Conv.places(i, j, size, stride, dilation))]
                    out[:, outs] += np.einsum("nchw,oc->nohw", seen, w.data[outs, :, i, j])
        if b is not None:
            out += b.data.reshape(1, -1, 1, 1)
        return Tensor(out)

    @staticmethod
    def backward(ctx, grad_output):
        stride, pads, dilation, groups = ctx.options
        x, w = ctx.saved_tensors
        g = grad_output.data
        padded = np.pad(x.data, ((0, 0), (0, 0), *pads))
        grad_x, grad_w = np.zeros(padded.shape), np.zeros(w.shape)
        for group in range(groups):
            ins, outs = Conv.channels(group, groups, x.shape[1], w.shape[0])
            for i in range(w.shape[2]):
                for j in range(w.shape[3]):
                    here = (slice(None), ins, *Conv.places(i, j, g.shape[2:], stride, dilation))
                    grad_w[outs, :, i, j] = np.einsum("nchw,nohw->oc", padded[here], g[:, outs])
                    grad_x[here] += np.einsum("nohw,oc->nchw", g[:, outs], w.data[outs, :, i, j])
        (top, _), (left, _) = pads
        inner = grad_x[:, :, top : top + x.shape[2], left : left + x.shape[3]]
        return Tensor(inner), Tensor(grad_w), Tensor(g.sum(axis=(0, 2, 3))) if ctx.has_bias else None

    @staticmethod
    def channels(group, groups, c, o):
        ins = slice(group * c // groups, (group + 1) * c // groups)
        return ins, slice(group * o // groups, (group + 1) * o // groups)

    @staticmethod
    def places(i, j, size, stride, dilation):
        top, left = i * dilation[0], j * dilation[1]
        rows = slice(top, top + (size[0] - 1) * stride[0] + 1, stride[0])
        return rows, slice(left, left + (size[1] - 1) * stride[1] + 1, stride[1])


class Reshape(Function):
    @staticmethod
    def forward(ctx, a, shape):
        ctx.shape = a.shape
        return Tensor(a.data.reshape(shape))

    @staticmethod
    def backward(ctx, grad_output):
        return Tensor(grad_output.data.reshape(ctx.shape)), None


def pair(value):
    return tuple(value) if isinstance(value, tuple) else (value, value)


class Conv2d(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True):
        super().__init__()
        self.stride, self.dilation, self.groups = pair(stride), pair(dilation), groups
        kernel = pair(kernel_size)
        if padding == "same":
            total = [d * (k - 1) for d, k in zip(self.dilation, kernel)]
            self.pads = tuple((t // 2, t - t // 2) for t in total)
        else:
            self.pads = tuple((p, p) for p in pair(padding))
        bound = 1 / np.sqrt(in_channels // groups * kernel[0] * kernel[1])
        shape = (out_channels, in_channels // groups, *kernel)
        self.weight = Tensor(np.random.uniform(-bound, bound, shape), requires_grad=True, is_parameter=True)
        self.bias = None
        if bias:
            self.bias = Tensor(np.random.uniform(-bound, bound, out_channels), requires_grad=True, is_parameter=True)

    def forward(self, x):
        return Conv.apply(x, self.weight, self.bias, self.stride, self.pads, self.dilation, self.groups)


class Conv1d(Module):
    """A Conv2d on images of height 1, whose weight has no height."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        self.stride, self.pads = (1, stride), ((0, 0), (padding, padding))
        layer = Conv2d(in_channels, out_channels, (1, kernel_size), bias=bias)
        self.weight = Tensor(layer.weight.data[:, :, 0], requires_grad=True, is_parameter=True)
        self.bias = layer.bias

    def forward(self, x):
        n, c, length = x.shape
        o, _, k = self.weight.shape
        image, weight = Reshape.apply(x, (n, c, 1, length)), Reshape.apply(self.weight, (o, c, 1, k))
        y = Conv.apply(image, weight, self.bias, self.stride, self.pads, (1, 1), 1)
        return Reshape.apply(y, (n, o, y.shape[3]))
