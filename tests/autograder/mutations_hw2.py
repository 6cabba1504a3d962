"""Small mistakes in convolution and pooling; see mutations.py.

The operations are written for speed and may be rewritten. Most of these mistakes are therefore put
around them: appended to the layer's file, where they give the operation other arguments, or to the
operation's, where they change the gradients that it returns.
"""

from mutations import Mutation

__all__ = ["MUTATIONS"]

IGNORED = "upstream gradient ignored"

CONV_LAYER = """

import numpy as np


def false_forward(self, x):
    w, b, options = self.weight, self.bias, (self.stride, self.padding, self.dilation, self.groups)
    stride, padding, dilation, groups = options
    array, axes = x.new_tensor, w.data.ndim - 2
    conv = F.conv1d if axes == 1 else F.conv2d
    return {result}


Conv1d.forward = Conv2d.forward = false_forward
"""

CONV_GRADIENT = """

def false_backward(ctx, grad, true=Conv.backward):
    x, w = (t.data for t in ctx.saved_tensors)
    (grad_x, grad_w, grad_b), rest = true(ctx, grad)[:3], (None, None)
    return (*({result}), *rest)


Conv.backward = staticmethod(false_backward)
"""

POOL_LAYER = """

import numpy as np


def false_forward(self, x, true={cls}.forward):
    array = x.new_tensor
    return {result}


{cls}.forward = false_forward
"""

# The true gradients of both kinds of pooling, by their windows; `weights` of a window and its
# largest element says what each of its elements gets, `put` what happens where windows overlap.
POOL_GRADIENT = """

def false_forward(ctx, x, window, out, *divisor, true={cls}.forward):
    ctx.given = x.data.copy(), window
    return true(ctx, x, window, out, *divisor)


def false_backward(ctx, grad, true={cls}.backward):
    import numpy as np
    x, window = ctx.given
    (top, bottom), (left, right) = window.padding
    fill = -np.inf if {cls}.__name__ == "MaxPool" else 0.0
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    total = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad.shape):
        rows = slice(i * window.stride[0], i * window.stride[0] + window.kernel[0])
        columns = slice(j * window.stride[1], j * window.stride[1] + window.kernel[1])
        w, g, here = x[n, c, rows, columns], grad[n, c, i, j], total[n, c, rows, columns]
        {change}
    return (total[:, :, top:x.shape[2] - bottom, left:x.shape[3] - right],) + (None,) * {nones}


{cls}.forward, {cls}.backward = staticmethod(false_forward), staticmethod(false_backward)
"""


def conv(name: str, result: str, problem: str, diagnosis: str | None) -> Mutation:
    """forward of both layers returns `result`."""
    return Mutation(f"conv-{name}", "nn/conv.py", "", CONV_LAYER.format(result=result), problem, diagnosis)


def conv_gradient(name: str, result: str, problem: str, diagnosis: str | None) -> Mutation:
    """The operation's gradients are `result`, in terms of the true grad_x, grad_w, grad_b."""
    return Mutation(f"conv-{name}", "ops/windows/conv.py", "", CONV_GRADIENT.format(result=result), problem, diagnosis)


def pool(name: str, cls: str, result: str, diagnosis: str | None) -> Mutation:
    """forward of the layer returns `result`."""
    problem = "2.1" if cls.startswith("Max") else "2.2"
    text = POOL_LAYER.format(cls=cls, result=result)
    return Mutation(f"{cls.lower()}-{name}", "nn/pooling.py", "", text, problem, diagnosis)


def pool_gradient(name: str, cls: str, change: str, diagnosis: str | None) -> Mutation:
    """Each window with gradient g changes what the elements `here` of the image get."""
    problem, nones = ("2.1", 2) if cls == "MaxPool" else ("2.2", 3)
    text = POOL_GRADIENT.format(cls=cls, change=change, nones=nones)
    return Mutation(f"{cls.lower()}-{name}", "ops/windows/pooling.py", "", text, problem, diagnosis)


FLIP = "array(np.flip(w.data, tuple(range(2, axes + 2))).copy())"
PAD = "array(np.pad(x.data, ((0, 0), (0, 0), *[(p, {after}) for p in padding]){mode}))"
ONE_SIDE, EDGES = PAD.format(after="0", mode=""), PAD.format(after="p", mode=", 'edge'")
GIVEN = "self.kernel_size, self.stride, self.padding"

