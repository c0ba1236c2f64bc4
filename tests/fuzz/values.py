"""Values that a user might pass in place of valid ones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp

INTEGERS = (0, 1, -1, 2, 3, 7, 63, 64, 1000, 2**31, 2**40, 2**63, 2**64, 10**30, -(2**63))

FLOATS = (0.0, -0.0, 0.5, 1e-300, 5e-324, 1e16, 1e100, 1e308, -1e308, np.inf, -np.inf, np.nan)

TEXTS = ("", " ", "X", "XYZ", "0", "-1", "1e9", "nan", "none", "None", "auto", "local", "\x00", "ü")

DTYPES = (
    *(np.float16, np.float32, np.float64, np.complex64, np.complex128),
    *(np.int8, np.uint8, np.int64, np.uint64, np.bool_, np.object_),
)

SHAPES = ((), (0,), (1,), (2,), (3,), (4,), (8,), (1, 1), (2, 2), (4, 4), (2, 3), (1, 2, 3), (0, 2))


class Odd:
    """An opaque object, whose text and size raise."""

    def __repr__(self) -> str:
        return "<odd>"

    def __len__(self) -> int:
        raise RuntimeError("it has no length")


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


OTHERS: list[Any] = [
    None,
    True,
    False,
    ...,
    NotImplemented,
    b"bytes",
    Fraction(1, 3),
    Decimal("0.1"),
    1 + 2j,
    complex(np.nan, 0),
    {},
    {"a": 1},
    {0: 1},
    set(),
    {1, 2},
    (),
    [],
    [None],
    ["a", "b"],
    [[1], [2, 3]],
    _nested(50),
    _nested(3000),
    range(5),
    range(10**12),
    slice(3),
    object(),
    Odd(),
    Odd,
    lambda value: 0.0,
    lambda *values: 0.0,
    np.nan,
    np.datetime64("2026-01-01"),
    np.ma.masked_array([0.1, 0.2], mask=[True, False]),
    np.array(["a"]),
    np.array([None, 1.0]),
    np.zeros(2, dtype=[("a", float)]),
    qnp.array([0.1, 0.2], requires_grad=True),
    qnp.array(0.3, requires_grad=True),
    qg.X(0),
    qg.X(0) @ qg.Z(1),
    2 * qg.X(0) + qg.Z(1),
    qg.RX(0.1, 0),
    qg.CNOT([0, 1]),
    qg.expval(qg.Z(0)),
    qg.RX,
    qg.Budget(shots=100),
    qg.device("local"),
]


def arrays() -> st.SearchStrategy[Any]:
    """Draw arrays of any kind of number, size and filling."""

    def made(dtype: Any, shape: tuple[int, ...], fill: float) -> Any:
        with np.errstate(all="ignore"):
            return np.full(shape, fill).astype(dtype)

    return st.builds(
        made, st.sampled_from(DTYPES), st.sampled_from(SHAPES), st.sampled_from((*FLOATS[:6], 1.0))
    )


def anything() -> st.SearchStrategy[Any]:
    """Draw a value of any kind."""
    single = st.one_of(
        st.sampled_from(INTEGERS),
        st.integers(),
        st.sampled_from(FLOATS),
        st.floats(),
        st.sampled_from(TEXTS),
        st.text(max_size=12),
        st.integers(0, len(OTHERS) - 1).map(OTHERS.__getitem__),
        arrays(),
    )
    few = st.one_of(st.sampled_from(INTEGERS[:8]), st.sampled_from(FLOATS), st.sampled_from(TEXTS))
    return st.one_of(single, single, st.lists(few, max_size=4), st.lists(single, max_size=3))


def edits() -> st.SearchStrategy[list[tuple[float, Any]]]:
    """Draw changes of a text or of bytes: where (0 to 1), and what is put there.

    A number replaces a byte, a text is inserted, and None truncates the content.
    """
    change = st.one_of(
        st.integers(0, 255),
        st.sampled_from((0, 255, None, "\x00", "0", "-1", "1e999", "null", "[]", "{", '"', "\n=")),
        st.sampled_from(("[" * 3000, "9" * 5000, "nan", "1979-05-27", "é", "true", "[[a]]\n")),
    )
    return st.lists(st.tuples(st.floats(0, 1), change), min_size=1, max_size=4)


def edited(content: bytes, changes: Any) -> bytes:
    """Return content with the changes that :func:`edits` draws."""
    for place, change in changes:
        start = int(place * len(content))
        if change is None:
            content = content[:start]
        elif isinstance(change, int):
            content = content[:start] + bytes([change]) + content[start + 1 :]
        else:
            content = content[:start] + change.encode() + content[start:]
    return content


TARGETS = (
    *("local", "local:", "qiskit:aer", "qiskit:fake_manila", "qiskit:fake_nothing", "qiskit:"),
    *("qiskit:PKG/x", "qiskit:os/x", "qiskit:qiskit_aer/AerSimulator", "braket:local", "braket:"),
    *("braket:local/braket_dm", "braket:iqm/garnet", "braket:nothing", "ibm:ibm_torino", "ibm:"),
    *("default.qubit", "lightning.qubit", "qiskit.aer", "braket.aws.qubit", "nothing", ":", "?"),
)

OPTIONS = (
    *("shots", "seed", "wires", "threads", "memory_gib", "precision", "method", "device", "card"),
    *("optimization_level", "initial_layout", "max_parallel_threads", "paid", "budget_usd"),
    *("unknown_price", "patience_s", "poll_s", "tags", "profile", "verbatim", "canary", "mode"),
    *("disable_qubit_rewiring", "reservation", "instance", "account", "channel", "primitive"),
    *("max_time_s", "twirling", "use_fractional_gates", "plan", "token", "trajectories"),
    *("nothing", ""),
)

SETTINGS = (
    *("0", "1", "10", "-1", "2.5", "1e9", "1e400", "9" * 30, "nan", "inf", "none", "true", "false"),
    *(
        "0,1",
        "0,0",
        "a:b",
        "text",
        "double",
        "single",
        "allow",
        "arn:aws:braket",
        "%",
        "%00",
        "%zz",
    ),
)

WORDS = (
    *("plan", "run", "devices", "jobs", "resume", "budgets", "r", "program.py", "nothing.py", "--"),
    *("--usd", "--shots", "--submissions", "--journal", "--device", "--run", "--key", "--forget"),
    *(
        "--find",
        "--journal-id",
        "--timeout-s",
        "local",
        "j.db",
        ".",
        "5",
        "-1",
        "nan",
        "1e400",
        "b",
    ),
    *("--help", "--version", "local?shots=10", "braket:iqm/garnet", "/dev/null", "x" * 5000),
)


def devices() -> st.SearchStrategy[str]:
    """Draw strings of devices: right ones, wrong ones and mixtures."""
    value = st.one_of(st.sampled_from(SETTINGS), st.sampled_from(SETTINGS), st.text(max_size=4))
    option = st.tuples(st.sampled_from(OPTIONS), value).map("=".join)
    target = st.one_of(*[st.sampled_from(TARGETS)] * 4, st.text(max_size=8))
    options = st.lists(option, max_size=3).map("&".join)
    return st.tuples(target, st.sampled_from(("?", "?", "?", "", "&")), options).map("".join)


def command_lines() -> st.SearchStrategy[list[str]]:
    """Draw arguments of the command."""
    word = st.one_of(*[st.sampled_from(WORDS)] * 6, st.text(max_size=5))
    return st.tuples(st.sampled_from(WORDS[:6]), st.lists(word, max_size=6)).map(
        lambda parts: [parts[0], *parts[1]]
    )


PER_EXAMPLE = 20
"""Number of values in one example of hypothesis, whose own cost is that of many values."""


def distinct(strategy: st.SearchStrategy[Any], draws: int, seed: int) -> tuple[Any, ...]:
    """Return the values of a strategy, each once.

    Parameters
    ----------
    strategy : SearchStrategy
    draws : int
        Number of values to draw; many are equal.
    seed : int
    """
    found: dict[Any, Any] = {}

    def keep(values: list[Any]) -> None:
        found.update((_identity(value), value) for value in values)

    drawn: Callable[..., None] = settings(
        max_examples=max(1, draws // PER_EXAMPLE),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(st.lists(strategy, min_size=PER_EXAMPLE, max_size=PER_EXAMPLE))(keep))
    seeded(seed)(drawn)()
    return tuple(found.values())


def _identity(value: Any) -> Any:
    try:
        return type(value), repr(value)
    except Exception:  # it has no text: kept each time
        return id(value)


KINDS: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
    "anything": anything,
    "edits": edits,
    "devices": devices,
    "command lines": command_lines,
}
"""Strategies by the name of what they draw."""
