"""Numbers of the outcomes of a circuit, in the order of its mid-circuit measurements.

Each call of ``measure`` gives its outcome an identifier of its own, so that an outcome of another
circuit is noticed. Structures number the outcomes instead, so that equal circuits have equal ones.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from qgate.exceptions import InvalidTape, OutcomeOfOtherCircuit
from qgate.measurements import Measurement
from qgate.operations.conditions import Conditional
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import Node, uids_in


def has_outcomes(operations: Iterable[Operator], measurements: Iterable[Measurement]) -> bool:
    """Return whether a circuit measures in its middle, or depends on such outcomes."""
    if any(isinstance(item, MidMeasure | Conditional) for item in operations):
        return True
    return any(item.nodes for item in measurements)


def numbered(
    operations: Sequence[Operator], measurements: Sequence[Measurement]
) -> tuple[list[Operator], list[Measurement]] | None:
    """Return a circuit with numbers as identifiers of its outcomes; None if they are already.

    Raises
    ------
    InvalidTape
        A mid-circuit measurement is in the circuit twice.
    OutcomeOfOtherCircuit
        Something depends on an outcome that is not measured before.
    """
    names: dict[Hashable, Hashable] = {}
    gates: list[Operator] = []
    for item in operations:
        if isinstance(item, MidMeasure):
            if item.meas_uid in names:
                raise InvalidTape(
                    reason=f"{item} is in it twice, with one outcome",
                    remedy="Call qg.measure once for each measurement.",
                )
            names[item.meas_uid] = len(names)
            gates.append(item.with_uid(names[item.meas_uid]))
        elif isinstance(item, Conditional):
            _require(names, [item.node], item.name)
            gates.append(item.with_names(names))
        else:
            gates.append(item)
    for measured in measurements:
        _require(names, measured.nodes, measured.kind.value)
    if all(old == new for old, new in names.items()):
        return None
    return gates, [item.with_names(names) if item.nodes else item for item in measurements]


def _require(names: dict[Hashable, Hashable], nodes: Sequence[Node], where: str) -> None:
    for node in nodes:
        if not names.keys() >= set(uids_in(node)):
            raise OutcomeOfOtherCircuit(where=where)
