"""Circuits with a batch axis: rows of one circuit, or a circuit for each row."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence

from qgate.arguments import items_of, keywords_of, require_function, truth, whole_number
from qgate.arrays import enclosed, finished, framework_among, namespace, shape_of
from qgate.exceptions import TransformError, described
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import first_result
from qgate.transforms.pipeline import Transformed
from qgate.typing import Function, Nested, Tensor


@transform
def broadcast_expand(tape: Tape) -> Transformed:
    """Give each row of a batch a circuit of its own.

    Devices do it by themselves where they need it; circuits with a batch are rows of one request.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        The length of the batch is not known yet.

    Examples
    --------
    >>> tapes, _ = broadcast_expand(qg.tape.QuantumScript([qg.RX([0.1, 0.2], 0)]))
    >>> [tape.operations for tape in tapes]
    [[RX(0.1, wires=[0])], [RX(0.2, wires=[0])]]
    """
    length = tape.batch_size
    if length is None:
        return [tape], first_result
    if length < 0:
        raise _wrong("broadcast_expand", "the length of the batch is not known", "Give a length.")
    shapes = zip(tape.parameters, tape.angle_shapes, strict=True)
    batched = [at for at, (value, shape) in enumerate(shapes) if len(shape_of(value)) > len(shape)]
    tapes = [
        tape.bind_new_parameters([tape.parameters[at][row] for at in batched], batched)
        for row in range(length)
    ]
    single, parts = len(tape.measurements) == 1, tape.shots.partitioned

    def postprocess(results: Sequence[Nested]) -> Nested:
        if parts:
            return tuple(_stacked(part, single=single) for part in zip(*results, strict=True))
        return _stacked(results, single=single)

    return tapes, postprocess


@transform
def batch_params(tape: Tape, all_operations: bool = False) -> Transformed:
    """Run a circuit whose trainable parameters have a leading batch axis, row by row.

    The rows are those of one circuit, so values and gradients are one submission.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    all_operations : bool
        Whether all parameters of operations have the axis, not only trainable ones.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``; results have the batch axis.

    Raises
    ------
    TransformError
        Nothing is trainable, or a parameter has no batch axis of the length of the others.

    Examples
    --------
    >>> @qg.transforms.batch_params
    ... @qg.qnode("local")
    ... def circuit(x, weights):
    ...     qg.RX(x, wires=0)
    ...     qg.StronglyEntanglingLayers(weights, wires=[0, 1])
    ...     return qg.expval(qg.Z(0))
    >>> weights = qg.numpy.ones((3, 2, 2, 3))
    >>> circuit(qg.numpy.array([0.1, 0.2, 0.3]), weights).shape
    (3,)
    """
    gates = sum(item.num_params for item in tape.operations)
    chosen = truth("batch_params", "all_operations", all_operations)
    places = range(gates) if chosen else [at for at in tape.trainable_params if at < gates]
    if not places:
        raise _wrong(
            "batch_params",
            "no parameter of the circuit is trainable",
            "Mark arguments as trainable, or give all_operations=True.",
        )
    _check_batches("batch_params", tape, places)
    return [tape], first_result


@transform
def batch_input(tape: Tape, argnum: int | Sequence[int]) -> Transformed:
    """Run a circuit some of whose inputs have a leading batch axis, row by row.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    argnum : int or sequence of int
        Positions of the inputs among all parameters of the circuit; they are not trained.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``; results have the batch axis.

    Raises
    ------
    TransformError
        An input is trained, or has no batch axis of the length of the others.
    """
    given = [argnum] if items_of(argnum) is None else items_of(argnum) or []
    places = [whole_number(each) for each in given]
    known = [at for at in places if at is not None and 0 <= at < len(tape.parameters)]
    if len(known) < len(places) or not places:
        raise _wrong(
            "batch_input",
            f"argnum={described(argnum)} are no positions of parameters",
            f"Give positions from 0 to {len(tape.parameters) - 1}.",
        )
    inputs = [tape.parameters[at] for at in known]
    framework = framework_among(inputs)
    marked = framework is None or framework.name != "jax"  # arrays of JAX have no mark
    if marked and tape.is_chosen and not set(known).isdisjoint(tape.trainable_params):
        raise _wrong(
            "batch_input",
            "a batched input is marked as trainable",
            "Mark it as not trainable, or use qg.transforms.batch_params.",
        )
    _check_batches("batch_input", tape, known)
    return [tape], first_result


def batch_partial(
    qnode: Function,
    all_operations: bool = False,
    preprocess: Mapping[str, Callable[..., Tensor]] | None = None,
    **partial_kwargs: Tensor,
) -> Function:
    """Return a QNode with some arguments given, whose other arguments have a batch axis.

    Parameters
    ----------
    qnode : QNode
    all_operations : bool
        Whether to check that all parameters of operations have the batch axis.
    preprocess : mapping of str to callable, optional
        Functions of the arguments of the new function, row by row, for arguments of the QNode.
    **partial_kwargs
        Values of arguments of the QNode, without a batch axis.

    Returns
    -------
    callable
        Function of the other arguments or, with ``preprocess``, of the arguments of its functions.

    Raises
    ------
    TransformError
        No argument is left, or one that ``preprocess`` leaves open is not given.

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit(x, y):
    ...     qg.RX(x, wires=0)
    ...     qg.RY(y, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> rows = qg.numpy.array([0.0, 0.5])
    >>> batch_partial(circuit, x=qg.numpy.array(0.0))(rows).round(3).tolist()
    [1.0, 0.878]
    """
    functions = keywords_of("batch_partial", "preprocess", preprocess)
    for name, function in functions.items():
        require_function("batch_partial", f"preprocess[{name!r}]", function)
    everywhere = truth("batch_partial", "all_operations", all_operations)
    batched = batch_params(qnode, all_operations=True) if everywhere else qnode
    names = list(inspect.signature(qnode).parameters)
    left = [name for name in names if name not in (*partial_kwargs, *functions)]
    if bool(functions) == bool(left):
        raise _wrong(
            "batch_partial",
            f"{left or 'no'} arguments are left of {names}",
            "Leave at least one; with preprocess, give all others.",
        )

    @functools.wraps(qnode)
    def partial(*args: Tensor, **kwargs: Tensor) -> Nested:
        rows = [*args, *kwargs.values()]
        if not rows or not all(shape_of(rows[0])[:1] or (0,)):
            raise _wrong(
                "batch_partial", "no argument has a batch axis", "Give one with a row or more."
            )
        length = shape_of(rows[0])[0]
        given = {name: _together([value] * length) for name, value in partial_kwargs.items()}
        for name, function in functions.items():
            given[name] = _together([function(*row) for row in zip(*args, strict=True)])
        positional = {} if functions else dict(zip(left, args, strict=False))
        everything = {**given, **positional, **kwargs}
        return batched(*[everything[name] for name in names if name in everything])

    return partial


def _check_batches(name: str, tape: Tape, places: Sequence[int]) -> None:
    """Refuse parameters without a batch axis, or with axes of different lengths."""
    lengths = [shape_of(tape.parameters[at])[:1] for at in places]
    if () in lengths or len(set(lengths)) > 1:
        raise _wrong(
            name,
            f"parameters have leading axes of the lengths {[*map(list, lengths)]}",
            "Give each a batch axis of one length.",
        )


def _stacked(results: Sequence[Nested], *, single: bool) -> Nested:
    """Stack the results of all rows, measurement by measurement."""
    if single:
        return _together(results)
    return tuple(_together(column) for column in zip(*results, strict=True))


def _together(values: Sequence[Tensor]) -> Tensor:
    """Stack arrays along a new leading axis; dictionaries of counts become a list."""
    if isinstance(values[0], dict):
        return list(values)
    try:
        stacked = namespace(values).stack([enclosed(value) for value in values])
    except (TypeError, ValueError):
        raise _wrong(
            "A batch",
            f"{described(values[0])} and the values beside it are no arrays of one shape",
            "Give numbers, or arrays of one shape.",
        ) from None
    return finished(stacked, values)


def _wrong(name: str, reason: str, remedy: str) -> TransformError:
    return TransformError(transform=name, reason=reason, remedy=remedy)
