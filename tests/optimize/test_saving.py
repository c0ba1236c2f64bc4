"""Saved states are restored unchanged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import qgate as qg
from qgate.exceptions import CheckpointNotWritten, InvalidOptimizerState
from qgate.optimize.saving import decoded, encoded, read, write

NUMBERS = st.one_of(
    st.integers(), st.floats(allow_nan=False), st.booleans(), st.none(), st.text(max_size=5)
)
TREES = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b"]), inner),
    ),
    max_leaves=8,
)
ARRAYS = arrays.arrays(
    st.sampled_from([numpy.float64, numpy.float32, numpy.int64]),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0),
)


@dataclass(frozen=True)
class Point:
    at: Any
    name: str


@given(TREES)
def test_trees_read_back_as_they_were(tree):
    assert decoded(json.loads(json.dumps(encoded(tree)))) == tree


@given(ARRAYS)
def test_arrays_read_back_to_the_bit(array):
    found = decoded(json.loads(json.dumps(encoded(array))))

    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert found.tobytes() == array.tobytes()


def test_frozen_data_reads_back_as_its_fields():
    assert decoded(encoded(Point((1, 2), "x"))) == {"at": (1, 2), "name": "x"}


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "state.json"
    write(path, {"step": 1})

    write(path, {"step": 2})

    assert read(path)["step"] == 2
    assert [item.name for item in tmp_path.iterdir()] == ["state.json"]


# Files -------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.json"


def minimized(path, steps=2):
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0))

    return qg.minimize(circuit, qg.numpy.array(0.5), steps=steps, checkpoint=path)


def test_a_checkpoint_is_for_the_owner_only(path):
    before = os.umask(0)
    try:
        minimized(path)
    finally:
        os.umask(before)

    assert {item.name: item.stat().st_mode & 0o777 for item in path.parent.iterdir()} == {
        "state.json": 0o600
    }


def test_a_link_in_the_place_of_the_draft_is_not_followed(path, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("keep me")
    path.with_name("state.json.part").symlink_to(victim)

    write(path, {"step": 1})

    assert victim.read_text() == "keep me"
    assert not path.is_symlink()
    assert read(path)["step"] == 1


def test_a_draft_of_a_process_that_was_killed_is_replaced(path):
    path.with_name("state.json.part").write_text("half a st")

    write(path, {"step": 1})

    assert read(path)["step"] == 1
    assert [item.name for item in path.parent.iterdir()] == ["state.json"]


@pytest.mark.parametrize("place", ["missing/state.json", "folder", "nul\0", 5])
def test_a_place_where_no_checkpoint_can_be_is_refused_before_the_first_step(tmp_path, place):
    (tmp_path / "folder").mkdir()
    place = str(tmp_path / place) if isinstance(place, str) else place
    calls = []

    with pytest.raises(CheckpointNotWritten, match="cannot be written"):
        qg.minimize(calls.append, qg.numpy.array(0.5), steps=2, checkpoint=place)

    assert calls == []


def test_a_full_disk_keeps_the_earlier_checkpoint(path):
    """The size of files is limited, which fails like a full disk, in a separate process."""
    write(path, {"step": 1})
    program = (
        "import resource, signal, sys\n"
        "from qgate.optimize.saving import write\n"
        "from qgate.exceptions import CheckpointNotWritten\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write(sys.argv[1], {'step': 'x' * 10_000})\n"
        "except CheckpointNotWritten as error:\n"
        "    print(error)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert "An earlier one is kept as it was" in done.stdout
    assert read(path)["step"] == 1
    assert [item.name for item in path.parent.iterdir()] == ["state.json"]


@given(st.data())
def test_a_damaged_checkpoint_is_refused_or_read_as_it_was(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "state.json"
    write(path, {"point": encoded(numpy.array([0.1, 2.5])), "records": [], "reason": ""})
    before, whole = bytearray(path.read_bytes()), read(path)
    what = data.draw(st.sampled_from(["byte", "cut", "insert"]))
    place = data.draw(st.integers(0, len(before) - 1))
    if what == "byte":
        before[place] = data.draw(st.integers(0, 255))
    elif what == "cut":
        del before[place : place + data.draw(st.integers(1, 30))]
    else:
        before[place:place] = data.draw(st.binary(max_size=5))
    path.write_bytes(bytes(before))

    try:
        found = read(path)
    except InvalidOptimizerState:
        return
    assert found == whole


WRONG = [
    b"",
    b"\xff\xfe",
    b"null",
    b"[1]",
    b'{"format": 1}',
    b'{"format": [], "point": 1}',
    b"[" * 100_000,
    b'{"format": 1, "optimizer": "AdamOptimizer", "state": 5, "point": [1], "records": []}',
    b'{"format": 1, "optimizer": "AdamOptimizer", "state": {"x": 1}, "records": [],'
    b' "point": {"array": "<f8", "shape": [], "data": "0000000000000000"}}',
    b'{"format": 1, "point": {"array": "O", "shape": [1], "data": "00"}}',
    b'{"format": 1, "point": {"array": "<f8", "shape": [], "data": "0000000000000000"},'
    b' "records": 7}',
    b'{"format": 1, "point": {"array": "<f8", "shape": [], "data": "0000000000000000"},'
    b' "records": [{"step": 1}], "optimizer": "AdamOptimizer", "state": {}}',
    b'{"format": 1, "point": {"array": "<f8", "shape": [-9], "data": "zz"}}',
]


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
def test_a_file_with_something_else_is_no_checkpoint(path, content):
    path.write_bytes(content)

    with pytest.raises(InvalidOptimizerState, match="cannot be continued"):
        minimized(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("saved", [None, 5, [], {"optimizer": "AdamOptimizer", "state": {"a": 1}}])
def test_something_else_is_no_state_of_an_optimizer(saved):
    with pytest.raises(InvalidOptimizerState, match="cannot be continued"):
        qg.AdamOptimizer().from_json(saved)


def test_a_checkpoint_of_the_version_before_is_read(path):
    path.write_text(json.dumps({"format": 1, "step": 2}))

    assert read(path) == {"step": 2}
