"""Cross-entropy, forward and backward."""

from neural_networks.losses import CrossEntropy

from tests.expected import Expectations


class TestCrossEntropy(Expectations):
    file = "losses"

    def test_forward(self):
        self.near(CrossEntropy().forward(self.data["Y"], self.data["Y_hat"]), "CrossEntropy/L")

    def test_backward(self):
        self.near(CrossEntropy().backward(self.data["Y"], self.data["Y_hat"]), "CrossEntropy/dY_hat")
