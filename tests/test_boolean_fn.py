"""Functions that are true or false, combined."""

import pickle
from itertools import product
from operator import and_, or_, xor

import pytest

import qgate as qg


def above_4(number):
    return number > 4


def is_whole(number):
    return isinstance(number, int)


ABOVE, WHOLE = qg.BooleanFn(above_4), qg.BooleanFn(is_whole)


@pytest.mark.parametrize("combine", [and_, or_, xor])
def test_operators_combine_functions_as_their_values(combine):
    combined, inverted = combine(ABOVE, WHOLE), ~combine(ABOVE, ~WHOLE)

    for number in (3, 3.5, 5, 5.5):
        first, second = above_4(number), is_whole(number)
        assert combined(number) is combine(first, second)
        assert inverted(number) is not combine(first, not second)


def test_the_second_function_is_called_where_it_decides():
    asked = []
    second = qg.BooleanFn(lambda number: asked.append(number) or True, name="second")

    values = [(ABOVE & second)(number) for number in (3, 5)]
    values += [(ABOVE | second)(number) for number in (2, 6)]

    assert (values, asked) == ([False, True, True, True], [5, 2])


def test_texts_have_the_names_of_the_functions():
    assert repr(ABOVE) == "BooleanFn(above_4)"
    assert str(ABOVE & WHOLE) == "above_4 & is_whole"
    assert str(ABOVE ^ ~WHOLE) == "above_4 ^ Not(is_whole)"
    assert repr(ABOVE | WHOLE) == "Or(above_4, is_whole)"
    assert (str(~ABOVE), (~ABOVE).bitwise, (~ABOVE).conditional) == ("~above_4", True, False)


def test_combinations_survive_pickling():
    kept = pickle.loads(pickle.dumps(~(ABOVE & WHOLE) | ABOVE))

    assert [kept(number) for number, _ in product((3, 5), "a")] == [True, True]


def test_only_functions_are_combined():
    with pytest.raises(qg.exceptions.InvalidCondition, match="Wrap it"):
        ABOVE & is_whole
    with pytest.raises(qg.exceptions.InvalidCondition, match="it is no function"):
        qg.BooleanFn(True)
