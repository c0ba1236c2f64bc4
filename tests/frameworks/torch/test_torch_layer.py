"""``TorchLayer``: shapes, weights, cost and training."""

from __future__ import annotations

import copy
import io

import numpy as np
import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend

import qgate as qg
from qgate.exceptions import InvalidLayer, InvalidParameters, QuantumFunctionError
from qgate.qnn.torch import TorchLayer

torch.set_num_threads(1)

SHAPES = {"weights": 2, "shift": 1}


def rotations(inputs, weights, shift):
    """⟨Z⟩ of two wires: the cosines of inputs + weights, the second one shifted."""
    qg.RX(inputs[..., 0], 0)
    qg.RX(inputs[..., 1] + shift, 1)
    qg.RX(weights[0], 0)
    qg.RX(weights[1], 1)
    return qg.expval(qg.Z(0)), qg.expval(qg.Z(1))


def expected(inputs, layer):
    """The same in closed form."""
    shift = torch.stack([torch.zeros(()), layer.shift]).to(inputs.dtype)
    return torch.cos(inputs + layer.weights.to(inputs.dtype) + shift)


def made(device="local", function=rotations, shapes=SHAPES, init_method=None, **options):
    torch.manual_seed(1)
    return TorchLayer(qg.QNode(function, device, **options), shapes, init_method)


def data(*shape, dtype=torch.float32):
    return torch.rand(*shape, 2, generator=torch.Generator().manual_seed(2), dtype=dtype)


# Values ---------------------------------------------------------------------------------


def test_the_public_name_is_the_class():
    assert qg.qnn.TorchLayer is TorchLayer


@pytest.mark.parametrize("leading", [(), (1,), (2,), (5,), (2, 3), (2, 1, 3)])
def test_leading_axes_are_kept(leading):
    layer, inputs = made(), data(*leading)

    assert torch.allclose(layer(inputs), expected(inputs, layer), atol=1e-6)


def test_data_may_be_a_single_number():
    @qg.qnode("local", interface="torch")
    def circuit(inputs, weights):
        qg.RX(inputs, wires=0)
        return qg.expval(qg.Z(0))

    found = TorchLayer(circuit, {"weights": 1})(torch.tensor(0.3, dtype=torch.float64))

    assert found.shape == ()
    assert float(found) == pytest.approx(np.cos(0.3))


def test_all_rows_are_one_submission():
    layer = made()

    with qg.Tracker() as tracker:
        layer(data(4, 3))

    assert tracker.totals["submissions"] == 1
    assert tracker.totals["executions"] == 12


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_the_output_has_the_precision_of_the_data(dtype):
    layer, inputs = made(), data(3, dtype=torch.float64).to(dtype)

    output = layer(inputs)

    assert output.dtype == dtype
    assert torch.allclose(output, expected(inputs, layer), atol=3 * torch.finfo(dtype).eps)


def test_whole_numbers_are_taken_as_data():
    layer = made()

    output = layer(torch.tensor([[0, 1], [1, 0]]))

    assert output.dtype == torch.float32
    assert torch.allclose(
        output, expected(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), layer), atol=1e-6
    )


@pytest.mark.parametrize(
    ("returned", "shape"),
    [
        (lambda: qg.expval(qg.Z(0)), ()),
        (lambda: [qg.expval(qg.Z(0))], (1,)),
        (lambda: qg.probs(wires=[0, 1]), (4,)),
        (lambda: (qg.expval(qg.Z(0)), qg.probs(wires=[0, 1])), (5,)),
        (lambda: {"a": qg.expval(qg.Z(0)), "b": qg.var(qg.Z(1))}, (2,)),
    ],
)
@pytest.mark.parametrize("leading", [(), (3,), (2, 2)])
def test_results_stand_side_by_side(returned, shape, leading):
    def circuit(inputs, w):
        qg.RX(inputs[..., 0], 0)
        qg.RX(w, 1)
        return returned()

    layer = made(function=circuit, shapes={"w": 1})

    assert layer(data(*leading)).shape == (*leading, *shape)


@pytest.mark.parametrize("shots", [(100, 200), [(100, 3)]])
def test_a_vector_of_shots_adds_an_axis(shots):
    layer = made(shots=shots)

    assert layer(data(4)).shape == (len(layer.qnode.shots.parts), 4, 2)


# Weights --------------------------------------------------------------------------------


def test_weights_are_parameters_of_the_module():
    layer = made()

    assert {name: tuple(w.shape) for name, w in layer.named_parameters()} == {
        "weights": (2,),
        "shift": (),
    }
    assert layer.qnode_weights["weights"] is layer.weights
    assert all(0 <= number < 2 * np.pi for number in layer.weights)


