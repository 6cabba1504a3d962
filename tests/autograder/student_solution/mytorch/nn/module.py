"""The handout's Module, cut down to what the layers here need."""

from mytorch.tensor import Tensor


class Module:
    def __init__(self):
        self.is_train = True

    def __call__(self, *args):
        return self.forward(*args)

    def submodules(self):
        return [value for value in self.__dict__.values() if isinstance(value, Module)]

    def parameters(self):
        for value in self.__dict__.values():
            if isinstance(value, Tensor) and value.is_parameter:
                yield value
        for module in self.submodules():
            yield from module.parameters()

    def train(self):
        self.is_train = True
        for module in self.submodules():
            module.train()

    def eval(self):
        self.is_train = False
        for module in self.submodules():
            module.eval()
