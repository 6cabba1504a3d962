"""For instructors: the homeworks with their solutions, and the commands that make things of them.

    python -m course --help

The folders hold the homeworks as a student would have solved them, in the handouts' layout, with the solutions
between marks (see `course.marks`). What is given to students is cut out of them, so that there is one source. hw1b, hw2
and hw3 lie upon hw1 (see `course.homeworks`); the others stand alone.
"""
