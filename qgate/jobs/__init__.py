"""Submission of paid jobs exactly once: runs, journal, orders, budgets, retries, plans."""
