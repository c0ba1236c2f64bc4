"""Results of sweeps as bytes, in a format that cannot execute code when it is read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from qgate.devices.job import RowFailure, SweepResult
from qgate.forks import ForkSafeLock
from qgate.outcomes import Outcomes
from qgate.typing import NumericArray

Arrays = dict[str, NumericArray]

Layout: TypeAlias = Any
"""Part of the layout: what JSON can hold."""

Row: TypeAlias = Outcomes | RowFailure | NumericArray
Entry: TypeAlias = list[Row] | NumericArray

LAYOUT = "layout.json"
"""Member of the archive that describes how the arrays belong together."""

_reading = ForkSafeLock()
"""Lock for parsing array headers. NumPy parses them with ``ast``, which occasionally fails on
Python 3.11 if several threads parse at once ("AST constructor recursion depth mismatch").
"""


def encode(results: Sequence[SweepResult]) -> bytes:
    """Serialize the results of one submission; ``decode`` restores them bit for bit."""
    arrays: Arrays = {}
    layout = [[_entry(entry, arrays) for entry in result] for result in results]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(LAYOUT, json.dumps(layout))
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return buffer.getvalue()


def decode(data: bytes) -> list[SweepResult]:
    """Restore the results that ``encode`` serialized."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        layout = json.loads(archive.read(LAYOUT))
        arrays = {
            name.removesuffix(".npy"): _read(archive, name)
            for name in archive.namelist()
            if name != LAYOUT
        }
    return [tuple(_restored(entry, arrays) for entry in result) for result in layout]


def _read(archive: zipfile.ZipFile, name: str) -> NumericArray:
    with _reading, archive.open(name) as member:
        found: NumericArray = np.lib.format.read_array(member, allow_pickle=False)
    return found


def _entry(entry: Entry, arrays: Arrays) -> Layout:
    """Return the description of one measurement's result; its arrays are added to ``arrays``."""
    if isinstance(entry, list):
        return {"rows": [_row(row, arrays) for row in entry]}
    return {"array": _put(np.asarray(entry), arrays)}


def _row(row: Row, arrays: Arrays) -> Layout:
    if isinstance(row, RowFailure):
        return {"failed": row.reason}
    if not isinstance(row, Outcomes):
        return {"array": _put(np.asarray(row), arrays)}
    return {
        "wires": row.num_wires,
        "shots": row.shots,
        "values": _integers(row.values, arrays),
        "weights": _put(row.weights, arrays),
        "readings": None if row.readings is None else _integers(row.readings, arrays),
    }


def _integers(values: NumericArray, arrays: Arrays) -> Layout:
    """Store integers; those of many wires are Python integers, written as hexadecimal digits."""
    if values.dtype == object:
        return {"hex": [format(int(value), "x") for value in values]}
    return _put(values, arrays)


def _put(array: NumericArray, arrays: Arrays) -> str:
    name = f"a{len(arrays)}"
    arrays[name] = array
    return name


def _restored(entry: Layout, arrays: Arrays) -> Entry:
    if "array" in entry:
        return arrays[entry["array"]]
    return [_restored_row(row, arrays) for row in entry["rows"]]


def _restored_row(row: Layout, arrays: Arrays) -> Row:
    if "failed" in row:
        return RowFailure(row["failed"])
    if "array" in row:
        return arrays[row["array"]]
    readings = row["readings"]
    return Outcomes(
        row["wires"],
        _restored_integers(row["values"], arrays),
        arrays[row["weights"]],
        row["shots"],
        None if readings is None else _restored_integers(readings, arrays),
    )


def _restored_integers(described: Layout, arrays: Arrays) -> NumericArray:
    if isinstance(described, str):
        return arrays[described]
    return np.array([int(digits, 16) for digits in described["hex"]], dtype=object)
