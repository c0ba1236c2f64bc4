"""Pure functions on structures and sweeps, cached by structure."""
