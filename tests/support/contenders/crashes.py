"""Ends without a word."""

import os

version = "0"


def set_threads(count):
    pass


def build(workload):
    os.abort()
