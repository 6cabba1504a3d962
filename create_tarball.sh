#!/usr/bin/env bash
# Make handin.tar for the course server: ./create_tarball.sh [FILE]; --help says what goes in.
# -I: a file of yours called tarfile.py must not stand in for Python's own.
set -eu
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
exec python3 -I -X utf8 "$here/autograder/create_tarball.py" "$@"
