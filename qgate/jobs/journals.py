"""Default files of journals."""

from __future__ import annotations

import os
from pathlib import Path

JOURNAL_VARIABLE = "QGATE_JOURNAL"
"""Environment variable with the default journal."""

LOCAL_JOURNAL = "qgate.db"
"""Default journal of a run, in the working directory."""


def default_journal() -> str:
    """Return the file of the default journal."""
    return os.environ.get(JOURNAL_VARIABLE) or LOCAL_JOURNAL


def user_journal() -> Path:
    """Return the journal file for submissions outside of any run."""
    state = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_STATE_HOME")
    folder = Path(state) if state else Path.home() / ".local" / "state"
    return folder / "qgate" / "journal.db"
