"""From the name of a package and a backend to the backend."""

import pytest

import qgate as qg
from qgate.devices.qiskit.vendors.card import VendorCard
from qgate.exceptions import (
    AccessRefused,
    BrokenProvider,
    InvalidOption,
    MissingPackage,
    UnknownDevice,
)


def test_a_package_nobody_knows_is_searched_for_its_provider(acme):
    device = qg.device("qiskit:acme_quantum/chip?unknown_price=allow", shots=10)

    assert device.source.backend.name == "chip"
    assert device.capabilities.paid


def test_a_package_that_is_not_there_is_named_with_how_to_install_it():
    with pytest.raises(MissingPackage, match="pip install no-such-vendor"):
        qg.device("qiskit:no_such_vendor/chip")
    with pytest.raises(MissingPackage, match="pip install qiskit-ionq"):
        qg.device("qiskit:qiskit_ionq/simulator")


def test_a_backend_that_is_not_there_is_refused_with_near_names(acme):
    with pytest.raises(UnknownDevice, match=r"Did you mean 'chip'.*chip, toy"):
        qg.device("qiskit:acme_quantum/chop")


def test_a_missing_key_is_said_in_the_vendors_words(acme, monkeypatch):
    monkeypatch.delenv("ACME_KEY")

    with pytest.raises(AccessRefused, match="no key in ACME_KEY"):
        qg.device("qiskit:acme_quantum/chip")


def test_a_key_that_a_card_asks_for_is_taken_from_the_environment(acme, monkeypatch):
    card = VendorCard(package="acme_quantum", key_variable="NO_KEY_HERE", key_argument="key")

    with pytest.raises(AccessRefused, match="Set NO_KEY_HERE"):
        qg.device("qiskit:acme_quantum/chip", card=card)


def test_a_key_never_shows_up_in_an_error(acme):
    card = VendorCard(package="acme_quantum", key_variable="ACME_KEY", key_argument="key")

    with pytest.raises(AccessRefused) as refused:
        qg.device("qiskit:acme_quantum/chip", card=card)

    assert "must-never" not in str(refused.value)


@pytest.mark.parametrize("source", ["x = 1", "1 / 0"])
def test_a_package_without_a_provider_is_refused(site, source):
    (site / "acme_quantum.py").write_text(source)

    with pytest.raises(BrokenProvider):
        qg.device("qiskit:acme_quantum/chip")


def test_a_seed_is_refused_where_runs_are_bought(acme):
    with pytest.raises(InvalidOption, match="cannot be repeated"):
        qg.device("qiskit:acme_quantum/chip?seed=3")
