"""Gate that reaches every special unitary matrix."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np

from qgate.arguments import is_text_among, whole_number
from qgate.arrays import namespace, opened, shape_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.exponentials import taylor_exponential
from qgate.operations.matrices import dagger
from qgate.operations.operator import Operator, without_recording
from qgate.operations.parameters import as_array, check_shape, in_floats
from qgate.operations.pauli_matrices import dense
from qgate.operations.pauli_words import from_letters
from qgate.operations.unitaries import QubitUnitary
from qgate.sizes import check_matrix, check_size
from qgate.typing import BoolArray, ComplexArray, FloatArray, Namespace, Tensor, WiresLike
from qgate.wires import Wires

MOST_DERIVED = 2**25
"""Maximum number of entries of the matrices from which the generators of all angles follow."""

INTERFACES = (None, "auto", "numpy", "autograd", "jax", "torch", "tf", "tensorflow")


class SpecialUnitary(Operator):
    r"""The gate exp(i sum_m theta_m P_m), with all Pauli words P_m but the identity.

    Parameters
    ----------
    theta : array, shape (4**n - 1,)
        Angles in radians, of the words in alphabetical order of their letters I, X, Y, Z, the last
        wire's changing fastest; may have a leading batch axis.
    wires : wires
        The n wires it acts on.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The angles have another shape.

    Notes
    -----
    The words do not commute, so the gate has no frequencies in its angles. A circuit holds its
    matrix, as a ``QubitUnitary``. First and second derivatives by methods with shifted circuits
    shift one rotation about each word before the present matrix, 4**n - 1 in total on at most five
    wires; ``backprop`` has any order. Reference: Wiersema et al., Quantum 8, 1275 (2024).

    Examples
    --------
    >>> qg.equal(
    ...     qg.QubitUnitary(qg.SpecialUnitary([0.0, 0.3, 0.0], wires=0).matrix(), wires=0),
    ...     qg.QubitUnitary(qg.RY(-0.6, wires=0).matrix(), wires=0),
    ... )
    True
    """

    has_decomposition = True
    ndim_params = (1,)
    is_custom = by_value = True

    def __init__(self, theta: Tensor, wires: WiresLike, id: str | None = None) -> None:
        on, angles = Wires(wires), in_floats(as_array(theta))
        check_shape("SpecialUnitary", "theta", angles, (4 ** len(on) - 1,))
        super().__init__((angles,), on, {"num_wires": len(on)}, id=id)

    @classmethod
    def compute_matrix(cls, theta: Tensor, num_wires: int | None = None) -> Tensor:
        """Return the matrix for these angles, shape (..., 2**n, 2**n).

        >>> qg.SpecialUnitary.compute_matrix([0.0, 0.0, 0.0], num_wires=1).real.tolist()
        [[1.0, 0.0], [0.0, 1.0]]
        """
        count = shape_of(theta)[-1] + 1 if shape_of(theta) else 0
        number = (count.bit_length() - 1) // 2 if num_wires is None else whole_number(num_wires)
        if number is None or number < 0:
            raise InvalidParameters(
                f"SpecialUnitary was given num_wires={described(num_wires)}. Give the number of "
                "wires."
            )
        (made,) = without_recording(lambda: [cls(theta, wires=range(number))])
        return opened(made.matrix())

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return taylor_exponential(self._exponent(parameters[0], xp), xp)

    def _exponent(self, theta: Tensor, xp: Namespace) -> Tensor:
        x, z = all_words(len(self.wires))
        if len(shape_of(theta)) == 1:
            return 1j * dense(theta, x, z, xp=xp)
        rows = [dense(theta[row], x, z, xp=xp) for row in range(shape_of(theta)[0])]
        return 1j * xp.stack(rows)

    def decomposition(self) -> list[Operator]:
        matrix = self.matrix()
        return without_recording(lambda: [QubitUnitary(matrix, self.wires, unitary_check=False)])

    def adjoint(self) -> Operator:
        return SpecialUnitary(-self.parameters[0], self.wires)

    # Derivatives -----------------------------------------------------------------------------

    def get_one_parameter_generators(self, interface: str | None = None) -> Tensor:
        """Return U^dagger dU/dtheta_m for each angle, shape (4**n - 1, 2**n, 2**n).

        Parameters
        ----------
        interface : str, optional
            Accepted as in PennyLane. The result is of the type of the angles, and differentiable.

        Raises
        ------
        InvalidParameters
            The angles have a batch axis, or there is no such interface.
        TooLarge
            There are more than five wires.
        """
        return opened(self._generators(interface))

    def get_one_parameter_coeffs(self, interface: str | None = None) -> Tensor:
        """Return the coefficients of the generators in the Pauli words, shape (4**n - 1,) * 2.

        The entry in row l, column m is that of the word l in the generator of the angle m.
        Arguments and errors as for ``get_one_parameter_generators``.
        """
        generators = self._generators(interface)
        size = shape_of(generators)[-1]
        words = np.reshape(pauli_basis_matrices(len(self.wires)), (-1, size * size))
        xp = namespace([generators])
        flat = xp.reshape(generators, (-1, size * size))
        return opened(xp.matmul(words.conj() / size, xp.swapaxes(flat, 0, 1)))

    def _generators(self, interface: str | None) -> Tensor:
        if interface is not None and not is_text_among(interface, INTERFACES):
            raise InvalidParameters(
                f"SpecialUnitary was given interface={described(interface)}. Its derivatives are "
                f"of the type of its angles. Leave it out."
            )
        (theta,) = self.parameters
        if self.batch_size is not None:
            raise InvalidParameters(
                "The generators of a SpecialUnitary with a batch of angles were asked for. Take "
                "one of the batch."
            )
        n, xp = len(self.wires), namespace([theta])
        entries = 4.0 ** (2 * n + 1)
        check_size(
            "All generators", entries, MOST_DERIVED, unit="entries", remedy="Use fewer wires."
        )
        exponent = self._exponent(theta, xp)
        # exp([[K, L], [0, K]]) has the derivative of exp(K) in the direction L in its corner.
        corner, both = np.array([[0, 1], [0, 0]]), np.eye(2)
        directions = 1j * np.kron(corner, pauli_basis_matrices(n))
        blocks = taylor_exponential(directions + _kron(both, exponent, xp), xp)
        size = 2**n
        return xp.matmul(dagger(blocks[0, :size, :size], xp=xp), blocks[:, :size, size:])


def _kron(left: FloatArray, right: Tensor, xp: Namespace) -> Tensor:
    size = len(left) * shape_of(right)[0]
    return xp.reshape(left[:, None, :, None] * right[None, :, None, :], (size, size))


def pauli_basis_strings(num_wires: int) -> list[str]:
    """Return all Pauli words on some wires but the identity, in alphabetical order.

    >>> qg.ops.qubit.special_unitary.pauli_basis_strings(1)
    ['X', 'Y', 'Z']
    """
    check_matrix(2 * _at_least_one(num_wires))
    return ["".join(word) for word in product("IXYZ", repeat=num_wires)][1:]


def pauli_basis_matrices(num_wires: int) -> ComplexArray:
    """Return the matrices of these words, shape (4**n - 1, 2**n, 2**n)."""
    x, z = all_words(_at_least_one(num_wires))
    single = [dense(np.ones(1), x[[row]], z[[row]]) for row in range(len(x))]
    return np.array(single)


@lru_cache(maxsize=16)
def all_words(n: int) -> tuple[BoolArray, BoolArray]:
    """Return the bits of all Pauli words on n wires but the identity, in alphabetical order."""
    return from_letters(pauli_basis_strings(n))


def _at_least_one(num_wires: object) -> int:
    number = whole_number(num_wires)
    if number is None or number < 1:
        raise InvalidParameters(
            f"Pauli words on num_wires={described(num_wires)} were asked for. Give a whole number, "
            "at least 1."
        )
    return number
