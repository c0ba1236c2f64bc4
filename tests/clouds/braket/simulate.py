"""Simulated outcomes of a device, from the SDK's simulators; the same bits for the same token."""

from __future__ import annotations

import hashlib
import json
import warnings
from functools import lru_cache
from typing import Any

import numpy as np
from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator
from braket.default_simulator.simulator import BaseLocalSimulator
from braket.ir.openqasm import Program

PROGRAM_SET = "braket.ir.openqasm.program_set"

Bits = tuple[list[list[int]], list[int]]
"""Outcomes, shape (shots, qubits), and the qubits."""


def executables(action: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the inputs of each executable, for each program of an action."""
    programs = action["programs"] if is_set(action) else [action]
    return [_inputs(program, is_set(action)) for program in programs]


def is_set(action: dict[str, Any]) -> bool:
    return bool(action["braketSchemaHeader"]["name"] == PROGRAM_SET)


def _inputs(program: dict[str, Any], several: bool) -> list[dict[str, Any]]:
    given = program.get("inputs") or {}
    if not several or not given:
        return [given]
    return [dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)]


def generator(*content: Any) -> np.random.Generator:
    """Return a random generator seeded with a token and the position of an executable."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def draw(
    source: str, inputs: dict[str, Any], shots: int, random: np.random.Generator, *, noisy: bool
) -> Bits:
    """Run one executable.

    Raises
    ------
    Exception
        The program is wrong.
    """
    if "measure_ff" in source:
        found = StateVectorSimulator().run(Program(source=source, inputs=inputs), shots=shots)
        return found.measurements, found.measuredQubits
    chances, shifts, measured = _distribution(source, json.dumps(inputs), noisy)
    outcomes = random.choice(len(chances), size=shots, p=chances)
    bits: list[list[int]] = ((outcomes[:, None] >> shifts) & 1).tolist()
    return bits, list(measured)


@lru_cache(maxsize=256)
def _distribution(source: str, inputs: str, noisy: bool) -> tuple[Any, Any, tuple[int, ...]]:
    """Return probabilities of outcomes, positions of the measured qubits, and the qubits."""
    simulator = (DensityMatrixSimulator if noisy else StateVectorSimulator)()
    circuit = simulator.parse_program(Program(source=source, inputs=json.loads(inputs))).circuit
    measured = list(circuit.measured_qubits) or sorted(circuit.qubit_set)
    places = BaseLocalSimulator._map_circuit_to_contiguous_qubits(circuit)
    size = circuit.num_qubits
    simulation = simulator.initialize_simulation(qubit_count=size, shots=1, batch_size=1)
    simulation.evolve(circuit.instructions)
    chances = np.abs(simulation.probabilities)
    shifts = np.array([size - 1 - places[qubit] for qubit in measured])
    return chances / chances.sum(), shifts, tuple(int(qubit) for qubit in measured)


def exactly(source: str, inputs: dict[str, Any], *, noisy: bool) -> list[dict[str, Any]]:
    """Return the result types of one program without shots."""
    simulator = (DensityMatrixSimulator if noisy else StateVectorSimulator)()
    warnings.simplefilter("ignore")  # simulation without noise
    result = simulator.run(Program(source=source, inputs=inputs), shots=0)
    return [
        {"type": json.loads(found.type.json()), "value": np.asarray(found.value).tolist()}
        for found in result.resultTypes
    ]


def frequencies(bits: list[list[int]]) -> dict[str, float]:
    """Return the relative frequency of each bitstring."""
    texts, counts = np.unique(["".join(map(str, row)) for row in bits], return_counts=True)
    return {str(text): float(count / len(bits)) for text, count in zip(texts, counts, strict=True)}
