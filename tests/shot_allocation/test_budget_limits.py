"""End to end, on devices with any limits: never above a budget of any kind."""

import contextlib
import warnings
from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.exceptions import BudgetTooSmall, FewShotsWarning
from qgate.prices import Rate

X = qnp.array([0.4, -0.7, 1.1], requires_grad=True)
RATE = Rate(per_task_usd=0.3, per_shot_usd=0.01, source="a list", date="2026-11-25")
GATES = {"X": qg.X, "Y": qg.Y, "Z": qg.Z}
LETTERS = ["ZII", "ZZI", "XXI", "IYI", "IXZ", "YIY", "XYZ", "ZZZ"]


def circuit(x, terms):
    qg.RY(x[0], 0)
    qg.CNOT([0, 1])
    qg.RX(2 * x[1], 1)
    qg.SingleExcitation(x[2], wires=[1, 2])
    words = [
        qg.prod(*(GATES[letter](wire) for wire, letter in enumerate(letters) if letter != "I"))
        for letters in LETTERS[:terms]
    ]
    return qg.expval(qg.Hamiltonian([0.5 / (1 + index) for index in range(terms)], words))


@st.composite
def devices(draw):
    """Draw a device with limits on shots and rows like those of devices in clouds."""
    limits = {
        "min_shots": draw(st.sampled_from([1, 1, 7, 100])),
        "max_rows": draw(st.sampled_from([None, 1, 3, 100])),
        "equal_shots": draw(st.booleans()),
        "max_shots": draw(st.sampled_from([None, None, 1000])),
        "max_total_shots": draw(st.sampled_from([None, None, 5000])),
        "min_total_shots": draw(st.sampled_from([1, 1, 30])),
    }

    class Limited(LocalDevice):
        capabilities = replace(LOCAL, **limits)
        rate = RATE

    return Limited(seed=draw(st.integers(0, 2**31)))


@st.composite
def budgets(draw):
    """Draw limits on shots, dollars, submissions, or several of these."""
    shots = draw(st.one_of(st.integers(1, 100), st.integers(1, 10**6)))
    usd = draw(st.sampled_from([None, None, 1.0, 40.0, 3000.0]))
    submissions = draw(st.sampled_from([None, None, 1, 5, 60]))
    rounds = draw(st.sampled_from([None, 1, 2, 3]))
    return qg.Budget(shots=shots, usd=usd, submissions=submissions, rounds=rounds)


@given(
    devices(),
    budgets(),
    st.integers(1, len(LETTERS)),
    st.sampled_from(["parameter-shift", "finite-diff", "spsa"]),
    st.booleans(),
)
@settings(max_examples=150)
def test_nothing_is_spent_above_a_budget(device, budget, terms, method, value):
    assume(device.capabilities.max_rows != 1 or budget.shots < 20_000)
    node = qg.QNode(lambda x: circuit(x, terms), device, diff_method=method)

    found = None
    with qg.Tracker(device) as tracker, warnings.catch_warnings():
        warnings.simplefilter("ignore", FewShotsWarning)
        with contextlib.suppress(BudgetTooSmall):
            found = qg.gradient_estimate(node, budget=budget, value=value)(X)

    shots, sent = (tracker.totals.get(name, 0) for name in ("shots", "submissions"))
    assert shots <= budget.shots
    assert budget.submissions is None or sent <= budget.submissions
    price = RATE.price(submissions=sent, shots=shots).high_usd
    assert budget.usd is None or price <= budget.usd + 1e-9
    if found is None:
        assert shots == 0
    else:
        assert (found.shots, found.submissions) == (shots, sent)
        assert np.isfinite(found.gradient).all()
