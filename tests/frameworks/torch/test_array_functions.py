"""Array functions with numpy's names on arrays of the framework."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from array_cases import ARRAY_CASES, VECTOR, expected

from qgate.arrays import namespace, opened


@pytest.mark.parametrize("name", ARRAY_CASES)
def test_array_functions_are_those_of_numpy(name: str) -> None:
    found = ARRAY_CASES[name](namespace([torch.as_tensor(VECTOR)]), torch.as_tensor)

    np.testing.assert_allclose(opened(found).resolve_conj().numpy(), expected(name), rtol=1e-12)
