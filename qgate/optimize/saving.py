"""Save states as JSON, bit for bit.

Python numbers become JSON numbers, which restore every bit of a float. Arrays are stored as the
hexadecimal digits of their bytes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, TypeVar

import numpy as np

from qgate.exceptions import CheckpointNotWritten, InvalidOptimizerState, described
from qgate.typing import Nested

FORMAT, FORMAT_WITHOUT_DIGEST = 2, 1
"""Versions of the file format: the current one, and the one before."""

OWNER_ONLY = 0o600

T = TypeVar("T")


def encoded(value: Any) -> Any:
    """Return a value as JSON data: arrays, tuples and frozen data become marked dicts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: encoded(getattr(value, name)) for name in names}
    if isinstance(value, np.ndarray):
        little = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        return {
            "array": little.dtype.str,
            "shape": list(value.shape),
            "data": little.tobytes().hex(),
        }
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple):
        return {"tuple": [encoded(item) for item in value]}
    if isinstance(value, list):
        return [encoded(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): encoded(item) for key, item in value.items()}
    return value


def decoded(value: Any) -> Any:
    """Return the value of encoded data; frozen data becomes a dict of its fields."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        flat = np.frombuffer(bytes.fromhex(value["data"]), dtype=value["array"])
        native = flat.astype(flat.dtype.newbyteorder("="))
        return native.reshape(value["shape"])
    if "tuple" in value:
        return tuple(decoded(item) for item in value["tuple"])
    return {key: decoded(item) for key, item in value.items()}


def write(path: str | os.PathLike[str], content: Mapping[str, Nested]) -> None:
    """Write JSON to a file atomically: it holds either the old text or the new one at any moment.

    The file is readable for its owner only. The text is written to a draft beside it, which then
    replaces it. An older draft, or a link in its place, is removed and not followed.

    Raises
    ------
    CheckpointNotWritten
        The folder is missing, may not be written to, or its disk is full.
    """
    target, draft = _places(path)
    text = json.dumps({"format": FORMAT, "digest": _digest(content), **content})
    try:
        with _new(draft) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            draft.unlink()
        raise _not_written(path, error) from error


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse a path where no checkpoint can be written, before anything is computed.

    Raises
    ------
    CheckpointNotWritten
    """
    target, draft = _places(path)
    try:
        if target.is_dir():
            raise IsADirectoryError(f"{os.fspath(path)!r} is a folder")
        _new(draft).close()
        draft.unlink()
    except (OSError, ValueError) as error:
        raise _not_written(path, error) from error


def read(path: str | os.PathLike[str]) -> dict[str, Nested]:
    """Read a file that :func:`write` wrote.

    Raises
    ------
    InvalidOptimizerState
        The file cannot be read, is damaged, or holds something else.
    """
    what = f"The file {_name(path)}"
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise _unusable(what, f"it cannot be read ({error})") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise _unusable(what, "it does not hold JSON") from error
    known = content.get("format") if isinstance(content, dict) else None
    if known not in (FORMAT, FORMAT_WITHOUT_DIGEST):
        raise _unusable(what, f"it does not hold a state in format {FORMAT}")
    digest = content.pop("digest", "")
    del content["format"]
    found: dict[str, Nested] = content
    if known == FORMAT and digest != _digest(found):
        raise _unusable(what, "it is damaged: its digest is another one")
    return found


def taken_up(value: Any, make: Callable[..., T], what: str) -> T:
    """Return ``make`` called with the decoded fields.

    Raises
    ------
    InvalidOptimizerState
        They are not the fields that it takes.
    """
    try:
        return make(**decoded(value))
    except DAMAGED as error:
        raise _unusable(what, f"it holds something else ({error})") from error


DAMAGED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""Exceptions that decoding raises for data of another form."""


def _unusable(what: str, reason: str) -> InvalidOptimizerState:
    remedy = "Give a file that an optimizer or qg.minimize of this version wrote."
    return InvalidOptimizerState(what=what, reason=reason, remedy=remedy)


def _not_written(path: str | os.PathLike[str], error: Exception) -> CheckpointNotWritten:
    return CheckpointNotWritten(file=os.fspath(path), reason=str(error))


def _places(path: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Return the paths of a file and of its draft."""
    try:
        target = Path(os.fsdecode(path))
        return target, target.with_name(f"{target.name}.part")
    except (TypeError, ValueError) as error:
        raise CheckpointNotWritten(
            file=_name(path), reason="it is not the path of a file"
        ) from error


def _name(path: object) -> str:
    return repr(os.fspath(path)) if isinstance(path, str | os.PathLike) else described(path)


def _new(draft: Path) -> TextIO:
    """Open a new file; a link in its place is removed, and not followed."""
    draft.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    return open(os.open(draft, flags, OWNER_ONLY), "w", encoding="utf-8")


def _digest(content: Mapping[str, Nested]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
