/* Engine of mixed states: gates and channels on vectors of Pauli expectation values.
 *
 * A state of n wires is the vector of the expectation values of all 4**n Pauli words; a gate or a
 * channel is a real matrix on the digits of its wires (Pauli transfer matrix, arXiv:1509.02921).
 * Runs of them on the same wires are one matrix, the product of small factors (factors.h), applied
 * in one pass (panels.h); rotations about long words act on pairs (turns.h). Factors are linear in
 * coefficients, functions of the angles that the caller computes for every row. So derivatives by
 * coefficients are all that this engine computes (pauli_simulate.h).
 *
 * `devices/local/mixed/serialize.py` writes plans, `mixed/native.py` calls the functions at the
 * end. All of it is compiled twice, as in engine.c. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "pauli_plan.h"
#include "threads.h"

enum { APART = 272 }; /* padding between vectors, whose addresses would otherwise agree in their last bits */

#include "factors.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#define real double
#define index_t int64_t
#define NAME(x) JOIN(x, _double)
#include "pauli_precision.h"
#undef real
#undef index_t
#undef NAME
#include "undef_precision.h"

#define real float
#define index_t int32_t
#define NAME(x) JOIN(x, _single)
#include "pauli_precision.h"

void qgate_pauli_plan_free(pauli_plan *p)
{
    if (!p) return;
    free(p->steps), free(p->starts), free(p->entries);
    free(p);
}

static void read_block(pauli_step *st, const int64_t *c)
{
    st->width = (int)c[1], st->size = 1 << 2 * st->width;
    for (int h = 0; h < st->width; h++) st->strides[h] = (int64_t)1 << 2 * c[2 + h];
    for (int r = 0; r < st->size; r++) {
        st->rows[r] = 0;
        for (int h = 0; h < st->width; h++) st->rows[r] += ((r >> 2 * h) & 3) * st->strides[h];
    }
    st->first = c[2 + MOST_WIDTH], st->last = c[3 + MOST_WIDTH];
}

/* Read a plan as `mixed/serialize.py` writes it; NULL if memory is exhausted. */
pauli_plan *qgate_pauli_plan_new(const int64_t *ints, const double *values)
{
    pauli_plan *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->num_wires = (int)ints[0], p->num_coefficients = ints[1], p->num_common = ints[2];
    p->num_steps = ints[3];
    int64_t factors = ints[4], entries = ints[5];
    ints += 6;
    p->steps = calloc(p->num_steps + 1, sizeof(pauli_step));
    p->starts = malloc((factors + 1) * sizeof(int64_t));
    p->entries = malloc((entries + 1) * sizeof(entry));
    if (!p->steps || !p->starts || !p->entries) {
        qgate_pauli_plan_free(p);
        return NULL;
    }
    p->most_rows = 4;
    for (int64_t i = 0; i < p->num_steps; i++, ints += 4 + MOST_WIDTH) {
        pauli_step *st = p->steps + i;
        st->kind = (int)ints[0];
        if (st->kind == STEP_TURN) {
            st->word = (uint64_t)ints[1], st->cosine = ints[2], st->sine = ints[3];
            continue;
        }
        read_block(st, ints);
        if (st->size > p->most_rows) p->most_rows = st->size;
        if (st->last - st->first > p->most_factors) p->most_factors = st->last - st->first;
    }
    memcpy(p->starts, ints, (factors + 1) * sizeof(int64_t)), ints += factors + 1;
    for (int64_t i = 0; i < entries; i++, ints += 3)
        p->entries[i] = (entry){(int)ints[0], (int)ints[1], ints[2], values[i]};
    return p;
}

/* Run a request; nonzero if memory is exhausted. */
int qgate_pauli_run(const pauli_plan *p, const pauli_request *r)
{
    return r->single ? simulate_mixed_single(p, r) : simulate_mixed_double(p, r);
}
