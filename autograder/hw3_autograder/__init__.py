"""The checks of homework 3."""
