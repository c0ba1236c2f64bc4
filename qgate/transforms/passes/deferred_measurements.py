"""Circuits without mid-circuit measurements, as a transform of tapes and QNodes."""

from __future__ import annotations

from qgate.arguments import truth
from qgate.exceptions import TransformError
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.selected import Selected
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.deferral import deferred
from qgate.transforms.passes.neighbours import first_result
from qgate.transforms.pipeline import Transformed


@transform
def defer_measurements(
    tape: Tape,
    reduce_postselected: bool = True,
    allow_postselect: bool = True,
    num_wires: int | None = None,
) -> Transformed:
    """Measure outcomes at the end of the circuit, on wires of their own.

    QNodes defer measurements automatically where it is needed; the transform shows the circuit that
    then runs. Gates under conditions are controlled by the wires that hold the outcomes. A
    postselected measurement remains, on the wire that holds its outcome.

    Parameters
    ----------
    tape : tape, sequence of tapes, quantum function or QNode
    reduce_postselected : bool
        Whether conditions on postselected outcomes are resolved.
    allow_postselect : bool
        Whether a circuit may have postselected measurements.
    num_wires : int, optional
        Without effect: outcomes get as many wires as they need.

    Returns
    -------
    QNode, quantum function, or tapes and a function of their results

    Raises
    ------
    TransformError
        There is a postselection, and ``allow_postselect`` is False.
    QuantumFunctionError
        The state is measured.

    Examples
    --------
    >>> with qg.QuantumTape() as tape:
    ...     outcome = qg.measure(0, reset=True)
    ...     qg.cond(outcome, qg.RX)(0.3, wires=1)
    ...     value = qg.expval(qg.Z(0) @ qg.Z(1))
    >>> (deferred,), _ = qg.defer_measurements(tape)
    >>> [operation.name for operation in deferred.operations]
    ['CNOT', 'CNOT', 'CRX']
    """
    selects = [
        item
        for item in tape.operations
        if isinstance(item, MidMeasure) and item.postselect is not None
    ]
    if selects and not truth("defer_measurements", "allow_postselect", allow_postselect):
        raise TransformError(
            transform="defer_measurements",
            reason=f"{selects[0]} selects an outcome, and allow_postselect is False",
            remedy="Allow it, or measure without postselect.",
        )
    if not tape.structure.has_outcomes:
        return [tape], first_result
    reduce = truth("defer_measurements", "reduce_postselected", reduce_postselected)
    made = deferred(tape, reduce_postselected=reduce, selects=True).tape
    operations = [
        part
        for item in made.operations
        for part in (item.decomposition() if isinstance(item, Selected) else [item])
    ]
    return [made.copy(ops=operations)], first_result
