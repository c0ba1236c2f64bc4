"""Evaluate a tape with traced parameters to results that its framework can differentiate.

First the gradient method is chosen. With ``backprop`` the framework traces the simulation itself.
With ``adjoint`` it differentiates states, if the results are more than expectation values. All
other methods give it the derivatives of the results as plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress, count
from typing import TYPE_CHECKING

import numpy as np

from qgate.arrays import framework_among, is_traced, namespace, order
from qgate.autodiff.choose_method import choose_method, gives_jacobian
from qgate.autodiff.circuit_derivatives import CircuitDerivatives
from qgate.autodiff.derivatives import (
    DeviceDerivatives,
    RequestedDerivatives,
    ShiftDerivatives,
    TapeDerivatives,
    ValuesOnly,
)
from qgate.autodiff.method import Method
from qgate.autodiff.result_layout import ResultLayout
from qgate.autodiff.simulations import measured_states, simulated
from qgate.autodiff.sweep_function import AdjointStates, Limits
from qgate.autodiff.trainable_sweep import split_parameters
from qgate.autodiff.transform_derivatives import TransformDerivatives, Values
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.execution.execute import MeasurementResult, exact_kinds, prepare, validate
from qgate.gradients.method import NO_OPTIONS
from qgate.gradients.registry import METHODS, shift_methods
from qgate.measurements import MeasurementKind
from qgate.operations.operator import ParameterKind
from qgate.structure import ArraySlot
from qgate.tape import Tape
from qgate.transforms.decomposition import needs_values
from qgate.transforms.linear import Recombine, linear_measurements
from qgate.transforms.placeholders import placeholders
from qgate.transforms.trained_arrays import with_angles
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.devices.base import Device

FROM_DEVICE = ("adjoint", "device")
"""Methods by which the device differentiates its state."""

Kind = Callable[..., TapeDerivatives]
"""Constructor of derivatives that takes trainable sweep, device, limits and layout."""


@dataclass(frozen=True)
class EvaluationOptions:
    """Options for the evaluation of tapes; see ``evaluate``."""

    device: Device
    method: Method | None
    interface: Interface
    max_diff: int | None
    seed: Tensor
    singles: bool
    values: Values


@dataclass(frozen=True)
class Choice:
    """The gradient method of a tape, and the derivatives that are available with it.

    Parameters
    ----------
    method : Method or None
        None: no derivative is available, and ``limits`` has the reason.
    limits : Limits
    """

    method: Method | None
    limits: Limits


def evaluate_traced(tape: Tape, options: EvaluationOptions) -> Prepared | list[MeasurementResult]:
    """Return the derivatives of a tape, or its results where the framework traces a simulation."""
    interface, seed = options.interface, options.seed
    levels = order([*tape.parameters, *([] if seed is None else [seed])])
    if levels is None:
        _refuse_unknown_counts(tape)
    tape = tape.with_trainable(tuple(compress(count(), interface.trained(tape.parameters))))
    choice = choose(tape, options, levels)
    tape = _widened(tape, interface)
    method = choice.method
    if method is not None:
        if method.name == "backprop":
            return _backprop(tape, options)
        if tape.arrays:
            tape, limits = _by_angles(tape, method, choice.limits, levels)
            choice = replace(choice, limits=limits)
        if method.name in FROM_DEVICE and not (gives_jacobian(tape) or tape.shots):
            return _from_states(tape, choice.limits, options)
    return prepared(tape, choice, options, levels)


# Choose -------------------------------------------------------------------------------------------


def choose(tape: Tape, options: EvaluationOptions, levels: int | None) -> Choice:
    """Return the method that differentiates a tape, and the limits of its derivatives.

    ``levels`` is the order of the derivative that is being taken; a framework that does not
    announce it (None) gets the values even if there are no derivatives.
    """
    method, device = options.method, options.device
    if method is None:
        refusal = switched_off("diff_method", "'best'")
        if levels is not None:
            raise refusal
        return Choice(None, Limits("None", options.max_diff, refusal))
    try:
        chosen = choose_method(method, tape, device, levels)
    except DifferentiationError as refusal:
        if levels is not None:
            raise
        return _without_arrays(tape, options, method, refusal)
    if levels is not None and chosen.name == "adjoint" and levels > 1:
        raise UnsupportedDiffMethod(
            method="adjoint",
            reason=f"it gives first derivatives, and one of order {levels} is being taken",
            remedy="Use diff_method='backprop' or 'parameter-shift' for higher ones.",
        )
    return Choice(chosen, Limits(chosen.name, options.max_diff))


def _without_arrays(
    tape: Tape, options: EvaluationOptions, method: Method, refusal: DifferentiationError
) -> Choice:
    """Choose the method for the angles alone, without the matrices and states."""
    kinds = tape.parameter_kinds
    angles = [i for i in tape.trainable_params if kinds[i] is ParameterKind.ANGLES]
    nothing = Choice(None, Limits(method.name, options.max_diff, refusal, refusal))
    if angles == tape.trainable_params:
        return nothing
    try:
        chosen = choose_method(method, tape.with_trainable(angles), options.device, None)
    except DifferentiationError:
        return nothing
    return Choice(chosen, Limits(chosen.name, options.max_diff, arrays=refusal))


def _by_angles(
    tape: Tape, method: Method, limits: Limits, levels: int | None
) -> tuple[Tape, Limits]:
    """Replace arrays that are trained by gates with angles, and limit the order of derivatives."""
    written, most = with_angles(tape, tape.trainable_params, apart=method.transform is not None)
    if most is None:
        return written, limits
    limits = replace(limits, array_order=most)
    if levels is not None:
        limits.check(levels)
    return written, limits


# Derive -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Prepared:
    """Derivatives of a tape, which the framework gets as numbers, and their inputs.

    Parameters
    ----------
    tape : Tape
        With measurements that the method differentiates.
    derivatives : TapeDerivatives
    angles, inputs : list of array
        Trainable angles and late inputs.
    recombine : callable
        From the results of the tape to those of the original one.
    """

    tape: Tape
    derivatives: TapeDerivatives
    angles: list[Tensor]
    inputs: list[Tensor]
    recombine: Recombine

    @property
    def can_be_joined(self) -> bool:
        """Whether the circuits can be submitted with those of other tapes."""
        known = self.tape.batch_size != -1
        return known and isinstance(self.derivatives, RequestedDerivatives)

    def results(self, options: EvaluationOptions) -> list[MeasurementResult]:
        """Return the results, differentiable in the framework of the parameters."""
        derivatives, interface, tape = self.derivatives, options.interface, self.tape
        if not derivatives.trained.slots and not self.inputs:
            # only coefficients are trained, which are outside of the tape
            return list(self.recombine(derivatives.entries(derivatives.trained.sweep)))
        numbers = interface.differentiable(derivatives, self.angles, self.inputs)
        plain = self.recombine is tuple and tape.batch_size is None and not tape.shots.parts
        if options.singles and plain:
            return list(derivatives.layout.unbatched(numbers, interface))
        return list(self.recombine(derivatives.layout.split(numbers, interface.namespace)))


def prepared(
    tape: Tape, choice: Choice, options: EvaluationOptions, levels: int | None
) -> Prepared:
    """Return the derivatives of a tape as numbers, and their inputs."""
    device, interface = options.device, options.interface
    method = choice.method
    recombine: Recombine = tuple
    if not tape.structure.is_linear:
        tape, recombine = linear_tape(tape, method, options)
    # Methods that run other circuits look for a free auxiliary wire.
    named = method is None or method.transform is not None or METHODS[method.name].circuits is None
    trained, angles, inputs = split_parameters(tape, device, interface, options.seed, named=named)
    made = derivatives_of(tape, method, options)
    sweep = trained.sweep if named else validate(trained.sweep, device)
    layout = ResultLayout.of(sweep, device)
    derivatives = made(trained, device, choice.limits, layout=layout)
    if levels is None and not tape.shots.budget and not trained.has_late_arrays:
        prepare(trained.sweep, device)  # refuse now; a callback could only report it later
    angles = angles or [np.zeros((len(trained.sweep), 0))]
    return Prepared(tape, derivatives, angles, inputs, recombine)


def linear_tape(
    tape: Tape, method: Method | None, options: EvaluationOptions
) -> tuple[Tape, Recombine]:
    """Return the tape with measurements that the method differentiates, and their combination."""
    device, interface = options.device, options.interface
    nonlinear, densities = method is None or method.nonlinear, method is None or method.densities
    linear, recombine = linear_measurements(
        tape,
        variances=not nonlinear or tape.shots.budget is not None,
        returned=exact_kinds(tape.structure, device) if densities and not tape.shots else (),
        wires=device.wires,
    )
    if linear is tape:
        return tape, recombine
    gates = sum(len(item.parameters) for item in tape.operations)
    kept = [index for index in tape.trainable_params if index < gates]
    trained = compress(count(), interface.trained(linear.parameters))
    measured = [index for index in trained if index >= gates]
    return linear.with_trainable([*kept, *measured]), recombine


def derivatives_of(
    tape: Tape, method: Method | None, options: EvaluationOptions, *, trained: bool | None = None
) -> Kind:
    """Return the class of a tape's derivatives, bound to all that its kind needs.

    ``trained``: whether a framework records derivatives; default whether a parameter of the tape
    shows it.
    """
    if method is not None and method.transform is not None:
        return partial(
            TransformDerivatives,
            transform=method.transform,
            options=method.options,
            trainable=tape.trainable_params,
            values=options.values,
        )
    if tape.shots.budget is not None:
        return _within_budget(tape, method, options.interface)
    if method is None:
        return ValuesOnly
    row = METHODS[method.name]
    if row.shifts is not None:
        return partial(ShiftDerivatives, method=row.shifts, options=method.options)
    if row.circuits is not None:
        return partial(CircuitDerivatives, method=row.circuits, options=method.options)
    if trained is None:
        theirs = filter(options.interface.owns, tape.parameters)
        trained = any(map(options.interface.is_trained, theirs))
    return partial(
        DeviceDerivatives,
        higher=None if method.higher is None else METHODS[method.higher].shifts,
        options=method.options,
        keeps_gradient=trained,
    )


def _within_budget(tape: Tape, method: Method | None, interface: Interface) -> Kind:
    if method is not None and method.row.shifts is None:
        raise UnsupportedDiffMethod(
            method=method.name,
            reason="a budget is spent on shifted circuits",
            remedy=f"Use diff_method={' or '.join(map(repr, shift_methods()))}, or give a "
            "plain number of shots.",
        )
    # Estimators are imported on use: only budgets need them.
    from qgate.autodiff.budget_derivatives import BudgetDerivatives
    from qgate.shot_allocation.pauli_expansion import refuse_other_kinds

    refuse_other_kinds(tape.measurements)
    return partial(
        BudgetDerivatives,
        shots=tape.shots,
        method=None if method is None else method.row,
        options=NO_OPTIONS if method is None else method.options,
        # Derivatives share the budget with the value, even if they only may follow.
        keeps_gradient=not interface.foretells and any(interface.trained(tape.parameters)),
    )


def _from_states(tape: Tape, limits: Limits, options: EvaluationOptions) -> list[MeasurementResult]:
    device = options.device
    trained, angles, inputs = split_parameters(tape, device, options.interface)
    angles = angles or [np.zeros((len(trained.sweep), 0))]
    states = AdjointStates(trained, device, limits)
    return measured_states(states, angles, inputs, tape.arrays, options.interface)


def _backprop(tape: Tape, options: EvaluationOptions) -> list[MeasurementResult]:
    device, xp = options.device, namespace(tape.parameters)
    sweep = placeholders(tape).sweep()
    _refuse_by_value(tape, needs_values(sweep.structure, device.capabilities.gate_set), device)
    num_slots = sweep.structure.num_slots
    rows = xp.reshape(tape.row(), (-1 if num_slots else len(sweep), num_slots))
    return simulated(sweep, rows, tape.arrays, xp, device, options.interface)


def _refuse_by_value(tape: Tape, slots: Collection[int], device: Device) -> None:
    """Refuse arrays that are differentiated or not known yet, and become constants of gates."""
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


# Parameters ---------------------------------------------------------------------------------------


def _refuse_unknown_counts(tape: Tape) -> None:
    if any(item.kind is MeasurementKind.COUNTS for item in tape.measurements):
        raise DifferentiationError(
            "counts gives a dictionary of the outcomes that were met, which are not known while a "
            "function is traced or compiled. Return qg.probs or qg.sample, or call the QNode "
            "outside of it."
        )


def switched_off(option: str, remedy: str) -> DifferentiationError:
    """Return the error for a derivative through a circuit without an option that it needs."""
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
