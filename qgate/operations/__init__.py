"""Gates, their wrappers, their arithmetic: one table per family."""
