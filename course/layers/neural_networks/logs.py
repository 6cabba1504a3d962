"""What a run leaves behind: a folder with its settings, its weights and the plot of its losses."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

__all__ = ["Logger"]


class Logger:
    """experiments/<model_name>/<settings>/: hyperparameters.json, parameters.npz, losses.csv, loss.png

    A run with the same name and settings replaces the one before: give another model_name to keep both.
    """

    def __init__(self, model_name, hyperparameters, root="experiments"):
        settings = "_".join(f"{name}-{value}" for name, value in hyperparameters.items())
        self.folder = Path(root) / model_name / settings
        self.hyperparameters = hyperparameters
        self.losses, self.epochs = [], []  # of each step; (step, validation loss, validation accuracy)

    def step(self, loss):
        self.losses.append(loss)

    def epoch(self, loss, accuracy):
        self.epochs.append((len(self.losses), loss, accuracy))
        print(f"epoch {len(self.epochs):3}: validation loss {loss:.4f}, accuracy {accuracy:.2%}", flush=True)

    def save(self, model):
        """Write it all. model: a NeuralNetwork."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "hyperparameters.json").write_text(json.dumps(self.hyperparameters, indent=1))
        np.savetxt(self.folder / "losses.csv", self.losses)
        named = {f"{i}.{name}": W for i, layer in enumerate(model.layers) for name, W in layer.parameters.items()}
        np.savez(self.folder / "parameters.npz", **named)
        self.plot().savefig(self.folder / "loss.png")
        print(f"saved in {self.folder}")

    def plot(self):
        """The loss against iterations."""
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.subplots()
        axes.plot(np.arange(1, len(self.losses) + 1), self.losses, linewidth=0.8, label="training, each step")
        steps, losses, _ = np.transpose(self.epochs)
        axes.plot(steps, losses, "o-", markersize=3, label="validation, each epoch")
        axes.set(xlabel="iterations", ylabel="loss", yscale="log")
        axes.legend(frameon=False)
        return figure
