"""Functions of single elements. All of them broadcast."""
