"""Recorded circuits in PyTorch."""

import pytest
import torch
from recorded_cases import METHODS, check, function

import qgate as qg


def tensor(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def gradient(cost, x, y):
    return [found.numpy() for found in torch.autograd.grad(cost(x, y), (x, y))]


@pytest.mark.parametrize("method", METHODS)
def test_they_give_what_the_qnode_gives(method):
    check(method, tensor, gradient)


def test_a_function_of_torch_is_refused_with_its_line():
    @qg.qjit
    @qg.qnode("local")
    def asking(x):
        qg.RX(torch.sin(x), wires=0)
        return qg.expval(qg.Z(0))

    with pytest.raises(qg.exceptions.NeedsValue, match=r"torch\.sin"):
        asking(tensor(0.3))


def test_they_run_as_layers():
    recorded = qg.qjit(qg.QNode(lambda inputs, y: function(inputs, y)[0], "local"))
    x = torch.stack([tensor([0.1, 0.2]), tensor([0.3, 0.4])])
    found = torch.func.vmap(lambda row: recorded(row, tensor(0.4)))(x)
    plain = [function_value.item() for function_value in (recorded(row, tensor(0.4)) for row in x)]
    torch.testing.assert_close(found.detach(), torch.tensor(plain, dtype=torch.float64))
