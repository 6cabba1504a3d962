"""Grading a class: submissions (which there are), run (one of them, by the grader), student_report (what a student
gets), gradebook (files for Canvas and Moodle), statistics (what the class has in common)."""