def test_one_function_may_make_all_first_values():
    layer = made(init_method=torch.nn.init.ones_)

    assert torch.equal(layer.weights, torch.ones(2))
    assert torch.equal(layer.shift, torch.ones(()))


def test_first_values_may_be_given_for_each_weight():
    layer = made(init_method={"weights": torch.tensor([1.0, 2.0]), "shift": torch.nn.init.zeros_})

    assert layer.weights.tolist() == [1.0, 2.0]
    assert layer.shift.item() == 0.0


@pytest.mark.parametrize(
    ("init_method", "text"),
    [
        ({"weights": torch.zeros(2)}, "do not both have 'shift'"),
        ({"weights": torch.zeros(3), "shift": 0.0}, r"shape \(3,\) for the weight 'weights'"),
        ({0: 1.0, "text": 1.0}, "do not both have"),
        ("text", "gives the weight 'weights' the value 'text'"),
        ([[0.1], [0.1, 0.2]], "gives the weight 'weights' the value"),
        (range(10**12), "gives the weight 'weights' the value"),
        (lambda values: {}, "gives the weight 'weights' the value {}"),
    ],
)
def test_first_values_that_do_not_fit_are_refused(init_method, text):
    with pytest.raises(InvalidLayer, match=text):
        made(init_method=init_method)


def test_a_function_of_first_values_has_to_accept_a_tensor():
    with pytest.raises(InvalidParameters, match="1 positional argument"):
        made(init_method=lambda: torch.zeros(2))


@pytest.mark.parametrize("inputs", [[0.1, 0.2], np.ones((2, 2)), "text"])
def test_data_that_are_no_tensor_are_refused(inputs):
    with pytest.raises(InvalidLayer, match="Give an array of PyTorch"):
        made()(inputs)


def test_a_weight_cannot_have_a_name_that_modules_use():
    with pytest.raises(InvalidLayer, match="attribute 'training' already"):
        made(function=lambda inputs, training: None, shapes={"training": 2})


def test_a_weight_may_have_the_name_of_an_attribute_of_the_qnode():
    def function(inputs, update):
        qg.RX(inputs[..., 0] + update, wires=0)
        return qg.expval(qg.Z(0))

    layer = made(function=function, shapes={"update": 1})

    assert list(layer.state_dict()) == ["update"]
    assert layer(torch.zeros(1)).item() == pytest.approx(torch.cos(layer.update).item())


def test_the_state_is_saved_and_loaded():
    layer, other = made(), made(init_method=torch.nn.init.zeros_)
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)

    file.seek(0)
    other.load_state_dict(torch.load(file))

    assert torch.equal(other(data(3)), layer(data(3)))


@qg.qnode("local")
def decorated(inputs, weights):
    qg.AngleEmbedding(inputs, wires=range(2))
    qg.BasicEntanglerLayers(weights, wires=range(2))
    return qg.expval(qg.Z(0)), qg.expval(qg.Z(1))


@pytest.mark.parametrize("qnode", [decorated, qg.QNode(rotations, "local")], ids=["decorated", ""])
def test_a_model_is_saved_whole_and_loaded(qnode):
    shapes = {"weights": (2, 2)} if qnode is decorated else SHAPES
    model = torch.nn.Sequential(TorchLayer(qnode, shapes), torch.nn.Identity())
    inputs = data(3, 2)
    expected_output = model(inputs)
    file = io.BytesIO()

    torch.save(model, file)
    file.seek(0)
    loaded = torch.load(file, weights_only=False)

    assert torch.equal(loaded(inputs), expected_output)
    assert loaded[0].weights is not model[0].weights


def test_a_deep_copy_has_weights_of_its_own_and_the_same_qnode():
    layer = torch.nn.Sequential(torch.nn.Linear(2, 2), made())

    other = copy.deepcopy(layer)
    with torch.no_grad():
        other[1].weights += 1.0

    assert other[1].qnode is layer[1].qnode
    assert torch.allclose(other[1].weights, layer[1].weights + 1.0)


def test_a_module_in_double_precision_has_weights_in_it():
    layer = made().double()

    assert layer(data(3, dtype=torch.float64)).dtype == torch.float64
    assert layer.weights.dtype == torch.float64


