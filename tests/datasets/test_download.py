import gzip
import hashlib
import http.server
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mytorch.datasets import download
from mytorch.datasets.download import DownloadError, fetch
from mytorch.datasets.files import Catalog

CONTENTS = {"a": os.urandom(500) * 10, "b": b"green" * 1000}
REPO = Path(__file__).resolve().parents[2]


class Server(http.server.ThreadingHTTPServer):
    """Serves `answers`, a function of the path that returns the bytes of the body, a status, or
    (announced length, body); and remembers what it was asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.answer = lambda path: gzip.compress(CONTENTS[path.rpartition("/")[2].removesuffix(".gz")])
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *arguments):
        """Nothing: that a client has hung up is part of the tests."""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        answer = self.server.answer(self.path)
        if isinstance(answer, int):
            self.send_error(answer)
            return
        length, body = answer if isinstance(answer, tuple) else (len(answer), answer)
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(download, "CHUNK", 1000)  # bytes, so that a file takes several
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path):
    """Where the files should come to lie."""
    return tmp_path / "cache/mytorch/stones"


def catalog(*mirrors):
    checksums = {name: hashlib.sha256(contents).hexdigest() for name, contents in CONTENTS.items()}
    return Catalog("Stones", ("stones", "elsewhere"), checksums, mirrors)


def test_files_come_into_the_cache_uncompressed(server, folder):
    fetch(catalog(f"{server.url}/x/"))
    assert server.asked == ["/x/a.gz", "/x/b.gz"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENTS


def test_what_the_cache_has_is_not_downloaded(server, folder):
    folder.mkdir(parents=True)
    (folder / "a").write_bytes(b"mine")
    fetch(catalog(f"{server.url}/"))
    assert server.asked == ["/b.gz"]
    assert (folder / "a").read_bytes() == b"mine"


def correct(path):
    return gzip.compress(CONTENTS[path.rpartition("/")[2].removesuffix(".gz")])


FAILURES = {
    "not there": (lambda path: 404, "HTTP Error 404: Not Found"),
    "server error": (lambda path: 503, "HTTP Error 503"),
    "not gzipped": (lambda path: b"<html>please log in</html>", "Not a gzipped file"),
    "empty": (lambda path: b"", "a has the wrong SHA-256 e3b0c44298fc"),
    "truncated": (lambda path: correct(path)[:-100], "ended before the end-of-stream marker"),
    "connection lost": (lambda path: (len(correct(path)), correct(path)[:-100]), "ended before|IncompleteRead"),
    "corrupt": (lambda path: correct(path)[:10] + b"\xff" * 10 + correct(path)[20:], "while decompressing data"),
    "corrupt at the end": (lambda path: correct(path)[:-8] + b"\xff" * 4 + correct(path)[-4:], "CRC check failed"),
    "other contents": (lambda path: gzip.compress(b"others"), "a has the wrong SHA-256 " + "[0-9a-f]{64}$"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_download_is_an_error_and_leaves_the_cache_as_it_was(server, folder, failure):
    folder.mkdir(parents=True)
    (folder / "other").write_bytes(b"keep")
    server.answer, problem = FAILURES[failure]
    with pytest.raises(DownloadError, match=rf"^127\.0\.0\.1:{server.server_port}: .*({problem})"):
        fetch(catalog(f"{server.url}/"))
    assert server.asked == ["/a.gz"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"other": b"keep"}


@pytest.mark.parametrize("failure", FAILURES)
def test_the_second_mirror_steps_in(server, folder, failure):
    fails = FAILURES[failure][0]
    server.answer = lambda path: fails(path) if path.startswith("/first") else correct(path)
    fetch(catalog(f"{server.url}/first/", f"{server.url}/second/"))
    # A mirror that failed is not asked again.
    assert server.asked == ["/first/a.gz", "/second/a.gz", "/second/b.gz"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENTS


def test_when_all_mirrors_fail_the_error_names_each(server, folder):
    server.answer = lambda path: 404 if path.startswith("/first") else b"nonsense"
    with pytest.raises(DownloadError, match=r"HTTP Error 404: Not Found; .*Not a gzipped file"):
        fetch(catalog(f"{server.url}/first/", f"{server.url}/second/"))
    assert not folder.exists() or not list(folder.iterdir())


def test_files_that_came_before_a_failure_stay(server, folder):
    server.answer = lambda path: correct(path) if path == "/a.gz" else 404
    with pytest.raises(DownloadError):
        fetch(catalog(f"{server.url}/"))
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_no_server(folder):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # and does not listen: nobody answers on this port
        port = listener.getsockname()[1]
        with pytest.raises(DownloadError, match=rf"^127\.0\.0\.1:{port}: Connection refused$"):
            fetch(catalog(f"http://127.0.0.1:{port}/"))
    assert not folder.exists()


def test_a_silent_server(server, folder, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.1)
    answered = threading.Event()
    server.answer = lambda path: answered.wait(10) and 404
    started = time.monotonic()
    with pytest.raises(DownloadError, match="timed out"):
        fetch(catalog(f"{server.url}/"))
    assert time.monotonic() - started < 5
    answered.set()


def test_a_cache_that_cannot_be_written(server, tmp_path):
    (tmp_path / "cache").write_bytes(b"a file where a folder should be")
    with pytest.raises(DownloadError, match=r"Not a directory|File exists|cannot find the path"):
        fetch(catalog(f"{server.url}/"))


def test_processes_that_download_at_once_do_not_hurt_each_other(server, folder):
    def slow(path):
        time.sleep(0.2)  # so that all have asked before the first is done
        return correct(path)

    server.answer = slow
    script = (
        "from mytorch.datasets.download import fetch; from mytorch.datasets.files import Catalog; "
        f"fetch({catalog(f'{server.url}/')!r})"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPO)}
    processes = [subprocess.Popen([sys.executable, "-c", script], env=environment) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENTS
