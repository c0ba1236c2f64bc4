"""Circuits under one name: layers, embeddings, subroutines, time evolution, excitations."""
