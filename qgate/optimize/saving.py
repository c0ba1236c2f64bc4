"""States as JSON, to the same bits.

Numbers of Python are JSON's, which writes floats so that they read back as they were; arrays are
written as the hexadecimal digits of their bytes.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from qgate.exceptions import InvalidOptimizerState

FORMAT = 1
"""The version of what is written."""


def encoded(value: Any) -> Any:
    """Return a value as what JSON has: arrays, tuples and frozen data as marked dicts."""
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
    """Return what was encoded; frozen data as a dict of its fields."""
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


def write(path: str | os.PathLike[str], content: Mapping[str, Any]) -> None:
    """Write JSON to a file, which holds either the old text or the new one at any moment."""
    target = Path(path)
    draft = target.with_name(f"{target.name}.part")
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **content}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what :func:`write` wrote.

    Raises
    ------
    InvalidOptimizerState
        The file holds something else.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        known = content["format"] == FORMAT
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise InvalidOptimizerState(
            what=f"The file {os.fspath(path)!r}",
            reason=f"it does not hold a state in format {FORMAT}",
            remedy="Give a file that an optimizer or qg.minimize of this version wrote.",
        )
    return dict(content)
