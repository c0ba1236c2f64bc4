"""Validation of AWS responses: checks for required fields.

botocore accepts any JSON as a response: an empty object passes unchanged, and a list raises an
``AttributeError`` of its parser. Neither shows whether the request was carried out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from qgate.devices.braket.errors import NoAnswer

T = TypeVar("T")

PARSING = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""Exceptions of a parser for JSON with an unexpected structure."""


def answered(operation: str, call: Callable[[], T]) -> T:
    """Send a request; raise ``NoAnswer`` if the client cannot parse the response."""
    try:
        return call()
    except (BotoCoreError, ClientError):
        raise
    except PARSING as error:
        raise NoAnswer(f"the answer to {operation} cannot be read: {error!r}") from error


def field(answer: Any, name: str, kind: type[T], operation: str) -> T:
    """Return a field of a response.

    Raises
    ------
    NoAnswer
        The field is missing, empty text, or of another type.
    """
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, kind) or found == "":
        raise NoAnswer(f"the answer to {operation} has no usable {name}")
    return found
