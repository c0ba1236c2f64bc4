"""Each rule against its formula in plain numpy, over 20 steps."""

from __future__ import annotations

import numpy
import pytest
import scipy.linalg

import qgate as qg
from qgate import numpy as np

STEPS = 20
STARTS = ([0.4, -0.7, 1.1],), ([0.4, -0.7], 1.1)


@qg.qnode("local")
def together(x):
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=0)
    qg.RX(x[2], wires=1)
    return qg.expval(qg.Z(0) + 0.5 * qg.Z(1))


@qg.qnode("local")
def apart(x, y):
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=0)
    qg.RX(y, wires=1)
    return qg.expval(qg.Z(0) + 0.5 * qg.Z(1))


def value(x):
    return numpy.cos(x[0]) * numpy.cos(x[1]) + 0.5 * numpy.cos(x[2])


def slope(x):
    first = -numpy.sin(x[0]) * numpy.cos(x[1])
    second = -numpy.cos(x[0]) * numpy.sin(x[1])
    return numpy.array([first, second, -0.5 * numpy.sin(x[2])])


def gradient_descent(x, n=0.05):
    for _ in range(STEPS):
        x = x - n * slope(x)
        yield x


def heavy_ball(x, n=0.05, m=0.8):
    a = numpy.zeros(3)
    for _ in range(STEPS):
        a = m * a + n * slope(x)
        x = x - a
        yield x


def nesterov(x, n=0.05, m=0.8):
    a = numpy.zeros(3)
    for _ in range(STEPS):
        a = m * a + n * slope(x - m * a)
        x = x - a
        yield x


def adagrad(x, n=0.05, eps=1e-3):
    a = numpy.zeros(3)
    for _ in range(STEPS):
        g = slope(x)
        a = a + g**2
        x = x - n * g / numpy.sqrt(a + eps)
        yield x


def rms_prop(x, n=0.05, decay=0.7, eps=1e-3):
    a = numpy.zeros(3)
    for _ in range(STEPS):
        g = slope(x)
        a = decay * a + (1 - decay) * g**2
        x = x - n * g / numpy.sqrt(a + eps)
        yield x


