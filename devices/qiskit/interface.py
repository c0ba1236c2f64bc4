"""Interface of a backend's ``run``, checked before anything is sent.

``BackendV2`` does not specify options and their validators, the arguments of ``run``, or limits. A
mismatch is found here, when the device is created, and not after a job was paid for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from numbers import Integral
from typing import TypeVar

from qiskit.providers import BackendV2

from qgate.exceptions import UnusableBackend
from qgate.masking import masked_error

T = TypeVar("T")

SHOTS = "shots"

GIVEN = frozenset({SHOTS, "memory", "seed_simulator"})
"""Arguments of ``run`` that a device may pass besides the circuits."""

ONE_CIRCUIT = "QuantumCircuit"
"""Annotation of the first argument of a ``run`` that accepts no list."""


@dataclass(frozen=True, slots=True)
class Interface:
    """Arguments and limits of a backend's ``run``.

    Parameters
    ----------
    arguments : frozenset of str
        Arguments of ``GIVEN`` that are options of the backend and accepted by ``run``.
    max_circuits : int or None
        Maximum number of circuits of one job.
    min_shots : int
    max_shots : int or None
    shot_counts : frozenset of int
        The only accepted numbers of shots; empty: any from the minimum to the maximum.
    """

    arguments: frozenset[str] = frozenset()
    max_circuits: int | None = None
    min_shots: int = 1
    max_shots: int | None = None
    shot_counts: frozenset[int] = frozenset()


def interface_of(backend: BackendV2, *, name: str) -> Interface:
    """Return the arguments and limits of a backend's ``run``.

    Parameters
    ----------
    backend : BackendV2
    name : str
        Name of the device, for error messages.

    Raises
    ------
    UnusableBackend
        Its ``run`` takes no shots or requires an unknown argument, or its limits are not positive
        integers.
    """
    try:
        parameters = signature(backend.run).parameters
    except (AttributeError, TypeError, ValueError) as error:
        raise UnusableBackend(backend=name, reason=f"its run is no function ({error})") from error
    _check_arguments(parameters, name)
    most = _count(_asked(backend, "max_circuits", name), "max_circuits", name)
    fewest, most_shots, counts = _shots(backend, name)
    return Interface(
        arguments=frozenset(item for item in GIVEN if _takes(backend, parameters, item)),
        max_circuits=1 if _takes_one(parameters) else most,
        min_shots=fewest,
        max_shots=most_shots,
        shot_counts=counts,
    )


def _check_arguments(parameters: Mapping[str, Parameter], name: str) -> None:
    if not parameters:
        raise UnusableBackend(backend=name, reason="its run takes no circuits")
    needed = [item.name for item in list(parameters.values())[1:] if _is_needed(item)]
    if needed:
        raise UnusableBackend(backend=name, reason=f"its run needs {', '.join(needed)}")
    if not _accepts(parameters, SHOTS):
        raise UnusableBackend(backend=name, reason="its run takes no argument shots")


def _is_needed(argument: Parameter) -> bool:
    """Return whether a required argument is missing."""
    collects = argument.kind is Parameter.VAR_POSITIONAL or argument.kind is Parameter.VAR_KEYWORD
    return argument.default is Parameter.empty and not collects and argument.name != SHOTS


def _accepts(parameters: Mapping[str, Parameter], argument: str) -> bool:
    """Return whether a function accepts a keyword argument."""
    named = parameters.get(argument)
    if named is not None and named.kind is not Parameter.POSITIONAL_ONLY:
        return True
    return any(item.kind is Parameter.VAR_KEYWORD for item in parameters.values())


def _takes(backend: BackendV2, parameters: Mapping[str, Parameter], argument: str) -> bool:
    if argument == SHOTS or argument in parameters:
        return _accepts(parameters, argument)
    return argument in _options(backend) and _accepts(parameters, argument)


def _takes_one(parameters: Mapping[str, Parameter]) -> bool:
    annotation = next(iter(parameters.values())).annotation
    return bool(getattr(annotation, "__name__", annotation) == ONE_CIRCUIT)


def _options(backend: BackendV2) -> Mapping[str, object]:
    """Return the options of a backend with their defaults."""
    options = getattr(backend, "options", None)
    try:
        return dict(options or {})
    except (TypeError, ValueError):
        return dict(vars(options))


def _asked(backend: BackendV2, fact: str, name: str) -> object:
    try:
        return getattr(backend, fact, None)
    except Exception as error:  # third-party code may raise anything
        raise UnusableBackend(backend=name, reason=f"{fact}: {error!r}") from masked_error(error)


def _count(value: object, fact: str, name: str) -> int | None:
    if value is None or value == float("inf"):
        return None
    if not isinstance(value, Integral) or int(value) < 1:
        reason = f"its {fact} is {value!r}, which is no whole number above 0"
        raise UnusableBackend(backend=name, reason=reason)
    return int(value)


def _shots(backend: BackendV2, name: str) -> tuple[int, int | None, frozenset[int]]:
    """Return minimum and maximum shots of a circuit, and the only accepted numbers, if any.

    The validator of an option is a range, a list of values, or a type.
    """
    validators = getattr(getattr(backend, "options", None), "validator", None) or {}
    rule = validators.get(SHOTS)
    own = _count(_asked(backend, "max_shots", name), "max_shots", name)
    if isinstance(rule, list):
        counts = frozenset(int(item) for item in rule if isinstance(item, Integral))
        if not counts or min(counts) < 1:
            raise UnusableBackend(backend=name, reason=f"it takes the shots {rule!r} only")
        return min(counts), max(counts), counts
    low, high = rule if isinstance(rule, tuple) else (1, None)
    highest = _count(high if high is None else _whole(high), "largest number of shots", name)
    limits = [limit for limit in (highest, own) if limit is not None]
    lowest = _count(max(1, _whole(low or 1)), "least number of shots", name)
    return lowest or 1, min(limits, default=None), frozenset()


def _whole(value: T) -> T | int:
    """Return a number without fractional part as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
