"""Sphinx: `sphinx-build -W -b html docs docs/_build/html`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "extensions")]
os.environ.pop("MPLBACKEND", None)  # the gallery takes Agg by itself, and the kernels of pages must show pictures

from mytorch import __version__  # noqa: E402

project = "MyTorch"
author = copyright = "the authors of MyTorch, MIT licence"
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx.ext.githubpages",
    "myst_nb",
    "sphinx_copybutton",
    "docstrings",
    "live_pages",
    "reference",
    "repository_files",
    "solutions",
    "sphinx_gallery.gen_gallery",
]
autodoc_typehints = "none"
autodoc_member_order = "bysource"
repository_pages = ["examples/README.md", "benchmarks/README.md"]
exclude_patterns = ["_build", "browser", "extensions", "examples", "made/gallery/*.ipynb", "made/hw1"]
html_theme = "furo"
html_title = "MyTorch"
html_static_path = ["_static"]
html_css_files = ["site.css"]
pygments_dark_style = "github-dark"  # Furo's own underlines names as if they were links
html_favicon = "_static/favicon.svg"

# Where the live pages find Pyodide. A folder beside them, "../../pyodide/", makes the site independent of the internet.
live_pyodide = os.environ.get("MYTORCH_PYODIDE_URL", "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/")

myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 180  # a busy machine
nb_output_stderr = "remove"  # progress bars
# Of the kernels that run the code of pages.
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])

sphinx_gallery_conf = {
    "examples_dirs": "../examples/gallery",
    "gallery_dirs": "made/gallery",
    "abort_on_example_error": True,
    "show_memory": False,
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,
    "remove_config_comments": True,
}
