"""Braket's local simulators for program sets with many rows, and with a seed.

The SDK's simulators parse a program twice for every row, which takes over ten times as long as
simulating a four-qubit circuit of 80 gates, and draw shots from a generator that cannot be seeded.
Here a program is parsed once, by the simulator's own interpreter, the numbers of each row are
inserted into its instructions, and shots are drawn from our own generator; the simulation itself is
the SDK's.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

import numpy as np
from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator
from braket.default_simulator.simulator import BaseLocalSimulator
from braket.ir.openqasm import Program
from braket.ir.openqasm.program_set_v1 import ProgramSet
from braket.task_result import (
    AdditionalMetadata,
    ProgramResult,
    ProgramSetExecutableResult,
    ProgramSetTaskMetadata,
    ProgramSetTaskResult,
)
from braket.task_result.program_set_executable_result_v1 import ProgramSetExecutableResultMetadata
from braket.task_result.program_set_task_metadata_v1 import ProgramMetadata

from qgate.devices.draws import Draws

PROGRAMS = 256
"""Maximum number of parsed programs that are cached."""


@dataclass(frozen=True, eq=False)
class Parsed:
    """Instructions of a program, with symbols in place of its inputs.

    Parameters
    ----------
    instructions : list of Operation
        Operations of the simulator, on qubits 0 to ``num_qubits - 1``.
    symbols : list of dict
        For each instruction, the name of the input by attribute.
    """

    instructions: list[Any]
    symbols: list[dict[str, str]]
    num_qubits: int
    measured: list[int]

    def bind(self, inputs: dict[str, float]) -> list[Any]:
        """Return the instructions with numbers."""
        return [
            _bound(instruction, {name: inputs[symbol] for name, symbol in symbols.items()})
            for instruction, symbols in zip(self.instructions, self.symbols, strict=True)
        ]


class Seeded(BaseLocalSimulator):  # type: ignore[misc]  # published without types
    """Simulator that runs program sets as the SDK's class does, with one parse per program.

    Parameters
    ----------
    seed : int, optional
        The same seed and the same sequence of program sets give the same bits.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__()
        self._draws = Draws(seed)
        self._parse = lru_cache(maxsize=PROGRAMS)(self._parse_source)

    def __reduce__(self) -> tuple[type[Seeded], tuple[int | None]]:
        return type(self), (self._draws.seed,)

    def restart_random(self, token: str) -> None:
        """Restart the random numbers from the seed and a token."""
        self._draws.restart(token)

    def run_program_set(
        self, program_set: ProgramSet, shots: int = 0, *, batch_size: int = 1
    ) -> ProgramSetTaskResult:
        """Run every program with every set of its inputs; ``shots`` is the total number."""
        started = _now()
        shots_each = shots // program_set.num_executables
        results = [self._run(program, shots_each, batch_size) for program in program_set.programs]
        executed = [len(result.executableResults) for result in results]
        metadata = ProgramSetTaskMetadata(
            id=str(uuid4()),
            deviceId=self.DEVICE_ID,
            requestedShots=shots,
            successfulShots=shots_each * sum(executed),
            programMetadata=[
                ProgramMetadata(executables=[ProgramSetExecutableResultMetadata()] * count)
                for count in executed
            ],
            totalFailedExecutables=0,
            createdAt=started,
            endedAt=_now(),
        )
        return ProgramSetTaskResult(programResults=results, taskMetadata=metadata)

    def _run(self, program: Program, shots: int, batch_size: int) -> ProgramResult:
        parsed = self._parse(program.source)
        names, columns = list(program.inputs or {}), list((program.inputs or {}).values())
        rows = list(zip(*columns, strict=True)) or [()]
        executables = [
            ProgramSetExecutableResult.construct(  # validating bits takes longer than drawing
                inputsIndex=index,
                measurements=self._bits(
                    parsed, dict(zip(names, row, strict=True)), shots, batch_size
                ),
                measurementProbabilities=None,
                measuredQubits=parsed.measured,
            )
            for index, row in enumerate(rows)
        ]
        return ProgramResult(
            executableResults=executables, source=program, additionalMetadata=AdditionalMetadata()
        )

    def _bits(
        self, parsed: Parsed, inputs: dict[str, float], shots: int, batch_size: int
    ) -> list[list[int]]:
        """Draw the bits of the measured qubits, qubit 0 being the most significant."""
        simulation = self.initialize_simulation(
            qubit_count=parsed.num_qubits, shots=shots, batch_size=batch_size
        )
        simulation.evolve(parsed.bind(inputs))
        probabilities = np.abs(simulation.probabilities)  # may be -1e-17 (density matrix)
        normalised = probabilities / probabilities.sum()
        outcomes = self._draws.generator.choice(len(normalised), size=shots, p=normalised)
        places = [parsed.num_qubits - 1 - qubit for qubit in parsed.measured]
        bits: list[list[int]] = ((outcomes[:, None] >> np.array(places)) & 1).tolist()
        return bits

    def _parse_source(self, source: str) -> Parsed:
        circuit = self.parse_program(Program(source=source)).circuit
        symbols = [
            {name: str(value) for name, value in vars(item).items() if hasattr(value, "is_Symbol")}
            for item in circuit.instructions
        ]
        return Parsed(circuit.instructions, symbols, circuit.num_qubits, circuit.measured_qubits)


class SeededStateVector(Seeded, StateVectorSimulator):  # type: ignore[misc]
    """Simulator ``braket_sv`` of state vectors."""


class SeededDensityMatrix(Seeded, DensityMatrixSimulator):  # type: ignore[misc]
    """Simulator ``braket_dm`` of density matrices."""

    def _validate_ir_instructions_compatibility(self, *_: Any, **__: Any) -> None:
        """Skip the SDK's check for noise, because circuits here have none.

        The check warns although the user chose this simulator by name. Silencing the warning around
        each call would change the filters of the whole process while other threads run.
        """


SIMULATORS: dict[str, type[Seeded]] = {
    "braket_dm": SeededDensityMatrix,
    "braket_sv": SeededStateVector,
}
"""Simulators by their name in ``braket.devices.LocalSimulator``."""


def _bound(instruction: Any, values: dict[str, float]) -> Any:
    if not values:
        return instruction
    bound = copy(instruction)
    vars(bound).update(values)
    return bound


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
