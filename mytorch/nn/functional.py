"""The list of operations: the classes (handout 002: `Add`, `Sub`, ...) and the functions on top
of them under PyTorch's names. Each is defined, with its derivative, in the file of its family in
`mytorch/ops`; `import mytorch.nn.functional as F` and `F.Add.apply(a, b)` or `F.relu(x)`.
`from mytorch.nn.functional import *` leaves out what would hide a function of Python's own: abs, all,
any, max, min, pow, round and sum are `F.abs(x)` and so on.
"""

import builtins as _builtins
from typing import TYPE_CHECKING as _TYPE_CHECKING, Any as _Any

from mytorch.compat.left_out import lacking as _lacking
from mytorch.engine.broadcasting import unbroadcast
from mytorch.ops.activations.dropout import *
from mytorch.ops.activations.exponential_units import *
from mytorch.ops.activations.gelu import *
from mytorch.ops.activations.gumbel import *
from mytorch.ops.activations.hard import *
from mytorch.ops.activations.in_place_forms import *
from mytorch.ops.activations.random_units import *
from mytorch.ops.activations.rectifiers import *
from mytorch.ops.activations.shrink import *
from mytorch.ops.activations.sigmoids import *
from mytorch.ops.activations.softmax import *
from mytorch.ops.activations.softplus import *
from mytorch.ops.elementwise.arithmetic import *
from mytorch.ops.elementwise.cast import *
from mytorch.ops.elementwise.choice import *
from mytorch.ops.elementwise.comparison import *
from mytorch.ops.elementwise.division import *
from mytorch.ops.elementwise.error_function import *
from mytorch.ops.elementwise.exponential import *
from mytorch.ops.elementwise.powers import *
from mytorch.ops.elementwise.rounding import *
from mytorch.ops.elementwise.trigonometry import *
from mytorch.ops.indexing.along_dim import *
from mytorch.ops.indexing.embedding import *
from mytorch.ops.indexing.embedding_bag import *
from mytorch.ops.indexing.gather_scatter import *
from mytorch.ops.indexing.masks import *
from mytorch.ops.indexing.slices import *
from mytorch.ops.losses.classification import *
from mytorch.ops.losses.ctc import *
from mytorch.ops.losses.distance import *
from mytorch.ops.losses.likelihood import *
from mytorch.ops.losses.margin import *
from mytorch.ops.losses.probability import *
from mytorch.ops.losses.regression import *
from mytorch.ops.matrices.bilinear import *
from mytorch.ops.matrices.decompositions import *
from mytorch.ops.matrices.diagonal import *
from mytorch.ops.matrices.einsum import *
from mytorch.ops.matrices.further import pdist
from mytorch.ops.matrices.linear import *
from mytorch.ops.matrices.norms import matrix_norm
from mytorch.ops.matrices.products import *
from mytorch.ops.matrices.svd import SVD, svd, svdvals
from mytorch.ops.normalizations.batch_norm import *
from mytorch.ops.normalizations.instance_norm import *
from mytorch.ops.normalizations.layer_norm import *
from mytorch.ops.normalizations.response_norm import *
from mytorch.ops.reductions.counting import *
from mytorch.ops.reductions.cumulative import *
from mytorch.ops.reductions.extrema import *
from mytorch.ops.reductions.norms import *
from mytorch.ops.reductions.ordering import *
from mytorch.ops.reductions.sums import *
from mytorch.ops.sequences.attention import *
from mytorch.ops.sequences.projected_lstm import *
from mytorch.ops.sequences.recurrent import *
from mytorch.ops.sequences.recurrent_cells import *
from mytorch.ops.shapes.arranging import channel_shuffle
from mytorch.ops.shapes.expand import *
from mytorch.ops.shapes.flip_roll import *
from mytorch.ops.shapes.getitem import *
from mytorch.ops.shapes.join import *
from mytorch.ops.shapes.repeat import *
from mytorch.ops.shapes.reshape import *
from mytorch.ops.shapes.split import *
from mytorch.ops.shapes.transpose import *
from mytorch.ops.windows.adaptive_pooling import *
from mytorch.ops.windows.conv import *
from mytorch.ops.windows.conv_transpose import *
from mytorch.ops.windows.grid_sample import *
from mytorch.ops.windows.padding import *
from mytorch.ops.windows.pooling import *
from mytorch.ops.windows.resample import *
from mytorch.ops.windows.unfold import *
from mytorch.ops.windows.unpooling import *

__all__ = [name for name in dir() if not (name.startswith("_") or hasattr(_builtins, name))]

if not _TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> _Any:
        """Names that PyTorch has and this module has not: an error that says why."""
        return _lacking(__name__, name)
