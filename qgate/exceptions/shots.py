"""Errors in shots and seeds."""

from __future__ import annotations

from qgate.exceptions.base import DeviceError, QuantumFunctionError


class InvalidShots(QuantumFunctionError, DeviceError, ValueError):
    """Shots are not a positive whole number, a shot vector or None."""

    shots: object
    message = (
        "shots={shots!r} cannot be run. Shots are None (exact), a positive integer, or a sequence "
        "of positive integers or (shots, copies) pairs. Give for example shots=1000."
    )


class TooManyShots(InvalidShots):
    """More shots, or more parts of a shot vector, than can be counted or stored."""

    shots: int
    parts: int
    most_shots: int
    most_parts: int
    message = (
        "{shots} shots in {parts} part(s) were asked for. One call takes up to {most_shots} shots "
        "in up to {most_parts} parts. Ask for fewer, or for several calls."
    )


class ShotsRequired(DeviceError):
    """The device, or the measurement, requires shots."""

    what: str
    message = (
        "{what} needs shots, and none were asked for (shots=None means exact). "
        "Give a number of shots, for example qg.device(..., shots=1000) or qg.set_shots."
    )


class InvalidSeed(DeviceError, ValueError):
    """A seed is not made of whole numbers."""

    seed: str
    message = (
        "The seed {seed} cannot be used. A seed is a whole number from 0 on, an array of such, "
        "or a key of jax.random. Give one of these."
    )


class SeedRefused(DeviceError):
    """The device does not support a seed for the samples of one call."""

    device: str
    message = (
        "{device} cannot be given a seed for one call; qg.device('local') can. "
        "Leave seed out of the call, or seed the device: qg.device(..., seed=7), where it has that."
    )
