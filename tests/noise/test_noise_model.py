"""Noise models: maps from conditions to noise functions."""

import pickle

import pytest

import qgate as qg
from qgate.noise import meas_eq, op_eq, op_in, partial_wires, wires_in

FLIPPED = op_eq(qg.X) | op_eq(qg.Y)
HADAMARDS = op_eq("Hadamard") & wires_in([0, 1])
READ = meas_eq(qg.expval) & wires_in([0, 1])


def relaxes(op, **kwargs):
    qg.ThermalRelaxationError(0.4, kwargs["t1"], 0.2, 0.6, op.wires)


def model():
    made = qg.NoiseModel({FLIPPED: relaxes}, {READ: partial_wires(qg.PhaseFlip, 0.2)}, t1=0.4)
    return made + {HADAMARDS: partial_wires(qg.AmplitudeDamping, 0.4)}


def test_its_text_is_that_of_pennylane():
    assert repr(model()) == (
        "NoiseModel({\n"
        "    OpEq(PauliX) | OpEq(PauliY): relaxes\n"
        "    OpEq(Hadamard) & WiresIn([0, 1]): AmplitudeDamping(gamma=0.4)\n"
        "},\n"
        "meas_map = {\n"
        "    MeasEq('ExpectationMP') & WiresIn([0, 1]): PhaseFlip(p=0.2)\n"
        "}, t1 = 0.4)"
    )


def test_noise_follows_the_operations_that_fulfil_a_condition():
    noisy = model()

    relaxed = qg.ThermalRelaxationError(0.4, 0.4, 0.2, 0.6, "a")
    assert noisy.around(qg.X("a")) == [qg.X("a"), relaxed]
    assert noisy.around(qg.H(1)) == [qg.H(1), qg.AmplitudeDamping(0.4, 1)]
    assert noisy.around(qg.H(2)) == [qg.H(2)]
    assert noisy.before(qg.expval(qg.Z(1))) == [qg.PhaseFlip(0.2, 1)]
    assert noisy.before(qg.probs(wires=1)) == []


def test_noise_precedes_an_operation_that_its_function_applies():
    def framed(op, **kwargs):
        qg.Z(op.wires)
        qg.apply(op)
        qg.Y(op.wires)

    noisy = qg.NoiseModel({op_eq(qg.S): partial_wires(qg.T), op_in([qg.S, qg.X]): framed})

    assert noisy.around(qg.S(0)) == [qg.Z(0), qg.S(0), qg.T(0), qg.Y(0)]


def test_nothing_is_recorded_around_it():
    with qg.QuantumTape() as tape:
        model().around(qg.X(0))

    assert tape.operations == [qg.X(0)]


def test_models_are_added_and_subtracted():
    whole, added = model(), {HADAMARDS: partial_wires(qg.AmplitudeDamping, 0.4), "t2": 3}

    assert (whole + added).metadata == {"t1": 0.4, "t2": 3}
    assert list(added) == [HADAMARDS, "t2"]  # PennyLane removes the names from it
    assert whole - added == qg.NoiseModel({FLIPPED: relaxes}, whole.meas_map, t1=0.4)
    assert (whole - {"meas_map": {READ: None}}).meas_map == {}
    assert whole - whole == qg.NoiseModel({})
    assert qg.NoiseModel({}) + whole == whole
    assert whole != qg.NoiseModel({})
    assert whole != qg.NoiseModel(whole.model_map, whole.meas_map, t1=0.5)


def test_it_survives_pickling():
    assert pickle.loads(pickle.dumps(model())) == model()


@pytest.mark.parametrize(
    ("maps", "reason"),
    [
        (({"RX": relaxes},), "it is no BooleanFn"),
        (({FLIPPED: lambda op: None},), "last parameter is"),
        (({FLIPPED: qg.X(0)},), "last parameter is"),
        (({}, {FLIPPED: 3}), "last parameter is"),
        (([FLIPPED],), "it is no dictionary"),
    ],
)
def test_what_is_no_map_is_refused(maps, reason):
    with pytest.raises(qg.exceptions.InvalidNoiseModel, match=reason):
        qg.NoiseModel(*maps)
