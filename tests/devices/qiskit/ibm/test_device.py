"""Sweeps as jobs of IBM, and their results."""

import json

import numpy as np
import pytest
from clouds.ibm.double import OPEN, PAID, SECRET
from leaks import pickled, texts_held

import qgate as qg
from qgate.devices.batching import pack, submit_packed
from qgate.devices.cloud.remote import new_token
from qgate.devices.job import JobStatus
from qgate.exceptions import AccessRefused, UnknownPrice
from qgate.measurements import counts, sample
from qgate.operations.gate import GATES
from qgate.outcomes import Outcomes
from qgate.prices import Price
from qgate.sweep import Sweep
from qgate.tape import Tape

RX, RY, H, CNOT = (GATES[name] for name in ("RX", "RY", "Hadamard", "CNOT"))


def test_a_gradient_step_is_one_job_and_one_transpilation(make, cloud):
    device = make("ibm_lagos", wires=3, shots=200)
    energy = qg.Hamiltonian([0.5, 0.3, 0.2], [qg.Z(0) @ qg.Z(1), qg.X(0) @ qg.X(1), qg.Z(2)])

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(angles):
        for wire in range(3):
            qg.RX(angles[wire], wire)
            qg.RY(angles[wire + 3], wire)
        qg.CNOT([0, 1])
        qg.CNOT([1, 2])
        return qg.expval(energy)

    qg.grad(circuit)(qg.numpy.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], requires_grad=True))

    (job,) = cloud.jobs
    assert (job["pubs"], job["rows"], job["shots"]) == (2, 26, 5200)
    assert device.transpilations == 1
    assert cloud.ledger["requests"]["POST /jobs"] == 1


def test_jobs_are_in_a_batch_that_is_closed_with_the_device(make, cloud, send):
    device = make()
    for _ in range(2):
        send(device).result(240)

    device.close()

    (batch,) = cloud.ledger["sessions"]
    assert {job["session"] for job in cloud.jobs} == {batch["id"]}
    assert (batch["mode"], batch["accepting_jobs"]) == ("batch", False)


def test_single_jobs_and_sessions_are_had_where_they_are_asked_for(make, cloud, send):
    send(make(mode="job")).result(240)
    exclusive = make(mode="session", max_time_s=600)
    send(exclusive).result(240)
    exclusive.close()

    (session,) = cloud.ledger["sessions"]
    assert [job["session"] for job in cloud.jobs] == [None, session["id"]]
    assert (session["mode"], session["max_ttl"]) == ("dedicated", 600)
    assert not session["accepting_jobs"]


@pytest.mark.parametrize("primitive", ["executor", "sampler"])
def test_both_primitives_read_the_same(make, cloud, send, assert_flips, primitive):
    job = send(make(primitive=primitive))

    assert_flips(job.result(240))
    assert [job["program"] for job in cloud.jobs] == [primitive]
    assert job.status is JobStatus.DONE


def test_jobs_carry_their_token_and_tags_and_limit(make, cloud, flips):
    device, token = make(tags="a,b", max_execution_time_s=30), new_token()

    device.send([flips()], token=token).result(240)

    (job,) = cloud.jobs
    assert job["tags"] == [token, "qgate", "a", "b"]
    assert job["cost"] == 30
    assert device.find(token, since=0.0) == job["id"]
    assert device.find(new_token(), since=0.0) is None


@pytest.mark.parametrize("primitive", ["executor", "sampler"])
def test_circuits_without_angles_are_read_row_by_row(make, primitive):
    structure = Tape([GATES["PauliX"](0), CNOT([0, 1])], [sample(wires=[0, 1, 2])]).structure
    sweep = Sweep(structure, np.zeros((3, 0)), (), np.full(3, 50))

    ((found,),) = make(primitive=primitive, wires=3).send([sweep], token=new_token()).result(240)

    assert [outcomes.counts() for outcomes in found] == [{"110": 50}] * 3
    assert found[0].bits().shape == (50, 3)


def test_rows_of_different_shots_are_jobs_of_their_own(make, cloud):
    structure = Tape([RX(0.1, 0)], [counts(wires=[0])]).structure
    sweep = Sweep(structure, np.zeros((3, 1)), (), np.array([10, 30, 10]))

    ((found,),) = submit_packed(make(), [sweep]).result(240)

    assert [outcomes.shots for outcomes in found] == [10, 30, 10]
    assert sorted(job["shots"] for job in cloud.jobs) == [20, 30]


@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("layout", [None, (4, 0, 2)])
def test_rerouted_layouts_change_nothing(make, dense_probabilities, assert_sampled, level, layout):
    device = make(optimization_level=level, initial_layout=layout, wires=3)
    operations = [RX(0.7, 0), RY(1.9, 1), CNOT([0, 1]), RY(-0.6, 2), CNOT([0, 2]), CNOT([1, 2])]
    tape = Tape([*operations, RX(2.4, 0)], [counts(wires=[2, 0])], shots=4000)

    (([found],),) = device.send([tape.sweep()], token=new_token()).result(240)

    assert_sampled(found, dense_probabilities([*operations, RX(2.4, 0)], [2, 0]))


def test_known_answers_go_with_circuits_that_are_rerouted(make, cloud, tmp_path):
    device = make(canary=True, wires=3, shots=200)

    @qg.qnode(device)
    def circuit():
        qg.RX(np.pi, 0)
        for pair in ([0, 1], [1, 2], [0, 2]):
            qg.CNOT(pair)
        return qg.counts(wires=[0, 1, 2])

    with qg.run("known", tmp_path / "runs.db") as run:
        found = circuit()

    (job,) = cloud.jobs
    assert found == {"110": 200}
    assert job["rows"] == run.records[0].rows == 1 + 3
    assert device.transpilations == 2


