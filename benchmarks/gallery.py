"""Write the drawings of docs/gallery.md: the texts in it, and its pictures."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qgate as qg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE = Path(__file__).parents[1] / "docs" / "gallery.md"
FIRST = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(
    r"^## (?P<title>.*?)\n.*?^```python\n(?P<code>.*?)^```\n\n```text\n(?P<text>.*?)^```\n\n"
    r"!\[[^\]]*\]\((?P<picture>[^)]+)\)\n",
    re.MULTILINE | re.DOTALL,
)
ONLY_TEXT = ("max_length", "show_matrices")
"""Options of drawings as text that pictures do not have."""


@dataclass(frozen=True)
class Drawn:
    """A circuit of the page: its text, and a function that draws its picture.

    Parameters
    ----------
    title, text : str
    picture : Path
        Its file.
    figure : callable
        Returns the figure and its axes.
    """

    title: str
    text: str
    picture: Path
    figure: Callable[[], tuple[Figure, Axes]]


def drawn(page: str) -> Iterator[Drawn]:
    """Run the programs of the page in order, and yield their drawings."""
    first = FIRST.search(page)
    names: dict[str, Any] = {}
    exec(first["code"] if first else "", names)
    for entry in ENTRY.finditer(page):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(entry["code"], entry["title"], "exec"), names)
        text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
        figure = partial(eval, pictured(entry["code"]), {**names, "pictured": _figure})
        yield Drawn(entry["title"], f"{text}\n", PAGE.parent / entry["picture"], figure)


def pictured(code: str) -> str:
    """Return the expression of the picture of a program that ends by printing ``qg.draw(...)``."""
    last = ast.parse(code).body[-1]
    assert isinstance(last, ast.Expr)
    assert isinstance(last.value, ast.Call)
    return ast.unparse(last.value.args[0]).replace("qg.draw(", "pictured(")


def _figure(circuit: Any, **options: Any) -> Any:
    kept = {name: value for name, value in options.items() if name not in ONLY_TEXT}
    return qg.draw_mpl(circuit, **{"decimals": 2, **kept})


def written(page: str, drawings: list[Drawn]) -> str:
    """Return the page with the texts of the drawings."""
    for drawing, entry in zip(
        reversed(drawings), reversed(list(ENTRY.finditer(page))), strict=True
    ):
        page = page[: entry.start("text")] + drawing.text + page[entry.end("text") :]
    return page


def save(figure: Figure, file: Path) -> None:
    """Save a figure as a small SVG that is the same in every run, with its texts as texts."""
    from matplotlib import pyplot, rc_context

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "qgate"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def main() -> None:
    """Write the page and its pictures."""
    page = PAGE.read_text(encoding="utf-8")
    drawings = list(drawn(page))
    PAGE.write_text(written(page, drawings), encoding="utf-8")
    for drawing in drawings:
        drawing.picture.parent.mkdir(exist_ok=True)
        save(drawing.figure()[0], drawing.picture)


if __name__ == "__main__":
    main()
