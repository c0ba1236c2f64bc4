"""Submissions to backends of third-party packages."""

import json

import numpy as np
import pytest
from leaks import texts_held, texts_of_error
from qiskit.exceptions import QiskitError

import qgate as qg
from qgate.devices.cloud.remote import RemoteDevice, new_token
from qgate.devices.qiskit.device import QiskitDevice
from qgate.devices.qiskit.vendors.card import VendorCard
from qgate.exceptions import (
    BudgetExceeded,
    CreationUnknown,
    NotReopenable,
    QGateError,
    SubmissionRefused,
    UnknownPrice,
)
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.prices import Price
from qgate.tape import Tape

pytestmark = pytest.mark.filterwarnings("ignore:.*has no QubitProperties:UserWarning")

CHIP = "qiskit:acme_quantum/chip"
X = GATES["PauliX"]


def flip(shots=100):
    return Tape([X(0)], [counts(wires=[0, 1])], shots=shots)


def flips(rows, shots=100):
    angles = np.pi * (np.arange(rows) % 2)
    return Tape([GATES["RX"](angles, 0)], [counts(wires=[0])], shots=shots)


def test_what_is_bought_is_read(card):
    device = qg.device(CHIP, wires=2)

    assert isinstance(device, RemoteDevice)
    assert qg.execute([flip()], device) == ({"10": 100},)
    assert len(card.JOBS) == 1


def test_rows_are_distributed_by_what_a_job_takes(card):
    (found,) = qg.execute([flips(12)], qg.device(CHIP))

    assert [next(iter(row)) for row in found] == ["0", "1"] * 6
    assert len(card.JOBS) == 3


def test_a_free_backend_just_runs(card):
    device = qg.device("qiskit:acme_quantum/toy")

    assert isinstance(device, QiskitDevice)
    assert qg.execute([flip()], device) == ({"10": 100},)
    assert isinstance(qg.device(f"{CHIP}?paid=false"), QiskitDevice)


def test_an_object_with_a_card_is_bought_from(card):
    facts = VendorCard(package="acme_quantum", reopen="backend.again")

    device = qg.device(card.Chip("mine"), card=facts, unknown_price="allow")

    assert qg.execute([flip()], device) == ({"10": 100},)


def test_an_unknown_price_is_refused_unless_it_is_allowed(acme):
    with pytest.raises(UnknownPrice):
        qg.execute([flip()], qg.device(CHIP))
    assert acme.JOBS == {}

    assert qg.execute([flip()], qg.device(CHIP, unknown_price="allow")) == ({"10": 100},)


def test_limits_and_prices_are_those_of_the_card(card):
    device = qg.device(CHIP)

    assert (device.capabilities.max_rows, device.capabilities.max_shots) == (5, 500)
    assert device.price([flips(3).sweep()]) == Price.exactly(0.8)


def test_a_budget_is_kept_to(card):
    with pytest.raises(BudgetExceeded):
        qg.execute([flip()], qg.device(CHIP, budget_usd=0.1))
    assert card.JOBS == {}


def test_a_job_is_reopened_by_the_recipe_of_the_card(card):
    device, sweep = qg.device(CHIP), flips(2).sweep()
    record = json.loads(json.dumps(device.record([sweep])))
    id = device.send([sweep], token=new_token()).id

    (((zero, one),),) = qg.device(CHIP).reopen(id, record).result(240)

    assert (zero.counts(), one.counts()) == ({"0": 100}, {"1": 100})


def test_a_job_without_a_recipe_is_reported_with_its_id(acme):
    device = qg.device(CHIP, unknown_price="allow")

    with pytest.raises(NotReopenable, match="acme-7"):
        device.reopen("acme-7", {})


@pytest.mark.parametrize("error", [ConnectionResetError(), "500"])
def test_what_may_have_been_bought_is_not_bought_again(card, error):
    card.AFTER.append(card.ServerError(500) if error == "500" else error)

    with pytest.raises(CreationUnknown, match="was not created again"):
        qg.execute([flip()], qg.device(CHIP))

    assert len(card.JOBS) == 1


