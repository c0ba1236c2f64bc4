"""Tensors elsewhere than on the host, on a stand-in for a GPU, in a process of its own.

What this shows: qgate copies numbers to the host before it reads them, puts results and
derivatives on the device of the parameters, and hands torch no operation on tensors of two
devices, which the stand-in refuses like a GPU. What it does not show: the kernels, streams and
rounding of a real GPU, several devices beside the host, and devices without double precision.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from torch.utils import backend_registration

pytestmark = pytest.mark.skipif(
    not hasattr(backend_registration, "_setup_privateuseone_for_python_backend"),
    reason="this torch takes no device that is written in Python",
)

SETTING = """
import numpy as np
import torch
import torch_device

import qgate as qg

torch.set_num_threads(1)
gpu = torch_device.register()


def circuit(x):
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=0)
    return qg.expval(qg.Z(0))


def cosines(x):
    return torch.cos(x[0]) * torch.cos(x[1])


def check(found, wanted, name, atol=1e-6):
    assert found.device == gpu, (name, found.device)
    assert found.dtype == wanted.dtype, (name, found.dtype)
    assert torch.allclose(found.cpu(), wanted.cpu(), atol=atol), (name, found, wanted)


def leaf(numbers, dtype=torch.float64, device=gpu):
    return torch.tensor(numbers, dtype=dtype, device=device, requires_grad=True)


def backward(function):
    def gradient(x):
        function(x).backward()
        return x.grad

    return gradient


"""

DERIVATIVES = """
def twice(function):
    def gradient(x):
        (first,) = torch.autograd.grad(function(x), x, create_graph=True)
        return torch.autograd.grad(first.sum(), x)[0]

    return gradient


forward = {"strategy": "forward-mode", "vectorize": True}
functional = torch.autograd.functional
ways = {
    "value": lambda f: lambda x: f(x).detach(),
    "backward": backward,
    "jacobian": lambda f: lambda x: functional.jacobian(f, x),
    "forward jacobian": lambda f: lambda x: functional.jacobian(f, x, **forward),
    "grad": torch.func.grad,
    "jacfwd": torch.func.jacfwd,
    "vmap": lambda f: lambda x: torch.func.vmap(torch.func.grad(f))(torch.stack([x, x])),
    "compiled": lambda f: torch.compile(f, fullgraph=True, backend="eager"),
    "backward of compiled": lambda f: backward(torch.compile(f, backend="aot_eager")),
}
if METHOD != "adjoint":
    ways |= {"twice": twice, "hessian": torch.func.hessian}
node = qg.QNode(circuit, "local", diff_method=METHOD)
for dtype in (torch.float64, torch.float32):
    for name, way in ways.items():
        torch.compiler.reset()
        check(way(node)(leaf([0.3, 0.4], dtype)), way(cosines)(leaf([0.3, 0.4], dtype)), name)
"""

CIRCUITS = """
def gates(x):
    qg.RX(torch.tensor(0.7), 0)
    qg.AngleEmbedding(torch.tensor([0.1, 0.2]), wires=range(2))  # data of the host
    qg.QubitUnitary(np.array([[1, 1], [1, -1]]) / np.sqrt(2), 0)
    qg.CRot(x[0], 0.2, x[1], wires=[0, 1])
    hermitian = np.array([[1, 0.5j], [-0.5j, 2]])
    return qg.expval(qg.Z(0) @ qg.X(1) + qg.Hermitian(hermitian, 1)), qg.probs(wires=[0, 1])


def rows(x):
    qg.RX(x, 0)
    qg.RY(np.array([0.1, 0.2]), 0)
    return (qg.var(qg.Y(0)),)


def states(x):
    qg.RX(x[0], 0)
    qg.CNOT([0, 1])
    qg.RZ(x[1], 1)
    return qg.state(), qg.density_matrix(wires=[0]), qg.vn_entropy(wires=[0])


def unrelated(x):
    qg.RX(x[0], 0)
    return qg.expval(qg.X(1)), qg.expval(qg.Z(0))


def square(value):
    factors = torch.arange(1, value.numel() + 1, device=value.device).reshape(value.shape)
    return (factors * value.abs() ** 2).sum()


def found(node, x):
    results = node(x)
    sum(map(square, results)).backward()
    return [*(result.detach() for result in results), x.grad]


for function in (gates, rows, states, unrelated):
    node = qg.QNode(function, "local", diff_method=METHOD)
    wanted = found(node, leaf([0.3, 0.4], device="cpu"))
    for each, known in zip(found(node, leaf([0.3, 0.4])), wanted, strict=True):
        check(each, known, function.__name__)

