"""A tape to results in the user's framework, ready to be differentiated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import (
    any_traced,
    framework_among,
    framework_of,
    is_known,
    namespace,
    order,
    unwrap,
)
from qgate.budget import Budget
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.execution.adjoint_state import AdjointStates
from qgate.execution.expected import expect
from qgate.execution.limits import Limits
from qgate.execution.resolve import Method, choose_method, gives_jacobian
from qgate.execution.run import Entry, checked, prepare, run
from qgate.execution.tower import DeviceTower
from qgate.execution.tower_maker import TowerMaker, split_parameters
from qgate.execution.tracker import notify
from qgate.execution.trained import seed_of
from qgate.measurements import MeasurementKind
from qgate.operations.operator import ParameterKind
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.batches import split_batched_arrays
from qgate.transforms.decompose import decomposition
from qgate.transforms.linear import linear_measurements
from qgate.transforms.placeholders import placeholders
from qgate.transforms.readouts import refuse_measurements
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.devices.base import Device

SINGLE_SHOTS = (MeasurementKind.SAMPLE, MeasurementKind.COUNTS)
"""Kinds of results that have no derivative, whatever the method."""


def evaluate(
    tapes: Sequence[Tape],
    device: Device,
    method: Method | None,
    *,
    interface: Interface | None,
    max_diff: int | None = None,
    seed: Tensor = None,
    singles: bool = False,
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
    interface : Interface or None
        The interface of the framework that traces; None: it must not be needed.
    max_diff : int, optional
        The highest order of derivatives that is allowed.
    seed : whole number or array of such, optional
        What samples are drawn from, in place of the device's own generator.
    singles : bool
        Whether the result for an only row may be given as a ``Single``.

    Raises
    ------
    DifferentiationError
        Derivatives are being taken that cannot be had. Frameworks that say only later which
        are taken get this error then.

    Returns
    -------
    list of list
        For each tape one entry per measurement, with a leading axis of B rows: broadcast
        rows, each with the parts of its shot vector next to each other.
    """
    split = [split_batched_arrays(tape) for tape in tapes]
    alone = [tape for members, _ in split for tape in members]
    request = Request(device, method, interface, max_diff, seed, singles and len(alone) == 1)
    found = iter(_evaluate(alone, request))
    return [list(together([next(found) for _ in members])) for members, together in split]


@dataclass(frozen=True)
class Request:
    """How tapes are evaluated; see ``evaluate``."""

    device: Device
    method: Method | None
    interface: Interface | None
    max_diff: int | None
    seed: Tensor
    singles: bool


def _evaluate(tapes: Sequence[Tape], request: Request) -> list[list[Entry]]:
    plain = [index for index, tape in enumerate(tapes) if not _needs_framework(tape, request.seed)]
    found = _values([tapes[index] for index in plain], request.device, request.seed)
    results: dict[int, list[Entry]] = dict(zip(plain, found, strict=True))
    for index, tape in enumerate(tapes):
        if index not in results:
            results[index] = _traced(tape, request)
    return [results[index] for index in range(len(tapes))]


def _needs_framework(tape: Tape, seed: Tensor) -> bool:
    """Say whether a tape is traced, and measures anything that can be."""
    if tape.shots and not is_known(seed):
        return True
    if not any_traced(tape.parameters):
        return False
    if framework_among(tape.parameters) is None or order(tape.parameters) is not None:
        return True
    if not all(map(is_known, tape.parameters)):
        return True
    return not any(item.kind in SINGLE_SHOTS for item in tape.measurements)


def _values(tapes: Sequence[Tape], device: Device, seed: Tensor = None) -> list[list[Entry]]:
    if not tapes:
        return []
    plain = [_numbers(tape) for tape in tapes]
    linear = [
        (tape, tuple)
        if _reads_variances(tape, device)
        else linear_measurements(
            tape, variances=tape.shots.budget is not None, densities=tape.shots.budget is not None
        )
        for tape in plain
    ]
    entries = _entries([tape for tape, _ in linear], device, seed)
    return [list(recombine(found)) for (_, recombine), found in zip(linear, entries, strict=True)]


