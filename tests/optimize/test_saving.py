"""What is written reads back as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

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