metric = qg.metric_tensor(qg.QNode(circuit, "local", diff_method=METHOD))
check(metric(leaf([0.3, 0.4])).detach(), metric(leaf([0.3, 0.4], device="cpu")).detach(), "metric")


def scattered(x, data):
    qg.RX(x, 0)
    qg.RY(data, 0)
    return qg.expval(qg.Z(0))


x = leaf(0.3, device="cpu")
value = qg.QNode(scattered, "local", diff_method=METHOD)(x, leaf(0.4).detach())
value.backward()
check(value.detach(), torch.tensor(np.cos(0.3) * np.cos(0.4)), "value of scattered")
assert x.grad.device.type == "cpu"
np.testing.assert_allclose(x.grad, -np.sin(0.3) * np.cos(0.4), atol=1e-9)
"""

LAYERS = """
def rotations(inputs, weights):
    qg.RX(inputs[..., 0] + weights[0], 0)
    qg.RX(inputs[..., 1] + weights[1], 1)
    return qg.expval(qg.Z(0)), qg.expval(qg.Z(1))


torch.manual_seed(1)
first = torch.nn.Linear(2, 2)
layer = qg.qnn.TorchLayer(qg.QNode(rotations, "local", diff_method=METHOD), {"weights": 2})
network = torch.nn.Sequential(first, layer).to(gpu)
data = torch.tensor([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
outputs = network(data.to(gpu))
outputs.sum().backward()

hidden = (data @ first.weight.detach().cpu().T + first.bias.detach().cpu()).requires_grad_()
weights = layer.weights.detach().cpu().requires_grad_()
wanted = torch.cos(hidden + weights)
wanted.sum().backward()
check(outputs.detach(), wanted.detach(), "outputs")
check(layer.weights.grad, weights.grad, "gradient of the layer")
check(first.weight.grad, hidden.grad.T @ data, "gradient before the layer")

before = layer.weights.detach().clone()
torch.optim.Adam(network.parameters(), lr=0.1).step()
check(layer.weights.detach(), (before - 0.1 * weights.grad.sign().to(gpu)), "step", atol=1e-3)
state = network.cpu().state_dict()
assert {str(value.device) for value in state.values()} == {"cpu"}
"""

SHOTS = """
node = qg.QNode(circuit, "local?seed=7", shots=4000)
x = leaf([0.3, 0.4])
value = node(x)
value.backward()
exact = leaf([0.3, 0.4], device="cpu")
cosines(exact).backward()
check(value.detach(), cosines(exact).detach(), "value", atol=5 / np.sqrt(4000))
check(x.grad, exact.grad, "gradient", atol=5 / np.sqrt(4000))


@qg.qnode("local?seed=7", shots=20)
def samples(x):
    qg.RX(x[0], 0)
    return qg.sample(qg.Z(0))


drawn = samples(x)
assert drawn.device == gpu
assert set(drawn.tolist()) <= {1.0, -1.0}
"""

NAMESPACE = """
from qgate.arrays import enclosed, namespace, opened

there = torch.tensor([1.0, -1.0], dtype=torch.float64, device=gpu)
xp = namespace([there])
here = xp.asarray(np.array([2.0, 3.0]))
yes = torch.tensor([True, False], device=gpu)
calls = {
    "where": (xp.where(np.array([True, False]), there, here), [1.0, 3.0]),
    "where, of a condition": (xp.where(yes, here, np.zeros(2)), [2.0, 0.0]),
    "arithmetic": (here * enclosed(there), [2.0, -3.0]),
    "stack": (xp.stack([here, there])[1], [1.0, -1.0]),
    "einsum": (xp.einsum("i,i->i", here, there), [2.0, -3.0]),
}
for name, (result, wanted) in calls.items():
    check(opened(result), torch.tensor(wanted, dtype=torch.float64), name)
"""


def run(script: str, method: str = "best") -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path]),
    }

    done = subprocess.run(
        [sys.executable, "-c", f"METHOD = {method!r}\n{SETTING}{script}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift"])
@pytest.mark.parametrize(
    "script", [DERIVATIVES, CIRCUITS, LAYERS], ids=["ways", "circuits", "layer"]
)
def test_results_and_derivatives_are_where_the_parameters_are(script: str, method: str) -> None:
    run(script, method)


def test_samples_are_where_the_parameters_are() -> None:
    run(SHOTS)


def test_constants_join_the_tensors_of_another_device() -> None:
    run(NAMESPACE)
