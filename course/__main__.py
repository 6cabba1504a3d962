import sys

from course.commands import main

if __name__ == "__main__":
    sys.exit(main())
