"""Layers, activations and losses, under PyTorch's names."""

import sys
from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.nn import attention, functional, init, modules, parallel, utils
from mytorch.nn.activations import ReLU, Sigmoid, Softmax, Tanh
from mytorch.nn.batchnorm import BatchNorm1d, BatchNorm2d, _BatchNorm
from mytorch.nn.conv import Conv1d, Conv2d, ConvLayer
from mytorch.nn.dropout import Dropout, Dropout1d, Dropout2d
from mytorch.nn.flatten import Flatten
from mytorch.nn.linear import Linear
from mytorch.nn.loss import CrossEntropyLoss, CTCLoss, NLLLoss
from mytorch.nn.module import Module, Parameter
from mytorch.nn.modules.activations.random_units import AlphaDropout, FeatureAlphaDropout, RReLU
from mytorch.nn.modules.activations.rectifiers import (
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    PReLU,
    ReLU6,
    Threshold,
)
from mytorch.nn.modules.activations.shrink import Hardshrink, Softshrink
from mytorch.nn.modules.activations.smooth import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    LogSigmoid,
    Mish,
    SiLU,
    Softplus,
    Softsign,
    Tanhshrink,
)
from mytorch.nn.modules.activations.softmax import LogSoftmax, Softmax2d, Softmin
from mytorch.nn.modules.containers import ModuleDict, ModuleList, ParameterDict, ParameterList
from mytorch.nn.modules.indexing.embedding import Embedding, EmbeddingBag
from mytorch.nn.modules.losses.adaptive_softmax import AdaptiveLogSoftmaxWithLoss
from mytorch.nn.modules.losses.distance import (
    CosineEmbeddingLoss,
    CosineSimilarity,
    MarginRankingLoss,
    PairwiseDistance,
    TripletMarginLoss,
    TripletMarginWithDistanceLoss,
)
from mytorch.nn.modules.losses.likelihood import GaussianNLLLoss, PoissonNLLLoss
from mytorch.nn.modules.losses.margin import (
    HingeEmbeddingLoss,
    MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss,
    MultiMarginLoss,
    SoftMarginLoss,
)
from mytorch.nn.modules.losses.probability import BCELoss, BCEWithLogitsLoss, KLDivLoss
from mytorch.nn.modules.losses.regression import HuberLoss, L1Loss, MSELoss, SmoothL1Loss
from mytorch.nn.modules.matrices.bilinear import Bilinear
from mytorch.nn.modules.normalizations.instance_norm import InstanceNorm1d, InstanceNorm2d
from mytorch.nn.modules.normalizations.layer_norm import GroupNorm, LayerNorm, RMSNorm
from mytorch.nn.modules.normalizations.response_norm import LocalResponseNorm
from mytorch.nn.modules.sequences.attention import MultiheadAttention
from mytorch.nn.modules.sequences.recurrent import GRU, LSTM, RNN, RNNBase
from mytorch.nn.modules.sequences.recurrent_cells import GRUCell, LSTMCell, RNNCell, RNNCellBase
from mytorch.nn.modules.sequences.transformer import (
    Transformer,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)
from mytorch.nn.modules.shapes.reshaping import Identity, Unflatten
from mytorch.nn.modules.windows.adaptive_pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
)
from mytorch.nn.modules.windows.conv_transpose import ConvTranspose1d, ConvTranspose2d
from mytorch.nn.modules.windows.padding import (
    CircularPad1d,
    CircularPad2d,
    CircularPad3d,
    ConstantPad1d,
    ConstantPad2d,
    ConstantPad3d,
    ReflectionPad1d,
    ReflectionPad2d,
    ReflectionPad3d,
    ReplicationPad1d,
    ReplicationPad2d,
    ReplicationPad3d,
    ZeroPad1d,
    ZeroPad2d,
    ZeroPad3d,
)
from mytorch.nn.modules.windows.resample import (
    Fold,
    PixelShuffle,
    PixelUnshuffle,
    Unfold,
    Upsample,
    UpsamplingBilinear2d,
    UpsamplingNearest2d,
)
from mytorch.nn.modules.windows.unpooling import ChannelShuffle, LPPool1d, LPPool2d, MaxUnpool1d, MaxUnpool2d
from mytorch.nn.parallel import DataParallel
from mytorch.nn.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from mytorch.nn.sequential import Sequential
from mytorch.nn.torch_paths import open_doors

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "GRU",
    "LSTM",
    "RNN",
    "SELU",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveLogSoftmaxWithLoss",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AlphaDropout",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Bilinear",
    "CTCLoss",
    "ChannelShuffle",
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "Conv1d",
    "Conv2d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "CosineEmbeddingLoss",
    "CosineSimilarity",
    "CrossEntropyLoss",
    "DataParallel",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Embedding",
    "EmbeddingBag",
    "FeatureAlphaDropout",
    "Flatten",
    "Fold",
    "GRUCell",
    "GaussianNLLLoss",
    "GroupNorm",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "Identity",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "KLDivLoss",
    "L1Loss",
    "LPPool1d",
    "LPPool2d",
    "LSTMCell",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LocalResponseNorm",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MarginRankingLoss",
    "MaxPool1d",
    "MaxPool2d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "MultiheadAttention",
    "NLLLoss",
    "PReLU",
    "PairwiseDistance",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "PixelShuffle",
    "PixelUnshuffle",
    "PoissonNLLLoss",
    "RMSNorm",
    "RNNBase",
    "RNNCell",
    "RNNCellBase",
    "RReLU",
    "ReLU",
    "ReLU6",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
    "Unflatten",
    "Unfold",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
    "attention",
    "functional",
    "init",
    "modules",
    "parallel",
    "utils",
]

open_doors(sys.modules[__name__], modules, {"_BatchNorm": _BatchNorm, "_ConvNd": ConvLayer, "_NormBase": _BatchNorm})


if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        """Names that PyTorch has and this module has not: an error that says why."""
        return lacking(__name__, name)