def _entries(tapes: Sequence[Tape], device: Device, seed: Tensor) -> list[Sequence[Entry]]:
    """Return what tapes measure; each that has a budget spends it for itself."""
    sweeps = [_seeded(tape, seed) for tape in tapes]
    plain = [sweep for tape, sweep in zip(tapes, sweeps, strict=True) if not tape.shots.budget]
    for sweep in plain:
        expect(sweep, device)
    found = iter(run(plain, device) if plain else ())
    return [
        _within_budget(sweep, tape.shots.budget, device) if tape.shots.budget else next(found)
        for tape, sweep in zip(tapes, sweeps, strict=True)
    ]


def _within_budget(sweep: Sweep, budget: Budget, device: Device) -> Sequence[Entry]:
    """Estimate what a sweep measures; what that takes is loaded now."""
    from qgate.execution.budget_tower import estimated_values

    return estimated_values(sweep, budget, device)


def _seeded(tape: Tape, seed: Tensor) -> Sweep:
    sweep = tape.sweep()
    return sweep if seed is None or not tape.shots else replace(sweep, seed=seed_of(unwrap(seed)))


def _numbers(tape: Tape) -> Tape:
    """Return the tape with plain numbers in place of a framework's arrays.

    Angles that are no batch may stay as they are: ``Tape.sweep`` takes their numbers.
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


def _reads_variances(tape: Tape, device: Device) -> bool:
    """Say whether the device returns any variance as it is."""
    return not tape.shots and MeasurementKind.VAR in device.capabilities.exact


def _traced(tape: Tape, request: Request) -> list[Entry]:
    device, method, interface = request.device, request.method, request.interface
    if interface is None:
        raise _switched_off("interface", "'auto'")
    levels = order([*tape.parameters, *([] if request.seed is None else [request.seed])])
    _refuse_unknown_counts(tape, levels)
    if method is None and levels is not None:
        raise _switched_off("diff_method", "'best'")
    _mark_trained(tape, interface)
    marked = tape.trainable_params
    limits = Limits("None", request.max_diff, _switched_off("diff_method", "'best'"))
    if method is not None:
        method, limits = _chosen(tape, request, method, levels)
        if method.name == "backprop" and limits.refusal is None:
            return _backprop(_widened(tape, interface), device, interface)
    else:
        method = Method("finite-diff", {})
    if method.name in ("adjoint", "device") and not (gives_jacobian(tape) or tape.shots):
        return _from_states(_widened(tape, interface), device, interface, limits)
    tape = _widened(tape, interface)
    linear, recombine = linear_measurements(
        tape,
        variances=not method.nonlinear or tape.shots.budget is not None,
        returned=device.capabilities.exact if method.densities and not tape.shots else (),
        wires=device.wires,
    )
    if linear is tape:
        linear.trainable_params = marked
    else:
        _mark_trained(linear, interface)
    make = TowerMaker(
        device, method, limits, lambda tapes: _values(tapes, device), interface, request.seed
    )
    tower, parts, fixed = make(linear)
    if tape.shots.budget is not None:  # shared with derivatives, so also if these only may follow
        tower.recorded = not interface.foretells and any(interface.trained(linear.parameters))
    elif isinstance(tower, DeviceTower):
        theirs = filter(interface.owns, linear.parameters)
        tower.recorded = any(map(interface.is_trained, theirs))
    if (
        levels is None
        and not tape.shots.budget
        and all(place.array is None for place in tower.trained.fixed)
    ):
        prepare(tower.trained.sweep, device)  # refuses in time what a callback could only report
    if not parts and not fixed:  # only coefficients are trained: they are outside already
        return list(recombine(tower.entries(tower.trained.sweep)))
    parts = parts or [np.zeros((len(tower.trained.sweep), 0))]
    values = interface.differentiable(tower, parts, fixed)
    if request.singles and recombine is tuple and tape.batch_size is None and not tape.shots:
        return tower.singles(values, interface)
    return list(recombine(tower.split(values, interface.namespace)))


def _refuse_unknown_counts(tape: Tape, levels: int | None) -> None:
    if levels is None and any(item.kind is MeasurementKind.COUNTS for item in tape.measurements):
        raise DifferentiationError(
            "counts gives a dictionary of the outcomes that were met, which are not known while a "
            "function is traced or compiled. Return qg.probs or qg.sample, or call the QNode "
            "outside of it."
        )


def _switched_off(option: str, remedy: str) -> DifferentiationError:
    return DifferentiationError(
        f"A derivative is being taken through a circuit that was made with {option}=None. "
        f"Make it with {option}={remedy} to differentiate it."
    )


def _widened(tape: Tape, interface: Interface) -> Tape:
    """Return the tape with the framework's numbers in the precision that is computed in."""
    if framework_among(tape.parameters) is None:
        return tape
    narrow = [
        index
        for index, value in enumerate(tape.parameters)
        if interface.owns(value) and not interface.is_wide(value)
    ]
    wide = [interface.widened(tape.parameters[index]) for index in narrow]
    return tape.bind_new_parameters(wide, narrow) if narrow else tape


