"""What the tests of the site share: the code that runs in the page, and a browser with the built site."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "docs"))  # the package `browser`
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class _Site(http.server.SimpleHTTPRequestHandler):
    """The built site, and Pyodide's folder as /pyodide/."""

    extensions_map = {  # noqa: RUF012 (as the standard library's)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *args: Any, pyodide: str, **options: Any) -> None:
        self.pyodide = pyodide
        super().__init__(*args, **options)

    def translate_path(self, path: str) -> str:
        clean = path.split("?")[0]
        if clean.startswith("/pyodide/"):
            return str(Path(self.pyodide, Path(clean).name))
        return super().translate_path(path)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built site, with Pyodide beside it."""
    built, pyodide = os.environ.get("MYTORCH_SITE"), os.environ.get("MYTORCH_PYODIDE")
    if not built or not pyodide:
        pytest.skip(
            "set MYTORCH_SITE to the built site and MYTORCH_PYODIDE to the folder that tools/get_pyodide.py made"
        )
    handler = functools.partial(_Site, directory=built, pyodide=pyodide)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: browser)")
    program = os.environ.get("MYTORCH_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("there is no chromium (apt install chromium, or MYTORCH_CHROMIUM=...)")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )  # root in a container needs it
        yield browser
        browser.close()
