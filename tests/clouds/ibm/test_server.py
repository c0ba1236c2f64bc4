"""The double against the vendor's unchanged client."""

import warnings

import pytest
from clouds.ibm.double import PAID, running
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.executor_sampler import Sampler


@pytest.fixture(scope="module")
def double(tmp_path_factory):
    with running(tmp_path_factory.mktemp("ibm")) as running_double:
        yield running_double


@pytest.fixture
def service(double, monkeypatch, tmp_path):
    """A client that is directed to the double by the environment alone."""
    double.reset()
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in double.environment.items():
        monkeypatch.setenv(name, value)
    return QiskitRuntimeService()


@pytest.fixture
def run(service):
    """Run a circuit whose every shot gives 1."""

    def run(tag="some-tag", shots=30):
        backend = service.backend("ibm_torino")
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.measure(0, 0)
        sampler = Sampler(mode=backend)
        sampler.options.environment.job_tags = [tag]
        compiled = generate_preset_pass_manager(1, backend=backend).run(circuit)
        return sampler.run([compiled], shots=shots)

    return run


def test_recorded_backends_are_served_under_names_of_backends(service):
    assert {backend.name: backend.num_qubits for backend in service.backends()} == {
        "ibm_fractional": 5,
        "ibm_lagos": 7,
        "ibm_manila": 5,
        "ibm_torino": 133,
    }
    assert service.active_instance() == PAID


def test_a_job_is_run_charged_and_found_by_its_tag(service, double, run):
    job = run()

    assert job.result()[0].data.c.get_counts() == {"1": 30}
    assert job.usage() == pytest.approx(2.0105)
    assert [found.job_id() for found in service.jobs(job_tags=["some-tag"])] == [job.job_id()]
    assert service.jobs(job_tags=["another"]) == []
    assert service.usage()["usage_consumed_seconds"] == 2
    (line,) = double.jobs
    assert (line["rows"], line["shots"]) == (1, 30)


def test_the_client_by_itself_buys_twice_when_an_answer_is_an_error(double, run):
    double.goes_wrong("POST /jobs", status=502, when="after")

    run()

    assert len(double.jobs) == 2


def test_a_reset_forgets_everything(double, run):
    run().result()

    double.reset()

    assert double.ledger == {"requests": {}, "jobs": [], "sessions": [], "seconds": 0.0}


def test_a_session_ends_when_it_is_closed(service, double):
    from qiskit_ibm_runtime import Session

    with warnings.catch_warnings(), Session(service.backend("ibm_manila")) as session:
        assert session.status() == "Pending"

    assert [each["accepting_jobs"] for each in double.ledger["sessions"]] == [False]
