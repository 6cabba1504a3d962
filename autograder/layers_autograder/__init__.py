"""The checks of homework layers: the by-hand layers of handout 001."""
