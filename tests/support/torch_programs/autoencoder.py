"""A denoising autoencoder, on the device that there is, from a DataLoader with workers."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.set_default_dtype(torch.float64)
torch.backends.cudnn.benchmark = True
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
rng = np.random.default_rng(0)


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(12, hidden, device=device), nn.ReLU(inplace=True))
        self.decode = nn.Linear(hidden, 12, dtype=torch.float64)

    def forward(self, x):
        return self.decode(self.encode(x.view(x.size(0), -1)))


model = nn.DataParallel(Net(8)).to(device)
for p in model.parameters():
    p.data = torch.from_numpy(rng.standard_normal(tuple(p.shape)) * 0.3).to(device).data
data = TensorDataset(torch.DoubleTensor(rng.standard_normal((40, 3, 4))), torch.LongTensor(rng.integers(0, 2, 40)))
loader = DataLoader(data, batch_size=16, num_workers=0, pin_memory=False, drop_last=False)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, foreach=False)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
for epoch in range(4):
    total = 0.0
    for x, label in loader:
        x, label = x.to(device, non_blocking=True), label.to(device=device)
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), x.view(x.size(0), -1)) + 0.1 * label.double().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item() * x.size(0)
    scheduler.step()
    print(epoch, total / len(data), optimizer.param_groups[0]["lr"])
print(x.device, x.is_cuda, loss.cpu().item(), sorted(model.state_dict()))
print(sum(torch.numel(p) for p in model.parameters()), torch.is_tensor(x), isinstance(p, nn.Parameter))
