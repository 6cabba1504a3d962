"""Gathers the code that a write-up must show into Markdown or LaTeX. (Handout 001, section 3.5.)

    python -m course.export --format latex --heading-level 2 --output submission.tex

The files are only read, never imported: they may be broken, and are somebody else's. `sources` finds
the code, `markdown` and `latex` write it, `command` is the command line.
"""
