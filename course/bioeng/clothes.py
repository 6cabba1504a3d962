"""Pictures of clothes that are drawn, not photographed: nothing to download, and as many as you like.

images, labels = pictures(2000, seed=1)      images: (2000, 28, 28), uint8, 0 to 255.   labels: (2000,), int64
"""

from pathlib import Path

import numpy as np
from matplotlib.path import Path as Polygon

CLASSES = ("T-shirt", "trousers", "pullover", "dress", "bag", "boot")
SIZE = 28  # pixels, as in Fashion-MNIST

# The right half of a symmetric outline from top to bottom, or a whole outline; x and y from -1 to 1, y downwards.
HALVES = {
    "T-shirt": [(0.2, -0.7), (0.8, -0.4), (0.65, -0.1), (0.4, -0.25), (0.4, 0.75), (0, 0.75)],
    "trousers": [(0.4, -0.85), (0.5, 0.85), (0.2, 0.85), (0, -0.3)],
    "pullover": [(0.2, -0.7), (0.6, -0.5), (0.85, 0.6), (0.6, 0.65), (0.42, -0.1), (0.42, 0.75), (0, 0.75)],
    "dress": [(0.2, -0.85), (0.25, -0.2), (0.6, 0.85), (0, 0.85)],
    "bag": [(0.0, -0.6), (0.3, -0.6), (0.35, -0.2), (0.8, -0.2), (0.8, 0.6), (0, 0.6)],
}
BOOT = [(-0.5, -0.7), (0.0, -0.7), (0.0, 0.1), (0.7, 0.3), (0.7, 0.6), (-0.5, 0.6)]

_axis = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
POINTS = np.stack(np.meshgrid(_axis, _axis), axis=-1).reshape(-1, 2)  # (784, 2), the (x, y) of every pixel


def outline(name):
    """The corners, (n, 2)."""
    right = np.array(HALVES.get(name, BOOT), dtype=float)
    return right if name == "boot" else np.concatenate([right, right[::-1] * (-1, 1)])


def picture(name, rng):
    """One picture, (28, 28): moved, turned, stretched, dented, in a shade of its own, with noise."""
    angle = rng.normal(0, 0.15)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = outline(name)
    corners = corners + rng.normal(0, 0.05, corners.shape)
    corners = corners * rng.uniform((0.7, 0.7), (1.1, 1.1)) @ turn + rng.normal(0, 0.1, 2)
    inside = Polygon(corners).contains_points(POINTS).reshape(SIZE, SIZE)
    noise = np.where(rng.random((SIZE, SIZE)) < 0.1, rng.integers(0, 16, (SIZE, SIZE)), 0)  # 16 shades: small files
    return np.where(noise > 0, noise, inside * rng.integers(5, 16)) * 17


def pictures(count, seed):
    """`count` pictures and their classes; the same seed draws the same ones again."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(CLASSES), count)
    images = np.stack([picture(CLASSES[label], rng) for label in labels])
    return images.astype(np.uint8), labels


def hidden_pictures():
    """The pictures whose classes you are to tell, (400, 28, 28)."""
    with np.load(Path(__file__).with_name("hidden_images.npz")) as file:
        return file["images"]
