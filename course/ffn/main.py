"""Train a network on pictures of horses, ships and trucks (handout 004):   python main.py   writes training_plot.png"""

import matplotlib.pyplot as plt
import numpy as np
from ffn import FeedForwardNeuralNetwork, evaluate, train
from simple_cifar import CLASSES, load_data


def displayExample(x):  # noqa: N802, the handout's name
    """Show a picture, 3,072 numbers from 0 to 255: first all red, then all green, then all blue."""
    plt.imshow(x.reshape(3, 32, 32).transpose(1, 2, 0).astype(np.uint8))  # (32, 32, 3), as imshow wants it
    plt.axis("off")


def normalized(X, mean, std):
    """Numbers around 0 are easier to learn from than numbers from 0 to 255."""
    # BEGIN SOLUTION 7.1: mean and std are those of the training set, of each of the 3,072 numbers
    return (X - mean) / std
    # INSTEAD
    # return X / 255
    # END SOLUTION


def plot(history, file):
    losses, accuracies, val_losses, val_accuracies = history
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    epochs = range(1, len(losses) + 1)
    left.plot(epochs, losses, label="training")
    left.plot(epochs, val_losses, label="validation")
    left.set(xlabel="epoch", ylabel="loss")
    right.plot(epochs, accuracies, label="training")
    right.plot(epochs, val_accuracies, label="validation")
    right.set(xlabel="epoch", ylabel="accuracy")
    left.legend()
    figure.savefig(file)


def main(epochs=10, batch_size=128, step_size=0.0003, hidden_dim=100, num_layers=3):
    """Train, plot, and test; (validation accuracy, test accuracy). Change the numbers to find better ones."""
    np.random.seed(0)
    (X, Y), (X_val, Y_val), (X_test, Y_test) = load_data()
    mean, std = X.mean(axis=0), X.std(axis=0) + 1e-3  # (3072,)
    X, X_val, X_test = (normalized(part, mean, std) for part in (X, X_val, X_test))
    model = FeedForwardNeuralNetwork(X.shape[1], len(CLASSES), hidden_dim, num_layers)
    history = train(model, (X, Y), (X_val, Y_val), epochs, batch_size, step_size)
    plot(history, "training_plot.png")
    _, test_accuracy = evaluate(model, X_test, Y_test, batch_size)
    print(f"validation accuracy {history[3][-1]:.1%}, test accuracy {test_accuracy:.1%}")
    return history[3][-1], test_accuracy


if __name__ == "__main__":
    main()
