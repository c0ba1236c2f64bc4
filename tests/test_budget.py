"""Limits of budgets."""

import pickle

import pytest

from qgate.budget import Budget
from qgate.exceptions import InvalidBudget


def test_both_spellings_are_one_limit():
    assert Budget(100) == Budget(total=100) == Budget(shots=100) == Budget(shots=1e2)
    assert Budget(submissions=3) == Budget(max_submissions=3)
    assert Budget(100).total == 100


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "limits nothing"),
        ({"rounds": 2}, "limits nothing"),
        ({"shots": 0}, "shots=0"),
        ({"shots": -5}, "shots=-5"),
        ({"shots": 2.5}, "shots=2.5"),
        ({"shots": True}, "shots=True"),
        ({"shots": "many"}, "shots='many'"),
        ({"usd": 0}, "usd=0"),
        ({"usd": float("nan")}, "usd=nan"),
        ({"usd": float("inf")}, "usd=inf"),
        ({"submissions": 0}, "submissions=0"),
        ({"shots": 10, "rounds": 4}, "rounds=4"),
        ({"total": 10, "shots": 11}, "total=10 and shots=11"),
    ],
)
def test_a_budget_that_limits_nothing_or_cannot_be_read_is_refused(arguments, told):
    with pytest.raises(InvalidBudget, match="Give at least one") as error:
        Budget(**arguments)

    assert told in str(error.value)


def test_it_is_a_value():
    budget = Budget(1000, usd=5, submissions=7, rounds=3, name="shared")

    assert pickle.loads(pickle.dumps(budget)) == budget
    assert len({budget, Budget(1000, usd=5, submissions=7, rounds=3, name="shared")}) == 1
    assert repr(budget) == "Budget(shots=1000, usd=5.0, submissions=7, rounds=3, name='shared')"
    with pytest.raises(AttributeError):
        budget.shots = 5
