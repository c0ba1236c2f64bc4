"""Devices of Amazon Braket from their cards: plans without credentials, no submissions."""

from __future__ import annotations

import json

import pytest
from braket.schema_common import BraketSchemaBase
from clouds.braket.capabilities import CARDS as DOUBLES
from clouds.planned import ANGLES, content, energy, planned

import qgate as qg
from qgate.devices.braket.capabilities import read_facts
from qgate.devices.braket.cards import ARNS, CARDS
from qgate.devices.registry import device
from qgate.exceptions import AccessRefused, InvalidOption, ServiceUnavailable
from qgate.prices import Price

SERVED = sorted(name for name, arn in ARNS.items() if arn in DOUBLES)
EXPIRED = {"code": "ExpiredTokenException", "message": "The security token is expired", "times": 0}


@pytest.fixture
def nobody(double, monkeypatch):
    """No credentials; the double would respond to requests."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    return double


def plan_of(target, **options):
    return planned(f"braket:{target}", **options)


@pytest.mark.parametrize("target", sorted(CARDS))
def test_every_device_with_a_name_is_planned_without_credentials(nobody, target):
    plan = plan_of(target, shots=1000)

    assert plan.price.high_usd > 0
    assert CARDS[target].date in plan.sources[f"braket:{target}"]
    assert "no credentials" in str(plan)
    assert nobody.ledger()["requests"] == {}


@pytest.mark.parametrize("target", SERVED)
def test_a_card_has_the_facts_of_the_device_of_the_same_name(target):
    document = json.dumps(DOUBLES[ARNS[target]].capabilities())

    assert read_facts(BraketSchemaBase.parse_raw_schema(document)) == CARDS[target].facts


@pytest.mark.parametrize("target", SERVED)
def test_a_plan_from_a_card_is_that_of_the_device_itself(double, monkeypatch, target):
    live = plan_of(target, shots=1000)
    double.fault("GetDevice", "error", **EXPIRED)

    carded = plan_of(target, shots=1000)

    assert content(carded) == content(live)
    assert "limits and gates live" in str(live)
    assert "from the card of" in str(carded)


def test_an_exact_simulator_is_planned_from_its_card(nobody):
    assert plan_of("sv1", shots=None).price.low_usd > 0


def test_a_plan_from_a_card_has_the_price_in_closed_form(nobody):
    plan = qg.plan(energy("braket:iqm/garnet", shots=1000))(ANGLES)

    # two commuting groups, one task: 0.30 + 2 * 1000 * 0.00145
    assert (plan.submissions, plan.shots) == (1, 2000)
    assert plan.price == Price.exactly(3.2)


def test_credentials_that_have_expired_are_named_in_the_plan(double):
    double.fault("GetDevice", "error", **EXPIRED)

    plan = plan_of("iqm/garnet")

    assert "The security token is expired" in plan.sources["braket:iqm/garnet"]


def test_a_service_that_is_down_is_named_in_the_plan(double):
    double.fault("GetDevice", "reset", times=0)

    plan = plan_of("iqm/garnet?patience_s=0.2")

    assert "the service did not answer" in plan.sources["braket:iqm/garnet"]
    with pytest.raises(ServiceUnavailable):
        device("braket:iqm/garnet?patience_s=0.2")


def test_a_device_from_a_card_refuses_submissions_before_anything_is_reserved(nobody, tmp_path):
    garnet = device("braket:iqm/garnet", wires=2)
    circuit = energy(garnet, shots=100)

    with (
        qg.run("refused", tmp_path / "runs.db") as run,
        pytest.raises(AccessRefused, match=r"credentials.*aws sso login"),
    ):
        circuit(ANGLES)

    assert run.records == []
    assert (garnet.status, garnet.is_available, garnet.windows) == ("UNKNOWN", False, "")
    with pytest.raises(AccessRefused, match="aws sso login"):
        garnet.spending_limits()


def test_results_of_an_earlier_run_are_read_without_credentials(double, monkeypatch, tmp_path):
    with qg.run("read", tmp_path / "runs.db"):
        value = energy("braket:iqm/garnet", shots=100)(ANGLES)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with qg.run("read", tmp_path / "runs.db"):
        assert energy("braket:iqm/garnet", shots=100)(ANGLES) == value


@pytest.mark.parametrize("option", ["seed=1", "verbatim=true&wires=a,b"])
def test_options_are_checked_without_credentials(nobody, option):
    with pytest.raises(InvalidOption):
        device(f"braket:iqm/garnet?{option}")


def test_options_are_kept_without_credentials(nobody):
    garnet = device("braket:iqm/garnet?budget_usd=2&shots=50&patience_s=3")

    assert (garnet.budget_usd, garnet.shots.total_shots, garnet.patience_s) == (2, 50, 3)
