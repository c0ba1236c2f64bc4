"""Caches by bytes: the oldest entries go first, and large results are not kept."""

import threading

import numpy as np
import pytest

import qgate as qg
from qgate.caches import MIB, bytes_of, sized_cache
from qgate.operations.eigenbasis import _eigensystem
from qgate.operations.gate import constant


def counting(max_bytes):
    calls = []

    @sized_cache(max_bytes)
    def zeros(size):
        calls.append(size)
        return np.zeros(size)

    return zeros, calls


def test_a_result_is_found_again():
    zeros, calls = counting(MIB)

    assert zeros(10) is zeros(10)
    assert calls == [10]
    assert zeros.cache_info()[:2] == (1, 1)


def test_the_entries_used_longest_ago_go_first():
    zeros, calls = counting(30_000)
    zeros(1000), zeros(1001), zeros(1000), zeros(2000)

    zeros(1000), zeros(1001)

    assert calls == [1000, 1001, 2000, 1001]
    assert zeros.cache_info().size <= 30_000


def test_results_that_are_no_longer_found_make_room():
    zeros, calls = counting(30_000)
    zeros(1000), zeros(1000)

    for size in (1001, 1002, 1003, 1004, 1005, 1006):
        zeros(size)
    zeros(1000)

    assert calls.count(1000) == 2
    assert zeros.cache_info().size <= 30_000


def test_a_result_that_alone_is_too_large_is_not_kept():
    zeros, calls = counting(30_000)
    zeros(1000)

    zeros(10_000), zeros(10_000), zeros(1000)

    assert calls == [1000, 10_000, 10_000]


def test_a_cleared_cache_has_nothing():
    zeros, _ = counting(MIB)
    zeros(1000)

    zeros.cache_clear()

    assert zeros.cache_info() == (0, 0, 0, MIB)


def test_many_threads_keep_the_limit():
    zeros, _ = counting(100_000)

    def work(first):
        for size in range(first, first + 300):
            assert len(zeros(size)) == size

    threads = [threading.Thread(target=work, args=(start,)) for start in (1, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 0 < zeros.cache_info().size <= 100_000


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (np.zeros(1000), 8000),
        (np.zeros((100, 100))[:10], 8000),
        ([np.zeros(1000), {"a": np.zeros(500)}], 12_000),
        (b"x" * 5000, 5000),
        (qg.QubitUnitary(np.eye(32), range(5)), 16 * 32),
    ],
)
def test_bytes_are_those_of_arrays_and_texts(value, least):
    assert least <= bytes_of(value) <= 1.3 * least + 30_000


def test_matrices_of_wide_gates_do_not_pile_up():
    for flips in range(25):
        values = [bool(flips >> place & 1) for place in range(9)]
        qg.matrix(qg.MultiControlledX(range(10), values))

    assert constant.cache_info().size <= 64 * MIB


def test_eigenbases_of_large_observables_do_not_pile_up():
    for shift in range(40):
        matrix = np.diag(np.arange(256.0) + shift)
        qg.Hermitian(matrix, range(8)).diagonalizing_gates()

    assert _eigensystem.cache_info().size <= 64 * MIB
