"""What `statevector.py` times: circuits that belong to no library, and each library's way."""
