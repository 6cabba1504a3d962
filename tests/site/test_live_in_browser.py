"""The live pages in a real browser: `pytest -m browser`, see .ci/site."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from mytorch import Tensor
from mytorch.engine.observers import Observer, observing

pytestmark = pytest.mark.browser
FINISHED = "#live:is([data-state=done], [data-state=error], [data-state=failed])"
LOADING = 180_000  # ms: Python, NumPy and MyTorch on a busy machine


class _Watch(Observer):
    """What the engine itself says: (operation, gradient, contributions) of each node as it runs."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, float, list]] = []

    def after_backward(self, node: Any, gradients: tuple, contributions: Any) -> None:
        sent = [None if part is None else float(part) for part in contributions]
        self.ran.append((node.function_name, float(gradients[0]), sent))


def _the_handouts_example() -> tuple[list, dict[str, float]]:
    a, b, c = Tensor(1.0, requires_grad=True), Tensor(2.0), Tensor(3.0, requires_grad=True)
    d = a * b + a
    e = (d + c) + 3
    with observing(_Watch()) as watch:
        e.backward()
    return watch.ran, {"a": a.grad.item(), "c": c.grad.item()}


def opened(chromium: Any, site: str, name: str) -> Iterator[Any]:
    """The page, for all tests of this file: loading Python is what takes the time. It must ask nobody but the site, and
    the browser must have nothing to complain of."""
    page = chromium.new_page(viewport={"width": 1200, "height": 1000})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]) if request.url[:4] == "http" else None)
    page.goto(f"{site}/{name}.html?pyodide=/pyodide/")
    yield page
    page.close()
    assert problems == []
    assert hosts == {site.removeprefix("http://")}, "the page asked somebody else"


@pytest.fixture(scope="module")
def live(chromium, site) -> Iterator[Any]:
    yield from opened(chromium, site, "live")


@pytest.fixture(scope="module")
def check(chromium, site) -> Iterator[Any]:
    yield from opened(chromium, site, "check")


def run(page: Any, code: str | None = None) -> str:
    """Run the text, or what is there; the state that the page is in then."""
    if code is not None:
        page.fill("textarea", code)
    page.click(".live-run")
    page.wait_for_selector(FINISHED, timeout=LOADING)
    return page.get_attribute("#live", "data-state")


def boxes(page: Any) -> dict[str, Any]:
    """{title of a box: (state, gradient)} as the SVG has them."""
    found = {}
    for box in page.query_selector_all(".live-box"):
        gradient = json.loads(box.get_attribute("data-gradient"))
        state = box.get_attribute("data-state")
        found[box.query_selector(".live-title").text_content()] = (state, gradient and gradient[0])
    return found


def test_the_handouts_example_step_by_step(live) -> None:
    page = live
    ran, leaves = _the_handouts_example()
    assert run(page) == "done", page.inner_text(".live-status")
    assert page.inner_text(".live-printed").strip() == "tensor(3.) None tensor(1.)"
    for step, (name, gradient, sent) in enumerate(ran, 1):
        page.click(".live-next")
        assert page.get_attribute(".live-stepper", "data-step") == str(step)
        current = page.query_selector('.live-box[data-state="current"]')
        assert current.query_selector(".live-title").text_content().split(" = ")[0] == name
        assert json.loads(current.get_attribute("data-gradient")) == [gradient]
        vertex = current.get_attribute("data-vertex")
        for argument, value in enumerate(sent):
            edge = page.query_selector(f'.live-edge[data-to="{vertex}"][data-argument="{argument}"]')
            shown = json.loads(edge.get_attribute("data-sent"))
            from_constant = edge.get_attribute("data-from").startswith("constant")
            assert shown == (None if from_constant else value)
    for name in leaves:
        page.click(".live-next")
        told = page.inner_text(".live-told")
        assert f"{name}.grad is now {leaves[name]:g}" in told
    assert {name: boxes(page)[name][1] for name in leaves} == leaves
    assert page.is_disabled(".live-next")

    page.click(".live-back")  # and back: only one of the leaves is the current box
    assert boxes(page)["a"][0] == "current"
    page.focus(".live-stepper")
    for key, step in (("Home", 0), ("ArrowRight", 1), ("End", 6), ("ArrowLeft", 5)):
        page.keyboard.press(key)
        assert page.get_attribute(".live-stepper", "data-step") == str(step)
    page.keyboard.press("Home")
    assert {state for state, _ in boxes(page).values()} == {"waiting"}
    page.click('.live-box:has-text("Mul")')
    assert page.get_attribute(".live-stepper", "data-step") == "4"


def test_errors_stand_at_their_place(live) -> None:
    page = live
    assert run(page, "from mytorch import Tensor\nx = Tensor(1.0) + unknown\n") == "error"
    assert page.inner_text(".live-error").startswith("Line 2: NameError: name 'unknown' is not defined")
    assert page.inner_text(".live-marks mark") == "unknown"
    assert page.inner_text(".live-numbers .live-wrong").strip() == "2"
    assert run(page, "x = (1\n") == "error"
    assert "SyntaxError" in page.inner_text(".live-error")
    assert run(page, "x = 1\ninput()") == "error"
    assert page.inner_text(".live-error").startswith("Line 2: EOFError")
    page.fill("textarea", "x = 1")
    assert page.is_hidden(".live-error")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(FINISHED, timeout=LOADING)
    assert "no backward to show" in page.inner_text(".live-result")


def test_a_gradient_is_checked_in_the_words_of_the_grader(check) -> None:
    page = check
    assert run(page) == "done", page.inner_text(".live-status")
    assert "divided by b instead of by b squared" in page.inner_text(".live-diagnosis")
    page.select_option("select", "the same, right")
    assert run(page) == "done"
    assert page.get_attribute(".live-report", "data-ok") == "true"


@pytest.mark.parametrize("name", ["live", "check"])
def test_every_example_runs_and_fits_a_phone(request, name) -> None:
    page = request.getfixturevalue(name)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    options = page.eval_on_selector_all("select option", "options => options.map(o => o.value)")
    assert len(options) >= 5
    for option in options:
        page.select_option("select", option)
        assert run(page) == "done", option
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, option
    luminance = page.evaluate("getComputedStyle(document.querySelector('textarea')).color.match(/\\d+/g).map(Number)")
    assert np.mean(luminance) > 128  # light letters


def test_pyodide_of_another_server_is_refused(chromium, site) -> None:
    page = chromium.new_page()
    page.goto(f"{site}/live.html?pyodide=https://example.org/")
    assert run(page) == "failed"
    assert "must be a folder of" in page.inner_text(".live-status")
    page.close()


def test_an_endless_program_is_stopped(live) -> None:
    page = live
    assert run(page, "x = 1") == "done"
    page.fill("textarea", "while True:\n    pass")
    page.click(".live-run")
    page.click(".live-stop")
    page.wait_for_selector(FINISHED, timeout=LOADING)
    assert page.inner_text(".live-status").startswith("Stopped.")
    assert run(page, "print(1)") == "done"
