"""The cells of ``docs/configurations.md``: each one run, and compared with plain numpy."""
