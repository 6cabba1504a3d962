"""Local tests: python -m unittest -v   (the expected values in data/ are those of a correct implementation)"""
