#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -eu
apt-get update
apt-get install -y --no-install-recommends python3 python3-pip python3-venv
python3 -m venv /opt/grader
/opt/grader/bin/pip install --no-cache-dir "numpy>=1.26"
