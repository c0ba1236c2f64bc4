"""Devices of Amazon Braket: requests, costs and results."""

import json
import math
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import reduce

import numpy as np
import pytest
from clouds.braket.capabilities import CARDS
from clouds.braket.double import KEY, SECRET, TOKEN
from leaks import pickled, texts_held, texts_of_error

import qgate as qg
from qgate.devices.batching import submit_packed
from qgate.devices.braket.cards import ARNS, RATES, region_of
from qgate.devices.cloud.remote import new_token
from qgate.devices.cloud.retries import Limiter, limiter_of
from qgate.devices.job import JobStatus, RowFailure
from qgate.devices.registry import device
from qgate.exceptions import (
    AccessRefused,
    BudgetExceeded,
    InvalidOption,
    InvalidShots,
    QGateError,
    ServiceUnavailable,
    UnknownDevice,
    UnsupportedMeasurement,
)
from qgate.measurements import counts, probs
from qgate.operations import CZ, RX, RY, PauliX
from qgate.prices import Price
from qgate.tape import Tape

BUCKET = "s3_bucket=amazon-braket-test"
IQM = "arn:aws:braket:eu-north-1::device/qpu/iqm"


def made(target="iqm/garnet", extra="", **options):
    return device(f"braket:{target}?{BUCKET}{extra}", **options)


def rotations(angles, shots=100, wire=0):
    tape = Tape([RX(0.0, wire)], [counts(wires=wire)], shots=shots)
    return tape.sweep().with_rows(np.reshape(angles, (-1, 1)), np.full(len(angles), shots))


def flips(shots=100, rows=1):
    tape = Tape([PauliX(0)], [counts(wires=0)], shots=shots)
    return tape.sweep().with_rows(np.zeros((rows, 0)), np.full(rows, shots))


def ones(outcomes):
    return outcomes.counts().get("1", 0)


# Capabilities ------------------------------------------------------------------------------


@pytest.mark.parametrize(("target", "kept"), [("iqm/garnet", True), ("sv1", False)])
def test_identities_are_run_where_gates_have_errors(double, target, kept):
    assert ("Identity" in made(target).capabilities.gates) == kept


@pytest.mark.parametrize(
    ("target", "rows", "total", "shots"),
    [
        ("iqm/garnet", 100, 200_000, (1, 20_000)),
        ("ionq/forte-1", 100, 200_000, (1, 5000)),
        ("rigetti/cepheus-1-108q", 100, 200_000, (10, 50_000)),
        (f"{IQM}/Tiny", 10, 1000, (1, 1000)),
        (f"{IQM}/Single", 1, None, (1, 20_000)),
        ("sv1", 1, None, (1, 100_000)),
    ],
)
def test_limits_are_those_that_the_service_tells(double, target, rows, total, shots):
    limits = made(target).capabilities

    assert (limits.max_rows, limits.max_total_shots) == (rows, total)
    assert (limits.min_shots, limits.max_shots) == shots
    assert limits.paid


def test_a_set_may_have_a_fewest_number_of_shots(double):
    assert made(f"{IQM}/Floor").capabilities.min_total_shots == 50
    assert made("ionq/forte-1").capabilities.min_total_shots == 100


@pytest.mark.parametrize(
    ("target", "status", "available"),
    [("Garnet", "ONLINE", True), ("Asleep", "ONLINE", False), ("Offline", "OFFLINE", False)],
)
def test_status_and_windows_are_told(double, target, status, available):
    found = made(f"{IQM}/{target}")

    assert (found.status, found.is_available) == (status, available)
    assert "UTC" in found.windows


def test_the_region_is_that_of_the_arn(double):
    regions = {target: region_of(arn) for target, arn in ARNS.items()}

    assert regions["iqm/garnet"] == "eu-north-1"
    assert regions["rigetti/cepheus-1-108q"] == "us-west-1"
    assert regions["sv1"] is None
    assert "eu-north-1" in made("iqm/garnet").account
    assert "us-east-1" in made("sv1").account


