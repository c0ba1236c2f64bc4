"""Exponentials of operators."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Self

import numpy as np

from qgate.arrays import is_concrete, is_traced, namespace, shape_of, unwrap
from qgate.exceptions import DecompositionUndefinedError, GeneratorUndefinedError
from qgate.operations.labels import Cache, number_text
from qgate.operations.matrices import dagger
from qgate.operations.operator import Operator, ParameterKind, require_operators, without_recording
from qgate.operations.parameters import require_finite, require_numbers
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_decomposition import pauli_decompose
from qgate.operations.pauli_rotations import word_rotation
from qgate.operations.spectra import frequencies
from qgate.operations.spelling import bracketed
from qgate.operations.symbolic import Wrapper
from qgate.operations.unitaries import QubitUnitary
from qgate.typing import BoolArray, ComplexArray, FloatArray, Namespace, Tensor

DENSE_WIRES = 10
"""Maximum number of wires for which the eigenvalues of a sum of several words are computed."""

HALVINGS = 9
"""Number of halvings (and squarings) of a matrix whose norm is not known."""

TAYLOR_TERMS = 18
"""Number of Taylor terms for exp of a matrix of norm 1/2 in double precision."""


class Exp(Wrapper):
    """The exponential of a number times an operator.

    If the operator A is Hermitian and the number imaginary, this is the gate exp(i x A) with the
    angle x; otherwise it is an operator that only has a matrix. Numbers in A are constants of the
    gate, unless they are being differentiated: then they are further parameters after x.

    Parameters
    ----------
    base : Operator
        A.
    coeff : number
        The factor of A.
    angle : real, optional
        x of exp(i x A), in place of ``coeff``; may be an array with one axis, a batch.
    id : str, optional

    Notes
    -----
    The decomposition is exact for every angle: a sum of commuting Pauli words decomposes to one
    PauliRot each; any other to rotations about Pauli words of Z between two unitaries (4**n
    numbers).
    """

    name = "Exp"

    def __init__(
        self,
        base: Operator,
        coeff: Tensor = 1.0,
        *,
        angle: Tensor | None = None,
        id: str | None = None,
    ) -> None:
        require_operators("Exp", base)
        require_numbers("Exp", "coeff", coeff, real=False)
        if angle is None and _is_imaginary(coeff) and getattr(base, "is_hermitian", False):
            angle = namespace([coeff]).imag(coeff)
        self._turns = angle is not None
        self._constant = all(not is_traced(value) for value in getattr(base, "parameters", ()))
        if self._constant:
            require_finite(getattr(base, "name", ""), getattr(base, "parameters", ()))
        number = coeff if angle is None else angle
        numbers = () if self._constant else base.parameters
        super().__init__(base, getattr(base, "wires", ()), parameters=(number, *numbers), id=id)

    @property
    def coeff(self) -> Tensor:
        """The number that multiplies the base."""
        return self._number(self.parameters)

    def _number(self, parameters: Sequence[Tensor]) -> Tensor:
        return 1j * parameters[0] if self._turns else parameters[0]

    scalar = coeff

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return (0, *(() if self._constant else self.base.ndim_params))

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        first = ParameterKind.ANGLES if self._turns else ParameterKind.ARRAY
        return (first, *([ParameterKind.ARRAY] * (self.num_params - 1)))

    @property
    def signature(self) -> Hashable:
        arrays = map(np.asarray, self.base.parameters if self._constant else ())
        constants = tuple((array.shape, array.dtype.str, array.tobytes()) for array in arrays)
        return type(self), self.wires, self._turns, self.base.signature, constants

    def with_parameters(self, parameters: Sequence[Tensor]) -> Self:
        numbers = self.base.parameters if self._constant else parameters[1:]
        other = super().with_parameters(numbers)
        other._parameters = tuple(parameters)
        return other

    @property
    def has_decomposition(self) -> bool:
        """Whether it is unitary, so that a circuit can apply it."""
        return self._turns

    is_gate = has_decomposition

    def _rebound(self, parameters: Sequence[Tensor]) -> Operator:
        return self.base if self._constant else self.base.with_parameters(parameters[1:])

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        base = self._rebound(parameters)
        matrix = base.canonical_matrix(base.parameters, xp)
        if self._turns and self._constant:
            return _turn(parameters[0], *np.linalg.eigh(unwrap(matrix)), xp)
        number = self._number(parameters)
        return taylor_exponential(xp.reshape(number, (*shape_of(number), 1, 1)) * matrix, xp)

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        base = self._rebound(parameters)
        number = self._number(parameters)
        diagonal = base.canonical_diagonal(base.parameters, xp)
        return xp.exp(xp.reshape(number, (*shape_of(number), 1)) * diagonal)

    def generator_matrix(self) -> Tensor:
        self._require_angle()
        return unwrap(self.base.matrix())

    def generator_eigenvalues(self) -> FloatArray:
        self._require_angle()
        words = self.base.pauli_rep
        if words is not None and len(words) == 1:
            weight = float(np.real(unwrap(words.coefficients)[0]))
            return np.array([weight, -weight] if np.any(words.x | words.z) else [weight])
        if len(self.wires) > DENSE_WIRES:
            raise GeneratorUndefinedError(
                f"The frequencies of the exponential of {self.base!r} are not computed for more "
                f"than {DENSE_WIRES} wires. Decompose it."
            )
        return super().generator_eigenvalues()

    def _require_angle(self) -> None:
        if not self._turns or not self._constant:
            raise GeneratorUndefinedError(
                f"{self!r} is not of the form exp(i x G) with a Hermitian constant G."
            )

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        return [frequencies(self.generator_eigenvalues())]

    def decomposition(self) -> list[Operator]:
        if not self._turns:
            raise DecompositionUndefinedError(
                f"{self!r} is not unitary, so gates cannot do it. "
                "Exponentiate a Hermitian operator with an imaginary factor."
            )
        angle, words = self.parameters[0], self.base.pauli_rep
        if words is not None and _commute(words.x, words.z):
            return without_recording(lambda: _rotations(angle, words))
        return without_recording(lambda: self._in_eigenbasis(angle))

    def _in_eigenbasis(self, angle: Tensor) -> list[Operator]:
        """Change to the eigenbasis, rotate about Pauli words of I and Z, and change back."""
        values, vectors = np.linalg.eigh(unwrap(self.base.matrix()))
        words = pauli_decompose(np.diag(values), wire_order=self.wires).real()
        return [
            QubitUnitary(dagger(vectors), self.wires),
            *_rotations(angle, words),
            QubitUnitary(vectors, self.wires),
        ]

    def adjoint(self) -> Operator:
        number = self.parameters[0]
        if self._turns:
            return self._like(self.base, -number)
        return self._like(self.base.adjoint(), namespace([number]).conj(number))

    def pow(self, z: float) -> list[Operator]:
        return [self._like(self.base, self.parameters[0] * z)]

    def simplify(self) -> Operator:
        return self._like(self.base.simplify(), self.parameters[0])

    def _like(self, base: Operator, number: Tensor) -> Operator:
        return Exp(base, angle=number) if self._turns else Exp(base, number)

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        base = self.base.label(decimals, cache=cache)
        return base_label or f"Exp({self._factor(decimals)} {base})"

    def _factor(self, decimals: int | None = None) -> str:
        coeff = unwrap(self.parameters[0])
        number = number_text(coeff, None if shape_of(coeff) else decimals)
        return f"{number}j" if self._turns else number

    @property
    def is_hermitian(self) -> bool:
        return (
            not self._turns and self.base.is_hermitian and not np.any(np.imag(unwrap(self.coeff)))
        )

    def __repr__(self) -> str:
        return f"Exp({self._factor()} {bracketed(self.base, around='+')})"


def taylor_exponential(matrix: Tensor, xp: Namespace) -> Tensor:
    """Return the exponential of each matrix, shape (..., d, d), differentiably.

    Scaling and squaring: the matrix is halved until its norm is below 1/2, and the Taylor sum is
    squared as many times. While a function is compiled the norm is not known; it may be up to 2**8.
    """
    halvings = HALVINGS
    if is_concrete(matrix):
        norm = float(np.max(np.linalg.norm(unwrap(matrix), axis=(-2, -1)), initial=0.0))
        halvings = max(0, int(np.ceil(np.log2(norm))) + 1) if norm > 0 else 0
    scaled = matrix / 2**halvings
    eye = np.eye(shape_of(matrix)[-1], dtype=complex)
    result = eye
    for order in range(TAYLOR_TERMS, 0, -1):
        result = xp.matmul(scaled, result) / order + eye
    for _ in range(halvings):
        result = xp.matmul(result, result)
    return result


def _turn(angle: Tensor, values: FloatArray, vectors: ComplexArray, xp: Namespace) -> Tensor:
    """Return exp(i x A) from the eigenvalues and eigenvectors of A."""
    phases = xp.exp(1j * (xp.reshape(angle, (*shape_of(angle), 1)) * values))
    return xp.matmul(phases[..., None, :] * vectors, dagger(vectors))


def _rotations(angle: Tensor, words: PauliSum) -> list[Operator]:
    """Return exp(i x A) for a sum A of commuting words as one rotation for each word."""
    terms = words.real().merged()
    weights = unwrap(terms.coefficients).tolist()
    return [
        word_rotation(angle * (-2 * weight), word, terms.wires)
        for weight, word in zip(weights, terms.words, strict=True)
    ]


def _commute(x: BoolArray, z: BoolArray) -> bool:
    """Return whether all words commute: letters of a pair differ on an even number of wires."""
    crossed = x.astype(np.int64) @ z.T.astype(np.int64)
    return not np.any((crossed + crossed.T) % 2)


def _is_imaginary(coeff: Tensor) -> bool:
    """Return whether a number is known to have no real part."""
    plain = unwrap(coeff)
    known = isinstance(plain, complex | float | int | np.ndarray | np.generic)
    return known and not np.any(np.real(plain))
