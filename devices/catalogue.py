"""List of the installed devices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qgate.arguments import is_text_among
from qgate.devices.capabilities import Capabilities
from qgate.devices.cloud.card import DeviceCard
from qgate.devices.plugins import PLUGINS, missing
from qgate.devices.provider import Provider
from qgate.exceptions import BrokenProvider, UnknownDevice, described, suggest
from qgate.short_repr import fields_summary
from qgate.text_table import table_lines

COLUMNS = ("device", "wires", "shots", "exact")
CARD_COLUMNS = ("USD per task", "per shot", "per minute", "card of")
"""Columns of prices, which only devices with a card have."""


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """Record of a device that can be created.

    Parameters
    ----------
    name : str
        Device string; empty if the provider cannot be loaded.
    provider : str
    target : str
    capabilities : Capabilities or None
        None: known only once the device is created.
    remark : str
        What to install first, or why the provider cannot be loaded; empty: the device is ready.
    card : DeviceCard or None
        Limits and prices at the date of the card; None: the device has no card.
    """

    name: str
    provider: str
    target: str
    capabilities: Capabilities | None = None
    remark: str = ""
    card: DeviceCard | None = None

    @property
    def ready(self) -> bool:
        """Whether everything that the device needs is installed."""
        return not self.remark

    def row(self) -> tuple[str, ...]:
        """Return the table row of a device."""
        facts = _facts(self.capabilities) if self.card is None else _card_facts(self.card)
        return (self.name or self.provider, *facts, *_prices(self.card), self.remark)

    __repr__ = fields_summary


class DeviceTable(tuple[DeviceRecord, ...]):
    """Records of devices; prints as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        head = (*COLUMNS, *CARD_COLUMNS, "remark")
        return "\n".join(table_lines(head, [record.row() for record in self], keep=COLUMNS))


def list_devices(provider: str | None = None) -> DeviceTable:
    """Return the installed devices, without network access and without creating any.

    Parameters
    ----------
    provider : str, optional
        Only the devices of this provider.

    Returns
    -------
    DeviceTable
        Tuple of records, one per device that is known without asking its vendor, sorted by provider
        and name. Devices whose package is missing are listed with what to install. Paid devices
        have a card with limits, prices and their date.

    Raises
    ------
    UnknownDevice
        No provider of this name is installed.

    Examples
    --------
    >>> [record.name for record in list_devices("local")]
    ['local:statevector']
    """
    PLUGINS.refresh()
    names = PLUGINS.names()
    if provider is not None and not is_text_among(provider, names):
        raise UnknownDevice(
            text=f"list_devices({described(provider)})",
            unknown=provider,
            kind="provider",
            known=names,
            hint=suggest(provider, names),
        )
    chosen = names if provider is None else [provider]
    return DeviceTable(record for name in chosen for record in _records(name))


def _records(name: str) -> Iterator[DeviceRecord]:
    try:
        provider = PLUGINS.provider(name)
    except BrokenProvider as error:
        yield DeviceRecord("", name, "", remark=str(error))
        return
    if provider is not None:
        for target in sorted(provider.targets()):
            yield _record(provider, target)


def _record(provider: Provider, target: str) -> DeviceRecord:
    name, card = f"{provider.name}:{target}", provider.card(target)
    lacking = missing(provider.requirements(target))
    if lacking is not None:
        remark = f'pip install "qgate[{lacking.extra}]"'
        return DeviceRecord(name, provider.name, target, remark=remark, card=card)
    return DeviceRecord(name, provider.name, target, provider.capabilities(target), card=card)


def _facts(capabilities: Capabilities | None) -> tuple[str, str, str]:
    """Return the number of wires, the shots and whether exact values are available, as text."""
    if capabilities is None:
        return ("", "", "")
    wires = "any" if capabilities.max_wires is None else f"up to {capabilities.max_wires}"
    if not capabilities.sampled:
        shots = "none"
    elif capabilities.max_shots is None:
        shots = f"from {capabilities.min_shots}"
    else:
        shots = f"{capabilities.min_shots} to {capabilities.max_shots}"
    return (wires, shots, "yes" if capabilities.exact else "no")


def _card_facts(card: DeviceCard) -> tuple[str, str, str]:
    """Return the table entries of a card."""
    shots = f"{card.min_shots} to {card.max_shots}"
    return (f"up to {card.wires}", shots, "yes" if card.exact else "no")


def _prices(card: DeviceCard | None) -> tuple[str, str, str, str]:
    """Return the prices of a card in dollars per task, shot and minute, and its date."""
    if card is None:
        return ("", "", "", "")
    rate = card.rate
    usd = (rate.per_task_usd, rate.per_shot_usd, 60 * rate.per_second_usd)
    per_task, per_shot, per_minute = (f"{price:g}" if price else "" for price in usd)
    return (per_task, per_shot, per_minute, card.date)
