"""The list of installed devices."""

from __future__ import annotations

import re

import pytest

from qgate.devices.catalogue import DeviceRecord, list_devices
from qgate.devices.local.device import LOCAL
from qgate.exceptions import UnknownDevice

pytestmark = pytest.mark.usefixtures("home")


def test_the_local_device_is_listed_with_its_capabilities():
    (record,) = list_devices("local")

    assert record == DeviceRecord("local:statevector", "local", "statevector", LOCAL)
    assert record.ready


def test_the_list_prints_as_a_table():
    header, line = repr(list_devices("local")).splitlines()

    assert header.split() == ["device", "wires", "shots", "exact"]
    assert line.split() == ["local:statevector", "up", "to", "32", "from", "1", "yes"]
    assert line.index("up to") == header.index("wires")


def test_devices_that_are_paid_for_are_listed_with_limits_prices_and_the_date_of_their_card():
    lines = repr(list_devices("braket")).splitlines()

    row = next(line for line in lines if line.startswith("braket:iqm/garnet "))
    wires, shots, exact, per_task, per_shot, date = re.split("  +", row)[1:7]
    assert (wires, shots, exact) == ("up to 20", "1 to 20000", "no")
    assert (per_task, per_shot, date) == ("0.3", "0.00145", "2026-05-01")
    assert re.split("  +", lines[0])[4:8] == ["USD per task", "per shot", "per minute", "card of"]


@pytest.mark.parametrize("provider", ["braket", "ibm"])
def test_every_device_of_a_cloud_has_a_card(provider):
    clouds = [each for each in list_devices(provider) if "local" not in each.target]

    assert all(record.card is not None for record in clouds)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", record.card.date) for record in clouds)
    assert all(record.card.rate.source for record in clouds)


@pytest.mark.usefixtures("acme")
def test_devices_without_their_package_say_what_to_install():
    records = {record.target: record for record in list_devices("acme")}

    assert records["needy"].remark == 'pip install "qgate[acme]"'
    assert not records["needy"].ready
    assert records["two"].capabilities is None
    assert records["two"].ready


@pytest.mark.usefixtures("acme")
def test_all_providers_are_listed_when_none_is_named():
    assert {"acme", "local"} <= {record.provider for record in list_devices()}


def test_a_broken_provider_is_listed_with_the_reason(install):
    install("odd-qgate", "import not_there", provider="odd", value="odd_qgate:provider")

    (record,) = list_devices("odd")

    assert "No module named 'not_there'" in record.remark
    assert repr(list_devices("odd")).splitlines()[1].startswith("odd ")


def test_an_unknown_provider_is_refused():
    with pytest.raises(UnknownDevice, match=r"Did you mean 'local'\?"):
        list_devices("locale")
