"""Steps of an imported circuit: gates, modified blocks of gates, measurements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from qgate.arrays import is_traced
from qgate.exceptions import InvalidParameters
from qgate.interchange.angles import Angle, evaluate
from qgate.interchange.conditions import Condition, bits_in
from qgate.interchange.gate_names import GATE_NAMES
from qgate.operations.channels import QubitChannel
from qgate.operations.matrices import circuit_matrix
from qgate.operations.operator import Operator, without_recording
from qgate.operations.symbolic import principal_power
from qgate.operations.unitaries import QubitUnitary
from qgate.operations.wrappers import adjoint, ctrl
from qgate.operations.wrappers import pow as power
from qgate.recording import record
from qgate.sizes import check_size
from qgate.typing import ComplexArray, Tensor, Wire
from qgate.wires import Wires

Wiring = Sequence[Wire]
"""The wire of each qubit."""

Inputs = Mapping[str, Tensor]
"""Values of the inputs by name."""


@dataclass(frozen=True, slots=True)
class Applied:
    """Gate of the table ``GATE_NAMES``.

    Parameters
    ----------
    gate : str
        Its name.
    angles : tuple of Angle
    qubits : tuple of int
    """

    gate: str
    angles: tuple[Angle, ...]
    qubits: tuple[int, ...]

    def operators(self, values: Inputs, wires: Wiring) -> list[Operator]:
        """Return the gate as operators, recorded."""
        angles = [evaluate(angle, values) for angle in self.angles]
        made = GATE_NAMES[self.gate].make(*angles, wires=[wires[qubit] for qubit in self.qubits])
        return [made] if isinstance(made, Operator) else list(made)


@dataclass(frozen=True, eq=False, slots=True)
class Matrix:
    """Gate that is given by its matrix, first qubit most significant."""

    matrix: ComplexArray
    qubits: tuple[int, ...]

    def operators(self, values: Inputs, wires: Wiring) -> list[Operator]:
        """Return the gate as an operator, recorded."""
        return [QubitUnitary(self.matrix, wires=[wires[qubit] for qubit in self.qubits])]


@dataclass(frozen=True, eq=False, slots=True)
class Noise:
    """Noise channel that is given by its Kraus matrices (R, d, d), first qubit most significant."""

    kraus: ComplexArray
    qubits: tuple[int, ...]

    def operators(self, values: Inputs, wires: Wiring) -> list[Operator]:
        """Return the channel as an operator, recorded."""
        return [QubitChannel(self.kraus, wires=[wires[qubit] for qubit in self.qubits])]


@dataclass(frozen=True, slots=True)
class Modified:
    """Block of gates that is inverted, raised to a power or controlled as a whole.

    Parameters
    ----------
    steps : tuple of Gates
    exponent : float
        -1 stands for the inverse.
    controls : tuple of int
        Qubits that control the block.
    control_values : tuple of bool
        One for each of them.
    """

    steps: tuple[Gates, ...]
    exponent: float = 1
    controls: tuple[int, ...] = ()
    control_values: tuple[bool, ...] = ()

    @property
    def qubits(self) -> tuple[int, ...]:
        """All qubits on which the block acts."""
        return (*self.controls, *(qubit for step in self.steps for qubit in step.qubits))

    def operators(self, values: Inputs, wires: Wiring) -> list[Operator]:
        """Return the block as operators, recorded."""

        def modified() -> list[Operator]:
            block = [item for step in self.steps for item in step.operators(values, wires)]
            block = _raised(block, self.exponent)
            if not self.controls:
                return block
            controls = Wires([wires[qubit] for qubit in self.controls])
            return [ctrl(item, controls, self.control_values) for item in block]

        return [record(item) for item in without_recording(modified)]


@dataclass(frozen=True, slots=True)
class Measured:
    """Measurement of a qubit into a classical bit.

    Parameters
    ----------
    qubit : int
    bit : int or None
        None: the outcome is not stored.
    """

    qubit: int
    bit: int | None


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset of a qubit to the state 0."""

    qubit: int


@dataclass(frozen=True, slots=True)
class Branch:
    """Gates that are applied if a condition on bits is true, and others if it is not.

    Parameters
    ----------
    condition : Condition
    then, otherwise : tuple of Conditional
    """

    condition: Condition
    then: tuple[Conditional, ...]
    otherwise: tuple[Conditional, ...] = ()


Gates: TypeAlias = Applied | Matrix | Modified | Noise
Conditional: TypeAlias = Applied | Matrix | Modified | Branch
Step: TypeAlias = Applied | Matrix | Modified | Noise | Branch | Measured | Reset


def touched(step: Step) -> Iterable[int]:
    """Return the qubits on which a step acts; a barrier acts on none."""
    if isinstance(step, Measured | Reset):
        return (step.qubit,)
    if isinstance(step, Branch):
        return [qubit for part in (*step.then, *step.otherwise) for qubit in touched(part)]
    return () if isinstance(step, Applied) and step.gate == "barrier" else step.qubits


def bits_read(step: Step) -> Iterable[int]:
    """Return the bits on which a step depends."""
    if not isinstance(step, Branch):
        return ()
    inner = [bit for part in (*step.then, *step.otherwise) for bit in bits_read(part)]
    return [*bits_in(step.condition), *inner]


def terminal(steps: Sequence[Step]) -> frozenset[int]:
    """Return the places of measurements whose qubits and bits are not used afterwards."""
    qubits: set[int] = set()
    bits: set[int | None] = set()
    found: set[int] = set()
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        if isinstance(step, Measured) and step.qubit not in qubits and step.bit not in bits:
            found.add(place)
        qubits.update(touched(step))
        bits.update(bits_read(step))
    return frozenset(found)


def _raised(block: list[Operator], exponent: float) -> list[Operator]:
    """Return a power of a product of gates; a fractional one is the principal power."""
    if exponent == int(exponent):
        once = block if exponent >= 0 else [adjoint(item) for item in reversed(block)]
        count, remedy = abs(int(exponent)), "Use a lower power."
        check_size("A power of gates", count * len(once), unit="gates", remedy=remedy)
        return [copy(item) for _ in range(count) for item in once]
    if len(block) == 1:
        return [power(block[0], exponent)]
    if any(is_traced(value) for item in block for value in item.parameters):
        raise InvalidParameters(
            f"The power {exponent} of a product of gates has no derivative by their angles. Use a "
            "whole power, or leave these angles out of what is differentiated."
        )
    wires = Wires.all_wires([item.wires for item in block])
    matrix = np.asarray(circuit_matrix(block, wires), dtype=complex)
    return [QubitUnitary(principal_power(matrix, exponent), wires=wires)]
