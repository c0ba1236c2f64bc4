"""A measurement at the end of a circuit: kind, observable or wires, options."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Self

from qgate.arrays import is_traced
from qgate.exceptions import NotHermitian
from qgate.measured_values import MeasuredValue
from qgate.observables import is_observable, normal_form
from qgate.operations.combination import Combination
from qgate.operations.fixed import PauliGate, word_of
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.outcome_values import MeasurementValue, Node, renamed
from qgate.operations.pauli import PauliSum
from qgate.recording import absorb, record
from qgate.typing import Tensor, Wire, WiresLike
from qgate.wires import Wires

NO_WIRES = Wires()


class MeasurementKind(StrEnum):
    """Kinds of measurement."""

    EXPVAL = "expval"
    VAR = "var"
    PROBS = "probs"
    SAMPLE = "sample"
    COUNTS = "counts"
    STATE = "state"
    DENSITY_MATRIX = "density_matrix"
    VN_ENTROPY = "vn_entropy"
    MUTUAL_INFO = "mutual_info"
    PURITY = "purity"
    CLASSICAL_SHADOW = "classical_shadow"
    SHADOW_EXPVAL = "shadow_expval"
    TERMS = "terms"
    """Expectation value of each term of an observable, without its coefficients."""
    PROCESSED = "processed"
    """Value that a method of a user's class computes from samples or a state."""


SINGLE_SHOTS = (
    MeasurementKind.SAMPLE,
    MeasurementKind.COUNTS,
    MeasurementKind.CLASSICAL_SHADOW,
)
"""Kinds whose value consists of single shots."""

EXACT_KINDS = tuple(
    kind for kind in MeasurementKind if kind not in (*SINGLE_SHOTS, MeasurementKind.PROCESSED)
)
"""Kinds whose value is a function of the state: a number, or an array of numbers."""


@dataclass(frozen=True)
class MeasuredForm:
    """An observable in normal form; its first ``skipped`` coefficients are not parameters."""

    observable: PauliSum | Combination
    skipped: int

    @classmethod
    def of(cls, observable: PauliSum | Combination) -> MeasuredForm:
        """Return the form without the coefficient of a single term of weight 1."""
        if observable.num_terms != 1:
            return cls(observable, 0)
        coefficients = observable.parameters[0]
        return cls(observable, int(not is_traced(coefficients) and bool(coefficients[0] == 1.0)))

    @cached_property
    def parameters(self) -> tuple[Tensor, ...]:
        """Coefficients and matrices."""
        return self.observable.parameters[self.skipped :]

    @cached_property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        """Kind of each parameter in a structure."""
        return self.observable.parameter_kinds[self.skipped :]

    @cached_property
    def signature(self) -> tuple[Hashable, int]:
        """Everything but the parameters."""
        return (self.observable.signature, self.skipped)


@lru_cache(maxsize=1024)
def _form_of_letter(letter: str, wires: Wires) -> MeasuredForm:
    """Return the form of a Pauli gate, whose class has the name of its letter."""
    return MeasuredForm.of(word_of(letter, wires))


