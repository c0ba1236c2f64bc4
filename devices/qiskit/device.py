"""Device of a Qiskit backend that runs on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

from qiskit.providers import BackendV2

from qgate.devices.base import Device, ShotsLike
from qgate.devices.capabilities import Capabilities
from qgate.devices.compiled import CompiledCircuit
from qgate.devices.draws import Draws
from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.native_circuit import NativeCircuit
from qgate.devices.job import Job
from qgate.devices.qiskit.compile import Compiler
from qgate.devices.qiskit.compiled import compiled
from qgate.devices.qiskit.dynamic import accepted_by
from qgate.devices.qiskit.fingerprint import fingerprint
from qgate.devices.qiskit.interface import Interface, interface_of
from qgate.devices.qiskit.job import QiskitJob
from qgate.devices.qiskit.native import backend_calibration, native_circuits
from qgate.devices.qiskit.passes import TRANSPILER_SEED
from qgate.devices.qiskit.results import entry_of, read_results
from qgate.devices.qiskit.runners import Runner, runner
from qgate.sealed import Sealed
from qgate.sweep import Sweep
from qgate.typing import WiresLike

DEFAULT_SHOTS = 1024
"""Default number of shots, as in PennyLane's devices for Qiskit."""

LARGEST_SEED = 2**31 - 1


class QiskitDevice(Device):
    """Device of a Qiskit backend.

    A structure is translated and transpiled once. All rows of all sweeps of a submission, which
    have the same number of shots, are sent to the backend as one job.

    Parameters
    ----------
    backend : BackendV2
        Backend that runs the circuits.
    name : str
        Name of the device.
    target : BackendV2, optional
        Backend whose gates and couplings are compiled for; default ``backend``.
    wires : int or wires, optional
    shots : None, int or sequence
        Shots of circuits that set none; default 1024.
    seed : int, optional
        Seed from which the seed of every job is drawn.
    exact : frozenset of str
        Kinds of measurement that the backend returns exactly (Aer without noise: probabilities).
    optimization_level, initial_layout, seed_transpiler
        As in ``QiskitOptions``.
    noise_of : BackendV2, optional
        Fake backend whose noise Aer simulates; default: the noise that ``backend`` has itself.

    Attributes
    ----------
    jobs : int
        Number of jobs submitted to the backend.
    transpilations : int
        Number of calls of the transpiler.
    """

    provider = "qiskit"

    def __init__(
        self,
        backend: BackendV2,
        *,
        name: str,
        target: BackendV2 | None = None,
        wires: WiresLike | int | None = None,
        shots: ShotsLike = "default",
        seed: int | None = None,
        exact: frozenset[str] = frozenset(),
        optimization_level: int = 1,
        initial_layout: Sequence[int] | None = None,
        seed_transpiler: int = TRANSPILER_SEED,
        noise_of: BackendV2 | None = None,
    ) -> None:
        self.name = name
        self._backend = Sealed(backend)
        compiled_for = backend if target is None else target
        interface = interface_of(backend, name=name)
        self.capabilities = describe(compiled_for, interface, exact=exact)
        super().__init__(wires=wires, shots=shots)
        self.jobs = 0
        self._runner = _runner(backend, interface, noise_of)
        self._draws = Draws(seed)
        self._compiler = Compiler(
            compiled_for,
            device=name,
            order=self.wires_of,
            optimization_level=optimization_level,
            initial_layout=initial_layout,
            seed_transpiler=seed_transpiler,
            runs_on=backend if noise_of is None else noise_of,
        )

    @property
    def backend(self) -> BackendV2:
        """Qiskit's backend that runs the circuits."""
        return self._backend.value

    @property
    def identity(self) -> str:
        """The device string; for a backend object, its name and a digest of its noise."""
        if self.config is not None or not self._fingerprint:
            return super().identity
        return f"{super().identity}, noise {self._fingerprint}"

    @cached_property
    def _fingerprint(self) -> str:
        return fingerprint(self.backend)

    @property
    def transpilations(self) -> int:
        """Number of calls of the transpiler."""
        return self._compiler.calls

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        fixed, programs = self._compiler.placed(sweeps)
        job = self._runner.run(programs, fixed, seed=self._next_seed())
        self.jobs += 1
        entries = [entry_of(sweep) for sweep in fixed]
        read = partial(read_results, entries=entries, device=self.name)
        return QiskitJob(job, read, device=self.name)

    @property
    def folds_compiled(self) -> bool:
        """Whether the inverses of the native gates on two qubits are native."""
        return self._compiler.folds_gates

    def compiled(self, sweeps: Sequence[Sweep]) -> list[CompiledCircuit]:
        return compiled(self._compiler, sweeps)

    def native_circuits(self, sweeps: Sequence[Sweep]) -> list[NativeCircuit]:
        return native_circuits(self._compiler, sweeps)

    @cached_property
    def noise_calibration(self) -> Calibration | None:
        """Errors and durations from the target that circuits are compiled for."""
        return backend_calibration(self._compiler.backend)

    def restart_random(self, token: str) -> None:
        self._draws.restart(token)

    def _next_seed(self) -> int | None:
        if self._draws.seed is None:
            return None  # the backend then draws a seed for every job
        return int(self._draws.generator.integers(LARGEST_SEED))


def _runner(backend: BackendV2, interface: Interface, noise_of: BackendV2 | None) -> Runner:
    if noise_of is None:
        return runner(backend, interface)
    from qgate.devices.qiskit.fake_noise import FakeRunner  # loads Aer, which may be missing

    return FakeRunner(backend, interface, noise_of)


def describe(
    backend: BackendV2, interface: Interface, *, exact: frozenset[str] = frozenset()
) -> Capabilities:
    """Return the capabilities of a backend from its own description.

    Parameters
    ----------
    backend : BackendV2
        Backend whose qubits are used.
    interface : Interface
        Interface of the backend that runs the circuits.
    exact : frozenset of str
        Kinds of measurement that it returns exactly.
    """
    return Capabilities(
        gates=accepted_by(backend),
        exact=exact,
        default_shots=_default_shots(interface),
        max_wires=backend.num_qubits,
        min_shots=interface.min_shots,
        max_shots=interface.max_shots,
        shot_counts=interface.shot_counts,
        max_rows=interface.max_circuits,
        max_exact_rows=interface.max_circuits,
        equal_shots=True,
    )


def _default_shots(interface: Interface) -> int:
    """Return the number of shots nearest to the default that a backend accepts."""
    if interface.shot_counts:
        return min(interface.shot_counts, key=lambda count: abs(count - DEFAULT_SHOTS))
    return max(DEFAULT_SHOTS, interface.min_shots)
