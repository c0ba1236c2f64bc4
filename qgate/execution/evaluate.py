"""A tape to results in the user's framework, ready to be differentiated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import is_traced, namespace, order
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.execution.adjoint_state import AdjointStates
from qgate.execution.resolve import SHIFT_METHODS, Method, choose_method, gives_jacobian
from qgate.execution.run import Entry, checked, run
from qgate.execution.tower import DeviceTower, ShiftTower, Tower, Trained
from qgate.execution.tracker import notify
from qgate.measurements import MeasurementKind
from qgate.tape import Tape
from qgate.transforms.batches import split_batched_arrays
from qgate.transforms.decompose import decomposition, freeze_weights
from qgate.transforms.linear import linear_measurements
from qgate.transforms.readouts import refuse_measurements
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.devices.base import Device


Differentiable = Callable[[Any, Tensor], Tensor]
"""What an interface provides: a tower's values, or states, at traced angles, as traced values."""


def evaluate(
    tapes: Sequence[Tape],
    device: Device,
    method: Method | None,
    *,
    differentiable: Differentiable | None,
) -> list[list[Entry]]:
    """Return the results of tapes, differentiable where their parameters are traced.

    Parameters
    ----------
    tapes : sequence of Tape
        Tapes without traced parameters go to the device in one submission. A batch of
        matrices or states counts as a tape for each of them.
    device : Device
    method : Method or None
        How to differentiate; None: it must not be needed.
    differentiable : callable or None
        The interface of the framework that traces; None: it must not be needed.

    Returns
    -------
    list of list
        For each tape one entry per measurement, with a leading axis of B rows: broadcast
        rows, each with the parts of its shot vector next to each other.
    """
    split = [split_batched_arrays(tape) for tape in tapes]
    alone = [tape for members, _ in split for tape in members]
    found = iter(_evaluate(alone, device, method, differentiable))
    return [list(together([next(found) for _ in members])) for members, together in split]


def _evaluate(
    tapes: Sequence[Tape],
    device: Device,
    method: Method | None,
    differentiable: Differentiable | None,
) -> list[list[Entry]]:
    plain = [index for index, tape in enumerate(tapes) if not _is_traced(tape)]
    results: dict[int, list[Entry]] = dict(
        zip(plain, _values([tapes[index] for index in plain], device), strict=True)
    )
    for index, tape in enumerate(tapes):
        if index not in results:
            results[index] = _traced(tape, device, method, differentiable)
    return [results[index] for index in range(len(tapes))]


def _values(tapes: Sequence[Tape], device: Device) -> list[list[Entry]]:
    if not tapes:
        return []
    linear = [
        (tape, tuple)
        if _reads_variances(tape, device)
        else linear_measurements(tape, variances=False, densities=False)
        for tape in tapes
    ]
    entries = run([tape.sweep() for tape, _ in linear], device)
    return [list(recombine(found)) for (_, recombine), found in zip(linear, entries, strict=True)]


def _reads_variances(tape: Tape, device: Device) -> bool:
    """Say whether the device returns any variance as it is."""
    return not tape.shots and MeasurementKind.VAR in device.capabilities.exact


def _traced(
    tape: Tape, device: Device, method: Method | None, differentiable: Differentiable | None
) -> list[Entry]:
    if method is None:
        raise _switched_off("diff_method", "'best'")
    if differentiable is None:
        raise _switched_off("interface", "'auto'")
    levels = order(tape.parameters)
    if method.name != "backprop":
        method = _chosen(tape, device, method, levels)
    if method.name == "backprop":
        return _backprop(tape, device, choose_method(method, tape, device, levels))
    if method.name == "adjoint" and not gives_jacobian(tape):
        return _from_states(tape, device, differentiable)
    linear, recombine = linear_measurements(
        tape,
        variances=method.name != "finite-diff",
        returned=() if tape.shots else device.capabilities.exact,
        wires=device.wires,
    )
    _mark_trained(linear)
    tower = _tower(linear, device, method)
    if not tower.trained.slots:  # only coefficients are trained: they are outside already
        return list(recombine(run([tower.trained.sweep], device)[0]))
    values = differentiable(tower, _trained_angles(linear, tower.trained))
    return list(recombine(tower.split(values, namespace([values]))))


def _switched_off(option: str, remedy: str) -> DifferentiationError:
    return DifferentiationError(
        f"A derivative is being taken through a circuit that was made with {option}=None. "
        f"Make it with {option}={remedy} to differentiate it."
    )


def _chosen(tape: Tape, device: Device, method: Method, levels: int) -> Method:
    """Return what differentiates the tape; a variance counts as what it is made of."""
    _mark_trained(tape)
    chosen = choose_method(method, tape, device, levels)
    if chosen.name == "adjoint" and levels > 1:
        raise UnsupportedDiffMethod(
            method="adjoint",
            reason=f"it gives first derivatives, and one of order {levels} is being taken",
            remedy="Use diff_method='backprop' or 'parameter-shift' for higher ones.",
        )
    return chosen


def _mark_trained(tape: Tape) -> None:
    tape.trainable_params = [
        index for index, value in enumerate(tape.parameters) if is_traced(value)
    ]


def _is_traced(tape: Tape) -> bool:
    return any(is_traced(value) for value in tape.parameters)


def _tower(tape: Tape, device: Device, method: Method) -> Tower:
    slots = tuple(int(slot) for slot in tape.trainable_slots)
    trained = Trained(freeze_weights(checked(tape.sweep(), device)), slots)
    if method.name in SHIFT_METHODS:
        return ShiftTower(trained, device, SHIFT_METHODS[method.name], method.options)
    return DeviceTower(trained, device)


def _trained_angles(tape: Tape, trained: Trained) -> Tensor:
    """Return the traced angles as an array (B, n), each row once for every part of its shots."""
    row = tape.row()
    xp = namespace([row])
    columns = row[..., np.array(trained.slots, dtype=int)]
    count = tape.batch_size or 1
    rows = xp.reshape(columns, (count, len(trained.slots)))
    copies = len(trained.sweep) // count
    return rows if copies == 1 else rows[np.repeat(np.arange(rows.shape[0]), copies)]


def _from_states(tape: Tape, device: Device, differentiable: Differentiable) -> list[Entry]:
    """Measure states that the device differentiates backwards."""
    sweep = checked(freeze_weights(tape.sweep()), device)
    refuse_measurements(sweep, device.capabilities.exact, device=device.name)
    trained = Trained(sweep, tuple(int(slot) for slot in tape.trainable_slots))
    states = AdjointStates(trained, device)
    values = differentiable(states, _trained_angles(tape, trained))
    return list(device.measured(sweep, values, tape.arrays, namespace(tape.parameters)))


def _backprop(tape: Tape, device: Device, method: Method) -> list[Entry]:
    """Trace the simulation itself."""
    sweep = checked(tape.sweep(), device)
    refuse_measurements(sweep, device.capabilities.exact, device=device.name)
    accepts = device.capabilities.gate_set
    frozen, decomposed = decomposition(
        sweep, accepts, device=device.name, names=sorted(accepts.names)
    )
    xp = namespace(tape.parameters)
    rows = xp.reshape(tape.row(), (len(sweep), sweep.structure.num_slots))
    native = decomposed.sweep(frozen)
    results = device.differentiable(native, decomposed.angles(rows, xp), tape.arrays, xp)
    notify(device, submissions=1, batches=1, executions=len(sweep))
    return list(results)
