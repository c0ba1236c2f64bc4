"""Circuits of Braket as plain data, with the calibration of the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from braket.circuits import Circuit, FreeParameterExpression, Instruction
from braket.circuits.gate import Gate
from braket.circuits.measure import Measure

from qgate.devices.braket.translate import Placing, Style, places, slot_name, translate
from qgate.devices.compiled import MEASURE, CompiledCircuit, NativeOperation
from qgate.devices.emulation.calibration import Calibration
from qgate.sweep import Sweep
from qgate.wires import Wires

COMPILERS: Mapping[Placing, str] = {
    Placing.FREE: "shown as sent; the service then chooses qubits and compiles to its gates",
    Placing.PHYSICAL: "shown as sent; the service then compiles to its gates",
    Placing.VERBATIM: "",
}
"""Compilation of a circuit after it was sent, by the placing of its qubits."""


def compiled(
    sweeps: Sequence[Sweep],
    order: Callable[[Wires], Wires],
    style: Style,
    *,
    simulated: bool = False,
    calibration: Calibration | None = None,
) -> list[CompiledCircuit]:
    """Return the circuit that is sent for each sweep, with the angles of its first row.

    Parameters
    ----------
    sweeps : sequence of Sweep
    order : callable
        Function from the wires of a circuit to all wires in the order of the device.
    style : Style
    simulated : bool
        Whether a simulator runs them as they are.
    calibration : Calibration, optional
        Without chosen qubits its averages are used.
    """
    facts = _Facts(calibration or Calibration(), style.placing)
    source = "device's description" if facts.placed else "averages in the device's description"
    found = []
    for sweep in sweeps:
        wires = order(sweep.structure.wires)
        translation, row = translate(sweep, wires, style), sweep.rows[0].tolist()
        values = {slot_name(slot): row[slot] for slot in translation.slots}
        found.append(
            CompiledCircuit(
                tuple(facts.operations(translation.circuit, values)),
                tuple(places(sweep.structure, wires, style).items()),
                "" if simulated else COMPILERS[style.placing],
                "" if calibration is None else source,
            )
        )
    return found


VIRTUAL = frozenset({"Rz"})
"""Native gates that shift the phase of later pulses, in no time and without an error."""


class _Facts:
    """Errors and durations of instructions."""

    def __init__(self, calibration: Calibration, placing: Placing) -> None:
        self.calibration, self.placed = calibration, placing is not Placing.FREE
        self.virtual = VIRTUAL if placing is Placing.VERBATIM else frozenset[str]()

    def operations(
        self, circuit: Circuit, values: Mapping[str, float]
    ) -> Iterator[NativeOperation]:
        """Yield gates and measurements; the marks of a verbatim box are left out."""
        for instruction in circuit.instructions:
            if isinstance(instruction.operator, Measure):
                yield from map(self._measurement, map(int, instruction.target))
            elif isinstance(instruction.operator, Gate):
                yield self._gate(instruction, values)

    def _measurement(self, qubit: int) -> NativeOperation:
        error = self.calibration.readout_error(qubit, placed=self.placed)
        return NativeOperation(
            MEASURE, (), (qubit,), error, self.calibration.mean_durations_s.get(0)
        )

    def _gate(self, instruction: Instruction, values: Mapping[str, float]) -> NativeOperation:
        name, qubits = instruction.operator.name, tuple(map(int, instruction.target))
        given = getattr(instruction.operator, "parameters", ())
        angles = tuple(_number(angle, values) for angle in given)
        if name in self.virtual:
            return NativeOperation(name, angles, qubits, 0.0, 0.0)
        return NativeOperation(
            name,
            angles,
            qubits,
            self.calibration.gate_error(name, qubits, placed=self.placed),
            self.calibration.mean_durations_s.get(len(qubits)),
        )


def _number(angle: Any, values: Mapping[str, float]) -> float:
    if isinstance(angle, FreeParameterExpression):
        return float(angle.subs(dict(values)))
    return float(angle)
