"""The benchmark of trajectories compares results with Aer, and prints its table."""

import pytest


def test_small_circuits_agree(capsys):
    pytest.importorskip("qiskit_aer")
    import trajectories

    small = ["--qubits", "3", "--layers", "1", "--rounds", "1"]
    assert trajectories.main([*small, "--few", "300", "--trajectories", "300"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[0] for line in lines] == [
        "depolarising",
        "depolarising and thermal relaxation",
    ]
