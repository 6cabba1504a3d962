"""What runs on course servers. The files in gradescope/ and autolab/ go into the packages as they are; `workflow`
writes that of GitHub Classroom. `python -m course pack` puts them together."""
