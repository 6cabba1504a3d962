"""The vocabulary of checks: what a `check` is, the inputs that it `draw`s, the text of its `snippets`,
whether a value is right (`compare`), and what a wrong one tells (`diagnose`).
"""
