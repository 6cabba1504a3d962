"""Wants more memory than it may have."""

import numpy as np

version = "0"


def set_threads(count):
    pass


def build(workload):
    np.ones(1 << 33)  # 64 GiB
