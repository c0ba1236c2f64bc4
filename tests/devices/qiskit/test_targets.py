"""Parts of targets."""

from qiskit.providers.fake_provider import GenericBackendV2

from qgate.devices.qiskit.targets import at_places, without


def target():
    return GenericBackendV2(3, seed=1).target


def test_a_target_at_places_has_the_properties_of_these_places_only():
    whole = target()

    part = at_places(whole, {("sx", (2,)), ("cx", (0, 1)), ("measure", (1,)), ("magic", (0,))})

    assert part.num_qubits == 3
    assert set(part.operation_names) == {"sx", "cx", "measure"}
    assert dict(part["sx"]) == {(2,): whole["sx"][(2,)]}
    assert dict(part["cx"]) == {(0, 1): whole["cx"][(0, 1)]}


def test_a_target_without_gates_keeps_the_others():
    whole = target()

    part = without(whole, frozenset({"cx"}))

    assert set(part.operation_names) == set(whole.operation_names) - {"cx"}
    assert dict(part["sx"]) == dict(whole["sx"])
    assert part.dt == whole.dt
