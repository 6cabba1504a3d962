"""Everything that networks are made of; one file per topic, as in `from mytorch.nn.linear import Linear`."""
