"""The devices of Amazon Braket that have a short name, and what devices cost.

Prices are figures that were read somewhere, with source and date; the price list of AWS is what
counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from qgate.prices import Rate

ARN = "arn:aws:braket:"
"""The names of devices begin with this."""

ARNS: Mapping[str, str] = {
    "aqt/ibex-q1": "arn:aws:braket:eu-north-1::device/qpu/aqt/Ibex-Q1",
    "dm1": "arn:aws:braket:::device/quantum-simulator/amazon/dm1",
    "ionq/forte-1": "arn:aws:braket:us-east-1::device/qpu/ionq/Forte-1",
    "ionq/forte-enterprise-1": "arn:aws:braket:us-east-1::device/qpu/ionq/Forte-Enterprise-1",
    "iqm/emerald": "arn:aws:braket:eu-north-1::device/qpu/iqm/Emerald",
    "iqm/garnet": "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet",
    "rigetti/cepheus-1-108q": "arn:aws:braket:us-west-1::device/qpu/rigetti/Cepheus-1-108Q",
    "sv1": "arn:aws:braket:::device/quantum-simulator/amazon/sv1",
}
"""By target."""

TASK_USD = 0.3
SIMULATOR_USD_PER_MINUTE = 0.075
SIMULATOR_MINIMUM_S = 3.0

SNAPSHOT = "capability snapshot of the vendor"
THIRD_PARTY = "third parties; check it against the price list of AWS"
SURVEY = "a survey of capability records; check it against the price list of AWS"


def _per_shot(usd: float, date: str, source: str = SNAPSHOT) -> Rate:
    return Rate(per_task_usd=TASK_USD, per_shot_usd=usd, source=source, date=date)


SIMULATOR_RATE = Rate(
    per_second_usd=SIMULATOR_USD_PER_MINUTE / 60,
    minimum_s=SIMULATOR_MINIMUM_S,
    source=THIRD_PARTY,
    date="2026-11-25",
)

RATES: Mapping[str, Rate] = {
    "aqt/ibex-q1": _per_shot(0.0235, "2026-07-01", THIRD_PARTY),
    "dm1": SIMULATOR_RATE,
    "ionq/forte-1": _per_shot(0.08, "2026-11-01", SURVEY),
    "ionq/forte-enterprise-1": _per_shot(0.08, "2026-05-01"),
    "iqm/emerald": _per_shot(0.0016, "2025-11-01"),
    "iqm/garnet": _per_shot(0.00145, "2026-05-01"),
    "rigetti/cepheus-1-108q": _per_shot(0.000425, "2026-11-01", SURVEY),
    "sv1": SIMULATOR_RATE,
}
"""By target. A device that is not here has no known price."""


def short_name(arn: str) -> str | None:
    """Return the target that means a device; None: it has no short name."""
    return next((name for name, known in ARNS.items() if known.lower() == arn.lower()), None)


def region_of(arn: str) -> str | None:
    """Return the region that a device is in; None: simulators are in each."""
    return arn.split(":")[3] or None


def is_device_arn(text: str) -> bool:
    """Say whether a text has the form of a device's name.

    >>> is_device_arn("arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet")
    True
    """
    parts = text.split(":", 5)
    return len(parts) == 6 and text.startswith(ARN) and parts[5].startswith("device/")


def is_simulator(arn: str) -> bool:
    """Say whether a device simulates."""
    return "quantum-simulator/" in arn
