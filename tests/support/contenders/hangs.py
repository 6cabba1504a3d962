"""Never comes back, and has started a process that would not end by itself either."""

import os
import subprocess
import sys
import time
from pathlib import Path

version = "0"


def set_threads(count):
    pass


def build(workload):
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(os.environ["PIDS_OF_HANGS"]).write_text(f"{os.getpid()} {sleeper.pid}")
    time.sleep(600)
