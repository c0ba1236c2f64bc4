"""What stands against a purchase: spend less, or allow more."""

from __future__ import annotations

from qgate.exceptions.base import DeviceError, QGateError, QuantumFunctionError


class SpendingError(QGateError):
    """Something would be bought that must not be; nothing was sent."""


class InvalidBudget(SpendingError, QuantumFunctionError, ValueError):
    """A budget does not say what may be spent, or says it twice."""

    reason: str
    message = (
        "The budget cannot be used: {reason}. Give at least one of shots (or total), usd and "
        "submissions, each positive, for example qg.Budget(shots=100_000, usd=20)."
    )


class SubmissionTooLarge(SpendingError, DeviceError):
    """A single circuit is larger than what the provider takes."""

    device: str
    size: int
    most: int
    message = (
        "A circuit for {device} takes {size} bytes with one row of its parameters; a submission "
        "may have {most}. Use fewer gates, or measure fewer wires."
    )
