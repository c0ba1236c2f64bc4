"""Derivatives of recorded circuits: all that does not depend on the numbers of a call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from qgate.arrays import is_concrete, load, order, shape_of, unwrap
from qgate.autodiff.choose_method import gives_jacobian
from qgate.autodiff.evaluate import values
from qgate.autodiff.evaluate_traced import (
    FROM_DEVICE,
    Choice,
    EvaluationOptions,
    Prepared,
    choose,
    derivatives_of,
    linear_tape,
)
from qgate.autodiff.recorded_circuit import RecordedCircuit, filled, is_small
from qgate.autodiff.recorded_rows import RecordedRows
from qgate.autodiff.result_layout import ResultLayout
from qgate.autodiff.simulations import measured_states, repeated, simulated
from qgate.autodiff.sweep_function import AdjointStates
from qgate.autodiff.trainable_sweep import LateInput, TrainableSweep, seed_of
from qgate.context import active_trackers
from qgate.devices.statevector import Repeated
from qgate.exceptions import DifferentiationError
from qgate.execution.execute import MeasurementResult, UnbatchedResult, validate
from qgate.gradients.registry import METHODS
from qgate.measurements import MeasurementKind
from qgate.operations.operator import ParameterKind
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import freeze_weights
from qgate.transforms.linear import Recombine
from qgate.typing import FloatArray, Tensor

if TYPE_CHECKING:
    from qgate.autodiff.evaluate_traced import Kind
    from qgate.autodiff.method import Method
    from qgate.bridge import Interface
    from qgate.devices.base import Device


@dataclass(frozen=True, eq=False)
class TracedCircuit(ABC):
    """A recorded circuit for arguments of which some are traced.

    Required: ``call``.

    Parameters
    ----------
    rows : RecordedRows
    tape : Tape
        The circuit with the numbers of the first call, and its trained parameters.
    sweep : Sweep
        The same, as it is run.
    options : EvaluationOptions
    choice : Choice
    """

    rows: RecordedRows
    tape: Tape
    sweep: Sweep
    options: EvaluationOptions
    choice: Choice

    @property
    def interface(self) -> Interface:
        """The framework that traces."""
        return self.options.interface

    @abstractmethod
    def call(self, arrays: Sequence[Tensor], seed: Tensor) -> list[MeasurementResult]:
        """Return the results for these arguments, differentiable in their framework."""


class SimulatedCircuit(TracedCircuit):
    """Circuit whose simulation is traced by the framework."""

    def call(self, arrays: Sequence[Tensor], seed: Tensor) -> list[MeasurementResult]:
        rows, xp = self.rows.traced(arrays, self.interface), self.interface.namespace
        arrays, device = self.sweep.arrays, self.options.device
        return simulated(self.sweep, rows, arrays, xp, device, self.interface)


@dataclass(frozen=True, eq=False)
class SlotCircuit(TracedCircuit):
    """Circuit that is differentiated by some of its slots.

    Required: ``results``.

    Parameters
    ----------
    slots, late : tuple of int
        Slots to differentiate by, and those of other numbers that are not known yet.
    """

    slots: tuple[int, ...]
    late: tuple[int, ...]

    @cached_property
    def _trained_rows(self) -> RecordedRows:
        return self.rows.columns(self.slots)

    @cached_property
    def _late_rows(self) -> RecordedRows:
        return self.rows.columns(self.late)

    def call(self, arrays: Sequence[Tensor], seed: Tensor) -> list[MeasurementResult]:
        inputs = [self._late_rows.traced(arrays, self.interface)] if self.late else []
        parts = [self._trained_rows.traced(arrays, self.interface), *inputs]
        copies = len(self.sweep) // self.rows.shape[0]
        if copies > 1:
            parts = [self.interface.namespace.repeat(each, copies, axis=0) for each in parts]
        angles, *inputs = parts
        sweep, places = self._numbers(arrays), [LateInput(self.late)] if self.late else []
        if seed is not None and sweep.shots is not None:
            if is_concrete(seed):
                sweep = replace(sweep, seed=seed_of(unwrap(seed)))
            else:
                inputs.append(seed)
                places.append(LateInput(seed=True))
        trained = TrainableSweep(sweep, self.slots, late_inputs=tuple(places))
        return self.results(trained, angles, inputs)

    def _numbers(self, arrays: Sequence[Tensor]) -> Sweep:
        """Return the sweep with the numbers of a call, as far as they are known and needed."""
        if len(self.slots) + len(self.late) == self.rows.shape[1]:
            return self.sweep
        known = [unwrap(each) if is_concrete(each) else np.zeros(shape_of(each)) for each in arrays]
        return filled(self.sweep, self.rows.numbers(known))

    @abstractmethod
    def results(
        self, trained: TrainableSweep, angles: Tensor, inputs: list[Tensor]
    ) -> list[MeasurementResult]:
        """Return the results from the sweep of a call, its trained angles and its late inputs."""


class CircuitOfStates(SlotCircuit):
    """Circuit whose states are differentiated by the device, and measured by the framework."""

    def results(
        self, trained: TrainableSweep, angles: Tensor, inputs: list[Tensor]
    ) -> list[MeasurementResult]:
        states = AdjointStates(trained, self.options.device, self.choice.limits)
        return measured_states(states, [angles], inputs, trained.sweep.arrays, self.interface)


@dataclass(frozen=True, eq=False)
class CircuitOfNumbers(SlotCircuit):
    """Circuit whose derivatives the framework gets as numbers.

    Parameters
    ----------
    kind : callable
        Makes the derivatives of a sweep.
    layout : ResultLayout
    recombine : callable
        From the results of the tape to those of the recorded one.
    """

    kind: Kind
    layout: ResultLayout
    recombine: Recombine

    def results(
        self, trained: TrainableSweep, angles: Tensor, inputs: list[Tensor]
    ) -> list[MeasurementResult]:
        limits = self.choice.limits
        derivatives = self.kind(trained, self.options.device, limits, layout=self.layout)
        prepared = Prepared(self.tape, derivatives, [angles], inputs, self.recombine)
        return prepared.results(self.options)


@dataclass(eq=False)
class DifferentiableCircuit(RecordedCircuit):
    """Recorded circuit that keeps what its derivatives by some arguments need."""

    _traced: dict[Hashable, TracedCircuit | None] = field(default_factory=dict)
    _slopes: dict[tuple[int, ...], Slopes | None] = field(default_factory=dict)

    def derived(
        self, arrays: Sequence[Tensor], interface: Interface, seed: Tensor
    ) -> Sequence[MeasurementResult] | None:
        if seed is None and not active_trackers():
            value = interface.with_slopes(
                self._with_slopes, partial(self._again, interface), arrays
            )
            if value is not None:
                return [UnbatchedResult(value)]
        return self._traced_results(arrays, interface, seed)

    def _with_slopes(
        self, by: tuple[int, ...], arrays: Sequence[Tensor]
    ) -> tuple[float, list[FloatArray]] | None:
        slopes = self.slopes(by)
        return None if slopes is None else slopes(arrays)

    def _again(self, interface: Interface, arrays: Sequence[Tensor]) -> Tensor:
        results = self._traced_results(arrays, interface, None)
        assert results is not None
        (result,) = results
        return result.value if isinstance(result, UnbatchedResult) else result

    def _traced_results(
        self, arrays: Sequence[Tensor], interface: Interface, seed: Tensor
    ) -> Sequence[MeasurementResult] | None:
        """Return results of which the framework traces every step."""
        levels = order(arrays if seed is None else [*arrays, seed])
        trained = tuple(interface.trained(arrays))
        known = tuple(map(is_concrete, arrays))
        key = (interface.name, trained, known, levels)
        if key not in self._traced:
            self._traced[key] = traced_circuit(self, interface, trained, known, levels)
        circuit = self._traced[key]
        return None if circuit is None else circuit.call(arrays, seed)

    def slopes(self, wanted: tuple[int, ...]) -> Slopes | None:
        """Return value and derivatives by some arguments, from the device; None: it has them not.

        For circuits with one expectation value whose first derivatives are ``adjoint``.
        """
        if wanted not in self._slopes:
            self._slopes[wanted] = slopes_of(self, wanted)
        return self._slopes[wanted]


@dataclass(frozen=True, eq=False)
class Slopes:
    """Value of a circuit and its derivatives by some arguments, computed together by the device.

    Parameters
    ----------
    rows : RecordedRows
    simulate : callable
        From a row of angles to the value and its derivatives by all angles.
    wanted : tuple of int
        Numbers of the arguments to differentiate by.
    """

    rows: RecordedRows
    simulate: Repeated
    wanted: tuple[int, ...]

    def __call__(self, arrays: Sequence[Tensor]) -> tuple[float, list[FloatArray]] | None:
        """Return value and derivatives at plain arguments; None: the numbers need a check."""
        row = self.rows.numbers(arrays)
        if not is_small(row):
            return None
        values, slopes = self.simulate(row[0])
        assert slopes is not None
        alone = self.rows.alone
        return values[0], [alone[number].back(slopes) for number in self.wanted]


def slopes_of(recorded: RecordedCircuit, wanted: tuple[int, ...]) -> Slopes | None:
    """Return the derivatives that a device computes with the value; None: it does not."""
    rows = recorded.rows
    if rows.steps or rows.shape[0] != 1 or recorded.max_diff == 0:
        return None
    every = range(len(rows.shapes))
    trained, known = [number in wanted for number in every], [True for _ in every]
    try:
        circuit = traced_circuit(recorded, load("autograd"), trained, known, 1)
    except DifferentiationError:
        return None  # the call that needs it reports why
    if not isinstance(circuit, CircuitOfNumbers) or circuit.recombine is not tuple:
        return None
    method, kinds = circuit.choice.method, [item.kind for item in circuit.tape.measurements]
    if method is None or method.name != "adjoint" or kinds != [MeasurementKind.EXPVAL]:
        return None
    if not circuit.slots:
        return None
    simulate = repeated(circuit.sweep, recorded.device, circuit.slots)
    return None if simulate is None else Slopes(rows, simulate, wanted)


def traced_circuit(
    recorded: RecordedCircuit,
    interface: Interface,
    trained: Sequence[bool],
    known: Sequence[bool],
    levels: int | None,
) -> TracedCircuit | None:
    """Return a circuit for arguments of which some are traced; None: it is recorded at each call.

    Parameters
    ----------
    recorded : RecordedCircuit
    interface : Interface
    trained, known : sequence of bool
        For each argument whether it is trained, and whether its numbers are known.
    levels : int or None
        Order of the derivative that is being taken; None: it is not announced.
    """
    rows, device = recorded.rows, recorded.device
    positions, late = _variable(recorded.tape, rows, trained, known)
    tape = recorded.tape.with_trainable(positions)
    options = EvaluationOptions(
        device, recorded.method, interface, recorded.max_diff, None, True, values
    )
    choice = choose(tape, options, levels)
    method = choice.method
    if tape.shots.budget is not None or (method is not None and method.transform is not None):
        return None
    if method is not None and method.name == "backprop":
        return SimulatedCircuit(rows, tape, tape.sweep(), options, choice)
    slots = tuple(chain.from_iterable(map(tape.slots_of, positions)))
    from_device = method is not None and method.name in FROM_DEVICE
    if from_device and not (gives_jacobian(tape) or tape.shots):
        sweep = _as_run(tape, method, device)
        return CircuitOfStates(rows, tape, sweep, options, choice, slots, late)
    linear = tape
    recombine: Recombine = tuple
    if not tape.structure.is_linear:
        linear, recombine = linear_tape(tape, method, options)
    sweep = _as_run(linear, method, device)
    layout = ResultLayout.of(validate(sweep, device), device)
    kind = derivatives_of(linear, method, options, trained=any(trained))
    return CircuitOfNumbers(
        rows, linear, sweep, options, choice, slots, late, kind, layout, recombine
    )


def _as_run(tape: Tape, method: Method | None, device: Device) -> Sweep:
    """Return the sweep of a tape; methods that run other circuits name its wires themselves."""
    sweep = tape.sweep()
    if method is None or METHODS[method.name].circuits is None:
        sweep = validate(sweep, device)
    return freeze_weights(sweep) if sweep.arrays else sweep


def _variable(
    tape: Tape, rows: RecordedRows, trained: Sequence[bool], known: Sequence[bool]
) -> tuple[list[int], tuple[int, ...]]:
    """Return the trained parameters, or else those not known yet; and the slots of the others."""
    owners = rows.arguments_of_slots()
    kinds = enumerate(tape.parameter_kinds)
    angles = [index for index, kind in kinds if kind is ParameterKind.ANGLES]

    def among(chosen: Sequence[bool]) -> list[int]:
        return [
            index
            for index in angles
            if any(chosen[owner] for slot in tape.slots_of(index) for owner in owners[slot])
        ]

    unknown = among([not each for each in known])
    found = among(trained) or unknown
    rest = [tape.slots_of(index) for index in unknown if index not in found]
    return found, tuple(chain.from_iterable(rest))
