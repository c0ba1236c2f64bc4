"""Steps of a plan."""

from qgate.devices.local.steps import PhaseGroup, Phases


def test_the_total_of_diagonal_gates_adds_the_weights_of_equal_masks():
    groups = PhaseGroup(0, (0b10, 0b01), (0.5, 1.0)), PhaseGroup(1, (0b10, 0b11), (0.25, -2.0))

    assert Phases(groups).total() == ((0b01, 1.0), (0b10, 0.75), (0b11, -2.0))
