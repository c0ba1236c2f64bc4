"""Cards of packages."""

import pytest
from pydantic import ValidationError

from qgate.devices.qiskit.vendors.card import CARDS, VendorCard, card_of


@pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
def test_cards_say_where_their_facts_are_from_and_what_is_not_sure(card):
    assert card.source
    assert card.unverified
    assert card.reopen.partition(".")[0] in ("", "backend", "provider")
    assert not card.is_paid(next(iter(card.free), "")) or card.paid


def test_an_unknown_package_is_taken_to_cost_money_at_an_unknown_price():
    card = card_of("some_package")

    assert (card.paid, card.price, card.reopen) == (True, None, "")


def test_an_installed_card_comes_before_ours(card):
    assert card_of("acme_quantum").charged_by == "job"
    assert card_of("qiskit_ionq") is CARDS["qiskit_ionq"]


def test_a_card_with_unknown_facts_is_refused():
    with pytest.raises(ValidationError):
        VendorCard(package="acme", colour="blue")
