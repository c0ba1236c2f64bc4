"""Measurements in the middle of a circuit."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from qgate.arguments import truth, whole_number
from qgate.exceptions import QuantumFunctionError, described
from qgate.operations.labels import meter_symbol
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import MeasurementValue
from qgate.typing import Wire, WiresLike
from qgate.wires import Wires


class MidMeasure(Operator):
    """Measurement of one wire in the middle of a circuit, in the computational basis.

    ``measure`` makes it, and returns its outcome.

    Parameters
    ----------
    wires : wire
        The measured wire.
    reset : bool
        Whether the wire is set to the state 0 afterwards.
    postselect : 0, 1 or None
        The outcome to which statistics are restricted.
    meas_uid : hashable, optional
        Identifier of the outcome, unique in its circuit; default: a new one.
    """

    num_wires = 1
    name = "MidMeasureMP"
    has_matrix = False
    is_gate = False
    ways: tuple[str | None, str | None] = (None, None)
    """The ``mcm_method`` and ``postselect_mode`` of the QNode."""

    def __init__(
        self,
        wires: WiresLike,
        reset: bool = False,
        postselect: int | None = None,
        meas_uid: Hashable | None = None,
    ) -> None:
        on = Wires(wires)
        if len(on) != 1:
            raise QuantumFunctionError(
                f"measure was given the wires {list(on)}. Only a single qubit can be measured in "
                "the middle of the circuit. Call qg.measure once for each wire."
            )
        options = {
            "reset": truth("measure", "reset", reset),
            "postselect": _bit(postselect),
            "meas_uid": str(uuid4()) if meas_uid is None else meas_uid,
        }
        super().__init__((), on, options)

    @property
    def reset(self) -> bool:
        """Whether the wire is set to the state 0 afterwards."""
        return bool(self._hyperparameters["reset"])

    @property
    def postselect(self) -> int | None:
        """The outcome to which statistics are restricted, or None."""
        found = self._hyperparameters["postselect"]
        return found if isinstance(found, int) else None

    @property
    def meas_uid(self) -> Hashable:
        """Identifier of the outcome."""
        return self._hyperparameters["meas_uid"]

    @property
    def signature(self) -> Hashable:
        return (type(self), self._wires, self.reset, self.postselect, self.meas_uid, self.ways)

    def with_ways(self, mcm_method: str | None, postselect_mode: str | None) -> MidMeasure:
        """Return the measurement with the options of a QNode; nothing is recorded."""
        other = self.with_parameters(())
        other.ways = (mcm_method, postselect_mode)
        return other

    def with_uid(self, uid: Hashable) -> MidMeasure:
        """Return the measurement with another identifier of its outcome; nothing is recorded."""
        other = self.with_parameters(())
        other._hyperparameters = {**self._hyperparameters, "meas_uid": uid}
        return other

    @property
    def symbol(self) -> str:
        return meter_symbol(self.postselect, reset=self.reset)

    def __repr__(self) -> str:
        return (
            f"MidMeasure(wires={list(self.wires)}, postselect={self.postselect}, "
            f"reset={self.reset})"
        )


def measure(
    wires: Wire | WiresLike, reset: bool = False, postselect: int | None = None
) -> MeasurementValue:
    """Measure a wire in the middle of a circuit, in the computational basis.

    The device runs the measurement, or one without mid-circuit measurements runs an equivalent
    circuit with another wire for the outcome (``defer_measurements``).

    Parameters
    ----------
    wires : wire
        The measured wire; it can be used again afterwards.
    reset : bool
        Whether the wire is set to the state 0 afterwards.
    postselect : 0, 1 or None
        Restrict all results of the circuit to runs with this outcome. Exact results are divided by
        its probability, and are NaN if that is 0; shots with the other outcome are discarded.

    Returns
    -------
    MeasurementValue
        The outcome, 0 or 1: for ``cond``, for arithmetic, and for ``expval``, ``var``, ``probs``,
        ``sample`` and ``counts``.

    Raises
    ------
    QuantumFunctionError
        There is more than one wire, or ``postselect`` is not 0, 1 or None.

    Examples
    --------
    >>> @qg.qnode(qg.device("local"))
    ... def circuit():
    ...     qg.H(wires=0)
    ...     outcome = qg.measure(0)
    ...     qg.cond(outcome, qg.X)(wires=0)
    ...     return qg.probs(wires=0)
    >>> circuit().round(6).tolist()
    [1.0, 0.0]
    """
    return MeasurementValue([MidMeasure(wires, reset, postselect)])


Ways = tuple[str | None, str | None]
"""The options ``mcm_method`` and ``postselect_mode`` of a QNode."""


def ways_of(keywords: Mapping[str, Any]) -> Ways | None:
    """Return the options for mid-circuit measurements; None: all have their default."""
    found = keywords.get("mcm_method"), keywords.get("postselect_mode")
    return None if found == (None, None) else found


def with_ways(operations: Iterable[Operator], ways: Ways) -> tuple[Operator, ...]:
    """Return the operations of a circuit, the measurements with the options of a QNode."""
    return tuple(
        [item.with_ways(*ways) if isinstance(item, MidMeasure) else item for item in operations]
    )


def _bit(postselect: object) -> int | None:
    """Return the outcome that is selected."""
    if postselect is None:
        return None
    number = whole_number(postselect)
    if number not in (0, 1):
        raise QuantumFunctionError(
            f"measure was given postselect={described(postselect)}. A qubit has the outcomes 0 "
            "and 1. Give one of these, or None."
        )
    return number
