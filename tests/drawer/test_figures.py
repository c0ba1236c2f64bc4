"""Pictures of circuits: what is drawn where, and that nothing overlaps."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidDrawing, MissingExtra

pytest.importorskip("matplotlib").use("Agg")

pyplot = pytest.importorskip("matplotlib.pyplot")
shapes = pytest.importorskip("matplotlib.patches")
Arc, Circle, FancyBboxPatch = shapes.Arc, shapes.Circle, shapes.FancyBboxPatch


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_text()]


def patches(axes, kind) -> list:
    return [patch for patch in axes.patches if type(patch) is kind]


def ends(patch) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a box with its padding."""
    box = patch.get_path().get_extents()
    return box.x0, box.x1, box.y0, box.y1


def everything():
    qg.QFT(wires=range(4))
    qg.IsingXX(1.2, wires=(0, 2))
    qg.MultiControlledX([0, 1, 2], [0, 1])
    qg.CSWAP(wires=(0, 2, 3))
    qg.CZ([0, 1])
    qg.Rot(0.1, 0.2, 0.3, wires=1)
    qg.ctrl(qg.IsingZZ(0.3, [0, 2]), 1)
    qg.Barrier()
    return qg.expval(qg.Z(0) @ qg.Z(3))


def test_every_kind_of_gate_is_drawn_by_its_signs():
    _, axes = qg.draw_mpl(everything)()

    # 0 to 3 are the labels of the wires; controls between targets part a box
    assert texts(axes) == ["0", "1", "2", "3", "QFT", "IsingXX", "Rot", "IsingZZ", "IsingZZ"]
    assert len(patches(axes, Arc)) == 2  # meters
    boxes = 1 + (1 + 2) + 1 + 2 + 2  # QFT, IsingXX with marks, Rot, IsingZZ, meters
    assert len(patches(axes, FancyBboxPatch)) == boxes
    dots = [circle.radius for circle in patches(axes, Circle)]
    assert sorted(dots) == [0.1] * (2 + 1 + 2 + 1) + [0.25]


def test_boxes_of_different_layers_do_not_overlap_and_hold_their_texts():
    figure, axes = qg.draw_mpl(everything, decimals=3)()
    figure.canvas.draw()
    boxes = sorted(map(ends, patches(axes, FancyBboxPatch)))
    renderer = figure.canvas.get_renderer()
    inside = axes.transData.inverted()

    for left, right, top, bottom in boxes:
        for other in boxes:
            apart = other[0] > right or other[1] < left or other[2] > bottom or other[3] < top
            one_layer = np.isclose(left + right, other[0] + other[1])
            assert apart or one_layer
    for text in axes.texts[4:]:
        if text.get_text():
            extent = text.get_window_extent(renderer).transformed(inside)
            assert any(
                left <= extent.x0
                and extent.x1 <= right
                and top <= extent.y1
                and extent.y0 <= bottom
                for left, right, top, bottom in boxes
            )


def test_layers_are_at_whole_numbers_while_labels_are_short():
    _, axes = qg.draw_mpl(lambda: [qg.X(0), qg.H(0), qg.CNOT([0, 1]), qg.S(1)])()

    places = {text.get_text(): text.get_position()[0] for text in axes.texts}

    assert (places["X"], places["H"], places["S"]) == (0, 1, 3)


def test_a_qnode_is_drawn_for_its_arguments():
    @qg.qnode(qg.device("local", wires=["b", "a"]))
    def circuit(x):
        qg.RX(x, wires="a")
        qg.AngleEmbedding([0.1, 0.2], ["a", "b"])
        return qg.probs(wires="b")

    _, axes = qg.draw_mpl(circuit, decimals=1)(0.25)
    assert texts(axes) == ["b", "a", "RX\n(0.2)", "AngleEmbedding"]

    _, axes = qg.draw_mpl(circuit, wire_order=["c", "a"], show_all_wires=True)(0.25)
    assert texts(axes)[:3] == ["c", "a", "b"]


def test_mid_circuit_measurements_have_meters_resets_and_double_lines():
    def circuit():
        first = qg.measure(0, reset=True, postselect=1)
        qg.cond(first, qg.RY)(0.3, wires=2)
        return qg.expval(first)

    _, axes = qg.draw_mpl(circuit)()

    assert texts(axes) == ["0", "2", "1", "|0⟩", "RY"]
    assert len(patches(axes, Arc)) == 2
    below = [line for line in axes.lines if max(line.get_ydata()) >= 2]
    assert len(below) == 6  # along, down and up, each an outline and its inside


