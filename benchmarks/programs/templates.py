"""Every template: its state, its gradient by its weights, and the shape of the weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy

from programs.gates import start
from programs.register import Program

Make = Callable[[Any, Any], Any]


def weights(np: Any, *shape: int) -> Any:
    """Return trainable numbers that are all different."""
    count = int(numpy.prod(shape))
    return np.array(numpy.linspace(-0.9, 1.3, count).reshape(shape), requires_grad=True)


def ising(qml: Any) -> Any:
    """Return a Hamiltonian whose terms do not commute."""
    return qml.dot([0.3, 0.7, -0.4], [qml.PauliX(0) @ qml.PauliX(1), qml.PauliZ(0), qml.PauliY(2)])


TRAINED: dict[str, tuple[int, tuple[tuple[int, ...], ...], Callable[..., Any]]] = {
    "AngleEmbedding, X": (3, ((3,),), lambda qml, x: qml.AngleEmbedding(x, wires=range(3))),
    "AngleEmbedding, Z": (3, ((3,),), lambda qml, x: qml.AngleEmbedding(x, range(3), "Z")),
    "ApproxTimeEvolution": (3, ((),), lambda qml, t: qml.ApproxTimeEvolution(ising(qml), t, 3)),
    "ArbitraryStatePreparation": (
        2,
        ((6,),),
        lambda qml, w: qml.ArbitraryStatePreparation(w, wires=range(2)),
    ),
    "ArbitraryUnitary": (2, ((15,),), lambda qml, w: qml.ArbitraryUnitary(w, wires=range(2))),
    "BasicEntanglerLayers": (
        3,
        ((2, 3),),
        lambda qml, w: qml.BasicEntanglerLayers(w, wires=range(3), rotation=qml.RY),
    ),
    "CommutingEvolution": (
        2,
        ((),),
        lambda qml, t: qml.CommutingEvolution(
            qml.dot([1.0, -1.0], [qml.PauliX(0) @ qml.PauliY(1), qml.PauliY(0) @ qml.PauliX(1)]),
            t,
            (2.0, 4.0),
        ),
    ),
    "FermionicDoubleExcitation": (
        5,
        ((),),
        lambda qml, w: qml.FermionicDoubleExcitation(w, wires1=[0, 1], wires2=[2, 3, 4]),
    ),
    "FermionicSingleExcitation": (
        3,
        ((),),
        lambda qml, w: qml.FermionicSingleExcitation(w, wires=[0, 1, 2]),
    ),
    "IQPEmbedding": (3, ((3,),), lambda qml, x: qml.IQPEmbedding(x, range(3), n_repeats=2)),
    "ParticleConservingU1": (
        3,
        ((2, 2, 2),),
        lambda qml, w: qml.ParticleConservingU1(w, range(3), init_state=[1, 0, 1]),
    ),
    "ParticleConservingU2": (
        3,
        ((2, 5),),
        lambda qml, w: qml.ParticleConservingU2(w, range(3), init_state=[1, 0, 1]),
    ),
    "QAOAEmbedding": (
        3,
        ((3,), (2, 6)),
        lambda qml, x, w: qml.QAOAEmbedding(x, w, wires=range(3)),
    ),
    "RandomLayers": (3, ((2, 4),), lambda qml, w: qml.RandomLayers(w, range(3), seed=5)),
    "SimplifiedTwoDesign": (
        3,
        ((3,), (2, 2, 2)),
        lambda qml, first, w: qml.SimplifiedTwoDesign(first, w, wires=range(3)),
    ),
    "StronglyEntanglingLayers": (
        4,
        ((3, 4, 3),),
        lambda qml, w: qml.StronglyEntanglingLayers(w, wires=range(4), imprimitive=qml.CZ),
    ),
    "AllSinglesDoubles": (
        4,
        ((3,),),
        lambda qml, w: qml.AllSinglesDoubles(
            w, range(4), numpy.array([1, 1, 0, 0]), [[0, 2], [1, 3]], [[0, 1, 2, 3]]
        ),
    ),
    "UCCSD": (
        4,
        ((3,),),
        lambda qml, w: qml.UCCSD(
            w,
            range(4),
            s_wires=[[0, 1, 2], [1, 2, 3]],
            d_wires=[[[0, 1], [2, 3]]],
            init_state=numpy.array([1, 1, 0, 0]),
        ),
    ),
    "TrotterProduct": (
        3,
        ((),),
        lambda qml, t: qml.TrotterProduct(ising(qml), time=t, n=2, order=4),
    ),
    "layer": (
        3,
        ((2,),),
        lambda qml, w: qml.layer(lambda angle: qml.MultiRZ(angle, wires=range(3)), 2, w),
    ),
}
"""Wires, shapes of the weights and a function that applies the template."""

UNTRAINED: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "AmplitudeEmbedding": (
        2,
        lambda qml: qml.AmplitudeEmbedding([1.0, 2, 3], range(2), pad_with=0.5, normalize=True),
    ),
    "BasisEmbedding": (3, lambda qml: qml.BasisEmbedding([1, 0, 1], wires=range(3))),
    "BasisState": (3, lambda qml: qml.BasisState([0, 1, 1], wires=range(3))),
    "GroverOperator": (3, lambda qml: qml.GroverOperator(wires=range(3))),
    "MottonenStatePreparation": (
        2,
        lambda qml: qml.MottonenStatePreparation(
            numpy.array([0.1, 0.5j, -0.5, 0.7]), wires=range(2)
        ),
    ),
    "Permute": (4, lambda qml: qml.Permute([2, 0, 3, 1], wires=range(4))),
    "QFT": (3, lambda qml: qml.QFT(wires=range(3))),
    "QuantumPhaseEstimation": (
        4,
        lambda qml: qml.QuantumPhaseEstimation(qml.PhaseShift(0.7, 0), estimation_wires=[1, 2, 3]),
    ),
    "StatePrep": (2, lambda qml: qml.StatePrep(numpy.array([0.1, 0.5j, -0.5, 0.7]), range(2))),
}

SHAPES: dict[str, tuple[Any, ...]] = {
    "AllSinglesDoubles": ([[0, 2], [1, 3]], [[0, 1, 2, 3]]),
    "ArbitraryStatePreparation": (3,),
    "ArbitraryUnitary": (3,),
    "BasicEntanglerLayers": (2, 3),
    "ParticleConservingU1": (2, 3),
    "ParticleConservingU2": (2, 3),
    "QAOAEmbedding": (2, 3),
    "RandomLayers": (2, 3),
    "SimplifiedTwoDesign": (2, 3),
    "StronglyEntanglingLayers": (2, 3),
}
"""Arguments of ``shape``."""

PREPARES = {"AmplitudeEmbedding", "BasisState", "MottonenStatePreparation", "StatePrep"}
PREPARES |= {"BasisEmbedding", "AllSinglesDoubles", "UCCSD", "QuantumPhaseEstimation"}
PREPARES |= {"ArbitraryStatePreparation", "ParticleConservingU1", "ParticleConservingU2"}
"""Templates that begin with a basis state or expect it."""


def trained(name: str, qml: Any, np: Any) -> Any:
    """Return state and gradient."""
    n_wires, shapes, make = TRAINED[name]
    arguments = [weights(np, *shape) for shape in shapes]

    def circuit(*arguments: Any) -> Any:
        if name not in PREPARES:
            start(qml, range(n_wires))
        make(qml, *arguments)

    @qml.qnode(qml.device("default.qubit", wires=n_wires))
    def state(*arguments: Any) -> Any:
        circuit(*arguments)
        return qml.state()

    @qml.qnode(qml.device("default.qubit", wires=n_wires), diff_method="backprop")
    def value(*arguments: Any) -> Any:
        circuit(*arguments)
        return qml.expval(qml.PauliZ(0) @ qml.PauliX(1) + 0.5 * qml.PauliZ(1))

    return state(*arguments), value(*arguments), qml.grad(value)(*arguments)


def untrained(name: str, qml: Any, np: Any) -> Any:
    """Return the state."""
    n_wires, make = UNTRAINED[name]

    @qml.qnode(qml.device("default.qubit", wires=n_wires))
    def state() -> Any:
        if name not in PREPARES:
            start(qml, range(n_wires))
        make(qml)
        return qml.state()

    return state()


def shape(name: str, qml: Any, np: Any) -> Any:
    """Return the shape of the weights."""
    return getattr(qml, name).shape(*SHAPES[name])


TEMPLATES: dict[str, Program] = {
    **{name: partial(trained, name) for name in TRAINED},
    **{name: partial(untrained, name) for name in UNTRAINED},
    **{f"{name}.shape": partial(shape, name) for name in SHAPES},
}
