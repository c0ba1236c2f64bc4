"""Wire labels: any hashable, distinct, in order."""

import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import ConfigurationError, DuplicateWires, WireError
from qgate.wires import Wires

LABELS = st.lists(
    st.one_of(st.integers(), st.text(max_size=3), st.tuples(st.text(max_size=1), st.integers())),
    unique=True,
    max_size=8,
)


@given(LABELS)
def test_labels_keep_their_order(labels):
    wires = Wires(labels)

    assert wires.tolist() == list(wires.labels) == labels
    assert wires.toset() == set(labels)
    assert wires.indices(wires) == list(range(len(labels)))
    assert Wires(wires) is wires


@given(LABELS)
def test_wires_are_values(labels):
    wires = Wires(labels)

    assert wires == Wires(list(labels))
    assert hash(wires) == hash(Wires(tuple(labels)))
    assert pickle.loads(pickle.dumps(wires)) == wires


@pytest.mark.parametrize("label", [0, "ab", 2.5, None])
def test_what_is_no_sequence_is_one_label(label):
    assert Wires(label).labels == (label,)


@pytest.mark.parametrize("labels", [np.int64(3), np.array(3), np.array([3]), [np.int32(3)]])
def test_numpy_integers_are_plain_labels(labels):
    (label,) = Wires(labels)

    assert type(label) is int
    assert label == 3


def test_tuples_may_be_labels_inside_a_sequence():
    wires = Wires([("c", 3), 1])

    assert wires == (("c", 3), 1)
    assert wires.indices([("c", 3)]) == [0]
    assert repr(wires) == "Wires([('c', 3), 1])"


def test_a_tuple_taken_out_of_wires_stays_one_label():
    label = Wires([("c", 3), 1])[0]

    assert Wires(label) == Wires([("c", 3)])
    assert Wires(pickle.loads(pickle.dumps(label))) == Wires([("c", 3)])
    assert Wires(("c", 3)) == Wires(["c", 3])


def test_all_wires_come_in_order_of_first_appearance():
    assert Wires.all_wires([Wires([2, "a"]), [0, 2], ["b"]]) == Wires([2, "a", 0, "b"])


def test_positions_are_looked_up_in_the_order_asked_for():
    assert Wires(["a", "b", "c"]).indices(["c", "a"]) == [2, 0]
    assert Wires(["a", "b"]).contains_wires("b")
    assert not Wires(["a", "b"]).contains_wires(["b", "c"])


def test_labels_can_be_mapped_and_others_stay():
    assert Wires([0, 1, 2]).map({0: "a", 2: 0}) == Wires(["a", 1, 0])


def test_a_map_that_joins_two_wires_is_refused():
    with pytest.raises(DuplicateWires):
        Wires([0, 1]).map({0: 1})


def test_a_label_named_twice_is_refused_and_named():
    with pytest.raises(DuplicateWires, match=r"\[0, a, 0\]"):
        Wires([0, "a", 0])


def test_what_cannot_be_hashed_is_refused():
    with pytest.raises(WireError, match="hashable"):
        Wires([[1], [2]])


def test_a_wire_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(WireError, match=r"Wire 7 is not among the wires \[0, 1\]"):
        Wires([0, 1]).indices([1, 7])


def test_wires_print_as_they_are_made():
    assert repr(Wires([0, "a"])) == "Wires([0, 'a'])"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Wires(range(10**9)),
        lambda: Wires(iter(range(10**9))),
        lambda: qg.device("local", wires=10**9),
        lambda: qg.device("local?wires=1000000000"),
        lambda: qg.device("braket:local", wires=10**9),
        lambda: LocalDevice(wires=10**9),
        lambda: LocalDevice(wires=2**70),
        lambda: qg.QFT(range(10**9)),
        lambda: qg.RX(0.1, wires=range(10**9)),
        lambda: qg.probs(wires=range(10**9)),
    ],
)
def test_more_wires_than_any_device_has_are_refused_before_they_are_stored(ask):
    qg.device("braket:local", wires=1)  # so that imports do not count
    tracemalloc.start()

    with pytest.raises((WireError, ConfigurationError), match="100000"):
        ask()

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**26


@pytest.mark.parametrize("number", [0, -1])
def test_a_device_has_at_least_one_wire(number):
    with pytest.raises(WireError, match="at least one wire"):
        LocalDevice(wires=number)


def test_numpy_arrays_without_an_axis_are_labels():
    label = np.array(3)

    assert Wires(label) == Wires([label]) == Wires([np.int64(3)]) == (3,)
    assert [type(wire) for wire in Wires([label])] == [int]


# Sets -----------------------------------------------------------------------------------


def test_sets_of_wires_keep_the_order_of_the_first():
    a, b = qg.Wires([3, 1, 2]), qg.Wires([2, 5, 3])

    assert (a | b).tolist() == a.union(b).tolist() == [3, 1, 2, 5]
    assert (a & b).tolist() == a.intersection(b).tolist() == [3, 2]
    assert (a - b).tolist() == a.difference(b).tolist() == [1]
    assert (a ^ b).tolist() == a.symmetric_difference(b).tolist() == [1, 5]
    assert ([3, 4] - a).tolist() == [4]


def test_shared_unique_and_all_wires_of_several():
    several = [qg.Wires([4, 0, 1]), qg.Wires([0, 4, 3]), qg.Wires([4, 0])]

    assert qg.Wires.shared_wires(several).tolist() == [4, 0]
    assert qg.Wires.unique_wires(several).tolist() == [1, 3]
    assert qg.Wires.all_wires(several, sort=True).tolist() == [0, 1, 3, 4]
    assert qg.Wires.all_wires([["b"], [2], ["a"]], sort=True).tolist() == [2, "a", "b"]


def test_a_subset_is_chosen_by_positions():
    wires = qg.Wires(["a", "b", "c"])

    assert wires.subset([2, 0]).tolist() == ["c", "a"]
    assert wires.subset([4], periodic_boundary=True).tolist() == ["b"]
    assert wires.subset(1).tolist() == ["b"]
    for wrong in ([3], "a", [0.5]):
        with pytest.raises(WireError, match="periodic_boundary=True"):
            wires.subset(wrong)


def test_random_wires_are_distinct_and_repeat_with_their_seed():
    wires = qg.Wires(range(10))

    chosen = wires.select_random(4, seed=1)

    assert len(set(chosen)) == 4
    assert chosen == wires.select_random(4, seed=1)
    for wrong in (11, "a", -1):
        with pytest.raises(WireError, match="most 10"):
            wires.select_random(wrong)


def test_wires_as_an_array():
    assert qg.Wires([2, 0]).toarray().tolist() == [2, 0]


def test_registers_are_numbered_in_order_and_outer_ones_hold_inner_ones():
    found = qg.registers({"people": {"alice": 2, "bob": 1}, "rest": np.int64(2)})

    assert list(found) == ["alice", "bob", "people", "rest"]
    assert [wires.tolist() for wires in found.values()] == [[0, 1], [2], [0, 1, 2], [3, 4]]


@pytest.mark.parametrize(
    "sizes", [{}, {"a": 0}, {"a": {}}, {"a": True}, {"a": 1.5}, 3, {"a": 10**9}]
)
def test_registers_without_a_number_of_wires_are_refused(sizes):
    with pytest.raises(WireError):
        qg.registers(sizes)


def test_registers_have_different_names():
    with pytest.raises(DuplicateWires, match="'a'"):
        qg.registers({"a": 1, "b": {"a": 2}})