def test_every_short_name_has_a_price_with_its_source_and_date():
    assert RATES.keys() == ARNS.keys()
    assert all(rate.source and len(rate.date) == 10 for rate in RATES.values())


def test_a_device_that_the_service_does_not_know_is_refused(double):
    with pytest.raises(UnknownDevice, match="Crystal"):
        made(f"{IQM}/Crystal")


@pytest.mark.parametrize(
    ("target", "option"),
    [("iqm/garnet", "seed=1"), ("sv1", "seed=1"), ("sv1", "verbatim=true")],
)
def test_what_a_device_cannot_keep_to_is_refused(double, target, option):
    with pytest.raises(InvalidOption, match=option.partition("=")[0]):
        made(target, f"&{option}")


# Requests ---------------------------------------------------------------------------------


def test_one_submission_is_one_task_with_one_program_for_each_structure(double):
    angles = [0.0, math.pi, 0.0]

    ((first,), (second,)) = made().submit([rotations(angles), flips()]).result()

    (task,) = double.ledger()["tasks"]
    assert (task["programs"], task["executables"], task["shots"]) == (2, 4, 400)
    assert [ones(each) > 50 for each in (*first, *second)] == [False, True, False, True]


def test_what_is_beyond_a_limit_goes_into_further_tasks(double):
    tiny = made(f"{IQM}/Tiny")

    job = submit_packed(tiny, [rotations(np.linspace(0, 1, 25), shots=30)])
    ((found,),) = job.result()

    assert [task["executables"] for task in double.ledger()["tasks"]] == [10, 10, 5]
    assert len(found) == 25


def test_a_row_with_more_shots_than_the_device_takes_is_split_and_added(double):
    ((found,),) = submit_packed(made(f"{IQM}/Tiny"), [flips(shots=2500)]).result()

    assert found[0].counts() == {"1": 2500}
    assert sum(task["shots"] for task in double.ledger()["tasks"]) == 2500


def test_a_set_with_too_few_shots_is_refused_before_it_is_sent(double):
    with pytest.raises(InvalidShots, match="at least 50"):
        submit_packed(made(f"{IQM}/Floor"), [flips(shots=20)])

    assert double.ledger()["tasks_created"] == 0


def test_the_same_token_buys_once_and_reads_the_same(double):
    garnet, token = made(), new_token()
    sweep = rotations([1.0, 2.0])

    first, second = (garnet.send([sweep], token=token) for _ in range(2))

    assert first.id == second.id
    assert double.ledger()["tasks_created"] == 1
    assert _counts(first) == _counts(second)


def test_other_tokens_buy_again(double):
    garnet = made()

    ids = {garnet.send([flips()], token=new_token()).id for _ in range(3)}

    assert len(ids) == double.ledger()["tasks_created"] == 3


def test_threads_send_at_once_each_under_its_own_token(double):
    garnet = made()
    tokens = [new_token() for _ in range(12)]

    with ThreadPoolExecutor(6) as pool:
        jobs = list(pool.map(lambda token: garnet.send([flips()], token=token), tokens))

    bought = {task["token"]: task["arn"] for task in double.ledger()["tasks"]}
    assert bought == {token: job.id for token, job in zip(tokens, jobs, strict=True)}


def test_tags_and_a_reservation_go_with_the_task(double):
    arn = "arn:aws:braket:eu-north-1:123456789012:reservation/a"
    reserved = made(extra="&tags=project:vqe,owner:me", reservation=arn)

    job = reserved.send([flips()], token="abc")

    (task,) = double.ledger()["tasks"]
    assert job.id == task["arn"]
    assert task["tags"] == {"project": "vqe", "owner": "me", "qgate-token": "abc"}
    assert task["associations"] == [{"arn": arn, "type": "RESERVATION_TIME_WINDOW_ARN"}]