def _mark_trained(tape: Tape, interface: Interface) -> None:
    marks = enumerate(interface.trained(tape.parameters))
    tape.trainable_params = [index for index, trained in marks if trained]


def _chosen(
    tape: Tape, request: Request, method: Method, levels: int | None
) -> tuple[Method, Limits]:
    """Return what differentiates the tape, and which derivatives that gives.

    A framework that does not say beforehand whether derivatives are taken gets the values
    even where none can be had.
    """
    try:
        chosen = choose_method(method, tape, request.device, levels)
    except DifferentiationError as refusal:
        if levels is not None:
            raise
        return _without_arrays(tape, request, method, refusal)
    limits = Limits(chosen.name, request.max_diff)
    if levels is not None and chosen.name == "adjoint" and levels > 1:
        raise UnsupportedDiffMethod(
            method="adjoint",
            reason=f"it gives first derivatives, and one of order {levels} is being taken",
            remedy="Use diff_method='backprop' or 'parameter-shift' for higher ones.",
        )
    return chosen, limits


def _without_arrays(
    tape: Tape, request: Request, method: Method, refusal: DifferentiationError
) -> tuple[Method, Limits]:
    """Return what differentiates the tape if no matrix or state turns out to be trained."""
    kinds = tape.parameter_kinds
    angles = [i for i in tape.trainable_params if kinds[i] is ParameterKind.ANGLES]
    try:
        if angles == tape.trainable_params:
            raise refusal
        tape.trainable_params = angles
        chosen = choose_method(method, tape, request.device, None)
    except DifferentiationError:
        return Method("finite-diff", {}), Limits(method.name, request.max_diff, refusal, refusal)
    return chosen, Limits(chosen.name, request.max_diff, arrays=refusal)


def _from_states(tape: Tape, device: Device, interface: Interface, limits: Limits) -> list[Entry]:
    """Measure states that the device differentiates backwards."""
    trained, parts, fixed = split_parameters(tape, device, interface)
    refuse_measurements(trained.sweep, device.capabilities.exact, device=device.name)
    states = AdjointStates(trained, device)
    states.limits = limits
    parts = parts or [np.zeros((len(trained.sweep), 0))]
    values = interface.from_states(states, parts, fixed)
    xp = interface.namespace
    return list(device.measured(trained.sweep, values, tape.arrays, xp))


def _backprop(tape: Tape, device: Device, interface: Interface) -> list[Entry]:
    """Trace the simulation itself."""
    sweep = checked(placeholders(tape).sweep(), device)
    refuse_measurements(sweep, device.capabilities.exact, device=device.name)
    accepts = device.capabilities.gate_set
    frozen, decomposed = decomposition(
        sweep, accepts, device=device.name, names=sorted(accepts.names)
    )
    xp = namespace(tape.parameters)
    num_slots = sweep.structure.num_slots
    rows = xp.reshape(tape.row(), (-1 if num_slots else len(sweep), num_slots))
    native = decomposed.sweep(frozen)

    def simulate(rows: Tensor, arrays: Sequence[Tensor]) -> Any:
        return device.differentiable(native, decomposed.angles(rows, xp), arrays, xp)

    run_whole = interface.whole(simulate, (frozen.structure, device))
    results = run_whole(rows, tape.arrays)
    notify(device, submissions=1, batches=1, executions=len(sweep))
    return list(results)
