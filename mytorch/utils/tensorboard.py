"""SummaryWriter: numbers, images and histograms for TensorBoard's page, written by tensorboardX, an extra:
pip install 'mytorch[tensorboard]'. `tensorboard --logdir runs` shows them.

    writer = SummaryWriter("runs/first")
    writer.add_scalar("loss/train", loss.item(), step)
    writer.close()
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from mytorch.compat.left_out import LeftOut
from mytorch.tensor import Tensor

__all__ = ["SummaryWriter"]


def _tensorboardx() -> Any:
    try:
        return importlib.import_module("tensorboardX")  # when it is needed: it is an extra
    except ImportError:
        raise ImportError("SummaryWriter needs tensorboardX: pip install 'mytorch[tensorboard]'") from None


def _plain(value: Any) -> Any:
    """`value` with arrays in the place of Tensors, also within containers."""
    if isinstance(value, Tensor):
        return value.numpy(force=True)
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if type(value) in (list, tuple):
        return type(value)([_plain(member) for member in value])
    return value


def _forwarded(name: str, doc: str) -> Any:
    def method(self: SummaryWriter, *args: Any, **kwargs: Any) -> None:
        getattr(self.writer, name)(*[_plain(value) for value in args], **{k: _plain(v) for k, v in kwargs.items()})

    method.__name__, method.__doc__ = name, f"{doc} Tensors may stand wherever tensorboardX takes arrays."
    return method


class SummaryWriter:
    """Writes one run into `log_dir`, by default runs/DATE_HOST with `comment` behind it. The arguments are PyTorch's.

    writer: tensorboardX's, which does the work. A SummaryWriter can stand in `with`, which closes it.
    """

    def __init__(
        self,
        log_dir: Any = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:
        make = _tensorboardx().SummaryWriter
        place = None if log_dir is None else str(log_dir)
        self.writer = make(place, comment, purge_step, max_queue, flush_secs, filename_suffix)

    @property
    def log_dir(self) -> str:
        """The folder."""
        return str(self.writer.logdir)

    def get_logdir(self) -> str:
        """The folder."""
        return self.log_dir

    add_scalar = _forwarded("add_scalar", "(tag, scalar_value, global_step): a number of a curve.")
    add_scalars = _forwarded("add_scalars", "(main_tag, {tag: number}, global_step): several curves in one chart.")
    add_image = _forwarded("add_image", "(tag, image (C, H, W), global_step).")
    add_images = _forwarded("add_images", "(tag, images (N, C, H, W), global_step).")
    add_figure = _forwarded("add_figure", "(tag, a figure of Matplotlib, global_step).")
    add_text = _forwarded("add_text", "(tag, text, global_step).")
    add_hparams = _forwarded("add_hparams", "({name: value}, {metric: number}): a row of the table of runs.")
    add_pr_curve = _forwarded("add_pr_curve", "(tag, labels, predictions, global_step): precision by recall.")
    add_custom_scalars = _forwarded("add_custom_scalars", "(layout): which curves stand together.")

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: int | None = None,
        bins: Any = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """How `values` are distributed, at a step. ValueError if they are empty, or nan or infinite."""
        array = np.asarray(_plain(values))
        if not array.size or not np.isfinite(array).all():
            raise ValueError(f"add_histogram: the values of {tag!r} must be finite, and not be empty")
        self.writer.add_histogram(tag, array, global_step, bins, walltime, max_bins)

    def add_graph(self, model: Any, input_to_model: Any = None, *args: Any, **kwargs: Any) -> None:
        """Left out: models are not traced here."""
        raise LeftOut("SummaryWriter.add_graph", "write the model with mytorch.onnx.export, which viewers open")

    def add_embedding(self, *args: Any, **kwargs: Any) -> None:
        """Left out."""
        raise LeftOut("SummaryWriter.add_embedding", "draw the points with Matplotlib and add_figure")

    def flush(self) -> None:
        """Write what waits to be written."""
        self.writer.flush()

    def close(self) -> None:
        """`flush`, and no more."""
        self.writer.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
