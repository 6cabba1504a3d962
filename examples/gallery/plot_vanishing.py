"""
Gradients that vanish with depth
================================

Thirty layers, one backward: how large is the gradient of each layer's weights? Each layer multiplies it by its weights
and by the slope of its activation, which for a sigmoid is at most 1/4.
"""

import matplotlib.pyplot as plt

import mytorch
from mytorch import nn

DEPTH, WIDTH = 30, 64


def norms(activation, init):
    """The norm of dL/dW of each layer, the first layer first."""
    mytorch.manual_seed(0)
    layers = [nn.Linear(WIDTH, WIDTH) for _ in range(DEPTH)]
    for layer in layers:
        init(layer.weight)
    model = nn.Sequential(*[part for layer in layers for part in (layer, activation())])
    (model(mytorch.randn(32, WIDTH)) ** 2).mean().backward()
    return [layer.weight.grad.norm().item() for layer in layers]


CASES = {
    "sigmoid, Xavier": (nn.Sigmoid, nn.init.xavier_normal_),
    "tanh, Xavier": (nn.Tanh, nn.init.xavier_normal_),
    "ReLU, Xavier": (nn.ReLU, nn.init.xavier_normal_),
    "ReLU, Kaiming": (nn.ReLU, lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu")),
}
figure, axes = plt.subplots(figsize=(7, 4.4), layout="constrained")
for name, (activation, init) in CASES.items():
    axes.semilogy(range(1, DEPTH + 1), norms(activation, init), ".-", label=name)
axes.set(xlabel="layer (1 is the first)", ylabel="norm of dL/dW")
axes.legend()
plt.show()

# %%
# Backward goes from right to left. Kaiming's initialization keeps the size of what flows through ReLU; with Xavier's
# each ReLU layer halves the variance, and the sigmoid loses most.
