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


@qg.qjit
@qg.qnode("local")
def wave(x, y):
    """Return cos(2 x[0] + y) cos(x[1])."""
    qg.RX(2 * x[0] + y, wires=0)
    qg.RX(x[1], wires=1)
    return qg.expval(qg.Z(0) @ qg.Z(1))


def closed_form(x, y):
    return torch.cos(2 * x[0] + y) * torch.cos(x[1])


def test_derivatives_of_one_value_have_any_order():
    arguments = tensor([0.3, 0.7]), tensor(0.4)

    assert torch.autograd.gradcheck(wave, arguments)
    assert torch.autograd.gradgradcheck(wave, arguments)


@pytest.mark.parametrize("vectorize", [False, True])
def test_hessians_of_one_value_are_those_of_the_closed_form(vectorize):
    arguments = tensor([0.3, 0.7]), tensor(0.4)

    found, expected = (
        torch.autograd.functional.hessian(cost, arguments, vectorize=vectorize)
        for cost in (wave, closed_form)
    )

    torch.testing.assert_close(found, expected)


def test_functions_of_torch_differentiate_one_value():
    arguments = tensor([0.3, 0.7]), tensor(0.4)

    for take in (torch.func.grad, torch.func.jacfwd, torch.func.hessian):
        torch.testing.assert_close(take(wave)(*arguments), take(closed_form)(*arguments))


def test_a_value_is_differentiated_by_some_arguments_in_their_precision():
    x = torch.tensor([0.3, 0.7], dtype=torch.float32, requires_grad=True)

    value = wave(x, torch.tensor(0.4))
    (found,) = torch.autograd.grad(3 * value, x)

    (expected,) = torch.autograd.grad(3 * closed_form(x, 0.4), x)
    assert value.dtype == found.dtype == torch.float32
    torch.testing.assert_close(found, expected)


def test_a_tracker_counts_and_a_change_in_place_is_noticed():
    x, y = tensor([0.3, 0.7]), tensor(0.4)
    with qg.Tracker() as tracker:
        wave(x, y).backward()
    value = wave(x, y)

    with torch.no_grad():
        x.add_(1.0)

    assert tracker.totals["executions"] >= 1
    with pytest.raises(RuntimeError, match="inplace operation"):
        value.backward()


def test_they_run_as_layers():
    recorded = qg.qjit(qg.QNode(lambda inputs, y: function(inputs, y)[0], "local"))
    x = torch.stack([tensor([0.1, 0.2]), tensor([0.3, 0.4])])
    found = torch.func.vmap(lambda row: recorded(row, tensor(0.4)))(x)
    plain = [function_value.item() for function_value in (recorded(row, tensor(0.4)) for row in x)]
    torch.testing.assert_close(found.detach(), torch.tensor(plain, dtype=torch.float64))
