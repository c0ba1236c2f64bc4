"""Estimate of a gradient, with its covariance and its usage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from qgate.budget import Budget
from qgate.exceptions import MissingExtra
from qgate.mitigation.method import Mitigated
from qgate.short_repr import error_bars, fields_summary
from qgate.shot_allocation.estimation_request import split_results
from qgate.shot_allocation.estimation_result import Cost, Differences
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Shaped: TypeAlias = FloatArray | tuple[FloatArray, ...]
"""An array for one argument, a tuple for several."""

MOST_ROWS = 40
"""Maximum number of components in a table."""


@dataclass(frozen=True, eq=False)
class GradientEstimate:
    """Gradient with standard errors; converts to the gradient where an array is required.

    Parameters
    ----------
    value, value_error : float or None
        Value of the QNode and its standard error; None: not requested.
    flat : array, shape (G,)
        Derivatives by all arguments, one after the other.
    covariance : array, shape (G, G)
        Of the derivatives.
    shapes : tuple of tuple of int
        Of the arguments.
    bare : bool
        Whether ``gradient`` is a single array.
    cost : Cost
    budget : Budget or None
        Limit of the estimation; None: averages over trajectories, which have none.
    pruned : float
        Share of all pairs of a shifted circuit and a Pauli word that require no shots, because the
        derivative is zero at any angles.
    gain : float
        Mean squared error with equal shots for every circuit, relative to that of this allocation,
        from the measured variances.
    drawn : int
        Number of circuits that ran with a probability below 1, because there are too few shots.
    biased : bool
        Whether the estimate is biased: by finite differences or by shrinking.
    circuit_variances : array, shape (rows, bases)
        One-shot variances, for the next estimate's ``prior``.
    differences : Differences or None
        None: shift rules were used, not finite differences.
    trajectories : int
        Number of trajectories over which exact values were averaged; 0: the errors are of shots.
    mitigation : Mitigated or None
        What a method against the device's errors did; None: there was none.
    """

    value: float | None
    value_error: float | None
    flat: FloatArray
    covariance: FloatArray
    shapes: tuple[tuple[int, ...], ...]
    bare: bool
    cost: Cost
    budget: Budget | None
    pruned: float
    gain: float
    drawn: int
    biased: bool
    circuit_variances: FloatArray = field(repr=False)
    differences: Differences | None = None
    trajectories: int = 0
    mitigation: Mitigated | None = field(default=None, repr=False)

    @property
    def gradient(self) -> Shaped:
        """Derivative by each argument in its shape; a tuple for several arguments."""
        return self._shaped(self.flat)

    @property
    def standard_error(self) -> Shaped:
        """Standard error of each component, in the form of ``gradient``."""
        return self._shaped(self._errors())

    @property
    def systematic_error(self) -> Shaped | None:
        """Expected size of the errors that shots do not lower, in the form of ``gradient``.

        None: without mitigation the errors of a device are unknown.
        """
        floors = self._floors()
        return None if floors is None else self._shaped(floors)

    @property
    def total_error(self) -> Shaped | None:
        """Root of the sum of both squared errors, in the form of ``gradient``; None: unknown."""
        floors = self._floors()
        return None if floors is None else self._shaped(np.hypot(self._errors(), floors))

    @property
    def value_systematic_error(self) -> float | None:
        """Systematic error of the value; None: unknown, or the value was not requested."""
        if self.mitigation is None or self.value is None:
            return None
        return float(self.mitigation.systematic_error[0, 0])

    @property
    def snr(self) -> float:
        """Signal-to-noise ratio: squared length of the gradient over the sum of the variances."""
        total = float(np.trace(self.covariance))
        return float(self.flat @ self.flat) / total if total > 0 else float("inf")

    @property
    def shots(self) -> int:
        """Number of shots."""
        return self.cost.shots

    @property
    def submissions(self) -> int:
        """Number of submissions."""
        return self.cost.submissions

    @property
    def usd(self) -> float | None:
        """US dollars; None: unknown."""
        return self.cost.usd

    @property
    def rounds(self) -> int:
        """Number of rounds."""
        return self.cost.rounds

    @property
    def job_ids(self) -> tuple[str, ...]:
        """The provider's ids of the jobs, where a run keeps a journal."""
        return self.cost.job_ids

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> FloatArray:
        values = self._shaped(self.flat) if self.bare else self.flat
        return np.array(values, dtype=dtype)

    def __float__(self) -> float:
        return float(self.gradient)  # type: ignore[arg-type]  # a tuple raises TypeError

    def __len__(self) -> int:
        return len(np.asarray(self))

    def __iter__(self) -> Iterator[FloatArray]:
        return iter(np.asarray(self))

    def plot(self) -> Figure:
        """Draw the components with bars of one standard error; requires matplotlib.

        With mitigation, the inner bars are standard errors (shots), the outer ones total errors.

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
        errors, floors = self._errors(), self._floors()
        if floors is not None:
            whole = np.hypot(errors, floors)
            axes.errorbar(places, self.flat, yerr=whole, fmt="none", capsize=5, color="C1")
        axes.errorbar(places, self.flat, yerr=errors, fmt="o", markersize=4, capsize=3, color="C0")
        if floors is not None:
            axes.legend(axes.containers, ["total", "shots"])
        axes.set_xlabel("parameter")
        axes.set_ylabel("derivative")
        used = f"{self.shots} shots" if self.shots else f"{self.trajectories} trajectories"
        axes.set_title(f"{used}, signal to noise {self.snr:.3g}", fontsize="medium")
        return figure

    def __str__(self) -> str:
        return "\n".join([*self._summary(), *(f"  {row}" for row in self._rows())])

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{escape(row)}</td></tr>" for row in self._rows())
        summary = "<br>".join(map(escape, self._summary()))
        return f"<p>{summary}</p><table>{rows}</table>"

    def _shaped(self, flat: FloatArray) -> Shaped:
        parts = tuple(part[0] for part in split_results(flat, 1, self.shapes))
        return parts[0] if self.bare else parts

    def _errors(self) -> FloatArray:
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0.0)))

    def _floors(self) -> FloatArray | None:
        """Return the systematic error of each component, shape (G,); None: unknown."""
        found = self.mitigation
        return None if found is None else found.systematic_error[0, -len(self.flat) :]

    def _rows(self) -> list[str]:
        floors = self._floors()
        known = [None] * len(self.flat) if floors is None else floors.tolist()
        parts = list(zip(self.flat, self._errors(), known, strict=True))
        shown = [
            f"{value: .6f}{error_bars(error, floor)}" for value, error, floor in parts[:MOST_ROWS]
        ]
        return shown + (["..."] if len(parts) > MOST_ROWS else [])

    def _summary(self) -> list[str]:
        cost = self.cost
        price = "" if cost.usd is None else f", {cost.usd:.2f} USD"
        value = []
        if self.value is not None and self.value_error is not None:
            bars = error_bars(self.value_error, self.value_systematic_error)
            value = [f"value {self.value:.6f}{bars}"]
        if self.trajectories:
            return [
                *value,
                f"gradient from {self.trajectories} trajectories of {cost.circuits} circuits",
                f"signal to noise {self.snr:.3g}" + (", biased" if self.biased else ""),
            ]
        return [
            *value,
            f"gradient from {cost.shots} of {cost.planned_shots} shots, {cost.circuits} circuits, "
            f"{cost.rounds} round(s), {cost.submissions} submission(s){price}",
            f"signal to noise {self.snr:.3g}, {self.gain:.3g} times as good as equal shots, "
            f"{100 * self.pruned:.0f} % pruned" + (", biased" if self.biased else ""),
            *([] if self.differences is None else [str(self.differences)]),
        ]

    __repr__ = fields_summary
