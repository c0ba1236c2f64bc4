"""One cell: a value and its Jacobian by one interface and method, and their errors."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

import qgate as qg
from cells import reference
from cells.frameworks import FRAMEWORKS, Autograd, Framework, NoDerivative
from cells.returned import RETURNED, Returned, real_numbers
from qgate.exceptions import QGateError
from qgate.gradients import registry

METHODS = (*(name for name in registry.METHODS if name != "spsa"), "spsa")
"""All gradient methods; the random one last."""

SHOTS = 100_000
SEED = 7
DIRECTIONS = 4
"""Number of directions of spsa."""

RUNS = 8
"""Number of runs from which the spread of random results is estimated."""

MOST_SIGMAS = 5
"""Tolerance of a random result, as a multiple of the spread."""

BOUNDS = ("1e-10", "1e-6")
"""Tolerances of exact results; the second is for finite differences without shots."""

FLOOR = 1e-6
"""Added to a spread: exact values have none, and finite differences have a bias."""

Key = tuple[str, str, str]
"""Shots (``exact`` or ``sampled``), return type and method."""


@dataclass(frozen=True)
class Verdict:
    """Result of a cell.

    Parameters
    ----------
    mark : {"✓", "○", "✗"}
        Value and Jacobian are correct; only the value, without a Jacobian; neither.
    error : str
        A bound of the error, or standard errors; empty where there is no number.
    message : str
        The error message, or empty.
    """

    mark: str
    error: str = ""
    message: str = ""

    @property
    def text(self) -> str:
        """Content of the cell."""
        return f"{self.mark} {self.error}".rstrip()


def column(name: str, shots: str) -> Iterator[tuple[Key, Verdict]]:
    """Run all cells of an interface, ``exact`` or ``sampled``."""
    framework = FRAMEWORKS[name]()
    for kind in RETURNED:
        for method in METHODS:
            yield (shots, kind, method), cell(framework, (shots, kind, method))


def cell(framework: Framework, key: Key) -> Verdict:
    """Run one cell."""
    shots, kind, method = key
    returned = RETURNED[kind]
    point = np.array(returned.at)
    chance = shots == "sampled"
    value = partial(returned.value, sampled=chance)
    at, exact = framework.array(point), value(point)
    try:
        with exact_slopes():
            both = framework.value_and_jacobian(_node(framework, key), at)
    except (QGateError, NoDerivative) as refusal:
        told = _text(refusal, method)
    else:
        spreads = jacobian_spreads(key) if chance or method == "spsa" else (None, None)
        truth = exact, reference.jacobian(value, point)
        return _judged("✓", list(zip(both, truth, spreads, strict=True)))
    try:
        found = _numbers(returned, _node(framework, key)(at))
    except QGateError as error:
        return Verdict("✗", message=_text(error, method))
    return _judged("○", [(found, exact, value_spread(kind) if chance else None)], told)


@contextmanager
def exact_slopes() -> Iterator[None]:
    """Suppress the warning that derivatives of sampled values are exact."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The values are from shots")
        yield


@cache
def value_spread(kind: str) -> float:
    """Return the standard deviation of sampled values, over all their numbers."""
    returned = RETURNED[kind]
    node = _node(Autograd(), ("sampled", kind, "best"))
    at = qg.numpy.array(returned.at, requires_grad=False)
    return _deviation([_numbers(returned, node(at)) for _ in range(RUNS)])


@cache
def jacobian_spreads(key: Key) -> tuple[float, float]:
    """Return the standard deviations of values and of Jacobians in autograd."""
    shots, kind, method = key
    if method == "best":
        return jacobian_spreads((shots, kind, "parameter-shift"))
    node, framework = _node(Autograd(), key), Autograd()
    at = framework.array(RETURNED[kind].at)
    with exact_slopes():
        runs = [framework.value_and_jacobian(node, at) for _ in range(RUNS)]
    values, slopes = zip(*runs, strict=True)
    return _deviation(values), _deviation(slopes)


def _deviation(runs: Sequence[Any]) -> float:
    return float(np.sqrt(np.var(runs, axis=0, ddof=1).sum()))


def _node(framework: Framework, key: Key) -> qg.QNode:
    shots, kind, method = key
    options: dict[str, Any] = {}
    if method == "spsa":
        options = {"num_directions": DIRECTIONS, "sampler_rng": np.random.default_rng(SEED)}
    device = qg.device("local", shots=SHOTS if shots == "sampled" else None, seed=SEED)
    circuit = RETURNED[kind].circuit
    return qg.QNode(circuit, device, framework.name, method, gradient_kwargs=options)


def _numbers(returned: Returned, value: Any) -> Any:
    if returned.single_shots:
        return returned.frequencies(value)
    return real_numbers(value.detach().numpy() if hasattr(value, "detach") else np.asarray(value))


def _text(error: QGateError | NoDerivative, method: str) -> str:
    """Return an error message without the name of the requested method."""
    text = " ".join(str(error).split())
    text = text.replace(f"diff_method={method!r} cannot", "diff_method=... cannot")
    text = text.replace(f"and {method} differentiates", "and it differentiates")
    return text if isinstance(error, NoDerivative) else f"{type(error).__name__}: {text}"


def _judged(
    mark: str, parts: Sequence[tuple[Any, Any, float | None]], message: str = ""
) -> Verdict:
    """Compare results with exact ones, within their spread if they are random."""
    differences = [(np.linalg.norm(found - exact), spread) for found, exact, spread in parts]
    if parts[-1][2] is None:
        off = max(difference for difference, _ in differences)
        bound = next((bound for bound in BOUNDS if off < float(bound)), None)
        return Verdict(mark, bound, message) if bound else _wrong(f"{off:.0e}")
    sigmas = max(difference / (spread + FLOOR) for difference, spread in differences)
    if sigmas > MOST_SIGMAS:
        return _wrong(f"{sigmas:.0f} standard deviations")
    return Verdict(mark, f"{max(1, int(np.ceil(sigmas)))}σ", message)


def _wrong(off: str) -> Verdict:
    return Verdict("✗", message=f"The result is off by {off}.")
