"""Products, decompositions and parts of matrices, and the fully connected layer."""
