"""Models that are no chain of layers, in the API that PyTorch and MyTorch share (`lib` is either module).

A transformer, a recurrent and a residual network, and one with strided convolutions: what people train beside MLPs.
"""

from __future__ import annotations

from typing import Any

__all__ = ["MODELS", "gpt", "lstm", "residual", "strided"]


def strided(lib: Any) -> Any:
    """(N, 3, 64, 64) -> (N, 10): strides instead of pooling, BatchNorm2d, a convolution of single pixels."""
    nn = lib.nn
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),  # -> (N, 16, 32, 32)
        nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),  # -> (N, 32, 16, 16)
        nn.Conv2d(32, 64, 1), nn.ReLU(), nn.AvgPool2d(2),  # -> (N, 64, 8, 8)
        nn.Flatten(), nn.Linear(4096, 10),
    )  # fmt: skip


def gpt(lib: Any, vocabulary: int = 64, width: int = 64, heads: int = 4, layers: int = 2, context: int = 64) -> Any:
    """(N, context) integers -> (N * context, vocabulary): each position predicts the next."""
    nn, F = lib.nn, lib.nn.functional

    class Block(nn.Module):
        """x + attention(norm x), then x + MLP(norm x)"""

        def __init__(self) -> None:
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x: Any) -> Any:
            x = x + self.attention(self.norm1(x))
            return x + self.mlp(self.norm2(x))

        def attention(self, x: Any) -> Any:
            batch, length, _ = x.shape
            qkv = self.qkv(x).reshape(batch, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
            y = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], is_causal=True)  # (N, heads, L, E)
            return self.proj(y.transpose(1, 2).reshape(batch, length, width))

    class GPT(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
            self.blocks = nn.Sequential(*[Block() for _ in range(layers)])
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary)

        def forward(self, x: Any) -> Any:
            h = self.tokens(x) + self.positions(lib.arange(x.shape[1]))
            return self.head(self.norm(self.blocks(h))).reshape(-1, vocabulary)

    return GPT()


def lstm(lib: Any) -> Any:
    """(T, N, 16) -> (N, 10), from the last state of 64."""
    nn = lib.nn

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.head = nn.LSTM(16, 64), nn.Linear(64, 10)

        def forward(self, x: Any) -> Any:
            return self.head(self.lstm(x)[0][-1])

    return Reader()


def residual(lib: Any) -> Any:
    """(N, 3, 16, 16) -> (N, 10): blocks of 8, 16 and 32 channels, the last two at half the side. (He et al. 2016.)"""
    nn = lib.nn

    class Block(nn.Module):
        """relu(BN conv relu BN conv x + shortcut x)"""

        def __init__(self, inputs: int, outputs: int, stride: int) -> None:
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(),
                nn.Conv2d(outputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs),
            )  # fmt: skip
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride=stride) if inputs != outputs else nn.Identity()
            self.relu = nn.ReLU()

        def forward(self, x: Any) -> Any:
            return self.relu(self.body(x) + self.shortcut(x))

    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
        Block(8, 8, 1), Block(8, 16, 2), Block(16, 32, 2),  # -> (N, 32, 4, 4)
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10),
    )  # fmt: skip


MODELS = {"strided": strided, "gpt": gpt, "lstm": lstm, "residual": residual}
