"""The statevector simulator of this machine."""