# Derivatives ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "method", "tolerance"),
    [
        ("local", "best", 1e-6),
        ("local", "backprop", 1e-6),
        ("local", "adjoint", 1e-6),
        ("local", "parameter-shift", 1e-6),
        ("local", "finite-diff", 1e-5),
        ("local?shots=4000&seed=5", "parameter-shift", None),
        ("qiskit:aer?shots=4000&seed=5", "parameter-shift", None),
        ("braket:local", "parameter-shift", 1e-6),
    ],
)
def test_derivatives_are_those_of_the_closed_form(device, method, tolerance):
    layer, inputs = made(device, diff_method=method), data(3).requires_grad_()
    if tolerance is None:  # a derivative is a sum of at most 3 differences of means, halved
        tolerance = 5 * (3 / 2 / 4000) ** 0.5

    layer(inputs).sum().backward()
    weights, at_inputs = layer.weights.grad, inputs.grad
    wanted = torch.autograd.grad(expected(inputs, layer).sum(), [layer.weights, inputs])

    assert torch.allclose(weights, wanted[0], atol=tolerance)
    assert torch.allclose(at_inputs, wanted[1], atol=tolerance)


@pytest.mark.parametrize(
    ("frozen", "of_data", "circuits"),
    [((), False, 1 + 2 * 4), (("weights",), False, 1 + 2 * 1), ((), True, 1 + 2 * 4)],
)
def test_nothing_is_spent_on_derivatives_that_nobody_needs(frozen, of_data, circuits):
    def circuit(inputs, weights, shift):
        qg.RX(inputs[..., 0], 0)
        for angle in (*weights, shift):
            qg.RX(angle, 0)
        return qg.expval(qg.Z(0))

    layer = made(function=circuit, shapes={"weights": 3, "shift": 1}, diff_method="parameter-shift")
    for name in frozen:
        layer.qnode_weights[name].requires_grad_(False)
    inputs = data(5).requires_grad_(of_data)

    with qg.Tracker() as tracker:
        layer(inputs).sum().backward()

    assert tracker.totals["executions"] == 5 * (circuits + 2 * of_data)


def test_torch_func_takes_derivatives_of_the_layer():
    layer, inputs = made(), data(3)
    weights = layer.weights.detach()

    def through_the_layer(weights):
        parameters = {"weights": weights, "shift": layer.shift}
        return torch.func.functional_call(layer, parameters, (inputs,))

    def in_closed_form(weights):
        shift = torch.stack([torch.zeros(()), layer.shift])
        return torch.cos(inputs + weights + shift)

    found = torch.func.jacrev(through_the_layer)(weights)

    assert torch.allclose(found, torch.func.jacrev(in_closed_form)(weights), atol=1e-6)


# Training -------------------------------------------------------------------------------


def test_a_hybrid_network_is_trained_from_a_data_loader():
    torch.manual_seed(3)
    inputs = torch.rand(20, 2)
    targets = (inputs[:, :1] * inputs[:, 1:]).sqrt()
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(inputs, targets), batch_size=6, shuffle=True
    )
    network = torch.nn.Sequential(torch.nn.Linear(2, 2), made(), torch.nn.Linear(2, 1))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.1)
    losses = []

    for _ in range(15):
        for rows, wanted in loader:  # the last batch has 2 rows
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(network(rows), wanted)
            loss.backward()
            optimizer.step()
        losses.append(torch.nn.functional.mse_loss(network(inputs), targets).item())

    assert losses[-1] < 0.01 < losses[0]


@pytest.mark.parametrize("method", ["adjoint", "parameter-shift"])
def test_a_compiled_module_gives_the_same_values_and_derivatives(method):
    layer = made(diff_method=method)
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    inputs = data(4, 3)

    output = compiled(inputs)
    output.sum().backward()
    (wanted,) = torch.autograd.grad(expected(inputs, layer).sum(), [layer.weights])

    assert torch.allclose(output, expected(inputs, layer), atol=1e-6)
    assert torch.allclose(layer.weights.grad, wanted, atol=1e-5)


@pytest.mark.parametrize("method", ["adjoint", "parameter-shift", "backprop"])
def test_a_module_is_compiled_once_for_all_numbers_of_rows(method):
    torch.compiler.reset()
    layer, frames = made(diff_method=method), CompileCounterWithBackend("aot_eager")
    compiled = torch.compile(layer, fullgraph=True, backend=frames)

    for rows in (4, 3, 6, 5):
        inputs = data(rows)
        layer.zero_grad()
        output = compiled(inputs)
        output.sum().backward()
        (wanted,) = torch.autograd.grad(expected(inputs, layer).sum(), [layer.weights])

        assert torch.allclose(output, expected(inputs, layer), atol=1e-6)
        assert torch.allclose(layer.weights.grad, wanted, atol=1e-5)

    assert frames.frame_count == 2  # one compilation for the first length, one for all others


