#!/usr/bin/env python3
"""LeNet on MNIST, one epoch (section 6.4, optional): python train_conv.py --data FOLDER

FOLDER has MNIST's four files. Without --data it takes the 5,000 digits that come with the grader, which are too few
for the accuracy that the handout speaks of.
"""

import argparse
from pathlib import Path

import numpy as np
from neural_networks.datasets import mnist
from neural_networks.layers import Conv2D, Flatten, FullyConnected, Pool2D
from neural_networks.logs import Logger
from neural_networks.models import NeuralNetwork
from neural_networks.optimizers import SGD

BUNDLED = Path(__file__).parent / "autograder/hw1_autograder/bundled"


def lenet():
    """(m, 28, 28, 1) -> (m, 10)"""
    return [
        Conv2D(6, (5, 5), "relu", pad="same"),
        Pool2D((2, 2), "max", stride=2),  # (m, 14, 14, 6)
        Conv2D(16, (5, 5), "relu", pad="valid"),  # (m, 10, 10, 16)
        Pool2D((2, 2), "max", stride=2),  # (m, 5, 5, 16)
        Flatten(),
        FullyConnected(120, "relu"),
        FullyConnected(84, "relu"),
        FullyConnected(10, "softmax"),
    ]


def options(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=BUNDLED, metavar="FOLDER")
    parser.add_argument("--name", default="lenet", help="of the folder in experiments/ (%(default)s)")
    parser.add_argument("--lr", type=float, default=0.02, help="learning rate (%(default)s)")
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


def main(arguments=None):
    chosen = options(arguments)
    np.random.seed(chosen.seed)
    model = NeuralNetwork(lenet(), "cross_entropy", SGD(chosen.lr, chosen.momentum))
    settings = {name: value for name, value in vars(chosen).items() if name not in ("name", "data")}
    logger = Logger(chosen.name, settings)
    model.train(mnist(chosen.data), chosen.epochs, logger)
    logger.save(model)


if __name__ == "__main__":
    main()
