"""Embedding and EmbeddingBag: a table of vectors, looked up one by one or summed up by bags."""

from __future__ import annotations

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.module import Parameter
from mytorch.nn.modules.types import ArrayLike
from mytorch.nn.resetting import Resettable
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["Embedding", "EmbeddingBag"]


class _Table(Resettable):
    """What both share: the weight (num_embeddings, embedding_dim) and the options that concern it."""

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None,
        max_norm: float | None,
        norm_type: float,
        scale_grad_by_freq: bool,
        sparse: bool,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        if sparse:
            raise NotImplementedError(f"{name}: sparse=True is not supported, the gradient is always dense")
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(
                    f"{name}: padding_idx must be in {-num_embeddings}..{num_embeddings - 1}, got {padding_idx}"
                )
            padding_idx %= num_embeddings
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = padding_idx
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        weight = default_generator().standard_normal((num_embeddings, embedding_dim)).astype(get_default_dtype())
        if padding_idx is not None:
            weight[padding_idx] = 0
        self.weight = Parameter(weight)

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        defaults = {"padding_idx": None, "max_norm": None, "norm_type": 2.0, "scale_grad_by_freq": False}
        for name, default in defaults.items():
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text


class Embedding(_Table):
    """A vector for every number 0..num_embeddings-1, learned.    (...) integers -> (..., embedding_dim)

    weight: (num_embeddings, embedding_dim), drawn at first from N(0, 1); the row padding_idx is 0
    and gets no gradient. max_norm: rows that are looked up are first shortened to this `norm_type`-norm,
    in the weight itself. scale_grad_by_freq: the gradient of a row is divided by how often it was
    looked up. sparse: NotImplementedError.
    """

    @placed
    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> None:
        super().__init__(
            num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse
        )  # fmt: skip

    @classmethod
    def from_pretrained(
        cls,
        embeddings: ArrayLike,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """An Embedding with these vectors, (rows, D), by default not trained."""
        array = embeddings.data if isinstance(embeddings, Tensor) else np.asarray(embeddings)
        if array.ndim != 2:
            raise ValueError(f"Embedding: embeddings must have shape (rows, D), got {array.shape}")
        rows, width = array.shape
        layer = cls(rows, width, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
        layer.weight = Parameter(array, requires_grad=not freeze)
        return layer

    def forward(self, input: ArrayLike) -> Tensor:
        """The rows at the positions `input`, integers of any shape."""
        return F.embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq
        )  # fmt: skip


class EmbeddingBag(_Table):
    """The sum, mean or maximum of the vectors of each bag of numbers.    -> (bags, embedding_dim)

    mode: "sum", "mean" or "max".  include_last_offset: `offsets` also holds the end of the last bag.
    The row padding_idx counts in no bag. Other arguments as in `Embedding`.
    """

    @placed
    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        *,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> None:
        super().__init__(
            num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse
        )  # fmt: skip
        if mode not in ("sum", "mean", "max"):
            raise ValueError(f"EmbeddingBag: mode must be 'sum', 'mean' or 'max', got {mode!r}")
        self.mode = mode
        self.include_last_offset = include_last_offset

    def forward(
        self, input: ArrayLike, offsets: ArrayLike | None = None, per_sample_weights: Tensor | None = None
    ) -> Tensor:
        """input (bags, n), or (numbers,) with offsets (bags,): see `nn.functional.embedding_bag`."""
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            per_sample_weights=per_sample_weights,
            include_last_offset=self.include_last_offset,
            padding_idx=self.padding_idx,
        )

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, mode={self.mode!r}"