def test_exact_probabilities_come_from_a_simulator_row_by_row(double):
    tape = Tape([RX(0.0, 0)], [probs(wires=0)], shots=None)
    sweep = tape.sweep().with_rows(np.array([[0.4], [1.3]]), None)

    ((found,),) = submit_packed(made("sv1"), [sweep]).result()

    expected = np.sin(np.array([0.2, 0.65])) ** 2
    np.testing.assert_allclose(found[:, 1], expected, atol=1e-12)
    assert double.ledger()["tasks_created"] == 2


def on_sv1(wires, *measured):
    @qg.qnode(made("sv1", wires=wires))
    def circuit():
        for wire in range(wires):
            qg.RX(0.3, wire)
        return measured

    return circuit


def test_an_exact_observable_on_a_simulator_is_one_task(double):
    observable = qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(1) - 2 * qg.Y(0)

    (mean,) = on_sv1(2, qg.expval(observable))()

    assert mean == pytest.approx(np.cos(0.3) ** 2 + 2 * np.sin(0.3))
    assert double.ledger()["tasks_created"] == 1


def test_exact_values_on_more_wires_than_a_probability_may_have_are_one_task(double):
    together = qg.prod(*(qg.Z(wire) for wire in range(17)))

    product, sum_ = on_sv1(17, qg.expval(together), qg.expval(qg.Z(0) + qg.Z(16)))()

    assert (product, sum_) == pytest.approx((np.cos(0.3) ** 17, 2 * np.cos(0.3)))
    assert double.ledger()["tasks_created"] == 1


def test_probabilities_of_too_many_wires_in_all_are_several_tasks(double):
    first, second = on_sv1(16, qg.probs(wires=range(8)), qg.probs(wires=range(8, 16)))()

    single = [np.cos(0.15) ** 2, np.sin(0.15) ** 2]
    expected = reduce(np.kron, [single] * 8)
    np.testing.assert_allclose(first, expected, atol=1e-12)
    np.testing.assert_allclose(second, expected, atol=1e-12)
    assert double.ledger()["tasks_created"] == 2


@pytest.mark.parametrize(
    "measured", [qg.probs(wires=range(16)), qg.var(qg.prod(*(qg.Z(wire) for wire in range(16))))]
)
def test_what_needs_more_wires_than_a_probability_may_have_is_refused(double, measured):
    with pytest.raises(UnsupportedMeasurement, match=r"16 wires.*up to 15 wires.*shots"):
        on_sv1(16, measured)()

    assert double.ledger()["tasks_created"] == 0


def test_the_bucket_of_the_account_is_used_where_none_is_named(double):
    device("braket:iqm/garnet").submit([flips()]).result()

    assert double.ledger()["requests"]["GetCallerIdentity"] == 1


# Native gates on chosen qubits ---------------------------------------------------------------


def test_verbatim_circuits_are_sent_as_they_are_on_the_named_qubits(double):
    garnet = made(extra="&verbatim=true")
    tape = Tape([RY(math.pi, 4), CZ([3, 4])], [counts(wires=[4, 3])], shots=50)

    (((found,),),) = garnet.submit([tape.sweep()]).result()

    source = double.ledger()["tasks"][0]["source"]
    assert "#pragma braket verbatim" in source
    assert "prx(" in source
    assert "cz $3, $4;" in source
    assert found.counts() == {"10": 50}
    assert garnet.capabilities.gates == {"CZ", "RX", "RY", "GlobalPhase", "MidMeasureMP"}


HERMITIAN = qg.Hermitian(np.array([[0.5, 1 - 2j], [1 + 2j, -1.5]]), 1)


