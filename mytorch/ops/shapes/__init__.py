"""The same elements in other shapes: reshaping, reordering, slicing, joining, repeating."""
