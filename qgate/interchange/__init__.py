"""Circuits from elsewhere as quantum functions, and quantum functions as circuits elsewhere."""
