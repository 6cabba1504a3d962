import sys

from autograder.export.command import main

if __name__ == "__main__":
    sys.exit(main())
