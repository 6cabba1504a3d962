"""Layers, activations and losses, under PyTorch's names."""

from mytorch.nn import functional, init, utils
from mytorch.nn.activations import ReLU, Sigmoid, Softmax, Tanh
from mytorch.nn.adaptive_pooling import AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool1d, AdaptiveMaxPool2d
from mytorch.nn.attention import MultiheadAttention
from mytorch.nn.batchnorm import BatchNorm1d, BatchNorm2d
from mytorch.nn.channel_dropout import Dropout1d, Dropout2d
from mytorch.nn.containers import ModuleDict, ModuleList, ParameterDict, ParameterList
from mytorch.nn.conv import Conv1d, Conv2d
from mytorch.nn.conv_transpose import ConvTranspose1d, ConvTranspose2d
from mytorch.nn.distance import (
    CosineEmbeddingLoss,
    CosineSimilarity,
    MarginRankingLoss,
    PairwiseDistance,
    TripletMarginLoss,
)
from mytorch.nn.dropout import Dropout
from mytorch.nn.embedding import Embedding
from mytorch.nn.flatten import Flatten
from mytorch.nn.instancenorm import InstanceNorm1d, InstanceNorm2d
from mytorch.nn.layer_norm import GroupNorm, LayerNorm, RMSNorm
from mytorch.nn.linear import Linear
from mytorch.nn.loss import CrossEntropyLoss, CTCLoss, NLLLoss
from mytorch.nn.module import Module, Parameter
from mytorch.nn.padding import (
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
from mytorch.nn.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from mytorch.nn.probability_loss import BCELoss, BCEWithLogitsLoss, KLDivLoss
from mytorch.nn.rectifiers import Hardsigmoid, Hardswish, Hardtanh, LeakyReLU, PReLU, ReLU6, Threshold
from mytorch.nn.recurrent import GRU, LSTM, RNN
from mytorch.nn.recurrent_cells import GRUCell, LSTMCell, RNNCell
from mytorch.nn.regression_loss import HuberLoss, L1Loss, MSELoss, SmoothL1Loss
from mytorch.nn.resample import (
    Fold,
    PixelShuffle,
    PixelUnshuffle,
    Unfold,
    Upsample,
    UpsamplingBilinear2d,
    UpsamplingNearest2d,
)
from mytorch.nn.reshaping import Identity, Unflatten
from mytorch.nn.sequential import Sequential
from mytorch.nn.smooth_activations import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    SiLU,
    Softmin,
    Softplus,
    Softsign,
    Tanhshrink,
)
from mytorch.nn.transformer import TransformerEncoder, TransformerEncoderLayer

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
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "CTCLoss",
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
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Embedding",
    "Flatten",
    "Fold",
    "GRUCell",
    "GroupNorm",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HuberLoss",
    "Identity",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "KLDivLoss",
    "L1Loss",
    "LSTMCell",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MarginRankingLoss",
    "MaxPool1d",
    "MaxPool2d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiheadAttention",
    "NLLLoss",
    "PReLU",
    "PairwiseDistance",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "PixelShuffle",
    "PixelUnshuffle",
    "RMSNorm",
    "RNNCell",
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
    "Softmax",
    "Softmin",
    "Softplus",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "TripletMarginLoss",
    "Unflatten",
    "Unfold",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
    "functional",
    "init",
    "utils",
]
