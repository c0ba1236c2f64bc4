"""Errors of estimates with each method, over points and seeds."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import qgate as qg
from qgate.exceptions import FewShotsWarning
from qgate.mitigation.methods import METHODS, mitigation_of

from .cases import PROBLEMS
from .drawn import DrawnDevice
from .peers import Peers

OURS = ("none", "readout", "zne", "learned", "auto")
PEERS = {"peer ZNE": Peers.zne, "peer CDR": Peers.cdr, "peer CDR far": Peers.cdr_far}
"""Readout corrected and extrapolated along a line (1, 3), and regressions, see ``peers.py``."""


@dataclass(frozen=True)
class Seeded:
    """Method that adds the same rows in each call, so that their probabilities are known."""

    method: Any
    seed: int

    @property
    def name(self) -> str:
        """Name of the method."""
        return str(self.method.name)

    def added(self, target: Any, random: np.random.Generator) -> Any:
        """Return the rows for a seed that does not change."""
        return self.method.added(target, np.random.default_rng(self.seed))

    def mitigated(self, measured: Any) -> Any:
        """Return the method's outputs."""
        return self.method.mitigated(measured)

    def __getattr__(self, name: str) -> Any:
        if name == "method":  # while a copy is made
            raise AttributeError(name)
        return getattr(self.method, name)


@dataclass
class Errors:
    """Errors of one method in one case and with one budget; outputs are value, then derivatives."""

    case: str
    budget: int
    method: str
    off: list[np.ndarray] = field(default_factory=list)
    claimed: list[np.ndarray] = field(default_factory=list)
    lengths: list[float] = field(default_factory=list)
    submissions: list[int] = field(default_factory=list)

    @property
    def squares(self) -> np.ndarray:
        """Squared error of the value and squared length of the gradient's error, shape (2, N)."""
        off = np.array(self.off)
        return np.array([off[:, 0] ** 2, (off[:, 1:] ** 2).sum(axis=1)])

    @property
    def roots(self) -> np.ndarray:
        """Roots of the mean squared errors of value and gradient, in thousandths."""
        return 1e3 * np.sqrt(self.squares.mean(axis=1))

    @property
    def relative(self) -> float:
        """Error of the gradient, relative to the root of its mean squared length."""
        return 1e-3 * float(self.roots[1] / np.sqrt(np.mean(np.square(self.lengths))))

    def is_worse(self, other: Errors) -> np.ndarray:
        """Return whether errors of value and gradient are larger by more than chance, shape (2,).

        That is two standard errors of the difference of the mean squared errors.
        """
        gap = self.squares.mean(axis=1) - other.squares.mean(axis=1)
        spread = sum(each.squares.var(axis=1) / len(each.off) for each in (self, other))
        return np.asarray(gap > 2 * np.sqrt(spread))

    def coverage(self, part: slice) -> float:
        """Share of errors within two of the claimed ones; NaN: none are claimed."""
        if not self.claimed:
            return float("nan")
        within = np.abs(np.array(self.off)) <= 2 * np.array(self.claimed)
        return float(within[:, part].mean())


def saved(errors: Sequence[Errors], file: Path) -> None:
    """Write errors to a file, beside those of other cases, budgets and methods that it has."""
    known = {(e.case, e.budget, e.method): e for e in (*loaded(file), *errors)}
    file.write_bytes(pickle.dumps([vars(each) for each in known.values()]))


def loaded(file: Path) -> list[Errors]:
    """Return the errors in a file; none if it does not exist."""
    return [Errors(**each) for each in pickle.loads(file.read_bytes())] if file.exists() else []


def registered() -> list[str]:
    """Return the names of methods that this version has, in the order of the table."""
    return [name for name in OURS if name in METHODS]


def measured(
    problem: str,
    machine: str,
    device: DrawnDevice,
    budgets: Sequence[int],
    methods: Sequence[str],
    *,
    points: int,
    seeds: int,
) -> list[Errors]:
    """Return errors for each budget and method. A budget of 0 is a shot for each circuit."""
    case = PROBLEMS[problem]
    found = {}
    for point in range(points):
        x = case.point(point)
        value, gradient = case.exact(x)
        exact = np.concatenate([[value], gradient])
        peers = Peers(case, x, device)
        for given in budgets:
            budget = given or peers.target.count
            for method in methods:
                key = given, method
                errors = found.setdefault(key, Errors(f"{problem} {machine}", budget, method))
                for seed in range(seeds):
                    errors.lengths.append(float(np.linalg.norm(gradient)))
                    number = 1000 * point + seed
                    if method in PEERS:
                        outputs = PEERS[method](peers, budget, np.random.default_rng(number))
                        errors.off.append(outputs - exact)
                    else:
                        _add(errors, case.circuit, device.seeded(number), x, point, exact)
    return list(found.values())


def _add(
    errors: Errors, circuit: Any, device: DrawnDevice, x: np.ndarray, point: int, exact: np.ndarray
) -> None:
    method = mitigation_of(errors.method)
    fixed = None if method is None else Seeded(method, point)
    node = qg.QNode(circuit, device)
    trained = qg.numpy.array(x, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewShotsWarning)
        budget = qg.Budget(shots=errors.budget)
        result = qg.gradient_estimate(node, budget, mitigation=fixed)(trained)
    spread = np.append(result.value_error, np.sqrt(np.maximum(np.diag(result.covariance), 0)))
    if result.mitigation is not None:
        size = result.mitigation.systematic_error.shape[1]
        assert size == len(spread)
        spread = np.hypot(spread, np.nan_to_num(result.mitigation.systematic_error[0]))
    errors.off.append(np.append(result.value, result.flat) - exact)
    errors.claimed.append(spread)
    errors.submissions.append(result.submissions)
