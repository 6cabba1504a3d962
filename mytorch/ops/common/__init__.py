"""What all wings stand on: operands, broadcasting, axes, sums per channel."""