def test_a_module_can_be_compiled_for_each_number_of_rows():
    layer = made(diff_method="adjoint")
    compiled = torch.compile(layer, fullgraph=True, dynamic=False, backend="aot_eager")

    for rows in (4, 3, 1):
        output = compiled(data(rows))

        assert torch.allclose(output, expected(data(rows), layer), atol=1e-6)


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift"])
def test_a_module_that_prepares_states_of_the_data_can_be_compiled_for_several_lengths(method):
    torch.compiler.reset()

    @qg.qnode("local", diff_method=method)
    def circuit(inputs, angle):
        qg.AmplitudeEmbedding(inputs, wires=[0, 1], pad_with=0.5, normalize=True)
        qg.RX(angle, wires=0)
        return qg.expval(qg.Y(0)), qg.probs(wires=1)

    layer = qg.qnn.TorchLayer(circuit, {"angle": ()})
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")

    for rows in (3, 2, 1, 4):
        inputs = torch.rand(rows, 3, generator=torch.Generator().manual_seed(rows))
        found, wanted = (
            (module(inputs), torch.autograd.grad(module(inputs).sum(), [layer.angle]))
            for module in (compiled, layer)
        )
        torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-6)


# The QNode ------------------------------------------------------------------------------


def test_what_the_module_lacks_is_looked_up_in_the_qnode():
    layer = made(diff_method="adjoint")
    layer(data(3))

    assert layer.device is layer.qnode.device
    assert layer.diff_method == "adjoint"
    assert layer.tape is layer.qnode.tape
    assert layer.tape.batch_size == 3
    with pytest.raises(AttributeError, match="colour"):
        _ = layer.colour


def test_a_tape_is_constructed_without_running_it():
    layer = made()

    with qg.Tracker() as tracker:
        tape = layer.construct((data(3),), {})

    assert tape is layer.qnode.tape
    assert tape.batch_size == 3
    assert tracker.totals["submissions"] == 0


def test_another_interface_is_replaced():
    qnode = qg.QNode(rotations, "local", interface="autograd")
    layer = TorchLayer(qnode, SHAPES)

    assert torch.allclose(layer(data(2)), expected(data(2), layer), atol=1e-6)
    assert qnode.interface == "autograd"


def test_the_argument_for_the_data_may_be_named_otherwise():
    class Layer(TorchLayer):
        pass

    Layer.set_input_argument("x")
    layer = Layer(qg.QNode(lambda x, w: rotations(x, w, 0.0), "local"), {"w": 2})
    Layer.set_input_argument("y")

    assert layer(data(3)).shape == (3, 2)
    assert TorchLayer.input_arg == "inputs"


def test_the_representation_says_what_it_is_made_of():
    layer = made(diff_method="adjoint")

    assert repr(layer) == (
        "TorchLayer(rotations(inputs, weights=(2,), shift=()), device='local', "
        "diff_method='adjoint')"
    )


# Wrong use ------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [2, 5])
def test_a_function_that_takes_features_for_rows_is_refused_before_it_runs(rows):
    def circuit(inputs, w):
        qg.RX(inputs[0], 0)
        qg.RX(w, 0)
        return qg.expval(qg.Z(0))

    layer = made(function=circuit, shapes={"w": 1})

    with qg.Tracker() as tracker, pytest.raises(InvalidLayer, match=r"inputs\[\.\.\., 0\]"):
        layer(data(rows))

    assert tracker.totals["submissions"] == 0


def test_samples_are_refused_before_they_are_paid():
    def circuit(inputs, w):
        rotations(inputs, w, 0.0)
        return qg.sample(wires=0)

    layer = made("local?shots=10", function=circuit, shapes={"w": 2})

    with qg.Tracker() as tracker, pytest.raises(InvalidLayer, match="it returns samples"):
        layer(data(3))

    assert tracker.totals["submissions"] == 0


def test_a_plain_function_is_refused():
    with pytest.raises(InvalidLayer, match=r"rotations cannot be a layer: it is not bound"):
        TorchLayer(rotations, SHAPES)


# Counts ---------------------------------------------------------------------------------


def test_a_layer_is_counted_with_its_own_weights():
    found = qg.specs(made("local?shots=10"))(data(5))

    assert found.resources.gate_types == {"RX": 4}
    assert found.value.rows == 5
    assert found.gradient.rows == 5 * (2 * 3 + 1)  # the data are not trainable


def test_counts_of_a_layer_take_the_data_alone():
    with pytest.raises(QuantumFunctionError, match="asked for 2 arguments"):
        qg.specs(made())(data(), torch.zeros(2))
