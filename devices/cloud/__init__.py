"""Interface of cloud devices, with their retries, polling, error classes and cards."""
