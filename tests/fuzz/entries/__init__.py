"""All entry points."""

from fuzz.entries.old import entries as entries
