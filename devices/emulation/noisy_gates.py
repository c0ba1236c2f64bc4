"""Circuits without a device, for a noise model: in the gates that it has, on wires as qubits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qgate.devices.base import Device, ShotsLike
from qgate.devices.capabilities import Capabilities
from qgate.devices.emulation.native_circuit import NativeCircuit, NativeGate, Noise
from qgate.devices.emulation.pulses import QUARTERS, VIRTUAL, GateNames
from qgate.devices.job import Job
from qgate.exceptions import NotEmulated
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decomposition import GateSet, decomposition, freeze
from qgate.typing import WiresLike
from qgate.wires import Wires

ONE_QUBIT = VIRTUAL | QUARTERS | {"Identity", "RX", "RY"}
"""Gates on one qubit that are not decomposed."""

TWO_QUBITS = frozenset(
    {"CNOT", "CZ", "ECR", "ISWAP", "IsingXX", "IsingXY", "IsingYY", "IsingZZ", "SWAP"}
)
"""Gates on two qubits that noise models may name; without any it is the first."""

ENOUGH = frozenset({"CNOT", "CZ", "IsingXX", "IsingZZ"})
"""Gates of which one is enough for all others."""

UNSEEN = "GlobalPhase"
MOST_CIRCUITS = 1024


class NoisyGates(Device):
    """Ideal device whose circuits have the gates of a noise model; for ``EmulatedDevice``.

    Gates on one qubit stay as they are, or count as pulses; others are decomposed into the gates on
    two qubits that the model has. The wires of a circuit are the qubits 0, 1, ... of the model.

    Parameters
    ----------
    noise : Noise
    name : str
    capabilities : Capabilities
        Those of the simulator.
    wires : int or wires, optional
    shots : None, int or sequence
    """

    provider = "local"

    def __init__(
        self,
        noise: Noise,
        *,
        name: str,
        capabilities: Capabilities,
        wires: WiresLike | int | None = None,
        shots: ShotsLike = "default",
    ) -> None:
        self.name, self._names, self._labels = name, GateNames.among(noise.names), noise.by_labels
        self._merges = noise.merges
        pairs = TWO_QUBITS.intersection(self._names.own)
        if not pairs & ENOUGH:
            pairs |= {"CNOT"}
        whole = {"U3"}.intersection(self._names.own)
        self._accepts = GateSet(ONE_QUBIT | pairs | whole)
        if not noise.by_labels:
            capabilities = replace(capabilities, gates=self._accepts.names, matrix_wires=0)
        self.capabilities = capabilities
        super().__init__(wires=wires, shots=shots)
        self._circuits: dict[tuple[Structure, Wires], NativeCircuit] = {}

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        """Refuse: circuits without their noise are for the local device."""
        raise NotEmulated(device=self.name, reason="its circuits run with their noise only")

    def native_circuits(self, sweeps: Sequence[Sweep]) -> list[NativeCircuit]:
        return [self._circuit(sweep) for sweep in sweeps]

    def _circuit(self, sweep: Sweep) -> NativeCircuit:
        placed = (sweep.beside or sweep).structure.wires
        key = sweep.structure, placed
        found = self._circuits.get(key)
        if found is None:
            if len(self._circuits) >= MOST_CIRCUITS:
                self._circuits.clear()
            found = self._circuits[key] = self._compiled(sweep, self.wires_of(placed))
        return found

    def _compiled(self, sweep: Sweep, wires: Wires) -> NativeCircuit:
        if self._labels:
            return self._as_it_is(sweep, {wire: wire for wire in wires})
        _, native = decomposition(sweep, self._accepts, device=self.name)
        places = {wire: place for place, wire in enumerate(wires)}
        kept = [item for item in native.structure.operations if item.name != UNSEEN]
        gates = tuple(
            self._names.gates([item.map_wires(places) for item in kept], merged=self._merges)
        )
        return NativeCircuit(gates, places, native.structure.num_slots, native.angles)

    def _as_it_is(self, sweep: Sweep, places: dict[Any, Any]) -> NativeCircuit:
        """Return the gates as they are written, on wires by their labels."""
        structure = freeze(sweep, frozenset(range(sweep.structure.num_arrays))).structure
        gates = tuple(
            NativeGate(item.name, tuple(item.wires), (item,)) for item in structure.operations
        )
        return NativeCircuit(gates, places, structure.num_slots)