@pytest.mark.parametrize(
    ("target", "native"),
    [
        ("iqm/garnet", {"prx", "cz"}),
        ("rigetti/cepheus-1-108q", {"rx", "rz", "cz"}),
        ("ionq/forte-1", {"gpi", "gpi2", "zz"}),
    ],
)
@pytest.mark.parametrize(
    "observable",
    [qg.X(1), qg.Y(1), qg.X(1) + qg.Y(1), qg.Y(1) @ qg.X(2), HERMITIAN, HERMITIAN @ qg.Y(2)],
)
def test_a_verbatim_circuit_is_read_in_any_basis_by_native_gates(
    double, target, native, observable
):
    def circuit(angle):
        qg.RX(angle, 1)
        qg.RY(0.7, 2)
        qg.CZ([1, 2])
        qg.RX(-0.4, 2)
        return qg.expval(observable)

    verbatim = qg.QNode(circuit, made(target, "&verbatim=true"), shots=4000)

    found = verbatim(1.1)

    exact = qg.QNode(circuit, "local")(1.1)
    spread = np.ptp(np.linalg.eigvalsh(qg.matrix(observable)))
    assert abs(found - exact) < 5 * spread / np.sqrt(4000)
    for task in double.ledger()["tasks"]:
        body = task["source"].partition("box{")[2].partition("}")[0]
        used = set(re.findall(r"^(\w+)\(?.*\$", body, re.MULTILINE))
        assert used
        assert used <= native


def test_a_gradient_runs_verbatim_on_devices_without_rotations_of_their_own(double):
    @qg.qnode(made("ionq/forte-1", "&verbatim=true"), shots=4000, diff_method="parameter-shift")
    def circuit(angle):
        qg.RX(angle, 0)
        return qg.expval(qg.Y(0))

    gradient = qg.grad(circuit)(qg.numpy.array(0.6, requires_grad=True))

    assert abs(gradient + np.cos(0.6)) < 5 / np.sqrt(4000)


def test_without_rewiring_gates_are_compiled_on_the_named_qubits(double):
    tape = Tape([PauliX(7)], [counts(wires=7)], shots=50)
    target = f"{IQM}/Single"

    (((found,),),) = made(target, "&disable_qubit_rewiring=true").submit([tape.sweep()]).result()

    (task,) = double.ledger()["tasks"]
    assert "x $7;" in task["source"]
    assert json.loads(task["deviceParameters"])["paradigmParameters"]["disableQubitRewiring"]
    assert found.counts() == {"1": 50}


def test_wires_that_are_no_qubits_are_refused(double):
    with pytest.raises(InvalidOption, match=r"wires=.*qubits"):
        made(extra="&verbatim=true", wires=["a", "b"])


# Results ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("target", "reads"), [("iqm/garnet", 1), ("iqm/emerald", 1 + 2 + 4)])
def test_results_in_one_object_and_in_many_are_read(double, target, reads):
    job = made(target).submit([rotations([0.0, math.pi, 0.0]), flips()])

    ((first,), (second,)) = job.result()

    assert [ones(each) > 50 for each in (*first, *second)] == [False, True, False, True]
    assert double.ledger()["requests"]["GetObject"] == reads


@pytest.mark.parametrize("target", ["iqm/garnet", "iqm/emerald", "sv1", "ionq/forte-1"])
def test_a_job_is_read_again_from_its_record_alone(double, target):
    bought = made(target)
    sweeps = [rotations([1.0])]
    job = bought.submit(sweeps)
    record = json.loads(json.dumps(bought.record(sweeps)))

    again = made(target).reopen(job.id, record)

    assert _counts(again) == _counts(job)


def test_a_program_set_that_failed_in_part_brings_the_rest(double):
    double.fault("task", "partial", executables=[1], reason="lost calibration")

    job = made().submit([rotations([0.0, math.pi, 0.0])])
    ((found,),) = job.result()

    assert found[1] == RowFailure("lost calibration")
    assert [ones(found[0]), ones(found[2])] == [0, 0]
    assert job.status is JobStatus.FAILED
    assert job.cost() == Price.exactly(round(0.3 + 300 * 0.00145, 8))  # it may be charged in full


