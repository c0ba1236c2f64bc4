"""Device that draws outcomes from exact noisy probabilities, each of which is computed once."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from qgate.devices.base import Device
from qgate.devices.draws import Draws
from qgate.devices.emulation.device import EmulatedDevice
from qgate.devices.job import FinishedJob, Job
from qgate.jobs.digest import digest_of
from qgate.measurements import Measurement, MeasurementKind
from qgate.outcomes import Outcomes
from qgate.recording import paused
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.wires import Wires


class Probabilities:
    """Exact probabilities of circuits on an emulated device, kept in memory and in a file.

    Parameters
    ----------
    device : EmulatedDevice
    folder : path, optional
        Folder of the file, one for each device; default: memory only.
    """

    def __init__(self, device: EmulatedDevice, folder: Path | None = None) -> None:
        self.device, self.computed = device, 0
        self._file = None
        if folder is not None:
            name = hashlib.sha256(device.identity.encode()).hexdigest()[:16]
            self._file = folder / f"probabilities-{name}.pickle"
        self._rows: dict[str, dict[bytes, np.ndarray]] = {}
        self._structures: dict[Structure, Structure] = {}
        self._digests: dict[Structure, str] = {}
        if self._file is not None and self._file.exists():
            self._rows = pickle.loads(self._file.read_bytes())

    def save(self) -> None:
        """Write the file, if there is one."""
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(pickle.dumps(self._rows))

    def of(self, sweeps: Sequence[Sweep]) -> list[np.ndarray]:
        """Return the probabilities (K, 2^n) of the measured wires of each sweep."""
        sweeps = [self._exact(each) for each in sweeps]
        known = [self._rows.setdefault(self._key(each), {}) for each in sweeps]
        keys = [[row.tobytes() for row in each.rows + 0.0] for each in sweeps]
        missing = [
            list({key: row for row, key in enumerate(own) if key not in kept}.values())
            for own, kept in zip(keys, known, strict=True)
        ]
        asked = [number for number, rows in enumerate(missing) if rows]
        parts = [sweeps[n].with_rows(sweeps[n].rows[missing[n]], None) for n in asked]
        for number, found in zip(asked, self._compute(parts), strict=True):
            for row, own in zip(missing[number], found, strict=True):
                known[number][keys[number][row]] = own
        return [np.array([kept[key] for key in own]) for own, kept in zip(keys, known, strict=True)]

    def _compute(self, sweeps: Sequence[Sweep]) -> list[np.ndarray]:
        if not sweeps:
            return []
        self.computed += sum(len(each) for each in sweeps)
        found = []
        for (result,) in self.device.submit(sweeps).result():
            positive = np.maximum(np.asarray(result), 0.0)
            found.append(positive / positive.sum(axis=1, keepdims=True))
        return found

    def _exact(self, sweep: Sweep) -> Sweep:
        """Return a sweep with exact probabilities in place of outcomes."""
        found = self._structures.get(sweep.structure)
        if found is None:
            (measured,) = sweep.structure.measurements
            with paused():
                probabilities = Measurement(MeasurementKind.PROBS, wires=measured.wires)
            found = sweep.structure.with_measurements([probabilities])
            self._structures[sweep.structure] = found
        return replace(sweep, structure=found, shots=None, seed=None)

    def _key(self, sweep: Sweep) -> str:
        """Return a digest of a structure, and of that beside which it is placed."""
        beside = "" if sweep.beside is None else self._digest(sweep.beside.structure)
        return self._digest(sweep.structure) + beside

    def _digest(self, structure: Structure) -> str:
        if structure not in self._digests:
            zeros = np.zeros((1, structure.num_slots))
            self._digests[structure] = digest_of([Sweep(structure, zeros)])
        return self._digests[structure]


class DrawnDevice(Device):
    """Emulated device with the same circuits, noise and outcomes, but fast for repeated rows.

    As on IBM's machines, each circuit has shots of its own.

    Parameters
    ----------
    emulated : EmulatedDevice
    probabilities : Probabilities
        May be shared by devices with different seeds.
    seed : int
        Seed of the outcomes.
    """

    provider = "local"

    def __init__(
        self, emulated: EmulatedDevice, probabilities: Probabilities, *, seed: int = 0
    ) -> None:
        self.name, self.noisy = f"{emulated.name} (drawn)", emulated
        self.capabilities = replace(emulated.capabilities, equal_shots=False, call_seeds=False)
        super().__init__(shots=1000)
        self.probabilities, self.submissions = probabilities, 0
        self._draws = Draws(seed)

    def seeded(self, seed: int) -> DrawnDevice:
        """Return the same device with another seed."""
        return DrawnDevice(self.noisy, self.probabilities, seed=seed)

    @property
    def identity(self) -> str:
        """The identity of the emulated device."""
        return f"{self.noisy.identity} (drawn)"

    def wires_of(self, sweep_wires: Wires) -> Wires:
        return self.noisy.wires_of(sweep_wires)

    def restart_random(self, token: str) -> None:
        self._draws.restart(token)

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        self.submissions += 1
        found = self.probabilities.of(sweeps)
        return FinishedJob([(self._read(*each),) for each in zip(sweeps, found, strict=True)])

    def _read(self, sweep: Sweep, probabilities: np.ndarray) -> list[Outcomes] | np.ndarray:
        if sweep.shots is None:
            return probabilities
        wires = len(sweep.structure.measurements[0].wires)
        counts = self._draws.generator.multinomial(sweep.shots, probabilities)
        return [counted(own, wires) for own in counts]


def counted(counts: np.ndarray, wires: int) -> Outcomes:
    """Return outcomes from the number of shots with each."""
    values = np.flatnonzero(counts)
    return Outcomes(wires, values, counts[values], int(counts.sum()))
