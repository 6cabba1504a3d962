"""Written by tools/make_stubs.py: where every public name of `mytorch` stands, for checkers of types."""

from mytorch import accelerator as accelerator
from mytorch import amp as amp
from mytorch import autograd as autograd
from mytorch import autograd_engine as autograd_engine
from mytorch import backends as backends
from mytorch import creation as creation
from mytorch import cuda as cuda
from mytorch import data as data
from mytorch import datasets as datasets
from mytorch import diagnosis as diagnosis
from mytorch import distributed as distributed
from mytorch import distributions as distributions
from mytorch import dtypes as dtypes
from mytorch import engine as engine
from mytorch import func as func
from mytorch import functional as functional
from mytorch import gradients as gradients
from mytorch import insight as insight
from mytorch import linalg as linalg
from mytorch import methods as methods
from mytorch import model_summary as model_summary
from mytorch import nn as nn
from mytorch import numeric_check as numeric_check
from mytorch import onnx as onnx
from mytorch import ops as ops
from mytorch import optim as optim
from mytorch import port as port
from mytorch import profiler as profiler
from mytorch import random as random
from mytorch import runtime as runtime
from mytorch import sampling as sampling
from mytorch import serialization as serialization
from mytorch import special as special
from mytorch import testing as testing
from mytorch import training as training
from mytorch import types as types
from mytorch import utils as utils
from mytorch import version as version
from mytorch.amp import GradScaler as GradScaler
from mytorch.amp import autocast as autocast
from mytorch.autograd.anomaly import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from mytorch.autograd.anomaly import is_anomaly_enabled as is_anomaly_enabled
from mytorch.autograd.anomaly import set_anomaly_enabled as set_anomaly_enabled
from mytorch.compat.config import show_config as show_config
from mytorch.compat.devices import device as device
from mytorch.compat.further import UntypedStorage as UntypedStorage
from mytorch.compat.further import asarray as asarray
from mytorch.compat.further import binomial as binomial
from mytorch.compat.further import detach as detach
from mytorch.compat.further import fill as fill
from mytorch.compat.further import frombuffer as frombuffer
from mytorch.compat.further import get_device as get_device
from mytorch.compat.further import is_inference as is_inference
from mytorch.compat.further import is_inference_mode_enabled as is_inference_mode_enabled
from mytorch.compat.further import poisson as poisson
from mytorch.compat.further import range as range
from mytorch.compat.further import real as real
from mytorch.compat.further import result_type as result_type
from mytorch.compat.left_out import LEFT_OUT as LEFT_OUT
from mytorch.compat.legacy import BoolTensor as BoolTensor
from mytorch.compat.legacy import ByteTensor as ByteTensor
from mytorch.compat.legacy import CharTensor as CharTensor
from mytorch.compat.legacy import DoubleTensor as DoubleTensor
from mytorch.compat.legacy import FloatTensor as FloatTensor
from mytorch.compat.legacy import HalfTensor as HalfTensor
from mytorch.compat.legacy import IntTensor as IntTensor
from mytorch.compat.legacy import LongTensor as LongTensor
from mytorch.compat.legacy import ShortTensor as ShortTensor
from mytorch.compat.of_arrays import argmax as argmax
from mytorch.compat.of_arrays import argmin as argmin
from mytorch.compat.of_arrays import max as max
from mytorch.compat.of_arrays import min as min
from mytorch.compat.queries import Size as Size
from mytorch.compat.queries import are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled
from mytorch.compat.queries import channels_last as channels_last
from mytorch.compat.queries import contiguous_format as contiguous_format
from mytorch.compat.queries import dtype as dtype
from mytorch.compat.queries import get_default_device as get_default_device
from mytorch.compat.queries import get_float32_matmul_precision as get_float32_matmul_precision
from mytorch.compat.queries import get_num_interop_threads as get_num_interop_threads
from mytorch.compat.queries import is_complex as is_complex
from mytorch.compat.queries import is_nonzero as is_nonzero
from mytorch.compat.queries import is_same_size as is_same_size
from mytorch.compat.queries import is_signed as is_signed
from mytorch.compat.queries import layout as layout
from mytorch.compat.queries import memory_format as memory_format
from mytorch.compat.queries import preserve_format as preserve_format
from mytorch.compat.queries import set_default_device as set_default_device
from mytorch.compat.queries import set_default_tensor_type as set_default_tensor_type
from mytorch.compat.queries import set_float32_matmul_precision as set_float32_matmul_precision
from mytorch.compat.queries import set_flush_denormal as set_flush_denormal
from mytorch.compat.queries import set_num_interop_threads as set_num_interop_threads
from mytorch.compat.queries import set_warn_always as set_warn_always
from mytorch.compat.queries import strided as strided
from mytorch.compat.queries import typename as typename
from mytorch.compat.queries import use_deterministic_algorithms as use_deterministic_algorithms
from mytorch.compat.rare import OutOfMemoryError as OutOfMemoryError
from mytorch.compat.rare import adjoint as adjoint
from mytorch.compat.rare import conj as conj
from mytorch.compat.rare import frexp as frexp
from mytorch.compat.rare import from_dlpack as from_dlpack
from mytorch.compat.rare import get_autocast_dtype as get_autocast_dtype
from mytorch.compat.rare import histogram as histogram
from mytorch.compat.rare import is_autocast_enabled as is_autocast_enabled
from mytorch.compat.rare import narrow_copy as narrow_copy
from mytorch.compat.window_functions import bartlett_window as bartlett_window
from mytorch.compat.window_functions import blackman_window as blackman_window
from mytorch.compat.window_functions import hamming_window as hamming_window
from mytorch.compat.window_functions import hann_window as hann_window
from mytorch.compat.window_functions import kaiser_window as kaiser_window
from mytorch.creation import arange as arange
from mytorch.creation import as_tensor as as_tensor
from mytorch.creation import empty as empty
from mytorch.creation import empty_like as empty_like
from mytorch.creation import eye as eye
from mytorch.creation import from_numpy as from_numpy
from mytorch.creation import full as full
from mytorch.creation import full_like as full_like
from mytorch.creation import is_floating_point as is_floating_point
from mytorch.creation import is_tensor as is_tensor
from mytorch.creation import linspace as linspace
from mytorch.creation import logspace as logspace
from mytorch.creation import numel as numel
from mytorch.creation import ones as ones
from mytorch.creation import ones_like as ones_like
from mytorch.creation import scalar_tensor as scalar_tensor
from mytorch.creation import tril_indices as tril_indices
from mytorch.creation import triu_indices as triu_indices
from mytorch.creation import zeros as zeros
from mytorch.creation import zeros_like as zeros_like
from mytorch.diagnosis.doctor import doctor as doctor
from mytorch.dtypes import bfloat16 as bfloat16
from mytorch.dtypes import bool_ as bool
from mytorch.dtypes import can_cast as can_cast
from mytorch.dtypes import double as double
from mytorch.dtypes import finfo as finfo
from mytorch.dtypes import float16 as float16
from mytorch.dtypes import float32 as float32
from mytorch.dtypes import float64 as float64
from mytorch.dtypes import float_ as float
from mytorch.dtypes import get_default_dtype as get_default_dtype
from mytorch.dtypes import half as half
from mytorch.dtypes import iinfo as iinfo
from mytorch.dtypes import int16 as int16
from mytorch.dtypes import int32 as int32
from mytorch.dtypes import int64 as int64
from mytorch.dtypes import int8 as int8
from mytorch.dtypes import int_ as int
from mytorch.dtypes import long as long
from mytorch.dtypes import promote_types as promote_types
from mytorch.dtypes import set_default_dtype as set_default_dtype
from mytorch.dtypes import short as short
from mytorch.dtypes import uint8 as uint8
from mytorch.engine.function import Function as Function
from mytorch.engine.grad_mode import enable_grad as enable_grad
from mytorch.engine.grad_mode import inference_mode as inference_mode
from mytorch.engine.grad_mode import is_grad_enabled as is_grad_enabled
from mytorch.engine.grad_mode import no_grad as no_grad
from mytorch.engine.grad_mode import set_grad_enabled as set_grad_enabled
from mytorch.func import vmap as vmap
from mytorch.functional import broadcast_shapes as broadcast_shapes
from mytorch.insight.draw import draw_graph as draw_graph
from mytorch.insight.explain import explain as explain
from mytorch.methods.printing import set_printoptions as set_printoptions
from mytorch.model_summary import summary as summary
from mytorch.ops.activations.dropout import dropout as dropout
from mytorch.ops.activations.exponential_units import celu as celu
from mytorch.ops.activations.exponential_units import selu as selu
from mytorch.ops.activations.in_place_forms import celu_ as celu_
from mytorch.ops.activations.in_place_forms import relu_ as relu_
from mytorch.ops.activations.in_place_forms import rrelu_ as rrelu_
from mytorch.ops.activations.in_place_forms import selu_ as selu_
from mytorch.ops.activations.in_place_forms import threshold_ as threshold_
from mytorch.ops.activations.random_units import alpha_dropout as alpha_dropout
from mytorch.ops.activations.random_units import feature_alpha_dropout as feature_alpha_dropout
from mytorch.ops.activations.random_units import rrelu as rrelu
from mytorch.ops.activations.rectifiers import prelu as prelu
from mytorch.ops.activations.rectifiers import relu as relu
from mytorch.ops.activations.rectifiers import threshold as threshold
from mytorch.ops.activations.shrink import hardshrink as hardshrink
from mytorch.ops.activations.sigmoids import sigmoid as sigmoid
from mytorch.ops.activations.sigmoids import tanh as tanh
from mytorch.ops.activations.softmax import log_softmax as log_softmax
from mytorch.ops.activations.softmax import softmax as softmax
from mytorch.ops.elementwise.aliases import addcdiv as addcdiv
from mytorch.ops.elementwise.aliases import addcmul as addcmul
from mytorch.ops.elementwise.aliases import clamp_max as clamp_max
from mytorch.ops.elementwise.aliases import clamp_min as clamp_min
from mytorch.ops.elementwise.aliases import positive as positive
from mytorch.ops.elementwise.aliases import rsub as rsub
from mytorch.ops.elementwise.aliases import true_divide as true_divide
from mytorch.ops.elementwise.arithmetic import add as add
from mytorch.ops.elementwise.arithmetic import lerp as lerp
from mytorch.ops.elementwise.arithmetic import mul as mul
from mytorch.ops.elementwise.arithmetic import mul as multiply
from mytorch.ops.elementwise.arithmetic import neg as neg
from mytorch.ops.elementwise.arithmetic import neg as negative
from mytorch.ops.elementwise.arithmetic import sub as sub
from mytorch.ops.elementwise.arithmetic import sub as subtract
from mytorch.ops.elementwise.bits import bitwise_and as bitwise_and
from mytorch.ops.elementwise.bits import bitwise_left_shift as bitwise_left_shift
from mytorch.ops.elementwise.bits import bitwise_not as bitwise_not
from mytorch.ops.elementwise.bits import bitwise_or as bitwise_or
from mytorch.ops.elementwise.bits import bitwise_right_shift as bitwise_right_shift
from mytorch.ops.elementwise.bits import bitwise_xor as bitwise_xor
from mytorch.ops.elementwise.choice import clamp as clamp
from mytorch.ops.elementwise.choice import clamp as clip
from mytorch.ops.elementwise.choice import maximum as maximum
from mytorch.ops.elementwise.choice import minimum as minimum
from mytorch.ops.elementwise.choice import nan_to_num as nan_to_num
from mytorch.ops.elementwise.choice import where as where
from mytorch.ops.elementwise.comparison import allclose as allclose
from mytorch.ops.elementwise.comparison import eq as eq
from mytorch.ops.elementwise.comparison import equal as equal
from mytorch.ops.elementwise.comparison import ge as ge
from mytorch.ops.elementwise.comparison import ge as greater_equal
from mytorch.ops.elementwise.comparison import gt as greater
from mytorch.ops.elementwise.comparison import gt as gt
from mytorch.ops.elementwise.comparison import isclose as isclose
from mytorch.ops.elementwise.comparison import isfinite as isfinite
from mytorch.ops.elementwise.comparison import isinf as isinf
from mytorch.ops.elementwise.comparison import isnan as isnan
from mytorch.ops.elementwise.comparison import le as le
from mytorch.ops.elementwise.comparison import le as less_equal
from mytorch.ops.elementwise.comparison import logical_and as logical_and
from mytorch.ops.elementwise.comparison import logical_not as logical_not
from mytorch.ops.elementwise.comparison import logical_or as logical_or
from mytorch.ops.elementwise.comparison import logical_xor as logical_xor
from mytorch.ops.elementwise.comparison import lt as less
from mytorch.ops.elementwise.comparison import lt as lt
from mytorch.ops.elementwise.comparison import ne as ne
from mytorch.ops.elementwise.comparison import ne as not_equal
from mytorch.ops.elementwise.division import div as div
from mytorch.ops.elementwise.division import div as divide
from mytorch.ops.elementwise.division import floor_divide as floor_divide
from mytorch.ops.elementwise.division import reciprocal as reciprocal
from mytorch.ops.elementwise.division import remainder as remainder
from mytorch.ops.elementwise.draws import bernoulli as bernoulli
from mytorch.ops.elementwise.draws import multinomial as multinomial
from mytorch.ops.elementwise.error_function import erf as erf
from mytorch.ops.elementwise.error_function import erfc as erfc
from mytorch.ops.elementwise.exponential import exp as exp
from mytorch.ops.elementwise.exponential import expm1 as expm1
from mytorch.ops.elementwise.exponential import log as log
from mytorch.ops.elementwise.exponential import log10 as log10
from mytorch.ops.elementwise.exponential import log1p as log1p
from mytorch.ops.elementwise.exponential import log2 as log2
from mytorch.ops.elementwise.exponential import logaddexp as logaddexp
from mytorch.ops.elementwise.exponential import logit as logit
from mytorch.ops.elementwise.gamma_functions import digamma as digamma
from mytorch.ops.elementwise.gamma_functions import lgamma as lgamma
from mytorch.ops.elementwise.gamma_functions import mvlgamma as mvlgamma
from mytorch.ops.elementwise.gamma_functions import polygamma as polygamma
from mytorch.ops.elementwise.pairs import copysign as copysign
from mytorch.ops.elementwise.pairs import float_power as float_power
from mytorch.ops.elementwise.pairs import fmax as fmax
from mytorch.ops.elementwise.pairs import fmin as fmin
from mytorch.ops.elementwise.pairs import fmod as fmod
from mytorch.ops.elementwise.pairs import gcd as gcd
from mytorch.ops.elementwise.pairs import heaviside as heaviside
from mytorch.ops.elementwise.pairs import hypot as hypot
from mytorch.ops.elementwise.pairs import lcm as lcm
from mytorch.ops.elementwise.pairs import ldexp as ldexp
from mytorch.ops.elementwise.pairs import logaddexp2 as logaddexp2
from mytorch.ops.elementwise.pairs import nextafter as nextafter
from mytorch.ops.elementwise.pairs import xlogy as xlogy
from mytorch.ops.elementwise.powers import pow as pow
from mytorch.ops.elementwise.powers import rsqrt as rsqrt
from mytorch.ops.elementwise.powers import sqrt as sqrt
from mytorch.ops.elementwise.powers import square as square
from mytorch.ops.elementwise.rounding import abs as abs
from mytorch.ops.elementwise.rounding import abs as absolute
from mytorch.ops.elementwise.rounding import ceil as ceil
from mytorch.ops.elementwise.rounding import floor as floor
from mytorch.ops.elementwise.rounding import frac as frac
from mytorch.ops.elementwise.rounding import round as round
from mytorch.ops.elementwise.rounding import sign as sign
from mytorch.ops.elementwise.rounding import trunc as fix
from mytorch.ops.elementwise.rounding import trunc as trunc
from mytorch.ops.elementwise.special import deg2rad as deg2rad
from mytorch.ops.elementwise.special import erfinv as erfinv
from mytorch.ops.elementwise.special import exp2 as exp2
from mytorch.ops.elementwise.special import isneginf as isneginf
from mytorch.ops.elementwise.special import isposinf as isposinf
from mytorch.ops.elementwise.special import isreal as isreal
from mytorch.ops.elementwise.special import rad2deg as rad2deg
from mytorch.ops.elementwise.special import sgn as sgn
from mytorch.ops.elementwise.special import signbit as signbit
from mytorch.ops.elementwise.special import sinc as sinc
from mytorch.ops.elementwise.trigonometry import acos as acos
from mytorch.ops.elementwise.trigonometry import acos as arccos
from mytorch.ops.elementwise.trigonometry import acosh as acosh
from mytorch.ops.elementwise.trigonometry import acosh as arccosh
from mytorch.ops.elementwise.trigonometry import asin as arcsin
from mytorch.ops.elementwise.trigonometry import asin as asin
from mytorch.ops.elementwise.trigonometry import asinh as arcsinh
from mytorch.ops.elementwise.trigonometry import asinh as asinh
from mytorch.ops.elementwise.trigonometry import atan as arctan
from mytorch.ops.elementwise.trigonometry import atan as atan
from mytorch.ops.elementwise.trigonometry import atan2 as arctan2
from mytorch.ops.elementwise.trigonometry import atan2 as atan2
from mytorch.ops.elementwise.trigonometry import atanh as arctanh
from mytorch.ops.elementwise.trigonometry import atanh as atanh
from mytorch.ops.elementwise.trigonometry import cos as cos
from mytorch.ops.elementwise.trigonometry import cosh as cosh
from mytorch.ops.elementwise.trigonometry import sin as sin
from mytorch.ops.elementwise.trigonometry import sinh as sinh
from mytorch.ops.elementwise.trigonometry import tan as tan
from mytorch.ops.indexing.embedding import embedding as embedding
from mytorch.ops.indexing.embedding_bag import embedding_bag as embedding_bag
from mytorch.ops.indexing.gather_scatter import gather as gather
from mytorch.ops.indexing.gather_scatter import index_add as index_add
from mytorch.ops.indexing.gather_scatter import index_select as index_select
from mytorch.ops.indexing.gather_scatter import scatter as scatter
from mytorch.ops.indexing.gather_scatter import scatter_add as scatter_add
from mytorch.ops.indexing.gather_scatter import take as take
from mytorch.ops.indexing.gather_scatter import take_along_dim as take_along_dim
from mytorch.ops.indexing.masks import argwhere as argwhere
from mytorch.ops.indexing.masks import masked_fill as masked_fill
from mytorch.ops.indexing.masks import masked_select as masked_select
from mytorch.ops.indexing.masks import nonzero as nonzero
from mytorch.ops.indexing.put import index_copy as index_copy
from mytorch.ops.indexing.put import index_fill as index_fill
from mytorch.ops.indexing.put import index_put as index_put
from mytorch.ops.indexing.put import index_reduce as index_reduce
from mytorch.ops.indexing.put import masked_scatter as masked_scatter
from mytorch.ops.indexing.put import put as put
from mytorch.ops.indexing.put import scatter_reduce as scatter_reduce
from mytorch.ops.losses.ctc import ctc_loss as ctc_loss
from mytorch.ops.losses.distance import cosine_embedding_loss as cosine_embedding_loss
from mytorch.ops.losses.distance import cosine_similarity as cosine_similarity
from mytorch.ops.losses.distance import margin_ranking_loss as margin_ranking_loss
from mytorch.ops.losses.distance import pairwise_distance as pairwise_distance
from mytorch.ops.losses.distance import triplet_margin_loss as triplet_margin_loss
from mytorch.ops.losses.likelihood import poisson_nll_loss as poisson_nll_loss
from mytorch.ops.losses.margin import hinge_embedding_loss as hinge_embedding_loss
from mytorch.ops.losses.probability import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from mytorch.ops.losses.probability import kl_div as kl_div
from mytorch.ops.matrices.bilinear import bilinear as bilinear
from mytorch.ops.matrices.decompositions import cholesky as cholesky
from mytorch.ops.matrices.decompositions import det as det
from mytorch.ops.matrices.decompositions import inv as inverse
from mytorch.ops.matrices.decompositions import matrix_power as matrix_power
from mytorch.ops.matrices.decompositions import slogdet as slogdet
from mytorch.ops.matrices.diagonal import diag as diag
from mytorch.ops.matrices.diagonal import diag_embed as diag_embed
from mytorch.ops.matrices.diagonal import diagonal as diagonal
from mytorch.ops.matrices.diagonal import trace as trace
from mytorch.ops.matrices.diagonal import tril as tril
from mytorch.ops.matrices.diagonal import triu as triu
from mytorch.ops.matrices.einsum import einsum as einsum
from mytorch.ops.matrices.einsum import tensordot as tensordot
from mytorch.ops.matrices.further import block_diag as block_diag
from mytorch.ops.matrices.further import cholesky_inverse as cholesky_inverse
from mytorch.ops.matrices.further import cholesky_solve as cholesky_solve
from mytorch.ops.matrices.further import corrcoef as corrcoef
from mytorch.ops.matrices.further import cov as cov
from mytorch.ops.matrices.further import diagflat as diagflat
from mytorch.ops.matrices.further import dist as dist
from mytorch.ops.matrices.further import logdet as logdet
from mytorch.ops.matrices.further import matrix_exp as matrix_exp
from mytorch.ops.matrices.further import pdist as pdist
from mytorch.ops.matrices.further import renorm as renorm
from mytorch.ops.matrices.further import svd as svd
from mytorch.ops.matrices.further import vander as vander
from mytorch.ops.matrices.products import bmm as bmm
from mytorch.ops.matrices.products import dot as dot
from mytorch.ops.matrices.products import matmul as matmul
from mytorch.ops.matrices.products import mm as mm
from mytorch.ops.matrices.products import mv as mv
from mytorch.ops.matrices.products import outer as ger
from mytorch.ops.matrices.products import outer as outer
from mytorch.ops.matrices.qr_eigh import matrix_rank as matrix_rank
from mytorch.ops.matrices.qr_eigh import pinv as pinverse
from mytorch.ops.matrices.qr_eigh import qr as qr
from mytorch.ops.matrices.sums_of_products import addbmm as addbmm
from mytorch.ops.matrices.sums_of_products import addmm as addmm
from mytorch.ops.matrices.sums_of_products import addmv as addmv
from mytorch.ops.matrices.sums_of_products import addr as addr
from mytorch.ops.matrices.sums_of_products import baddbmm as baddbmm
from mytorch.ops.matrices.sums_of_products import cdist as cdist
from mytorch.ops.matrices.sums_of_products import chain_matmul as chain_matmul
from mytorch.ops.matrices.sums_of_products import cross as cross
from mytorch.ops.matrices.sums_of_products import inner as inner
from mytorch.ops.matrices.sums_of_products import kron as kron
from mytorch.ops.matrices.sums_of_products import vdot as vdot
from mytorch.ops.normalizations.batch_norm import batch_norm as batch_norm
from mytorch.ops.normalizations.instance_norm import instance_norm as instance_norm
from mytorch.ops.normalizations.layer_norm import group_norm as group_norm
from mytorch.ops.normalizations.layer_norm import layer_norm as layer_norm
from mytorch.ops.normalizations.layer_norm import rms_norm as rms_norm
from mytorch.ops.reductions.counting import all as all
from mytorch.ops.reductions.counting import any as any
from mytorch.ops.reductions.counting import count_nonzero as count_nonzero
from mytorch.ops.reductions.cumulative import cumprod as cumprod
from mytorch.ops.reductions.cumulative import cumsum as cumsum
from mytorch.ops.reductions.cumulative import prod as prod
from mytorch.ops.reductions.extrema import amax as amax
from mytorch.ops.reductions.extrema import amin as amin
from mytorch.ops.reductions.extrema import aminmax as aminmax
from mytorch.ops.reductions.integrals import cumulative_trapezoid as cumulative_trapezoid
from mytorch.ops.reductions.integrals import gradient as gradient
from mytorch.ops.reductions.integrals import trapezoid as trapezoid
from mytorch.ops.reductions.integrals import trapezoid as trapz
from mytorch.ops.reductions.norms import logsumexp as logsumexp
from mytorch.ops.reductions.norms import norm as norm
from mytorch.ops.reductions.ordering import argsort as argsort
from mytorch.ops.reductions.ordering import median as median
from mytorch.ops.reductions.ordering import sort as sort
from mytorch.ops.reductions.ordering import topk as topk
from mytorch.ops.reductions.quantiles import kthvalue as kthvalue
from mytorch.ops.reductions.quantiles import mode as mode
from mytorch.ops.reductions.quantiles import msort as msort
from mytorch.ops.reductions.quantiles import nanquantile as nanquantile
from mytorch.ops.reductions.quantiles import quantile as quantile
from mytorch.ops.reductions.running_extrema import cummax as cummax
from mytorch.ops.reductions.running_extrema import cummin as cummin
from mytorch.ops.reductions.running_extrema import logcumsumexp as logcumsumexp
from mytorch.ops.reductions.sets import bincount as bincount
from mytorch.ops.reductions.sets import bucketize as bucketize
from mytorch.ops.reductions.sets import histc as histc
from mytorch.ops.reductions.sets import isin as isin
from mytorch.ops.reductions.sets import searchsorted as searchsorted
from mytorch.ops.reductions.sets import unique as unique
from mytorch.ops.reductions.sets import unique_consecutive as unique_consecutive
from mytorch.ops.reductions.sums import mean as mean
from mytorch.ops.reductions.sums import std as std
from mytorch.ops.reductions.sums import std_mean as std_mean
from mytorch.ops.reductions.sums import sum as sum
from mytorch.ops.reductions.sums import var as var
from mytorch.ops.reductions.sums import var_mean as var_mean
from mytorch.ops.reductions.without_nan import nanmean as nanmean
from mytorch.ops.reductions.without_nan import nanmedian as nanmedian
from mytorch.ops.reductions.without_nan import nansum as nansum
from mytorch.ops.sequences.recurrent_cells import gru_cell as gru_cell
from mytorch.ops.sequences.recurrent_cells import lstm_cell as lstm_cell
from mytorch.ops.sequences.recurrent_cells import rnn_relu_cell as rnn_relu_cell
from mytorch.ops.sequences.recurrent_cells import rnn_tanh_cell as rnn_tanh_cell
from mytorch.ops.shapes.arranging import cartesian_prod as cartesian_prod
from mytorch.ops.shapes.arranging import channel_shuffle as channel_shuffle
from mytorch.ops.shapes.arranging import column_stack as column_stack
from mytorch.ops.shapes.arranging import combinations as combinations
from mytorch.ops.shapes.arranging import diagonal_scatter as diagonal_scatter
from mytorch.ops.shapes.arranging import row_stack as row_stack
from mytorch.ops.shapes.arranging import select_scatter as select_scatter
from mytorch.ops.shapes.arranging import slice_scatter as slice_scatter
from mytorch.ops.shapes.arranging import split_with_sizes as split_with_sizes
from mytorch.ops.shapes.arranging import unravel_index as unravel_index
from mytorch.ops.shapes.expand import broadcast_tensors as broadcast_tensors
from mytorch.ops.shapes.expand import broadcast_to as broadcast_to
from mytorch.ops.shapes.expand import meshgrid as meshgrid
from mytorch.ops.shapes.flip_roll import flip as flip
from mytorch.ops.shapes.flip_roll import fliplr as fliplr
from mytorch.ops.shapes.flip_roll import flipud as flipud
from mytorch.ops.shapes.flip_roll import roll as roll
from mytorch.ops.shapes.join import cat as cat
from mytorch.ops.shapes.join import cat as concat
from mytorch.ops.shapes.join import cat as concatenate
from mytorch.ops.shapes.join import dstack as dstack
from mytorch.ops.shapes.join import hstack as hstack
from mytorch.ops.shapes.join import stack as stack
from mytorch.ops.shapes.join import vstack as vstack
from mytorch.ops.shapes.parts import atleast_1d as atleast_1d
from mytorch.ops.shapes.parts import atleast_2d as atleast_2d
from mytorch.ops.shapes.parts import atleast_3d as atleast_3d
from mytorch.ops.shapes.parts import diff as diff
from mytorch.ops.shapes.parts import dsplit as dsplit
from mytorch.ops.shapes.parts import hsplit as hsplit
from mytorch.ops.shapes.parts import rot90 as rot90
from mytorch.ops.shapes.parts import tensor_split as tensor_split
from mytorch.ops.shapes.parts import vsplit as vsplit
from mytorch.ops.shapes.repeat import repeat_interleave as repeat_interleave
from mytorch.ops.shapes.repeat import tile as tile
from mytorch.ops.shapes.reshape import clone as clone
from mytorch.ops.shapes.reshape import flatten as flatten
from mytorch.ops.shapes.reshape import ravel as ravel
from mytorch.ops.shapes.reshape import reshape as reshape
from mytorch.ops.shapes.reshape import squeeze as squeeze
from mytorch.ops.shapes.reshape import unflatten as unflatten
from mytorch.ops.shapes.reshape import unsqueeze as unsqueeze
from mytorch.ops.shapes.split import chunk as chunk
from mytorch.ops.shapes.split import chunk as unsafe_chunk
from mytorch.ops.shapes.split import narrow as narrow
from mytorch.ops.shapes.split import select as select
from mytorch.ops.shapes.split import split as split
from mytorch.ops.shapes.split import split as unsafe_split
from mytorch.ops.shapes.split import unbind as unbind
from mytorch.ops.shapes.transpose import movedim as moveaxis
from mytorch.ops.shapes.transpose import movedim as movedim
from mytorch.ops.shapes.transpose import permute as permute
from mytorch.ops.shapes.transpose import swapaxes as swapaxes
from mytorch.ops.shapes.transpose import t as t
from mytorch.ops.shapes.transpose import transpose as swapdims
from mytorch.ops.shapes.transpose import transpose as transpose
from mytorch.ops.windows.adaptive_pooling import adaptive_avg_pool1d as adaptive_avg_pool1d
from mytorch.ops.windows.adaptive_pooling import adaptive_max_pool1d as adaptive_max_pool1d
from mytorch.ops.windows.conv import conv1d as conv1d
from mytorch.ops.windows.conv import conv2d as conv2d
from mytorch.ops.windows.conv_transpose import conv_transpose1d as conv_transpose1d
from mytorch.ops.windows.conv_transpose import conv_transpose2d as conv_transpose2d
from mytorch.ops.windows.grid_sample import affine_grid as affine_grid
from mytorch.ops.windows.grid_sample import grid_sample as grid_sampler
from mytorch.ops.windows.pooling import avg_pool1d as avg_pool1d
from mytorch.ops.windows.pooling import max_pool1d as max_pool1d
from mytorch.ops.windows.pooling import max_pool2d as max_pool2d
from mytorch.ops.windows.resample import pixel_shuffle as pixel_shuffle
from mytorch.ops.windows.resample import pixel_unshuffle as pixel_unshuffle
from mytorch.random import Generator as Generator
from mytorch.random import get_rng_state as get_rng_state
from mytorch.random import initial_seed as initial_seed
from mytorch.random import manual_seed as manual_seed
from mytorch.random import seed as seed
from mytorch.random import set_rng_state as set_rng_state
from mytorch.runtime.threads import get_num_threads as get_num_threads
from mytorch.runtime.threads import set_num_threads as set_num_threads
from mytorch.sampling import normal as normal
from mytorch.sampling import rand as rand
from mytorch.sampling import rand_like as rand_like
from mytorch.sampling import randint as randint
from mytorch.sampling import randint_like as randint_like
from mytorch.sampling import randn as randn
from mytorch.sampling import randn_like as randn_like
from mytorch.sampling import randperm as randperm
from mytorch.serialization.save_load import load as load
from mytorch.serialization.save_load import save as save
from mytorch.tensor import Tensor as Tensor
from mytorch.version import __version__ as __version__
from typing import Any
import builtins

def abs_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def acos_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def acosh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def arccos_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def arccosh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def arcsin_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def arcsinh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def arctan_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def arctanh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def asin_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def asinh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def atan_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def atanh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def ceil_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def clamp_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def clamp_max_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def clamp_min_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def clip_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def cos_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def cosh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
default_generator: Generator
def deg2rad_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def detach_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
e: builtins.float
def erf_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def erfc_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def exp2_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def exp_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def expm1_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def fill_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def fix_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def floor_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def frac_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def gcd_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
inf: builtins.float
def lcm_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def ldexp_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def log10_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def log1p_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def log2_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def log_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def logit_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
nan: builtins.float
def nan_to_num_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def neg_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def negative_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
newaxis: None
pi: builtins.float
def rad2deg_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def reciprocal_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def round_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def rsqrt_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def sigmoid_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def sin_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def sinc_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def sinh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def sqrt_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def square_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def tan_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def tanh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def tensor(data: Any, dtype: Any = None, requires_grad: builtins.bool = False, **placement: Any) -> Tensor: ...
def trunc_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def xlogy_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
def zero_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...
