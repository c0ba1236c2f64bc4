"""Parts of the benchmark of mitigation."""
