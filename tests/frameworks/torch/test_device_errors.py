"""Errors of devices inside functions compiled by torch, which raises them unchanged."""

from __future__ import annotations

import pytest
import torch
from framework_cases import failing

import qgate as qg
from qgate.exceptions import JobFailed


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("is_trained", [False, True])
def test_torch_raises_the_device_s_error(is_compiled: bool, is_trained: bool) -> None:
    function = torch.compile(failing, fullgraph=True, backend="aot_eager")
    x = torch.tensor(0.3, dtype=torch.float64, requires_grad=is_trained)

    with pytest.raises(JobFailed) as raised:
        (function if is_compiled else failing)(x)

    assert raised.value.job == "job-7"
    assert isinstance(raised.value.__cause__, OSError)


def test_the_context_leaves_errors_of_torch_as_they_are() -> None:
    with pytest.raises(JobFailed) as raised, qg.device_errors():
        failing(torch.tensor(0.3, dtype=torch.float64))

    assert isinstance(raised.value.__cause__, OSError)
