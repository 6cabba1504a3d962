"""What PyTorch has and MyTorch leaves out: importing such a module works, using it is one clear error.

mytorch.jit.script(model)     NotImplementedError: mytorch.jit is left out: ...
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any

__all__ = ["LEFT_OUT", "LEFT_OUT_NAMES", "LeftOut", "LeftOutModule", "find_left_out_modules", "lacking"]

_COMPILED = "nothing is compiled or traced"
_COMPLEX = "there are no complex numbers"
_PLAIN = "tensors hold plain numbers; x.half() and float16 take less memory"
_SPARSE = "tensors are dense; keep indices and values, and use index_add or nn.Embedding"
_VOLUMES = "convolution, pooling and normalization of volumes (N, C, D, H, W) are left out"
_STORAGE = "the memory of a tensor is the array x.data"
_TAPE = "what an operation keeps for its gradient is its own; to keep less, use utils.checkpoint"
_RARE = "it is rare; write a Distribution with sample and log_prob, or a TransformedDistribution"
_LAZY = "a size that is not written is guessed; give it, as in nn.Linear(784, 10)"

# Modules -> the reason, and what to write instead.
LEFT_OUT = {
    "_C": "there is no code in C++",
    "_dynamo": f"{_COMPILED}; leave its settings away",
    "_inductor": f"{_COMPILED}; leave its settings away",
    "ao": _PLAIN,
    "autograd.forward_ad": "there is one mode, the reverse one; func.jvp computes directional derivatives",
    **dict.fromkeys(
        ["distributed.device_mesh", "distributed.fsdp", "distributed.tensor", "distributed.tensor.parallel",
         "distributed.pipelining"], "a model is whole on each rank; wrap it in nn.parallel.DistributedDataParallel"),
    **dict.fromkeys(
        ["distributed.elastic", "distributed.launch", "distributed.run"], "write mpiexec -n 4 python FILE.py"),
    "distributed.rpc": "functions are not called on other ranks; use send and recv",
    "compiler": f"{_COMPILED}; leave its marks away",
    "compile": f"{_COMPILED}; use the model as it is",
    "export": f"{_COMPILED}; save the state_dict with mytorch.save",
    "fft": f"{_COMPLEX}; np.fft on x.numpy()",
    "futures": "nothing runs in the background; use concurrent.futures",
    "fx": "models are not rewritten; walk over model.named_modules(), or use forward hooks",
    "hub": "nothing is downloaded and run; load a file of weights with mytorch.load",
    "jit": f"{_COMPILED}; use the model as it is, and save its state_dict",
    "library": "operations are Python; write a mytorch.autograd.Function",
    "masked": "a tensor has all its elements; use masked_fill and where",
    "monitor": "use mytorch.utils.tensorboard, or a callback of the Trainer",
    "mps": "MyTorch computes on the CPU; ask mytorch.backends.mps.is_available() first",
    "multiprocessing": "tensors are not shared between processes; use Python's multiprocessing on x.numpy(), and "
    "mytorch.distributed to train on several processes",
    "mtia": "MyTorch computes on the CPU; ask mytorch.cuda.is_available() for other devices",
    "nested": "tensors have one length per axis; pad them with nn.utils.rnn.pad_sequence",
    "nn.qat": _PLAIN,
    "nn.quantized": _PLAIN,
    "overrides": "there is one class of tensors; write functions of Tensors",
    "package": "nothing is pickled; save the state_dict with mytorch.save",
    "quantization": _PLAIN,
    "signal": "mytorch.hann_window and kin make windows",
    "sparse": _SPARSE,
    "utils.cpp_extension": "there is no code in C++",
    "utils.mobile_optimizer": f"{_COMPILED}; save the state_dict, or use mytorch.onnx.export",
    "utils.model_zoo": "nothing is downloaded; load a file of weights with mytorch.load",
    "xpu": "MyTorch computes on the CPU; ask mytorch.cuda.is_available() for other devices",
}  # fmt: skip

# Names that are no modules.
LEFT_OUT_NAMES = {
    **dict.fromkeys(
        ["complex32", "complex64", "complex128", "cfloat", "cdouble", "chalf", "complex", "polar", "view_as_complex",
         "view_as_real", "stft", "istft", "angle", "linalg.eig", "linalg.eigvals"], f"{_COMPLEX}; keep two tensors, "
        "or use NumPy on x.numpy()"),
    **dict.fromkeys(
        ["sparse_coo_tensor", "sparse_csr_tensor", "sparse_csc_tensor", "sparse_compressed_tensor", "sparse_coo",
         "sparse_csr", "smm", "sspaddmm", "hspmm", "optim.SparseAdam"], _SPARSE),
    **dict.fromkeys(
        ["quantize_per_tensor", "quantize_per_channel", "qint8", "quint8", "qint32", "dequantize"], _PLAIN),
    **dict.fromkeys(
        ["conv3d", "conv_transpose3d", "nn.functional.conv3d", "nn.functional.conv_transpose3d", "nn.Conv3d",
         "nn.ConvTranspose3d"], f"{_VOLUMES}; use Conv2d on the slices"),
    **dict.fromkeys(
        ["max_pool3d", *[f"nn.functional.{name}_pool3d" for name in
         ("avg", "max", "lp", "adaptive_avg", "adaptive_max", "fractional_max")], "nn.functional.max_unpool3d",
         "nn.AvgPool3d", "nn.MaxPool3d", "nn.AdaptiveAvgPool3d", "nn.AdaptiveMaxPool3d", "nn.MaxUnpool3d",
         "nn.LPPool3d", "nn.FractionalMaxPool3d"], f"{_VOLUMES}; pool two axes, then reshape and pool the third"),
    **dict.fromkeys(
        ["nn.BatchNorm3d", "nn.InstanceNorm3d"], f"{_VOLUMES}; flatten (D, H, W) to one axis and use the 1d layer"),
    **dict.fromkeys(
        ["nn.Dropout3d", "nn.functional.dropout3d"], f"{_VOLUMES}; flatten (D, H, W) to one axis and use Dropout1d"),
    **{f"nn.Lazy{name}": _LAZY for name in ("Linear", *[f"{kind}{n}d" for n in (1, 2, 3) for kind in
       ("Conv", "ConvTranspose", "BatchNorm", "InstanceNorm")])},
    **dict.fromkeys(
        ["distributed.new_group", "distributed.new_subgroups", "distributed.split_group"],
        "there is one group, of all ranks"),
    **dict.fromkeys(
        [f"distributed.{name}" for name in ("all_to_all", "all_to_all_single", "reduce_scatter",
         "reduce_scatter_tensor", "all_gather_into_tensor", "scatter_object_list", "batch_isend_irecv")],
        "use all_reduce, all_gather, scatter, or send and recv"),
    **dict.fromkeys(
        [f"distributed.{name}" for name in ("TCPStore", "FileStore", "HashStore", "PrefixStore", "Store")],
        "mpiexec tells the ranks of each other"),
    "nn.UninitializedParameter": _LAZY,
    "nn.UninitializedBuffer": _LAZY,
    **dict.fromkeys(["Storage", "TypedStorage", "storage", "as_strided", "as_strided_scatter", "empty_strided",
                     *[f"{kind}Storage" for kind in ("Float", "Double", "Half", "Long", "Int", "Short", "Byte", "Bool")]
                     ], f"{_STORAGE}; x.unfold and indices make views of it"),
    **dict.fromkeys(["uint16", "uint32", "uint64"], "PyTorch computes little with it, too; use int32 or int64"),
    **dict.fromkeys([f"float8_{kind}" for kind in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz")], _PLAIN),
    **dict.fromkeys(
        [f"{place}{name}" for place in ("", "linalg.") for name in ("lu", "lu_factor", "lu_solve", "ldl_factor",
         "geqrf", "householder_product", "lobpcg", "triangular_solve", "ormqr", "orgqr", "lu_unpack", "inv_ex",
         "cholesky_ex", "solve_ex", "lu_factor_ex", "ldl_factor_ex", "ldl_solve", "tensorinv", "tensorsolve")]
        + ["svd_lowrank", "pca_lowrank"], "use linalg.solve, inv, cholesky, qr or svd, which factorize by themselves"),
    **dict.fromkeys([f"autograd.graph.{name}" for name in ("saved_tensors_hooks", "save_on_cpu",
                     "disable_saved_tensors_hooks", "allow_mutation_on_saved_tensors")], _TAPE),
    **dict.fromkeys([f"autograd.graph.{name}" for name in ("register_multi_grad_hook", "GradientEdge",
                     "get_gradient_edge", "increment_version")], "use x.register_hook, or node.register_hook"),
    **dict.fromkeys([f"distributions.{name}" for name in ("ContinuousBernoulli", "ExponentialFamily", "FisherSnedecor",
                     "GeneralizedPareto", "InverseGamma", "Kumaraswamy", "LKJCholesky", "LogisticNormal",
                     "LowRankMultivariateNormal", "Pareto", "VonMises", "Weibull", "Wishart", "biject_to",
                     "transform_to")], _RARE),
    "func.linearize": "there is one mode, the reverse one; use func.jvp",
    "func.functionalize": "nothing is compiled or traced",
    **dict.fromkeys(["optim.Adafactor", "optim.Muon"], "it is made for very large models; use optim.AdamW"),
    **dict.fromkeys([f"special.{name}" for name in ("airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1",
                     "erfcx", "gammainc", "gammaincc", "i0", "i0e", "i1", "i1e", "log_ndtr", "modified_bessel_i0",
                     "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1", "spherical_bessel_j0", "zeta",
                     "chebyshev_polynomial_t", "hermite_polynomial_h", "laguerre_polynomial_l",
                     "legendre_polynomial_p")], "scipy.special has it, without gradients"),
    **dict.fromkeys(["i0", "igamma", "igammac"], "scipy.special has it, without gradients"),
    "nn.Buffer": "write self.register_buffer(name, tensor)",
    "nn.CrossMapLRN2d": "nn.LocalResponseNorm is the same",
    **dict.fromkeys(["nn.FractionalMaxPool2d", "nn.functional.fractional_max_pool2d"],
                    "windows of random sizes are left out; use AdaptiveMaxPool2d"),
    "nn.SyncBatchNorm": "a model runs on the CPU as it is, without a wrapper",
}  # fmt: skip


class LeftOut(NotImplementedError):  # noqa: N818 (what happened, in plain words)
    """A name of PyTorch's that MyTorch leaves out on purpose was used."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} is left out: {reason} (see docs/differences.md)")


