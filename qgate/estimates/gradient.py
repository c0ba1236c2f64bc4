"""A gradient, how well it is known, and what it took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from qgate.budget import Budget
from qgate.exceptions import MissingExtra
from qgate.typing import FloatArray

MOST_ROWS = 40
"""More components are left out of a table."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What was planned and what was spent.

    Parameters
    ----------
    planned_shots, shots : int
    submissions : int
    usd : float or None
        None: it is not known what the device costs.
    rounds : int
    circuits : int
        How many different circuits ran.
    job_ids : tuple of str
        Where a run keeps a journal.
    """

    planned_shots: int
    shots: int
    submissions: int
    usd: float | None
    rounds: int
    circuits: int
    job_ids: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Differences:
    """The steps of finite differences, and what they were chosen by.

    Parameters
    ----------
    steps : array, shape (L,)
        In radians: of each angle of a gate, or of each direction of ``spsa``.
    curvatures : array, shape (L,)
        About how large the derivatives are that the differences err by: the third along each
        angle or direction for central differences.
    source : {"words", "shots"}
        What the curvatures are from: the weights of the observable and the frequencies of the
        gates, or a first round of shots beside them.
    bias : array, shape (G,)
        About how far each derivative is off because of the steps.
    """

    steps: FloatArray
    curvatures: FloatArray
    source: str
    bias: FloatArray

    def __str__(self) -> str:
        steps, off = np.abs(self.steps), float(np.linalg.norm(self.bias))
        return (
            f"differences with steps of {steps.min():.2g} to {steps.max():.2g} radians, curvatures "
            f"from {self.source}, off by about {off:.2g} in all"
        )


@dataclass(frozen=True, eq=False)
class GradientEstimate:
    """A gradient with errors; where an array is wanted it is the gradient.

    Parameters
    ----------
    value, value_error : float or None
        Of the QNode, and its standard error; None: not asked for.
    flat : array, shape (G,)
        The derivatives by all arguments one after the other.
    covariance : array, shape (G, G)
        Of these.
    shapes : tuple of tuple of int
        Of the arguments.
    bare : bool
        Whether ``gradient`` is the one array by itself.
    cost : Cost
    budget : Budget
        What was allowed.
    pruned : float
        The part of all pairs of a shifted circuit and a word that needs no shots, because the
        derivative is zero whatever the angles.
    gain : float
        By how much equal shots for every circuit would have had a larger mean squared error,
        from the variances that were measured.
    drawn : int
        Circuits that ran by chance only, because there are too few shots for all.
    biased : bool
        Whether the estimate is of something else: a finite difference, or shrunk.
    circuit_variances : array, shape (rows, bases)
        One-shot variances, for the next estimate's ``prior``.
    differences : Differences or None
        None: by shift rules, which take none.
    """

    value: float | None
    value_error: float | None
    flat: FloatArray
    covariance: FloatArray
    shapes: tuple[tuple[int, ...], ...]
    bare: bool
    cost: Cost
    budget: Budget
    pruned: float
    gain: float
    drawn: int
    biased: bool
    circuit_variances: FloatArray = field(repr=False)
    differences: Differences | None = None

    @property
    def gradient(self) -> Any:
        """The derivative by each argument in its shape; a tuple unless one was asked for."""
        return self._shaped(self.flat)

    @property
    def standard_error(self) -> Any:
        """That of each component, in the form of ``gradient``."""
        return self._shaped(np.sqrt(np.maximum(np.diag(self.covariance), 0.0)))

    @property
    def snr(self) -> float:
        """The squared length of the gradient over the sum of the variances."""
        total = float(np.trace(self.covariance))
        return float(self.flat @ self.flat) / total if total > 0 else float("inf")

    @property
    def shots(self) -> int:
        """How many were spent."""
        return self.cost.shots

    @property
    def submissions(self) -> int:
        """How many were sent."""
        return self.cost.submissions

    @property
    def usd(self) -> float | None:
        """US dollars; None: not known."""
        return self.cost.usd

    @property
    def rounds(self) -> int:
        """In how many rounds it was measured."""
        return self.cost.rounds

    @property
    def job_ids(self) -> tuple[str, ...]:
        """The provider's names of what was sent, where a run keeps a journal."""
        return self.cost.job_ids

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        values = self._shaped(self.flat) if self.bare else self.flat
        return np.array(values, dtype=dtype)

    def __float__(self) -> float:
        return float(self.gradient)

    def __len__(self) -> int:
        return len(np.asarray(self))

    def __iter__(self) -> Iterator[Any]:
        return iter(np.asarray(self))

    def plot(self) -> Any:
        """Draw the components with bars of one standard error; needs matplotlib.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        MissingExtra
            matplotlib is not installed.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise MissingExtra(what="plot", extra="viz") from error
        figure = Figure(figsize=(6.4, 3.2), layout="constrained")
        axes = figure.add_subplot()
        places = np.arange(len(self.flat))
        axes.axhline(0, color="0.7", linewidth=0.8)
        axes.errorbar(
            places, self.flat, yerr=self._errors(), fmt="o", markersize=4, capsize=3, color="C0"
        )
        axes.set_xlabel("parameter")
        axes.set_ylabel("derivative")
        axes.set_title(f"{self.shots} shots, signal to noise {self.snr:.3g}", fontsize="medium")
        return figure

    def __str__(self) -> str:
        return "\n".join([*self._summary(), *(f"  {row}" for row in self._rows())])

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{escape(row)}</td></tr>" for row in self._rows())
        summary = "<br>".join(map(escape, self._summary()))
        return f"<p>{summary}</p><table>{rows}</table>"

    def _shaped(self, flat: FloatArray) -> Any:
        parts, start = [], 0
        for shape in self.shapes:
            size = int(np.prod(shape))
            parts.append(flat[start : start + size].reshape(shape))
            start += size
        return parts[0] if self.bare else tuple(parts)

    def _errors(self) -> FloatArray:
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0.0)))

    def _rows(self) -> list[str]:
        pairs = list(zip(self.flat, self._errors(), strict=True))
        shown = [f"{value: .6f} ± {error:.6f}" for value, error in pairs[:MOST_ROWS]]
        return shown + (["..."] if len(pairs) > MOST_ROWS else [])

    def _summary(self) -> list[str]:
        cost = self.cost
        price = "" if cost.usd is None else f", {cost.usd:.2f} USD"
        lines = [] if self.value is None else [f"value {self.value:.6f} ± {self.value_error:.6f}"]
        lines.append(
            f"gradient from {cost.shots} of {cost.planned_shots} shots, {cost.circuits} circuits, "
            f"{cost.rounds} round(s), {cost.submissions} submission(s){price}"
        )
        lines.append(
            f"signal to noise {self.snr:.3g}, {self.gain:.3g} times as good as equal shots, "
            f"{100 * self.pruned:.0f} % pruned" + (", biased" if self.biased else "")
        )
        if self.differences is not None:
            lines.append(str(self.differences))
        return lines
