"""A small program of typical use, for checkers of types; test_typing.py reads what they say of each reveal_type."""

from typing import TYPE_CHECKING

import mytorch
import mytorch.nn.functional as F
from mytorch import Tensor, nn, optim
from mytorch.data import DataLoader, TensorDataset

if TYPE_CHECKING:
    from typing_extensions import reveal_type


class Net(nn.Module):
    def __init__(self, hidden: int = 16) -> None:
        super().__init__()
        self.hidden = nn.Linear(4, hidden)
        self.norm = nn.BatchNorm1d(hidden)
        self.out = nn.Linear(hidden, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(F.relu(self.norm(self.hidden(x))))


x = mytorch.randn(60, 4)
y = mytorch.randint(0, 3, (60,))
loader = DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True)
model = Net()
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss()
for inputs, labels in loader:
    optimizer.zero_grad()
    outputs = model(inputs)
    loss = criterion(outputs, labels)
    loss.backward()
    optimizer.step()
    print(loss.item())
    if TYPE_CHECKING:
        reveal_type(inputs)  # Tensor
        reveal_type(outputs)  # Tensor
        reveal_type(loss)  # Tensor
with mytorch.no_grad():
    accuracy = (model(x).argmax(1) == y).float().mean()

if TYPE_CHECKING:
    reveal_type(x)  # Tensor
    reveal_type(x @ x.T)  # Tensor
    reveal_type(x + 1)  # Tensor
    reveal_type(2 * x)  # Tensor
    reveal_type(-x)  # Tensor
    reveal_type(x == y)  # Tensor
    reveal_type(x[0])  # Tensor
    reveal_type(x.sum(0))  # Tensor
    reveal_type(x.view(-1).reshape(4, -1).t())  # Tensor
    reveal_type(x.add_(1))  # Tensor
    reveal_type(x.to("cpu").float())  # Tensor
    reveal_type(F.relu(x))  # Tensor
    reveal_type(F.softmax(x, dim=1))  # Tensor
    reveal_type(mytorch.cat([x, x]))  # Tensor
    reveal_type(mytorch.tensor([1.0]))  # Tensor
    reveal_type(mytorch.exp(x))  # Tensor
    reveal_type(model)  # Net
    reveal_type(model.hidden)  # Linear
    reveal_type(model.eval())  # Net
    reveal_type(model.hidden(x))  # Tensor
    reveal_type(criterion)  # CrossEntropyLoss
    reveal_type(accuracy)  # Tensor
    reveal_type(optimizer)  # SGD
    reveal_type(nn.Sequential(model)(x))  # Tensor
    reveal_type(x.grad)  # Tensor | None
    reveal_type(x.shape)  # tuple[int, ...]
