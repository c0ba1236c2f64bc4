"""PennyLane's classes of measurements, one for each kind.

qgate has one class ``Measurement`` with a ``kind``. ``isinstance(measurement, ExpectationMP)``
compares the kind, and ``ExpectationMP(obs)`` makes the measurement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from qgate.exceptions import QuantumFunctionError, described
from qgate.measurements import functions, shadows
from qgate.measurements.functions import Measured
from qgate.measurements.measurement import Measurement, MeasurementKind
from qgate.measurements.own import OwnMeasurement
from qgate.operations.operator import Operator
from qgate.typing import WiresLike

OF_STATES = (
    *(MeasurementKind.EXPVAL, MeasurementKind.VAR, MeasurementKind.PROBS, MeasurementKind.STATE),
    *(MeasurementKind.DENSITY_MATRIX, MeasurementKind.VN_ENTROPY, MeasurementKind.MUTUAL_INFO),
    MeasurementKind.PURITY,
)
OF_SAMPLES = (
    *(MeasurementKind.EXPVAL, MeasurementKind.VAR, MeasurementKind.PROBS),
    *(MeasurementKind.SAMPLE, MeasurementKind.COUNTS),
)

OF_SHADOWS = (MeasurementKind.CLASSICAL_SHADOW, MeasurementKind.SHADOW_EXPVAL)


class MeasurementType(type):
    """Class of the classes of measurements, of which measurements of some kinds are instances."""

    kinds: frozenset[MeasurementKind]

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        kinds: Iterable[MeasurementKind] = (),
    ) -> MeasurementType:
        if not kinds:
            return own_class(name, bases, namespace)  # type: ignore[return-value]
        made = super().__new__(mcs, name, bases, namespace)
        made.kinds = frozenset(kinds)
        return made

    def __instancecheck__(cls, instance: object) -> bool:
        if isinstance(instance, OwnMeasurement):
            return issubclass(type(instance), cls)
        return isinstance(instance, Measurement) and instance.kind in cls.kinds

    def __subclasscheck__(cls, subclass: type) -> bool:
        if isinstance(subclass, MeasurementType):
            return subclass.kinds <= cls.kinds
        if issubclass(subclass, OwnMeasurement):
            return any(parent.kinds <= cls.kinds for parent in subclass.parents)
        return cls is MeasurementProcess and issubclass(subclass, Measurement)


OWN_METHODS = {"SampleMeasurement": "process_samples", "StateMeasurement": "process_state"}
"""Classes from which users derive, and the method that has to be defined."""


def own_class(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
    """Return a user's class that derives from classes of measurements.

    Raises
    ------
    QuantumFunctionError
        It derives from a class of one kind of measurement.
    """
    parents = tuple(base for base in bases if isinstance(base, MeasurementType))
    others = tuple(base for base in bases if not isinstance(base, MeasurementType))
    wrong = [parent.__name__ for parent in parents if parent.__name__ not in OWN_METHODS]
    if wrong:
        raise QuantumFunctionError(
            f"{name} cannot derive from {wrong[0]}. Derive a measurement of your own from "
            f"{' or '.join(OWN_METHODS)}."
        )
    methods = tuple(OWN_METHODS[parent.__name__] for parent in parents)
    return type(
        name, (OwnMeasurement, *others), {**namespace, "parents": parents, "methods": methods}
    )


class MeasurementProcess(metaclass=MeasurementType, kinds=MeasurementKind):
    """Class of every measurement; it cannot be called, its subclasses can."""

    kinds: ClassVar[frozenset[MeasurementKind]]

    def __new__(cls, *args: object, **kwargs: object) -> Any:
        """Refuse to make a measurement without a kind."""
        raise QuantumFunctionError(
            f"{cls.__name__} was called with {described(args)} and is no kind of measurement. Call "
            "qg.expval, qg.probs or another kind."
        )


class SampleMeasurement(MeasurementProcess, kinds=OF_SAMPLES):
    """Class of measurements whose value is computed from samples.

    A subclass defines a measurement of its own. Its method ``process_samples(samples, wire_order)``
    gets the bits of all wires, shape (shots, n), in the eigenbasis of the observable if there is
    one, and returns a number or an array. Derivatives are those of shifted circuits; a value that
    is an array then needs ``shape``.

    Examples
    --------
    >>> class Ones(SampleMeasurement):
    ...     def process_samples(self, samples, wire_order, shot_range=None, bin_size=None):
    ...         return samples[:, wire_order.indices(self.wires)].sum()
    >>> @qg.qnode("local", shots=100)
    ... def circuit():
    ...     qg.X(0)
    ...     return Ones(wires=0)
    >>> print(circuit())
    100
    """


class StateMeasurement(MeasurementProcess, kinds=OF_STATES):
    """Class of measurements whose value is computed from a state.

    A subclass defines a measurement of its own. Its method ``process_state(state, wire_order)``
    gets the state vector of all wires, shape (2**n,), as an array of the user's framework, which
    differentiates what it returns. From shots it is the state of ``qg.state``. After noise
    channels, ``process_density_matrix(density_matrix, wire_order)`` gets the density matrix.

    Examples
    --------
    >>> class Overlap(StateMeasurement):
    ...     def process_state(self, state, wire_order):
    ...         return abs(state[0]) ** 2
    >>> @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x, 0)
    ...     return Overlap()
    >>> print(circuit(0.0))
    1.0
    """


class ExpectationMP(SampleMeasurement, StateMeasurement, kinds=[MeasurementKind.EXPVAL]):
    """Class of expectation values; ``ExpectationMP(obs)`` is ``expval(obs)``."""

    def __new__(cls, obs: Measured, id: str | None = None) -> Any:
        """Return the measurement."""
        return functions.expval(obs)


class VarianceMP(SampleMeasurement, StateMeasurement, kinds=[MeasurementKind.VAR]):
    """Class of variances; ``VarianceMP(obs)`` is ``var(obs)``."""

    def __new__(cls, obs: Measured, id: str | None = None) -> Any:
        """Return the measurement."""
        return functions.var(obs)


class ProbabilityMP(SampleMeasurement, StateMeasurement, kinds=[MeasurementKind.PROBS]):
    """Class of probabilities; ``ProbabilityMP(obs, wires)`` is ``probs(wires, op=obs)``."""

    def __new__(
        cls, obs: Measured | None = None, wires: WiresLike | None = None, id: str | None = None
    ) -> Any:
        """Return the measurement."""
        return functions.probs(wires=wires, op=obs)


class SampleMP(SampleMeasurement, kinds=[MeasurementKind.SAMPLE]):
    """Class of samples; ``SampleMP(obs, wires)`` is ``sample(obs, wires)``."""

    def __new__(
        cls, obs: Measured | None = None, wires: WiresLike | None = None, id: str | None = None
    ) -> Any:
        """Return the measurement."""
        return functions.sample(obs, wires)


class CountsMP(SampleMeasurement, kinds=[MeasurementKind.COUNTS]):
    """Class of counts; ``CountsMP(obs, wires)`` is ``counts(obs, wires)``."""

    def __new__(
        cls,
        obs: Measured | None = None,
        wires: WiresLike | None = None,
        id: str | None = None,
        all_outcomes: bool = False,
    ) -> Any:
        """Return the measurement."""
        return functions.counts(obs, wires, all_outcomes=all_outcomes)


class StateMP(StateMeasurement, kinds=[MeasurementKind.STATE, MeasurementKind.DENSITY_MATRIX]):
    """Class of states; ``StateMP()`` is ``state()``, with wires their density matrix."""

    def __new__(cls, wires: WiresLike | None = None, id: str | None = None) -> Any:
        """Return the measurement."""
        return functions.state() if wires is None else functions.density_matrix(wires)


class DensityMatrixMP(StateMP, kinds=[MeasurementKind.DENSITY_MATRIX]):
    """Class of density matrices; ``DensityMatrixMP(wires)`` is ``density_matrix(wires)``."""

    def __new__(cls, wires: WiresLike, id: str | None = None) -> Any:
        """Return the measurement."""
        return functions.density_matrix(wires)


class VnEntropyMP(StateMeasurement, kinds=[MeasurementKind.VN_ENTROPY]):
    """Class of entropies; ``VnEntropyMP(wires)`` is ``vn_entropy(wires)``."""

    def __new__(cls, wires: WiresLike, id: str | None = None, log_base: float | None = None) -> Any:
        """Return the measurement."""
        return functions.vn_entropy(wires, log_base)


class MutualInfoMP(StateMeasurement, kinds=[MeasurementKind.MUTUAL_INFO]):
    """Class of mutual information; ``MutualInfoMP((a, b))`` is ``mutual_info(a, b)``."""

    def __new__(
        cls, wires: Sequence[WiresLike], id: str | None = None, log_base: float | None = None
    ) -> Any:
        """Return the measurement."""
        first, second = wires
        return functions.mutual_info(first, second, log_base)


class PurityMP(StateMeasurement, kinds=[MeasurementKind.PURITY]):
    """Class of purities; ``PurityMP(wires)`` is ``purity(wires)``."""

    def __new__(cls, wires: WiresLike, id: str | None = None) -> Any:
        """Return the measurement."""
        return functions.purity(wires)


class MeasurementTransform(MeasurementProcess, kinds=OF_SHADOWS):
    """Class of measurements that are made of circuits of their own: classical shadows."""


class ClassicalShadowMP(MeasurementTransform, kinds=[MeasurementKind.CLASSICAL_SHADOW]):
    """Class of classical shadows; ``ClassicalShadowMP(wires)`` is ``classical_shadow(wires)``."""

    def __new__(cls, wires: WiresLike, seed: int | None = None, id: str | None = None) -> Any:
        """Return the measurement."""
        return shadows.classical_shadow(wires, seed)


class ShadowExpvalMP(MeasurementTransform, kinds=[MeasurementKind.SHADOW_EXPVAL]):
    """Class of values from shadows; ``ShadowExpvalMP(H)`` is ``shadow_expval(H)``."""

    def __new__(
        cls,
        H: Operator | Sequence[Operator],
        seed: int | None = None,
        k: int = 1,
        id: str | None = None,
    ) -> Any:
        """Return the measurement."""
        return shadows.shadow_expval(H, k=k, seed=seed)
