"""Search for credentials in errors and in the contents of an object."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

MOST = 200_000


def texts_of_error(error: BaseException) -> Iterator[str]:
    """Yield all texts of an error and of its causes."""
    yield "".join(line for line in traceback.format_exception(error) if " line " not in line)
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield from (str(each), repr(each), repr(each.args), repr(vars(each)))
        answer = getattr(each, "response", None)
        request = getattr(answer, "request", getattr(each, "request", None))
        yield repr(dict(getattr(request, "headers", {}) or {}))
        waiting += [each.__cause__, each.__context__]


def texts_held(held: object) -> Iterator[str]:
    """Yield every text that is reachable from an object by ``vars``, items and slots."""
    seen: set[int] = set()
    waiting: list[Any] = [held]
    while waiting and len(seen) < MOST:
        each = waiting.pop()
        if isinstance(each, str | bytes):
            yield each if isinstance(each, str) else each.decode(errors="replace")
            continue
        if each is None or id(each) in seen or isinstance(each, type | int | float):
            continue
        seen.add(id(each))
        if isinstance(each, Mapping):
            waiting += [*each, *(each[key] for key in each)]
        elif isinstance(each, list | tuple | set | frozenset):
            waiting += each
        waiting += getattr(each, "__dict__", {}).values()
        for kind in type(each).__mro__:
            slots = getattr(kind, "__slots__", ())
            names = (slots,) if isinstance(slots, str) else slots
            waiting += [getattr(each, name, None) for name in names]


def pickled(held: object) -> bytes:
    """Return the pickle of an object; empty if it cannot be pickled."""
    try:
        return pickle.dumps(held)
    except Exception:  # after any error nothing is written
        return b""
