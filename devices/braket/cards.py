"""Devices of Amazon Braket with a short name, and their cards from ``cards.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qgate.devices.braket.facts import DeviceFacts, SetLimits
from qgate.devices.cloud.card import DeviceCard
from qgate.devices.cloud.remote import Record
from qgate.prices import Rate
from qgate.short_repr import fields_summary

ARN = "arn:aws:braket:"
"""Prefix of device ARNs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BraketCard(DeviceCard):
    """Card of a device of Amazon Braket.

    Parameters
    ----------
    arn : str
    facts : DeviceFacts
    """

    arn: str
    facts: DeviceFacts

    __repr__ = fields_summary


def _read(file: Path) -> dict[str, BraketCard]:
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: _card(entry, content["gates"]) for name, entry in content["devices"].items()}


def _card(entry: Record, gates: Mapping[str, list[str]]) -> BraketCard:
    simulator = is_simulator(entry["arn"])
    fewest, most = entry["shots"]
    facts = DeviceFacts(
        wires=entry["wires"],
        gates=frozenset(gates[entry["gates"]]),
        native=frozenset(entry.get("native", ())),
        shots=(fewest, most),
        sets=_set_limits(entry.get("set")),
        exact=simulator,
    )
    return BraketCard(
        wires=facts.wires,
        min_shots=max(1, fewest),
        max_shots=most,
        exact=facts.exact,
        rate=_rate(entry),
        date=entry["date"],
        source=entry["source"],
        arn=entry["arn"],
        facts=facts,
    )


def _set_limits(limits: list[int] | None) -> SetLimits | None:
    if limits is None:
        return None
    executables, shots, min_shots = limits
    return SetLimits(executables=executables, shots=shots, min_shots=min_shots)


def _rate(entry: Record) -> Rate:
    return Rate(
        per_task_usd=entry.get("per_task_usd", 0.0),
        per_shot_usd=entry.get("per_shot_usd", 0.0),
        per_second_usd=entry.get("per_minute_usd", 0.0) / 60,
        minimum_s=entry.get("minimum_s", 0.0),
        source=entry["source"],
        date=entry["date"],
    )


def short_name(arn: str) -> str | None:
    """Return the short name of a device, which is its target; None: it has none."""
    return next((name for name, known in ARNS.items() if known.lower() == arn.lower()), None)


def card_of(target: str) -> BraketCard | None:
    """Return the card of a device by its short name or ARN; None: there is none."""
    return CARDS.get(target) or CARDS.get(short_name(target) or "")


def region_of(arn: str) -> str | None:
    """Return the region of a device; None: simulators are in every region."""
    return arn.split(":")[3] or None


def is_device_arn(text: str) -> bool:
    """Return whether a text has the form of a device ARN.

    >>> is_device_arn("arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet")
    True
    """
    parts = text.split(":", 5)
    return len(parts) == 6 and text.startswith(ARN) and parts[5].startswith("device/")


def is_simulator(arn: str) -> bool:
    """Return whether a device is a simulator."""
    return "quantum-simulator/" in arn


CARDS: Mapping[str, BraketCard] = _read(Path(__file__).with_name("cards.toml"))
"""Cards by target."""

ARNS: Mapping[str, str] = {name: card.arn for name, card in CARDS.items()}
"""ARNs by target."""

RATES: Mapping[str, Rate] = {name: card.rate for name, card in CARDS.items()}
"""Rates by target. A device that is missing here has no known price."""
