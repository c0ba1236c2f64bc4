"""A string becomes a backend of IBM."""

import os
import subprocess
import sys

import pytest
from clouds.ibm.double import SECRET
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.exceptions import IBMRuntimeError

from qgate.devices.catalogue import list_devices
from qgate.devices.qiskit.ibm import provider
from qgate.devices.registry import device
from qgate.exceptions import AccessRefused, InvalidOption, ServiceUnavailable, UnknownDevice


def test_devices_are_listed_without_a_network_or_ibms_package():
    code = (
        "import sys; from qgate.devices.qiskit.ibm import provider; "
        "assert 'ibm_torino' in provider.targets(); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} "
        "& {'qiskit', 'qiskit_ibm_runtime', 'requests'}))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
    assert "ibm:ibm_torino" in [record.name for record in list_devices("ibm")]


def test_every_name_may_be_a_backend():
    assert provider.accepts("ibm_of_tomorrow")
    assert not provider.accepts("")


def test_a_backend_that_an_account_has_not_is_refused_with_near_names(make):
    with pytest.raises(UnknownDevice, match=r"ibm_manila"):
        make("ibm_manilla")


def test_an_instance_is_found_by_its_name(make):
    assert make(instance="open-instance").plan == "open"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"seed": 1}, "cannot be repeated"),
        ({"initial_layout": "0,9"}, "has the qubits 0 to 4"),
        ({"mode": "dedicated"}, "'batch'"),
        ({"optimization_level": 4}, "less than or equal to 3"),
        ({"use_fractional_gates": True}, "has no fractional gates"),
    ],
)
def test_options_that_cannot_be_used_are_refused(make, options, reason):
    with pytest.raises(InvalidOption, match=reason):
        make(**options)


def test_without_an_account_it_is_said_how_to_get_one(make, monkeypatch):
    for name in list(os.environ):
        if name.startswith("QISKIT_IBM"):
            monkeypatch.delenv(name)

    with pytest.raises(AccessRefused, match="save_account"):
        make()


def test_a_key_that_is_refused_does_not_show_up(make, cloud):
    cloud.goes_wrong("POST /identity/token", status=400, times=100, message="key not found")

    with pytest.raises(AccessRefused) as refused:
        make()

    assert SECRET not in str(refused.value)


def test_an_instance_that_is_not_the_accounts_is_refused(make):
    with pytest.raises(AccessRefused, match="nowhere"):
        make(instance="nowhere")


def test_a_service_that_does_not_answer_is_told_from_one_that_refuses(make, cloud):
    cloud.goes_wrong("GET /backends/NAME/configuration", do="lost", times=100)

    with pytest.raises(ServiceUnavailable, match="could not be reached"):
        make(patience_s=0.2)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "at",
    [
        "POST /v3/resources/search",
        "GET /catalog/ID",
        "GET /backends",
        "GET /backends/NAME/configuration",
        "GET /backends/NAME/properties",
    ],
)
def test_a_connection_is_made_again_while_requests_fail_in_passing(make, cloud, at, status):
    cloud.goes_wrong(at, status=status, times=2)

    made = make()

    assert (made.capabilities.max_wires, made.plan) == (5, "pay-as-you-go")
    assert cloud.ledger["requests"][at] > 2


def test_a_plan_that_is_never_told_is_asked_for_a_few_times(make, cloud):
    cloud.goes_wrong("GET /catalog/ID", status=404, times=100)

    assert make().plan == ""
    assert cloud.ledger["requests"]["POST /v3/resources/search"] == 4


def test_a_plan_that_is_given_is_not_asked_for(make, cloud):
    cloud.goes_wrong("GET /catalog/ID", status=404, times=100)

    assert make(plan="open").plan == "open"
    assert cloud.ledger["requests"]["POST /v3/resources/search"] == 1


def test_options_are_in_the_string_and_no_key_is(make):
    made = make(mode="job", tags="a,b")

    assert made.config == "ibm:ibm_manila?patience_s=5&mode=job&tags=a,b"


def test_a_backend_object_is_a_device_and_its_jobs_are_created_once(cloud, send):
    backend = QiskitRuntimeService().backend("ibm_manila")
    cloud.goes_wrong("POST /jobs", status=502, when="after", times=5)

    made = device(backend, shots=50, tags="a")

    assert (made.name, made.shots.total_shots, made.tags) == ("ibm:ibm_manila", 50, ("a",))
    with pytest.raises(IBMRuntimeError):
        send(made)
    assert len(cloud.jobs) == 1
    with pytest.raises(InvalidOption, match="belongs to a service already"):
        device(backend, instance="open-instance")
