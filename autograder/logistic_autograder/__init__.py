"""The checks of homework logistic: sections 1 and 3.1 of handout 003."""