MUTATIONS = [
    # ------------------------------------------------------- 1.1, 1.2: values
    conv("flipped-1d", f"conv(x, {FLIP}, b, *options)", "1.1", "the kernel is flipped"),
    conv("flipped-2d", f"conv(x, {FLIP}, b, *options)", "1.2", "the kernel is flipped"),
    conv("no-bias", "conv(x, w, None, *options)", "1.1", "the bias is missing"),
    conv("minus-bias", "conv(x, w, None if b is None else -b, *options)", "1.2", "the bias is subtracted"),
    conv("bias-per-channel", "conv(x, w, None if b is None else b * x.shape[1], *options)",
         "1.2", "the bias is added once per input channel"),
    conv("exchanged-1d", "conv(x, array(w.data.swapaxes(0, 1).copy()), b, *options)", "1.1",
         "in and out channels of the weight are exchanged"),
    conv("exchanged-2d", "conv(x, array(w.data.swapaxes(0, 1).copy()), b, *options)", "1.2",
         "in and out channels of the weight are exchanged"),
    conv("kernel-transposed", "conv(x, array(w.data.swapaxes(2, 3).copy()) if axes == 2 else w, b, *options)", "1.2",
         "rows and columns of the kernel are exchanged"),
    conv("first-channel", "conv(x[:, :1], w[:, :1], b, *options)", "1.2", "only the first counts"),
    conv("channel-mean", "conv(x, w / w.shape[1], b, *options)", "1.1", "averaged instead of summed"),
    conv("in-place", "[x.data.__imul__(2), conv(x, w, b, *options)][1]", "1.2", "input modified in place"),
    conv("detached", "array(conv(x, w, b, *options).data)", "1.2", None),
    conv("no-batch", "conv(array(x.data[:1]), w, b, *options)", "1.2", "wrong shape"),
    Mutation("conv-equal-weights", "nn/conv.py", "self.weight = Parameter(drawn_uniformly(-bound, bound, shape",
             "self.weight = Parameter(drawn_uniformly(bound, bound, shape", "1.2", "equal filters stay equal"),
    Mutation("conv-bias-always", "nn/conv.py", " if bias else None\n", "\n", "1.2", "bias=False: there is no bias"),
    Mutation("conv-weight-shape", "nn/conv.py", "shape = (rows, columns // groups,",
             "shape = (columns // groups, rows,", "1.1", None),
    # ---------------------------------------------------- 1.1, 1.2: gradients
    conv_gradient("ignores-upstream", "true(ctx, grad * 0 + 1)[:3]", "1.2", IGNORED),
    conv_gradient("ignores-upstream-1d", "true(ctx, grad * 0 + 1)[:3]", "1.1", IGNORED),
    conv_gradient("weight-flipped", "grad_x, grad_w[..., ::-1, ::-1], grad_b", "1.2", "gradient is flipped"),
    conv_gradient("weight-exchanged", "grad_x, grad_w.swapaxes(0, 1), grad_b", "1.2",
                  "in and out channels are exchanged"),
    conv_gradient("weight-mean", "grad_x, grad_w / len(x), grad_b", "1.2", "averaged over the batch"),
    conv_gradient("weight-sign", "grad_x, -grad_w, grad_b", "1.2", "wrong sign"),
    conv_gradient("weight-zeros", "grad_x, grad_w * 0, grad_b", "1.1", "all zeros"),
    conv_gradient("bias-mean", "grad_x, grad_w, grad_b / len(x)", "1.2", "averaged over the batch"),
    conv_gradient("bias-mean-of-places", "grad_x, grad_w, grad_b / grad[0, 0].size", "1.1",
                  "averaged over the places"),
    conv_gradient("bias-first-example", "grad_x, grad_w, grad[0].sum((1, 2))", "1.2", "only the first example"),
    conv_gradient("bias-without-gradient", "grad_x, grad_w, None", "1.2", "returns None as the gradient"),
    Mutation("conv-input-flipped", "ops/windows/conv.py", "ConvInputGrad.run(grad_y, weight, window",
             "ConvInputGrad.run(grad_y, weight[:, :, ::-1, ::-1].copy(), window", "1.2", "the wrong way round"),
    conv_gradient("input-without-gradient", "None, grad_w, grad_b", "1.1", "returns None as the gradient"),
    # ----------------------------------------------------------- 1.3: geometry
    conv("no-stride", "conv(x, w, b, 1, padding, dilation, groups)", "1.3", "stride is ignored"),
    conv("no-padding", "conv(x, w, b, stride, 0, dilation, groups)", "1.3", "padding is forgotten"),
    conv("no-dilation", "conv(x, w, b, stride, padding, 1, groups)", "1.3", "dilation is ignored"),
    conv("stride-turned", "conv(x, w, b, stride[::-1], padding, dilation, groups)", "1.3", "stride is (vertical"),
    conv("padding-turned", "conv(x, w, b, stride, padding[::-1], dilation, groups)", "1.3", "padding is (vertical"),
    conv("one-side-padded",
         f"conv(x if isinstance(padding, str) else {ONE_SIDE}, w, b, stride, 0, dilation, groups)", "1.3",
         "padding is added on one side only"),
    conv("border-repeated", f"conv(x if isinstance(padding, str) else {EDGES}, w, b, stride, 0, dilation, groups)",
         "1.3", "padding is zeros, not copies of the border"),
    conv("groups-interleaved",
         "conv(x if groups == 1 else array(x.data.reshape(len(x.data), -1, groups, *x.shape[2:])"
         ".swapaxes(1, 2).reshape(x.shape)), w, b, *options)",
         "1.3", "a group is a block of neighbouring input channels"),
    Mutation("conv-same-before", "ops/windows/geometry.py",
             "return (totals[0] // 2, totals[0] - totals[0] // 2), (totals[1] // 2, totals[1] - totals[1] // 2)",
             "return (totals[0] - totals[0] // 2, totals[0] // 2), (totals[1] - totals[1] // 2, totals[1] // 2)",
             "1.3", "the larger part comes after"),
    conv_gradient("padding-cut-wrongly", "np.roll(grad_x, 1, axis=(2, 3)), grad_w, grad_b", "1.3", None),
    conv_gradient("geometry-ignores-upstream", "true(ctx, grad * 0 + 1)[:3]", "1.3", IGNORED),
    # -------------------------------------------------------- 2.1: max-pooling
    pool("smallest", "MaxPool2d", "-true(self, -x)", "the smallest element"),
    pool("mean", "MaxPool2d", f"F.avg_pool2d(x, {GIVEN})", "the mean of each window"),
    pool("absolute", "MaxPool2d", "true(self, (x * x).sqrt())", "the largest absolute value"),
    pool("stride-1", "MaxPool2d", "F.max_pool2d(x, self.kernel_size, 1, self.padding)",
         "stride must be kernel_size by default"),
    pool("stride-ignored", "MaxPool2d", "F.max_pool2d(x, self.kernel_size, None, self.padding)", "stride is ignored"),
    pool("pads-zeros", "MaxPool2d",
         "F.max_pool2d(array(np.pad(x.data, ((0, 0), (0, 0), *[(self.padding, self.padding)] * 2))), "
         "self.kernel_size, self.stride)",
         "padding must never win"),
    pool("no-ceil", "MaxPool2d", f"F.max_pool2d(x, {GIVEN})", "ceil_mode is ignored"),
    pool("smallest-1d", "MaxPool1d", "-true(self, -x)", "the smallest element"),
    pool_gradient("all-ties", "MaxPool", "here += g * (w == w.max())", "each of the largest elements gets the whole"),
    pool_gradient("ties-shared", "MaxPool", "here += g * (w == w.max()) / (w == w.max()).sum()", "share the gradient"),
    pool_gradient("everywhere", "MaxPool", "here += g", "every element of the window gets the gradient"),
    pool_gradient("shared", "MaxPool", "here += g / w.size", "the whole window shares the gradient"),
    pool_gradient("to-smallest", "MaxPool", "here += g * (w == w.min())", "the gradient goes to the smallest"),
    pool_gradient("ignores-upstream", "MaxPool", "here += w == w.max()", IGNORED),
    pool_gradient("times-value", "MaxPool", "here += g * np.where(w == w.max(), w, 0)", "multiplied by the value"),
    pool_gradient("replaced", "MaxPool", "here[w == w.max()] = g", "windows overlap: add their gradients"),
    # ---------------------------------------------------- 2.2: average pooling
    pool("sum", "AvgPool2d", "true(self, x) * float(np.prod(self.kernel_size)) ** (1 if type(self.kernel_size) is tuple"
         " else 2)", "the sum of each window"),
    pool("largest", "AvgPool2d", f"F.max_pool2d(x, {GIVEN})", "the largest element of each window"),
    pool("divided-by-side", "AvgPool2d", "true(self, x) * float(np.ravel(self.kernel_size)[-1])",
         "divided by the kernel's side"),
    pool("stride-1", "AvgPool2d", "F.avg_pool2d(x, self.kernel_size, 1, self.padding)",
         "stride must be kernel_size by default"),
    pool("padding-never-counts", "AvgPool2d", f"F.avg_pool2d(x, {GIVEN}, self.ceil_mode, False)",
         "the padding's zeros count in the mean"),
    pool("padding-always-counts", "AvgPool2d", f"F.avg_pool2d(x, {GIVEN}, self.ceil_mode, True)",
         "count_include_pad=False is ignored"),
    pool("no-ceil", "AvgPool2d", f"F.avg_pool2d(x, {GIVEN}, False, self.count_include_pad)", "ceil_mode is ignored"),
    pool("stride-1", "AvgPool1d", "F.avg_pool1d(x, self.kernel_size, 1)", "stride must be kernel_size by default"),
    pool_gradient("not-divided", "AvgPool", "here += g", "must be divided by the size of the window"),
    pool_gradient("to-largest", "AvgPool", "here += g * (w == w.max())", "only one element of each window"),
    pool_gradient("ignores-upstream", "AvgPool", "here += 1 / w.size", IGNORED),
    pool_gradient("replaced", "AvgPool", "here[...] = g / w.size", "windows overlap: add their gradients"),
    # -------------------------------------------------------------------- 2.3
    Mutation("flatten-batch", "nn/flatten.py", "return F.flatten(input, self.start_dim,", "return F.flatten(input, 0,",
             "2.3", "the batch axis must stay"),
    Mutation("flatten-channels-last", "nn/flatten.py", "return F.flatten(input, self",
             "return F.flatten(input.new_tensor(input.data.transpose(0, 2, 3, 1).copy()), self", "2.3",
             "the elements are in the wrong order"),
    Mutation("flatten-nothing", "nn/flatten.py", "return F.flatten(input, self.start_dim, self.end_dim)",
             "return input", "2.3", "nothing is flattened"),
]  # fmt: skip
