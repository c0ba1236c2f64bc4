"""Imported circuit: a quantum function that was read from a file or from a vendor's circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter, Signature
from keyword import iskeyword
from typing import Any

from qgate.arrays import shape_of
from qgate.exceptions import InputError, QuantumFunctionError, described, suggest
from qgate.interchange.steps import Measured, Step
from qgate.typing import Nested, Tensor, Wire
from qgate.wires import Wires


@dataclass(frozen=True, slots=True)
class InputSpec:
    """Input of a circuit: its name, and its length if it is an array."""

    name: str
    length: int | None = None


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

    def __call__(
        self,
        *args: Tensor,
        wires: Sequence[Wire] | None = None,
        params: Mapping[Any, Tensor] | None = None,
        **named: Tensor,
    ) -> Nested:
        """Apply the circuit; return the measurements that were given for it."""
        labels = self.labels if wires is None else self._labels(wires)
        values = self._values(args, {**_by_name(params), **named})
        for step in self.steps:
            if not isinstance(step, Measured):
                step.operators(values, labels)
        return self.measurements

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
        found: dict[tuple[int, int], int] = {}
        for place, step in enumerate(self.steps):
            if isinstance(step, Measured):
                for qubit, bit in zip(step.qubits, step.bits, strict=True):
                    key = (1, place * len(self.labels) + qubit) if bit is None else (0, bit)
                    found[key] = qubit
        return Wires(dict.fromkeys(self.labels[found[key]] for key in sorted(found)))

    def with_measurements(self, measurements: Nested) -> ImportedCircuit:
        """Return the same circuit, with other measurements as its result."""
        return replace(self, measurements=measurements)

    def _labels(self, wires: Sequence[Wire]) -> tuple[Wire, ...]:
        given = tuple(Wires(wires))
        if len(given) != len(self.labels):
            raise QuantumFunctionError(
                f"{self.name} acts on {len(self.labels)} wires and was given "
                f"wires={described(wires)}. Give {len(self.labels)} different wires."
            )
        return given

    def _values(self, args: Sequence[Tensor], named: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the value of each input."""
        names = [spec.name for spec in self.inputs]
        if len(args) == 1 and isinstance(args[0], Mapping) and not named:
            return self._values((), _by_name(args[0]))
        unknown = [name for name in named if name not in names]
        if unknown:
            raise self._wrong(f"it has no input {unknown[0]!r}", suggest(unknown[0], names))
        rest = [name for name in names if name not in named]
        if len(args) != len(rest):
            missing = f", for {', '.join(rest)}" if rest else ""
            raise self._wrong(f"{len(args)} values were given, and {len(rest)} are needed{missing}")
        values = {**named, **dict(zip(rest, args, strict=True))}
        for spec in self.inputs:
            shape: tuple[int, ...] = shape_of(values[spec.name])
            if spec.length is not None and shape[:1] not in ((spec.length,), (-1,)):
                reason = f"{spec.name} has the shape {shape}, and length {spec.length} is needed"
                raise self._wrong(reason)
        return values

    def _wrong(self, reason: str, hint: str = "") -> InputError:
        listed = [
            spec.name if spec.length is None else f"{spec.name}[{spec.length}]"
            for spec in self.inputs
        ]
        return InputError(circuit=self.name, reason=reason, inputs=listed, hint=hint)


OPTIONS = ("wires", "params")
"""Arguments of a call besides the inputs."""


def _by_name(params: Mapping[Any, Tensor] | None) -> dict[str, Tensor]:
    """Return values by the names of inputs; the keys may be a vendor's parameter objects."""
    return {getattr(key, "name", key): value for key, value in (params or {}).items()}
