"""Errors of estimates with each method, over points and seeds."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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


ALONE = ", value alone"
"""End of the names of cases without gradients."""


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
        within = (np.abs(np.array(self.off)) <= 2 * np.array(self.claimed))[:, part]
        return float(within.mean()) if within.size else float("nan")


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
    alone: bool = False,
) -> list[Errors]:
    """Return errors for each budget and method. A budget of 0 is a shot for each circuit.

    ``alone``: of values that are estimated without a gradient, with all shots.
    """
    case, name = PROBLEMS[problem], f"{problem} {machine}{ALONE if alone else ''}"
    found = {}
    for point in range(points):
        x = case.point(point)
        value, gradient = case.exact(x)
        exact = np.array([value, *([] if alone else gradient)])
        peers = Peers(case, x, device, derivatives=not alone)
        for given in budgets:
            budget = given or peers.target.count
            for method in methods:
                errors = found.setdefault((given, method), Errors(name, budget, method))
                for seed in range(seeds):
                    errors.lengths.append(float(np.linalg.norm(gradient)))
                    number = 1000 * point + seed
                    if method in PEERS:
                        outputs = PEERS[method](peers, budget, np.random.default_rng(number))
                    else:
                        node = qg.QNode(case.circuit, device.seeded(number))
                        estimate = _value if alone else _gradient
                        outputs, claimed, submissions = estimate(node, errors, point)(x)
                        errors.claimed.append(claimed)
                        errors.submissions.append(submissions)
                    errors.off.append(outputs - exact)
    return list(found.values())


Found = tuple[np.ndarray, np.ndarray, int]
"""Outputs, their claimed errors, and the number of submissions."""


def _gradient(node: Any, errors: Errors, point: int) -> Callable[[np.ndarray], Found]:
    """Return a function that estimates a value and a gradient."""
    estimate = qg.gradient_estimate(node, errors.budget, mitigation=_method(errors, point))

    def found(x: np.ndarray) -> Found:
        with _few_shots_allowed():
            result = estimate(qg.numpy.array(x, requires_grad=True))
        spread = np.append(result.value_error, result.standard_error)
        if result.mitigation is not None:
            spread = np.hypot(spread, np.nan_to_num(result.mitigation.systematic_error[0]))
        return np.append(result.value, result.flat), spread, result.submissions

    return found


def _value(node: Any, errors: Errors, point: int) -> Callable[[np.ndarray], Found]:
    """Return a function that estimates a value alone."""
    estimate = qg.estimate(node, errors.budget, mitigation=_method(errors, point))

    def found(x: np.ndarray) -> Found:
        with _few_shots_allowed():
            result: Any = estimate(x)
        systematic = np.nan_to_num(np.array(result.systematic_error or 0.0, dtype=float))
        spread = np.hypot(result.standard_error, systematic)
        return np.array([result.value]), np.array([spread]), result.submissions

    return found


def _method(errors: Errors, point: int) -> Any:
    method = mitigation_of(errors.method)
    return None if method is None else Seeded(method, point)


@contextmanager
def _few_shots_allowed() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewShotsWarning)
        yield
