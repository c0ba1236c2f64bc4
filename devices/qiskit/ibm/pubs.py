"""Conversion of sweeps to the primitives' PUBs, and of results to outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, PrimitiveResult, PubResult

from qgate.devices.cloud.remote import Record
from qgate.devices.job import SweepResult
from qgate.devices.qiskit.compile import Program
from qgate.devices.qiskit.dynamic import READOUT
from qgate.devices.qiskit.ibm.primitives import Settings
from qgate.devices.qiskit.results import entry_of
from qgate.exceptions import WrongResult
from qgate.outcomes import PACKED_WIRES, Outcomes
from qgate.sweep import Sweep
from qgate.typing import FloatArray, NumericArray

Pub = tuple[QuantumCircuit] | tuple[QuantumCircuit, FloatArray]
"""Primitive unified bloc: a circuit, and the values of its parameters."""

BYTES_PER_CIRCUIT = 10_000
BYTES_PER_GATE = 250
"""Bytes per one-wire gate of a compiled circuit; a two-wire gate counts as four."""

BYTES_PER_NUMBER = 24
"""Bytes per number: a float as decimal text, with a comma."""

NUMBERS_PER_FOLDED_ANGLE = 6
"""Numbers per folded angle: a gate may become two ``rzz``, each with three numbers."""


def pubs(program: Program, sweep: Sweep) -> list[Pub]:
    """Return one PUB with all rows as its parameter array.

    A circuit without free angles has no array and is repeated for every row.
    """
    if not program.parameters:
        return [(program.circuit,)] * len(sweep)
    return [(program.circuit, program.values(sweep.rows))]


def weight(sweep: Sweep, *, folded: bool = False) -> tuple[int, int]:
    """Return an upper bound of the bytes of a circuit in a job, and of each of its rows.

    The bound is estimated from the gates before compilation: circuits are weighed one by one, and
    compiled all together. ``folded``: gates may have angles that are folded into a range.
    """
    structure = sweep.structure
    numbers = structure.num_slots * (NUMBERS_PER_FOLDED_ANGLE if folded else 1)
    gates = sum(len(operation.wires) ** 2 for operation in structure.operations)
    return BYTES_PER_CIRCUIT + BYTES_PER_GATE * gates * sweep.folding, BYTES_PER_NUMBER * numbers


def record_of(sweeps: Sequence[Sweep], settings: Settings) -> Record:
    """Return the JSON data that is needed to read the results of sweeps.

    The bits of a register are the measured wires, the first wire being the last bit.
    """
    return {"register": READOUT, "sweeps": [_entry(sweep, settings) for sweep in sweeps]}


def _entry(sweep: Sweep, settings: Settings) -> Record:
    entry = entry_of(sweep)
    return {**entry, "shots": settings.executed(entry["shots"])}


def read(result: object, record: Record, *, device: str) -> tuple[SweepResult, ...]:
    """Return the results of sweeps from the result of the primitive.

    Raises
    ------
    WrongResult
        It is not a result (the client passes on text that it cannot parse), or does not match the
        request.
    """
    if not isinstance(result, PrimitiveResult):
        kind = "nothing" if result is None else f"something unreadable ({type(result).__name__})"
        raise WrongResult(device=device, reason=f"{kind} came back")
    found = iter(result)
    try:
        results = [([*_rows(found, entry, record["register"])],) for entry in record["sweeps"]]
    except _Unfit as error:
        raise WrongResult(device=device, reason=str(error)) from error
    if next(found, None) is not None:
        raise WrongResult(device=device, reason="there are results of more circuits")
    return tuple(results)


class _Unfit(Exception):
    """A result does not match the request."""


def _rows(found: Iterator[PubResult], entry: Record, register: str) -> Iterator[Outcomes]:
    """Yield the outcomes of each row: from one PUB for all, or from one PUB per row."""
    read, rows, (wires,) = 0, entry["rows"], entry["wires"]
    while read < rows:
        bits = _bits(next(found, None), register)
        _check(bits, entry["shots"], wires)
        arrays = bits.array if bits.shape else bits.array[None]
        if read + len(arrays) > rows:
            raise _Unfit(f"results of {read + len(arrays)} rows came back, {rows} were asked for")
        for array in arrays:
            outcomes = Outcomes.from_readings(_numbers(array), wires)
            yield outcomes if entry["ordered"] else outcomes.without_order()
        read += len(arrays)


def _bits(pub: PubResult | None, register: str) -> BitArray:
    if pub is None:
        raise _Unfit("the results of some circuits are missing")
    bits = getattr(pub.data, register, None)
    if bits is None:
        raise _Unfit(f"there is no register {register}")
    return bits


def _check(bits: BitArray, shots: int, wires: int) -> None:
    if bits.num_shots != shots:
        raise _Unfit(f"{bits.num_shots} shots came back, {shots} were asked for")
    if bits.num_bits != wires:
        raise _Unfit(f"{bits.num_bits} bits came back, {wires} wires were measured")
    if len(bits.shape) > 1:
        raise _Unfit(f"the rows came back in the shape {bits.shape}")


def _numbers(array: NDArray[np.uint8]) -> NumericArray:
    """Convert shots of shape (shots, bytes) to numbers, the most significant byte first."""
    shots, width = array.shape
    if width * 8 > PACKED_WIRES + 2:
        return np.array([int.from_bytes(row.tobytes(), "big") for row in array], dtype=object)
    padded = np.zeros((shots, 8), dtype=np.uint8)
    padded[:, 8 - width :] = array
    return padded.view(">u8").ravel().astype(np.int64)
