"""The learning rate as training goes on."""

__all__ = ["Constant", "Exponential"]


class Constant:
    """It stays."""

    def __call__(self, lr, epoch):
        return lr


class Exponential:
    """It is multiplied by `decay` every `stage_length` epochs:   lr * decay^floor(epoch / stage_length)"""

    def __init__(self, decay, stage_length=1):
        if not 0 < decay <= 1 or stage_length < 1:
            raise ValueError(f"expected 0 < decay <= 1 and stage_length >= 1, got {decay} and {stage_length}")
        self.decay, self.stage_length = decay, stage_length

    def __call__(self, lr, epoch):
        return lr * self.decay ** (epoch // self.stage_length)
