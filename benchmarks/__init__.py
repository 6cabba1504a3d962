"""How fast is MyTorch beside other libraries? `python -m benchmarks`; see README.md here."""
