"""The local simulators of the Braket SDK."""
