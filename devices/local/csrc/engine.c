/* Statevector engine: a circuit is read as a plan once, and the plan is run on rows of angles.
 *
 * It does not depend on Python. `devices/local/serialize.py` writes plans and observables as
 * arrays, `libraries.py` declares the functions at the end of this file, and `native.py` calls
 * them.
 *
 * A simulation has two phases (simulate.h). Forward: apply the steps of the plan to the state 0. Backward,
 * for derivatives: adjoint differentiation (arXiv:2009.02823), that is undo the steps in the ket
 * and in the bras O|psi>, and add Im <bra|G|ket> at each angle. Steps process the state in
 * blocks that fit into the cache (layers.h, diagonals.h, gates.h). Sums are split into a fixed
 * number of parts, so that the number of threads does not change the result.
 *
 * All of it is compiled twice, for double and single precision: precision.h is included with
 * `real` and NAME(x) defined, and undefined again by undef_precision.h. */
#define _GNU_SOURCE
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "threads.h"

enum {
    SMALL_BITS = 10, /* bits of a block that stays in the level-1 cache */
    LARGE_BITS = 13, /* bits of a block that stays in the level-2 cache with its tables of phases */
    SPARE_BITS = 16, /* smaller states have a spare buffer, for faster permutations */
    GATHERED = 7,    /* maximum number of gathered bits of a pass */
    PARTS = 32,      /* sums have this number of parts, independent of the number of threads */
    DOUBLES = 2 << SMALL_BITS, /* numbers per thread */
    BUFFER = 6 << LARGE_BITS,
    APART = 272 /* padding between arrays, whose addresses would otherwise agree in their last
                 * bits */
};

/* Angles up to this size are reduced with a few multiplications; see `sines`. */
#define FAST_ANGLE 1e5

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#define real double
#define index_t int64_t
#define NAME(x) JOIN(x, _double)
#include "precision.h"
#undef real
#undef index_t
#undef NAME
#include "undef_precision.h"

#define real float
#define index_t int32_t
#define NAME(x) JOIN(x, _single)
#include "precision.h"
#undef real
#undef index_t
#undef NAME

/* Plans ------------------------------------------------------------------------------------- */

static void free_moves(moves *all, int number)
{
    for (int j = 0; all && j < number; j++) free(all[j].lookup);
    free(all);
}

static void free_plan(plan *p)
{
    if (!p) return;
    for (int64_t i = 0; p->steps && i < p->num_steps; i++) {
        for (int j = 0; j < p->steps[i].num_passes; j++) {
            free(p->steps[i].passes[j].members);
            free(p->steps[i].passes[j].places);
        }
        free(p->steps[i].passes);
        free_moves(p->steps[i].there, p->steps[i].num_moves);
        free_moves(p->steps[i].back, p->steps[i].num_moves);
    }
    for (int64_t i = 0; p->tables && i < p->num_tables; i++) free(p->tables[i].classes);
    free(p->offsets), free(p->factors), free(p->starts), free(p->slots), free(p->elements);
    free(p->blocks), free(p->groups), free(p->masks), free(p->weights), free(p->tables);
    free(p->steps), free(p->global_angles), free(p->global_weights);
    free(p);
}

static void *copied(const void *from, int64_t bytes)
{
    void *to = malloc(bytes ? bytes : 1);
    if (to && bytes) memcpy(to, from, bytes);
    return to;
}

/* Add a pass of a layer: blocks on low bits, or a group on gathered high bits. */
static int add_pass(const plan *p, step *st, const int64_t *members, int number, int gathered)
{
    pass *q = &st->passes[st->num_passes];
    memset(q, 0, sizeof *q);
    q->members = copied(members, number * sizeof(int64_t));
    q->places = malloc(number * sizeof(int));
    st->num_passes++;
    if (!q->members || !q->places) return 1;
    q->number = number;
    q->rows.bits = p->num_bits < LARGE_BITS ? p->num_bits : LARGE_BITS;
    if (gathered) q->rows.bits = LARGE_BITS, q->rows.num_high = number;
    for (int m = 0; m < number; m++) {
        int bit = p->blocks[members[m]].bit;
        q->places[m] = gathered ? LARGE_BITS - number + m : bit;
        if (gathered) q->rows.high[m] = bit;
    }
    return 0;
}

