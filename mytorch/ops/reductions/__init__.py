"""Many elements to few: sums, extrema, norms, orderings, running sums."""
