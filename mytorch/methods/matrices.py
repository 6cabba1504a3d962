"""Methods of matrices: products, inverses, diagonals."""

from __future__ import annotations

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.matrices import decompositions, diagonal as diagonal_ops, further, products, qr_eigh, sums_of_products

__all__ = ["MatrixMethods"]


class MatrixMethods(TensorBase):
    """One line onto each operation of `ops/matrices`."""

    __slots__ = ()

    matmul = products.matmul
    mm = products.mm
    bmm = products.bmm
    mv = products.mv
    dot = products.dot
    outer = products.outer

    addmm = sums_of_products.addmm
    addmv = sums_of_products.addmv
    addr = sums_of_products.addr
    addbmm = sums_of_products.addbmm
    baddbmm = sums_of_products.baddbmm
    inner = sums_of_products.inner
    vdot = sums_of_products.vdot
    kron = sums_of_products.kron
    cross = sums_of_products.cross

    pinverse = qr_eigh.pinv
    inverse = decompositions.inverse
    det = decompositions.det
    slogdet = decompositions.slogdet
    matrix_power = decompositions.matrix_power

    cholesky = decompositions.cholesky
    cholesky_inverse = further.cholesky_inverse
    cholesky_solve = further.cholesky_solve
    corrcoef = further.corrcoef
    cov = further.cov
    diagflat = further.diagflat
    dist = further.dist
    logdet = further.logdet
    matrix_exp = further.matrix_exp
    renorm = further.renorm
    qr = qr_eigh.qr
    svd = further.svd
    ger = products.outer

    diag = diagonal_ops.diag
    diag_embed = diagonal_ops.diag_embed
    trace = diagonal_ops.trace
    tril = diagonal_ops.tril
    triu = diagonal_ops.triu
    diagonal = diagonal_ops.diagonal  # last: from here on the class body knows only the method
