"""Circuits with noise of `noisy.py`, and their runner in each library."""
