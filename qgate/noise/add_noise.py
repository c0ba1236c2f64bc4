"""Circuits with the noise of a model."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial

from qgate.arrays import is_concrete, unwrap
from qgate.exceptions import TransformError, described
from qgate.levels import in_gates_of, stages_at
from qgate.noise.noise_model import NoiseModel
from qgate.operations.operator import Operator
from qgate.tape import Tape
from qgate.transforms.circuit_transform import Transform, transform
from qgate.transforms.passes.insertion import without_templates
from qgate.transforms.passes.neighbours import single
from qgate.transforms.pipeline import BoundTransform, CompilePipeline, Transformed
from qgate.typing import Nested


@transform
def add_noise(
    tape: Tape, noise_model: NoiseModel, level: str | int | slice = "user"
) -> Transformed:
    """Add the noise of a model to a circuit.

    Each condition of the model is evaluated on each operation and measurement, in order. Readout
    errors act on the measurement that fulfils their condition: measurements with different ones
    become circuits of their own.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    noise_model : NoiseModel
    level : {"user", "top", "gradient", "device"}, int or slice
        Of a QNode: after which of its transforms noise is added; later ones are left out. ``top``:
        none; ``user``: all; ``gradient``: in the gates that the gradient method shifts; ``device``:
        in the gates of the device. ``user`` also decomposes templates and adjoints.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        It is no noise model.
    InvalidLevel
        There is no such level.

    Examples
    --------
    >>> rotations = qg.noise.op_eq(qg.RX) & qg.noise.wires_in([0, 1])
    >>> model = qg.NoiseModel({rotations: qg.noise.partial_wires(qg.PhaseDamping, 0.4)})
    >>> @qg.add_noise(noise_model=model)
    ... @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     qg.RY(x, wires=0)
    ...     return qg.expval(qg.X(0))
    >>> print(qg.draw(circuit)(0.9))
    0: ──RX(0.90)──PhaseDamping(0.40)──RY(0.90)─┤  <X>
    """
    if not isinstance(noise_model, NoiseModel):
        raise TransformError(
            transform="add_noise",
            reason=f"{described(noise_model)} is no noise model",
            remedy="Give a qg.NoiseModel.",
        )
    gates = without_templates(tape) if isinstance(level, str) and level == "user" else tape
    noisy = [part for gate in gates.operations for part in noise_model.around(gate)]
    if not noise_model.meas_map:
        return single(tape, noisy)
    return _split_by_readout(tape, noisy, noise_model)


def _split_by_readout(tape: Tape, gates: Sequence[Operator], model: NoiseModel) -> Transformed:
    """Return a circuit for each readout error, with the measurements that have it."""
    groups: dict[Hashable, list[int]] = {}
    readouts = [model.before(measurement) for measurement in tape.measurements]
    for place, readout in enumerate(readouts):
        groups.setdefault(tuple(map(_key, readout)), []).append(place)
    places = list(groups.values())
    tapes = [
        tape.copy(
            ops=[*gates, *readouts[members[0]]],
            measurements=[tape.measurements[place] for place in members],
        )
        for members in places
    ]
    return tapes, partial(_in_order, places=places, partitioned=tape.shots.partitioned)


def _key(operation: Operator) -> Hashable:
    """Return a key that equal operations share, unless a framework traces their numbers."""
    numbers = operation.parameters
    known = all(map(is_concrete, numbers))
    return operation.signature, tuple(
        unwrap(value).tobytes() if known and hasattr(unwrap(value), "tobytes") else id(value)
        for value in numbers
    )


def _in_order(
    results: Sequence[Nested], *, places: Sequence[Sequence[int]], partitioned: bool
) -> Nested:
    """Return the results of circuits with some of the measurements each, in their order."""
    if partitioned:
        parts = zip(*results, strict=True)
        return tuple(_in_order(part, places=places, partitioned=False) for part in parts)
    values: dict[int, Nested] = {}
    for members, result in zip(places, results, strict=True):
        values.update(zip(members, result if len(members) > 1 else (result,), strict=True))
    found = tuple(values[place] for place in sorted(values))
    return found[0] if len(found) == 1 else found


@add_noise.custom_qnode_transform
def _at_level(
    self: Transform, qnode: Nested, targs: Sequence[object], tkwargs: Mapping[str, object]
) -> Nested:
    """Return the QNode with the noise at a level of its circuits."""
    level = tkwargs.get("level", targs[1] if len(targs) > 1 else "user")
    kept, gates = stages_at(level, qnode)
    pipeline = CompilePipeline(kept)
    if gates is not None:
        pipeline += BoundTransform(in_gates, (qnode, gates), {})
    return qnode.with_pipeline(pipeline + BoundTransform(self, targs, tkwargs))


@transform
def in_gates(tape: Tape, qnode: Nested, level: str) -> Transformed:
    """Decompose a circuit into the gates that a QNode has at a level, gradient or device."""
    return [in_gates_of(qnode, level, tape)], _first


def _first(results: Sequence[Nested]) -> Nested:
    return results[0]
