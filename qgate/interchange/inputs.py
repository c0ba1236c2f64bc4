"""Inputs of an imported circuit, and their values in a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qgate.arrays import shape_of
from qgate.exceptions import InputError, suggest
from qgate.typing import Tensor


@dataclass(frozen=True, slots=True)
class InputSpec:
    """Input of a circuit: its name, and its length if it is an array."""

    name: str
    length: int | None = None

    def __str__(self) -> str:
        return self.name if self.length is None else f"{self.name}[{self.length}]"


def values_of(
    inputs: Sequence[InputSpec],
    args: Sequence[Tensor],
    named: Mapping[str, Tensor],
    *,
    circuit: str,
) -> dict[str, Tensor]:
    """Return the value of each input in a call.

    A single mapping in place of the values is taken as values by name.

    Raises
    ------
    InputError
        A value is missing, is one too many, or has the wrong length.
    """
    names = [spec.name for spec in inputs]
    if len(args) == 1 and isinstance(args[0], Mapping) and not named:
        return values_of(inputs, (), by_name(args[0]), circuit=circuit)
    listed = list(map(str, inputs))

    def wrong(reason: str, hint: str = "") -> InputError:
        return InputError(circuit=circuit, reason=reason, inputs=listed, hint=hint)

    unknown = [name for name in named if name not in names]
    if unknown:
        raise wrong(f"it has no input {unknown[0]!r}", suggest(unknown[0], names))
    rest = [name for name in names if name not in named]
    if len(args) != len(rest):
        missing = f", for {', '.join(rest)}" if rest else ""
        raise wrong(f"{len(args)} values were given, and {len(rest)} are needed{missing}")
    values = {**named, **dict(zip(rest, args, strict=True))}
    for spec in inputs:
        shape: tuple[int, ...] = shape_of(values[spec.name])
        if spec.length is not None and shape[:1] not in ((spec.length,), (-1,)):
            reason = f"{spec.name} has the shape {shape}, and length {spec.length} is needed"
            raise wrong(reason)
    return values


def by_name(params: Mapping[Any, Tensor] | None) -> dict[str, Tensor]:
    """Return values by the names of inputs; the keys may be a vendor's parameter objects."""
    return {getattr(key, "name", key): value for key, value in (params or {}).items()}
