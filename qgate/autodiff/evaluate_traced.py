"""Evaluate a tape with traced parameters to results that its framework can differentiate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import (
    framework_among,
    is_traced,
    namespace,
    order,
)
from qgate.autodiff.adjoint_state import AdjointStates
from qgate.autodiff.choose_method import choose_method, gives_jacobian
from qgate.autodiff.derivatives import DeviceDerivatives
from qgate.autodiff.derivatives_maker import DerivativesMaker, split_parameters
from qgate.autodiff.evaluate import values
from qgate.autodiff.method import Method
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.execution.execute import MeasurementResult, checked, prepare
from qgate.execution.tracker import notify
from qgate.jobs.limits import Limits
from qgate.measurements import MeasurementKind
from qgate.operations.operator import ParameterKind
from qgate.structure import ArraySlot
from qgate.tape import Tape
from qgate.transforms.decompose import decomposition, needs_values
from qgate.transforms.linear import linear_measurements
from qgate.transforms.placeholders import placeholders
from qgate.transforms.readouts import refuse_measurements
from qgate.transforms.trained_arrays import with_angles
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.devices.base import Device
from qgate.devices.statevector import statevector_device


@dataclass(frozen=True)
class EvaluationOptions:
    """Options for the evaluation of tapes; see ``evaluate``."""

    device: Device
    method: Method | None
    interface: Interface | None
    max_diff: int | None
    seed: Tensor
    singles: bool


def traced(tape: Tape, request: EvaluationOptions) -> list[MeasurementResult]:
    """Return the results of a tape, differentiable in the framework of its parameters."""
    device, method, interface = request.device, request.method, request.interface
    if interface is None:
        raise _switched_off("interface", "'auto'")
    levels = order([*tape.parameters, *([] if request.seed is None else [request.seed])])
    _refuse_unknown_counts(tape, levels)
    if method is None and levels is not None:
        raise _switched_off("diff_method", "'best'")
    marked = _trained(tape, interface)
    tape = tape.with_trainable(marked)
    if method is not None:
        method, limits = _chosen(tape, request, method, levels)
        if method.name == "backprop" and limits.refusal is None:
            return _backprop(_widened(tape, interface), device, interface)
    else:
        method = Method("finite-diff", {})
        limits = Limits("None", request.max_diff, _switched_off("diff_method", "'best'"))
    tape = _widened(tape, interface)
    if limits.refusal is None:
        written, limits = _by_angles(tape, marked, method, limits, levels)
        if written is not tape:
            tape, marked = written, written.trainable_params
    if method.name in ("adjoint", "device") and not (gives_jacobian(tape) or tape.shots):
        return _from_states(tape, device, interface, limits)
    linear, recombine = linear_measurements(
        tape,
        variances=not method.nonlinear or tape.shots.budget is not None,
        returned=device.capabilities.exact if method.densities and not tape.shots else (),
        wires=device.wires,
    )
    if linear is not tape:
        gates = sum(len(item.parameters) for item in tape.operations)
        measured = [index for index in _trained(linear, interface) if index >= gates]
        linear = linear.with_trainable([*(i for i in marked if i < gates), *measured])
    make = DerivativesMaker(
        device, method, limits, lambda tapes: values(tapes, device), interface, request.seed
    )
    tape_derivatives, parts, fixed = make(linear)
    if tape.shots.budget is not None:  # shared with derivatives, even if these only may follow
        tape_derivatives.recorded = not interface.foretells and any(
            interface.trained(linear.parameters)
        )
    elif isinstance(tape_derivatives, DeviceDerivatives):
        theirs = filter(interface.owns, linear.parameters)
        tape_derivatives.recorded = any(map(interface.is_trained, theirs))
    if (
        levels is None
        and not tape.shots.budget
        and all(place.array is None for place in tape_derivatives.trained.fixed)
    ):
        prepare(
            tape_derivatives.trained.sweep, device
        )  # refuse now; a callback could only report it later
    if not parts and not fixed:  # only coefficients are trained, and these are outside of the tape
        return list(recombine(tape_derivatives.entries(tape_derivatives.trained.sweep)))
    parts = parts or [np.zeros((len(tape_derivatives.trained.sweep), 0))]
    numbers = interface.differentiable(tape_derivatives, parts, fixed)
    if request.singles and recombine is tuple and tape.batch_size is None and not tape.shots:
        return tape_derivatives.singles(numbers, interface)
    return list(recombine(tape_derivatives.split(numbers, interface.namespace)))


def _by_angles(
    tape: Tape, trained: Collection[int], method: Method, limits: Limits, levels: int | None
) -> tuple[Tape, Limits]:
    """Replace arrays that are trained by gates with angles, and limit the order of derivatives."""
    written, most = with_angles(tape, trained, apart=method.transform is not None)
    if most is None:
        return written, limits
    limits = replace(limits, array_order=most)
    if levels is not None:
        limits.check(levels)
    return written, limits


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
    """Return the tape with the framework's numbers in the precision of the computation."""
    if framework_among(tape.parameters) is None:
        return tape
    narrow = [
        index
        for index, value in enumerate(tape.parameters)
        if interface.owns(value) and not interface.is_wide(value)
    ]
    wide = [interface.widened(tape.parameters[index]) for index in narrow]
    return tape.bind_new_parameters(wide, narrow) if narrow else tape


