"""Pictures of Fourier coefficients on axes of matplotlib that the caller made.

Several sets of coefficients, for example of a circuit with random weights, are drawn as
distributions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from qgate.exceptions import InvalidFourierGrid, described
from qgate.typing import ComplexArray, FloatArray, Tensor

PARTS = ("real", "imag")

COLOURS = {"real": "purple", "imag": "green"}
"""Default colours of the two parts."""


def bar(
    coeffs: Tensor,
    n_inputs: int,
    ax: Any,
    colour_dict: Mapping[str, str] | None = None,
    show_freqs: bool = True,
) -> Any:
    """Draw one set of coefficients as bars, the real parts above the imaginary ones.

    Parameters
    ----------
    coeffs : complex array, shape (2 d_1 + 1, ..., 2 d_N + 1)
        As ``qg.fourier.coefficients`` returns it.
    n_inputs : int
        N, the number of inputs.
    ax : pair of matplotlib.axes.Axes
        For the real and the imaginary parts.
    colour_dict : mapping, optional
        Colours of ``"real"`` and ``"imag"``.
    show_freqs : bool
        Whether the frequencies are written between the two axes.

    Returns
    -------
    pair of matplotlib.axes.Axes
        ``ax``.

    Raises
    ------
    InvalidFourierGrid
        The coefficients have another shape, or there are not two axes.
    """

    def draw(axis: Any, places: FloatArray, values: FloatArray, colour: str) -> None:
        axis.bar(places, values[0], color=colour)

    return _two_rows(
        "bar", _sets("bar", coeffs, n_inputs, most=1), ax, colour_dict, show_freqs, draw
    )


def violin(
    coeffs: Sequence[Tensor] | Tensor,
    n_inputs: int,
    ax: Any,
    colour_dict: Mapping[str, str] | None = None,
    show_freqs: bool = True,
) -> Any:
    """Draw the distribution of each coefficient in several sets as a violin plot; as ``bar``."""

    def draw(axis: Any, places: FloatArray, values: FloatArray, colour: str) -> None:
        for body in axis.violinplot(values, places, showextrema=False)["bodies"]:
            body.set(color=colour, alpha=0.7)

    return _two_rows("violin", _sets("violin", coeffs, n_inputs), ax, colour_dict, show_freqs, draw)


def box(
    coeffs: Sequence[Tensor] | Tensor,
    n_inputs: int,
    ax: Any,
    colour_dict: Mapping[str, str] | None = None,
    show_freqs: bool = True,
    show_fliers: bool = True,
) -> Any:
    """Draw the distribution of each coefficient in several sets as a box plot; as ``bar``.

    ``show_fliers``: whether outliers are drawn.
    """

    def draw(axis: Any, places: FloatArray, values: FloatArray, colour: str) -> None:
        _boxes(axis, places, values, colour, show_fliers=show_fliers)

    return _two_rows("box", _sets("box", coeffs, n_inputs), ax, colour_dict, show_freqs, draw)


def radial_box(
    coeffs: Sequence[Tensor] | Tensor,
    n_inputs: int,
    ax: Any,
    show_freqs: bool = True,
    colour_dict: Mapping[str, str] | None = None,
    show_fliers: bool = True,
) -> Any:
    """Draw box plots of coefficients around a circle; as ``box``, on two polar axes."""
    sets = _sets("radial_box", coeffs, n_inputs)
    axes = _pair("radial_box", ax)
    if any(axis.name != "polar" for axis in axes):
        raise InvalidFourierGrid(
            "radial_box draws on polar axes. Make them with plt.subplots(1, 2, "
            "subplot_kw={'polar': True})."
        )
    labels, count = _labels(sets), sets[0].size
    turns = np.arange(count) - count // 2
    angles = np.mod(-turns * 2 * np.pi / count, 2 * np.pi)
    colours = {**COLOURS, **(colour_dict or {})}
    for axis, part in zip(axes, PARTS, strict=True):
        values = _in_order(sets, part)
        _boxes(axis, angles, values, colours[part], show_fliers=show_fliers, width=np.pi / count)
        axis.set_theta_zero_location("N")
        axis.set_thetagrids(np.degrees(angles), labels=labels if show_freqs else [""] * count)
        axis.set_title(part)
    return ax


def panel(
    coeffs: Sequence[Tensor] | Tensor, n_inputs: int, ax: Any, colour: str | None = None
) -> Any:
    """Draw each coefficient of several sets as points of the complex plane, one plane for each.

    Parameters
    ----------
    coeffs : sequence of complex array
        Sets of coefficients of a function of one or two inputs.
    n_inputs : int
    ax : array of matplotlib.axes.Axes
        Of the shape of a set.
    colour : str, optional
        Of the outline of the points.

    Raises
    ------
    InvalidFourierGrid
        There are more inputs, or the axes have another shape.
    """
    sets, axes = _sets("panel", coeffs, n_inputs), np.asarray(ax)
    if n_inputs not in (1, 2) or axes.shape != sets[0].shape:
        raise InvalidFourierGrid(
            f"panel was given axes of shape {axes.shape} for coefficients of shape "
            f"{sets[0].shape}. Give axes of this shape; one or two inputs are possible."
        )
    for index in np.ndindex(axes.shape):
        points: Any = np.moveaxis(sets, 0, -1)[index]
        plane: Any = axes[index]
        plane.scatter(points.real, points.imag, facecolor="white", edgecolor=colour or "tab:blue")
        pairs = zip(index, axes.shape, strict=True)
        signed = [place if place <= size // 2 else place - size for place, size in pairs]
        plane.set_title(", ".join(map(str, signed)))
        plane.grid(visible=True)
        plane.set_aspect("equal")
    return ax


Draw = Callable[[Any, FloatArray, FloatArray, str], None]
"""Function that draws values (sets, places) at places on an axis, in a colour."""


def _two_rows(
    owner: str,
    sets: ComplexArray,
    ax: Any,
    colour_dict: Mapping[str, str] | None,
    show_freqs: bool,
    draw: Draw,
) -> Any:
    """Draw the real parts on the first axis and the imaginary parts on the second."""
    colours, places = {**COLOURS, **(colour_dict or {})}, np.arange(1.0, sets[0].size + 1)
    axes = _pair(owner, ax)
    for axis, part in zip(axes, PARTS, strict=True):
        draw(axis, places, _in_order(sets, part), colours[part])
        axis.set_ylabel(part)
        axis.set_xticks(places, labels=[""] * len(places))
        axis.axhline(0.0, color="black", linewidth=0.8)
        axis.spines[["top", "right", "bottom"]].set_visible(False)
        axis.tick_params(axis="x", length=0)
        axis.grid(axis="x")
        axis.set_axisbelow(True)
    if show_freqs:
        axes[1].set_xticks(places, labels=_labels(sets), fontsize=10, color="grey")
        axes[1].xaxis.set_ticks_position("top")
        axes[1].tick_params(axis="x", length=0)
    return ax


def _boxes(
    axis: Any,
    places: FloatArray,
    values: FloatArray,
    colour: str,
    *,
    show_fliers: bool,
    width: float | None = None,
) -> None:
    lines = {"color": colour}
    drawn = axis.boxplot(
        values,
        positions=places,
        widths=width,
        patch_artist=True,
        showfliers=show_fliers,
        manage_ticks=False,
        medianprops=lines,
        whiskerprops=lines,
        capprops=lines,
        flierprops={"markeredgecolor": colour},
    )
    for body in drawn["boxes"]:
        body.set(facecolor=(colour, 0.4), edgecolor=colour)


def _pair(owner: str, ax: Any) -> list[Any]:
    axes = list(np.asarray(ax).ravel())
    if len(axes) != len(PARTS):
        raise InvalidFourierGrid(
            f"{owner} draws on two axes, and was given {len(axes)}. Make them with "
            "plt.subplots(2, 1, sharex=True)."
        )
    return axes


def _sets(owner: str, coeffs: Any, n_inputs: int, most: int | None = None) -> ComplexArray:
    """Return sets of coefficients as one array, the first axis counting the sets."""
    try:
        given: ComplexArray = np.asarray(coeffs, dtype=complex)
    except (TypeError, ValueError):
        given = np.zeros(0, dtype=complex)
    if given.ndim == n_inputs:
        given = given[None]
    odd = all(size % 2 for size in given.shape[1:])
    if given.ndim != n_inputs + 1 or not given.size or not odd or len(given) > (most or len(given)):
        kind = "a set of coefficients" if most else "sets of coefficients"
        what = f"an array of shape {given.shape}" if given.size else described(coeffs)
        raise InvalidFourierGrid(
            f"{owner} was given {what} with n_inputs={n_inputs}. Give {kind}, each of {n_inputs} "
            "axes of odd lengths 2 d + 1, as qg.fourier.coefficients returns it."
        )
    return given


def _frequencies(sets: ComplexArray) -> list[tuple[int, ...]]:
    """Return the frequencies of all coefficients, ascending."""
    return list(product(*(range(-(size // 2), size // 2 + 1) for size in sets.shape[1:])))


def _labels(sets: ComplexArray) -> list[str]:
    return [" ".join(f"{number:d}" for number in found) for found in _frequencies(sets)]


def _in_order(sets: ComplexArray, part: str) -> FloatArray:
    """Return the real or imaginary parts, shape (sets, coefficients), by ascending frequency."""
    values: Any = getattr(sets, part)
    return np.stack([values[(slice(None), *index)] for index in _frequencies(sets)], axis=-1)
