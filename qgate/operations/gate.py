"""Gates as rows of a table.

A gate is one of three things, and its row says which:

- a constant ``matrix``;
- a ``generator`` G: one angle x, the matrix exp(i x G), from whose eigenvalues the
  frequencies of the shift rule follow;
- ``factors``: an exact product of other gates in which each angle occurs once.

The rest of the row is optional: the decomposition (linear in the angles), the adjoint, and options
besides angles and wires. The matrix or generator of a controlled gate follows from that of its
``core``, and a gate with a Hermitian matrix is its own adjoint.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from operator import is_not
from typing import Any, ClassVar

import numpy as np

from qgate.arrays import opened, shape_of
from qgate.caches import MIB, sized_cache
from qgate.context import HERE
from qgate.exceptions import (
    DecompositionUndefinedError,
    InvalidCall,
    InvalidParameters,
    MatrixUndefinedError,
)
from qgate.operations.gate_spec import Argument, Decomposition, GateSpec
from qgate.operations.labels import SYMBOLS
from qgate.operations.matrices import circuit_matrix, where_ones
from qgate.operations.operator import Operator, ParameterKind, without_recording
from qgate.operations.parameters import PLAIN_ANGLES, as_angle, is_plain_angle
from qgate.operations.slots import Affine
from qgate.operations.spectra import diagonal_matrix, exponential, frequencies, spectrum
from qgate.operations.spelling import spelled
from qgate.recording import record
from qgate.sizes import check_matrix
from qgate.typing import ComplexArray, FloatArray, Namespace, NumericArray, Tensor
from qgate.wires import NUMBERED, Wires, known_wires

GATES: dict[str, type[Any]] = {}
"""Every gate by name: rows of the table, and gates that are given as arrays."""

ROWS: dict[str, GateSpec] = {}
"""Every row by name."""


address = id
"""Key of an object in a recorder; operators have an argument ``id``."""

Options = tuple[tuple[str, Hashable], ...]
"""Names and values of the options of a gate; hashable."""


class Gate(Operator):
    """Gate that is defined by a row of the table.

    Called as ``RX(angle, wires)``: angles first, then wires; by position or by name.
    An angle may be an array with one axis, a batch.
    """

    spec: ClassVar[GateSpec]

    usual: ClassVar[int] = -1
    """Number of angles of a gate that takes nothing but these and its wires; -1: it takes more."""

    def __init__(self, *args: Argument, id: str | None = None, **named: Argument) -> None:
        if named:
            angles, labels = args, (named.get("wires") if len(named) == 1 else None)
        else:
            angles, labels = args[:-1], (args[-1] if args else None)
        if len(angles) == self.usual and (
            PLAIN_ANGLES.issuperset(map(type, angles)) or all(map(is_plain_angle, angles))
        ):
            wires = NUMBERED.get(labels) if type(labels) is int else known_wires(labels)
            if wires is not None and len(wires) == self.num_wires:
                # Nothing is left to check or convert: most gates of most circuits.
                self._parameters, self._wires = angles, wires
                self._hyperparameters, self.id = {}, id
                recorder = HERE.get().recorder
                if recorder is not None:
                    recorder.recorded[address(self)] = self
                return
        self._set_checked(args, id, named)

    def _set_checked(
        self, args: tuple[Argument, ...], id: str | None, named: Mapping[str, Argument]
    ) -> None:
        """Check and convert the arguments, and record the gate."""
        spec, public, angles = self.spec, type(self).__name__, args
        count = len(spec.angles)
        options: dict[str, Argument] = {}
        if spec.simple and len(named) == 1 and "wires" in named and len(args) == count:
            wires = Wires.of(named["wires"], owner=public)
        elif spec.simple and not named and len(args) == count + 1:
            wires, angles = Wires.of(args[count], owner=public), args[:count]
        else:
            given = spec.arguments(args, named, public=public)
            wires = Wires.of(given["wires"], owner=public)
            angles = tuple(given[name] for name in spec.angles)
            options = {name: given[name] for name in spec.options}
        if not wires and spec.wires is None and not spec.wireless:
            raise InvalidParameters(f"{public} was given no wires. Name at least one.")
        if spec.check is not None:
            options = dict(spec.check(wires, **options))
        if len(angles) == 1:
            angle = as_angle(public, spec.angles[0], angles[0])
            same = angle is angles[0] or opened(angle) is angles[0]
            self._parameters, self.is_converted = (angle,), not same
        elif not angles:
            self._parameters, self.is_converted = (), False
        else:
            self._parameters = tuple(map(as_angle, (public,) * len(angles), spec.angles, angles))
            self.is_converted = any(map(is_not, angles, map(opened, self._parameters)))
        self._wires, self._hyperparameters, self.id = wires, options, id
        if spec.wires is not None and len(wires) != spec.wires:
            self._refuse_wires()
        record(self)
        if len(angles) > 1:
            _check_batch(public, self._parameters)

    @classmethod
    def compute_matrix(cls, *args: Argument, **named: Argument) -> Tensor:
        """Return the matrix of the gate with these arguments.

        The arguments are those of the gate without ``wires``. A gate on any number of wires takes
        ``num_wires`` (or ``n_wires``) instead.

        >>> qg.PhaseShift.compute_matrix(0.0).real.tolist()
        [[1.0, 0.0], [0.0, 1.0]]
        >>> qg.MultiRZ.compute_matrix(0.1, 3).shape
        (8, 8)
        """
        return super().compute_matrix(*args, **named)

    @classmethod
    def _on_counted_wires(
        cls, method: str, args: Sequence[Argument], named: Mapping[str, Argument]
    ) -> Operator:
        """Return the gate on the wires 0, 1, ... for a method without ``wires``."""
        count = cls.num_wires
        if count is None:
            names = ["num_wires" if name == "wires" else name for name in cls.spec.call]
            named = dict(zip(names, args, strict=False)) | dict(named)
            known = len(named["pauli_word"]) if "pauli_word" in named else None
            usual = 1 if cls.spec.wireless else known
            args, count = (), named.pop("n_wires", named.pop("num_wires", usual))
            if not isinstance(count, int):
                public = f"{cls.__name__}.{method}"
                reason = "num_wires has to be an integer"
                raise InvalidCall(gate=public, reason=reason, call=f"{public}({', '.join(names)})")
        return cls(*args, wires=range(count), **named)

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def has_decomposition(self) -> bool:
        """Whether the row has a decomposition or factors."""
        return self.spec.decomposition is not None or self.spec.factors is not None

    @property
    def has_generator(self) -> bool:
        """Whether the row has a generator."""
        return self.spec.generator is not None

    @property
    def _row(self) -> tuple[str, int, Options]:
        return self.spec.name, len(self.wires), tuple(sorted(self.hyperparameters.items()))

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        if self.is_diagonal:
            return diagonal_matrix(self.canonical_diagonal(parameters, xp))
        if self.spec.matrix is not None:
            return constant("matrix", *self._row)
        if self.spec.generator is not None:
            return exponential(*_spectrum(*self._row), parameters[0], xp)
        if self.spec.factors is None:
            return super().canonical_matrix(parameters, xp)
        return circuit_matrix(self.with_parameters(parameters).factors(), self.wires, xp=xp)

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
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
        return [self] if self.spec.factors is None else self._expand(self.spec.factors)

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
            return super().generator_matrix()
        check_matrix(len(self.wires))
        generator = constant("generator", *self._row)
        return diagonal_matrix(generator) if generator.ndim == 1 else generator

    def generator_eigenvalues(self) -> FloatArray:
        if self.spec.generator is None:
            return super().generator_eigenvalues()
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
        return (
            super().parameter_frequencies if self.spec.factors is None else factor_frequencies(self)
        )

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
        angles: dict[str, Argument] = dict(zip(self.spec.angles, parameters, strict=True))
        options: dict[str, Argument] = dict(self.hyperparameters)
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

    @property
    def symbol(self) -> str:
        name = GATES[self.spec.core or self.name].__name__  # controls are drawn as dots
        return SYMBOLS.get(name, name)

    def __repr__(self) -> str:
        spec, name = self.spec, type(self).__name__
        options = {
            option: list(value) if isinstance(value, tuple) else value
            for option, value in self.hyperparameters.items()
            if value != spec.options[option].default
        }
        if not self.parameters and not options and len(self.wires) < 2:
            return f"{name}({', '.join(map(repr, self.wires))})"
        parts = [*map(spelled, self.parameters), f"wires={list(self.wires)}"]
        if spec.options_first:
            parts[-1:-1] = map(str, options.values())
        else:
            parts += [f"{option}={value}" for option, value in options.items()]
        return f"{name}({', '.join(parts)})"


def gate(doc: str, spec: GateSpec, *, base: type[Gate] = Gate, public: str = "") -> type[Gate]:
    """Create the gate class of a row and add it to the table.

    Parameters
    ----------
    doc : str
        The gate as a formula.
    spec : GateSpec
        The row.
    base : type, optional
        Base class, for gates with methods beyond those of their row.
    public : str, optional
        The name in ``qgate``, where it differs from the row's name.
    """
    spec = _completed(spec)
    count = len(spec.angles)
    namespace = {
        "__doc__": spec.docs(doc),
        "__module__": "qgate",
        "__signature__": spec.signature,
        "spec": spec,
        "num_wires": spec.wires,
        "num_params": count,
        "usual": count if spec.simple and spec.check is None and spec.wires else -1,
        "grad_method": "A" if count else None,
        "ndim_params": (0,) * count,
        "parameter_kinds": (ParameterKind.ANGLES,) * count,
    }
    cls = type(public or spec.name, (base,), namespace)
    GATES[spec.name], ROWS[spec.name] = cls, spec
    return cls


def decomposed(
    wires: int | None, *, exact: bool = False, base: type[Gate] = Gate, public: str = "", **row: Any
) -> Callable[[Decomposition], type[Gate]]:
    """Turn the decomposition of a gate into the gate's class; a decorator.

    The name and docstring of the function are those of the gate, its arguments before ``wires`` the
    angles.

    Parameters
    ----------
    wires : int or None
        Number of wires; None: any number.
    exact : bool
        Whether the function returns the ``factors`` of the row, its ``decomposition`` otherwise.
    base, public
        As for ``gate``.
    **row
        Further fields of the ``GateSpec``.
    """

    def define(rule: Decomposition) -> type[Gate]:
        names = rule.__code__.co_varnames
        row["factors" if exact else "decomposition"] = rule
        spec = GateSpec(rule.__name__, wires, names[: names.index("wires")], **row)
        return gate(rule.__doc__ or "", spec, base=base, public=public)

    return define


def _completed(spec: GateSpec) -> GateSpec:
    """Return a row with what follows from its core or its matrix."""
    core = ROWS.get(spec.core)
    if core is not None and spec.wires and core.wires:
        controls = spec.wires - core.wires
        if isinstance(core.matrix, np.ndarray):
            spec = replace(spec, matrix=where_ones(core.matrix, controls, rest=1.0))
        elif isinstance(core.generator, np.ndarray):
            spec = replace(spec, generator=where_ones(core.generator, controls, rest=0.0))
    matrix = spec.matrix
    if isinstance(matrix, np.ndarray) and np.array_equal(matrix, matrix.conj().T):
        return replace(spec, inverse=spec.name)
    return spec


def factor_frequencies(operator: Operator) -> list[tuple[float, ...]]:
    """Return the frequencies of each angle of a product in which each angle occurs once."""
    slots = [Affine.slot(index) for index in range(operator.num_params)]
    found: dict[int, tuple[float, ...]] = {}
    for factor in operator.with_parameters(slots).factors():
        for value, known in zip(factor.parameters, factor.parameter_frequencies, strict=True):
            if isinstance(value, Affine):
                ((slot, scale),) = value.terms
                found[slot] = tuple(abs(scale) * frequency for frequency in known)
    return [found[index] for index in range(operator.num_params)]


@sized_cache(64 * MIB)
def constant(which: str, name: str, num_wires: int, options: Options) -> NumericArray:
    """Return the matrix or generator of a row; only the diagonal if the row has no more."""
    rule = getattr(ROWS[name], which)
    matrix = rule(num_wires, **dict(options)) if callable(rule) else rule
    entries = np.array(matrix, dtype=complex)
    entries.setflags(write=False)
    return entries


@sized_cache(64 * MIB)
def _spectrum(name: str, num_wires: int, options: Options) -> tuple[FloatArray, ComplexArray]:
    return spectrum(constant("generator", name, num_wires, options))


@sized_cache(64 * MIB)
def _distinct_eigenvalues(name: str, num_wires: int, options: Options) -> FloatArray:
    generator = constant("generator", name, num_wires, options)
    if generator.ndim == 1:
        return np.unique(generator.real)
    return _spectrum(name, num_wires, options)[0]


def _check_batch(gate: str, angles: Sequence[Tensor]) -> None:
    """Refuse batches of different lengths."""
    lengths = [shape[0] for shape in map(shape_of, angles) if shape]
    if len(set(lengths)) > 1:
        raise InvalidParameters(
            f"{gate} was given batches of {' and '.join(map(str, lengths))} angles. "
            "Give arrays of one length, or single numbers."
        )
