"""A policy gradient on a made-up game, an ELBO, and func."""

import numpy as np
import torch
from torch import nn
from torch.autograd import Variable
from torch.distributions import Categorical, Independent, Normal, kl_divergence
from torch.distributions.bernoulli import Bernoulli
from torch.func import functional_call, grad, jacrev, vmap
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.utils import _pair
from torch.nn.parameter import Parameter

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(0)
policy = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
with torch.no_grad():
    for p in policy.parameters():
        p.copy_(torch.tensor(rng.standard_normal(tuple(p.shape))))
optimizer = torch.optim.RMSprop(policy.parameters(), lr=1e-2)
for step in range(5):
    states = torch.as_tensor(rng.standard_normal((16, 4)), device="cpu")
    actions = torch.as_tensor(rng.integers(0, 3, 16))
    rewards = torch.as_tensor(rng.standard_normal(16))
    pi = Categorical(logits=policy(states))
    loss = -(pi.log_prob(actions) * rewards).mean() - 0.01 * pi.entropy().mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    print(step, loss.item())
mu, log_sigma = [Variable(torch.tensor(rng.standard_normal((5, 2))), requires_grad=True) for _ in range(2)]
q = Independent(Normal(mu, log_sigma.exp()), 1)
prior = Independent(Normal(torch.zeros(5, 2), torch.ones(5, 2)), 1)
elbo = Bernoulli(logits=mu).log_prob((mu > 0).double()).sum() - kl_divergence(q, prior).sum()
elbo.backward()
print(elbo.item(), mu.grad.sum().item(), log_sigma.grad.sum().item(), q.rsample((3,)).shape == torch.Size([3, 5, 2]))


def f(v):
    return (v**3).sum()


x = torch.tensor([1.0, 2.0])
print(grad(f)(x).tolist(), vmap(grad(f))(torch.stack([x, 2 * x])).tolist(), jacrev(grad(f))(x).tolist())
weights = {name: torch.ones_like(p) for name, p in policy.named_parameters()}
print(functional_call(policy, weights, (states[:1],)).tolist(), grad(f)(x).requires_grad)
print(_pair(3), isinstance(nn.BatchNorm1d(2), _BatchNorm), isinstance(Parameter(x), nn.Parameter))
with torch.random.fork_rng():
    torch.manual_seed(0)
with torch.profiler.record_function("block"):
    torch.testing.assert_close(x, x + 1e-9)
