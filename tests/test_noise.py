"""``qgate.noise``: PennyLane's path of folding and extrapolation."""

import pytest

import qgate as qg


def test_its_names_are_those_of_the_transforms():
    for name in qg.noise.__all__:
        assert getattr(qg.noise, name) is getattr(qg.transforms, name)


def test_a_missing_name_has_a_reason():
    with pytest.raises(AttributeError, match="Noise models and their conditions"):
        qg.noise.add_noise  # noqa: B018  # the access raises
