"""``qgate.math`` on tensors of PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from math_cases import ARRAY_CASES, STATE_CASES, VECTOR, mixed, slope

from qgate import math
from qgate.exceptions import InvalidParameters


@pytest.mark.parametrize("name", STATE_CASES)
def test_functions_of_states_have_derivatives(name: str) -> None:
    x = torch.tensor(0.6, dtype=torch.float64, requires_grad=True)

    value = STATE_CASES[name](mixed_tensor(x))
    value.backward()

    assert (value.item(), x.grad.item()) == pytest.approx(slope(name), rel=1e-6)


def mixed_tensor(x: torch.Tensor) -> torch.Tensor:
    one, two = torch.tensor(mixed(1.0)), torch.tensor(mixed(0.0))
    return x * x * one + (1 - x * x) * two


@pytest.mark.parametrize("name", ARRAY_CASES)
def test_functions_of_arrays_are_those_of_numpy(name: str) -> None:
    found = ARRAY_CASES[name](torch.tensor(VECTOR))

    assert isinstance(found, torch.Tensor)
    np.testing.assert_allclose(found.numpy(), ARRAY_CASES[name](VECTOR), rtol=1e-12)


def test_tensors_are_recognized_and_converted() -> None:
    tensor = torch.tensor([1.0, 2.0], requires_grad=True)

    assert math.get_interface(tensor, np.ones(2), [1]) == "torch"
    assert math.requires_grad(tensor)
    assert not math.requires_grad(math.detach(tensor))
    assert math.cast(tensor, np.complex64).dtype == torch.complex64
    assert math.cast(np.ones(2), torch.float32).dtype == np.float32
    assert isinstance(math.convert_like([1, 2], tensor), torch.Tensor)
    assert math.array(1.0, like="torch").shape == ()
    assert math.ones_like(tensor).dtype == torch.float32
    assert math.allclose(tensor, [1, 2])
    np.testing.assert_array_equal(math.unwrap([tensor])[0], [1, 2])
    np.testing.assert_array_equal(math.toarray(math.grad(lambda x: x @ x)(tensor)), [2, 4])
    with pytest.raises(InvalidParameters, match="Ask requires_grad"):
        math.in_backprop(tensor)