class Measurement(MeasuredValue):
    """One measurement at the end of a circuit.

    Like an operator it consists of a hashable part (``signature``) and of numbers (``parameters``:
    the coefficients and matrices of its observable).

    Parameters
    ----------
    kind : MeasurementKind
    obs : Operator, optional
        The observable.
    wires : wires
        The measured wires, where there is no observable; none: all wires.
    options : pairs of str and hashable
        Further options of the kind, e.g. the base of a logarithm.
    """

    is_own: ClassVar[bool] = False
    """Whether methods of a user's class compute its value."""

    methods: ClassVar[tuple[str, ...]] = ()
    """Names of these methods."""

    dtype: Any = None
    """Type of samples that was asked for; None: as computed. It does not change the circuit."""

    mv: MeasurementValue | Sequence[MeasurementValue] | None = None
    """The value of mid-circuit measurements, or the outcomes, that are measured."""

    def __init__(
        self,
        kind: MeasurementKind,
        obs: Operator | None = None,
        *,
        wires: WiresLike = NO_WIRES,
        **options: Hashable,
    ) -> None:
        self.kind = kind
        self.obs = obs
        self._wires = Wires.of(wires, owner=kind.value)
        self.options: dict[str, Any] = options
        if obs is not None:
            if not (obs.is_hermitian or is_observable(obs)):
                raise NotHermitian(observable=repr(obs))
            absorb(obs)
        record(self)

    @cached_property
    def form(self) -> MeasuredForm | None:
        """The normal form of the observable, or None; equal Pauli gates share one."""
        if isinstance(self.obs, PauliGate):
            return _form_of_letter(type(self.obs).__name__, self.obs.wires)
        return None if self.obs is None else MeasuredForm.of(normal_form(self.obs))

    @property
    def observable(self) -> Any:
        """The observable in normal form, a weighted sum of terms, or None."""
        return None if self.form is None else self.form.observable

    @property
    def wires(self) -> Wires:
        """The measured wires; none: all wires."""
        return self.obs.wires if self.obs is not None else self._wires

    @property
    def return_type(self) -> str:
        """The kind as a string."""
        return self.kind.value

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        """Numbers of the observable's normal form; a single coefficient 1 is left out."""
        return () if self.form is None else self.form.parameters

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        """Kind of each parameter in a structure."""
        return () if self.form is None else self.form.parameter_kinds

    @property
    def signature(self) -> Hashable:
        """Everything but the numbers; hashable."""
        form = (None, 0) if self.form is None else self.form.signature
        return (self.kind, *form, self._wires, tuple(sorted(self.options.items())))

    @property
    def is_shadow(self) -> bool:
        """Whether it is made in random bases."""
        return self.kind is MeasurementKind.CLASSICAL_SHADOW or "shadow" in self.options

    def is_returned(self, exact: frozenset[str]) -> bool:
        """Return whether a device that is exact in some kinds returns this natively, without shots.

        A device that returns exact probabilities returns those of wires, not of an observable's
        eigenbasis.
        """
        return self.kind in exact and ("expval" in exact or self.obs is None)

    def with_parameters(self, parameters: Sequence[Tensor]) -> Self:
        """Return the measurement with other numbers (or slots)."""
        if self.form is None:
            return self
        form = self.form
        fixed = form.observable.parameters[: form.skipped]
        return self.with_observable(form.observable.with_parameters([*fixed, *parameters]))

    def with_observable(self, observable: PauliSum | Combination) -> Self:
        """Return the measurement of another observable in normal form, with as many parameters."""
        other = copy.copy(self)
        other.obs = observable
        if self.form is not None:
            other.__dict__["form"] = MeasuredForm(observable, self.form.skipped)
        return other

    @property
    def mixed(self) -> Measurement:
        """The same measurement where the state is mixed, which has no state vector."""
        if self.kind is not MeasurementKind.STATE:
            return self
        return Measurement(MeasurementKind.DENSITY_MATRIX, wires=self.wires)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Expressions of the values of mid-circuit measurements that are measured; often none."""
        found: tuple[Node, ...] = self.options.get("nodes", ())
        return found

    def with_names(self, names: Mapping[Hashable, Hashable]) -> Self:
        """Return the measurement with other identifiers of outcomes."""
        other = copy.copy(self)
        nodes = tuple([renamed(node, names) for node in self.nodes])
        other.options = {**self.options, "nodes": nodes}
        return other

    def with_wires(self, wires: Wires) -> Self:
        """Return the measurement of other wires."""
        other = copy.copy(self)
        other._wires = wires
        return other

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        """Return the measurement with other wire labels."""
        if self.obs is not None:
            other = copy.copy(self)
            other.__dict__.pop("form", None)
            other.obs = self.obs.map_wires(wire_map)
            return other
        return self.with_wires(self._wires.map(wire_map))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Measurement):
            return NotImplemented
        return (
            self.kind == other.kind
            and self.obs == other.obs
            and (self._wires == other._wires and self.options == other.options)
        )

    def __hash__(self) -> int:
        return hash(self.signature)

    def __repr__(self) -> str:
        inner = repr(self.obs) if self.obs is not None else f"wires={list(self._wires)}"
        inner = inner if self.mv is None else repr(self.mv)
        return f"{self.kind.value}({inner})"


def are_returned(
    measurements: Sequence[Measurement], exact: frozenset[str], most_wires: int | None
) -> bool:
    """Return whether a device returns all measurements natively, in one circuit.

    It returns the kinds ``exact`` without shots, and measures at most ``most_wires`` wires
    together.
    """
    if not all(item.is_returned(exact) for item in measurements):
        return False
    read = {wire for item in measurements for wire in item.wires}
    return most_wires is None or len(read) <= most_wires
