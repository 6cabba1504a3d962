"""What a hand-in may be, for create_tarball.py, which packs it, unpack.py and submission.py, which copies it.

Only Python's own modules are imported here: a student packs where there is no NumPy.
"""

MOST_BYTES = 256 << 20  # unpacked, in all
MOST_ENTRIES = 10_000
LONGEST_NAME = 1_000  # bytes
DEEPEST = 40  # folders in folders
MOST_BYTES_READ = 64 << 20  # of what is graded; the rest is not looked at
MOST_FILES_READ = 5_000


def problem_of_name(name: str) -> "str | None":
    """Why an entry of an archive may not have this name; None if it may."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in parts[0]:
        return "an absolute name, or one of another system; expected a name in the folder"
    if ".." in parts:
        return "its name leads out of the folder"
    if any(part in ("", ".") for part in parts) or "\0" in name:
        return "not a name of a file"
    try:
        size = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    if size > LONGEST_NAME:
        return f"its name is too long: {size:,} bytes, expected at most {LONGEST_NAME:,}"
    return f"lies in more than {DEEPEST} folders in one another" if len(parts) > DEEPEST else None
