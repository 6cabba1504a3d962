"""Norms and GELU of float32, large enough for their own code, with the extra oneDNN and without."""

from __future__ import annotations

import numpy as np
import pytest
from support.extra_onednn import needs_onednn, one_and_two_threads, with_and_without

import mytorch.nn.functional as F
from mytorch.ops import kernels
from mytorch.ops.activations import onednn_gelu
from mytorch.tensor import Tensor


# --------------------------------------------------------------------------- large batch norms
@with_and_without
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("shape", [(5, 16, 23, 19), (7, 13, 21, 18), (3, 40, 9, 32), (700, 50)])
def test_a_large_batch_norm_is_the_general_one(shape, affine: bool, dtype: str, extra) -> None:
    rng = np.random.default_rng(5)
    channels = shape[1]
    x = 3 * rng.standard_normal(shape) + 20 * rng.standard_normal((channels, *[1] * (len(shape) - 2)))
    x = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    arrays = [x, rng.uniform(0.5, 1.5, channels), rng.standard_normal(channels)][: 3 if affine else 1]
    cotangent, other = rng.standard_normal((2, *shape))

    def run(dtype: str, general: bool) -> list[np.ndarray]:
        with pytest.MonkeyPatch.context() as patch:
            if general:
                patch.setattr(kernels, "batch_norm", lambda *arguments: None)
            leaves = [Tensor(a.astype(dtype), requires_grad=True) for a in arrays]
            running = [Tensor(np.zeros(channels, dtype)), Tensor(np.ones(channels, dtype))]
            y = F.batch_norm(leaves[0], *running, *leaves[1:], training=True, momentum=0.5)
            y.backward(Tensor(cotangent.astype(dtype)), create_graph=True)
            firsts = [leaf.grad for leaf in leaves]
            y = F.batch_norm(leaves[0], *running, *leaves[1:], training=True, momentum=0.5)
            for leaf in leaves:
                leaf.grad = None
            y.backward(Tensor(cotangent.astype(dtype)))  # on arrays
            on_arrays = [leaf.grad.data.copy() for leaf in leaves]
            for leaf in leaves:
                leaf.grad = None
            (firsts[0] * other.astype(dtype)).sum().backward()
            found = [y, *running, *firsts, *[leaf.grad for leaf in leaves if leaf.grad is not None]]
            return [*on_arrays, *[tensor.data for tensor in found]]

    tolerance = 1e-4 if dtype == "float32" else 1e-10
    for found, expected in zip(run(dtype, general=False), run("float64", general=True)):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * np.abs(expected).max())


@needs_onednn
def test_onednn_is_used_for_a_batch_norm_of_images(monkeypatch) -> None:
    monkeypatch.setattr(kernels, "BlockedBatchNorm", None)
    x = np.ones((5, 23, 19, 16), "f4").transpose(0, 3, 1, 2)
    kernels.batch_norm(x, None, None, 1e-5)
    with pytest.raises(TypeError):
        kernels.batch_norm(x.astype("f8"), None, None, 1e-5)


# ---------------------------------------------------------------------- layer norm and GELU
@with_and_without
@one_and_two_threads
@pytest.mark.parametrize("layout", ["rows", "transposed", "with gaps"])
def test_large_layer_norms_and_gelus(layout: str, threads, extra, monkeypatch) -> None:
    monkeypatch.setattr(onednn_gelu, "PART", 5_000)
    rng = np.random.default_rng(6)
    arrays = [3 * rng.standard_normal((37, 13, 61)) + 1, rng.uniform(0.5, 1.5, 61), rng.standard_normal(61)]
    cotangent = rng.standard_normal(arrays[0].shape)

    def run(dtype: str) -> list[np.ndarray]:
        x, *scales = [a.astype(dtype) for a in arrays]
        if layout == "transposed":
            x = np.ascontiguousarray(x.transpose(1, 0, 2)).transpose(1, 0, 2)
        elif layout == "with gaps":
            x = np.repeat(x, 2, axis=-1)[..., ::2]
        leaves = [Tensor(a, requires_grad=True) for a in (x, *scales)]
        y = F.layer_norm(F.gelu(leaves[0]), (61,), *leaves[1:])
        y.backward(Tensor(cotangent.astype(dtype)))
        return [y.data, *[leaf.grad.data for leaf in leaves]]

    for found, expected in zip(run("float32"), run("float64")):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


@needs_onednn
def test_onednn_is_used_for_layer_norm_and_gelu(monkeypatch) -> None:
    monkeypatch.setattr(kernels, "RowNorm", None)
    monkeypatch.setattr(kernels, "gelu_arrays", None)
    x, ones = Tensor(np.ones((64, 64), "f4"), requires_grad=True), Tensor(np.ones(64, "f4"))
    F.gelu(F.layer_norm(x, (64,), ones, ones)).sum().backward()
    np.testing.assert_array_equal(x.grad.data, 0)


@needs_onednn
def test_few_numbers_and_float64_are_left_to_numpy(monkeypatch) -> None:
    monkeypatch.setattr(kernels, "OneDnnRowNorm", None)
    monkeypatch.setattr(kernels, "onednn_gelu", None)
    for x in (np.ones((8, 64), "f4"), np.ones((64, 64), "f8")):
        ones = Tensor(np.ones(64, x.dtype))
        assert np.isfinite(F.gelu(F.layer_norm(Tensor(x), (64,), ones, ones)).data).all()
