"""How derivatives are made."""
