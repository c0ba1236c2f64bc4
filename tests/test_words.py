"""The check of wording finds planted words and openings, and reads no code."""

import pytest
from words import main, problems


@pytest.fixture
def problems_of(tmp_path):
    """Return a function from the content of a file to the problems of its wording."""

    def check(content: str, suffix: str = ".py") -> list[str]:
        file = tmp_path / f"planted{suffix}"
        file.write_text(content)
        return [problem.removeprefix(f"{file}:") for problem in problems(file)]

    return check


@pytest.mark.parametrize(
    "opening", ["What a device knows", "Which wires", "Say why", "Tell whether", "So many wires"]
)
def test_an_opening_that_does_not_name_the_thing_is_found(problems_of, opening):
    found = problems_of(f'def f():\n    """{opening}, at the latest."""\n')

    assert any(problem.startswith("2: docstring opens with") for problem in found)


def test_openings_of_docstrings_in_imperative_mood_are_accepted(problems_of):
    assert problems_of('def f():\n    """Return what a device supports."""\n') == []


def test_a_word_in_a_comment_is_found_with_the_term_to_use(problems_of):
    assert problems_of("x = 1  # one purse\n") == ["1: 'purse': write 'account'"]


def test_a_word_is_found_on_its_line_of_a_docstring(problems_of):
    assert problems_of('"""Usage.\n\nA parcel.\n"""\n') == ["3: 'parcel': write 'submission batch'"]


@pytest.mark.parametrize("text", ['"Nothing was bought."', 'f"Nothing was bought by {run}."'])
def test_a_word_in_a_message_is_found(problems_of, text):
    assert problems_of(f"error = {text}\n") == ["1: 'bought': write 'submit, resubmit, order'"]


def test_a_word_in_a_document_or_a_comment_in_c_is_found(problems_of):
    assert len(problems_of("A parcel.\n", ".md")) == 1
    assert len(problems_of("/* one parcel */\nint x; // another parcel\n", ".c")) == 2


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        ("`budget_account` and ``f(purse)``, https://example.org/purse\n", ".md"),
        ("```python\npurse = 1\n```\n", ".md"),
        ("x = 1  # `budget_account`, purse_of and buy()\n", ".py"),
        ("purse = f'A {purse} is formatted.'\n", ".py"),
        ("names = ['purse']\nprogram = '''\nimport purse\npurse.buy()\n'''\n", ".py"),
        ("query = 'SELECT name FROM purse'\n", ".py"),
        ('"""Parameters\n    ----------\n    purse : str\n"""\n', ".py"),
        ("int purse = 1;\n", ".c"),
    ],
)
def test_code_is_not_read(problems_of, content, suffix):
    assert problems_of(content, suffix) == []


def test_the_command_prints_problems_and_fails(tmp_path, capsys):
    clean, planted = tmp_path / "clean.md", tmp_path / "planted.md"
    clean.write_text("A budget.\n")
    planted.write_text("A purse.\n")

    assert main([str(clean)]) == 0
    assert main([str(clean), str(planted)]) == 1
    assert f"{planted}:1: 'purse'" in capsys.readouterr().out
