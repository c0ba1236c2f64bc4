"""``KerasLayer`` on each backend of Keras, each in a separate process.

A process can use only one backend of Keras, so ``keras_checks.py`` runs once for each.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import assert_they_pass

CHECKS = Path(__file__).with_name("keras_checks.py")


@pytest.mark.timeout(7200)  # a separate suite, whose tests have guards of their own
@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_the_checks_pass_on_every_backend(backend: str):
    assert_they_pass(CHECKS, KERAS_BACKEND=backend, TF_CPP_MIN_LOG_LEVEL="3")
