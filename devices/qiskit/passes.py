"""Qiskit's pass managers, each used by one thread at a time.

A pass manager keeps state while it runs: at the optimization levels 2 and 3 a second thread that
enters it gets ``RuntimeError: Already borrowed``. Creating one takes 4 to 8 ms for a device, and
100 ms for Aer, so idle ones are kept for the next caller. No lock is held while one runs, because a
forked child would inherit it locked.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property

from qiskit import QuantumCircuit
from qiskit.providers import BackendV2
from qiskit.transpiler import PassManager, Target, generate_preset_pass_manager

from qgate.devices.qiskit.bounded import FOLDED, bounded_gates, is_foldable
from qgate.devices.qiskit.identity import NATIVE_NAME, with_kept_identity
from qgate.devices.qiskit.targets import without
from qgate.exceptions import UnusableBackend
from qgate.forks import at_fork
from qgate.sealed import Sealed

TRANSPILER_SEED = 0
"""Default seed of the layout search, fixed so that a structure always gets the same layout."""

RECORDINGS = "qiskit_ibm_runtime.fake_provider"
"""Module of the fake backends, which record devices of IBM."""

IBM_TRANSLATION = "ibm_dynamic_circuits"
"""Translation to native gates that IBM's devices name, and their fake backends do not."""

MOST_KINDS = 16
"""Maximum number of combinations of layout and settings for which pass managers are kept."""

_Kind = tuple[tuple[int, ...] | None, bool, bool]
"""Arguments of ``run`` that a pass manager is created for."""


def _compile_on_one_thread() -> None:
    """Prevent deadlocks of Qiskit's passes in forked children, which lack the parent's threads.

    The passes are written in Rust and distribute large circuits over a thread pool (rayon), which
    the parent has started. Qiskit sets this variable in the processes that it creates itself.
    """
    os.environ["QISKIT_IN_PARALLEL"] = "TRUE"


at_fork(in_child=_compile_on_one_thread)


def is_fake(backend: BackendV2) -> bool:
    """Return whether a backend is a recording of a device of IBM."""
    return type(backend).__module__.startswith(RECORDINGS)


class PassManagers:
    """Transpile circuits for a backend with Qiskit's preset pass managers.

    Parameters
    ----------
    backend : BackendV2
    level : int
        Optimization level, 0 to 3.
    seed : int
        Seed of the searches for a layout and for swaps.
    """

    def __init__(self, backend: BackendV2, level: int, seed: int = TRANSPILER_SEED) -> None:
        self._backend, self.level, self.seed = Sealed(backend), level, seed
        self._idle: dict[_Kind, list[PassManager]] = {}

    @property
    def backend(self) -> BackendV2:
        """Backend that circuits are transpiled for."""
        return self._backend.value

    def __getstate__(self) -> dict[str, object]:
        """Return the state without the pass managers, which a copy creates itself."""
        return {**vars(self), "_idle": {}}

    def run(
        self,
        circuits: Sequence[QuantumCircuit],
        layout: Sequence[int] | None = None,
        *,
        identities: bool = False,
        bounded: bool = True,
    ) -> list[QuantumCircuit]:
        """Transpile circuits to the gates of the backend.

        Parameters
        ----------
        circuits : sequence of QuantumCircuit
        layout : sequence of int, optional
            Qubit of each wire; default: chosen by Qiskit.
        identities : bool
            Whether they have identity gates that must be kept.
        bounded : bool
            Whether gates in ``unfoldable_gates`` may have free angles.

        Raises
        ------
        qiskit.exceptions.QiskitError
        """
        key = (None if layout is None else tuple(layout), identities, bounded)
        idle = self._idle.setdefault(key, [])
        try:
            passes = idle.pop()
        except IndexError:
            passes = self._made(layout, identities=identities, bounded=bounded)
        try:
            # one process: the circuits are small, and forking beside threads is not safe
            compiled: list[QuantumCircuit] = passes.run(list(circuits), num_processes=1)
            return compiled
        finally:
            idle.append(passes)
            self._forget_oldest()

    def _made(
        self, layout: Sequence[int] | None, *, identities: bool, bounded: bool
    ) -> PassManager:
        target = self.target if bounded else without(self.target, self.unfoldable_gates)
        return generate_preset_pass_manager(
            self.level,
            backend=self.backend,
            target=with_kept_identity(target) if identities else target,
            initial_layout=None if layout is None else list(layout),
            seed_transpiler=self.seed,
            translation_method=IBM_TRANSLATION if is_fake(self.backend) else None,
        )

    def _forget_oldest(self) -> None:
        while len(self._idle) > MOST_KINDS:
            self._idle.pop(next(iter(self._idle)), None)

    @cached_property
    def target(self) -> Target:
        """Target of the backend, kept because some backends create a new one on each access.

        Raises
        ------
        UnusableBackend
            The backend has no target.
        """
        target = self.backend.target
        if target is None:
            reason = "it has no target, the gates and couplings that circuits are compiled for"
            raise UnusableBackend(backend=str(self.backend.name), reason=reason)
        return target

    @cached_property
    def bounded_gates(self) -> frozenset[str]:
        """Names of the gates with a limited range of angles."""
        return bounded_gates(self.target)

    @cached_property
    def unfoldable_gates(self) -> frozenset[str]:
        """Names of the gates whose free angles cannot be kept in their range."""
        folded = FOLDED in self.bounded_gates and is_foldable(self.target)
        return self.bounded_gates - ({FOLDED} if folded else set())

    @cached_property
    def has_identity(self) -> bool:
        """Whether the backend has an identity gate."""
        return NATIVE_NAME in self.target.operation_names
