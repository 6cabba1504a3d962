#!/usr/bin/env python3
"""Do the links between the pages of a built site lead somewhere? Nothing outside of the folder is asked.

    python tools/check_site_links.py docs/_build/html

Every href and src of every page that is no web address must be a file of the site, and its #fragment an id on that
page. Exit status 1 if one is not.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """links: what href and src say.   ids: where a fragment may lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" or (name == "name" and tag == "a"):
                self.ids.add(value or "")


@functools.cache
def read(file: Path) -> Page:
    return Page(file.read_text(encoding="utf-8"))


def dead_links(site: Path) -> Iterator[str]:
    """A line for each link that leads nowhere."""
    read.cache_clear()
    for file in sorted(site.rglob("*.html")):
        for link in read(file).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file.resolve()
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                yield f"{file.relative_to(site)}: {link}: there is no such file"
            elif target.suffix == ".html" and parts.fragment and unquote(parts.fragment) not in read(target).ids:
                yield f"{file.relative_to(site)}: {link}: the page has no such place"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.strip())
        return 0 if arguments in (["-h"], ["--help"]) else 2
    site = Path(arguments[0])
    pages = len(list(site.rglob("*.html")))
    if not pages:
        print(f"{site} has no pages", file=sys.stderr)
        return 2
    dead = list(dead_links(site))
    print("\n".join([*dead, f"{pages} pages, {len(dead)} dead links"]))
    return int(bool(dead))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