static int plan_passes(const plan *p, step *st)
{
    int64_t low[MOST_BITS], high[MOST_BITS];
    int num_low = 0, num_high = 0;
    for (int64_t b = st->first; b < st->last; b++)
        if (p->blocks[b].bit < LARGE_BITS)
            low[num_low++] = b;
        else
            high[num_high++] = b;
    st->passes = calloc(2 + num_high, sizeof(pass));
    if (!st->passes) return 1;
    if (num_low && add_pass(p, st, low, num_low, 0)) return 1;
    int groups = (num_high + GATHERED - 1) / GATHERED;
    for (int g = 0; g < groups; g++) {
        int first = num_high * g / groups, last = num_high * (g + 1) / groups;
        if (add_pass(p, st, high + first, last - first, 1)) return 1;
    }
    return 0;
}

/* Read moves as `serialize.py` writes them, and advance the pointer; NULL if memory is exhausted. */
static moves *read_moves(const plan *p, int number, const int64_t **ints)
{
    moves *all = calloc(number + 1, sizeof(moves));
    const int64_t *c = *ints;
    for (moves *m = all; m && m < all + number; m++) {
        m->rows.bits = (int)*c++, m->rows.num_high = (int)*c++;
        for (int h = 0; h < m->rows.num_high; h++) m->rows.high[h] = (int)*c++;
        for (int bit = 0; bit < p->num_bits; bit++) m->columns[bit] = (uint64_t)*c++;
        m->shift = (uint64_t)*c++;
        m->lookup = malloc(sizeof(uint16_t) << m->rows.bits);
        if (!m->lookup) continue;
        int num_low = m->rows.bits - m->rows.num_high;
        m->lookup[0] = 0;
        for (int place = 0; place < m->rows.bits; place++) {
            int bit = place < num_low ? place : m->rows.high[place - num_low];
            for (int64_t j = 0; j < (int64_t)1 << place; j++)
                m->lookup[((int64_t)1 << place) + j] = m->lookup[j] ^ (uint16_t)m->columns[bit];
        }
        /* the remaining bits select the tile */
        for (int place = 0; place < m->rows.bits; place++)
            m->columns[place < num_low ? place : m->rows.high[place - num_low]] = 0;
    }
    *ints = c;
    return all;
}

static int incomplete(const moves *all, int number)
{
    for (int j = 0; all && j < number; j++)
        if (!all[j].lookup) return 1;
    return !all;
}

/* Find the distinct values of a diagonal and the class of every index; no table above 256. */
static int fill_classes(const plan *p, class_table *t)
{
    int bits = p->num_bits < SMALL_BITS ? p->num_bits : SMALL_BITS;
    int64_t size = (int64_t)1 << bits, all = (int64_t)1 << p->num_bits;
    double *work = malloc(size * sizeof(double));
    t->classes = malloc(all);
    int failed = !work || !t->classes;
    for (int64_t start = 0; start < all && !failed; start += size) {
        memset(work, 0, size * sizeof(double));
        for (int64_t m = t->first; m < t->last; m++)
            work[p->masks[m] & (uint64_t)(size - 1)] += p->weights[m] * sign_double(p->masks[m], start);
        walsh_double(work, bits);
        for (int64_t j = 0; j < size && !failed; j++) {
            int v = 0;
            while (v < t->number && fabs(work[j] - t->values[v]) > 1e-12) v++;
            if (v == 256)
                failed = 1;
            else if (v == t->number)
                t->values[t->number++] = work[j];
            if (!failed) t->classes[start + j] = (uint8_t)v;
        }
    }
    free(work);
    if (failed) free(t->classes), t->classes = NULL;
    return 0;
}

