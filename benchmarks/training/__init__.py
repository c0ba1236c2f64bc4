"""Problems, and optimizers that are run on them."""
