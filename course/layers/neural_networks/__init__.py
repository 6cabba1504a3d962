"""A small neural network library on NumPy: every layer has its backward pass written out. (Handout 001.)"""
