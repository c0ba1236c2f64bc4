"""Capabilities of devices."""

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from qgate.devices.capabilities import COUNTED, Capabilities


@pytest.mark.parametrize("fact", COUNTED)
@pytest.mark.parametrize("number", [0, -1, 1.5, "7"])
def test_a_limit_that_is_no_whole_number_above_0_is_refused(fact, number):
    with pytest.raises(ValueError, match=rf"{fact}={number!r} is no whole number above 0"):
        Capabilities(**{fact: number})


@pytest.mark.parametrize("fact", ["gates", "exact"])
def test_one_text_is_no_set_of_names(fact):
    with pytest.raises(ValueError, match=f"{fact}='probs' is one text"):
        Capabilities(**{fact: "probs"})


def test_names_may_come_in_any_collection():
    assert Capabilities(gates=["RX", "RY"]) == Capabilities(gates=frozenset({"RX", "RY"}))


def test_capabilities_are_a_frozen_hashable_value_that_survives_pickling():
    capabilities = Capabilities(gates=frozenset({"RX"}), max_rows=10)

    assert capabilities.limited  # caches are not part of the value
    assert capabilities == Capabilities(gates=frozenset({"RX"}), max_rows=10)
    assert hash(capabilities) == hash(Capabilities(gates=frozenset({"RX"}), max_rows=10))
    assert pickle.loads(pickle.dumps(capabilities)) == capabilities
    assert not replace(capabilities, max_rows=None).limited
    with pytest.raises(FrozenInstanceError):
        capabilities.max_rows = 3
