"""Several passes over a circuit, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from qgate.arguments import items_of, whole_number
from qgate.exceptions import TransformError, described
from qgate.operations.operator import Operator
from qgate.sizes import MOST_STEPS, check_size
from qgate.tape import Tape
from qgate.transforms.circuit_transform import Transform, transform
from qgate.transforms.passes.cancellation import cancel_inverses
from qgate.transforms.passes.commutation import commute_controlled
from qgate.transforms.passes.gate_sets import decompose
from qgate.transforms.passes.neighbours import single
from qgate.transforms.passes.removal import remove_barrier
from qgate.transforms.passes.rotations import merge_rotations
from qgate.transforms.pipeline import BoundTransform, CompilePipeline, Transformed

DEFAULT = (commute_controlled, cancel_inverses, merge_rotations, remove_barrier)


@transform
def compile(
    tape: Tape,
    pipeline: Sequence[Transform | BoundTransform] = DEFAULT,
    basis_set: Collection[str] | None = None,
    num_passes: int = 1,
) -> Transformed:
    """Decompose a circuit and apply transforms that make it shorter.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    pipeline : sequence of transforms
        Transforms of one tape to one tape, with options by ``transform(option=...)`` or
        ``functools.partial``. Default: ``commute_controlled``, ``cancel_inverses``,
        ``merge_rotations`` and ``remove_barrier``.
    basis_set : collection of str, optional
        Names of gates into which the circuit is decomposed first; other gates that have no
        decomposition stay. Default: all gates of qgate, so that templates are decomposed.
    num_passes : int
        How many times the pipeline is applied.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        The pipeline has something else than transforms, or one makes several tapes.

    Examples
    --------
    >>> @qg.compile(basis_set=["CNOT", "RX", "RY", "RZ"], num_passes=2)
    ... @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     qg.CNOT(wires=[1, 0])
    ...     qg.RX(-x / 2, wires=0)
    ...     qg.CNOT(wires=[1, 0])
    ...     return qg.expval(qg.Z(0))
    >>> [gate.name for gate in circuit.single_tape((0.6,), {}).operations]
    ['RX']
    """
    parts = items_of(pipeline)
    if parts is None:
        raise TransformError(
            transform="compile",
            reason=f"pipeline={described(pipeline)} is no sequence",
            remedy="Give a list of transforms.",
        )
    steps = [_step(each) for each in parts]
    count = whole_number(num_passes)
    if count is None or count < 1:
        raise TransformError(
            transform="compile",
            reason=f"num_passes={described(num_passes)} is no number of passes",
            remedy="Give a whole number from 1 on.",
        )
    check_size("compile", count, MOST_STEPS, unit="passes", remedy="Set a smaller num_passes.")
    (found,), _ = decompose.of_tape(
        tape, gate_set=basis_set, stopping_condition=_has_none, strict=False
    )
    for step in steps * count:
        tapes, _ = CompilePipeline(step).of_tapes([found])
        if len(tapes) != 1:
            raise TransformError(
                transform="compile",
                reason=f"{step.transform.name} makes {len(tapes)} tapes of one",
                remedy="Apply it to the QNode after compile.",
            )
        (found,) = tapes
    return single(tape, found.operations)


def _has_none(operation: Operator) -> bool:
    """Return whether an operator other than a phase has no decomposition."""
    return not operation.has_decomposition and operation.name != "GlobalPhase"


def _step(given: object) -> BoundTransform:
    """Return a part of a pipeline as a transform with its options."""
    args: Sequence[object] = ()
    options: dict[str, object] = {}
    while isinstance(given, partial):
        args, options = (*given.args, *args), {**given.keywords, **options}
        given = given.func
    if isinstance(given, Transform):
        return given.steps(args, options)[-1]
    if isinstance(given, BoundTransform):
        return given
    raise TransformError(
        transform="compile",
        reason=f"the pipeline has {described(given)}, which is no transform",
        remedy="Give transforms, such as qg.transforms.cancel_inverses.",
    )
