"""A device of the Braket SDK that runs program sets."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from braket.device_schema import DeviceActionType
from braket.ir.openqasm import Program
from braket.program_sets import CircuitBinding, ProgramSet

from qgate.devices.base import Device
from qgate.devices.braket.gates import accepted
from qgate.devices.braket.job import BraketJob, Sent
from qgate.devices.braket.packing import Entry, Limits, Pack, pack
from qgate.devices.braket.results import read_probabilities, read_program_set
from qgate.devices.braket.translate import Translation, translate
from qgate.devices.capabilities import Capabilities
from qgate.devices.job import Job, SweepResult
from qgate.sweep import Sweep
from qgate.typing import WiresLike

NOISE_FREE = "You are running a noise-free circuit on the density matrix simulator"
"""How a warning begins that nobody needs who chose that simulator by name."""


class BraketDevice(Device):
    """Runs sweeps on a Braket device as program sets, one circuit with input sets per structure.

    A program set holds at most so many executables and shots as the device declares (100 and
    200 000 on the local simulators) and has one number of shots per executable; all sets are
    created before any is waited for. Without shots each row is a task of its own, for which the
    simulator returns probabilities.

    24 rows of 5 four-qubit circuits with 40 angles take 0.5 s as circuits with input sets, and
    4.0 s as 120 circuits with their numbers written in (13 s and 11 s in the SDK's own simulator;
    see ``simulator.py``; 1000 shots each, one core).

    Parameters
    ----------
    runner : braket.devices.Device
        What runs the program sets, for example ``LocalSimulator``.
    name : str
        The string that names the device.
    wires : int or wires, optional
    shots : None, int or sequence

    Attributes
    ----------
    submissions : int
        How many tasks were created so far.
    """

    provider = "braket"

    def __init__(
        self,
        runner: Any,
        *,
        name: str,
        wires: WiresLike | int | None = None,
        shots: Any = "default",
    ) -> None:
        self.name = name
        self.capabilities = read_capabilities(runner.properties)
        super().__init__(wires=wires, shots=shots)
        self.runner = runner
        self.limits = read_limits(runner.properties)
        self.submissions = 0

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        circuits = [translate(sweep, self.wires_of(sweep.structure.wires)) for sweep in sweeps]
        sent = [*self._send_sampled(sweeps, circuits), *self._send_exact(sweeps, circuits)]
        collect = [_listed if sweep.shots is not None else _stacked for sweep in sweeps]
        return BraketJob(sent, collect, device=self.name)

    def _send_sampled(self, sweeps: Sequence[Sweep], circuits: Sequence[Translation]) -> list[Sent]:
        shots = [() if sweep.shots is None else sweep.shots.tolist() for sweep in sweeps]
        return [
            Sent(
                self._run(program_set(each, sweeps, circuits)),
                tuple(each.places),
                partial(read_program_set, pack=each, translations=circuits, device=self.name),
            )
            for each in pack(shots, self.limits)
        ]

    def _send_exact(self, sweeps: Sequence[Sweep], circuits: Sequence[Translation]) -> list[Sent]:
        return [
            Sent(
                self._run(program, shots=0), ((index, row),), partial(_read_exact, circuit=circuit)
            )
            for index, (sweep, circuit) in enumerate(zip(sweeps, circuits, strict=True))
            if sweep.shots is None
            for row, program in enumerate(_programs(sweep, circuit))
        ]

    def _run(self, specification: Any, **options: Any) -> Any:
        self.submissions += 1
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=NOISE_FREE)
            return self.runner.run(specification, **options)


def read_capabilities(properties: Any) -> Capabilities:
    """Read from a device's own record what it can do.

    Parameters
    ----------
    properties : braket.device_schema.DeviceCapabilities
        With the actions OpenQASM program and program set.
    """
    programs = properties.action[DeviceActionType.OPENQASM]
    limits = read_limits(properties)
    exact = any(
        kind.name == "Probability" and not kind.minShots for kind in programs.supportedResultTypes
    )
    return Capabilities(
        gates=accepted(programs.supportedOperations),
        exact=frozenset({"probs"} if exact else ()),
        max_wires=properties.paradigm.qubitCount,
        max_shots=min(properties.service.shotsRange[1], limits.shots),
        max_rows=limits.executables,
        max_total_shots=limits.shots,
        equal_shots=True,
    )


def read_limits(properties: Any) -> Limits:
    """Read from a device's own record what one program set may hold."""
    sets = properties.action[DeviceActionType.OPENQASM_PROGRAM_SET]
    return Limits(sets.maximumExecutables, sets.maximumTotalShots)


def program_set(
    content: Pack, sweeps: Sequence[Sweep], circuits: Sequence[Translation]
) -> ProgramSet:
    """Return a pack as Braket takes it; a circuit without slots is repeated for each row."""
    programs: list[Any] = []
    for entry in content.entries:
        programs += _bindings(entry, sweeps[entry.sweep], circuits[entry.sweep])
    return ProgramSet(programs, content.shots)


def _bindings(entry: Entry, sweep: Sweep, circuit: Translation) -> list[Any]:
    if not circuit.slots:
        return [circuit.source] * len(entry.rows)
    return [CircuitBinding(circuit.source, circuit.inputs(sweep.rows[list(entry.rows)]))]


def _programs(sweep: Sweep, circuit: Translation) -> list[Program]:
    inputs = circuit.inputs(sweep.rows)
    return [
        Program(
            source=circuit.source, inputs={name: column[row] for name, column in inputs.items()}
        )
        for row in range(len(sweep))
    ]


def _read_exact(result: Any, circuit: Translation) -> list[Any]:
    """The one reading of a task that runs one row."""
    return [read_probabilities(result, circuit)]


def _listed(readings: list[Any]) -> SweepResult:
    """The outcomes of all rows, for the one measurement."""
    return (readings,)


def _stacked(readings: list[Any]) -> SweepResult:
    """The probabilities of all rows as an array (K, 2**n) for each measurement."""
    return tuple(np.array(rows) for rows in zip(*readings, strict=True))
