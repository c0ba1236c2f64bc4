"""Pictures of Fourier coefficients."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from qgate.exceptions import InvalidFourierGrid
from qgate.fourier import visualize

SET = np.array([0.5, 1 - 2j, 0.1, 0.1, 1 + 2j])
"""Coefficients of the frequencies 0, 1, 2, -2, -1."""

SETS = [SET, 2 * SET, 3 * SET]


def axes(*shape, **options):
    return Figure().subplots(*shape, **options)


def test_bars_stand_in_the_order_of_the_frequencies():
    pair = axes(2, 1)

    assert visualize.bar(SET, 1, pair, colour_dict={"real": "red"}) is pair
    heights = [[bar.get_height() for bar in axis.patches] for axis in pair]
    assert heights == [[0.1, 1, 0.5, 1, 0.1], [0, 2, 0, -2, 0]]
    assert [label.get_text() for label in pair[1].get_xticklabels()] == ["-2", "-1", "0", "1", "2"]
    assert pair[0].patches[0].get_facecolor() == (1, 0, 0, 1)


def test_frequencies_of_several_inputs_are_listed_and_may_be_left_out():
    pair, bare = axes(2, 1), axes(2, 1)

    visualize.bar(np.ones((3, 3)), 2, pair)
    visualize.bar(np.ones((3, 3)), 2, bare, show_freqs=False)

    assert pair[1].get_xticklabels()[1].get_text() == "-1 0"
    assert bare[1].get_xticklabels()[1].get_text() == ""


@pytest.mark.parametrize("draw", [visualize.box, visualize.violin])
def test_distributions_have_one_body_for_each_coefficient(draw):
    pair = axes(2, 1)

    draw(SETS, 1, pair)

    assert [len(axis.patches) + len(axis.collections) for axis in pair] == [5, 5]


def test_radial_boxes_need_polar_axes():
    pair = axes(1, 2, subplot_kw={"polar": True})

    visualize.radial_box(SETS, 1, pair)

    assert len(pair[0].patches) == 5
    with pytest.raises(InvalidFourierGrid, match="polar"):
        visualize.radial_box(SETS, 1, axes(1, 2))


def test_a_panel_has_a_plane_for_each_coefficient():
    planes = axes(1, 5)

    visualize.panel(SETS, 1, planes)

    assert [plane.get_title() for plane in planes] == ["0", "1", "2", "-2", "-1"]
    points = np.ma.getdata(planes[1].collections[0].get_offsets())
    np.testing.assert_allclose(points, [[1, -2], [2, -4], [3, -6]])


@pytest.mark.parametrize(
    ("draw", "text"),
    [
        (lambda: visualize.bar(SETS, 1, axes(2, 1)), "Give a set of coefficients"),
        (lambda: visualize.box(np.ones(4), 1, axes(2, 1)), r"shape \(1, 4\)"),
        (lambda: visualize.violin("SET", 1, axes(2, 1)), "'SET'"),
        (lambda: visualize.bar(SET, 1, axes(3, 1)), "draws on two axes"),
        (lambda: visualize.panel(SETS, 1, axes(1, 2)), "axes of shape"),
    ],
)
def test_other_coefficients_and_axes_are_refused(draw, text):
    with pytest.raises(InvalidFourierGrid, match=text):
        draw()
