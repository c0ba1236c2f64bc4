"""Evaluate tapes: return results in the user's framework, ready to be differentiated.

Tapes of plain numbers become sweeps, which run in one submission: ``values``. A tape whose
parameters a framework traces goes to ``evaluate_traced``, which chooses a gradient method, makes
the derivatives of the tape's sweep, and returns results whose derivatives the framework gets from
them. These derivatives run sweeps, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from qgate.arrays import (
    any_traced,
    framework_among,
    framework_of,
    is_concrete,
    order,
    unwrap,
)
from qgate.autodiff.result_layout import COMPLEX
from qgate.context import active_plan
from qgate.execution.execute import MeasurementResult, exact_kinds, execute_sweeps
from qgate.measurements import SINGLE_SHOTS, MeasurementKind
from qgate.operations.operator import ParameterKind
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.batches import rows_of_arrays, split_batched_arrays
from qgate.transforms.linear import linear_measurements
from qgate.typing import Postprocess, Tensor

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.bridge import Interface
    from qgate.devices.base import Device


def evaluate(
    tapes: Sequence[Tape],
    device: Device,
    method: Method | None,
    *,
    interface: Interface | None,
    max_diff: int | None = None,
    seed: Tensor = None,
    singles: bool = False,
) -> list[list[MeasurementResult]]:
    """Return the results of tapes, differentiable where their parameters are traced.

    Parameters
    ----------
    tapes : sequence of Tape
        Tapes without traced parameters are sent to the device in one submission. A batch of
        matrices or states counts as one tape for each of them.
    device : Device
    method : Method or None
        Gradient method; None: no parameter may be traced.
    interface : Interface or None
        Interface of the framework that traces; None: no parameter may be traced.
    max_diff : int, optional
        Highest allowed order of derivatives.
    seed : whole number or array of such, optional
        Seed of the samples, in place of the device's own generator.
    singles : bool
        Whether the result of a single row may be a ``UnbatchedResult``.

    Raises
    ------
    DifferentiationError
        Unavailable derivatives are requested. Frameworks that request derivatives only later
        raise this error then.

    Returns
    -------
    list of list
        For each tape one entry per measurement, with a leading axis of B rows: broadcast
        rows, each with the parts of its shot vector next to each other.
    """
    if True in [tape.structure.is_rewritten for tape in tapes] or (
        device.density_matrices and any(tape.structure.measures_state for tape in tapes)
    ):
        again = partial(evaluate, method=method, interface=interface, max_diff=max_diff, seed=seed)
        return _rewritten(tapes, device, method, again)
    if any(map(_has_batched_arrays, tapes)):
        again = partial(
            evaluate,
            device=device,
            method=method,
            interface=interface,
            max_diff=max_diff,
            seed=seed,
        )
        return _by_members(tapes, again, interface)
    needs_framework = [_needs_framework(tape, seed) for tape in tapes]
    if True not in needs_framework:
        return values(tapes, device, seed)
    # Gradient methods are imported on use, so that a first value does not wait for them.
    from qgate.autodiff.evaluate_traced import EvaluationOptions, evaluate_traced, switched_off

    if interface is None:
        raise switched_off("interface", "'auto'")
    singles = singles and len(tapes) == 1
    options = EvaluationOptions(device, method, interface, max_diff, seed, singles, values)
    if len(tapes) == 1:
        found = evaluate_traced(tapes[0], options)
        return [found if isinstance(found, list) else found.results(options)]
    from qgate.autodiff.evaluate_together import evaluate_together

    return evaluate_together(tapes, needs_framework, options)


def _rewritten(
    tapes: Sequence[Tape],
    device: Device,
    method: Method | None,
    again: Callable[[Sequence[Tape], Device], list[list[MeasurementResult]]],
) -> list[list[MeasurementResult]]:
    """Evaluate tapes with users' measurements, with some in the middle, or of noisy states."""
    if True in [tape.structure.has_own_measurements for tape in tapes]:
        from qgate.autodiff.own_measurements import evaluate_own

        return evaluate_own(tapes, device, lambda lowered: again(lowered, device))
    tapes = [tape.with_density_matrices(always=device.density_matrices) for tape in tapes]
    if True not in [tape.structure.has_outcomes for tape in tapes]:
        return again(tapes, device)
    from qgate.autodiff.mid_circuit import evaluate_mid_circuit

    return evaluate_mid_circuit(tapes, device, method, again)


def _has_batched_arrays(tape: Tape) -> bool:
    return tape.batch_size is not None and bool(rows_of_arrays(tape))