class LeftOutModule(types.ModuleType):
    """Stands for a module of PyTorch's; every use of it raises LeftOut."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, f"Left out of MyTorch: {reason}.")
        self.reason = reason

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python itself asks of a module
            raise AttributeError(name)
        raise LeftOut(self.__name__, self.reason)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # `mytorch.compile(model)`
        raise LeftOut(self.__name__, self.reason)


def lacking(module: str, name: str) -> Any:
    """What `__getattr__` of a module of ours does with a name that it has not: the stand-in for a module that is left
    out; LeftOut, which says why, for another name that is; else AttributeError."""
    full = f"{module}.{name}".removeprefix("mytorch.")
    if full in LEFT_OUT:
        return importlib.import_module(f"mytorch.{full}")
    if full in LEFT_OUT_NAMES:
        raise LeftOut(f"mytorch.{full}", LEFT_OUT_NAMES[full])
    raise AttributeError(f"module {module!r} has no attribute {name!r}")


class LeftOutFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets `import mytorch.jit` find the stand-in for a module that is left out."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        root, _, name = fullname.partition(".")
        if root != "mytorch" or name not in LEFT_OUT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> types.ModuleType:
        return LeftOutModule(spec.name, LEFT_OUT[spec.name.partition(".")[2]])

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing in it to run."""


def find_left_out_modules() -> None:
    """From now on `import` finds them: last, after every file."""
    if not any(type(finder).__name__ == LeftOutFinder.__name__ for finder in sys.meta_path):
        sys.meta_path.append(LeftOutFinder())
