"""From the name of a package and a backend to the backend."""

import copy
import os
import pickle

import pytest
from children import answer
from qiskit_aer import AerSimulator

import qgate as qg
from qgate.devices.qiskit.vendors.backends import Source
from qgate.devices.qiskit.vendors.card import VendorCard
from qgate.exceptions import (
    AccessRefused,
    BrokenProvider,
    DeviceError,
    InvalidOption,
    MissingPackage,
    UnknownDevice,
)

CHIP = "qiskit:acme_quantum/chip?unknown_price=allow"

IN_A_CHILD = """
import qgate as qg
from qgate.devices.qiskit.vendors.backends import Source

device = qg.device(sys.argv[1], shots=10)
backend = device.source.backend
given = Source(backend, None)

def child():
    found = device.source.backend
    try:
        return given.backend
    except qg.exceptions.OpenedInParent as error:
        return [found is backend, found.name, str(error)]

tell(in_child(child))
"""


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


@pytest.mark.parametrize("card", ["text", 3, [], {"package": 3}, {"unknown": 1}])
@pytest.mark.parametrize("device", ["qiskit:acme_quantum/chip", AerSimulator()])
def test_what_is_no_card_is_an_error_of_the_option(acme, device, card):
    with pytest.raises(InvalidOption, match="a card is a VendorCard or a mapping"):
        qg.device(device, card=card)


def test_a_card_of_a_string_is_refused(acme):
    with pytest.raises(InvalidOption, match="a card is a VendorCard or a mapping"):
        qg.device("qiskit:acme_quantum/chip?card=text")


@pytest.mark.parametrize("source", ["card = 'text'", "1 / 0"])
def test_an_installed_card_that_is_broken_is_named(acme, card, site, source):
    (site / "acme_card.py").write_text(source)

    with pytest.raises(BrokenProvider, match="its card of acme_quantum"):
        qg.device("qiskit:acme_quantum/chip")


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


def test_a_pickle_of_a_device_has_its_backend_by_name(acme):
    made = qg.device(CHIP, shots=10)

    again = pickle.loads(pickle.dumps(made))

    assert again.source.backend is not made.source.backend
    assert again.source.backend.name == "chip"
    assert copy.deepcopy(made).source is made.source


def test_a_device_around_an_object_is_not_pickled_with_its_credentials(acme):
    source = qg.device(CHIP, shots=10).source

    with pytest.raises(DeviceError, match="Name the backend by a string"):
        pickle.dumps(Source(source.backend, None))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_child_has_its_backend_by_name_and_no_object_of_its_parent(acme):
    same, name, refused = answer(IN_A_CHILD, CHIP)

    assert (same, name) == (False, "chip")
    assert "The backend of the device belongs to the process that opened it" in refused
