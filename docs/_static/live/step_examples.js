export const EXAMPLES = {
  "the handout's": `from mytorch import Tensor

a = Tensor(1.0, requires_grad=True)
b = Tensor(2.0)
c = Tensor(3.0, requires_grad=True)

d = a * b + a
e = (d + c) + 3
e.backward()
print(a.grad, b.grad, c.grad)
`,
  "one path, three links": `from mytorch import Tensor

x = Tensor(0.5, requires_grad=True)
y = (x.sin() * 2).exp()
y.backward()
print(x.grad)
`,
  "used three times": `from mytorch import Tensor

x = Tensor(2.0, requires_grad=True)
y = x * x
z = y * x + y
z.backward()
print(x.grad)  # 3 x^2 + 2 x
`,
  "vectors": `from mytorch import tensor

x = tensor([1.0, -2.0, 3.0], requires_grad=True)
w = tensor([0.5, 1.0, -1.0], requires_grad=True)
loss = ((x * w).relu() ** 2).sum()
loss.backward()
print(x.grad)
print(w.grad)
`,
  "a linear layer and its loss": `import mytorch
from mytorch import nn

x = mytorch.tensor([[1.0, -1.0], [0.5, 2.0]])
labels = mytorch.tensor([0, 1])
model = nn.Linear(2, 2)
loss = nn.CrossEntropyLoss()(model(x), labels)
loss.backward()
print(model.weight.grad)
`,
  "a sum over rows: broadcasting": `from mytorch import tensor

x = tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
b = tensor([0.5, -0.5], requires_grad=True)
loss = ((x + b) * x).mean()
loss.backward()
print(b.grad)
`,
};