def test_preparations_for_the_readout_are_in_the_job_of_the_circuits(make, cloud, tmp_path):
    device = make(wires=3)

    def estimated():
        @qg.qnode(device, shots=qg.Budget(shots=3_000), mitigation="readout")
        def circuit():
            qg.RX(np.pi, 0)
            for pair in ([0, 1], [1, 2], [0, 2]):
                qg.CNOT(pair)
            return qg.expval(qg.Z(0) @ qg.Z(2) + 0.1 * qg.X(1))

        with qg.run("readout", tmp_path / "runs.db"):
            return qg.estimate(circuit)()

    first, again = estimated(), estimated()

    (job,) = cloud.jobs
    assert job["shots"] == first.shots <= 3_000
    assert abs(first.value + 1) < 4 * first.standard_error
    assert again.value == first.value
    assert again.submissions == 0


def test_only_the_wires_asked_for_are_measured(make):
    device = make("ibm_torino")
    tape = Tape([H(wire) for wire in range(5)], [counts(wires=[3])], shots=10)

    (([found],),) = device.send([tape.sweep()], token=new_token()).result(240)

    assert found.num_wires == 1


def test_twirled_readouts_round_the_shots_up_and_say_so(make, cloud, flips):
    device = make(twirling=True)

    (((*outcomes,),),) = (device.send([flips()], token=new_token()).result(240),)[0]

    assert [each.counts() for each in outcomes] == [{"0": 128}, {"1": 128}] * 2
    assert cloud.jobs[0]["shots"] == 4 * 128


def test_a_job_is_reopened_from_json(make, send, flips, assert_flips):
    device = make()
    record = json.loads(json.dumps(device.record([flips()])))
    id = send(device).id

    assert_flips(make().reopen(id, record).result(240))


def test_prices_are_estimated_before_and_told_after(make, send, flips):
    device = make()

    expected, job = device.price([flips()]), send(device)
    job.result(240)

    assert 0 < expected.low_usd < job.cost().low_usd < expected.high_usd
    assert job.cost() == Price.exactly(round(1.6 * (2 + 0.00035 * 400), 8))


def test_the_open_plan_is_free_and_other_plans_have_no_price(make, flips):
    assert make(instance=OPEN).price([flips()]) == Price()
    assert make(plan="premium").price([flips()]) is None
    with pytest.raises(UnknownPrice, match="unknown_price=allow"):
        qg.execute([Tape([RX(0.1, 0)], [counts(wires=[0])], shots=10)], make(plan="premium"))


def test_what_is_left_of_an_instance_is_told(make, send):
    device = make()
    assert device.remaining_s() == 600

    send(device).result(240)

    assert device.remaining_s() == 598


def test_devices_of_an_instance_share_an_account(make):
    assert make().account == make("ibm_lagos").account != make(instance=OPEN).account
    assert PAID in make().account


def test_submissions_keep_to_the_limits(make, flips):
    limits = make().capabilities
    sweep = flips(rows=130, shots=100_000)

    parcels = pack([sweep], limits, device="here")

    assert [parcel.shots for parcel in parcels] == [10_000_000, 3_000_000]
    assert (limits.equal_shots, limits.max_sweeps, limits.paid) == (True, 80, True)


def test_the_key_shows_up_nowhere(make, cloud, send, flips):
    device = make()
    job = send(device)
    cloud.set(revoked=True)

    with pytest.raises(AccessRefused) as refused:
        job.result(240)

    shown = [repr(device), str(refused.value), repr(refused.value), device.account, device.config]
    shown += [json.dumps(device.record([flips()])), json.dumps(job.describe()), repr(vars(job))]
    assert not any(SECRET in text for text in shown)


def test_wide_readings_do_not_overflow(make):
    device = make("ibm_torino")
    gates = [GATES["PauliX"](0), *(GATES["PauliX"](wire) for wire in range(60, 70))]
    tape = Tape(gates, [counts(wires=range(70))], shots=10)

    (([found],),) = device.send([tape.sweep()], token=new_token()).result(240)

    assert isinstance(found, Outcomes)
    assert found.counts() == {"1" + "0" * 59 + "1" * 10: 10}


@pytest.mark.parametrize(
    ("reason", "permanent"),
    [
        ("Error code 1305; Ran too long", True),
        ("Job exceeded the max execution time of 60 s", True),
        ("Error code 9999; The cryostat is warm", False),
        ("Error code 1517; The circuit has unsupported instructions", True),
        ("Error code 13051; an internal error", False),
    ],
)
def test_a_job_that_ran_too_long_or_is_not_valid_is_not_submitted_again(make, reason, permanent):
    assert make().is_permanent(reason) is permanent


@pytest.mark.parametrize("mode", ["batch", "job", "session"])
def test_the_key_is_reached_from_no_device_or_job(make, flips, mode):
    device = make(mode=mode, max_time_s=600)
    job = device.send([flips()], token=new_token())
    job.result(240)
    again = device.reopen(job.id, device.record([flips()]))
    again.poll()

    for held in (device, job, again):
        assert not any(SECRET in text for text in texts_held(held))
        assert SECRET.encode() not in pickled(held)
        assert SECRET not in f"{held!r} {vars(held)}"
    device.close()
