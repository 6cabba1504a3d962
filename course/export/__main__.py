import sys

from course.export.command import main

if __name__ == "__main__":
    sys.exit(main())
