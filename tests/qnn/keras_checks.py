"""``KerasLayer`` on the backend that ``KERAS_BACKEND`` names; see ``test_keras.py``."""

from __future__ import annotations

import copy
import pickle
import re

import keras
import numpy as np
import pytest

import qgate as qg
from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.exceptions import CircuitNotFound, InvalidLayer, JobFailed
from qgate.qnn.keras import KerasLayer

# Warnings of Keras and of torch's compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning"),
]

BACKEND = keras.backend.backend()
SHAPES = {"weights": 2, "shift": 1}
EAGER = BACKEND == "tensorflow"


@qg.qnode("local?wires=2", diff_method="parameter-shift")
def rotations(inputs, weights, shift):
    """⟨Z⟩ of two wires: the cosines of inputs + weights, the second one shifted."""
    qg.AngleEmbedding(inputs, wires=range(2))
    qg.RX(weights[0], 0)
    qg.RX(weights[1] + shift, 1)
    return qg.expval(qg.Z(0)), qg.expval(qg.Z(1))


def expected(inputs, layer):
    """The same in closed form."""
    weights, shift = (np.asarray(numbers, dtype=float) for numbers in layer.get_weights())
    return np.cos(inputs + weights + np.array([0.0, shift]))


def made(qnode=rotations, shapes=SHAPES, output_dim=2, **options):
    keras.utils.set_random_seed(1)
    return KerasLayer(qnode, shapes, output_dim, **options)


def data(*shape):
    return np.random.default_rng(2).random((*shape, 2)).astype(np.float32)


def numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


# Values ---------------------------------------------------------------------------------


def test_the_public_name_is_the_class():
    assert qg.qnn.KerasLayer is KerasLayer


@pytest.mark.parametrize("leading", [(1,), (2,), (5,), (2, 3), (2, 1, 3)])
def test_leading_axes_are_kept(leading):
    layer, inputs = made(), data(*leading)

    output = numpy(layer(inputs))

    assert np.allclose(output, expected(inputs, layer), atol=1e-6)


def test_all_rows_are_one_submission():
    layer = made()

    with qg.Tracker() as tracker:
        layer(data(4, 3))

    assert tracker.totals["submissions"] == 1


@pytest.mark.parametrize("output_dim", [2, (2,), (2, 1), (1, 2)])
def test_the_output_has_the_shape_that_was_named(output_dim):
    layer = made(output_dim=output_dim)

    output = layer(data(3))

    assert tuple(output.shape) == (3, *np.atleast_1d(output_dim))
    assert layer.compute_output_shape((None, 2)) == (None, *np.atleast_1d(output_dim))


@pytest.mark.parametrize(("output_dim", "shape"), [(1, (3, 1)), ((), (3,))])
def test_one_number_has_an_axis_or_none(output_dim, shape):
    @qg.qnode("local")
    def circuit(inputs, w):
        qg.RX(inputs[..., 0] + w, 0)
        return qg.expval(qg.Z(0))

    assert tuple(made(circuit, {"w": 1}, output_dim)(data(3)).shape) == shape


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_only_the_output_is_in_the_precision_of_the_policy(policy):
    layer, inputs = made(dtype=policy), data(5)

    output = layer(inputs)

    assert keras.backend.standardize_dtype(output.dtype) == policy.removeprefix("mixed_")
    assert {weight.dtype for weight in layer.weights} == {"float32"}
    rounded = keras.ops.cast(expected(inputs, layer).astype(np.float32), output.dtype)
    assert np.allclose(*(numpy(keras.ops.cast(x, "float32")) for x in (output, rounded)), atol=4e-3)


# Models ---------------------------------------------------------------------------------


def test_building_a_model_runs_no_circuit():
    with qg.Tracker() as tracker:
        sequence = keras.Sequential([keras.layers.Dense(2), made(), keras.layers.Dense(3)])
        sequence.build((None, 7))
        entrance = keras.Input((5, 2))
        model = keras.Model(entrance, made(output_dim=(2, 1))(entrance))

    assert sequence.output_shape == (None, 3)
    assert model.output_shape == (None, 5, 2, 1)
    assert tracker.totals["submissions"] == 0