void qgate_plan_free(plan *p) { free_plan(p); }

/* Read a plan as `serialize.py` writes it (`written_plan`); NULL if memory is exhausted. */
plan *qgate_plan_new(const int64_t *ints, const double *doubles)
{
    plan *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    const int64_t *c = ints;
    p->num_bits = (int)c[0], p->num_slots = c[1], p->num_angles = c[2], p->num_steps = c[3];
    p->product = (int)c[4], p->num_global = c[5], p->num_tables = c[11];
    int64_t elements = c[6], blocks = c[7], groups = c[8], terms = c[9], factors = c[10];
    c += 12;
    p->starts = copied(c, (p->num_angles + 1) * sizeof(int64_t)), c += p->num_angles + 1;
    p->slots = copied(c, factors * sizeof(int64_t)), c += factors;
    p->global_angles = copied(c, p->num_global * sizeof(int64_t)), c += p->num_global;
    p->elements = calloc(elements + 1, sizeof(element));
    p->blocks = calloc(blocks + 1, sizeof(fused));
    p->groups = calloc(groups + 1, sizeof(phase_group));
    p->tables = calloc(p->num_tables + 1, sizeof(class_table));
    p->steps = calloc(p->num_steps + 1, sizeof(step));
    p->offsets = copied(doubles, p->num_angles * sizeof(double)), doubles += p->num_angles;
    p->factors = copied(doubles, factors * sizeof(double)), doubles += factors;
    p->global_weights = copied(doubles, p->num_global * sizeof(double)), doubles += p->num_global;
    p->weights = copied(doubles, terms * sizeof(double)), doubles += terms;
    int failed = !p->starts || !p->slots || !p->global_angles || !p->elements || !p->blocks ||
                 !p->groups || !p->tables || !p->steps || !p->offsets || !p->factors ||
                 !p->global_weights || !p->weights;
    for (int64_t i = 0; i < elements && !failed; i++, c += 2)
        p->elements[i] = (element){c[0], c[1]};
    for (int64_t i = 0; i < blocks && !failed; i++, c += 4)
        p->blocks[i] = (fused){(int)c[0], (int)c[1], c[2], c[3]};
    for (int64_t i = 0; i < groups && !failed; i++, c += 3)
        p->groups[i] = (phase_group){c[0], c[1], c[2]};
    if (!failed) {
        p->masks = copied(c, terms * sizeof(uint64_t)), c += terms;
        failed = !p->masks;
    }
    for (int64_t i = 0; i < p->num_tables && !failed; i++, c += 2) {
        p->tables[i].first = c[0], p->tables[i].last = c[1];
        failed = fill_classes(p, p->tables + i);
    }
    p->most_sums = 4;
    for (int64_t i = 0; i < p->num_steps && !failed; i++) {
        step *st = p->steps + i;
        st->kind = (int)*c++;
        if (st->kind == STEP_LAYER || st->kind == STEP_DIAGONAL) {
            st->first = c[0], st->last = c[1], c += 2;
            int64_t sums = (st->kind == STEP_LAYER ? 3 : 1) * (st->last - st->first);
            if (sums > p->most_sums) p->most_sums = sums;
        }
        switch (st->kind) {
        case STEP_LAYER: failed = plan_passes(p, st); break;
        case STEP_DIAGONAL:
            st->table = *c++;
            if (st->table >= 0 && !p->tables[st->table].classes) st->table = -1;
            break;
        case STEP_PERMUTATION:
            st->num_moves = (int)*c++;
            st->there = read_moves(p, st->num_moves, &c);
            st->back = read_moves(p, st->num_moves, &c);
            failed = incomplete(st->there, st->num_moves) || incomplete(st->back, st->num_moves);
            break;
        case STEP_PAIRS:
            st->flip = (uint64_t)c[0], st->select = (uint64_t)c[1], st->pattern = (uint64_t)c[2];
            st->data = c[3], c += 4;
            break;
        default:
            st->width = (int)*c++;
            for (int bit = 0; bit < st->width; bit++) st->bits[bit] = (int)*c++;
            st->angle = c[0], st->data = c[1], st->num_values = c[2], c += 3;
            p->dense = 1;
        }
    }
    if (failed) {
        free_plan(p);
        return NULL;
    }
    return p;
}

