"""Backends of IBM Quantum from their cards: plans without credentials, no submissions."""

from __future__ import annotations

import os

import pytest
from clouds.ibm.double import SECRET
from clouds.planned import ANGLES, content, energy, planned
from qiskit_ibm_runtime import fake_provider

import qgate as qg
from qgate.devices.qiskit.fakes import fake_backend
from qgate.devices.qiskit.ibm.cards import cards
from qgate.devices.registry import device
from qgate.exceptions import AccessRefused, InvalidOption


@pytest.fixture
def nobody(cloud, monkeypatch):
    """No account; the double would respond to requests."""
    for name in [name for name in os.environ if name.startswith("QISKIT_IBM")]:
        monkeypatch.delenv(name)
    return cloud


def plan_of(options=""):
    return planned(f"ibm:ibm_torino{options}", shots=1000)


@pytest.mark.parametrize("name", sorted(cards()))
def test_a_card_has_the_facts_of_the_recorded_backend(name):
    card = cards()[name]
    found = {getattr(each, "backend_name", None) for each in vars(fake_provider).values()}

    assert card.fake in found
    backend = fake_backend(card.fake)
    assert card.wires == backend.num_qubits
    assert card.max_shots == backend.configuration().max_shots


def test_a_plan_from_a_card_is_that_of_the_backend_itself(cloud, monkeypatch):
    live = plan_of()
    monkeypatch.delenv("QISKIT_IBM_TOKEN")

    carded = plan_of()

    assert content(carded) == content(live)
    assert "limits and gates live" in str(live)
    assert "from the card of" in str(carded)
    assert "no credentials" in str(carded)


def test_a_plan_without_an_account_asks_nobody_and_counts_with_the_dearest_plan(nobody):
    plan = plan_of()

    assert plan.price.low_usd > 0
    assert "the pay-as-you-go plan" in plan.sources["ibm:ibm_torino"]
    assert nobody.ledger["requests"] == {}


def test_a_plan_of_an_account_is_counted_with_where_it_is_named(nobody):
    assert plan_of("?plan=open").price.high_usd == 0


def test_a_key_that_is_refused_is_named_in_the_plan_without_the_key(cloud):
    cloud.goes_wrong("POST /identity/token", status=400, times=100, message="key not found")

    text = str(plan_of())

    assert "from the card of" in text
    assert SECRET not in text


def test_a_backend_from_a_card_refuses_submissions_before_anything_is_reserved(nobody, tmp_path):
    torino = device("ibm:ibm_torino", shots=100)

    with (
        qg.run("refused", tmp_path / "runs.db") as run,
        pytest.raises(AccessRefused, match="save_account"),
    ):
        energy(torino)(ANGLES)

    assert run.records == []
    for ask in (torino.remaining_s, lambda: torino.reopen("a", {}).result(5)):
        with pytest.raises(AccessRefused, match="save_account"):
            ask()
    torino.close()


def test_options_are_checked_without_an_account(nobody):
    with pytest.raises(InvalidOption, match="cannot be repeated"):
        device("ibm:ibm_torino?seed=1")


def test_a_backend_without_a_card_is_refused_without_an_account(nobody):
    with pytest.raises(AccessRefused, match="save_account"):
        device("ibm:ibm_of_tomorrow")
