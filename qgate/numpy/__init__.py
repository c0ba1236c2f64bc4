"""numpy's functions on arrays that know whether they are trainable."""
