"""Limits of budgets."""

import pickle

import pytest

from qgate.budget import Budget, BudgetAccount
from qgate.exceptions import BudgetExceeded, InvalidBudget
from qgate.usage import Usage


def test_a_plain_number_is_one_of_shots():
    assert Budget(100) == Budget(shots=100) == Budget(shots=1e2)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"dollar": 3}, "no 'dollar'. Did you mean 'usd'. Give"),
        ({"shot": 3}, "no 'shot'. Did you mean 'shots'. Give"),
    ],
)
def test_another_name_of_a_limit_is_refused(arguments, text):
    with pytest.raises(InvalidBudget) as error:
        Budget(**arguments)

    assert text in str(error.value)


def test_a_former_name_of_a_limit_is_read_with_a_warning():
    with pytest.warns(DeprecationWarning, match="total of a Budget is called shots now"):
        assert Budget(total=10) == Budget(shots=10)
    with pytest.warns(DeprecationWarning, match="called submissions now"):
        assert Budget(max_submissions=3) == Budget(submissions=3)
    with (
        pytest.warns(DeprecationWarning, match="total"),
        pytest.raises(InvalidBudget, match="total and shots are one limit"),
    ):
        Budget(shots=10, total=20)


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
        ({"usd": 5, "name": "run poor"}, "that of a budget without a name, of the run 'poor'"),
        ({"shots": 10, "rounds": 4}, "rounds=4"),
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


@pytest.mark.parametrize(
    ("budget", "text"),
    [
        (
            Budget(shots=399),
            "take 300 shots of the budget 'ours', which allows 399 shots and has 100",
        ),
        (
            Budget(usd=1.99),
            "take 1.50 USD of the budget 'ours', which allows 1.99 USD and has 0.50",
        ),
        (
            Budget(submissions=2),
            "take 2 submissions of the budget 'ours', which allows 2 submissions",
        ),
    ],
)
def test_an_account_refuses_what_exceeds_the_rest_of_its_budget(budget, text):
    with pytest.raises(BudgetExceeded, match="This would take") as error:
        BudgetAccount("ours", budget).check(Usage(2, 300, 1.5), Usage(1, 100, 0.5), "This")

    assert text in str(error.value)


def test_an_account_allows_all_of_its_budget():
    account = BudgetAccount("ours", Budget(400, usd=0.3, submissions=3))

    account.check(Usage(2, 300, 0.1), Usage(1, 100, 0.1 + 0.1), "This")
