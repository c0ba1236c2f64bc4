"""Estimate expectation values of Pauli words with few shots: bases, allocation, errors."""
