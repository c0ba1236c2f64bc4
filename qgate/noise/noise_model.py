"""Noise models: where noise acts, and which noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import Parameter, signature
from typing import Any, TypeVar

from qgate.boolean_fn import BooleanFn
from qgate.exceptions import InvalidNoiseModel, described, name_of
from qgate.measurements.measurement import Measurement
from qgate.operations.operator import Operator, operations_of
from qgate.recording import paused
from qgate.typing import Function, Nested

K = TypeVar("K")
V = TypeVar("V")

LINES = ",\n"

NoiseMap = Mapping[BooleanFn, Function]
"""Noise functions by the condition under which they act."""


class NoiseModel:
    """Noise after the operations, and before the measurements, that fulfil conditions.

    Parameters
    ----------
    model_map : mapping of BooleanFn to callable
        For each condition on operations a noise function ``noise(op, **kwargs)``, which applies
        operations. They follow ``op``. If the function applies ``op`` itself, by ``qg.apply(op)``,
        those before it precede ``op``.
    meas_map : mapping of BooleanFn to callable, optional
        For each condition on measurements a noise function ``noise(mp, **kwargs)``, whose
        operations precede the measurement: readout errors.
    **kwargs
        Given to all noise functions, for example ``t1=1e-4``.

    Raises
    ------
    InvalidNoiseModel
        A condition is no ``BooleanFn``, or a noise function does not take ``**kwargs``.

    Examples
    --------
    >>> flips = qg.noise.op_eq(qg.X) | qg.noise.op_eq(qg.Y)
    >>> def relaxes(op, **kwargs):
    ...     qg.ThermalRelaxationError(0.4, kwargs["t1"], 0.2, 0.6, op.wires)
    >>> model = qg.NoiseModel({flips: relaxes}, t1=0.4)
    >>> model += {qg.noise.op_eq("Hadamard"): qg.noise.partial_wires(qg.AmplitudeDamping, 0.4)}
    >>> print(model)
    NoiseModel({
        OpEq(PauliX) | OpEq(PauliY): relaxes
        OpEq(Hadamard): AmplitudeDamping(gamma=0.4)
    }, t1 = 0.4)
    >>> model.around(qg.H(0))
    [H(0), AmplitudeDamping(0.4, wires=[0])]
    """

    def __init__(
        self, model_map: NoiseMap, meas_map: NoiseMap | None = None, **kwargs: Any
    ) -> None:
        self.check_model(model_map)
        self.check_model({} if meas_map is None else meas_map)
        self._model_map, self._meas_map = dict(model_map), dict(meas_map or {})
        self._metadata = kwargs

    @property
    def model_map(self) -> dict[BooleanFn, Function]:
        """Noise functions of operations by their conditions."""
        return self._model_map

    @property
    def meas_map(self) -> dict[BooleanFn, Function]:
        """Noise functions of measurements by their conditions."""
        return self._meas_map

    @property
    def metadata(self) -> dict[str, Any]:
        """Keyword arguments of all noise functions."""
        return self._metadata

    @staticmethod
    def check_model(model: NoiseMap) -> None:
        """Refuse conditions that are no ``BooleanFn``, and functions that do not take ``**kwargs``.

        Raises
        ------
        InvalidNoiseModel
        """
        if not isinstance(model, Mapping):
            raise InvalidNoiseModel(
                part=described(model),
                reason="it is no dictionary",
                remedy="Give a dictionary of conditions and noise functions.",
            )
        for condition, noise in model.items():
            if not isinstance(condition, BooleanFn):
                raise InvalidNoiseModel(
                    part=f"the condition {described(condition)}",
                    reason="it is no BooleanFn",
                    remedy="Give a condition of qg.noise, or wrap a function, qg.BooleanFn(fn).",
                )
            if not callable(noise) or not _takes_keywords(noise):
                raise InvalidNoiseModel(
                    part=f"the noise {described(noise)} of {condition}",
                    reason="it has to be a function whose last parameter is **kwargs",
                    remedy="Write def noise(op, **kwargs), or use qg.noise.partial_wires.",
                )

    # Application -----------------------------------------------------------------------

    def around(self, operation: Operator) -> list[Operator]:
        """Return an operation with the noise that it has."""
        found = [operation]
        for condition, noise in self._model_map.items():
            if condition(operation):
                applied = self._applied(noise, operation)
                place = next((at for at, item in enumerate(applied) if item is operation), None)
                if place is None:
                    found += applied
                else:
                    found = [*applied[:place], *found, *applied[place + 1 :]]
        return found

    def before(self, measurement: Measurement) -> list[Operator]:
        """Return the operations before a measurement: its readout errors."""
        return [
            operation
            for condition, noise in self._meas_map.items()
            if condition(measurement)
            for operation in self._applied(noise, measurement)
        ]

    def _applied(self, noise: Function, target: Operator | Measurement) -> list[Operator]:
        with paused():
            return operations_of(noise, (target,), self._metadata)

    # Arithmetic ------------------------------------------------------------------------

    def __add__(self, other: object) -> NoiseModel:
        maps = _parts_of(other)
        if maps is None:
            return NotImplemented
        model, meas, metadata = maps
        return NoiseModel(
            {**self._model_map, **model}, {**self._meas_map, **meas}, **self._metadata | metadata
        )

    __radd__ = __add__

    def __sub__(self, other: object) -> NoiseModel:
        """Return the model without the conditions, and the keyword arguments, of another."""
        maps = _parts_of(other)
        if maps is None:
            return NotImplemented
        model, meas, metadata = maps
        return NoiseModel(
            _without(self._model_map, model),
            _without(self._meas_map, meas),
            **_without(self._metadata, metadata),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NoiseModel):
            return NotImplemented
        return (
            _compared(self._model_map) == _compared(other._model_map)
            and _compared(self._meas_map) == _compared(other._meas_map)
            and self._metadata == other._metadata
        )

    __hash__ = None  # type: ignore[assignment]  # its parts need not be hashable

    def __repr__(self) -> str:
        parts = [_listed(self._model_map)]
        if self._meas_map:
            parts.append(f"meas_map = {_listed(self._meas_map)}")
        named = [f"{name} = {value}" for name, value in self._metadata.items()]
        return f"NoiseModel({', '.join([LINES.join(parts), *named])})"


def _takes_keywords(function: Function) -> bool:
    parameters = list(signature(function).parameters.values())
    return bool(parameters) and parameters[-1].kind is Parameter.VAR_KEYWORD


def _parts_of(other: object) -> tuple[NoiseMap, NoiseMap, dict[str, Any]] | None:
    """Return the maps and keyword arguments of a model, or of a dictionary that stands for one."""
    if isinstance(other, NoiseModel):
        return other.model_map, other.meas_map, other.metadata
    if not isinstance(other, Mapping):
        return None
    named = {key: value for key, value in other.items() if isinstance(key, str)}
    meas = named.pop("meas_map", {})
    return {key: value for key, value in other.items() if not isinstance(key, str)}, meas, named


def _without(items: Mapping[K, V], others: Mapping[K, Any]) -> dict[K, V]:
    return {key: value for key, value in items.items() if key not in others}


def _compared(model: NoiseMap) -> Sequence[tuple[Nested, Function]]:
    return [(condition.condition or condition.fn, noise) for condition, noise in model.items()]


def _listed(model: NoiseMap) -> str:
    lines = [f"    {condition!s}: {name_of(noise)}\n" for condition, noise in model.items()]
    return "{\n" + "".join(lines) + "}"
