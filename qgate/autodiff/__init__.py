"""Values and derivatives of a tape: choice of the method, circuits, results."""
