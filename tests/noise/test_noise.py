"""``qgate.noise``: PennyLane's path of noise models, folding and extrapolation."""

import pytest

import qgate as qg


def test_its_transforms_are_those_of_the_package():
    for name in ("fold_global", "insert", "mitigate_with_zne", "richardson_extrapolate"):
        assert getattr(qg.noise, name) is getattr(qg.transforms, name)
    assert (qg.add_noise, qg.NoiseModel) == (qg.noise.add_noise, qg.noise.NoiseModel)


def test_a_missing_name_has_a_reason():
    with pytest.raises(AttributeError, match=r"given to its simulator, qg.device\('qiskit:aer'"):
        qg.noise.from_qiskit_noise  # noqa: B018  # the access raises
