"""Time evolution under a Hamiltonian, as products of rotations about its Pauli words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arguments import finite_numbers, truth
from qgate.arrays import is_traced, shape_of, unwrap
from qgate.exceptions import (
    GeneratorUndefinedError,
    InvalidParameters,
    NotHermitian,
    described,
)
from qgate.operations.operator import Operator
from qgate.operations.parameters import as_array, in_double, require_finite
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_rotations import word_rotation
from qgate.operations.pauli_words import product_phases
from qgate.recording import absorb
from qgate.sizes import check_size
from qgate.templates.base import Options, Template
from qgate.typing import Tensor


class PauliEvolution(Template):
    """Circuit of rotations about the Pauli words of a Hamiltonian.

    The words are hyperparameters; subclasses define the sequence of rotations in ``gates``.
    """

    def rotation(self, term: int, angle: Tensor) -> Operator:
        """Return exp(-i angle P / 2) for the word P of a term."""
        return word_rotation(angle, self.options["words"][term], self.wires)

    @classmethod
    def times_weights(cls, time: Tensor, terms: PauliSum) -> Tensor:
        """Return the products of time and weights, shape (T,), or (B, T) for a batch of times."""
        time = cls.checked("time", in_double(as_array(time)))
        with np.errstate(over="ignore"):  # infinite values are refused when the circuit runs
            return (time[..., None] if shape_of(time) else time) * terms.coefficients


class TrotterProduct(PauliEvolution):
    r"""Evolution exp(i H t) by a Suzuki-Trotter product.

    For H = sum_j c_j P_j and one step of order 1 it is prod_j exp(i t c_j P_j), the last term
    applied first. Order 2 is S_2(t) = prod_j exp(i t c_j P_j / 2), first term first, followed by
    the reverse order; order m is S_{m-2}(p t)**2 S_{m-2}((1 - 4 p) t) S_{m-2}(p t)**2 with p = 1 /
    (4 - 4**(1 / (m - 1))).

    Parameters
    ----------
    hamiltonian : Operator
        Linear combination of Pauli words with real weights.
    time : float
        t; may have a batch axis.
    n : int
        Number of steps, each of the time t / n.
    order : int
        1 or an even number.
    check_hermitian : bool
        Whether to raise for weights that are not real; otherwise their real parts are used.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The Hamiltonian has terms other than Pauli words, or the order or n is invalid.
    TooLarge
        There would be more rotations than ``qgate.sizes.MOST_OPERATIONS``.
    NotHermitian
        A weight is not real.

    Notes
    -----
    Its parameters are the products t c_j, one for each term, so time and weights can both be
    trained, and Hamiltonians with the same Pauli words share one structure. Cost: n * T rotations
    for order 1, 2 * 5**(m / 2 - 1) times as many for order m. Reference: Suzuki, J. Math. Phys. 32,
    400 (1991).
    """

    ndim_params = (1,)

    def __init__(
        self,
        hamiltonian: Operator,
        time: Tensor,
        n: int = 1,
        order: int = 1,
        check_hermitian: bool = True,
        id: str | None = None,
    ) -> None:
        terms = pauli_terms("TrotterProduct", hamiltonian, check_hermitian=check_hermitian)
        whole = isinstance(order, int | np.integer) and not isinstance(order, bool)
        if not whole or order < 1 or (order > 1 and order % 2):
            raise InvalidParameters(
                f"TrotterProduct was given order={described(order)}. The order is 1 or a "
                "positive even number."
            )
        _check_steps("TrotterProduct", n, rotations=step_size(len(terms), int(order)))
        options: Options = {"words": tuple(terms.words), "n": n, "order": order}
        super().__init__((self.times_weights(time, terms),), terms.wires, options, id=id)

    def gates(self, angles: Tensor) -> list[Operator]:
        options = self.options
        step = trotter_step(len(options["words"]), options["order"])
        one = [
            self.rotation(term, angles[term] * (-2 * fraction / options["n"]))
            for term, fraction in step
        ]
        return [gate for _ in range(options["n"]) for gate in one]


class ApproxTimeEvolution(PauliEvolution):
    r"""Evolution exp(-i H t) by n equal steps of first order, the first term applied first.

    Parameters
    ----------
    hamiltonian : Operator
        Linear combination of Pauli words with real weights.
    time : float
        t; may have a batch axis.
    n : int
        Number of steps, each of the time t / n.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The Hamiltonian has terms other than Pauli words, or n is less than 1.
    TooLarge
        There would be more rotations than ``qgate.sizes.MOST_OPERATIONS``.
    NotHermitian
        A weight is not real.

    Notes
    -----
    Its parameters are the products t c_j of time and weights, so both can be trained.
    Multiples of the identity give a global phase. Cost: n * T rotations.
    """

    ndim_params = (1,)

    def __init__(self, hamiltonian: Operator, time: Tensor, n: int, id: str | None = None) -> None:
        terms = pauli_terms("ApproxTimeEvolution", hamiltonian).merged()
        _check_steps("ApproxTimeEvolution", n, rotations=len(terms))
        options: Options = {"words": tuple(terms.words), "n": n}
        super().__init__((self.times_weights(time, terms),), terms.wires, options, id=id)

    def gates(self, angles: Tensor) -> list[Operator]:
        words, n = self.options["words"], self.options["n"]
        one = [self.rotation(term, angles[term] * (2 / n)) for term in range(len(words))]
        return [gate for _ in range(n) for gate in one]


class CommutingEvolution(PauliEvolution):
    r"""Evolution exp(-i H t) under a Hamiltonian whose terms commute; exact.

    Parameters
    ----------
    hamiltonian : Operator
        Linear combination of Pauli words that commute, with real weights.
    time : float
        t; may have a batch axis.
    frequencies : sequence of float, optional
        The distinct differences of eigenvalues of H. If given, the shift rule is applied to t of
        the whole evolution; otherwise to each rotation.
    shifts : sequence of float, optional
        Shifts of t for the shift rule, as many as frequencies.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The Hamiltonian has terms other than Pauli words, two that do not commute, or weights that
        are being differentiated: they are constants here (``ApproxTimeEvolution`` trains them).
    NotHermitian
        A weight is not real.
    """

    ndim_params = (0,)

    def __init__(
        self,
        hamiltonian: Operator,
        time: Tensor,
        frequencies: Sequence[float] | None = None,
        shifts: Sequence[float] | None = None,
        id: str | None = None,
    ) -> None:
        time = self.checked("time", time)
        terms = pauli_terms("CommutingEvolution", hamiltonian).merged()
        _check_constant(terms)
        _check_commuting(terms)
        options: Options = {
            "words": tuple(terms.words),
            "coefficients": tuple(unwrap(terms.coefficients).tolist()),
            "frequencies": _floats("frequencies", frequencies),
            "shifts": _floats("shifts", shifts),
        }
        super().__init__((time,), terms.wires, options, id=id)

    def gates(self, time: Tensor) -> list[Operator]:
        weights = self.options["coefficients"]
        return [self.rotation(term, time * (2 * weight)) for term, weight in enumerate(weights)]

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        given = self.options["frequencies"]
        if given is None:
            raise GeneratorUndefinedError(
                "CommutingEvolution was given no frequencies. Give frequencies, or decompose it."
            )
        return [given]


def pauli_terms(template: str, hamiltonian: Operator, *, check_hermitian: bool = True) -> PauliSum:
    """Return a Hamiltonian as a sum of Pauli words with real weights, or refuse it."""
    absorb(hamiltonian)
    terms = hamiltonian.pauli_rep if isinstance(hamiltonian, Operator) else None
    if terms is None:
        raise InvalidParameters(
            f"{template} was given the Hamiltonian {described(hamiltonian)}. It evolves under "
            "linear combinations of Pauli words. Write the Hamiltonian as one; "
            "qg.pauli_decompose writes a matrix so."
        )
    require_finite(template, terms.parameters)
    if truth(template, "check_hermitian", check_hermitian) and not terms.is_hermitian:
        raise NotHermitian(observable=repr(terms))
    return terms.real()


def trotter_step(count: int, order: int) -> list[tuple[int, float]]:
    """Return one Trotter step of ``count`` terms: (term, fraction of time), first applied first."""
    forward = [(term, 0.5) for term in range(count)]
    if order == 1:
        return [(term, 1.0) for term in reversed(range(count))]
    if order == 2:
        return forward + forward[::-1]
    p = 1 / (4 - 4 ** (1 / (order - 1)))
    inner = trotter_step(count, order - 2)
    return [(term, part * inside) for part in (p, p, 1 - 4 * p, p, p) for term, inside in inner]


def step_size(count: int, order: int) -> float:
    """Return the number of rotations of one step of ``trotter_step``."""
    return count if order == 1 else 2.0 * count * 5.0 ** min(order // 2 - 1, 400)


def _check_steps(template: str, n: int, *, rotations: float) -> None:
    if not isinstance(n, int | np.integer) or isinstance(n, bool) or n < 1:
        raise InvalidParameters(
            f"{template} was given n={described(n)}. The number of steps is an integer, at least 1."
        )
    check_size(
        template,
        int(n) * int(rotations),
        unit="rotations",
        remedy="Take fewer steps, a lower order or fewer terms.",
    )


def _check_constant(terms: PauliSum) -> None:
    if is_traced(terms.coefficients):
        raise InvalidParameters(
            "CommutingEvolution was given weights of its Hamiltonian that are being "
            "differentiated. Its weights are constants. Use ApproxTimeEvolution(hamiltonian, time, "
            "n=1), which trains them."
        )


def _check_commuting(terms: PauliSum) -> None:
    exponents = product_phases((terms.x, terms.z), (terms.x, terms.z))
    clashes = np.argwhere(exponents & 1)
    if len(clashes):
        pair = " and ".join(terms.words[term] for term in clashes[0])
        raise InvalidParameters(
            f"CommutingEvolution was given a Hamiltonian in which {pair} (on the wires "
            f"{list(terms.wires)}) do not commute. All its terms have to commute. "
            "Use ApproxTimeEvolution or TrotterProduct."
        )


def _floats(argument: str, values: Sequence[float] | None) -> tuple[float, ...] | None:
    """Return the finite numbers of an argument; None for None."""
    if values is None:
        return None
    numbers = finite_numbers(values)
    if numbers is None:
        raise InvalidParameters(
            f"CommutingEvolution was given {argument}={described(values)}. Give a sequence of "
            "finite numbers."
        )
    return numbers
