import numpy as np

import mytorch.nn.functional as F
from mytorch.nn.module import Module
from mytorch.tensor import Tensor


class BatchNorm1d(Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = Tensor(np.array([eps]))
        self.momentum = Tensor(np.array([momentum]))
        self.gamma = Tensor(np.ones((num_features,)), requires_grad=True, is_parameter=True)
        self.beta = Tensor(np.zeros((num_features,)), requires_grad=True, is_parameter=True)
        self.running_mean = Tensor(np.zeros((num_features,)))
        self.running_var = Tensor(np.ones((num_features,)))

    def forward(self, x):
        if len(x.shape) == 2:
            return self.normalize(x)
        return F.Unroll.apply(self.normalize(F.Roll.apply(x)), x.shape[0])

    def normalize(self, x):
        if not self.is_train:
            normalized = (x - self.running_mean) / F.Sqrt.apply(self.running_var + self.eps)
            return self.gamma * normalized + self.beta
        n = x.shape[0]
        mean = F.Mean.apply(x)
        centred = x - mean
        var = F.Mean.apply(centred * centred)
        m = self.momentum.data
        self.running_mean = Tensor((1 - m) * self.running_mean.data + m * mean.data)
        self.running_var = Tensor((1 - m) * self.running_var.data + m * var.data * n / (n - 1))
        return self.gamma * (centred / F.Sqrt.apply(var + self.eps)) + self.beta
