"""Circuits that a program would send, with their figures on the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgate.context import entered
from qgate.devices.compiled import CompiledCircuit
from qgate.resource.compiled_table import as_text, columns, notes
from qgate.resource.requests import RequestCounts, Requests
from qgate.short_repr import fields_summary
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.text_table import broken

if TYPE_CHECKING:
    from qgate.devices.base import Device


NOTHING = (
    "The program submits no circuits. Exact derivatives of a simulator's state are no submissions: "
    "name a device with shots, --device 'local?shots=1000'."
)


@dataclass(frozen=True, slots=True)
class SentCircuit:
    """Circuit of a program, as a device runs it.

    Parameters
    ----------
    device : str
    rows, shots : int
        Of all submissions together; 0 shots: exact.
    compiled : CompiledCircuit
    """

    device: str
    rows: int
    shots: int
    compiled: CompiledCircuit

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as a dictionary."""
        counts = {"device": self.device, "rows": self.rows, "shots": self.shots}
        return {**counts, **self.compiled.to_dict()}


@dataclass(frozen=True, slots=True)
class ProgramSpecs:
    """Submissions and circuits of a program.

    Parameters
    ----------
    requests : RequestCounts
        Of all submissions; a circuit counts in each submission that it is part of.
    circuits : tuple of SentCircuit
        The different circuits, in order of their first submission.
    sources : mapping of str to str
        For each paid device the source of its prices and limits.
    """

    requests: RequestCounts
    circuits: tuple[SentCircuit, ...]
    sources: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return all figures as a dictionary, which can be written as JSON."""
        return {
            **self.requests.to_dict(),
            "different_circuits": [each.to_dict() for each in self.circuits],
            "sources": dict(self.sources),
        }

    def __str__(self) -> str:
        if not self.circuits:
            return NOTHING
        first = {
            "circuit": range(1, len(self.circuits) + 1),
            "device": [each.device for each in self.circuits],
            "rows": [each.rows for each in self.circuits],
            "shots": [each.shots or "exact" for each in self.circuits],
        }
        compiled = [each.compiled for each in self.circuits]
        sources = [f"{name}: {text}" for name, text in self.sources.items()]
        table = as_text(columns(compiled, first))
        total = broken([f"in all: {self.requests}"])
        return "\n".join([*total, *table, *broken([*notes(compiled), *sources])])

    __repr__ = fields_summary


def specs_of_program(program: Callable[[], object], device: Device | None = None) -> ProgramSpecs:
    """Call a program with zeros as the outcomes of its circuits, and count what it would send.

    Exact values of free devices are computed, as in a plan; exact derivatives of simulators that
    differentiate their state are computed too, and are no submissions.

    Parameters
    ----------
    program : callable
    device : Device, optional
        Replaces every device that the program names.
    """
    made = Requests(once=False)
    replaced = nullcontext() if device is None else entered(device=device)
    with replaced:
        made.of(program)
    found: dict[tuple[Device, Structure], list[Sweep]] = {}
    for each, request in made.made:
        for sweep in request.asked:
            found.setdefault((each, sweep.structure), []).append(sweep)
    circuits = [_sent(each, sweeps) for (each, _), sweeps in found.items()]
    return ProgramSpecs(made.counts, tuple(circuits), made.sources)


def _sent(device: Device, sweeps: list[Sweep]) -> SentCircuit:
    shots = sum(int(sweep.shots.sum()) for sweep in sweeps if sweep.shots is not None)
    (compiled,) = device.compiled(sweeps[:1])
    return SentCircuit(device.name, sum(map(len, sweeps)), shots, compiled)
