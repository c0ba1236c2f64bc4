"""Interface of a mitigation method: rows that it adds, outputs that it reads from all samples.

Shapes: R requested rows (a batch), N added rows, K = R + N; P angles of a row; S points that a
derivative needs around each row, the unshifted one first; T Pauli words; O outputs of a row, which
are the requested values and derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from qgate.exceptions import UnsupportedEstimate, described
from qgate.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Target:
    """Request, before anything is measured.

    Parameters
    ----------
    rows : array, shape (R, P)
        Angles in radians.
    trained : tuple of int
        Angles by which derivatives are requested; all angles, if none are.
    shots : int
        Shots of the whole budget, as far as it is known; 0: it limits dollars or submissions only.
    circuits : int
        Number of circuits (points and measurement bases) of one row.
    wires : int
        Number of wires of the circuit.
    word_wires : float
        Number of wires of the measured Pauli words, averaged by their weights.
    calibrates : bool
        Whether the device can run a calibration of the readout on the qubits of the circuits.
    """

    rows: FloatArray
    trained: tuple[int, ...]
    shots: int
    circuits: int
    wires: int
    word_wires: float = 1.0
    calibrates: bool = True


@dataclass(frozen=True, eq=False)
class Added:
    """Rows that run beside the requested ones, each at all points and in all bases.

    Parameters
    ----------
    rows : array, shape (N, P)
        Angles in radians.
    shares : array, shape (N,)
        Share of all shots for each row. Their sum is below 1; the rest is for the requested rows.
    folds : array of int, shape (N,)
        Odd factors by which the gates of each row are repeated, G to G (G^-1 G)^k; 1: none.
    solved : bool
        Whether the method reads ``Measured.exact``.
    calibration : float
        Share of all shots for a calibration of the readout, with which all that is measured is
        then corrected; 0: none.
    value_share : float, optional
        Share of an added row's shots for its values, where it has derivatives too; default: as for
        the requested rows.
    """

    rows: FloatArray
    shares: FloatArray
    folds: IntArray
    solved: bool = False
    calibration: float = 0.0
    value_share: float | None = None

    def __post_init__(self) -> None:
        """Refuse rows, shares and folds that do not fit each other, before anything is sent.

        Raises
        ------
        UnsupportedEstimate
        """
        size, shares = np.shape(self.rows)[:1], np.asarray(self.shares)
        folds = np.asarray(self.folds)
        if np.ndim(self.rows) != 2 or shares.shape != size or folds.shape != size:
            shapes = ", ".join(str(np.shape(part)) for part in (self.rows, shares, folds))
            raise UnsupportedEstimate(
                what=f"added rows, shares and folds of the shapes {shapes}",
                remedy="They are (N, P), (N,) and (N,) for N rows of P angles.",
            )
        if (shares < 0).any() or shares.sum() + self.calibration >= 1:
            raise UnsupportedEstimate(
                what=f"added rows with shares of {described(shares.tolist())} of the shots",
                remedy="Shares are not negative, and their sum, with that of a calibration, is "
                "below 1.",
            )
        if ((folds % 2 != 1) | (folds < 1)).any():
            raise UnsupportedEstimate(
                what=f"added rows with gates that run {described(folds.tolist())} times",
                remedy="Folds are odd: 1, 3, 5, ...",
            )

    @classmethod
    def nothing(cls, angles: int) -> Added:
        """Return no rows."""
        return cls(np.zeros((0, angles)), np.zeros(0), np.ones(0, dtype=np.int64))


class Measured(Protocol):
    """Samples of all K rows, requested ones first, as a method reads them."""

    @property
    def num_targets(self) -> int:
        """R, the number of requested rows."""

    @property
    def num_values(self) -> int:
        """Number of values among the outputs of a row, before the derivatives."""

    @property
    def wires(self) -> int:
        """Number of wires of the circuit."""

    @property
    def supports(self) -> BoolArray:
        """Whether each Pauli word acts on each measured wire, shape (T, n)."""

    @property
    def outputs(self) -> FloatArray:
        """Outputs of all rows as they were measured, shape (K, O)."""

    @property
    def covariance(self) -> FloatArray:
        """Their covariance by shots, shape (K, O, O).

        Different rows are independent, apart from what they have in ``shared``.
        """

    @property
    def shared(self) -> FloatArray:
        """Errors by the calibration of the readout, in all rows at once, shape (K, O, D).

        The covariance of rows k and m by the calibration is ``shared[k] @ shared[m].T``.
        """

    @property
    def readout_errors(self) -> FloatArray | None:
        """Errors p(1|0) and p(0|1) of each wire, shape (2, wires); None: no calibration ran."""

    @property
    def constants(self) -> FloatArray:
        """Part of each output that is not measured, shape (O,)."""

    @property
    def contributions(self) -> FloatArray:
        """Parts of the outputs by Pauli word, shape (K, O, T); outputs less constants are sums.

        Points at which a Pauli word was not measured are left out, here and in ``exact``.
        """

    @property
    def contribution_variances(self) -> FloatArray:
        """Variances of the contributions by shots, shape (K, O, T); infinite: not measured."""

    @property
    def exact(self) -> FloatArray:
        """Contributions of the added rows without noise and shots, shape (N, O, T)."""

    def weighted(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return outputs whose contributions are multiplied, and their covariance by shots.

        Parameters
        ----------
        weights : array, shape (R, O, T) or (O, T)
            Factors for the contributions of the requested rows.

        Returns
        -------
        outputs : array, shape (R, O)
        covariance : array, shape (R, O, O)
        """


@dataclass(frozen=True, eq=False)
class Mitigated:
    """Outputs of the requested rows with both kinds of error.

    Parameters
    ----------
    outputs : array, shape (R, O)
    covariance : array, shape (R, O, O)
        By shots, those of the added rows included.
    systematic_error : array, shape (R, O)
        Expected size of what shots do not lower.
    text : str
        What was done, in a sentence.
    candidates : tuple of Mitigated
        What was compared, where a method chose among several.
    """

    outputs: FloatArray
    covariance: FloatArray
    systematic_error: FloatArray
    text: str
    candidates: Sequence[Mitigated] = field(default=(), repr=False)

    @property
    def total_error(self) -> FloatArray:
        """Root of the sum of both squared errors, shape (R, O)."""
        shots = np.maximum(np.diagonal(self.covariance, axis1=1, axis2=2), 0.0)
        return np.asarray(np.sqrt(shots + self.systematic_error**2))


@runtime_checkable
class Mitigation(Protocol):
    """Method against the errors of a device."""

    @property
    def name(self) -> str:
        """Name in results and texts."""

    def added(self, target: Target, random: np.random.Generator) -> Added:
        """Return rows that run beside the requested ones; a repeated run gets the same numbers."""

    def mitigated(self, measured: Measured) -> Mitigated:
        """Return the outputs of the requested rows from the samples of all rows."""