# Money ------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["iqm/garnet", "ionq/forte-1", "rigetti/cepheus-1-108q"])
def test_the_price_is_what_the_service_charges(double, target):
    bought = made(target)
    sweeps = [rotations([0.1, 0.2, 0.3], shots=200)]

    job = bought.submit(sweeps)
    job.result()

    charged = double.ledger()["charged_usd"]
    assert bought.price(sweeps) == job.cost() == Price.exactly(charged)


def test_a_price_that_the_service_states_higher_than_the_card_is_planned_and_settled(double):
    double.settings(costs={f"{IQM}/Garnet": {"price": 0.0145, "unit": "shot"}})
    bought = made()
    sweeps = [rotations([0.1, 0.2, 0.3], shots=200)]

    job = bought.submit(sweeps)
    job.result()

    assert bought.price(sweeps) == job.cost() == Price.exactly(9.0)  # 0.30 + 600 * 0.0145
    assert double.ledger()["charged_usd"] == pytest.approx(9.0)
    assert "GetDevice" in bought.rate.source


def test_a_price_that_the_service_states_lower_than_the_card_changes_nothing(double):
    double.settings(costs={f"{IQM}/Garnet": {"price": 0.0001, "unit": "shot"}})

    assert made().rate == RATES["iqm/garnet"]


def test_a_budget_holds_against_the_higher_price(double):
    double.settings(costs={f"{IQM}/Garnet": {"price": 0.0145, "unit": "shot"}})

    @qg.qnode(made(), shots=1000)
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    limit = qg.Budget(usd=1.75)  # enough by the card: 0.30 + 1000 * 0.00145
    with qg.run("dear", journal=":memory:", budget=limit), pytest.raises(BudgetExceeded):
        circuit(0.1)
    assert double.ledger()["tasks_created"] == 0


def test_a_plan_names_the_price_that_it_counts_with(double):
    double.settings(costs={f"{IQM}/Garnet": {"price": 0.0145, "unit": "shot"}})

    @qg.qnode(made(), shots=1000)
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    plan = qg.plan(circuit)(0.1)

    assert plan.price == Price.exactly(14.8)
    assert "0.0145 USD per shot (deviceCost in the answer of GetDevice" in str(plan)
    assert "says 0.00145 USD per shot" in str(plan)
    assert "live" in plan.sources["braket:iqm/garnet"]


COMPLETED = {"status": "COMPLETED", "shots": 300}
FAILED = {"status": "FAILED", "shots": 300}
CANCELLED = {"status": "CANCELLED", "shots": 300}


@pytest.mark.parametrize(
    ("facts", "in_set", "ran", "usd"),
    [
        (COMPLETED, True, True, 0.735),
        ({**COMPLETED, "numSuccessfulShots": 200}, True, True, 0.735),
        ({**FAILED, "numSuccessfulShots": 200}, True, True, 0.735),
        ({**FAILED, "numSuccessfulShots": 0}, True, True, 0.735),  # the results disprove it
        ({**FAILED, "numSuccessfulShots": 0}, True, False, 0.0),
        ({**FAILED, "numSuccessfulShots": 1}, True, False, 0.735),
        (FAILED, True, False, 0.735),
        (FAILED, False, False, 0.0),
        ({**FAILED, "numSuccessfulShots": 100}, False, False, 0.735),
        (CANCELLED, True, False, 0.0),
        (CANCELLED, True, True, 0.735),
        ({**CANCELLED, "numSuccessfulShots": 0}, True, True, 0.0),
    ],
)
def test_the_full_price_is_held_until_the_service_says_that_nothing_ran(
    double, facts, in_set, ran, usd
):
    assert made().charged(facts, in_set=in_set, ran=ran) == Price.exactly(usd)


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "CANCELLED"])
def test_a_simulator_is_charged_for_its_time_however_a_task_ends(double, status):
    begun = datetime(2026, 11, 25, tzinfo=UTC)
    facts = {"status": status, "shots": 0, "createdAt": begun}
    simulator = made("sv1")

    ended = simulator.charged(
        {**facts, "endedAt": begun + timedelta(minutes=2)}, in_set=False, ran=False
    )

    assert simulator.charged(facts, in_set=False, ran=False) is None
    if status == "CANCELLED":
        assert ended is None  # part of that time was spent in the queue; the reservation is kept
    else:
        assert ended.high_usd == pytest.approx(2 * 0.075)


