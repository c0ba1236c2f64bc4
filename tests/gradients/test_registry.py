"""Registry of the gradient methods."""

import pytest

from qgate.exceptions import DifferentiationError
from qgate.gradients import finite_difference, spsa
from qgate.gradients.registry import METHODS, GradientMethod, register, shift_methods


@pytest.mark.parametrize(("name", "module"), [("finite-diff", finite_difference), ("spsa", spsa)])
def test_a_row_has_all_options_of_its_method(name, module):
    assert METHODS[name].options == {*module.DEFAULTS, "broadcast", "validate_params"}


def test_budgets_are_spent_by_the_methods_that_require_only_values():
    assert shift_methods() == ("parameter-shift", "finite-diff", "spsa")


def test_a_name_is_given_once():
    with pytest.raises(DifferentiationError, match="a gradient method named 'spsa' already"):
        register(GradientMethod("spsa"))
