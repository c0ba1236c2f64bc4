"""Usages of requests and their sums."""

from hypothesis import given
from hypothesis import strategies as st

from qgate.usage import Usage

CENTS = st.integers(0, 10**9)
USAGES = st.builds(
    lambda submissions, shots, cents, executions: Usage(
        submissions, shots, cents / 100, executions=executions
    ),
    *[st.integers(0, 10**6)] * 2,
    CENTS,
    st.integers(0, 10**6),
)


@given(st.lists(USAGES))
def test_every_amount_of_a_sum_is_the_sum_of_that_amount(usages):
    total = sum(usages, Usage())

    assert total.submissions == sum(each.submissions for each in usages)
    assert total.shots == sum(each.shots for each in usages)
    assert total.executions == sum(each.executions for each in usages)
    assert total.usd == sum(round(100 * each.usd) for each in usages) / 100


@given(USAGES, USAGES)
def test_a_difference_undoes_a_sum(one, other):
    assert one + other - other == one


def test_the_dollars_of_a_sum_are_unknown_if_those_of_a_part_are():
    total = Usage(1, 100, None) + Usage(2, 300, 0.5)

    assert (total.submissions, total.shots, total.usd) == (3, 400, None)
    assert total.counted_usd == 0


def test_it_is_written_in_words():
    assert str(Usage(2, 300, 1.5)) == "2 submissions, 300 shots, 1.50 USD"
