"""The activation functions, forward and backward."""

from neural_networks import activations

from tests.expected import Expectations


class ActivationCase(Expectations):
    file = "activations"

    def forward(self, name):
        self.near(getattr(activations, name)().forward(self.data["Z"]), f"{name}/Y")

    def backward(self, name):
        self.near(getattr(activations, name)().backward(self.data["Z"], self.data["dY"]), f"{name}/dZ")


class TestLinear(ActivationCase):
    def test_forward(self):
        self.forward("Linear")

    def test_backward(self):
        self.backward("Linear")


class TestSigmoid(ActivationCase):
    def test_forward(self):
        self.forward("Sigmoid")

    def test_backward(self):
        self.backward("Sigmoid")


class TestTanH(ActivationCase):
    def test_forward(self):
        self.forward("TanH")

    def test_backward(self):
        self.backward("TanH")


class TestArcTan(ActivationCase):
    def test_forward(self):
        self.forward("ArcTan")

    def test_backward(self):
        self.backward("ArcTan")


class TestReLU(ActivationCase):
    def test_forward(self):
        self.forward("ReLU")

    def test_backward(self):
        self.backward("ReLU")


class TestSoftMax(ActivationCase):
    def test_forward(self):
        self.forward("SoftMax")

    def test_backward(self):
        self.backward("SoftMax")
