"""Are the gradients of a layer right? Each is compared with finite differences. (Handout 001, section 3.4.)

    from mytorch.numeric_check import numeric_check
    print(numeric_check(nn.Linear(4, 3), mytorch.randn(5, 4)))

and of all layers that are defined in a file:

    python -m mytorch.numeric_check my_layers.py

`mytorch.autograd.gradcheck` is PyTorch's function for the same purpose: it compares whole Jacobians
and raises at the first difference. Here every input and parameter has its row in a table.
"""

from mytorch.numeric_check.check import numeric_check
from mytorch.numeric_check.report import NumericCheckReport, Row

__all__ = ["NumericCheckReport", "Row", "numeric_check"]
