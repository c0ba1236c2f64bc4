"""Transforms that rewrite the gates of a circuit; ``qgate.transforms`` has their names."""
