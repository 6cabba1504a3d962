"""Layers that look rows up in a table."""
