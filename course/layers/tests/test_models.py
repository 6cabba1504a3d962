"""A network of two layers: backward through both, and predict."""

from neural_networks.layers import FullyConnected
from neural_networks.models import NeuralNetwork
from neural_networks.optimizers import SGD

from tests.expected import Expectations


class TestNeuralNetwork(Expectations):
    file = "models"

    def model(self):
        model = NeuralNetwork([FullyConnected(4, "relu"), FullyConnected(3, "softmax")], "cross_entropy", SGD(0.1))
        model.forward(self.data["X"])  # makes the parameters
        for i, layer in enumerate(model.layers):
            for key in layer.parameters:
                layer.parameters[key] = self.data[f"{i}/{key}"]
        return model

    def test_backward(self):
        model = self.model()
        self.near(model.backward(self.data["Y"], model.forward(self.data["X"])), "L")
        for i, layer in enumerate(model.layers):
            for key in layer.parameters:
                self.near(layer.gradients[key], f"{i}/d{key}")

    def test_predict(self):
        Y_hat, loss = self.model().predict(self.data["X"], self.data["Y"])
        self.near(Y_hat, "Y_hat")
        self.near(loss, "L")
