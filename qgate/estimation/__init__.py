"""Means of Pauli words from as few shots as can be: what to read, how often, and how well."""
