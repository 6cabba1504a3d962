"""From checks and a student's folder to points: `grade` runs and judges, `report` prints, `command` is
the command line of every homework's runner.py.
"""
