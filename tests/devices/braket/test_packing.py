from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.devices.braket.packing import Entry, Limits, Pack, pack

LIMITS = st.builds(Limits, executables=st.integers(1, 12), shots=st.integers(20, 200))
SHOTS = st.lists(st.lists(st.sampled_from([1, 5, 7, 20]), max_size=30), max_size=6)


@settings(deadline=None)
@given(LIMITS, SHOTS)
def test_no_pack_exceeds_a_limit(limits, shots):
    for each in pack(shots, limits):
        executables = sum(len(entry.rows) for entry in each.entries)

        assert 0 < executables <= limits.executables
        assert executables * each.shots <= limits.shots


@settings(deadline=None)
@given(LIMITS, SHOTS)
def test_every_row_is_in_one_pack_with_its_own_shots(limits, shots):
    packs = pack(shots, limits)

    found = [(*place, each.shots) for each in packs for place in each.places]
    asked = [(s, row, n) for s, rows in enumerate(shots) for row, n in enumerate(rows)]
    assert sorted(found) == asked


@settings(deadline=None)
@given(LIMITS, SHOTS)
def test_no_fewer_packs_would_do(limits, shots):
    packs = pack(shots, limits)

    for count in {each.shots for each in packs}:
        full = min(limits.executables, limits.shots // count)
        rows = sum(list(counts).count(count) for counts in shots)
        assert sum(each.shots == count for each in packs) == -(-rows // full)


@settings(deadline=None)
@given(LIMITS, SHOTS)
def test_rows_of_a_sweep_keep_their_order_within_and_between_packs_of_one_shot_count(limits, shots):
    packs = pack(shots, limits)

    for count in {each.shots for each in packs}:
        places = [place for each in packs if each.shots == count for place in each.places]
        assert places == sorted(places)


def test_neighbouring_rows_of_a_sweep_share_an_entry():
    packs = pack([[10, 10, 30], [10, 30]], Limits(executables=100, shots=1000))

    assert packs == (
        Pack(10, (Entry(0, (0, 1)), Entry(1, (0,)))),
        Pack(30, (Entry(0, (2,)), Entry(1, (1,)))),
    )


def test_nothing_gives_no_packs():
    assert pack([], Limits(100, 1000)) == ()
    assert pack([(), ()], Limits(100, 1000)) == ()