Again = Callable[[Sequence[Tape]], list[list[MeasurementResult]]]


def _by_members(
    tapes: Sequence[Tape], again: Again, interface: Interface | None
) -> list[list[MeasurementResult]]:
    """Evaluate tapes of which some have batches of matrices or states, for which each is a tape."""
    if interface is not None and any(tape.batch_size == -1 for tape in tapes):
        return [_by_rows(tape, again, interface) for tape in tapes]
    split = [split_batched_arrays(tape) for tape in tapes]
    found = iter(again([tape for members, _ in split for tape in members]))
    return [list(together([next(found) for _ in members])) for members, together in split]


def _by_rows(tape: Tape, again: Again, interface: Interface) -> list[MeasurementResult]:
    """Evaluate a tape; row by row if it has a batch of matrices of unknown length."""
    batched = rows_of_arrays(tape) if tape.batch_size == -1 else []
    if not batched:
        return again([tape])[0]
    return interface.each_row(
        lambda row: again([tape.bind_new_parameters(row, batched)])[0],
        [tape.parameters[index] for index in batched],
        complexes=[item.kind in COMPLEX for item in tape.measurements],
    )


def _needs_framework(tape: Tape, seed: Tensor) -> bool:
    """Return whether a tape is traced and has a measurement that can be differentiated."""
    if seed is not None and tape.shots and not is_concrete(seed):
        return True
    if not any_traced(tape.parameters):
        return False
    if framework_among(tape.parameters) is None or order(tape.parameters) is not None:
        return True
    if not all(map(is_concrete, tape.parameters)):
        return True
    return not any(item.kind in SINGLE_SHOTS for item in tape.measurements)


def values(
    tapes: Sequence[Tape], device: Device, seed: Tensor = None
) -> list[list[MeasurementResult]]:
    """Return the results of tapes without traced parameters, from one submission."""
    if not tapes:
        return []
    linear = [linear_numbers(tape, device) for tape in tapes]
    entries = _entries([tape for tape, _ in linear], device, seed)
    return [list(recombine(found)) for (_, recombine), found in zip(linear, entries, strict=True)]


def linear_numbers(tape: Tape, device: Device) -> tuple[Tape, Postprocess]:
    """Return a tape of plain numbers with what the device measures, and the map of its results."""
    tape = _numbers(tape)
    if not tape.shots.parts and MeasurementKind.VAR in exact_kinds(tape.structure, device):
        return tape, tuple
    budgeted = tape.shots.budget is not None
    return linear_measurements(tape, variances=budgeted, densities=budgeted)


def _entries(
    tapes: Sequence[Tape], device: Device, seed: Tensor
) -> list[Sequence[MeasurementResult]]:
    """Return the results of tapes; tapes with a budget are estimated one by one."""
    sweeps = [_seeded(tape, seed) for tape in tapes]
    budgets = [tape.shots.budget for tape in tapes]
    plain = [sweep for sweep, budget in zip(sweeps, budgets, strict=True) if budget is None]
    # Estimators are imported on use: a first value waits for them only under a plan or a budget.
    if active_plan() is not None:
        from qgate.shot_allocation.expected_errors import expect

        for sweep in plain:
            expect(sweep, device)
    found = iter(execute_sweeps(plain, device) if plain else ())
    if len(plain) == len(sweeps):
        return list(found)
    from qgate.autodiff.budget_derivatives import estimated_values

    return [
        next(found) if budget is None else estimated_values(sweep, tape.shots, device)
        for sweep, tape, budget in zip(sweeps, tapes, budgets, strict=True)
    ]


def _seeded(tape: Tape, seed: Tensor) -> Sweep:
    sweep = tape.sweep()
    if seed is None or not tape.shots:
        return sweep
    from qgate.autodiff.trainable_sweep import seed_of

    return replace(sweep, seed=seed_of(unwrap(seed)))


def _numbers(tape: Tape) -> Tape:
    """Return the tape with plain numbers in place of a framework's arrays.

    Angles without a batch may stay as they are: ``Tape.sweep`` converts them to numbers.
    """
    if framework_among(tape.parameters) is None:
        return tape
    kinds = enumerate(zip(tape.parameters, tape.parameter_kinds, strict=True))
    theirs = [
        index
        for index, (value, kind) in kinds
        if framework_of(value) is not None
        and (kind is not ParameterKind.ANGLES or tape.batch_size is not None)
    ]
    if not theirs:
        return tape
    return tape.bind_new_parameters([unwrap(tape.parameters[i]) for i in theirs], theirs)
