"""`python -m mytorch.port FILE ...`: which of PyTorch's names in a program MyTorch has, lacks, or means otherwise.

The program is read as text and never run. Read reading.py first: what a file mentions. Then lookup.py: what we have.
"""

from mytorch.port.lookup import Finding, findings

__all__ = ["Finding", "findings"]
