"""The column of PyTorch in ``docs/configurations.md`` says what happens."""

from configurations import STALE, stale


def test_the_page_is_what_qgate_does() -> None:
    assert stale("torch") == [], STALE
