"""Functions applied to corresponding leaves of trees."""

import operator

import numpy as np

from qgate.differentiate.trees import tree_map


def test_the_result_has_the_structure_of_the_first_tree():
    tree = {"a": [1.0, (2.0, 3.0)], "b": 4.0}

    assert tree_map(lambda leaf: 2 * leaf, tree) == {"a": [2.0, (4.0, 6.0)], "b": 8.0}


def test_corresponding_leaves_are_combined():
    found = tree_map(operator.sub, [1.0, {"x": 5.0}], (0.5, {"x": 2.0}))

    assert found == [0.5, {"x": 3.0}]


def test_an_array_is_one_leaf():
    assert tree_map(np.sum, (np.arange(3), 7)) == (3, 7)
