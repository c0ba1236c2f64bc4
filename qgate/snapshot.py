"""Points of a circuit at which something is measured, without changing the circuit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Self

from qgate.exceptions import InvalidSnapshot, described
from qgate.measurements import Measurement, MeasurementKind, state
from qgate.operations.operator import Operator
from qgate.recording import absorb
from qgate.shots import Shots
from qgate.typing import Wire

WORKFLOW = "workflow"
"""Shots of a snapshot that are those of its circuit."""


class Snapshot(Operator):
    """Point of a circuit at which ``snapshots`` measures; in other executions it does nothing.

    Parameters
    ----------
    tag : str, optional
        Key of the result; default: the number of snapshots before it.
    measurement : Measurement, optional
        What is measured; default ``state()``.
    shots : "workflow", None, int or sequence
        Shots of the measurement; ``"workflow"``: those of the circuit. The state is exact where
        the device can return it.

    Raises
    ------
    InvalidSnapshot
        The tag is not a string, or the measurement is none.

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit():
    ...     qg.Snapshot("before", qg.expval(qg.Z(0)))
    ...     qg.X(0)
    ...     return qg.expval(qg.Z(0))
    >>> {key: float(value) for key, value in qg.snapshots(circuit)().items()}
    {'before': 1.0, 'execution_results': -1.0}
    """

    symbol = "|Snap|"
    has_matrix = False
    has_decomposition = True

    def __init__(
        self,
        tag: str | None = None,
        measurement: Measurement | None = None,
        shots: Any = WORKFLOW,
    ) -> None:
        if not isinstance(tag, str | None):
            raise InvalidSnapshot(
                argument="tag",
                value=described(tag),
                allowed="It is a string, or None for the number of snapshots before it.",
            )
        measured = state() if measurement is None else measurement
        if not isinstance(measured, Measurement):
            raise InvalidSnapshot(
                argument="measurement",
                value=described(measurement),
                allowed="It is a measurement, such as qg.expval(qg.Z(0)), or None for the state.",
            )
        absorb(measured)
        inherits = isinstance(shots, str) and shots == WORKFLOW
        options: dict[str, Hashable] = {
            "tag": tag,
            "measurement": measured,
            "shots": WORKFLOW if inherits else Shots.of(shots),
        }
        super().__init__((), measured.wires, options)

    @property
    def tag(self) -> str | None:
        """Key of the result, or None."""
        found: Any = self.hyperparameters["tag"]
        return None if found is None else str(found)

    @property
    def measurement(self) -> Measurement:
        """The measurement at this point."""
        found: Any = self.hyperparameters["measurement"]
        measured: Measurement = found
        return measured

    @property
    def measures_state(self) -> bool:
        """Whether it measures the state, with no shots of its own."""
        inherits = self.hyperparameters["shots"] == WORKFLOW
        return inherits and self.measurement.kind is MeasurementKind.STATE

    def shots_in(self, shots: Shots) -> Shots:
        """Return its shots in a circuit with these shots."""
        own: Any = self.hyperparameters["shots"]
        return shots if own == WORKFLOW else Shots.of(own)

    def decomposition(self) -> list[Operator]:
        return []

    def adjoint(self) -> Operator:
        return self

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        other = super().map_wires(wire_map)
        measured = self.measurement.map_wires(wire_map)
        other._hyperparameters = {**self._hyperparameters, "measurement": measured}
        return other

    def with_parameters(self, parameters: Sequence[Any]) -> Self:
        return super().with_parameters(())

    def __repr__(self) -> str:
        shots = self.hyperparameters["shots"]
        return f"<Snapshot: tag={self.tag}, measurement={self.measurement}, shots={shots}>"
