"""Cards of backends of IBM Quantum, from ``cards.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qgate.devices.cloud.card import DeviceCard
from qgate.devices.qiskit.ibm.rates import RATES
from qgate.short_repr import fields_summary

PLAN = "pay-as-you-go"
"""Plan whose prices a card uses: the most expensive, as the account's plan is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IbmCard(DeviceCard):
    """Card of a backend.

    Parameters
    ----------
    fake : str
        Name of the fake backend with its couplings and gates.
    """

    fake: str

    __repr__ = fields_summary


@cache
def cards() -> Mapping[str, IbmCard]:
    """Return all cards by the name of the backend."""
    file = Path(__file__).with_name("cards.toml")
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    rate = RATES[PLAN].with_source(f"{RATES[PLAN].source}; the {PLAN} plan")
    return {
        name: IbmCard(
            wires=entry["wires"],
            min_shots=1,
            max_shots=entry["max_shots"],
            exact=False,
            rate=rate,
            date=content["date"],
            source=content["source"],
            fake=f"fake_{entry['fake']}",
        )
        for name, entry in content["backends"].items()
    }
