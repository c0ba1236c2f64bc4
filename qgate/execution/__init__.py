"""The one road from tapes to values: every circuit of every derivative goes down it."""
