"""The list of what is installed."""

from __future__ import annotations

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

    assert header.split() == ["device", "wires", "shots", "exact", "remark"]
    assert line.split() == ["local:statevector", "up", "to", "32", "from", "1", "yes"]
    assert line.index("up to") == header.index("wires")


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
