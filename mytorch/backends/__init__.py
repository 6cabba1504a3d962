"""PyTorch's settings of the libraries below it. `mkldnn` switches the extra oneDNN; the others can be set, and choose
nothing: NumPy computes."""

from mytorch.backends import cuda, cudnn, mkl, mkldnn, mps, openmp

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp"]
