"""The checks of homework bioeng, handout 000."""
