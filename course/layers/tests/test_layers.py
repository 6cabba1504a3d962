"""The layers, forward and backward, and the first weights of FullyConnected."""

import numpy as np
from neural_networks.layers import Conv2D, FullyConnected, Pool2D

from tests.expected import Expectations


class LayerCase(Expectations):
    file = "layers"

    def run_forward(self, layer, name):
        """Give the layer its weights, and compare its output."""
        layer.forward(self.data[f"{name}/X"])  # makes the parameters
        for key in layer.parameters:
            layer.parameters[key] = self.data[f"{name}/{key}"]
        self.near(layer.forward(self.data[f"{name}/X"]), f"{name}/Y")

    def run_backward(self, layer, name):
        self.run_forward(layer, name)
        self.near(layer.backward(self.data[f"{name}/dY"]), f"{name}/dX")
        assert list(layer.gradients) == list(layer.parameters)
        for key in layer.parameters:
            self.near(layer.gradients[key], f"{name}/d{key}")


class TestFullyConnected(LayerCase):
    def layer(self):
        return FullyConnected(3, "tanh")

    def test_init_parameters(self):
        layer = self.layer()
        np.random.seed(1)
        layer._init_parameters((7, 4))
        np.random.seed(1)
        np.testing.assert_array_equal(layer.parameters["W"], layer.init_weights((4, 3)))
        np.testing.assert_array_equal(layer.parameters["b"], np.zeros((1, 3)))
        assert list(layer.gradients) == ["W", "b"]
        assert (layer.n_in, layer.n_out) == (4, 3)

    def test_forward(self):
        self.run_forward(self.layer(), "FullyConnected")

    def test_backward(self):
        self.run_backward(self.layer(), "FullyConnected")


class TestConv2D(LayerCase):
    def layers(self):
        return {
            "Conv2D": Conv2D(3, (3, 3), "relu"),
            "Conv2D strided": Conv2D(2, (3, 2), "tanh", stride=2, pad=1),
        }

    def test_forward(self):
        for name, layer in self.layers().items():
            self.run_forward(layer, name)

    def test_backward(self):
        for name, layer in self.layers().items():
            self.run_backward(layer, name)


class TestPool2D(LayerCase):
    def layers(self):
        return {"Pool2D max": Pool2D((2, 2), "max", stride=2), "Pool2D average": Pool2D((3, 2), "average", stride=1)}

    def test_forward(self):
        for name, layer in self.layers().items():
            self.run_forward(layer, name)

    def test_backward(self):
        for name, layer in self.layers().items():
            self.run_backward(layer, name)
