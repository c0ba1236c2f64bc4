"""Limits and prices of a device that are known without asking its provider."""

from __future__ import annotations

from dataclasses import dataclass

from qgate.exceptions import AccessRefused, QGateError
from qgate.prices import Rate
from qgate.short_repr import fields_summary


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCard:
    """Snapshot of a device's limits and prices, shipped with the package.

    Parameters
    ----------
    wires : int
    min_shots, max_shots : int
        Range of shots of one circuit.
    exact : bool
        Whether it returns exact values as well.
    rate : Rate
        Prices, with their source and date.
    date : str
        Date of the figures, as YYYY-MM-DD.
    source : str
        Source of the figures.
    """

    wires: int
    min_shots: int
    max_shots: int
    exact: bool
    rate: Rate
    date: str
    source: str

    def origin(self, refusal: QGateError) -> str:
        """Return a sentence stating that limits and gates come from the card, and why.

        Parameters
        ----------
        refusal : AccessRefused or ServiceUnavailable
            Error raised by the request to the provider.
        """
        if isinstance(refusal, AccessRefused):
            why = f"no credentials were accepted: {refusal.reason}"
        else:
            why = f"the service did not answer: {getattr(refusal, 'reason', refusal)}"
        return f"from the card of {self.date}, {why}"

    __repr__ = fields_summary
