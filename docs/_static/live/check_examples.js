const FUNCTION = (name, forward, backward) => `from mytorch import Tensor
from mytorch.autograd import Function


class ${name}(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Tensor(${forward})

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
${backward}
`;

export const EXAMPLES = {
  "a Function with a mistake": FUNCTION(
    "Div",
    "a.data / b.data",
    `        grad_a = grad_output.data / b.data
        grad_b = -grad_output.data * a.data / b.data
        return Tensor(grad_a), Tensor(grad_b)`,
  ),
  "the same, right": FUNCTION(
    "Div",
    "a.data / b.data",
    `        grad_a = grad_output.data / b.data
        grad_b = -grad_output.data * a.data / b.data**2
        return Tensor(grad_a), Tensor(grad_b)`,
  ),
  "a layer of one's own": `import mytorch
from mytorch import nn


class Swish(nn.Module):
    """x * sigmoid(beta x), with beta learned."""

    def __init__(self):
        super().__init__()
        self.beta = nn.Parameter(mytorch.tensor(1.0))

    def forward(self, x):
        return x * (x * self.beta).sigmoid()
`,
  "a layer that loses a gradient": `import mytorch
from mytorch import nn


class Scale(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(mytorch.ones(features))

    def forward(self, x):
        return x.detach() * self.weight


NUMERIC_CHECKS = {"Scale": {"args": (3,), "shapes": [(4, 3)]}}
`,
  "a layer of arrays (handout 001)": `import numpy as np


class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad):
        return grad * self.y * (1 + self.y)
`,
};
