"""Optimizers, and schedules for their learning rates."""

from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.optim import lr_scheduler, swa_utils
from mytorch.optim.adadelta import Adadelta
from mytorch.optim.adagrad import Adagrad
from mytorch.optim.adam import Adam
from mytorch.optim.adamax import Adamax
from mytorch.optim.adamw import AdamW
from mytorch.optim.asgd import ASGD
from mytorch.optim.lbfgs import LBFGS
from mytorch.optim.nadam import NAdam
from mytorch.optim.optimizer import Optimizer
from mytorch.optim.radam import RAdam
from mytorch.optim.rmsprop import RMSprop
from mytorch.optim.rprop import Rprop
from mytorch.optim.sgd import SGD

__all__ = [
    "ASGD", "LBFGS", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RAdam", "RMSprop",
    "Rprop", "lr_scheduler", "swa_utils",
]  # fmt: skip

if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        return lacking(__name__, name)
