#!/usr/bin/env bash
# Make handin.tar for the course server: ./create_tarball.sh [FILE]; --help says what goes in.
set -eu
exec python3 "$(dirname "$0")/tools/create_tarball.py" "$@"
