"""From what Braket returns to outcomes.

Only the measured bits and the order of the measured qubits are read; expectation values that
come with a result are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from braket.task_result import ProgramSetExecutableFailure

from qgate.devices.braket.packing import Entry, Pack
from qgate.devices.braket.translate import Translation
from qgate.exceptions import JobFailed, WrongResult
from qgate.outcomes import Outcomes
from qgate.typing import FloatArray


def read_program_set(
    result: Any, pack: Pack, translations: Sequence[Translation], *, device: str
) -> list[Outcomes]:
    """Read the outcomes of every executable of a program set.

    Parameters
    ----------
    result : ProgramSetQuantumTaskResult
    pack : Pack
        What was sent.
    translations : sequence of Translation
        The circuit of each sweep.
    device : str
        Whom to name in an error.

    Returns
    -------
    list of Outcomes
        In the order of ``pack.places``.

    Raises
    ------
    WrongResult
        Circuits, executables, shots or qubits are not those that were asked for.
    JobFailed
        The device could not run one of the executables.
    """
    circuits = [translations[entry.sweep] for entry in pack.entries for _ in entry.rows]
    sizes = [size for entry in pack.entries for size in _sizes(entry, translations)]
    returned = [len(entry.entries) for entry in result.entries]
    if returned != sizes:
        reason = f"it has {returned} executables for its circuits, {sizes} were sent"
        raise WrongResult(device=device, reason=reason)
    measured = [executable for entry in result.entries for executable in entry.entries]
    job = str(result.task_metadata.id)
    return [
        _read(executable, circuit, pack.shots, device=device, job=job)
        for executable, circuit in zip(measured, circuits, strict=True)
    ]


def read_probabilities(result: Any, circuit: Translation) -> list[FloatArray]:
    """Return the probabilities (2**n,) of each measurement of one exact run."""
    (values,) = result.values
    outcomes = Outcomes.from_probabilities(np.asarray(values, dtype=float))
    return [
        outcomes.marginal([circuit.read.index(qubit) for qubit in wanted]).probabilities()
        for wanted in circuit.qubits
    ]


def _sizes(entry: Entry, translations: Sequence[Translation]) -> list[int]:
    """Rows of a circuit with slots are one program, without slots each is a program of its own."""
    num_rows = len(entry.rows)
    return [num_rows] if translations[entry.sweep].slots else [1] * num_rows


def _read(executable: Any, circuit: Translation, shots: int, *, device: str, job: str) -> Outcomes:
    if isinstance(executable, ProgramSetExecutableFailure):
        reason = executable.failureMetadata.failureReason
        raise JobFailed(device=device, job=job, reason=reason)
    (wanted,) = circuit.qubits
    bits, qubits = executable.measurements, list(executable.measured_qubits)
    if bits.shape != (shots, len(qubits)):
        reason = f"its bits have the shape {bits.shape} for {shots} shots of {len(qubits)} qubits"
        raise WrongResult(device=device, reason=reason)
    if not set(wanted) <= set(qubits):
        reason = f"it has the qubits {qubits}, {list(wanted)} were measured"
        raise WrongResult(device=device, reason=reason)
    columns = [qubits.index(qubit) for qubit in wanted]
    return Outcomes.from_bits(bits[:, columns], ordered=circuit.ordered)