def test_a_run_that_is_repeated_does_not_buy_it_either(card, tmp_path):
    card.AFTER.append(ConnectionResetError())
    for _ in range(2):
        with (
            pytest.raises(CreationUnknown),
            qg.run("one", journal=str(tmp_path / "runs.db")),
        ):
            qg.execute([flip()], qg.device(CHIP))

    assert len(card.JOBS) == 1


@pytest.mark.parametrize("status", [408, 499])
def test_a_request_that_was_given_up_may_have_been_carried_out(card, status):
    card.AFTER.append(card.ServerError(status))

    with pytest.raises(CreationUnknown, match=r"was perhaps created.*provider's console"):
        qg.execute([flip()], qg.device(CHIP))

    assert len(card.JOBS) == 1


def test_a_type_error_may_come_after_a_job_was_created(card):
    """As in packages that read a list in place of an object in a response."""
    card.AFTER.append(TypeError("list indices must be integers"))

    with pytest.raises(CreationUnknown):
        qg.execute([flip()], qg.device(CHIP))

    assert len(card.JOBS) == 1


@pytest.mark.parametrize("status", [401, 402, 429])
def test_a_refusal_after_the_package_repeated_a_creation_proves_nothing(card, status):
    facts = VendorCard(package="acme_quantum", repeats_creation=True)
    device = qg.device(card.Chip("mine"), card=facts, unknown_price="allow")
    card.AFTER.append(card.ServerError(status))

    with pytest.raises(CreationUnknown):
        qg.execute([flip()], device)

    assert len(card.JOBS) == 1


def test_a_download_that_fails_is_no_failed_job_that_is_submitted_again(card):
    device = qg.device(CHIP)
    card.RESULTS.append(QiskitError("the server did not answer"))

    assert qg.execute([flip()], device) == ({"10": 100},)
    assert len(card.JOBS) == 1


def test_a_refusal_is_not_repeated(card):
    card.BEFORE.append(card.ServerError(402))

    with pytest.raises(SubmissionRefused, match=r"\(402\)"):
        qg.execute([flip()], qg.device(CHIP))
    assert card.JOBS == {}


def test_too_many_requests_are_made_again(card):
    card.BEFORE.append(card.ServerError(429))

    assert qg.execute([flip()], qg.device(CHIP)) == ({"10": 100},)


@pytest.mark.parametrize("name", [CHIP, "qiskit:acme_quantum/toy"])
def test_the_key_of_a_package_is_reached_from_no_device_or_job(card, monkeypatch, name):
    key = "a-key-that-must-never-show-up"
    get = card.AcmeProvider.get_backend

    def with_key(provider, name):
        backend = get(provider, name)
        backend.key = provider.key = key
        return backend

    monkeypatch.setattr(card.AcmeProvider, "get_backend", with_key)
    device = qg.device(name, wires=2)
    job = device.submit([flip().sweep()])
    job.result()

    for held in (device, job):
        assert not any(key in text for text in texts_held(held))
        assert key not in f"{held!r} {vars(held)}"


def test_what_a_package_says_is_masked(card):
    device = qg.device(CHIP, wires=2, patience_s=0.05)
    card.BEFORE.append(TypeError("apikey hush-hush of https://me:hush-hush@host has expired"))

    with pytest.raises(QGateError) as raised:
        qg.execute([flip()], device)

    assert not any("hush-hush" in text for text in texts_of_error(raised.value))


def test_compiled_circuits_are_those_of_the_chip_and_cost_nothing(card):
    found = qg.specs(qg.QNode(lambda: (qg.CH([0, 1]), qg.counts())[1], CHIP, shots=10))()

    (circuit,) = found.compiled
    assert circuit.two_qubit_gates == circuit.gate_types["cx"] == 1
    assert found.value.shots == 10
    assert not card.JOBS
