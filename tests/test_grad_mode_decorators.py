"""no_grad and its relatives as decorators of functions whose bodies run in steps."""

from __future__ import annotations

import inspect

import pytest

import mytorch
from mytorch import is_grad_enabled

DECORATORS = {
    "no_grad": (mytorch.no_grad, False),
    "no_grad()": (mytorch.no_grad(), False),
    "inference_mode": (mytorch.inference_mode, False),
    "inference_mode()": (mytorch.inference_mode(), False),
    "enable_grad": (mytorch.enable_grad, True),
    "enable_grad()": (mytorch.enable_grad(), True),
    "inference_mode(False)": (mytorch.inference_mode(False), True),
    "set_grad_enabled(False)": (lambda f: mytorch.set_grad_enabled(False)(f), False),
    "set_grad_enabled(True)": (lambda f: mytorch.set_grad_enabled(True)(f), True),
}


@pytest.fixture(params=DECORATORS)
def case(request):
    return DECORATORS[request.param]


def test_decorated_generators_ran_their_bodies_as_if_not_decorated(case):
    decorator, inside = case

    def body(count: int):
        """Documentation."""
        for _ in range(count):
            assert is_grad_enabled() is inside
            yield is_grad_enabled()
        return "end"

    decorated = decorator(body)
    assert inspect.isgeneratorfunction(decorated)
    assert (decorated.__name__, decorated.__doc__) == ("body", "Documentation.")
    with mytorch.set_grad_enabled(not inside):
        generator = decorated(2)
        for _ in range(2):
            assert next(generator) is inside
            assert is_grad_enabled() is not inside  # the caller's mode, between the steps
        with pytest.raises(StopIteration) as end:
            next(generator)
        assert end.value.value == "end"
        assert is_grad_enabled() is not inside


def test_what_the_caller_sends_throws_and_closes_arrives_in_the_body_in_its_mode(case):
    decorator, inside = case
    seen = []

    @decorator
    def body():
        try:
            while True:
                try:
                    seen.append((yield len(seen)))
                except KeyError as error:
                    seen.append(error.args[0])
                assert is_grad_enabled() is inside
        finally:
            seen.append(is_grad_enabled())

    with mytorch.set_grad_enabled(not inside):
        generator = body()
        assert next(generator) == 0
        assert generator.send("sent") == 1
        assert generator.throw(KeyError("thrown")) == 2
        generator.close()
        assert is_grad_enabled() is not inside
    assert seen == ["sent", "thrown", inside]


def test_an_error_in_the_body_comes_out_and_the_mode_is_the_callers():
    @mytorch.no_grad()
    def body():
        yield 1
        raise ZeroDivisionError("in the body")

    generator = body()
    next(generator)
    with pytest.raises(ZeroDivisionError, match="in the body"):
        next(generator)
    assert is_grad_enabled()


def test_two_decorated_generators_in_turns_do_not_mix_their_modes():
    @mytorch.no_grad()
    def off():
        while True:
            yield is_grad_enabled()

    @mytorch.enable_grad()
    def on():
        while True:
            yield is_grad_enabled()

    @mytorch.no_grad()
    def both():
        yield from on()

    a, b, c = off(), on(), both()
    assert [(next(a), next(b), next(c), is_grad_enabled()) for _ in range(3)] == [(False, True, True, True)] * 3


def test_results_of_a_decorated_generator_do_not_require_gradients():
    x = mytorch.ones(2, requires_grad=True)

    @mytorch.no_grad()
    def body():
        for factor in (1.0, 2.0):
            yield x * factor

    assert [y.requires_grad for y in body()] == [False, False]
    assert (x * 2).requires_grad


def test_a_class_is_deprecated_and_its_making_covered_as_in_pytorch():
    class Made:
        def __init__(self):
            self.recorded = is_grad_enabled()

        def method(self):
            return is_grad_enabled()

    with pytest.warns(FutureWarning, match="decorating the class Made"):
        make = mytorch.no_grad()(Made)
    assert not make().recorded
    assert make().method()


def test_async_bodies_are_not_covered_as_in_pytorch():
    @mytorch.no_grad()
    async def body():
        return is_grad_enabled()

    with pytest.raises(StopIteration) as end:
        body().send(None)
    assert end.value.value is True


@pytest.mark.parametrize("kind", ["function", "generator", "send"])
def test_the_same_modes_as_pytorch(kind):
    torch = pytest.importorskip("torch")

    def modes(module):
        seen = []

        def plain():
            seen.append(module.is_grad_enabled())

        def steps():
            seen.append(module.is_grad_enabled())
            sent = yield 1
            seen.append((sent, module.is_grad_enabled()))
            yield 2

        for make in (lambda: module.no_grad(), lambda: module.enable_grad(), lambda: module.inference_mode(),
                     lambda: module.inference_mode(False), lambda: module.set_grad_enabled(False)):  # fmt: skip
            for outer in (True, False):
                decorated = make()(plain if kind == "function" else steps)
                with module.set_grad_enabled(outer):
                    if kind == "function":
                        decorated()
                        seen.append(module.is_grad_enabled())
                        continue
                    generator = decorated()
                    next(generator)
                    seen.append(module.is_grad_enabled())
                    if kind == "send":
                        generator.send("sent")
                        seen.append(module.is_grad_enabled())
                    generator.close()
                seen.append(module.is_grad_enabled())
        return seen

    assert modes(mytorch) == modes(torch)
