"""The methods of Tensor, a file per wing of `mytorch/ops`."""

from mytorch.methods.activations import ActivationMethods
from mytorch.methods.casts import CastMethods
from mytorch.methods.creation import CreationMethods
from mytorch.methods.devices import DeviceMethods
from mytorch.methods.elementwise import ElementwiseMethods
from mytorch.methods.hooks import HookMethods
from mytorch.methods.in_place import InPlaceMethods
from mytorch.methods.indexing import IndexingMethods
from mytorch.methods.insight import InsightMethods
from mytorch.methods.left_out import LeftOutMethods
from mytorch.methods.matrices import MatrixMethods
from mytorch.methods.operators import OperatorMethods
from mytorch.methods.printing import PrintingMethods
from mytorch.methods.queries import QueryMethods
from mytorch.methods.random import RandomMethods
from mytorch.methods.reductions import ReductionMethods
from mytorch.methods.shapes import ShapeMethods

__all__ = ["TensorMethods"]


class TensorMethods(
    OperatorMethods,
    ElementwiseMethods,
    ReductionMethods,
    ShapeMethods,
    IndexingMethods,
    MatrixMethods,
    ActivationMethods,
    CastMethods,
    CreationMethods,
    HookMethods,
    InsightMethods,
    DeviceMethods,
    InPlaceMethods,
    RandomMethods,
    QueryMethods,
    PrintingMethods,
    LeftOutMethods,
):
    """The half of class Tensor that computes; `mytorch.tensor` has the other half."""

    __slots__ = ()
