"""Imported circuit: a quantum function that was read from a file or from a vendor's circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from inspect import Parameter, Signature
from keyword import iskeyword
from typing import Any

from qgate.exceptions import QuantumFunctionError, described
from qgate.interchange.conditions import evaluate
from qgate.interchange.inputs import InputSpec, by_name, values_of
from qgate.interchange.readout import Readout
from qgate.interchange.steps import Branch, Measured, Reset, Step, terminal
from qgate.measurements import expval
from qgate.operations.conditions import cond
from qgate.operations.mid_measure import measure
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import MeasurementValue
from qgate.typing import Nested, Tensor, Wire
from qgate.wires import Wires


@dataclass(frozen=True, eq=False, slots=True)
class ImportedCircuit:
    """Quantum function that applies the gates of a circuit from elsewhere.

    Call it inside of a QNode, with a value for each input, by position or by name. ``wires=``
    replaces the wires, one for each qubit. ``params=`` gives the inputs as a mapping.

    Parameters
    ----------
    steps : tuple of Step
        Gates and measurements, first applied first.
    labels : tuple of wires
        The wire of each qubit.
    inputs : tuple of InputSpec
        In the order of the call.
    measurements : Measurement or list of Measurement, optional
        What a call returns, in place of what the circuit measures.
    name : str
        For errors and drawings.
    """

    steps: tuple[Step, ...]
    labels: tuple[Wire, ...]
    inputs: tuple[InputSpec, ...] = ()
    measurements: Nested = None
    name: str = "circuit"
    standalone: bool = False
    """Whether a call returns a ``Readout``, which a QNode turns into counts or probabilities."""

    def __post_init__(self) -> None:
        taken = [spec.name for spec in self.inputs if spec.name in OPTIONS]
        if taken:
            raise QuantumFunctionError(
                f"{self.name} has an input {taken[0]!r}, which is the name of an argument of every "
                f"imported circuit ({', '.join(OPTIONS)}). Choose another name for the input."
            )

    def __call__(
        self,
        *args: Tensor,
        wires: Sequence[Wire] | None = None,
        params: Mapping[Any, Tensor] | None = None,
        measurements: Nested = None,
        observable: Operator | None = None,
        **named: Tensor,
    ) -> Nested:
        """Apply the circuit.

        Parameters
        ----------
        *args, **named
            Values of the inputs.
        wires : wires, optional
            One for each qubit.
        params : mapping, optional
            Further inputs by name, or by the vendor's parameter objects.
        measurements : Measurement or list of Measurement, optional
            Returned in place of the circuit's measurements.
        observable : Operator, optional
            The same with its expectation value.

        Returns
        -------
        Measurements that were given for the circuit; without these, the outcomes of its
        measurements, in the order in which they are made; None if it has none.
        """
        labels = self.labels if wires is None else self._labels(wires)
        values = values_of(self.inputs, args, {**by_name(params), **named}, circuit=self.name)
        wanted = self.measurements if measurements is None else measurements
        wanted = wanted if observable is None else expval(observable)
        last = terminal(self.steps)
        readable = self.standalone and wanted is None and self._is_read_at_the_end(last)
        skipped = last if wanted is not None or readable else frozenset()
        outcomes: dict[int, MeasurementValue] = {}
        made: list[MeasurementValue] = []
        for place, step in enumerate(self.steps):
            if place not in skipped:
                _apply(step, values, labels, outcomes, made)
        if wanted is not None:
            return wanted
        if not self.standalone:
            return tuple(made) or None
        if readable:
            return Readout([labels[qubit] for qubit in self._measured_qubits()] or labels)
        stored = [outcomes[bit] for bit in sorted(outcomes)]
        return Readout(stored or made)

    def _is_read_at_the_end(self, last: frozenset[int]) -> bool:
        """Whether the final value of every bit is measured at the end."""
        final: dict[int | None, int] = {}
        for place, step in enumerate(self.steps):
            if isinstance(step, Measured):
                final[step.bit if step.bit is not None else -1 - place] = place
        return last.issuperset(final.values())

    def __repr__(self) -> str:
        inputs = list(map(str, self.inputs))
        return f"<ImportedCircuit {self.name!r}: wires={list(self.labels)}, inputs={inputs}>"

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def __signature__(self) -> Signature:
        """Inputs that have names of Python, and ``wires``."""
        named = [
            Parameter(spec.name, Parameter.POSITIONAL_OR_KEYWORD)
            if spec.name.isidentifier() and not iskeyword(spec.name)
            else Parameter(f"input_{place}", Parameter.POSITIONAL_OR_KEYWORD)
            for place, spec in enumerate(self.inputs)
        ]
        rest = [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in OPTIONS]
        return Signature([*named, *rest])

    @property
    def measured(self) -> Wires:
        """Measured wires, in the order of the classical bits that receive the outcomes."""
        return Wires(dict.fromkeys(self.labels[qubit] for qubit in self._measured_qubits()))

    def _measured_qubits(self) -> list[int]:
        found: dict[tuple[int, int], int] = {}
        for place, step in enumerate(self.steps):
            if isinstance(step, Measured):
                found[(1, place) if step.bit is None else (0, step.bit)] = step.qubit
        return list(dict.fromkeys(found[key] for key in sorted(found)))

    def with_measurements(self, measurements: Nested) -> ImportedCircuit:
        """Return the same circuit, with other measurements as its result."""
        return replace(self, measurements=measurements)

    def as_quantum_function(self) -> ImportedCircuit:
        """Return the circuit as the whole function of a QNode, which returns what it measures."""
        return replace(self, standalone=True)

    def _labels(self, wires: Sequence[Wire]) -> tuple[Wire, ...]:
        given = tuple(Wires(wires))
        if len(given) != len(self.labels):
            raise QuantumFunctionError(
                f"{self.name} acts on {len(self.labels)} wires and was given "
                f"wires={described(wires)}. Give {len(self.labels)} different wires."
            )
        return given


OPTIONS = ("wires", "params", "measurements", "observable")
"""Arguments of a call besides the inputs."""


def _apply(
    step: Step,
    values: Mapping[str, Tensor],
    labels: Sequence[Wire],
    outcomes: dict[int, MeasurementValue],
    made: list[MeasurementValue],
) -> None:
    """Record a step; store the outcomes that it makes."""
    if isinstance(step, Measured):
        made.append(measure(labels[step.qubit]))
        if step.bit is not None:
            outcomes[step.bit] = made[-1]
    elif isinstance(step, Reset):
        measure(labels[step.qubit], reset=True)
    elif isinstance(step, Branch):

        def apply(parts: Sequence[Step]) -> None:
            for part in parts:
                _apply(part, values, labels, outcomes, made)

        then, otherwise = partial(apply, step.then), partial(apply, step.otherwise)
        cond(evaluate(step.condition, outcomes), then, otherwise)()
    else:
        step.operators(values, labels)
