"""Device that runs what another one would be sent, on this machine and with its noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qgate.devices.base import Device, ShotsLike
from qgate.devices.capabilities import Capabilities
from qgate.devices.compiled import CompiledCircuit
from qgate.devices.emulation.native_circuit import (
    CalibratedNoise,
    NativeCircuit,
    Noise,
    noisy_structure,
)
from qgate.devices.job import Job
from qgate.devices.plugins import PLUGINS
from qgate.exceptions import NotEmulated
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.recorded import MID_MEASURE
from qgate.recording import paused
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.wires import Wires

WITH_IDLE = "calibration"
"""Value of the option ``emulate`` for all noise; ``gates`` leaves out that of waiting qubits."""

MOST_CIRCUITS = 1024


class EmulatedDevice(Device):
    """Rehearsal of a device: its circuits, limits and prices, simulated with its noise.

    Circuits are compiled as the device does it, and have its gates and qubits. What the device
    would refuse is refused. Nothing is sent, and nothing costs money. Besides shots it returns
    exact probabilities, to which those of infinitely many shots would converge.

    Parameters
    ----------
    emulated : Device
        The device. It has ``native_circuits`` and a calibration.
    emulate : str
        ``calibration``: gate errors, relaxation also while qubits wait, and readout errors.
        ``gates``: without the relaxation of waiting qubits.
    noise : Noise, optional
        Noise in place of that from the calibration.
    simulator : Device, optional
        Simulator of the circuits; default: the local device.
    name : str, optional
        Name of the device; default: that of the device with ``emulate``.
    shots : None, int or sequence
        Shots of circuits that set none; default: as the device.
    seed : int, optional
        Seed of the shots.

    Raises
    ------
    NotEmulated
        The device has no calibration, or is a simulator.
    """

    emulated: Device
    provider = "local"  # also in journals, so that no job of a provider is looked for

    def __init__(
        self,
        emulated: Device,
        *,
        emulate: str = WITH_IDLE,
        noise: Noise | None = None,
        simulator: Device | None = None,
        name: str | None = None,
        shots: ShotsLike = "default",
        seed: int | None = None,
    ) -> None:
        self.emulated = emulated
        self.name = name or f"{emulated.name}?emulate={emulate}"
        self.noise = noise or _noise(emulated, idle=emulate == WITH_IDLE)
        self.capabilities = rehearsed(emulated.capabilities)
        default = emulated.shots if shots == "default" else shots
        super().__init__(wires=emulated.wires, shots=default)
        self.rate = emulated.rate
        self._simulator = simulator or _simulator(seed)
        self._noisy: dict[tuple[NativeCircuit, Structure], Structure] = {}

    @property
    def origin(self) -> str:
        """Source of the device's limits, and of the noise."""
        known = getattr(self.emulated, "origin", None)
        parts = [] if known is None else [known]
        return ", ".join([*parts, f"emulated with the noise of {self.noise.source}"])

    @property
    def identity(self) -> str:
        """The device string with ``emulate``, and a digest of the noise."""
        return f"{super().identity}, noise {self.noise.digest}"

    @property
    def chooses_qubits(self) -> bool:
        """As the device."""
        return self.emulated.chooses_qubits

    @property
    def keeps_gates(self) -> bool:
        """As the device."""
        return self.emulated.keeps_gates

    @property
    def folds_compiled(self) -> bool:
        """As the device."""
        return self.emulated.folds_compiled

    def wires_of(self, sweep_wires: Wires) -> Wires:
        return self.emulated.wires_of(sweep_wires)

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        return self._simulator.submit(self.noisy(sweeps))

    def noisy(self, sweeps: Sequence[Sweep]) -> list[Sweep]:
        """Return the circuits that are simulated: compiled, on the device's qubits, with noise."""
        circuits = self.emulated.native_circuits([_with_counts(sweep) for sweep in sweeps])
        return [
            Sweep(
                self._structure(circuit, sweep.structure),
                circuit.rows(sweep.rows),
                shots=sweep.shots,
                seed=sweep.seed,
            )
            for circuit, sweep in zip(circuits, sweeps, strict=True)
        ]

    def _structure(self, circuit: NativeCircuit, structure: Structure) -> Structure:
        found = self._noisy.get((circuit, structure))
        if found is None:
            if len(self._noisy) >= MOST_CIRCUITS:
                self._noisy.clear()
            with paused():
                found = noisy_structure(circuit, structure.measurements, self.noise)
            self._noisy[circuit, structure] = found
        return found

    def weigh(self, sweep: Sweep) -> tuple[int, int]:
        return self.emulated.weigh(sweep)

    def compiled(self, sweeps: Sequence[Sweep]) -> list[CompiledCircuit]:
        return self.emulated.compiled(sweeps)

    def restart_random(self, token: str) -> None:
        self._simulator.restart_random(token)

    def __getstate__(self) -> dict[str, object]:
        """Return the state without the circuits, which a copy makes itself."""
        return {**vars(self), "_noisy": {}}


def _simulator(seed: int | None) -> Device:
    """Return the local device, by the provider's name: providers do not import each other."""
    local = PLUGINS.provider("local")
    assert local is not None
    assert local.default_target is not None
    options = local.options(seed=seed)
    return local.make(local.default_target, options, wires=None, shots="default")


def _with_counts(sweep: Sweep) -> Sweep:
    """Return a sweep that the device takes: counts in place of exact probabilities."""
    if sweep.shots is not None:
        return sweep
    read = Wires.all_wires([item.wires for item in sweep.structure.measurements])
    with paused():
        counted = Measurement(MeasurementKind.COUNTS, wires=read)
    return sweep.with_structure(sweep.structure.with_measurements([counted]))


def rehearsed(capabilities: Capabilities) -> Capabilities:
    """Return the capabilities of the emulation of a device with these capabilities."""
    return replace(
        capabilities,
        gates=capabilities.gates - {MID_MEASURE},
        exact=frozenset({"probs"}),
        exact_words=False,
        max_exact_rows=None,
        paid=False,
        call_seeds=True,
        feed_forward=False,
        statevector=False,
    )


def _noise(device: Device, *, idle: bool) -> Noise:
    calibration = device.noise_calibration
    if calibration is None:
        reason = "it states no errors of its gates, and the package has no calibration of it"
        raise NotEmulated(device=device.name, reason=reason)
    return CalibratedNoise(calibration, idle=idle)
