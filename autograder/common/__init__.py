"""What every homework's grader shares. In reading order: a check is declared (`check`, `snippets`),
run in a process of its own (`pool` -> `worker` -> `child`, `imports`, `values`), judged (`compare`,
`diagnose`, `grading`) and reported (`report`, `command`).
"""
