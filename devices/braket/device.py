"""Local simulator of the Braket SDK as a device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from braket.task_result import ProgramSetExecutableFailure

from qgate.devices.base import Device, ShotsLike
from qgate.devices.braket.capabilities import PROGRAM, read_capabilities
from qgate.devices.braket.compiled import compiled
from qgate.devices.braket.job import BraketJob
from qgate.devices.braket.layout import Layout, program_set, single_programs
from qgate.devices.braket.results import Found, Measured, Value, read_exact, read_set
from qgate.devices.braket.translate import Style, Translation, translate
from qgate.devices.compiled import CompiledCircuit
from qgate.devices.job import Job, RowFailure, SweepResult
from qgate.sweep import Sweep
from qgate.typing import WiresLike

STATES = {"StateVector": "state_vector", "DensityMatrix": "density_matrix"}
"""Simulation method by the result type that a circuit requests, the smaller state first."""


class BraketDevice(Device):
    """Local simulator of Braket; sweeps with shots are run as one program set.

    Without shots each row is a task of its own, for which the simulator returns probabilities, or,
    if the Pauli words do not commute, all their expectation values.

    24 rows of 5 four-qubit circuits with 40 angles take 0.5 s as circuits with input sets, and
    4.0 s as 120 circuits with their numbers written in (13 s and 11 s in the SDK's own simulator;
    see ``simulator.py``; 1000 shots each, one core).

    Parameters
    ----------
    runner : braket.devices.Device
        Device of the SDK that runs the program sets, for example ``LocalSimulator``.
    name : str
        Device string.
    wires : int or wires, optional
    shots : None, int or sequence
    restart : callable, optional
        Function that restarts the runner's random numbers from a token.

    Attributes
    ----------
    submissions : int
        Number of tasks created so far.
    """

    provider = "braket"

    def __init__(
        self,
        runner: Any,
        *,
        name: str,
        wires: WiresLike | int | None = None,
        shots: ShotsLike = "default",
        restart: Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        self.capabilities = read_capabilities(runner.properties)
        super().__init__(wires=wires, shots=shots)
        self.runner, self._restart = runner, restart
        self._style = Style(state=_state(runner.properties))
        self.submissions = 0

    def restart_random(self, token: str) -> None:
        if self._restart is not None:
            self._restart(token)

    def compiled(self, sweeps: Sequence[Sweep]) -> list[CompiledCircuit]:
        return compiled(sweeps, self.wires_of, self._style, simulated=True)

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        circuits = [
            translate(sweep, self.wires_of(sweep.structure.wires), self._style) for sweep in sweeps
        ]
        layouts = list(map(Layout.of, sweeps, circuits))
        if sweeps[0].shots is None:
            tasks = self._run_exactly(sweeps, circuits)
            return BraketJob(tasks, partial(self._read_exact, layouts), device=self.name)
        shots = int(sweeps[0].shots[0])
        total = shots * sum(map(len, sweeps))
        task = self._run(program_set(sweeps, circuits), shots=total)
        return BraketJob([task], partial(self._read_set, layouts, shots), device=self.name)

    def _run_exactly(self, sweeps: Sequence[Sweep], circuits: Sequence[Translation]) -> list[Any]:
        return [
            self._run(program, shots=0)
            for sweep, circuit in zip(sweeps, circuits, strict=True)
            for program in single_programs(sweep, circuit)
        ]

    def _run(self, specification: Any, *, shots: int) -> Any:
        self.submissions += 1
        return self.runner.run(specification, shots=shots)

    def _read_set(
        self, layouts: Sequence[Layout], shots: int, results: list[Any]
    ) -> tuple[SweepResult, ...]:
        (result,) = results
        found = [[_found(executable) for executable in entry.entries] for entry in result.entries]
        return read_set(found, layouts, shots, device=self.name)

    def _read_exact(self, layouts: Sequence[Layout], results: list[Any]) -> tuple[SweepResult, ...]:
        """Return probabilities (K, 2**n), or expectation values (K, T), of all rows."""
        values = iter(map(_values, results))
        rows = [
            [read_exact(next(values), layout, self.name) for _ in range(layout.rows)]
            for layout in layouts
        ]
        return tuple(tuple(np.array(each) for each in zip(*row, strict=True)) for row in rows)


def _state(properties: Any) -> str:
    """Return the result type of the whole state; empty: there is none."""
    kinds = {kind.name for kind in properties.action[PROGRAM].supportedResultTypes or ()}
    return next((name for kind, name in STATES.items() if kind in kinds), "")


def _values(result: Any) -> list[Value]:
    return [Value.of(vars(each.type), each.value) for each in result.result_types]


def _found(executable: Any) -> Found:
    if isinstance(executable, ProgramSetExecutableFailure):
        return RowFailure(str(executable.failureMetadata.failureReason))
    return Measured(tuple(map(int, executable.measured_qubits)), executable.measurements)
