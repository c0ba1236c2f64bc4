"""Base class of all errors, and the parents that users of the field catch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import ClassVar

from qgate.masking import MASK, is_secret, masked, masked_value


def near(word: object, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the members of ``known`` that are similar to ``word``, best first."""
    import difflib

    text = word if isinstance(word, str) else described(word)
    return difflib.get_close_matches(
        text[:LONGEST_WORD], [str(name) for name in known], n=most, cutoff=0.5
    )


def suggest(word: object, known: Iterable[str]) -> str:
    """Return " Did you mean ...?" for the similar names, or an empty string."""
    names = near(word, known)
    return f" Did you mean {' or '.join(repr(name) for name in names)}?" if names else ""


def name_of(function: Callable[..., object]) -> str:
    """Return the name of a function for messages."""
    return getattr(function, "__name__", type(function).__name__)


MOST_LISTED = 100
"""Number of members of a collection that an error lists before it only counts the rest."""

LONGEST_WORD = 100
"""Characters of a word that are compared with known names; the search time is quadratic in them."""

LONGEST_INTEGER = 1000
"""Integers of more bits are described: Python refuses to print those of 4300 digits."""


class _Listed:
    """Collection that is formatted as a comma-separated list, also with ``!r``."""

    def __init__(self, values: Collection[object]) -> None:
        self.values = values

    def __format__(self, spec: str) -> str:
        texts = [str(_spell(item)) for item in islice(_ordered(self.values), MOST_LISTED)]
        more = len(self.values) - len(texts)
        return ", ".join([*texts, *([f"and {more} more"] if more else [])]) or "nothing"

    def __repr__(self) -> str:
        if len(self.values) > MOST_LISTED or any(_is_huge(item) for item in self.values):
            return f"[{self}]"
        return repr(self.values)


class _Described:
    """Text in place of a value that is too long to print."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return self.text

    __repr__ = __str__


def _is_huge(value: object) -> bool:
    return isinstance(value, int) and value.bit_length() > LONGEST_INTEGER


def described(value: object) -> str:
    """Return a user's value as text.

    Integers of many digits are described, and so are values without a text: containers nested too
    deeply, and objects whose ``__repr__`` raises.
    """
    return repr(_spell(value))


def _spell(value: object) -> object:
    if isinstance(value, int) and _is_huge(value):
        return _Described(f"an integer of {value.bit_length()} bits")
    if isinstance(value, str | bytes | int | float | None):
        return value
    spelled = value
    if isinstance(value, Collection) and not isinstance(value, dict) and _has_length(value):
        spelled = _Listed(value)
    try:
        repr(spelled)
        str(spelled)
    except Exception:
        return _Described(f"an object of {type(value).__name__} that cannot be written out")
    return spelled


def _has_length(value: Collection[object]) -> bool:
    try:
        return len(value) >= 0
    except Exception:  # arrays without axes raise here, and objects of users may raise anything
        return False


def _ordered(values: Collection[object]) -> Iterable[object]:
    return sorted(values, key=str) if isinstance(values, set | frozenset) else values


def _rebuild(
    cls: Callable[..., QGateError], text: str | None, fields: dict[str, object], more: str = ""
) -> QGateError:
    error = cls(**fields) if text is None else cls(text)
    if more:
        error.add_sentences(more)
    return error


def _masked_fields(fields: dict[str, object]) -> dict[str, object]:
    """Return the fields of an error with credentials masked, in options and in texts."""
    values = list(fields.values())
    hidden = dict(zip(fields, masked_value(values), strict=True))
    return {**hidden, "value": MASK} if is_secret(fields.get("option")) else hidden


class QGateError(Exception):
    """Parent of every error of qgate.

    A subclass lists its fields as annotations and formats them in ``message``;
    it is raised with the fields as keywords. A single text instead of fields is allowed where no
    finer class exists. Errors can be pickled. Credentials in the texts of fields are masked,
    because vendors repeat them in their messages.
    """

    ag_pass_through = True  # TensorFlow re-raises exceptions with this attribute unchanged
    _keras_call_info_injected = True  # so does Keras, which would otherwise replace the text

    message: ClassVar[str] = ""

    def __init__(self, text: str | None = None, /, **fields: object) -> None:
        text = None if text is None else masked(text)
        fields = _masked_fields(fields)
        super().__init__(*(() if text is None else (text,)))
        self._text, self._fields, self._more = text, fields, ""
        for name, value in fields.items():
            setattr(self, name, value)
        if fields:
            self.args = (str(self),)  # code that wraps errors looks for the text here

    def add_sentences(self, text: str) -> None:
        """Add sentences that only a caller of the code that raised the error can supply."""
        self._more = f"{self._more} {text}".strip()
        self.args = (str(self),)

    def __str__(self) -> str:
        text = self._text
        if text is None:
            fields = {name: _spell(value) for name, value in self._fields.items()}
            text = self.message.format(**fields)
        return f"{text} {self._more}" if self._more else text

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self._text, self._fields, self._more)


class QuantumFunctionError(QGateError):
    """The quantum function, or the request for its results, is wrong."""


class WireError(QGateError):
    """A wire is missing, repeated or unknown."""


class DeviceError(QGateError):
    """The device does not support the request."""
