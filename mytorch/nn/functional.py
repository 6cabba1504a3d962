"""The list of operations: the classes (handout 002: `Add`, `Sub`, ...) and the functions on top
of them under PyTorch's names. Each is defined, with its derivative, in the file of its family in
`mytorch/ops`; `import mytorch.nn.functional as F` and `F.Add.apply(a, b)` or `F.relu(x)`.
"""

from mytorch.ops.activation import *
from mytorch.ops.adaptive_pooling import *
from mytorch.ops.arithmetic import *
from mytorch.ops.attention import *
from mytorch.ops.axis_index import *
from mytorch.ops.batch_norm import *
from mytorch.ops.channel_dropout import *
from mytorch.ops.classification_loss import nll_loss
from mytorch.ops.common import unbroadcast
from mytorch.ops.comparison import *
from mytorch.ops.conv import *
from mytorch.ops.conv_transpose import *
from mytorch.ops.counting import *
from mytorch.ops.ctc_loss import *
from mytorch.ops.cumulative import *
from mytorch.ops.decompositions import *
from mytorch.ops.diagonal import *
from mytorch.ops.distance import *
from mytorch.ops.dropout import *
from mytorch.ops.einsum import *
from mytorch.ops.elementwise import *
from mytorch.ops.embedding import *
from mytorch.ops.exponential import *
from mytorch.ops.extrema import *
from mytorch.ops.flip_roll import *
from mytorch.ops.gather_scatter import *
from mytorch.ops.gelu import *
from mytorch.ops.indexing import *
from mytorch.ops.join_split import *
from mytorch.ops.layer_norm import *
from mytorch.ops.linalg import *
from mytorch.ops.linear import *
from mytorch.ops.loss import *
from mytorch.ops.masked import *
from mytorch.ops.norm import *
from mytorch.ops.normalization import *
from mytorch.ops.ordering import *
from mytorch.ops.padding import *
from mytorch.ops.pooling import *
from mytorch.ops.probability_loss import *
from mytorch.ops.rectifiers import *
from mytorch.ops.recurrent import *
from mytorch.ops.recurrent_cells import *
from mytorch.ops.reduction import *
from mytorch.ops.regression_loss import *
from mytorch.ops.repeat import *
from mytorch.ops.resample import *
from mytorch.ops.rounding import *
from mytorch.ops.select import *
from mytorch.ops.shape import *
from mytorch.ops.smooth_activation import *
from mytorch.ops.special import *
from mytorch.ops.svd import *
from mytorch.ops.trigonometry import *
from mytorch.ops.unfold import *

__all__ = [name for name in dir() if not name.startswith("_")]
