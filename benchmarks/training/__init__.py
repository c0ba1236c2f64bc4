"""Problems, and optimizers that are tried on them."""
