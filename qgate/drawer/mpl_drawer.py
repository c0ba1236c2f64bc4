"""Canvas of a picture: boxes, dots and lines on wires, by matplotlib.

One unit is one inch, both across (a layer) and down (a wire). Row 0 is at the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from qgate.drawer.fitted_text import BOX, MARGIN, NOTE, fitted, is_mathematical, text_size
from qgate.drawer.styles import load_pyplot
from qgate.short_repr import summary
from qgate.typing import Wire

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Options: TypeAlias = dict[str, Any]
"""Keywords of matplotlib."""

ROUNDING = 0.08
DOT = 0.1
RING = 0.25
CROSS = 0.18
NOTCH = (0.06, 0.3)

CLASSICAL_STEP = 0.25
"""Distance between classical wires."""

LABELS = 1.0
"""Least width of the column of labels."""


class MPLDrawer:
    """Picture of a circuit on a matplotlib figure, drawn by calls.

    Parameters
    ----------
    n_layers : float
        Number of layers, each one inch wide.
    wire_map : mapping of wire to int
        Row of each wire, from 0 at the top.
    c_wires : int
        Number of classical wires.
    wire_options : mapping, optional
        matplotlib's options of the wires' lines; a mapping under the label of a wire holds the
        options of that wire.
    figsize : (float, float), optional
        Width and height in inches; default: one inch for each layer and wire, and margins.
    fig : Figure, optional
        Figure that is cleared and used; default a new one.
    starting_dots : bool
        Whether wires begin with dots, because the picture continues another.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    """

    def __init__(
        self,
        n_layers: float,
        wire_map: Mapping[Wire, int],
        c_wires: int = 0,
        *,
        wire_options: Mapping[Any, Any] | None = None,
        figsize: tuple[float, float] | None = None,
        fig: Figure | None = None,
        starting_dots: bool = False,
    ) -> None:
        self._pyplot = load_pyplot()
        self.n_layers, self.n_wires, self.fontsize = n_layers, len(wire_map), 14.0
        self._dots = starting_dots
        bottom = self.n_wires + (0.5 + CLASSICAL_STEP * c_wires if c_wires else 0.0)
        width, height = figsize or (n_layers + 2 + LABELS, bottom + 1.0)
        self._fig: Figure = self._pyplot.figure() if fig is None else fig
        self._fig.clear()
        self._fig.set_size_inches(width, height)
        self._fig.set_facecolor(self._pyplot.rcParams["figure.facecolor"])
        left = -1 - LABELS - 0.5 * starting_dots
        self._ax: Axes = self._fig.add_axes((0, 0, 1, 1), xlim=(left, n_layers + 1))
        self._ax.set_ylim(bottom, -1)
        self._ax.axis("off")
        self._draw_wires(wire_map, dict(wire_options or {}))
        if starting_dots:
            for row in range(self.n_wires):
                self._text(-1.25, row, "···", {"fontsize": 21, "va": "center_baseline"})

    @property
    def fig(self) -> Figure:
        """The figure."""
        return self._fig

    @property
    def ax(self) -> Axes:
        """The axes; x counts layers, y rows."""
        return self._ax

    def label(self, labels: Sequence[str], text_options: Mapping[str, Any] | None = None) -> None:
        """Write a label before each wire; the picture becomes wider for long ones."""
        options = {"fontsize": self.fontsize, **_text_options(text_options)}
        start = -1.0 - 0.5 * self._dots
        longest = max((text_size(text, self._points(options))[0] for text in labels), default=0.0)
        more = max(0.0, longest + 4 * MARGIN - LABELS)
        if more:
            left, right = self._ax.get_xlim()
            self._ax.set_xlim(left - more, right)
            self._fig.set_figwidth(self._fig.get_figwidth() + more)
        for row, text in enumerate(labels):
            self._text(start - (LABELS + more) / 2, row, text, options)

    def crop_wire_labels(self) -> None:
        """Cut off the column of labels."""
        left, right = self._ax.get_xlim()
        self._ax.set_xlim(left + LABELS, right)
        self._fig.set_figwidth(self._fig.get_figwidth() - LABELS)

    def box_gate(
        self,
        layer: float,
        wires: int | Iterable[int],
        text: str = "",
        box_options: Options | None = None,
        text_options: Options | None = None,
        *,
        extra_width: float = 0.0,
        autosize: bool = True,
        active_wire_notches: bool = True,
    ) -> None:
        """Draw a box with a text on all rows from the first to the last of ``wires``.

        Parameters
        ----------
        layer : float
            Position of its centre.
        wires : int or iterable of int
        text : str
        box_options, text_options : dict, optional
            matplotlib's options of the rectangle and the text.
        extra_width : float
            Width of the box beyond that of a gate on one wire.
        autosize : bool
            Whether the text is turned or made smaller to fit.
        active_wire_notches : bool
            Whether marks show the wires on which it acts, if it covers others too.
        """
        rows = _rows(wires)
        style: Options = {"zorder": 2, **(box_options or {})}
        width, height = BOX + extra_width, rows[-1] - rows[0] + BOX
        if active_wire_notches and len(rows) < rows[-1] - rows[0] + 1:
            for row in rows:
                self._box(layer, row, width + 2 * NOTCH[0], NOTCH[1], {**style, "zorder": 1.9})
        middle = (rows[0] + rows[-1]) / 2
        self._box(layer, middle, width, height, style)
        above = {"fontsize": self.fontsize, "zorder": style["zorder"] + 1}
        options = {**above, **_text_options(text_options)}
        if autosize:
            fit = fitted(text, self._points(options), height, width=width)
            scale = min(1.0, (width - MARGIN) / fit.width) if fit.width else 1.0
            options |= {"fontsize": fit.fontsize * scale, "rotation": fit.rotation}
        self._text(layer, middle, text, options)

    def ctrl(
        self,
        layer: float,
        wires: int | Iterable[int],
        wires_target: int | Iterable[int] = (),
        control_values: Sequence[bool] | None = None,
        options: Options | None = None,
    ) -> None:
        """Draw control dots, joined by a line with each other and with the targets.

        Parameters
        ----------
        layer : float
        wires, wires_target : int or iterable of int
        control_values : sequence of bool, optional
            Dots of false values are open; default all true.
        options : dict, optional
            ``color``, ``linewidth`` and ``zorder``.
        """
        controls = _given(wires)
        rows = sorted([*controls, *_given(wires_target)])
        self._line([layer, layer], [rows[0], rows[-1]], options)
        values = [True] * len(controls) if control_values is None else control_values
        for row, value in zip(controls, values, strict=True):
            self._circle(layer, row, DOT, options, filled=bool(value))

    def CNOT(
        self,
        layer: float,
        wires: Sequence[int],
        control_values: Sequence[bool] | None = None,
        options: Options | None = None,
    ) -> None:
        """Draw a flip of the last wire, controlled by the others."""
        *controls, target = wires
        if controls:
            self.ctrl(layer, controls, target, control_values, options)
        self._circle(layer, target, RING, options, filled=False)
        above = {"zorder": 3.1, **(options or {})}
        self._line([layer, layer], [target - RING, target + RING], above)
        self._line([layer - RING, layer + RING], [target, target], above)

    def SWAP(self, layer: float, wires: Sequence[int], options: Options | None = None) -> None:
        """Draw an exchange of two wires."""
        self._line([layer, layer], list(wires), options)
        for row in wires:
            for slope in (CROSS, -CROSS):
                self._line([layer - CROSS, layer + CROSS], [row - slope, row + slope], options)

    def measure(
        self,
        layer: float,
        wires: int | Iterable[int],
        text: str | None = None,
        box_options: Options | None = None,
        lines_options: Options | None = None,
    ) -> None:
        """Draw a meter; rows from the number of wires on are classical wires."""
        from matplotlib.patches import Arc

        places = [self.y(row) for row in _rows(wires)]
        middle, height = (places[0] + places[-1]) / 2, places[-1] - places[0] + BOX
        if places[0] >= self.n_wires:
            height -= BOX / 3
        self._box(layer, middle, BOX, height, {"zorder": 2, **(box_options or {})})
        rc = self._pyplot.rcParams
        color = (lines_options or {}).get("color", rc["lines.color"])
        below = middle + 0.14
        arc = Arc((layer, below), 0.5, 0.46, theta1=180, theta2=360, zorder=3, edgecolor=color)
        self._ax.add_patch(arc)
        arrow = {"arrowstyle": "-|>", "facecolor": color, "edgecolor": color, "mutation_scale": 8}
        line = {"shrinkA": 0, "shrinkB": 0, "linewidth": rc["lines.linewidth"]}
        self._ax.annotate(
            "",
            (layer + 0.2, middle - 0.24),
            (layer - 0.04, below),
            arrowprops={**arrow, **line},
            zorder=3,
            annotation_clip=False,
        )
        if text:
            size = NOTE * self._points({"fontsize": self.fontsize})
            place = (layer + BOX / 2 + 0.04, middle + 0.25)
            self._text(*place, text, {"fontsize": size, "ha": "left"})

    def barrier(self, layer: float, wires: int | Iterable[int]) -> None:
        """Draw two lines across the rows from the first to the last of ``wires``."""
        rows = _rows(wires)
        for place in (layer - 0.05, layer + 0.05):
            self._line([place, place], [rows[0] - 0.45, rows[-1] + 0.45], {"zorder": 2})

    def erase_wire(self, layer: float, wire: int, length: float) -> None:
        """Hide a wire from ``layer`` on, over a length."""
        from matplotlib.patches import Rectangle

        paper = self._pyplot.rcParams["figure.facecolor"]
        patch = Rectangle((layer, wire - 0.1), length, 0.2, color=paper, zorder=1.1, linewidth=0)
        self._ax.add_patch(patch)

    def classical_wire(
        self, layers: Sequence[float], wires: Sequence[float], *, zorder: float = 1.5
    ) -> None:
        """Draw a double line through these points; rows from the number of wires on are classical.

        A step is as wide as four lines, so that later lines pass over earlier ones.
        """
        rc = self._pyplot.rcParams
        places = [self.y(row) for row in wires]
        for scale, color, more in ((4.0, "lines.color", 0.0), (2.0, "figure.facecolor", 0.01)):
            style = {"linewidth": scale * rc["lines.linewidth"], "color": rc[color]}
            self._line(layers, places, {**style, "zorder": zorder + more, "solid_capstyle": "butt"})

    def dots(self, layer: float) -> None:
        """Write dots after each wire, because another picture continues."""
        for row in range(self.n_wires):
            self._text(layer, row, "···", {"fontsize": 21, "va": "center_baseline"})

    def y(self, row: float) -> float:
        """Return the position of a row, or of a classical wire after the rows."""
        return row if row < self.n_wires else self.n_wires + CLASSICAL_STEP * (row - self.n_wires)

    def _draw_wires(self, wire_map: Mapping[Wire, int], options: dict[Any, Any]) -> None:
        common = {key: value for key, value in options.items() if not isinstance(value, Mapping)}
        for wire, row in wire_map.items():
            own = options.get(wire, {})
            style = {"zorder": 1, **common, **(own if isinstance(own, Mapping) else {})}
            self._line([-1, self.n_layers], [row, row], style)

    def _line(self, x: Sequence[float], y: Sequence[float], options: Options | None) -> None:
        from matplotlib.lines import Line2D

        color = self._pyplot.rcParams["lines.color"]
        given = options or {}
        known = {} if "color" in given or "c" in given else {"color": color}
        self._ax.add_line(Line2D(x, y, **{"zorder": 1.8, **known, **given}))

    def _circle(
        self, x: float, y: float, radius: float, options: Options | None, *, filled: bool
    ) -> None:
        from matplotlib.patches import Circle

        rc, given = self._pyplot.rcParams, options or {}
        ink = given.get("color", rc["lines.color"])
        style = {
            "facecolor": ink if filled else rc["axes.facecolor"],
            "edgecolor": ink,
            "linewidth": given.get("linewidth", rc["lines.linewidth"]),
            "zorder": given.get("zorder", 3),
        }
        self._ax.add_patch(Circle((x, y), radius, **style))

    def _box(self, x: float, y: float, width: float, height: float, options: Options) -> None:
        from matplotlib.patches import FancyBboxPatch

        inner = (width - 2 * ROUNDING, height - 2 * ROUNDING)
        corner = (x - inner[0] / 2, y - inner[1] / 2)
        shape = f"round,pad={ROUNDING},rounding_size={ROUNDING}"
        self._ax.add_patch(FancyBboxPatch(corner, *inner, boxstyle=shape, **options))

    def _text(self, x: float, y: float, text: str, options: Options) -> None:
        place = {"ha": "center", "va": "center", "zorder": 4, "fontsize": self.fontsize}
        style = {"parse_math": is_mathematical(text), **place, **options}
        self._ax.text(x, y, text, **style)

    def _points(self, options: Options) -> float:
        """Return the size of a font, which may be given by name, in points."""
        from matplotlib.font_manager import FontProperties

        return float(FontProperties(size=options["fontsize"]).get_size_in_points())

    def __repr__(self) -> str:
        return summary(self, "n_layers", "n_wires")


def contiguous(rows: Sequence[int]) -> list[list[int]]:
    """Return ascending rows in groups without gaps."""
    groups = [[rows[0]]]
    for before, row in pairwise(rows):
        if row == before + 1:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _text_options(given: Mapping[str, Any] | None) -> Options:
    """Return options of a text under their full names."""
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.text import Text

    return dict(normalize_kwargs(dict(given or {}), Text))


def _given(wires: int | Iterable[int]) -> list[int]:
    return [wires] if isinstance(wires, int) else list(wires)


def _rows(wires: int | Iterable[int]) -> list[int]:
    return sorted(_given(wires))
