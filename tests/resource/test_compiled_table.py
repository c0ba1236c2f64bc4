"""Tables of compiled circuits."""

from qgate.devices.compiled import CompiledCircuit, NativeOperation
from qgate.resource.compiled_table import as_html, as_text, columns, notes

PLAIN = CompiledCircuit((NativeOperation("h", (), (0,)), NativeOperation("cx", (), (0, 1))))
TIMED = CompiledCircuit(
    (NativeOperation("x", (), (0,), 0.25, 2e-6),), (), "compiled by hand", "manual"
)


def test_columns_without_entries_are_left_out():
    assert "duration" not in columns([PLAIN], {"circuit": ["a"]})
    assert columns([TIMED], {})["duration"] == ["2 us"]
    assert columns([TIMED], {})["success"] == ["0.75"]


def test_numbers_are_aligned_to_the_right_and_words_to_the_left():
    assert as_text(columns([PLAIN, TIMED], {"circuit": ["a", "b"]})) == [
        "circuit  depth  gates  on two qubits  duration  success  native gates",
        "a            2      2              1                     h 1, cx 1",
        "b            1      1              0      2 us     0.75  x 1",
    ]


def test_a_table_of_html_escapes_its_cells():
    html = as_html(columns([PLAIN], {"circuit": ["<a>"]}))

    assert html.startswith("<table><tr><th>circuit</th>")
    assert "<td>&lt;a&gt;</td>" in html


def test_notes_are_written_once():
    assert notes([TIMED, TIMED, PLAIN]) == [
        "The circuits are compiled by hand.",
        "Errors and durations are those of the manual.",
    ]
