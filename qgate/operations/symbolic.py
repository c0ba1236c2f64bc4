"""Wrappers of one operator: its adjoint and powers.

Wrappers nest in any order. Controls are in ``controls.py``, exponentials in ``exponentials.py``.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Self, cast

import numpy as np

from qgate.arrays import framework_of, is_traced, shape_of, unwrap
from qgate.exceptions import (
    DecompositionUndefinedError,
    DifferentiationError,
    GeneratorUndefinedError,
    InvalidParameters,
    described,
)
from qgate.operations.gate import GATES
from qgate.operations.labels import Cache, enclosed_label, superscript
from qgate.operations.matrices import circuit_matrix, dagger, diagonal_of
from qgate.operations.operator import (
    ALGEBRA,
    Operator,
    ParameterKind,
    require_operators,
    without_recording,
)
from qgate.operations.parameters import in_floats, is_numeric
from qgate.operations.pauli import PauliSum
from qgate.operations.spectra import frequencies
from qgate.operations.spelling import bracketed
from qgate.recording import absorb, replace
from qgate.sizes import MOST_OPERATIONS, check_size, nested
from qgate.typing import ComplexArray, FloatArray, Namespace, Tensor, Wire, WiresLike

DENSE_WIRES = 6
"""Maximum number of wires on which a high power of a gate is computed as one matrix."""

MOST_SQUARED = 1000
"""Whole powers up to this exponent are computed by repeated squaring."""


class Wrapper(Operator):
    """Operator derived from another operator, its ``base``, with the base's parameters.

    A subclass provides ``canonical_matrix``. The base is removed from the recording.
    """

    def __init__(
        self,
        base: Operator,
        wires: WiresLike,
        hyperparameters: Mapping[str, Hashable] | None = None,
        *,
        parameters: Sequence[Tensor] | None = None,
        id: str | None = None,
    ) -> None:
        require_operators(type(self).__name__, base)
        self.nesting = nested(type(self).__name__, base)
        if base.is_custom:
            self.is_custom, self.by_value = True, base.by_value
        absorb(base)
        self._base = base
        numbers = base.parameters if parameters is None else parameters
        super().__init__(numbers, wires, hyperparameters, id=id)

    @property
    def base(self) -> Operator:
        """The wrapped operator."""
        return self._base

    @property
    def has_matrix(self) -> bool:
        """Whether the base has a matrix."""
        return self.base.has_matrix

    @property
    def has_decomposition(self) -> bool:
        """Whether the base has a decomposition."""
        return self.base.has_decomposition

    @property
    def is_gate(self) -> bool:
        """Whether the base is a gate."""
        return self.base.is_gate

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return self.base.ndim_params

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return self.base.parameter_kinds

    @property
    def signature(self) -> Hashable:
        options = tuple(sorted(self._hyperparameters.items()))
        return type(self), self.wires, options, self.base.signature

    def with_parameters(self, parameters: Sequence[Tensor]) -> Self:
        other = super().with_parameters(parameters)
        other._base = self.base.with_parameters(parameters)
        return other

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        other = super().map_wires(wire_map)
        other._base = self.base.map_wires(wire_map)
        return other

    @property
    def is_diagonal(self) -> bool:
        return self.base.is_diagonal

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base!r})"


class Adjoint(Wrapper):
    """The adjoint of an operator.

    Parameters
    ----------
    base : Operator
    id : str, optional
    """

    def __init__(self, base: Operator, id: str | None = None) -> None:
        super().__init__(base, getattr(base, "wires", ()), id=id)

    @property
    def name(self) -> str:
        return f"Adjoint({self.base.name})"

    @property
    def has_decomposition(self) -> bool:
        """Whether the base has a decomposition, or an adjoint in closed form."""
        return self.base.has_decomposition or self._closed_form() is not None

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return dagger(self.base.canonical_matrix(parameters, xp), xp=xp)

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return xp.conj(self.base.canonical_diagonal(parameters, xp))

    def generator_matrix(self) -> Tensor:
        return -self.base.generator_matrix()

    def generator_eigenvalues(self) -> FloatArray:
        return -self.base.generator_eigenvalues()

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        return self.base.parameter_frequencies

    def _closed_form(self) -> Operator | None:
        """Return the adjoint in closed form, without this class, where the base has one."""
        (found,) = without_recording(lambda: [self.base.adjoint()])
        return None if isinstance(found, Adjoint) else found

    def factors(self) -> list[Operator]:
        return without_recording(lambda: [part.adjoint() for part in reversed(self.base.factors())])

    def decomposition(self) -> list[Operator]:
        closed = self._closed_form()
        if closed is not None:
            return [closed]
        parts = self.base.decomposition()
        return without_recording(lambda: [part.adjoint() for part in reversed(parts)])

    def adjoint(self) -> Operator:
        return self.base

    def pow(self, z: float) -> list[Operator]:
        return [part.adjoint() for part in reversed(self.base.pow(z))]

    def simplify(self) -> Operator:
        return self.base.simplify().adjoint()

    def eigvals(self) -> Tensor:
        return np.conj(self.base.eigvals())

    def diagonalizing_gates(self) -> list[Operator]:
        return self.base.diagonalizing_gates()

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        return f"{enclosed_label(self.base.label(decimals, base_label, cache))}†"

    @property
    def is_hermitian(self) -> bool:
        return self.base.is_hermitian

    @property
    def pauli_rep(self) -> PauliSum | None:
        base = self.base.pauli_rep
        return None if base is None else base.adjoint()


class Pow(Wrapper):
    """A power of an operator.

    Parameters
    ----------
    base : Operator
    z : float
        The exponent. Whole powers are products; other powers of exp(i x G) are exp(i z x G),
        and of anything else the principal ones.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The exponent is not a real number.
    """

    def __init__(self, base: Operator, z: float = 1, id: str | None = None) -> None:
        super().__init__(base, getattr(base, "wires", ()), {"z": real_number(z)}, id=id)

    @property
    def z(self) -> float:
        """The exponent."""
        return cast(float, self.hyperparameters["z"])

    @property
    def name(self) -> str:
        return f"{self.base.name}**{self.z}"

    @property
    def _is_whole(self) -> bool:
        return self.z == int(self.z)

    @property
    def has_decomposition(self) -> bool:
        """Whether it is a product, a gate with another angle, or a constant matrix."""
        return self._is_whole or self._is_constant or _turns(self.base)

    @property
    def _is_constant(self) -> bool:
        return self.has_matrix and ParameterKind.ANGLES not in self.parameter_kinds

    def _rewritten(self) -> list[Operator] | None:
        """Return the power in terms of other gates, where the base has a rule, else None.

        A base that is a single rotation up to phases is rotated by ``z`` times the angle.
        """
        parts = without_recording(lambda: self.base.pow(self.z))
        if not (len(parts) == 1 and isinstance(parts[0], Pow)):
            return parts
        if self._has_traced_array:  # a decomposition by its numbers has no derivative
            return None
        turns = self.base.decomposition() if self.base.has_decomposition else []
        if sum(part.name != "GlobalPhase" for part in turns) != 1 or not all(map(_turns, turns)):
            return None
        return without_recording(lambda: [each for part in turns for each in part.pow(self.z)])

    @property
    def _has_traced_array(self) -> bool:
        values = zip(self.parameters, self.parameter_kinds, strict=True)
        return any(is_traced(value) for value, kind in values if kind is not ParameterKind.ANGLES)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        if self._is_whole and abs(self.z) <= MOST_SQUARED:
            matrix = self.base.canonical_matrix(parameters, xp)
            if self.z < 0 and self.base.is_gate:
                return _whole_power(dagger(matrix, xp=xp), -int(self.z), xp)
            return _whole_power(matrix, int(self.z), xp)
        parts = self.with_parameters(parameters)._rewritten()
        if parts is None:
            matrix = self.base.canonical_matrix(parameters, xp)
            if self._is_whole:
                return self._high_power(matrix, xp)
            if is_traced(matrix):
                raise DifferentiationError(
                    f"The matrix of {self!r} cannot be differentiated: its principal root is found "
                    "by an eigendecomposition. Use diff_method='parameter-shift' (central "
                    "differences for this gate), or a whole power."
                )
            return principal_power(matrix, self.z)
        return circuit_matrix(parts, self.wires, xp=xp)

    def _high_power(self, matrix: Tensor, xp: Namespace) -> Tensor:
        """Return a whole power above ``MOST_SQUARED``."""
        if self.base.is_gate and not is_traced(matrix):
            return unitary_power(np.asarray(unwrap(matrix)), self.z)
        with np.errstate(over="ignore", invalid="ignore"):
            power = _whole_power(matrix, int(self.z), xp)
        if not is_traced(power) and not np.isfinite(unwrap(power)).all():
            remedy = "Take a lower power."
            check_size(f"{self!r}", np.inf, unit="as an entry of its matrix", remedy=remedy)
        return power

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return diagonal_of(self.canonical_matrix(parameters, xp))

    def generator_matrix(self) -> Tensor:
        return self.z * self.base.generator_matrix()

    def generator_eigenvalues(self) -> FloatArray:
        return self.z * self.base.generator_eigenvalues()

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        if not self.num_params:
            return []
        return [frequencies(self.generator_eigenvalues())]

    def decomposition(self) -> list[Operator]:
        parts = self._rewritten()
        if parts is not None:
            return parts
        few = abs(self.z) <= MOST_OPERATIONS or len(self.wires) > DENSE_WIRES
        if self._is_whole and (few or not self._is_constant):
            return without_recording(self._repeated)
        if not self._is_constant:
            raise DecompositionUndefinedError(
                f"{self!r} is not written in terms of other gates: {self.base.name} has angles "
                "and is no exponential of one of them. Use a whole power."
            )
        matrix = self.canonical_matrix([unwrap(value) for value in self.parameters], np)
        if not self.is_gate and not np.allclose(matrix @ dagger(matrix), np.eye(matrix.shape[-1])):
            raise DecompositionUndefinedError(f"{self!r} is not unitary, so gates cannot do it.")
        return without_recording(lambda: [GATES["QubitUnitary"](matrix, wires=self.wires)])

    def _repeated(self) -> list[Operator]:
        remedy = "Take a lower power, or one of a gate with a matrix of numbers on few wires."
        check_size(f"{self!r}", abs(self.z), unit="operations", remedy=remedy)
        base = self.base if self.z > 0 else self.base.adjoint()
        return [base] * abs(int(self.z))

    def adjoint(self) -> Operator:
        if self._is_whole or _turns(self.base):
            return Pow(self.base.adjoint(), self.z)
        return super().adjoint()  # the principal root of the adjoint may differ

    def pow(self, z: float) -> list[Operator]:
        if z == int(z):
            return [Pow(self.base, self.z * z)]
        return super().pow(z)

    def simplify(self) -> Operator:
        parts = self.base.pow(self.z)
        return parts[0].simplify() if len(parts) == 1 and not isinstance(parts[0], Pow) else self

    def eigvals(self) -> Tensor:
        return np.asarray(self.base.eigvals(), dtype=complex) ** self.z

    def diagonalizing_gates(self) -> list[Operator]:
        return self.base.diagonalizing_gates()

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        base = enclosed_label(self.base.label(decimals, base_label, cache))
        return f"{base}{superscript(self.z)}"

    @property
    def is_hermitian(self) -> bool:
        return self._is_whole and self.base.is_hermitian

    @property
    def pauli_rep(self) -> PauliSum | None:
        base = self.base.pauli_rep
        if base is None or not self._is_whole or self.z < 0:
            return None
        (power,) = base.pow(self.z)
        return power.pauli_rep

    def __repr__(self) -> str:
        return f"{bracketed(self.base, around=' *')}**{self.z}"


def pow_(base: Operator, z: float = 1) -> Operator:
    """Return a power of an operator; a sum of Pauli words is expanded."""
    z = real_number(z)
    if isinstance(base, PauliSum) and z == int(z) and z >= 0:
        (power,) = base.pow(z)
        return replace([base], power)
    return Pow(base, z)


def real_number(value: Tensor) -> float:
    """Return an exponent as a plain number; refuse any other than one real number."""
    number = unwrap(value if framework_of(value) is None else in_floats(value))
    if not is_numeric(number, real=True) or shape_of(number) != () or not _is_finite(number):
        raise InvalidParameters(
            f"An operator cannot be raised to the power {described(value)}. Give a real number."
        )
    exponent: float = number.item() if hasattr(number, "item") else number
    return exponent


def _is_finite(number: Tensor) -> bool:
    """Return whether a number fits into double precision; very long integers do not."""
    try:
        return bool(np.isfinite(float(number)))
    except OverflowError:
        return False


def principal_power(matrix: Tensor, z: float) -> Tensor:
    """Return the principal power of each matrix, shape (..., d, d)."""
    from scipy.linalg import fractional_matrix_power  # scipy loads when it is needed

    if matrix.ndim == 2:
        return fractional_matrix_power(matrix, z)
    return np.stack([principal_power(member, z) for member in matrix])


def unitary_power(matrix: ComplexArray, z: float) -> ComplexArray:
    """Return the power of each unitary matrix, shape (..., d, d), from its eigenvalues.

    The result is unitary for any exponent; rounding errors of phases grow by a factor of about
    ``z``.
    """
    from scipy.linalg import schur  # scipy loads when it is needed

    if matrix.ndim > 2:
        return np.stack([unitary_power(member, z) for member in matrix])
    triangle, vectors = schur(matrix, output="complex")  # diagonal, because the matrix is normal
    phases = np.angle(np.diagonal(triangle))
    power: ComplexArray = (vectors * np.exp(1j * z * phases)) @ vectors.conj().T
    return power


def _turns(gate: Operator) -> bool:
    """Return whether powers of the operator are the same gates with other angles."""
    try:
        gate.generator_eigenvalues()
    except GeneratorUndefinedError:
        return False
    return True


def _whole_power(matrix: Tensor, z: int, xp: Namespace) -> Tensor:
    """Return a whole power by repeated squaring; a negative one from the inverse."""
    if z < 0:
        return _whole_power(xp.linalg.inv(matrix), -z, xp)
    power = np.eye(matrix.shape[-1], dtype=complex)
    for bit in f"{z:b}":
        power = xp.matmul(power, power)
        if bit == "1":
            power = xp.matmul(power, matrix)
    return power


ALGEBRA |= {"adjoint": Adjoint, "pow": Pow, "power": pow_}
