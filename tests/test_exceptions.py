"""Every error: its text is made of its fields, and it can be pickled."""

import inspect
import pickle

import numpy as np
import pytest

from qgate import exceptions
from qgate.exceptions import QGateError, described, near, suggest

NO_FIELDS = {"message"}
SAMPLES = {
    "str": "some text",
    "int": 34,
    "float": 2.5,
    "object": ("anything", 1),
    "bool": True,
    "Collection[str]": ["one", "two"],
    "Collection[object]": ["a", 7],
}


def every_error():
    found, todo = [], [QGateError]
    while todo:
        cls = todo.pop()
        if cls not in found and cls.__module__.startswith(exceptions.__name__):
            found.append(cls)
            todo += cls.__subclasses__()
    return sorted(found, key=lambda cls: cls.__name__)


def fields_of(cls):
    """The annotated fields of a class and its parents, with a plausible value for each."""
    names = {}
    for parent in reversed(cls.__mro__):
        for name, annotation in inspect.get_annotations(parent).items():
            if name not in NO_FIELDS and issubclass(parent, QGateError):
                names[name] = SAMPLES[str(annotation)]
    return names


WITH_FIELDS = [cls for cls in every_error() if fields_of(cls)]


def test_the_walk_finds_the_errors():
    assert len(WITH_FIELDS) > 30
    assert exceptions.NotUnitary in WITH_FIELDS


@pytest.mark.parametrize("cls", WITH_FIELDS)
def test_the_message_is_made_of_the_fields(cls):
    fields = fields_of(cls)

    text = str(cls(**fields))

    assert "{" not in text
    for name in fields:
        assert "{" + name in cls.message, f"{name} is not told"


@pytest.mark.parametrize("cls", WITH_FIELDS)
def test_fields_are_attributes(cls):
    fields = fields_of(cls)

    error = cls(**fields)

    assert {name: getattr(error, name) for name in fields} == fields


@pytest.mark.parametrize("cls", every_error())
def test_errors_survive_pickling(cls):
    fields = fields_of(cls)
    errors = [cls("Plain text."), *([cls(**fields)] if fields else [])]

    for error in errors:
        copy = pickle.loads(pickle.dumps(error))

        assert type(copy) is cls
        assert str(copy) == str(error)
        assert all(getattr(copy, name) == getattr(error, name) for name in error._fields)


@pytest.mark.parametrize("cls", every_error())
def test_a_plain_text_is_said_as_it_is(cls):
    assert str(cls("Braces {stay} as they are.")) == "Braces {stay} as they are."


@pytest.mark.parametrize("cls", every_error())
def test_every_error_says_what_it_is_for(cls):
    assert cls.__doc__


@pytest.mark.parametrize(
    ("cls", "parent"),
    [
        (exceptions.InvalidParameters, ValueError),
        (exceptions.InvalidShots, ValueError),
        (exceptions.NotFinite, ValueError),
        (exceptions.MissingExtra, ImportError),
        (exceptions.JobTimeout, TimeoutError),
        (exceptions.TooManyWires, exceptions.DeviceError),
        (exceptions.NotUnitary, exceptions.DeviceError),
        (exceptions.DuplicateWires, exceptions.WireError),
        (exceptions.UnknownDiffMethod, exceptions.QuantumFunctionError),
    ],
)
def test_errors_are_caught_under_the_names_that_users_know(cls, parent):
    assert issubclass(cls, parent)


def test_collections_are_spelled_as_lists_and_sets_are_sorted():
    error = exceptions.UnknownWires(device="local", unknown={3, 1}, known=[])

    assert "the wires [1, 3]" in str(error)
    assert "[nothing]" in str(error)


def test_near_names_are_suggested():
    assert near("qiskitt", ["qiskit", "braket"]) == ["qiskit"]
    assert suggest("shotz", ["shots", "seed"]) == " Did you mean 'shots'?"
    assert suggest("zzz", ["shots", "seed"]) == ""


class WithoutText:
    def __repr__(self):
        raise RuntimeError("it has no text")


def nested(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [nested(5000), {"a": nested(5000)}, WithoutText(), [WithoutText()], [10**9999], 10**9999],
    ids=lambda value: type(value).__name__,
)
def test_errors_describe_values_that_have_no_text(value):
    assert len(described(value)) < 100
    assert "local" in str(exceptions.UnknownWires(unknown=value, device="local", known=[value]))
    assert suggest(value, ["shots"]) == ""


def test_values_that_have_a_text_are_described_by_it():
    for value in ([0.1, None], (1,), {"a": [1]}, "X", 0.5, None, np.ones(2), b"x"):
        assert described(value) == repr(value)


def test_an_array_without_axes_is_shown_in_an_error():
    error = exceptions.UnknownWires(unknown=np.array(0.5), device="local", known=["a"])

    assert "0.5" in str(error)
