#!/usr/bin/env python3
"""Gather the code that you have written for your write-up, as LaTeX for \\input{} or as Markdown; see --help:

    python3 generate_submission.py --format latex --heading_level 2 --output submission.tex

Which functions these are is in course/export/implementations.py. Functions of your own in the same files are shown too.
What you write elsewhere, in other files or as methods of NeuralNetwork, you can add there, or name on the command line.
"""

import sys
from pathlib import Path

from course.export.command import main

if __name__ == "__main__":
    sys.exit(main(student=Path(__file__).resolve().parent, program="python3 generate_submission.py"))
