"""Circuits as a device runs them, in plain data: native gates, physical qubits, calibration."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from qgate.measurements import SINGLE_SHOTS
from qgate.operations.operator import Operator
from qgate.short_repr import fields_summary
from qgate.sweep import Sweep
from qgate.typing import Wire
from qgate.wires import Wires

MEASURE = "measure"
BARRIER = "barrier"

NOT_GATES = frozenset({MEASURE, BARRIER, "delay", "reset", "save_probabilities", "snapshot"})
"""Names of the operations that are no gates, in any case."""


@dataclass(frozen=True, slots=True)
class NativeOperation:
    """Operation of a compiled circuit, in the words of what runs it.

    Parameters
    ----------
    name : str
        Name in the language of the vendor (``cz`` in Qiskit, ``CNot`` in Braket), or of qgate.
    parameters : tuple of float
        Angles in radians; matrices and states are left out.
    qubits : tuple of int
        Physical qubits, if the circuit is placed before it is sent; else their numbers.
    error : float or None
        Probability of an error, from the calibration; None: unknown.
    duration_s : float or None
        Duration in seconds; None: unknown.
    bits : tuple of int
        Classical bits that a measurement writes, or on which a gate is conditioned.
    """

    name: str
    parameters: tuple[float, ...]
    qubits: tuple[int, ...]
    error: float | None = None
    duration_s: float | None = None
    bits: tuple[int, ...] = ()

    @property
    def is_conditional(self) -> bool:
        """Whether it is applied for some outcomes of earlier measurements only."""
        return bool(self.bits) and self.name != MEASURE

    @property
    def is_gate(self) -> bool:
        """Whether it is a gate: not a measurement, reset, delay or barrier."""
        return self.name.lower() not in NOT_GATES


@dataclass(frozen=True, slots=True)
class CompiledCircuit:
    """Circuit as a device runs it.

    Parameters
    ----------
    operations : tuple of NativeOperation
        In order, with the angles of the first row of the sweep.
    places : tuple of (wire, int)
        Qubit of each wire at the end of the circuit, where it is measured.
    compiler : str
        What has compiled the circuit, or will still compile it after it was sent; empty: it is sent
        and run as it is.
    calibration : str
        Source of the errors and durations; empty: there are none.

    Notes
    -----
    The figures count gates only: measurements, resets and barriers are neither in the depth nor in
    the numbers of gates. Gates under conditions count as if they were always applied, those of all
    branches. All rows of a sweep have the same gates.
    """

    operations: tuple[NativeOperation, ...]
    places: tuple[tuple[Wire, int], ...] = ()
    compiler: str = ""
    calibration: str = ""

    @property
    def gates(self) -> tuple[NativeOperation, ...]:
        """The operations that are gates."""
        return tuple(operation for operation in self.operations if operation.is_gate)

    @property
    def gate_types(self) -> dict[str, int]:
        """Number of gates of each name."""
        return dict(Counter(gate.name for gate in self.gates))

    @property
    def gate_sizes(self) -> dict[int, int]:
        """Number of gates on each number of qubits."""
        return dict(sorted(Counter(len(gate.qubits) for gate in self.gates).items()))

    @property
    def two_qubit_gates(self) -> int:
        """Number of gates on two qubits."""
        return self.gate_sizes.get(2, 0)

    @property
    def depth(self) -> int:
        """Largest number of gates one after the other."""
        return int(longest_path(self.operations, lambda operation: operation.is_gate))

    @property
    def duration_s(self) -> float | None:
        """Duration of one shot in seconds, without resets and waiting times between shots.

        Each operation starts as soon as its qubits are free. None: the duration of an operation is
        unknown.
        """
        timed = [each for each in self.operations if each.name.lower() != BARRIER]
        if not timed or any(each.duration_s is None for each in timed):
            return None
        return longest_path(self.operations, lambda operation: operation.duration_s or 0.0)

    @property
    def success_probability(self) -> float | None:
        r"""Estimated probability that a shot runs without any error.

        The product :math:`\prod_g (1 - e_g) \prod_q (1 - r_q)` over all gates, with their
        calibrated errors e, and all measured qubits, with their readout errors r. None: an error is
        unknown.

        Notes
        -----
        A guide for comparing circuits and devices, and no bound. Errors are taken as independent,
        and one as enough to spoil a shot. Decay of idle qubits and crosstalk are left out, which
        makes the number too high; errors that no measurement sees are counted, which makes it too
        low.
        """
        counted = [each for each in self.operations if each.is_gate or each.name == MEASURE]
        errors = [each.error for each in counted if each.error is not None]
        if not counted or len(errors) < len(counted):
            return None
        return prod(1.0 - error for error in errors)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as a dictionary."""
        figures = ("compiler", "calibration", "depth", "two_qubit_gates", "gate_types")
        more = ("gate_sizes", "duration_s", "success_probability")
        return {name: getattr(self, name) for name in (*figures, *more)}

    __repr__ = fields_summary


def quantity(number: int, noun: str) -> str:
    """Return a number of things as text, ``1 gate`` or ``3 gates``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def longest_path(
    operations: Sequence[NativeOperation], weight: Callable[[NativeOperation], float]
) -> float:
    """Return the largest sum of weights of operations that wait for each other."""
    reached: dict[tuple[str, int], float] = defaultdict(float)
    for operation in operations:
        places = [("qubit", place) for place in operation.qubits]
        places += [("bit", place) for place in operation.bits]
        end = max((reached[place] for place in places), default=0.0) + weight(operation)
        reached.update(dict.fromkeys(places, end))
    return max(reached.values(), default=0.0)


def as_submitted(sweep: Sweep, wires: Wires) -> CompiledCircuit:
    """Return the circuit of a sweep in the gates in which it is submitted.

    Parameters
    ----------
    sweep : Sweep
        Sweep in the gates of the device.
    wires : Wires
        All wires in the order of the device; a wire's position is its qubit.
    """
    gates = sweep.structure.bind(sweep.rows[0], sweep.arrays)
    read = {
        wire: None
        for measurement in sweep.structure.measurements
        if measurement.kind in SINGLE_SHOTS
        for wire in measurement.wires
    }
    measured = [NativeOperation(MEASURE, (), (wires.index(wire),)) for wire in read]
    places = tuple((wire, place) for place, wire in enumerate(wires))
    operations = [_written(gate, wires) for gate in gates]
    return CompiledCircuit((*operations, *measured), places)


def _written(gate: Operator, wires: Wires) -> NativeOperation:
    """Return a gate as an operation; a barrier without wires acts on all of them."""
    acted = gate.wires or (wires if gate.name.lower() == BARRIER else Wires())
    angles = tuple(float(value) for value in gate.parameters if np.ndim(value) == 0)
    return NativeOperation(gate.name, angles, tuple(wires.indices(acted)))
