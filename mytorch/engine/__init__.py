"""What `d = a * b + a; d.backward()` passes through. Reading order: see `mytorch/autograd_engine.py`."""
