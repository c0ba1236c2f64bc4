"""Calls of QNodes whose tapes are transformed before they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from qgate.arrays import namespace, trainable_among
from qgate.autodiff.evaluate import evaluate
from qgate.autodiff.returns import arrange, leaves, rebuilt
from qgate.context import HERE
from qgate.exceptions import TransformError
from qgate.measurements import Measurement
from qgate.tape import Tape
from qgate.transforms.pipeline import BoundTransform, CompilePipeline, Contract
from qgate.typing import Argnums, Function, Nested, Tensor

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.bridge import Interface
    from qgate.devices.base import Device


class TransformedQNode(Protocol):
    """QNode, as far as the evaluation of its transformed tapes requires it."""

    device: Device
    max_diff: int | None
    _method: Method | None

    @property
    def compile_pipeline(self) -> CompilePipeline:
        """Transforms of the tapes."""

    def with_pipeline(self, pipeline: CompilePipeline) -> TransformedQNode:
        """Return the QNode with other transforms."""

    def tape_derivatives(
        self,
        function: Function,
        argnums: Argnums,
        args: Sequence[Tensor],
        kwargs: Mapping[str, Tensor],
    ) -> tuple[tuple[Nested, ...], bool]:
        """Return derivatives of a function of the tape by the arguments."""


def call_transformed(
    qnode: TransformedQNode,
    tape: Tape,
    returned: Nested,
    arguments: tuple[Sequence[Tensor], Mapping[str, Tensor]],
    *,
    interface: Interface | None,
    like: Sequence[Tensor],
    seed: Tensor,
) -> Nested:
    """Transform the tape of a call, run the tapes in one submission, and process their results.

    Returns
    -------
    nested tuple, list or dict of arrays
        The result of the transforms; in the container that the function returned, if there is a
        value for each of its measurements.
    """
    pipeline = qnode.compile_pipeline
    tapes, postprocess = pipeline.of_tapes([tape], _contraction(qnode, *arguments))
    if pipeline.is_informative:
        return postprocess(tapes)[0]
    if len(tapes) > 1 and tape.shots.budget is not None:
        raise TransformError(
            transform=str(pipeline[-1]),
            reason=f"it makes {len(tapes)} circuits, and a budget is spent on one",
            remedy="Give a number of shots in place of the budget, or a budget to a run.",
        )
    combined = HERE.get().combined
    run = evaluate if combined is None else combined.evaluate
    options = {"interface": interface, "max_diff": qnode.max_diff, "seed": seed}
    entries = run(tapes, qnode.device, qnode._method, **options)
    results = [
        arrange(each, found, results_of(each), interface=interface, like=like)
        for each, found in zip(tapes, entries, strict=True)
    ]
    (result,) = postprocess(results)
    if pipeline.has_final_transform or pipeline.has_classical_cotransform():
        return result
    if tape.shots.partitioned and isinstance(result, tuple | list):
        return tuple(_as_returned(part, returned) for part in result)
    return _as_returned(result, returned)


def results_of(tape: Tape) -> Nested:
    """Return the measurements of a tape as a quantum function returns them: one, or a tuple."""
    measurements = tape.measurements
    return measurements[0] if len(measurements) == 1 else tuple(measurements)


def only_tape(tape: Tape, pipeline: CompilePipeline) -> Tape:
    """Return the tape to which transforms turn a tape, if its results are not processed.

    Raises
    ------
    TransformError
        There are several tapes, or their results are processed.
    """
    tapes, postprocess = pipeline.of_tapes([tape])
    mark = object()
    if len(tapes) != 1 or not _returns_first(postprocess, mark):
        raise TransformError(
            transform=f"A method that needs the circuit of the QNode, with {pipeline!s},",
            reason=f"its transforms make {len(tapes)} circuit(s) and process their results",
            remedy="Use it on the QNode without them, or apply them to its result.",
        )
    return tapes[0].with_trainable(trainable_among(tapes[0].parameters))


def _returns_first(postprocess: Function, mark: object) -> bool:
    """Return whether a function of results returns the only one as it is."""
    try:
        return postprocess((mark,))[0] is mark
    except Exception:  # arithmetic with an object that has none, in a function of a user
        return False


def _as_returned(result: Nested, returned: Nested) -> Nested:
    """Return a value for each measurement in the container that the function returned."""
    if isinstance(returned, Measurement):
        return result
    count = len(leaves(returned))
    if count == 1:
        return rebuilt(returned, iter([result]))
    fits = isinstance(result, tuple | list) and len(result) == count
    return rebuilt(returned, iter(result)) if fits else result


def _contraction(
    qnode: TransformedQNode, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]
) -> Contract:
    """Return the contraction of results with derivatives of gate arguments by those of the call."""
    steps = qnode.compile_pipeline
    plain = qnode.with_pipeline(CompilePipeline())

    def contract(
        step: BoundTransform, level: int, index: int, result: Nested, tape: Tape
    ) -> Nested:
        def trained_angles(recorded: Tape) -> Tensor:
            tapes, _ = CompilePipeline(list(steps)[:level]).of_tapes([recorded])
            values = [tapes[index].parameters[at] for at in tape.trainable_params]
            return namespace(values).stack(values)

        argnums: Argnums = step.kwargs.get("argnums")  # type: ignore[assignment]  # by the user
        found, bare = plain.tape_derivatives(trained_angles, argnums, args, kwargs)
        cotransform = step.classical_cotransform
        assert cotransform is not None  # only such steps are contracted
        return cotransform(result, cjac=found[0] if bare else found, tape=tape)

    return contract