def test_a_functional_model_predicts():
    entrance = keras.Input((2,))
    layer = made()
    model = keras.Model(entrance, layer(entrance))
    model.compile(run_eagerly=EAGER)

    output = model.predict(data(5), batch_size=3, verbose=0)

    assert np.allclose(output, expected(data(5), layer), atol=1e-6)


def trained(run_eagerly, **options):
    """Fit a hybrid model to a product of its data, 22 rows in batches of 8; return losses."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.layers.Dense(2), made(**options), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse", run_eagerly=run_eagerly)
    inputs = np.random.default_rng(4).random((22, 2)).astype(np.float32)
    targets = np.sqrt(inputs[:, :1] * inputs[:, 1:])
    return model.fit(inputs, targets, batch_size=8, epochs=15, verbose=0).history["loss"]


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_a_hybrid_model_is_fitted(run_eagerly):
    losses = trained(run_eagerly)

    assert losses[-1] < 0.01 < losses[0]


def test_a_hybrid_model_is_fitted_in_mixed_precision():
    losses = trained(EAGER, dtype="mixed_bfloat16")

    assert losses[-1] < 0.02 < losses[0]


def test_data_are_embedded_as_amplitudes_in_batches_the_last_of_which_is_smaller():
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(inputs, weights):
        qg.AmplitudeEmbedding(inputs, wires=range(2), pad_with=0.5, normalize=True)
        qg.BasicEntanglerLayers(weights, wires=range(2))
        return qg.expval(qg.Z(0))

    layer = made(circuit, {"weights": (1, 2)}, 1)
    model = keras.Sequential([keras.layers.Input((3,)), layer])
    model.compile(keras.optimizers.SGD(0.2), "mse")
    inputs = np.random.default_rng(4).normal(size=(5, 3)).astype(np.float32)

    values = model.predict(inputs, batch_size=2, verbose=0)[:, 0]
    losses = model.fit(inputs, -np.ones(5), batch_size=2, epochs=3, verbose=0).history["loss"]

    assert np.allclose(
        values[4], numpy(made(circuit, {"weights": (1, 2)}, 1)(inputs[4])), atol=1e-6
    )
    assert losses[-1] < losses[0]


def test_a_step_of_the_first_layer_spends_nothing_on_derivatives_by_data():
    model = keras.Sequential([made()])
    model.compile("sgd", "mse", run_eagerly=True)

    with qg.Tracker() as tracker:
        model.train_on_batch(data(5), data(5))

    assert tracker.totals["executions"] == 5 * (1 + 2 * 2)  # two trainable angles


# Weights --------------------------------------------------------------------------------


def test_weights_are_made_as_said():
    specs = {
        "weights": {
            "initializer": keras.initializers.Constant(3.0),
            "constraint": keras.constraints.NonNeg(),
            "regularizer": keras.regularizers.L2(0.5),
        },
        "shift": {"initializer": "zeros", "trainable": False},
    }
    layer = made(weight_specs=specs)
    layer.build((None, 2))

    assert layer.qnode_weights["weights"].numpy().tolist() == [3.0, 3.0]
    assert [weight.name for weight in layer.trainable_weights] == ["weights"]
    assert [weight.name for weight in layer.non_trainable_weights] == ["shift"]
    assert float(numpy(layer.losses[0])) == pytest.approx(9.0)


@pytest.mark.parametrize("output_dim", ["2", 0, (2, -1), range(10**12)])
def test_an_output_shape_of_anything_but_a_few_sizes_is_refused(output_dim):
    with pytest.raises(InvalidLayer, match="output_dim is"):
        made(output_dim=output_dim)


def test_specs_of_unknown_weights_are_refused():
    with pytest.raises(InvalidLayer, match="'weight', which is not a weight"):
        made(weight_specs={"weight": {}})


@pytest.mark.parametrize("specs", [3, "weights", {"weights": 3}, np.ones(2), [["local"]]])
def test_specs_that_are_no_dicts_are_refused(specs):
    with pytest.raises(InvalidLayer, match="weight_specs is"):
        made(weight_specs=specs)


def test_unknown_specs_of_mixed_kinds_are_refused():
    with pytest.raises(InvalidLayer, match="which is not a weight"):
        made(weight_specs={0: {}, "weight": {}})


def test_data_without_axes_are_refused():
    with pytest.raises(InvalidLayer, match="Give an array of the backend"):
        made()(keras.ops.convert_to_tensor(0.1))


# Saving ---------------------------------------------------------------------------------


def saved(tmp_path, layer, name="model.keras"):
    """Save a model of one layer; return its file and its predictions."""
    model = keras.Sequential([keras.Input((2,)), layer])
    model.save(tmp_path / name)
    return tmp_path / name, numpy(layer(data(4)))


def same(model, values):
    return np.allclose(numpy(model.layers[-1](data(4))), values, atol=1e-6)


def test_a_model_is_saved_and_loaded_with_its_function(tmp_path):
    layer = made(weight_specs={"weights": {"initializer": keras.initializers.Constant(3.0)}})
    file, values = saved(tmp_path, layer)

    model = keras.models.load_model(file)
    loaded = model.layers[-1]

    assert same(model, values)
    assert loaded.qnode.func is rotations.func
    assert loaded.qnode.diff_method == "parameter-shift"
    assert loaded.qnode.device.config == "local:statevector?wires=2"
    assert loaded.weight_specs["weights"]["initializer"].value == 3.0


def test_a_function_without_a_name_is_given_when_a_model_is_loaded(tmp_path):
    qnode = qg.QNode(lambda inputs, weights, shift: rotations.func(inputs, weights, shift), "local")
    file, values = saved(tmp_path, made(qnode, name="quantum"))

    with pytest.raises(CircuitNotFound, match=r"has no name.*under the key '<lambda>'"):
        keras.models.load_model(file)
    for objects in ({"quantum": qnode}, {"<lambda>": qnode}, {"<lambda>": qnode.func}):
        assert same(keras.models.load_model(file, custom_objects=objects), values)


def test_a_function_given_when_a_model_is_loaded_runs_on_the_saved_device(tmp_path):
    file, _ = saved(tmp_path, made(qg.QNode(rotations.func, "local?wires=2&seed=4&shots=10")))

    model = keras.models.load_model(file, custom_objects={"rotations": rotations.func})
    device = model.layers[-1].qnode.device

    assert device.config == "local:statevector?wires=2&seed=4&shots=10"
    assert model.layers[-1].qnode.shots.total_shots == 10


def test_a_device_that_no_string_makes_is_given_when_a_model_is_loaded(tmp_path):
    qnode = rotations.update(device=qg.device("local", wires=["a", 0, 1]))
    file, values = saved(tmp_path, made(qnode))

    with pytest.raises(CircuitNotFound, match="device was not made from a string"):
        keras.models.load_model(file)
    assert same(keras.models.load_model(file, custom_objects={"rotations": qnode}), values)


def pickled(value):
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("copied", [pickled, copy.deepcopy])
@pytest.mark.parametrize("built", [False, True])
def test_a_layer_is_copied_with_its_weights(copied, built):
    layer = made()
    if built:
        layer(data(1))

    again = copied(layer)

    if built:
        assert np.allclose(numpy(again(data(3))), numpy(layer(data(3))), atol=1e-6)
    else:
        assert numpy(again(data(3))).shape == (3, 2)


def test_a_pickled_model_goes_on_training_where_it_was():
    model = keras.Sequential([keras.layers.Dense(2), made(), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse", run_eagerly=EAGER)
    inputs, goals = data(4), np.ones((4, 1))
    model.fit(inputs, goals, epochs=2, verbose=0)

    again = pickled(model)
    for each in (model, again):
        each.fit(inputs, goals, epochs=1, shuffle=False, verbose=0)

    for weight, other in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.allclose(weight, other, atol=1e-6)


def test_a_layer_is_made_of_its_configuration_and_a_qnode():
    layer = made()
    layer.build((None, 2))

    other = KerasLayer.from_config(layer.get_config(), qnode=rotations)
    other.build((None, 2))
    other.set_weights(layer.get_weights())

    assert other.qnode is rotations
    assert np.allclose(numpy(other(data(3))), numpy(layer(data(3))))


# Compiling ------------------------------------------------------------------------------

if BACKEND == "tensorflow":

    def test_keras_does_not_compile_a_model_that_xla_cannot():
        model = keras.Sequential([keras.Input((2,)), made()])

        with pytest.warns(UserWarning, match="doesn't support `jit_compile=True`"):
            model.compile(jit_compile=True)

        assert model.jit_compile is False

    def test_a_function_of_ones_own_that_xla_cannot_compile_is_refused_before_it_runs():
        import tensorflow as tf

        layer = made()
        layer.build((None, 2))

        with (
            qg.Tracker() as tracker,
            pytest.raises(InvalidLayer, match=r"XLA \(jit_compile=True\)"),
        ):
            tf.function(layer, autograph=False, jit_compile=True)(tf.constant(data(4)))

        assert tracker.totals["submissions"] == 0

else:

    def test_a_model_is_compiled():
        layer = made()
        model = keras.Sequential([keras.Input((2,)), layer])
        model.compile(jit_compile=True)

        output = model.predict(data(8), batch_size=4, verbose=0)

        assert np.allclose(output, expected(data(8), layer), atol=1e-6)


# Wrong use ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qnode", "options", "text"),
    [
        (rotations, {"output_dim": 3}, r"output_dim=\(3,\) is 3 numbers.*returns 2"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_run(qnode, options, text):
    layer = made(qnode, **options)

    with qg.Tracker() as tracker, pytest.raises(qg.exceptions.QGateError, match=text):
        layer(data(4))

    assert tracker.totals["submissions"] == 0


@pytest.mark.parametrize("rows", [2, 5])
def test_a_function_that_takes_features_for_rows_is_refused(rows):
    @qg.qnode("local")
    def circuit(inputs, w):
        qg.RX(inputs[0], 0)
        qg.RX(w, 0)
        return qg.expval(qg.Z(0))

    layer = made(circuit, {"w": 1}, 1)

    with pytest.raises(InvalidLayer, match=re.escape("inputs[..., 0]")):
        layer(data(rows))


@pytest.mark.parametrize("output_dim", [0, "2", (2, 0)])
def test_an_output_without_a_shape_is_refused(output_dim):
    with pytest.raises(InvalidLayer, match="output_dim is"):
        made(output_dim=output_dim)


def test_a_vector_of_shots_is_refused():
    with pytest.raises(InvalidLayer, match="its shots are the vector"):
        made(rotations.with_shots([10, 20]))


def test_another_interface_is_replaced():
    layer = made(rotations.update(interface="autograd"))

    assert np.allclose(numpy(layer(data(3))), expected(data(3), layer), atol=1e-6)


def test_the_argument_for_the_data_may_be_named_otherwise():
    class Layer(KerasLayer):
        pass

    Layer.set_input_argument("x")
    layer = Layer(qg.QNode(lambda x, w: rotations.func(x, w, 0.0), "local"), {"w": 2}, 2)

    assert tuple(layer(data(3)).shape) == (3, 2)
    assert KerasLayer.input_arg == "inputs"


# Errors of devices ------------------------------------------------------------------------


class Failing(Device):
    """A device whose jobs fail."""

    capabilities = Capabilities(gates=frozenset({"RX"}), exact=frozenset({"probs"}))
    name = "failing"

    def submit(self, sweeps):
        error = JobFailed(device=self.name, job="job-7", reason="the cryostat is warm")
        raise error from OSError("503")


def failing_layer():
    return made(rotations.update(device=Failing()))


def failing_model(**options):
    model = keras.Sequential([keras.Input((2,)), failing_layer()])
    model.compile("sgd", "mse", **options)
    return model


def test_a_call_raises_the_error_of_the_device_as_it_is():
    with pytest.raises(JobFailed) as raised:
        failing_layer()(data(3))

    assert (raised.value.job, raised.value.device) == ("job-7", "failing")


@pytest.mark.parametrize("method", ["fit", "predict", "evaluate", "train_on_batch"])
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_a_model_raises_the_error_of_the_device_as_it_is(method, run_eagerly):
    model, inputs = failing_model(run_eagerly=run_eagerly), data(8)
    arguments = (inputs,) if method == "predict" else (inputs, inputs)
    options = {} if method == "train_on_batch" else {"verbose": 0}

    with pytest.raises(JobFailed) as raised, qg.device_errors():
        getattr(model, method)(*arguments, **options)

    assert (raised.value.job, raised.value.device) == ("job-7", "failing")
    if not run_eagerly and BACKEND != "torch":  # Keras drops the cause outside of compiled code
        assert type(raised.value.__cause__).__module__.startswith(BACKEND)
        assert isinstance(raised.value.__cause__.__cause__, OSError)
