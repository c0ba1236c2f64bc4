"""Workloads of `statevector.py`: library-independent circuits, and their runner in each library."""
