/* The engine of mixed states for one precision. */
#include "vectors.h"
#include "panels.h"
#include "turns.h"
#include "pauli_steps.h"
#include "pauli_simulate.h"
