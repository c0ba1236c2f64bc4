/* The whole engine for one precision. */
#include "vectors.h"
#include "blocks.h"
#include "workspace.h"
#include "layers.h"
#include "diagonals.h"
#include "gates.h"
#include "observables.h"
#include "simulate.h"
