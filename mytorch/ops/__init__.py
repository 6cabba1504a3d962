"""The operations, a file per family. `mytorch.nn.functional` is the page that lists them all."""
