"""The checks of homework ffn, handout 004."""
