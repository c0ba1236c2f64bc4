"""Devices of Amazon Braket with their documented limits and prices, sampled locally."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import qgate as qg
from qgate.devices.base import Device
from qgate.devices.job import FinishedJob, Job
from qgate.measurements import Measurement, MeasurementKind
from qgate.outcomes import Outcomes
from qgate.prices import Rate
from qgate.sweep import Sweep

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))


@dataclass(frozen=True)
class Machine:
    """A rentable device.

    Parameters
    ----------
    title : str
    target : str
        The part of its string after ``braket:``.
    """

    title: str
    target: str

    @property
    def rate(self) -> Rate:
        """Its rate, from qgate's card."""
        from qgate.devices.braket.cards import RATES

        return RATES[self.target]

    @cached_property
    def capabilities(self) -> Any:
        """Its capabilities, as parsed from the document of the tests' double of Amazon Braket."""
        from braket.schema_common import BraketSchemaBase
        from clouds.braket.capabilities import CARDS

        from qgate.devices.braket.capabilities import read_capabilities
        from qgate.devices.braket.cards import ARNS

        document = json.dumps(CARDS[ARNS[self.target]].capabilities())
        properties: Any = BraketSchemaBase.parse_raw_schema(document)
        return read_capabilities(properties, default_shots=1000)


MACHINES = (
    Machine("IonQ Forte-1", "ionq/forte-1"),
    Machine("IQM Garnet", "iqm/garnet"),
    Machine("Rigetti Cepheus-1-108Q", "rigetti/cepheus-1-108q"),
)


class Priced(Device):
    """Device with the limits and prices of a machine, sampled without noise.

    Circuits passed to ``submit`` are decomposed into the gates of the device and batched within its
    limits. Distributions are cached: the same circuits are run many times.

    Parameters
    ----------
    machine : Machine
    seed : int

    Attributes
    ----------
    submissions, sampled : int
        Numbers of submitted tasks and shots.
    """

    def __init__(self, machine: Machine, seed: int) -> None:
        self.name, self.rate = machine.title, machine.rate
        self.capabilities = machine.capabilities
        super().__init__()
        self.submissions = self.sampled = 0
        self._random = np.random.default_rng(seed)
        self._exact, self._known = qg.device("local"), dict[Any, Any]()

    @property
    def charged_usd(self) -> float:
        """Total charge in US dollars."""
        rate: Any = self.rate
        price = rate.price(submissions=self.submissions, shots=self.sampled)
        return float(price.high_usd)

    def forget(self) -> None:
        """Drop the distributions of circuits that will not be run again."""
        self._known.clear()

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        self.submissions += 1
        return FinishedJob([(self._read(sweep),) for sweep in sweeps])

    def _read(self, sweep: Sweep) -> list[Outcomes]:
        assert sweep.shots is not None
        self.sampled += int(sweep.shots.sum())
        sums = self._cumulative(sweep)
        wires = len(sweep.structure.measurements[0].wires)
        return [
            Outcomes.from_readings(np.searchsorted(row, self._random.random(shots)), wires)
            for row, shots in zip(sums, sweep.shots.tolist(), strict=True)
        ]

    def _cumulative(self, sweep: Sweep) -> list[Any]:
        """Return the cumulative distribution of each row."""
        known = self._known.setdefault(sweep.structure, {})
        keys = [row.tobytes() for row in sweep.rows]
        missing = [place for place, key in enumerate(keys) if key not in known]
        if missing:
            (measured,) = sweep.structure.measurements
            probabilities = Measurement(MeasurementKind.PROBS, wires=measured.wires)
            exact = replace(
                sweep,
                structure=sweep.structure.with_measurements((probabilities,)),
                rows=sweep.rows[missing],
                shots=None,
                seed=None,
            )
            (found,) = self._exact.submit([exact]).result()
            sums = np.cumsum(found[0], axis=1)
            for place, row in zip(missing, sums / sums[:, -1:], strict=True):
                known[keys[place]] = row
        return [known[key] for key in keys]
