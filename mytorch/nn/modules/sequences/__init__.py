"""Recurrent layers, attention and the Transformer."""
