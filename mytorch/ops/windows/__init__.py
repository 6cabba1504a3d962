"""What moves a window over an image: convolution, pooling, padding, resampling."""