def test_a_simulator_has_a_price_between_bounds(double):
    simulator = made("sv1")

    price = simulator.price([rotations([0.1])])

    job = simulator.submit([rotations([0.1])])
    job.result()
    assert price.low_usd == pytest.approx(3 * 0.075 / 60)
    assert price.low_usd <= double.ledger()["charged_usd"] <= price.high_usd
    assert job.cost().low_usd <= double.ledger()["charged_usd"] <= job.cost().high_usd


def test_an_unknown_device_has_no_known_price(double):
    assert made(f"{IQM}/Tiny").price([flips()]) is None


def test_a_reservation_is_not_paid_by_the_shot(double):
    arn = "arn:aws:braket:eu-north-1:123456789012:reservation/a"

    reserved = made(reservation=arn)
    job = reserved.submit([flips()])
    job.result()

    assert reserved.price([flips()]) == job.cost() == Price()
    alone = {"status": "COMPLETED", "shots": 100}
    assert reserved.charged(alone, in_set=True, ran=True) == Price.exactly(0.445)


def test_spending_limits_are_read(double):
    double.settings(limits={f"{IQM}/Garnet": "12.50"})

    (limit,) = made().spending_limits()

    assert (limit.limit_usd, limit.spent_usd) == (12.5, 0.0)
    assert made("iqm/emerald").spending_limits() == ()


def test_options_are_kept_on_the_device(double):
    garnet = made(extra="&budget_usd=3.5&unknown_price=allow&canary=true&patience_s=7&poll_s=0.2")

    assert (garnet.budget_usd, garnet.unknown_price, garnet.canary) == (3.5, "allow", True)
    assert (garnet.patience_s, garnet.shortest_wait_s) == (7.0, 0.2)


# Reattaching ------------------------------------------------------------------------------


def test_a_task_is_found_by_its_token_on_any_page(double):
    garnet, tokens = made(), [new_token() for _ in range(5)]
    jobs = [garnet.send([flips()], token=token) for token in tokens]

    found = [garnet.find(token, since=0.0) for token in tokens]

    assert found == [job.id for job in jobs]
    assert garnet.find(new_token(), since=0.0) is None


# Secrets ----------------------------------------------------------------------------------


def test_credentials_are_in_no_text(double):
    garnet = made()
    job = garnet.submit([flips()])
    message = f"The key {KEY} with {SECRET} and {TOKEN} is not known."
    double.fault("GetQuantumTask", "error", code="UnrecognizedClientException", message=message)

    with pytest.raises(AccessRefused) as refused:
        job.result()

    record = json.dumps(garnet.record([flips()]))
    texts = [str(refused.value), repr(refused.value), repr(garnet), repr(job), record]
    texts += [garnet.account, str(garnet.config), repr(vars(garnet)), str(job.describe())]
    for secret in (KEY, SECRET, TOKEN):
        assert not any(secret in text for text in texts)


def test_credentials_are_in_no_text_of_a_service_that_fails(double):
    garnet = made(extra="&patience_s=0.1")
    job = garnet.submit([flips()])
    message = f"{KEY} {SECRET} {TOKEN}"
    code = "InternalServiceException"
    double.fault("GetQuantumTask", "error", code=code, message=message, times=0)

    with pytest.raises(ServiceUnavailable) as raised:
        job.result()

    assert not any(secret in str(raised.value) for secret in (KEY, SECRET, TOKEN))


