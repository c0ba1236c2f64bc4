"""IBM's two sampler primitives behind one function."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qiskit.primitives import BaseSamplerV2
from qiskit.providers import BackendV2
from qiskit_ibm_runtime import RuntimeJobV2, Session

from qgate.forks import ForkSafeLock

_warnings_changed = ForkSafeLock()
"""Lock for silencing warnings, which is process-wide: two threads would leave them silenced."""

FEWEST_SHOTS_OF_A_TWIRL = 64
MOST_TWIRLS = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """Execution settings of jobs.

    Parameters
    ----------
    max_execution_time_s : int or None
        Device time in seconds after which the service stops a job.
    twirling : bool
        Whether readouts are twirled; the number of shots is then rounded up.
    """

    max_execution_time_s: int | None = None
    twirling: bool = False

    def executed(self, shots: int) -> int:
        """Return the number of shots that are run, and charged, for a requested number."""
        if not self.twirling:
            return shots
        each = max(FEWEST_SHOTS_OF_A_TWIRL, -(-shots // MOST_TWIRLS))
        return each * -(-shots // each)


def _executor(mode: BackendV2 | Session) -> BaseSamplerV2:
    from qiskit_ibm_runtime.executor_sampler import Sampler

    return Sampler(mode=mode)


def _sampler(mode: BackendV2 | Session) -> BaseSamplerV2:
    from qiskit_ibm_runtime import SamplerV2

    with _warnings_changed, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the user chose this sampler
        return SamplerV2(mode=mode)


PRIMITIVES: Mapping[str, Callable[[BackendV2 | Session], BaseSamplerV2]] = {
    "executor": _executor,
    "sampler": _sampler,
}
"""Sampler by name; the executor prepares circuits in this process, the other is the older one."""


def primitive(kind: str, mode: BackendV2 | Session) -> BaseSamplerV2:
    """Return a sampler; ``auto`` is the newest installed one."""
    if kind != "auto":
        return PRIMITIVES[kind](mode)
    try:
        return _executor(mode)
    except ImportError:
        return _sampler(mode)


def create(
    sampler: BaseSamplerV2,
    pubs: Sequence[object],
    *,
    shots: int,
    tags: Sequence[str],
    settings: Settings,
) -> RuntimeJobV2:
    """Create a job and return the client's object; both samplers take the same options."""
    options = sampler.options
    options.environment.job_tags = list(tags)
    options.twirling.enable_gates = False
    options.twirling.enable_measure = settings.twirling
    options.dynamical_decoupling.enable = False
    if settings.max_execution_time_s is not None:
        options.max_execution_time = settings.max_execution_time_s
    return sampler.run(pubs, shots=shots)
