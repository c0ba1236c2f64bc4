"""Random product formula of time evolution."""

from __future__ import annotations

import numpy as np

from qgate.arguments import whole_number
from qgate.arrays import is_traced, unwrap
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.sizes import check_size
from qgate.templates.base import Options, checked_seed
from qgate.templates.subroutines.time_evolution import PauliEvolution, pauli_terms
from qgate.typing import FloatArray, Tensor


class QDrift(PauliEvolution):
    r"""Evolution exp(i H t) by terms of H that are drawn at random.

    n times, a term c_j P_j of H is drawn with probability abs(c_j) / s, where s is the sum of all
    abs(c_j), and exp(i t s sign(c_j) P_j / n) is applied.

    Parameters
    ----------
    hamiltonian : Operator
        Linear combination of at least two Pauli words with real weights, which are constants.
    time : float
        t; may have a batch axis.
    n : int
        Number of terms that are drawn.
    seed : int or None
        Seed of ``numpy.random.default_rng``; PennyLane draws the same terms from it. None draws
        other terms for each instance.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The Hamiltonian has terms other than Pauli words, fewer than two, or weights that are being
        differentiated; or n is less than 1.
    NotHermitian
        A weight is not real.

    Notes
    -----
    Cost: n rotations. Reference: Campbell, Phys. Rev. Lett. 123, 070503 (2019).
    """

    ndim_params = (0,)

    def __init__(
        self,
        hamiltonian: Operator,
        time: Tensor,
        n: int = 1,
        seed: int | None = None,
        id: str | None = None,
    ) -> None:
        time = self.checked("time", time)
        terms = _several_terms(hamiltonian)
        count = whole_number(n)
        if count is None or count < 1:
            raise InvalidParameters(
                f"QDrift was given n={described(n)}. Give the number of terms to draw, a whole "
                "number, at least 1."
            )
        check_size("QDrift", count, unit="rotations", remedy="Draw fewer terms.")
        options: Options = {
            "words": tuple(terms.words),
            "coefficients": tuple(_constants(terms).tolist()),
            "n": count,
            "seed": checked_seed("QDrift", seed),
        }
        super().__init__((time,), terms.wires, options, id=id)

    def gates(self, time: Tensor) -> list[Operator]:
        weights, n = np.array(self.options["coefficients"]), self.options["n"]
        whole = abs(weights).sum()
        rng = np.random.default_rng(self.options["seed"])
        drawn = rng.choice(np.arange(len(weights)), p=abs(weights) / whole, size=n)
        angles = -2 * np.sign(weights) * whole / n
        return [self.rotation(term, time * float(angles[term])) for term in drawn.tolist()]

    @staticmethod
    def error(hamiltonian: Operator, time: float, n: int = 1) -> float:
        """Return an upper bound of the error: 2 s**2 t**2 / n * exp(2 s t / n).

        It bounds the distance of the average channel from the exact evolution (diamond norm).

        >>> round(qg.QDrift.error(0.25 * qg.X(0) + 0.75 * qg.Z(0), time=1.2, n=10), 4)
        0.3661
        """
        whole = abs(_constants(_several_terms(hamiltonian))).sum()
        return float(2 * whole**2 * time**2 / n * np.exp(2 * whole * time / n))


def _several_terms(hamiltonian: Operator) -> PauliSum:
    """Return a Hamiltonian as a sum of at least two Pauli words."""
    terms = pauli_terms("QDrift", hamiltonian)
    if len(terms) < 2:
        raise InvalidParameters(
            f"QDrift was given a Hamiltonian with {len(terms)} term(s). It draws from at least "
            "two. Use qg.exp for one term."
        )
    return terms


def _constants(terms: PauliSum) -> FloatArray:
    """Return the weights as numbers; refuse those that are being differentiated."""
    if is_traced(terms.coefficients):
        raise InvalidParameters(
            "QDrift was given weights of its Hamiltonian that are being differentiated. Terms are "
            "drawn by their numbers. Use ApproxTimeEvolution or TrotterProduct, which train them."
        )
    return np.asarray(unwrap(terms.coefficients), dtype=float)