@pytest.mark.parametrize("operation", ["CreateQuantumTask", "GetQuantumTask", "GetObject"])
@pytest.mark.parametrize("code", ["ValidationException", "InternalServiceException"])
def test_credentials_are_in_no_error_and_none_that_it_was_raised_from(double, operation, code):
    garnet = made(extra="&patience_s=0.1")
    message = f"{KEY} {SECRET} {TOKEN} https://me:other-hush@host?X-Amz-Signature=other-hush"
    double.fault(operation, "error", code=code, message=message, times=0)

    with pytest.raises(QGateError) as raised:
        qg.execute([Tape([PauliX(0)], [counts(wires=0)], shots=100)], garnet)

    texts = list(texts_of_error(raised.value))
    for secret in (KEY, SECRET, TOKEN, "other-hush"):
        assert not any(secret in text for text in texts)


@pytest.mark.parametrize("target", ["iqm/garnet", "sv1"])
def test_credentials_are_reached_from_no_device_or_job(double, target):
    bought = made(target)
    job = bought.submit([flips()])
    job.result()

    for held in (bought, job, bought.reopen(job.id, bought.record([flips()]))):
        texts = [*texts_held(held), f"{held!r} {vars(held)}", repr(pickled(held))]
        for secret in (SECRET, TOKEN):
            assert not any(secret in text for text in texts)


def test_without_credentials_it_is_said_what_to_do(double, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)

    with pytest.raises(AccessRefused, match=r"credentials.*aws sso login"):
        made(f"{IQM}/Tiny")


def test_a_service_that_does_not_answer_is_named(double):
    double.fault("GetDevice", "reset", times=0)

    with pytest.raises(ServiceUnavailable, match=r"braket:iqm/garnet could not be reached"):
        made(patience_s=0.2)


def test_a_device_is_asked_about_again_while_that_fails_in_passing(double):
    double.fault("GetDevice", "error", code="ThrottlingException", times=7)

    assert made().capabilities.max_wires == 20


def test_every_device_of_the_double_has_capabilities_that_the_sdk_accepts(double):
    for arn in CARDS:
        assert made(arn).capabilities.max_wires == CARDS[arn].qubits


def _counts(job):
    return [outcomes.counts() for (rows,) in job.result() for outcomes in rows]


def test_a_task_takes_two_turns_of_what_the_account_may_ask_for(double, monkeypatch):
    """One device creates it, one polls its state; results are in S3, and the price is computed."""
    turns = []
    monkeypatch.setattr(Limiter, "acquire", lambda limiter: turns.append(limiter))

    @qg.qnode(made("sv1"), shots=10)
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run("counted", journal=":memory:"):
        circuit(0.1)

    assert double.ledger()["requests"]["GetQuantumTask"] == 1
    assert len(turns) == 2


def test_requests_are_spaced_by_the_quotas_of_amazon(double):
    garnet = made()

    questions, creations = limiter_of(garnet), limiter_of(garnet, creating=True)

    assert (questions.per_s, questions.burst) == (140, 600)
    assert (creations.per_s, creations.burst) == (20, 40)
    assert limiter_of(made("iqm/emerald"), creating=True) is creations  # the same region


def test_pennylanes_name_of_the_device_stores_results_in_its_destination_folder(double):
    chosen = device(
        "braket.aws.qubit",
        device_arn=f"{IQM}/Garnet",
        s3_destination_folder=("amazon-braket-mine", "vqe"),
        wires=1,
        shots=50,
    )

    request = chosen._request([rotations([0.1], shots=50)], new_token())

    assert (request["outputS3Bucket"], request["outputS3KeyPrefix"]) == (
        "amazon-braket-mine",
        "vqe",
    )
    assert chosen.config.startswith(f"braket:{IQM}/Garnet?")
