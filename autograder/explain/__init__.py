"""Why a check failed. `probe` runs the check's snippet once more, in a process of its own, and writes down what each
operation and each node of the graph did; `blame` makes sentences of these facts; `families` knows what the handout's
operations compute, and the wrong formulas that students write instead. No points depend on any of it.
"""
