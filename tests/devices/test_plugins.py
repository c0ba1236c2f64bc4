"""Providers from entry points."""

from __future__ import annotations

import pytest

from qgate.devices.local import provider
from qgate.devices.plugins import PLUGINS, Plugins, missing
from qgate.devices.provider import Requirement
from qgate.exceptions import BrokenProvider

VALUE = "odd_qgate:provider"


def test_a_provider_is_loaded_once():
    plugins = Plugins()

    assert plugins.provider("local") is plugins.provider("local")


def test_an_unknown_name_is_no_provider():
    assert Plugins().provider("nosuch") is None


@pytest.mark.usefixtures("acme")
def test_a_package_installed_while_running_is_found():
    assert PLUGINS.provider("acme") is not None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import not_there", "No module named 'not_there'"),
        ("1 / 0", "ZeroDivisionError"),
        ("", "has no attribute 'provider'"),
        ("provider = 3", "odd_qgate:provider is not an instance of"),
        ("from qgate.devices.local.provider import LocalProvider as provider", "not an instance"),
    ],
)
def test_a_provider_that_cannot_be_loaded_names_its_package(install, source: str, reason: str):
    install("odd-qgate", source, provider="odd", value=VALUE)

    with pytest.raises(BrokenProvider, match=reason) as caught:
        Plugins().provider("odd")

    assert caught.value.package == "odd-qgate"


def test_two_packages_cannot_share_a_name(install):
    install("odd-qgate", "", provider="odd", value=VALUE)
    install("even-qgate", "", provider="odd", value="even_qgate:provider")

    plugins = Plugins()

    with pytest.raises(BrokenProvider, match="gives a provider of the same name") as caught:
        plugins.provider("odd")

    assert "odd-qgate" in str(caught.value)
    assert "even-qgate" in str(caught.value)
    assert plugins.provider("local") is not None


def test_no_package_takes_the_name_of_a_built_in_provider(install):
    install("odd-qgate", "", provider="local", value=VALUE)

    assert Plugins().provider("local") is provider


def test_missing_returns_the_first_package_that_is_not_installed():
    there = Requirement("numpy", "numpy", "base")
    absent = Requirement("no_such_module_here", "no-such", "some")

    assert missing([there]) is None
    assert missing([there, absent]) is absent
