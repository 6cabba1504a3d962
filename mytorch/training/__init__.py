"""Training: a loop with validation, plots, a folder for each run, and resuming."""

from mytorch.training.callbacks import Callback, EarlyStopping
from mytorch.training.history import History
from mytorch.training.metrics import accuracy, averaged, binary_accuracy, mean_absolute_error, top_k_accuracy
from mytorch.training.objective import Objective
from mytorch.training.run_folder import RunFolder
from mytorch.training.trainer import Trainer
from mytorch.training.weight_average import WeightAverage

__all__ = [
    "Callback",
    "EarlyStopping",
    "History",
    "Objective",
    "RunFolder",
    "Trainer",
    "WeightAverage",
    "accuracy",
    "averaged",
    "binary_accuracy",
    "mean_absolute_error",
    "top_k_accuracy",
]
