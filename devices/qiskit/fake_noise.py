"""Noise of fake backends for Aer, computed for the gates of a job only.

Aer's own way, ``AerSimulator.from_backend``, computes the errors of all gates on all qubits, and
converts all of them again in every job: 3 s once, and 1.8 s a job, for the 133 qubits of
``fake_torino``. Errors of other gates than those of a circuit do not change its results. So the
noise of a job is that of the instructions at the places where its circuits have them: about 5 ms
for each instruction and place, once, and 1 ms in every job.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from qiskit import QuantumCircuit
from qiskit.providers import BackendV2
from qiskit.transpiler import Target
from qiskit_aer.noise import NoiseModel

from qgate.devices.qiskit.compile import Program
from qgate.devices.qiskit.interface import Interface
from qgate.devices.qiskit.runners import AerRunner
from qgate.devices.qiskit.targets import Place, at_places
from qgate.sealed import Sealed
from qgate.sweep import Sweep

MOST_MODELS = 64
"""Maximum number of noise models that are kept; a job of new circuits rarely has new places."""


class FakeRunner(AerRunner):
    """Runner for Aer with the noise of a fake backend.

    Parameters
    ----------
    backend : AerSimulator
        Simulator without noise.
    interface : Interface
    fake : BackendV2
        Backend with the calibration.
    """

    def __init__(self, backend: BackendV2, interface: Interface, fake: BackendV2) -> None:
        super().__init__(backend, interface)
        self._fake = Sealed(fake)
        self._models: OrderedDict[frozenset[Place], NoiseModel] = OrderedDict()

    def circuits(
        self, programs: Sequence[Program], sweeps: Sequence[Sweep]
    ) -> tuple[list[QuantumCircuit], dict[str, object]]:
        circuits, options = super().circuits(programs, sweeps)
        places = frozenset().union(*(program.instructions for program in programs))
        return circuits, {**options, "noise_model": self._model(places)}

    def _model(self, places: frozenset[Place]) -> NoiseModel:
        """Return the noise of instructions at some places."""
        found = self._models.pop(places, None)
        if found is None:
            found = NoiseModel.from_backend(_Part(at_places(self._fake.value.target, places)))
        self._models[places] = found
        while len(self._models) > MOST_MODELS:
            self._models.popitem(last=False)
        return found


@dataclass(frozen=True)
class _Part:
    """Attributes of a backend that ``NoiseModel.from_backend`` reads."""

    target: Target
    version: int = 2

    @property
    def operation_names(self) -> list[str]:
        return list(self.target.operation_names)

    @property
    def dt(self) -> float | None:
        """Unit of durations in seconds."""
        return None if self.target.dt is None else float(self.target.dt)
