"""Pulses of gates on one qubit."""

import qgate as qg
from qgate.devices.emulation.pulses import GateNames


def names(native, operations, **options):
    return [gate.name for gate in GateNames.among(native).gates(operations, **options)]


def test_a_rotation_is_two_pulses_of_a_quarter_turn_and_a_turn_about_z_none():
    found = names(["rz", "SX", "cz"], [qg.RY(0.3, 0), qg.RZ(0.1, 0), qg.CZ([0, 1]), qg.H(1)])

    assert found == ["sx", "sx", "rz", "cz", "sx"]


def test_a_run_of_gates_is_one_rotation():
    run = [qg.RX(0.3, 0), qg.RY(0.2, 0), qg.RX(0.1, 0)]

    assert names(["prx", "cz"], run) == ["prx", "rz", "rz"]
    assert names(["rx", "rz", "cz"], run) == ["rx", "rx", "rz", "rz"]
    assert names(["prx", "cz"], run, merged=False) == ["prx"] * 3


def test_gates_with_errors_of_their_own_keep_their_names():
    assert names(["x", "sx", "id"], [qg.X(0), qg.SX(0), qg.I(0)]) == ["x", "sx", "id"]
    assert names(["rx", "h"], [qg.RX(0.3, 0), qg.H(0)], merged=False) == ["rx", "h"]
