"""What lets a PyTorch program run as it stands: its words for devices, old names, paths of modules, and clear errors
at what is left out. No reader of the engine needs any of it."""