def _trained(tape: Tape, interface: Interface) -> list[int]:
    marks = enumerate(interface.trained(tape.parameters))
    return [index for index, trained in marks if trained]


def _chosen(
    tape: Tape, request: EvaluationOptions, method: Method, levels: int | None
) -> tuple[Method, Limits]:
    """Return the method that differentiates the tape, and the limits of its derivatives.

    A framework that does not announce whether it takes derivatives gets the values even if there
    are no derivatives.
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
    tape: Tape, request: EvaluationOptions, method: Method, refusal: DifferentiationError
) -> tuple[Method, Limits]:
    """Return the method that differentiates the tape if matrices and states are not trainable."""
    kinds = tape.parameter_kinds
    angles = [i for i in tape.trainable_params if kinds[i] is ParameterKind.ANGLES]
    try:
        if angles == tape.trainable_params:
            raise refusal
        chosen = choose_method(method, tape.with_trainable(angles), request.device, None)
    except DifferentiationError:
        return Method("finite-diff", {}), Limits(method.name, request.max_diff, refusal, refusal)
    return chosen, Limits(chosen.name, request.max_diff, arrays=refusal)


def _from_states(
    tape: Tape, device: Device, interface: Interface, limits: Limits
) -> list[MeasurementResult]:
    """Measure states that the device differentiates backwards."""
    trained, parts, fixed = split_parameters(tape, device, interface)
    refuse_measurements(trained.sweep, device.capabilities.exact, device=device.name)
    states = AdjointStates(trained, device)
    states.limits = limits
    parts = parts or [np.zeros((len(trained.sweep), 0))]
    values = interface.from_states(states, parts, fixed)
    xp = interface.namespace
    return list(statevector_device(device).measured(trained.sweep, values, tape.arrays, xp))


def _backprop(tape: Tape, device: Device, interface: Interface) -> list[MeasurementResult]:
    """Trace the simulation itself."""
    sweep = checked(placeholders(tape).sweep(), device)
    refuse_measurements(sweep, device.capabilities.exact, device=device.name)
    accepts = device.capabilities.gate_set
    _refuse_by_value(tape, needs_values(sweep.structure, accepts), device)
    frozen, decomposed = decomposition(
        sweep, accepts, device=device.name, names=sorted(accepts.names)
    )
    xp = namespace(tape.parameters)
    num_slots = sweep.structure.num_slots
    rows = xp.reshape(tape.row(), (-1 if num_slots else len(sweep), num_slots))
    native = decomposed.sweep(frozen)

    def simulate(rows: Tensor, arrays: Sequence[Tensor]) -> Any:
        traceable = statevector_device(device)
        return traceable.differentiable(native, decomposed.angles(rows, xp), arrays, xp)

    run_whole = interface.whole(simulate, (frozen.structure, device))
    results = run_whole(rows, tape.arrays)
    notify(device, submissions=1, batches=1, executions=len(sweep))
    return list(results)


def _refuse_by_value(tape: Tape, slots: Collection[int], device: Device) -> None:
    """Refuse arrays that are differentiated or not known yet, and become constants of gates.

    Raises
    ------
    UnsupportedDiffMethod
    """
    traced = [index for index in slots if is_traced(tape.arrays[index])]
    if traced:
        name = next(
            owner.name
            for owner in tape.structure.operations
            for symbol in owner.parameters
            if isinstance(symbol, ArraySlot) and symbol.index == traced[0]
        )
        raise UnsupportedDiffMethod(
            method="backprop",
            reason=f"{device.name} decomposes {name} by the numbers of its array, which is being "
            "differentiated or is not known yet",
            remedy="Mark the array as not trainable (requires_grad=False) and give it as numbers, "
            "or write the circuit with gates that have angles.",
        )
