"""Random numbers of a call that are the same when a run repeats the call."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np

from qgate.context import active_plan, active_run
from qgate.jobs.digest import digest_of
from qgate.jobs.runs import implicit_run
from qgate.sweep import Sweep

if TYPE_CHECKING:
    from qgate.devices.base import Device

STREAMS = {"rounding": 1, "bases": 2, "mitigation": 3}
"""Number that is added to the seed of a sweep for each purpose."""


def repeatable_generator(purpose: str, sweep: Sweep, device: Device) -> np.random.Generator:
    """Return a generator seeded by a sweep's seed, by the active run, or else by chance.

    Submissions to paid devices belong to a run even outside of ``qg.run``. While a plan is made or
    run, the content of the sweep is the seed, so that a run of the plan sends what was planned.
    """
    if sweep.seed is not None:
        return np.random.default_rng([*sweep.seed, STREAMS[purpose]])
    current = active_run()
    if active_plan() is not None:
        return np.random.default_rng(int(digest_of([sweep])[:32], 16))
    if current is None and device.capabilities.paid:
        current = implicit_run()
    if current is None:
        return np.random.default_rng(secrets.randbits(128))
    key = current.random_key(purpose, digest_of([sweep]))
    return np.random.default_rng(int(key[:32], 16))
