"""Gates as rows of a table.

A gate is one of three things, and its row says which:

- a constant ``matrix``;
- a ``generator`` G: one angle x, the matrix exp(i x G), from whose eigenvalues the
  frequencies of the shift rule follow;
- ``factors``: an exact product of other gates in which each angle occurs once.

The rest of the row is optional: how the gate decomposes (linearly in its angles),
what its adjoint is, what it needs besides angles and wires.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qgate.arrays import shape_of, unwrap
from qgate.exceptions import (
    DecompositionUndefinedError,
    GeneratorUndefinedError,
    InvalidParameters,
    MatrixUndefinedError,
)
from qgate.operations.matrices import embed
from qgate.operations.operator import Operator, without_recording
from qgate.operations.slots import Affine
from qgate.operations.spectra import diagonal_matrix, exponential, frequencies, spectrum
from qgate.typing import ComplexArray, FloatArray, Tensor
from qgate.wires import Wires

Decomposition = Callable[..., Sequence[Operator]]
MatrixRule = NDArray[Any] | Callable[..., NDArray[Any]]


@dataclass(frozen=True, slots=True)
class GateSpec:
    """A row of the table of gates.

    Parameters
    ----------
    name : str
        What devices, drawings and errors call it.
    wires : int or None
        How many wires; None: any number.
    angles : tuple of str
        Names of its angles (radians), in the order of the call.
    matrix : array or callable, optional
        Constant unitary, shape (2**n, 2**n), or its diagonal, shape (2**n,), where nothing else is
        occupied; or how to make it from ``n`` wires and the options.
    generator : array or callable, optional
        Hermitian G of exp(i x G), likewise.
    eigenvalues : tuple of float or callable, optional
        The distinct eigenvalues of G, where they are known without it.
    factors, decomposition : callable, optional
        From angles and wires, and the options as keywords, to gates, first applied first.
    inverse : callable or str, optional
        Angles of this gate to the angles of its adjoint, as a tuple; or the name of the gate
        that is its adjoint.
    options : mapping of str to hashable
        Names and defaults of what it takes besides; ``REQUIRED`` has no default.
    core : str
        The gate that it applies where its first wires are 1, if that is what it does.
    options_first : bool
        Whether the options stand before the wires in the call.
    wireless : bool
        Whether it may be called without wires.
    check : callable, optional
        From wires and options to the options as they are kept, or an error.
    """

    name: str
    wires: int | None
    angles: tuple[str, ...] = ()
    matrix: MatrixRule | None = None
    generator: MatrixRule | None = None
    eigenvalues: tuple[float, ...] | Callable[..., tuple[float, ...]] | None = None
    factors: Decomposition | None = None
    decomposition: Decomposition | None = None
    inverse: Callable[..., tuple[Any, ...]] | str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    core: str = ""
    options_first: bool = False
    wireless: bool = False
    check: Callable[..., Mapping[str, Hashable]] | None = None

    @property
    def call(self) -> tuple[str, ...]:
        """The names of the positional arguments, in order."""
        options = tuple(self.options)
        rest = (*options, "wires") if self.options_first else ("wires", *options)
        return (*self.angles, *rest)


REQUIRED = object()
"""The default of an option that has to be given."""

GATES: dict[str, type[Any]] = {}
"""Every gate by name: the rows, and the gates that are given as arrays."""

ROWS: dict[str, GateSpec] = {}
"""Every row by name."""


class Gate(Operator):
    """A gate whose facts stand in a row of the table.

    Called as ``RX(angle, wires)``: angles first, then wires; by position or by name.
    An angle may be an array with one axis, a batch.
    """

    spec: ClassVar[GateSpec]

    def __init__(self, *args: Any, id: str | None = None, **named: Any) -> None:
        spec = self.spec
        given = self._arguments(args, named)
        wires = Wires.of(given["wires"], owner=type(self).__name__)
        if spec.wires is None and not wires and not spec.wireless:
            raise InvalidParameters(f"{spec.name} was given no wires. Name at least one.")
        angles = [given[name] for name in spec.angles]
        for name, angle in zip(spec.angles, angles, strict=True):
            _check_angle(spec.name, name, angle)
        options = {name: given[name] for name in spec.options}
        if spec.check is not None:
            options = dict(spec.check(wires, **options))
        super().__init__(angles, wires, options, id=id)

    @classmethod
    def _arguments(cls, args: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
        """Match what was given to the names of the call."""
        spec = cls.spec
        given = dict(spec.options) | dict(zip(spec.call, args, strict=False)) | dict(named)
        if spec.wireless:
            given.setdefault("wires", ())
        twice = set(spec.call[: len(args)]) & set(named)
        missing = any(given.get(name, REQUIRED) is REQUIRED for name in spec.call)
        if len(args) > len(spec.call) or len(given) > len(spec.call) or missing or twice:
            raise InvalidParameters(
                f"{spec.name} was called with {len(args)} positional argument(s)"
                f"{' and ' + ', '.join(sorted(named)) if named else ''}. "
                f"Call it as {spec.name}({', '.join(spec.call)})."
            )
        return given

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def has_decomposition(self) -> bool:  # type: ignore[override]
        """Say whether its row gives a decomposition or factors."""
        return self.spec.decomposition is not None or self.spec.factors is not None

    @property
    def _row(self) -> tuple[str, int, tuple[tuple[str, Hashable], ...]]:
        return self.spec.name, len(self.wires), tuple(sorted(self.hyperparameters.items()))

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Any) -> Tensor:
        if self.is_diagonal:
            return diagonal_matrix(self.canonical_diagonal(parameters, xp))
        if self.spec.matrix is not None:
            return constant("matrix", *self._row)
        if self.spec.generator is not None:
            return exponential(*_spectrum(*self._row), parameters[0], xp)
        if self.spec.factors is None:
            raise MatrixUndefinedError(f"{self.name} has no matrix.")
        matrices = (
            embed(factor.canonical_matrix(factor.parameters, xp), factor.wires, self.wires, xp=xp)
            for factor in self.with_parameters(parameters).factors()
        )
        return reduce(lambda done, matrix: matrix @ done, matrices)

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Any) -> Tensor:
        if not self.is_diagonal:
            raise MatrixUndefinedError(f"The matrix of {self.name} is not diagonal.")
        if self.spec.matrix is not None:
            return constant("matrix", *self._row)
        generator = constant("generator", *self._row)
        angle = parameters[0]
        phases = xp.exp(1j * (xp.reshape(angle, (-1, 1)) * generator.real))
        return xp.reshape(phases, (*shape_of(angle), len(generator)))

    @property
    def control_wires(self) -> Wires:
        if not self.spec.core:
            return Wires()
        return Wires(self.wires[: len(self.wires) - (ROWS[self.spec.core].wires or 0)])

    @property
    def control_values(self) -> tuple[bool, ...]:
        return (True,) * len(self.control_wires)

    def factors(self) -> list[Operator]:
        """Return the gates whose exact product this one is, first applied first."""
        if self.spec.factors is None:
            return [self]
        return self._expand(self.spec.factors)

    def decomposition(self) -> list[Operator]:
        rule = self.spec.decomposition or self.spec.factors
        if rule is None:
            raise DecompositionUndefinedError(
                f"{self.name} is not written in terms of other gates."
            )
        return self._expand(rule)

    def _expand(self, rule: Decomposition) -> list[Operator]:
        return without_recording(
            lambda: rule(*self.parameters, wires=self.wires, **self.hyperparameters)
        )

    def generator_matrix(self) -> Tensor:
        if self.spec.generator is None:
            raise GeneratorUndefinedError(f"{self.name} is not of the form exp(i x G).")
        generator = constant("generator", *self._row)
        return diagonal_matrix(generator) if generator.ndim == 1 else generator

    def generator_eigenvalues(self) -> FloatArray:
        if self.spec.generator is None:
            raise GeneratorUndefinedError(f"{self.name} is not of the form exp(i x G).")
        known = self.spec.eigenvalues
        if known is None:
            return _distinct_eigenvalues(*self._row)
        return np.array(
            known(len(self.wires), **self.hyperparameters) if callable(known) else known
        )

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        if not self.spec.angles:
            return []
        if self.spec.generator is not None:
            return [frequencies(self.generator_eigenvalues())]
        if self.spec.factors is None:
            raise GeneratorUndefinedError(f"{self.name} has no known frequencies.")
        return factor_frequencies(self)

    def adjoint(self) -> Operator:
        inverse = self.spec.inverse
        if isinstance(inverse, str):
            adjoint: Operator = GATES[inverse](wires=self.wires, **self.hyperparameters)
            return adjoint
        if inverse is not None:
            return self._like(inverse(*self.parameters))
        if self.spec.generator is not None:
            return self._like((-self.parameters[0],))
        return super().adjoint()

    def pow(self, z: float) -> list[Operator]:
        if self.spec.generator is not None:
            return [self._like((z * self.parameters[0],))]
        if self.is_hermitian and z == int(z):
            return [self._like(())] if z % 2 else []
        return super().pow(z)

    def _like(self, parameters: Sequence[Tensor]) -> Operator:
        angles: dict[str, Any] = dict(zip(self.spec.angles, parameters, strict=True))
        options: dict[str, Any] = dict(self.hyperparameters)
        return type(self)(**angles, **options, wires=self.wires)

    @property
    def is_hermitian(self) -> bool:
        return self.spec.inverse == self.spec.name

    @property
    def is_diagonal(self) -> bool:
        spec = self.spec
        which = "matrix" if spec.matrix is not None else "generator"
        rule = getattr(spec, which)
        return rule is not None and constant(which, *self._row).ndim == 1

    def __repr__(self) -> str:
        numbers = [unwrap(value) for value in self.parameters]
        options = self.hyperparameters.values()
        parts = [*numbers, *options, f"wires={list(self.wires)}"]
        return f"{self.name}({', '.join(map(str, parts))})"


def gate(doc: str, spec: GateSpec, *, base: type[Gate] = Gate, public: str = "") -> type[Gate]:
    """Make the class of a row and enter it in the table.

    Parameters
    ----------
    doc : str
        What the gate is, as a formula.
    spec : GateSpec
        Its row.
    base : type, optional
        What to inherit from, for gates that can do more than their row says.
    public : str, optional
        The name it has in ``qgate``, where that is not the row's name.
    """
    name = public or spec.name
    call = f"{name}({', '.join(spec.call)})"
    namespace = {
        "__doc__": f"{doc}\n\nCalled as ``{call}``; angles in radians.",
        "__module__": "qgate",
        "spec": spec,
        "num_wires": spec.wires,
    }
    cls = type(name, (base,), namespace)
    GATES[spec.name], ROWS[spec.name] = cls, spec
    return cls


def factor_frequencies(operator: Any) -> list[tuple[float, ...]]:
    """Return the frequencies of each angle of a product in which each angle occurs once."""
    slots = [Affine.slot(index) for index in range(operator.num_params)]
    found: dict[int, tuple[float, ...]] = {}
    for factor in operator.with_parameters(slots).factors():
        for value, known in zip(factor.parameters, factor.parameter_frequencies, strict=True):
            if isinstance(value, Affine):
                ((slot, scale),) = value.terms
                found[slot] = tuple(abs(scale) * frequency for frequency in known)
    return [found[index] for index in range(operator.num_params)]


@lru_cache(maxsize=1024)
def constant(which: str, name: str, num_wires: int, options: Any) -> Any:
    """Return the matrix or generator of a row, or the diagonal where that is all there is."""
    rule = getattr(ROWS[name], which)
    matrix = rule(num_wires, **dict(options)) if callable(rule) else rule
    entries = np.array(matrix, dtype=complex)
    entries.setflags(write=False)
    return entries


@lru_cache(maxsize=1024)
def _spectrum(name: str, num_wires: int, options: Any) -> tuple[FloatArray, ComplexArray]:
    return spectrum(constant("generator", name, num_wires, options))


@lru_cache(maxsize=1024)
def _distinct_eigenvalues(name: str, num_wires: int, options: Any) -> FloatArray:
    generator = constant("generator", name, num_wires, options)
    if generator.ndim == 1:
        return np.unique(generator.real)
    return _spectrum(name, num_wires, options)[0]


def _check_angle(gate: str, name: str, angle: Tensor) -> None:
    if len(shape_of(angle)) > 1:
        raise InvalidParameters(
            f"{gate} was given an array of shape {shape_of(angle)} for {name}. "
            "An angle is one number, or an array with one axis, a batch. Flatten it, or make one "
            "gate for each element."
        )