def adam(x, n=0.05, beta1=0.8, beta2=0.95, eps=1e-3):
    m, v = numpy.zeros(3), numpy.zeros(3)
    for t in range(1, STEPS + 1):
        g = slope(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        rate = n * numpy.sqrt(1 - beta2**t) / (1 - beta1**t)
        x = x - rate * m / (numpy.sqrt(v) + eps)
        yield x


def metric(x):
    """Of RX, RY on one wire and RX on another: the variances of X, Y and X, over 4."""
    return numpy.diag([0.25, 0.25 * numpy.cos(x[0]) ** 2, 0.25])


def natural(x, n=0.05, lam=0.1):
    for _ in range(STEPS):
        x = x - n * numpy.linalg.inv(metric(x) + lam * numpy.eye(3)) @ slope(x)
        yield x


def natural_momentum(x, n=0.05, m=0.8, lam=0.1):
    a = numpy.zeros(3)
    for _ in range(STEPS):
        a = m * a + n * numpy.linalg.inv(metric(x) + lam * numpy.eye(3)) @ slope(x)
        x = x - a
        yield x


def spsa(x, seed=7, c=0.1, alpha=0.6, gamma=0.1, A=5, a=0.3):
    random = numpy.random.default_rng(seed)
    for k in range(1, STEPS + 1):
        delta = random.choice([-1.0, 1.0], size=3)
        c_k = c / k**gamma
        g = (value(x + c_k * delta) - value(x - c_k * delta)) / (2 * c_k * delta)
        x = x - a / (A + k) ** alpha * g
        yield x


X, Y = numpy.array([[0, 1], [1, 0]]), numpy.array([[0, -1j], [1j, 0]])


def rotation(angle, axis):
    return scipy.linalg.expm(-0.5j * angle * axis)


def state(x):
    """The product state that RX, RY and RX prepare."""
    return numpy.kron((rotation(x[1], Y) @ rotation(x[0], X))[:, 0], rotation(x[2], X)[:, 0])


def overlap(x, y):
    return abs(numpy.vdot(state(y), state(x))) ** 2


def qnspsa(x, seed=7, n=0.05, beta=0.1, eps=0.1, history=3):
    random = numpy.random.default_rng(seed)
    G, losses = numpy.eye(3), []
    for k in range(1, STEPS + 1):
        h, h1, h2 = (random.choice([-1.0, 1.0], size=3) for _ in range(3))
        g = (value(x + eps * h) - value(x - eps * h)) / (2 * eps) * h
        df = overlap(x, x + eps * (h1 + h2)) - overlap(x, x + eps * h1)
        df += overlap(x, x - eps * h1) - overlap(x, x + eps * (h2 - h1))
        raw = -df / (8 * eps**2) * (numpy.outer(h1, h2) + numpy.outer(h2, h1))
        G = k / (k + 1) * G + raw / (k + 1)
        G = (scipy.linalg.sqrtm(G @ G).real + beta * numpy.eye(3)) / (1 + beta)
        after = x - n * numpy.linalg.solve(G, g)
        losses = [*losses, value(x)][-history:]
        if value(after) <= value(x) + 2 * numpy.std(losses):
            x = after
        yield x


CASES = {
    "gradient descent": (qg.GradientDescentOptimizer(0.05), gradient_descent),
    "momentum": (qg.MomentumOptimizer(0.05, 0.8), heavy_ball),
    "Nesterov": (qg.NesterovMomentumOptimizer(0.05, 0.8), nesterov),
    "Adagrad": (qg.AdagradOptimizer(0.05, 1e-3), adagrad),
    "RMSProp": (qg.RMSPropOptimizer(0.05, 0.7, 1e-3), rms_prop),
    "Adam": (qg.AdamOptimizer(0.05, 0.8, 0.95, 1e-3), adam),
    "QNG": (qg.QNGOptimizer(0.05, lam=0.1), natural),
    "momentum QNG": (qg.MomentumQNGOptimizer(0.05, 0.8, lam=0.1), natural_momentum),
    "SPSA": (qg.SPSAOptimizer(c=0.1, alpha=0.6, gamma=0.1, A=5, a=0.3, seed=7), spsa),
    "QNSPSA": (qg.QNSPSAOptimizer(0.05, 0.1, 0.1, history_length=3, seed=7), qnspsa),
}


@pytest.mark.parametrize("start", STARTS, ids=["one argument", "several"])
@pytest.mark.parametrize("name", CASES)
def test_a_rule_agrees_with_its_formula(name, start):
    optimizer, formula = CASES[name]
    optimizer.reset()
    args = [np.array(part, requires_grad=True) for part in start]
    objective = together if len(args) == 1 else apart
    expected = formula(numpy.concatenate([numpy.ravel(part) for part in start]))

    for point in expected:
        before = numpy.concatenate([numpy.ravel(arg) for arg in args])
        found, cost = optimizer.step_and_cost(objective, *args)
        args = [found] if len(args) == 1 else found

        flat = numpy.concatenate([numpy.ravel(arg) for arg in args])
        assert flat == pytest.approx(point, abs=1e-7)
        assert cost == pytest.approx(value(before), abs=1e-9)


COUPLED = 0.7 * qg.X(0) + 0.4 * qg.Z(1) + 0.5 * qg.Y(0) @ qg.Z(1) + 0.3 * qg.X(1)
AXES = {qg.RX: X, qg.RY: Y, qg.RZ: numpy.diag([1, -1])}


def coupled(x, axes=(X, Y, X)):
    """The mean of COUPLED after rotations of the first wire, the first and the second, and CNOT."""
    first = rotation(x[1], axes[1]) @ rotation(x[0], axes[0])
    psi = numpy.kron(first[:, 0], rotation(x[2], axes[2])[:, 0])[[0, 1, 3, 2]]
    return (psi.conj() @ qg.matrix(COUPLED, wire_order=[0, 1]) @ psi).real


def least(line):
    """Return the minimum in (-pi, pi] of a function A sin(t + B) + C, and its value."""
    middle, plus, minus = line(0.0), line(numpy.pi / 2), line(-numpy.pi / 2)
    turn = -numpy.pi / 2 - numpy.arctan2(2 * middle - plus - minus, plus - minus)
    offset = (plus + minus) / 2
    return turn, offset - numpy.hypot(plus - offset, middle - offset)


@pytest.mark.parametrize("start", STARTS, ids=["one argument", "several"])
def test_rotosolve_agrees_with_the_closed_form(start):
    def rotated(x):
        for angle, gate, wire in zip(x, (qg.RX, qg.RY, qg.RX), (0, 0, 1), strict=True):
            gate(angle, wires=wire)
        qg.CNOT(wires=[0, 1])
        return qg.expval(COUPLED)

    @qg.qnode("local")
    def one(x):
        return rotated(x)

    @qg.qnode("local")
    def two(x, y):
        return rotated([x[0], x[1], y])

    args = [np.array(part, requires_grad=True) for part in start]
    point = numpy.concatenate([numpy.ravel(part) for part in start])
    objective = one if len(args) == 1 else two
    named = {"x": {(at,): 1 for at in range(len(start[0]))}, "y": {(): 1}}

    for _ in range(STEPS):
        before = point.copy()
        for at in range(3):
            point[at] += least(lambda t, at=at: coupled(point + t * numpy.eye(3)[at]))[0]
        found, cost = qg.RotosolveOptimizer().step_and_cost(
            objective, *args, nums_frequency={name: named[name] for name in ("x", "y")[: len(args)]}
        )
        args = [found] if len(args) == 1 else found

        flat = numpy.concatenate([numpy.ravel(arg) for arg in args])
        assert numpy.exp(1j * flat) == pytest.approx(numpy.exp(1j * point), abs=1e-7)
        assert cost == pytest.approx(coupled(before), abs=1e-9)


def test_rotoselect_agrees_with_the_closed_form():
    @qg.qnode("local")
    def circuit(x, generators=None):
        for angle, generator, wire in zip(x, generators, (0, 0, 1), strict=True):
            generator(angle, wires=wire)
        qg.CNOT(wires=[0, 1])
        return qg.expval(COUPLED)

    x, generators = np.array([0.4, -0.7, 1.1]), [qg.RX, qg.RY, qg.RX]
    point, axes = numpy.array(x), [X, Y, X]

    for _ in range(STEPS):
        expected = coupled(point, axes)
        for at in range(3):
            found = []
            for axis in AXES.values():
                tried = [*axes[:at], axis, *axes[at + 1 :]]
                zeroed = numpy.where(numpy.arange(3) == at, 0.0, point)
                line = lambda t, tried=tried, zeroed=zeroed, at=at: coupled(  # noqa: E731
                    zeroed + t * numpy.eye(3)[at], tried
                )
                turn, value = least(line)
                found.append((value, turn, tried))
            _, point[at], axes = min(found, key=lambda each: each[0])
        x, generators, cost = qg.RotoselectOptimizer().step_and_cost(circuit, x, generators)

        assert cost == pytest.approx(expected, abs=1e-9)
        assert float(circuit(x, generators)) == pytest.approx(coupled(point, axes), abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_a_step_without_the_value_goes_to_the_same_point(name):
    optimizer, _ = CASES[name]
    x = np.array(STARTS[0][0], requires_grad=True)

    optimizer.reset()
    valued = [x := optimizer.step_and_cost(together, x)[0] for _ in range(3)]
    x = np.array(STARTS[0][0], requires_grad=True)
    optimizer.reset()
    alone = [x := optimizer.step(together, x) for _ in range(3)]

    assert all(map(numpy.array_equal, valued, alone))


@pytest.mark.parametrize("name", [name for name in CASES if "SPSA" not in name])
def test_a_rule_takes_its_gradient_from_grad_fn(name):
    optimizer, formula = CASES[name]
    optimizer.reset()
    options = {"metric_tensor_fn": lambda x: metric(x)} if "QNG" in name else {}
    x = np.array(STARTS[0][0], requires_grad=True)

    for point in formula(numpy.array(STARTS[0][0])):
        x = optimizer.step(value, x, grad_fn=lambda x: (slope(x),), **options)

        assert numpy.array(x) == pytest.approx(point, abs=1e-9)


def test_the_defaults_are_those_of_pennylane():
    assert qg.GradientDescentOptimizer().stepsize == 0.01
    assert vars_of(qg.MomentumOptimizer(), "stepsize", "momentum") == (0.01, 0.9)
    assert vars_of(qg.NesterovMomentumOptimizer(), "stepsize", "momentum") == (0.01, 0.9)
    assert vars_of(qg.AdagradOptimizer(), "stepsize", "eps") == (0.01, 1e-8)
    assert vars_of(qg.RMSPropOptimizer(), "stepsize", "decay", "eps") == (0.01, 0.9, 1e-8)
    adam_options = vars_of(qg.AdamOptimizer(), "stepsize", "beta1", "beta2", "eps")
    assert adam_options == (0.01, 0.9, 0.99, 1e-8)
    assert vars_of(qg.QNGOptimizer(), "stepsize", "approx", "lam") == (0.01, "block-diag", 0)
    assert qg.MomentumQNGOptimizer().momentum == 0.9
    spsa_options = vars_of(qg.SPSAOptimizer(maxiter=100), "A", "a", "c", "alpha", "gamma")
    assert spsa_options == (10.0, 0.05 * 11**0.602, 0.2, 0.602, 0.101)
    assert vars_of(qg.QNSPSAOptimizer(), "stepsize", "reg", "finite_diff_step") == (
        1e-3,
        1e-3,
        1e-2,
    )
    adaptive = qg.ShotAdaptiveOptimizer(min_shots=10)
    assert vars_of(adaptive, "term_sampling", "mu", "b", "stepsize") == (None, 0.99, 1e-6, 0.07)
    assert vars_of(qg.AdaptiveOptimizer(), "param_steps", "stepsize") == (10, 0.5)


def vars_of(optimizer, *names):
    return tuple(getattr(optimizer, name) for name in names)
