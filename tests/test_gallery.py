"""The drawings of docs/gallery.md are those that are drawn now."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

gallery = pytest.importorskip("gallery")
pytest.importorskip("matplotlib").use("Agg")

PAGE = gallery.PAGE.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Structure:
    """Texts and numbers of shapes of an SVG, which no version of a font changes."""

    texts: list[str]
    shapes: Counter[str]
    size: tuple[float, float]


def structure(file: Path) -> Structure:
    root = ElementTree.parse(file).getroot()
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    texts = ["".join(each.itertext()).strip() for each in root.iter() if each.tag.endswith("}text")]
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    return Structure(
        texts, Counter(name for name in names if name in ("path", "use")), (width, height)
    )


@pytest.fixture(scope="module")
def drawings() -> list:
    return list(gallery.drawn(PAGE))


def test_the_gallery_has_twenty_circuits_with_text_and_picture(drawings):
    assert len(drawings) == 20
    assert len({drawing.picture for drawing in drawings}) == 20
    assert all(drawing.picture.is_file() for drawing in drawings)
    assert PAGE.count("\n## ") == 20


def test_its_texts_are_those_that_are_drawn_to_the_last_sign(drawings):
    assert gallery.written(PAGE, drawings) == PAGE


def test_its_pictures_have_the_structure_of_those_that_are_drawn(drawings, tmp_path):
    for drawing in drawings:
        figure, _ = drawing.figure()
        gallery.save(figure, tmp_path / "drawn.svg")
        expected, found = structure(drawing.picture), structure(tmp_path / "drawn.svg")

        assert found.texts == expected.texts, drawing.title
        assert found.shapes == expected.shapes, drawing.title
        assert found.size == pytest.approx(expected.size, rel=0.05), drawing.title


def test_its_pictures_are_small_and_name_no_time(drawings):
    for drawing in drawings:
        text = drawing.picture.read_text(encoding="utf-8")

        assert len(text) < 25_000
        assert not re.search(r"\b20\d\d-\d\d-\d\d", text)