def test_a_long_circuit_is_several_figures():
    def circuit():
        for _ in range(5):
            qg.X(0)
            qg.cond(qg.measure(1), qg.Z)(1)
        return qg.expval(qg.Z(0))

    pictures = qg.draw_mpl(circuit, max_length=4)()

    assert len(pictures) == 3
    dots = [texts(axes).count("···") for _, axes in pictures]
    assert dots == [2, 4, 2]  # after, before and after, before the wires
    assert [len(patches(axes, Arc)) for _, axes in pictures] == [2, 2, 2]


def test_options_of_wires_labels_and_size_are_matplotlibs():
    figure = pyplot.figure()
    options = {"color": "teal", 1: {"color": "orange", "linestyle": "--"}}

    found, axes = qg.draw_mpl(
        lambda: qg.CNOT([0, 1]),
        wire_options=options,
        label_options={"size": 20},
        fontsize="x-large",
        fig=figure,
    )()

    assert found is figure
    assert [line.get_color() for line in axes.lines[:2]] == ["teal", "orange"]
    assert [text.get_fontsize() for text in axes.texts[:2]] == [20, 20]
    assert texts(qg.draw_mpl(lambda: qg.X(0), show_wire_labels=False)()[1]) == ["X"]


def test_long_labels_of_wires_make_the_picture_wider():
    short, _ = qg.draw_mpl(lambda: qg.X("a"))()
    long, axes = qg.draw_mpl(lambda: qg.X("a wire with a long label"))()
    long.canvas.draw()

    extent = axes.texts[0].get_window_extent(long.canvas.get_renderer())

    assert long.get_figwidth() > short.get_figwidth()
    assert extent.x0 > 0


def test_mathematical_labels_are_set_and_others_left():
    _, axes = qg.draw_mpl(lambda: [qg.X("$q_0$"), qg.X("5$ and 6$ $\\nope$")])()

    assert [text.get_parse_math() for text in axes.texts[:2]] == [True, False]


@pytest.mark.parametrize("style", [*qg.drawer.available_styles(), "rcParams"])
def test_a_style_changes_no_settings(style):
    before = dict(pyplot.rcParams)

    qg.draw_mpl(everything, style=style)()

    assert dict(pyplot.rcParams) == before


def test_styles_have_colours_of_their_own_and_one_may_be_the_default():
    light, _ = qg.draw_mpl(lambda: qg.X(0))()
    dark, _ = qg.draw_mpl(lambda: qg.X(0), style="black_white_dark")()
    qg.drawer.use_style("black_white_dark")
    chosen, _ = qg.draw_mpl(lambda: qg.X(0))()
    qg.drawer.use_style("black_white")

    assert light.get_facecolor() != dark.get_facecolor() == chosen.get_facecolor()


def test_of_several_circuits_the_first_is_drawn_with_a_warning():
    @qg.qnode(qg.device("local", shots=10))
    def circuit():
        return qg.expval(qg.X(0)), qg.expval(qg.Z(0))

    with pytest.warns(UserWarning, match="2 circuits run at this level"):
        qg.draw_mpl(circuit, level="device")()


@pytest.mark.parametrize(
    "options",
    [
        {"style": "sketchy"},
        {"max_length": 0},
        {"decimals": -1},
        {"level": "no"},
        {"fontsize": -1},
        {"fontsize": "huge"},
        {"fig": 3},
        {"wire_options": 3},
        {"wire_options": {"colour": "red"}},
        {"label_options": {"colour": "red"}},
    ],
)
def test_wrong_options_are_refused(options):
    qnode = qg.QNode(lambda: qg.expval(qg.Z(0)), "local")

    with pytest.raises(InvalidDrawing, match=str(next(iter(options)))):
        qg.draw_mpl(qnode, **options)()


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)

    with pytest.raises(MissingExtra, match=r"qgate\[viz\]"):
        qg.draw_mpl(lambda: qg.X(0))()


def test_the_canvas_is_there_for_pictures_of_ones_own():
    drawer = qg.drawer.MPLDrawer(n_layers=2, wire_map={"a": 0, "b": 1})
    drawer.label(["a", "b"])
    drawer.box_gate(0, (0, 1), "a label that is long", autosize=True)
    drawer.ctrl(1, 0, 1, control_values=[False], options={"color": "indigo"})
    drawer.measure(2, 0)
    drawer.fig.suptitle("Mine")

    assert np.isclose(drawer.fig.get_figwidth(), 5)
    assert patches(drawer.ax, Circle)[0].get_edgecolor()[:3] != (0, 0, 0)
