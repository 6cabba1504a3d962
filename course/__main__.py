import sys

try:
    from course.commands import main
except ModuleNotFoundError as error:
    if error.name not in ("numpy", "matplotlib", "tqdm"):
        raise
    sys.exit(f"python -m course needs {error.name}: in this clone, run   pip install -e .")

if __name__ == "__main__":
    sys.exit(main())