/* Observables ------------------------------------------------------------------------------- */

void qgate_observable_free(observable *o)
{
    if (!o) return;
    free(o->passes), free(o->groups), free(o->masks), free(o->inner), free(o->powers);
    free(o->places);
    free(o);
}

/* Read an observable as `serialize.py` writes it (`written_words`); NULL if memory is exhausted. */
observable *qgate_observable_new(const int64_t *ints)
{
    observable *o = calloc(1, sizeof *o);
    if (!o) return NULL;
    o->num_passes = ints[0], o->num_groups = ints[1], o->num_words = ints[2], ints += 3;
    o->passes = calloc(o->num_passes + 1, sizeof(word_pass));
    o->groups = calloc(o->num_groups + 1, sizeof(word_group));
    for (int64_t i = 0; i < o->num_passes && o->passes; i++, ints += 4) {
        word_pass *q = o->passes + i;
        q->rows.bits = (int)ints[0], q->rows.num_high = (int)ints[1];
        q->first = ints[2], q->last = ints[3];
        for (int h = 0; h < q->rows.num_high; h++) q->rows.high[h] = (int)*(ints + 4 + h);
        ints += q->rows.num_high;
    }
    for (int64_t g = 0; g < o->num_groups && o->groups; g++, ints += 5)
        o->groups[g] = (word_group){(uint64_t)ints[0], (uint64_t)ints[1], (uint64_t)ints[2],
                                    ints[3], ints[4]};
    o->masks = copied(ints, o->num_words * sizeof(uint64_t)), ints += o->num_words;
    o->inner = copied(ints, o->num_words * sizeof(uint64_t)), ints += o->num_words;
    o->powers = copied(ints, o->num_words * sizeof(int64_t)), ints += o->num_words;
    o->places = copied(ints, o->num_words * sizeof(int64_t));
    if (!o->passes || !o->groups || !o->masks || !o->inner || !o->powers || !o->places) {
        qgate_observable_free(o);
        return NULL;
    }
    return o;
}

/* Run a request; nonzero if memory is exhausted. */
int qgate_run(const plan *p, const request *r)
{
    return r->single ? simulate_single(p, r) : simulate_double(p, r);
}

/* Count outcomes. `places` are ascending numbers below the sum of the weights; each draws the
 * first outcome at which the cumulative sum of the weights exceeds it. Writes the distinct
 * outcomes and their counts, and returns their number. */
int64_t qgate_count(const double *weights, int64_t size, const double *places, int64_t shots,
                    int64_t *values, int64_t *counts)
{
    int64_t outcome = 0, last = size - 1, found = 0;
    while (last > 0 && weights[last] == 0) last--;
    double sum = weights[0];
    for (int64_t shot = 0; shot < shots; shot++) {
        while (sum <= places[shot] && outcome < last) sum += weights[++outcome];
        if (found && values[found - 1] == outcome)
            counts[found - 1]++;
        else
            values[found] = outcome, counts[found++] = 1;
    }
    return found;
}

/* Return the version of this interface: functions, structs and the order of serialized arrays.
 * `INTERFACE` in libraries.py is the same number; both are raised with every change of these. */
int qgate_interface(void)
{
    return 1;
}

/* Return the instruction set of this machine: 1 AVX2 with FMA, 0 neither. */
int qgate_instruction_set(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 0;
#endif
}
