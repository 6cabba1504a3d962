#!/usr/bin/env python3
"""A two-layer network on the Iris data (section 5): python train_ffnn.py --lr 0.05 --hidden 16

Try at least three combinations of learning rate and hidden units, and report the test error of the best.
Every run is saved in experiments/<name>/, with the plot of its loss.
"""

import argparse
from pathlib import Path

import numpy as np
from neural_networks.datasets import iris
from neural_networks.layers import FullyConnected
from neural_networks.logs import Logger
from neural_networks.models import NeuralNetwork
from neural_networks.optimizers import SGD
from neural_networks.schedulers import Exponential


def options(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="iris", help="of the folder in experiments/ (%(default)s)")
    parser.add_argument("--lr", type=float, default=0.05, help="learning rate (%(default)s)")
    parser.add_argument("--hidden", type=int, default=16, help="hidden units (%(default)s)")
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--decay", type=float, default=1.0, help="of the learning rate, each epoch (%(default)s)")
    parser.add_argument("--clip", type=float, default=None, metavar="NORM", help="scale larger gradients down to it")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


def main(arguments=None):
    chosen = options(arguments)
    np.random.seed(chosen.seed)
    data = iris(Path(__file__).with_name("iris.csv"))
    layers = [FullyConnected(chosen.hidden, "relu"), FullyConnected(3, "softmax")]
    optimizer = SGD(chosen.lr, chosen.momentum, Exponential(chosen.decay), chosen.clip)
    model = NeuralNetwork(layers, "cross_entropy", optimizer)
    logger = Logger(chosen.name, {name: value for name, value in vars(chosen).items() if name != "name"})
    model.train(data, chosen.epochs, logger)
    loss, accuracy = model.evaluate(data.batches("test"))
    print(f"test loss {loss:.4f}, test error {1 - accuracy:.2%}")
    logger.save(model)


if __name__ == "__main__":
    main()
