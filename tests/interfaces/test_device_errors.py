"""Errors kept for ``device_errors``, without any framework."""

from __future__ import annotations

import os
import pickle
import weakref

import pytest

from qgate.exceptions import DeviceError
from qgate.interfaces.device_errors import (
    ERRORS,
    InCompiledFunction,
    KeptErrors,
    device_errors,
    marking,
)


class FrameworkError(Exception):
    """A framework's error: only the original text."""


FrameworkError.__module__ = "jax.errors"


def marked(error: BaseException) -> str:
    """Return the text that a framework receives of an error."""
    with pytest.raises(InCompiledFunction) as raised, marking():
        raise error
    return str(raised.value)


def test_the_error_behind_a_framework_s_is_raised():
    error = DeviceError("closed")
    text = marked(error)

    with pytest.raises(DeviceError) as raised, device_errors():
        raise FrameworkError(f"INTERNAL: {text}\nTraceback")

    assert raised.value is error
    assert isinstance(raised.value.__cause__, FrameworkError)


def test_what_a_framework_is_told_says_how_to_catch_it():
    assert "DeviceError: closed" in marked(DeviceError("closed"))
    assert "qg.device_errors()" in marked(DeviceError("closed"))


def test_an_interrupt_is_an_interrupt():
    text = marked(KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt), device_errors():
        raise FrameworkError(text)


def test_raised_twice_an_error_has_one_chain_and_one_traceback():
    cause, error = OSError("503"), DeviceError("closed")
    error.__cause__ = cause
    text, lengths = marked(error), []

    for _ in range(2):
        with pytest.raises(DeviceError) as raised, device_errors():
            raise FrameworkError(text)
        lengths.append(len(raised.traceback))
        assert raised.value.__cause__.__cause__ is cause

    assert lengths[0] == lengths[1]


@pytest.mark.parametrize("text", ["other", "[qgate error 1.1]", "[qgate error {pid}.999999]"])
def test_other_errors_pass(text):
    with pytest.raises(FrameworkError), device_errors():
        raise FrameworkError(text.format(pid=os.getpid()))


def test_an_error_of_the_user_passes_whatever_its_text():
    text = marked(DeviceError("closed"))

    with pytest.raises(ValueError, match="mine"), device_errors():
        raise ValueError(f"mine: {text}")


def test_only_the_latest_errors_are_kept():
    kept = KeptErrors(most=3)

    numbers = [kept.keep(DeviceError(str(at))) for at in range(10)]

    texts = [FrameworkError(f"[qgate error {os.getpid()}.{number}]") for number in numbers]
    found = [kept.behind(text) for text in texts]
    assert len(kept) == 3
    assert found[:7] == [None] * 7
    assert [str(each.error) for each in found[7:]] == ["7", "8", "9"]


def test_a_kept_error_does_not_hold_what_its_frames_computed():
    class Array:
        pass

    held = []

    def compute():
        array = Array()
        held.append(weakref.ref(array))
        raise DeviceError("closed")

    with pytest.raises(InCompiledFunction) as raised, marking():
        compute()

    assert held[0]() is None
    assert ERRORS.behind(FrameworkError(str(raised.value))) is not None


def test_a_function_can_be_decorated():
    text = marked(DeviceError("closed"))

    @device_errors()
    def step(value):
        if value < 0:
            raise FrameworkError(text)
        return value

    assert step(1) == 1
    for _ in range(2):
        with pytest.raises(DeviceError):
            step(-1)


def test_a_kept_error_can_still_be_pickled():
    error = DeviceError("closed")
    text = marked(error)

    with pytest.raises(DeviceError) as raised, device_errors():
        raise FrameworkError(text)

    assert str(pickle.loads(pickle.dumps(raised.value))) == "closed"
