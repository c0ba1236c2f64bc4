"""Permutations as moves within tiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.devices.local.tiles import GATHERED, TILE_BITS, WHOLE_BITS, inverted, tiled


def through(columns, shift, index):
    for bit, column in enumerate(columns):
        if index >> bit & 1:
            shift ^= column
    return shift


def with_cnots(num_bits, pairs):
    columns = [1 << bit for bit in range(num_bits)]
    for control, target in pairs:
        columns = [column ^ (column >> control & 1) << target for column in columns]
    return tuple(columns)


@st.composite
def permutations(draw):
    num_bits = draw(st.sampled_from([1, 4, 12, 13, 16, 17, 20, 22, 25]))
    seed, many = draw(st.integers(0, 10**6)), draw(st.integers(0, 6 * num_bits))
    random = np.random.default_rng(seed)
    pairs = [random.permutation(num_bits)[:2].tolist() for _ in range(many if num_bits > 1 else 0)]
    return with_cnots(num_bits, pairs), int(random.integers(2**num_bits))


@given(permutations(), st.integers(0, 2**25))
def test_moves_one_after_the_other_are_the_permutation(permutation, number):
    columns, shift = permutation
    index = source = number % 2 ** len(columns)

    for move in reversed(tiled(columns, shift)):
        before, source = source, through(move.columns, move.shift, source)
        undone = inverted(move)

        assert through(undone.columns, undone.shift, source) == before
        assert undone.bits == move.bits
        assert not (source ^ before) & ~sum(1 << bit for bit in move.bits)

    assert source == through(columns, shift, index)


@given(permutations())
def test_tiles_have_room_and_begin_with_whole_vectors(permutation):
    columns, shift = permutation
    for move in tiled(columns, shift):
        if len(columns) <= WHOLE_BITS:
            assert move.bits == tuple(range(len(columns)))
        else:
            assert len(move.bits) == TILE_BITS
            assert move.bits[: TILE_BITS - GATHERED] == tuple(range(TILE_BITS - GATHERED))
            assert list(move.bits) == sorted(set(move.bits))


def test_nothing_to_move_is_no_move():
    assert tiled((1, 2, 4), 0) == ()


RING = {n: with_cnots(n, [(n - 1 - k, (n - 2 - k) % n) for k in range(n)]) for n in (16, 20, 24)}
REVERSED = {n: tuple(1 << (n - 1 - k) for k in range(n)) for n in (16, 20, 24)}


@pytest.mark.parametrize("columns", [RING, REVERSED], ids=["ring", "reversed"])
@pytest.mark.parametrize(("num_bits", "most"), [(16, 1), (20, 2), (24, 3)])
def test_rings_of_cnots_and_reversals_go_through_the_state_few_times(columns, num_bits, most):
    assert len(tiled(columns[num_bits], 0)) <= most


def test_what_no_choice_of_tiles_solves_is_moved_bit_by_bit(monkeypatch):
    monkeypatch.setattr("qgate.devices.local.tiles._best_tile", lambda rows, shift: ((0,), rows))
    columns, shift = with_cnots(18, [(0, 17), (17, 3), (3, 9)]), 0

    moves = tiled.__wrapped__(columns, shift)

    assert len(moves) > 2
    for index in (0, 1, 5, 2**17 + 9, 2**18 - 1):
        source = index
        for move in reversed(moves):
            source = through(move.columns, move.shift, source)
        assert source == through(columns, shift, index)
