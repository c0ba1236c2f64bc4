"""Keys of orders."""

from __future__ import annotations

import pytest

from qgate.jobs.order_keys import OrderKeys

CONTENT = ("shop:one", "a digest", 0)


@pytest.fixture
def keys():
    return OrderKeys("a run")


def following(keys, *content, journal="id", owner=None):
    return keys.next(*(content or CONTENT), journal=journal, owner=owner)


def test_a_repetition_of_a_run_has_the_same_keys(keys):
    first = [following(keys) for _ in range(3)]
    keys.restart()

    assert [following(keys) for _ in range(3)] == first
    assert [following(OrderKeys("a run")) for _ in range(1)] == first[:1]
    assert len(set(first)) == 3


def test_every_part_of_the_content_changes_the_key(keys):
    found = {
        following(keys),
        following(keys, "shop:two", "a digest", 0),
        following(keys, "shop:one", "another digest", 0),
        following(keys, "shop:one", "a digest", 1),
        following(OrderKeys("another run")),
        following(OrderKeys("a run"), journal="another id"),
        following(OrderKeys("a run"), journal=""),
    }

    assert len(found) == 7


def test_an_order_that_was_left_is_resumed_once_and_by_its_owner_only(keys):
    key = following(keys, owner=1)
    keys.leave(*CONTENT, key, 1)
    keys.leave(*CONTENT, key, 1)

    assert following(keys, owner=2) != key
    assert following(keys, owner=1) == key
    assert following(keys, owner=1) != key
