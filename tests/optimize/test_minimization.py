"""The training loop: stopping, history and resumption."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from types import SimpleNamespace

import numpy
import pytest
from shop import ShopDevice

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import (
    InvalidOptimizerOption,
    InvalidOptimizerState,
    InvalidParameters,
    NothingTrainable,
    UnsuitableObjective,
)


def wave(x):
    qg.RX(x, wires=0)
    return qg.expval(qg.Z(0))


class Killed(RuntimeError):
    """Simulated end of the process."""


def kill_after(step):
    def callback(minimum):
        if len(minimum.history) == step:
            raise Killed

    return callback


def test_steps_are_those_of_the_optimizer(h2, start):
    circuit, optimizer, args, values = h2.qnode(), qg.MomentumOptimizer(0.1), start, []
    for _ in range(5):
        args, cost = optimizer.step_and_cost(circuit, *args)
        values.append(cost)

    found = qg.minimize(circuit, tuple(start), optimizer=qg.MomentumOptimizer(0.1), steps=5)

    assert all(map(numpy.array_equal, found.x, args))
    assert found.history.values.tolist() == values
    assert (found.value, found.error, found.reason) == (values[-1], 0.0, "steps")


def test_the_default_optimizer_finds_the_ground_state_of_h2(h2, start):
    found = qg.minimize(h2.qnode(), tuple(start), tol=1e-7, steps=300)

    assert found.reason == "tol"
    assert h2.error(*found.x) < 1e-4


@pytest.mark.parametrize("x0", [0.5, numpy.float64(0.5), numpy.array(0.5), np.array(0.5)])
def test_numbers_are_changed_where_nothing_is_marked(x0):
    found = qg.minimize(qg.QNode(wave, "local"), x0, steps=2)

    assert float(found.x) > 0.5


def test_the_history_has_what_each_step_took():
    node = qg.QNode(wave, "local?shots=100&seed=3")

    found = qg.minimize(node, np.array(0.5), optimizer=qg.SPSAOptimizer(maxiter=5), steps=5)

    assert found.history.shots == 5 * 3 * 100
    assert found.history.submissions == 5
    assert found.history.usd == 0
    assert found.history.seconds > 0
    assert [record.step for record in found.history.records] == [1, 2, 3, 4, 5]
    assert numpy.isnan(found.history.errors).all()


def test_a_summary_says_what_it_took():
    node = qg.QNode(wave, "local")

    text = str(qg.minimize(node, np.array(0.5), steps=3))

    assert re.match(r"0\.\d{6} after 3 steps \(steps\), 0 shots, 3 submissions, 0\.00 USD", text)


def test_a_budget_is_not_passed():
    node = qg.QNode(wave, "local?shots=100")

    found = qg.minimize(node, np.array(0.5), budget=1000, steps=50)

    assert found.reason == "budget"
    assert found.history.shots == 900  # a step takes 300


def test_a_budget_of_submissions_is_not_passed():
    node = qg.QNode(wave, "local")

    found = qg.minimize(node, np.array(0.5), budget=qg.Budget(submissions=4), steps=50)

    assert (found.reason, len(found.history)) == ("budget", 4)


def test_tol_stops_where_values_stand_still():
    found = qg.minimize(lambda x: 0.0 * x + 1.0, np.array(0.5), tol=1e-3)

    assert (found.reason, len(found.history)) == ("tol", 10)


def test_tol_knows_the_noise_of_values():
    node = qg.QNode(wave, "local?shots=20&seed=5")

    found = qg.minimize(
        node, np.array(3.0), optimizer=qg.GradientDescentOptimizer(0.05), tol=1e-9, steps=300
    )

    assert found.reason == "tol"
    assert len(found.history) < 100


def estimate_with(error):
    """Return the gradient of a sine, with this standard error."""
    return lambda x: SimpleNamespace(
        value=numpy.cos(x), value_error=error, gradient=-numpy.sin(x), standard_error=error
    )


def test_slopes_that_are_lost_in_noise_stop_it():
    found = qg.minimize(
        numpy.cos,
        np.array(3.0),
        optimizer=qg.GradientDescentOptimizer(0.5),
        estimate=estimate_with(0.01),
        steps=100,
    )

    assert found.reason == "noise"
    assert found.history.records[-3].signal > 3.85 > found.history.records[-1].signal
    assert found.error == 0.01


def test_without_noise_the_slopes_never_stop_it():
    found = qg.minimize(
        numpy.cos,
        np.array(3.0),
        optimizer=qg.GradientDescentOptimizer(0.5),
        estimate=estimate_with(0.0),
        steps=20,
    )

    assert found.reason == "steps"


def test_a_callback_sees_each_step_and_stops_it():
    seen = []

    def callback(minimum):
        seen.append(len(minimum.history))
        return len(seen) == 3

    found = qg.minimize(qg.QNode(wave, "local"), np.array(0.5), callback=callback)

    assert (seen, found.reason) == ([1, 2, 3], "callback")


def test_all_steps_are_inside_of_the_run():
    events = []

    @contextmanager
    def run():
        events.append("open")
        yield
        events.append("closed")

    qg.minimize(
        qg.QNode(wave, "local"),
        np.array(0.5),
        steps=2,
        run=run(),
        callback=lambda minimum: events.append(len(minimum.history)),
    )

    assert events == ["open", 1, 2, "closed"]


MAKERS = {
    "Adam": lambda: qg.AdamOptimizer(0.1),
    "SPSA": lambda: qg.SPSAOptimizer(maxiter=6, seed=4),
    "QNG": lambda: qg.QNGOptimizer(0.1, lam=0.1),
    "ShotAdaptive": lambda: qg.ShotAdaptiveOptimizer(5, "weighted", stepsize=0.3, seed=4),
}


@pytest.mark.parametrize("killed", range(1, 5))
@pytest.mark.parametrize("name", MAKERS)
def test_a_killed_training_goes_on_to_the_same_bits(name, killed, h2, start, tmp_path):
    options = {"steps": 5, "seed": 7}
    x0, path = tuple(start), tmp_path / "run.json"
    expected = qg.minimize(h2.qnode("local?shots=30"), x0, optimizer=MAKERS[name](), **options)

    with pytest.raises(Killed):
        qg.minimize(
            h2.qnode("local?shots=30"),
            x0,
            optimizer=MAKERS[name](),
            checkpoint=path,
            callback=kill_after(killed),
            **options,
        )
    found = qg.minimize(
        h2.qnode("local?shots=30"), x0, optimizer=MAKERS[name](), checkpoint=path, **options
    )

    assert all(map(numpy.array_equal, found.x, expected.x))
    assert found.history.values.tolist() == expected.history.values.tolist()
    assert found.history.shots == expected.history.shots
    assert found.optimizer.to_json() == expected.optimizer.to_json()


def test_a_step_that_was_saved_is_not_taken_again(tmp_path):
    node, path = qg.QNode(wave, "local"), tmp_path / "run.json"
    qg.minimize(node, np.array(0.5), steps=3, checkpoint=path)

    with qg.Tracker(node.device) as tracker:
        found = qg.minimize(node, np.array(0.5), steps=3, checkpoint=path)

    assert tracker.totals["submissions"] == 0
    assert (len(found.history), found.reason) == (3, "steps")
    assert json.loads(path.read_text())["optimizer"] == "AdamOptimizer"


def test_an_ended_training_stays_as_it_is(tmp_path):
    path = tmp_path / "run.json"

    def flat(x):
        return 0.0 * x

    first = qg.minimize(flat, np.array(0.5), tol=1e-3, checkpoint=path)

    second = qg.minimize(flat, np.array(0.5), tol=1e-3, checkpoint=path)

    assert (second.reason, len(second.history)) == ("tol", len(first.history))


def test_options_are_handed_to_each_step(h2):
    optimizer = qg.RotosolveOptimizer()

    found = qg.minimize(
        qg.QNode(wave, "local"),
        np.array(0.5),
        optimizer=optimizer,
        steps=1,
        options={"nums_frequency": {"x": {(): 1}}},
    )

    assert float(found.x) == pytest.approx(numpy.pi)


def test_progress_is_told_on_the_error_stream(capsys):
    qg.minimize(qg.QNode(wave, "local"), np.array(0.5), steps=2, progress=True)

    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("step 1/2: 0.877583, 0 shots, ")
    assert len(lines) == 2


@pytest.mark.parametrize("device", ["local", "local?shots=20"])
def test_a_history_is_drawn(device):
    pytest.importorskip("matplotlib").use("Agg")
    found = qg.minimize(qg.QNode(wave, device), np.array(0.5), steps=4)

    axes = found.plot()

    assert axes.get_xlabel() == ("shots" if "shots" in device else "step")
    assert axes.get_lines()[0].get_ydata().tolist() == found.history.values.tolist()


NODE = qg.QNode(wave, "local")


@pytest.mark.parametrize(
    ("cost", "options", "option"),
    [
        (NODE, {"optimizer": qg.RotoselectOptimizer()}, "optimizer"),
        (NODE, {"optimizer": qg.AdaptiveOptimizer()}, "optimizer"),
        (NODE, {"optimizer": "Adam"}, "optimizer"),
        (NODE, {"steps": -1}, "steps"),
        (NODE, {"tol": 0.0}, "tol"),
        (NODE, {"budget": qg.Budget(usd=20)}, "budget"),
        (numpy.cos, {"seed": 3}, "seed"),
        (NODE, {"optimizer": qg.SPSAOptimizer(maxiter=3), "estimate": abs}, "estimate"),
    ],
)
def test_what_does_not_go_together_is_refused(cost, options, option):
    with pytest.raises(InvalidOptimizerOption) as caught:
        qg.minimize(cost, np.array(0.5), **options)

    assert caught.value.option == option


def test_what_cannot_be_called_is_refused():
    with pytest.raises(UnsuitableObjective, match="cannot be called"):
        qg.minimize(3.0, np.array(0.5))


@pytest.mark.parametrize("option", ["callback", "estimate"])
def test_a_function_with_other_arguments_is_refused(option):
    with pytest.raises(InvalidParameters, match=f"minimize was given {option}="):
        qg.minimize(lambda x: x**2, np.array(0.5), **{option: lambda: None})


def test_nothing_to_change_is_refused():
    with pytest.raises(NothingTrainable, match="minimize has nothing to optimize"):
        qg.minimize(NODE, "start")


def test_the_checkpoint_of_other_numbers_is_refused(tmp_path):
    path = tmp_path / "run.json"
    qg.minimize(NODE, np.array(0.5), steps=1, checkpoint=path)

    with pytest.raises(InvalidOptimizerState, match="2 trainable numbers, and it has 1"):
        qg.minimize(lambda x: x[0], np.ones(2), steps=1, checkpoint=path)


def test_the_state_of_an_optimizer_is_no_checkpoint(tmp_path):
    path = tmp_path / "state.json"
    qg.AdamOptimizer().save(path)

    with pytest.raises(InvalidOptimizerState, match="it has none"):
        qg.minimize(NODE, np.array(0.5), checkpoint=path)


def test_steps_go_along_a_gradient_with_errors_until_it_is_lost_in_noise():
    node = qg.QNode(wave, "local?seed=3", shots=qg.Budget(400), diff_method="parameter-shift")

    found = qg.minimize(
        node,
        np.array(2.0),
        optimizer=qg.GradientDescentOptimizer(0.3),
        estimate=qg.gradient_estimate(node),
        steps=200,
    )

    assert found.reason == "noise"
    assert abs(float(found.x) - numpy.pi) < 0.3
    assert found.history.shots <= 400 * len(found.history)


@pytest.fixture
def shop(tmp_path):
    return lambda: ShopDevice(str(tmp_path / "shop.db"))


def test_a_training_within_a_run_counts_dollars_and_is_bought_once(shop, tmp_path):
    found = []
    for _ in range(2):
        device = shop()
        found.append(
            qg.minimize(
                qg.QNode(wave, device, diff_method="parameter-shift"),
                np.array(0.5),
                budget=qg.Budget(usd=4),
                run=qg.run("training", tmp_path / "runs.db"),
            )
        )

    first, second = (each.history for each in found)
    assert found[0].reason == "budget"
    assert first.usd == pytest.approx(0.6 * len(first))
    assert first.usd <= 4 < first.usd + 0.6
    assert numpy.array_equal(first.values, second.values)
    assert (first.shots, first.usd) == (second.shots, second.usd)
    assert device.shop.jobs == len(first)
    assert device.counts == {}
