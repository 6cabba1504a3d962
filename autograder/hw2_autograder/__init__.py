"""The checks of homework 2: convolution and pooling."""
