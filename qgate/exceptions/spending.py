"""What stands against a purchase: spend less, or allow more."""

from __future__ import annotations

from qgate.exceptions.base import QGateError, QuantumFunctionError


class SpendingError(QGateError):
    """Something would be bought that must not be; nothing was sent."""


class InvalidBudget(SpendingError, QuantumFunctionError, ValueError):
    """A budget does not say what may be spent, or says it twice."""

    reason: str
    message = (
        "The budget cannot be used: {reason}. Give at least one of shots (or total), usd and "
        "submissions, each positive, for example qg.Budget(shots=100_000, usd=20)."
    )


class BudgetTooSmall(SpendingError):
    """A budget does not pay for what was asked of it."""

    budget: str
    reason: str
    message = (
        "{budget} does not pay for this: {reason}. Nothing was sent. Give a larger budget, or ask "
        "for fewer things."
    )


class PriceUnknown(SpendingError):
    """Dollars are limited, and what the device costs is not known."""

    device: str
    budget: str
    message = (
        "{budget} limits dollars, and it is not known what {device} costs. Give the budget in "
        "shots, for example qg.Budget(total=100_000), or a device that has a rate."
    )


class UnsupportedEstimate(QuantumFunctionError):
    """A budget, or an estimate with errors, cannot serve what a circuit returns."""

    what: str
    remedy: str
    message = "{what} cannot be estimated from a budget of shots. {remedy}"


class FewShotsWarning(UserWarning):
    """There are more circuits than shots, so the circuits that run are drawn at random."""
