"""Requests of a call, recorded without sending them."""

from threading import Thread

import pytest

import qgate as qg
from qgate.prices import Price
from qgate.resource.requests import RequestCounts, Requests


def test_a_call_ends_at_its_first_request():
    circuit = qg.QNode(lambda: qg.expval(qg.Z(0)), "local", shots=10)
    made, after = Requests(once=True), []

    made.of(lambda: after.append(circuit()))

    assert made.counts == RequestCounts(1, 1, 1, 10, Price())
    assert not after


def test_circuits_of_other_threads_run():
    circuit, found = qg.QNode(lambda: qg.probs(wires=0), "local"), []

    def call():
        thread = Thread(target=lambda: found.append(circuit()))
        thread.start()
        thread.join()

    made = Requests(once=True)
    made.of(call)

    assert found[0].tolist() == [1.0, 0.0]
    assert made.counts.submissions == 0


@pytest.mark.parametrize(
    ("prices", "total"),
    [
        ((), Price()),
        ((Price(1, 2), Price.exactly(3)), Price(4, 5)),
        ((Price.exactly(3), None), None),
    ],
)
def test_a_total_has_a_price_if_every_part_has_one(prices, total):
    parts = [RequestCounts(1, 2, 3, 4, price) for price in prices]

    assert RequestCounts.total(parts).price == total
    assert RequestCounts.total(parts).rows == 3 * len(parts)


def test_counts_read_as_a_sentence():
    assert str(RequestCounts(1, 2, 3, 0, Price())) == "1 submission, 2 circuits, 3 rows, exact"
    assert str(RequestCounts(2, 1, 1, 1, None)) == (
        "2 submissions, 1 circuit, 1 row, 1 shot, price unknown"
    )
