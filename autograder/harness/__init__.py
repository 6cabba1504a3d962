"""Runs code that nobody trusts, and knows nothing about checks or homeworks. In reading order: `pool`
hands a job to a `worker`, which forks a `child` for it; the child imports the student's package
(`imports`), runs the snippet, and sends back values (`values`).
"""
