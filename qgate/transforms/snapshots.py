"""Measurements at points of a circuit, together with its own in one submission."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from qgate.measurements import Measurement
from qgate.operations.operator import Operator
from qgate.shots import Shots
from qgate.snapshot import Snapshot
from qgate.tape import Tape
from qgate.transforms.circuit_transform import Transform, transform
from qgate.transforms.pipeline import Transformed
from qgate.wires import Wires

RESULTS = "execution_results"
"""Key of the results of the circuit itself."""


class Device(Protocol):
    """Protocol: properties of a device that are used here."""

    wires: Wires | None
    capabilities: Any


@transform
def snapshots(tape: Tape, device: Device | None = None) -> Transformed:
    """Measure at each ``Snapshot`` of a circuit; a transform of tapes and QNodes.

    Parameters
    ----------
    tape : Tape or QNode
    device : Device, optional
        Device on which the tapes will run; QNodes give theirs. Snapshots of the state have its
        wires, and no shots if it can return exact results.

    Returns
    -------
    QNode, or tapes and a function of their results
        The result is a dictionary: for each snapshot its tag, or the number of snapshots before it,
        and the measured value; a list of values for a tag that occurs several times; and
        ``"execution_results"``, the results of the circuit, if it has measurements.

    Notes
    -----
    Cost: one circuit for each snapshot, with the operations before it, and one for the results; all
    are one submission.

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit():
    ...     qg.Hadamard(0)
    ...     qg.Snapshot(measurement=qg.probs(wires=[0, 1]))
    ...     qg.CNOT([0, 1])
    ...     return qg.probs(wires=[0, 1])
    >>> {key: value.round(3).tolist() for key, value in qg.snapshots(circuit)().items()}
    {0: [0.5, 0.0, 0.5, 0.0], 'execution_results': [0.5, 0.0, 0.0, 0.5]}
    """
    before: list[Operator] = []
    tapes: list[Tape] = []
    tags: list[Hashable] = []
    for operation in tape.operations:
        if isinstance(operation, Snapshot):
            tags.append(len(tapes) if operation.tag is None else operation.tag)
            tapes.append(_measured(operation, before, tape, device))
        else:
            before.append(operation)
    if tape.measurements:
        tags.append(RESULTS)
        tapes.append(Tape(before, tape.measurements, tape.shots))
    return tuple(tapes), partial(_by_tag, tags)


@snapshots.custom_qnode_transform
def _of_qnode(
    self: Transform, qnode: Any, targs: Sequence[object], tkwargs: Mapping[str, object]
) -> Any:
    given = {"device": qnode.device, **tkwargs} if not targs else tkwargs
    return self.default_qnode_transform(qnode, targs, given)


def _measured(
    snapshot: Snapshot, before: Sequence[Operator], tape: Tape, device: Device | None
) -> Tape:
    """Return the circuit up to a snapshot, with its measurement."""
    shots, measurement = snapshot.shots_in(tape.shots), snapshot.measurement
    if snapshot.measures_state:
        shots = Shots() if device is None or device.capabilities.exact else shots
        measurement = _of_all_wires(measurement, tape, device)
    return Tape(before, [measurement], shots)


def _of_all_wires(measurement: Measurement, tape: Tape, device: Device | None) -> Measurement:
    """Return a measurement of the wires of the whole circuit, not only of those used before."""
    if device is not None and device.wires is not None:
        return measurement.with_wires(device.wires)
    return measurement.with_wires(tape.structure.wires)


def _by_tag(tags: Sequence[Hashable], results: Sequence[Any]) -> dict[Hashable, Any]:
    found: dict[Hashable, list[Any]] = {}
    for tag, value in zip(tags, results, strict=True):
        found.setdefault(tag, []).append(value)
    return {tag: values[0] if len(values) == 1 else values for tag, values in found.items()}
