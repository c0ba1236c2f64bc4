"""Array functions with numpy's names on arrays of the framework."""

from __future__ import annotations

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import pytest
import tensorflow as tf
from array_cases import ARRAY_CASES, VECTOR, expected

from qgate.arrays import namespace, opened


@pytest.mark.parametrize("name", ARRAY_CASES)
def test_array_functions_are_those_of_numpy(name: str) -> None:
    found = ARRAY_CASES[name](namespace([tf.constant(VECTOR)]), tf.constant)

    np.testing.assert_allclose(opened(found).numpy(), expected(name), rtol=1e-12)
