/* Sums of Pauli words on states: O|psi>, its expectation value, and that of every word.
 *
 * A word maps index j to j ^ flip with a sign and a power of i. Words with the same flip are
 * applied together: the Walsh-Hadamard transform of their coefficients is the factor of every
 * amplitude. */

/* Write the factors of a group in a block; return whether any is imaginary. */
static int NAME(group_weights)(const observable *o, const word_group *g, const double *coefficients,
                               int64_t start, int bits, double *work, real *wr, real *wi)
{
    int64_t size = (int64_t)1 << bits;
    int found[2] = {0, 0};
    for (int64_t word = g->first; word < g->last; word++) found[o->powers[word] & 1] = 1;
    for (int part = 0; part < 2; part++) {
        real *out = part ? wi : wr;
        if (!found[part]) {
            if (part == 0) memset(out, 0, size * sizeof(real));
            continue;
        }
        memset(work, 0, size * sizeof(double));
        for (int64_t word = g->first; word < g->last; word++) {
            int64_t power = o->powers[word];
            if ((power & 1) != part) continue;
            /* (-i)**power: 1, -i, -1, i */
            double c = coefficients[o->places[word]] * (power == 0 || power == 3 ? 1 : -1);
            work[o->inner[word]] += c * NAME(sign)(o->masks[word], start);
        }
        NAME(walsh)(work, bits);
        for (int64_t j = 0; j < size; j++) out[j] = (real)work[j];
    }
    return found[1];
}

/* Add weight(j) psi[j ^ flip] of a block to `out`. */
static void NAME(add_flipped)(const state *x, uint64_t flip, int bits, const real *wr, const real *wi,
                              const state *out)
{
    int64_t count = ((int64_t)1 << bits) / LANES, inner = (int64_t)flip / LANES;
    int lanes = (int)(flip & (uint64_t)(LANES - 1));
    const vec *re = (const vec *)x->re, *im = (const vec *)x->im;
    const vec *a = (const vec *)wr, *b = (const vec *)wi;
    vec *restrict to_re = (vec *)out->re, *restrict to_im = (vec *)out->im;
    for (int64_t j = 0; j < count; j++) {
        vec r = re[j ^ inner], i = im[j ^ inner];
        if (lanes) r = NAME(crossed)(r, lanes), i = NAME(crossed)(i, lanes);
        to_re[j] += a[j] * r, to_im[j] += a[j] * i;
        if (wi) to_re[j] -= b[j] * i, to_im[j] += b[j] * r;
    }
}

/* The same for one word, whose weights are +c and -c. */
static void NAME(add_word)(const state *x, uint64_t flip, uint64_t mask, double c, int imaginary,
                           int bits, const state *out)
{
    int64_t count = ((int64_t)1 << bits) / LANES, inner = (int64_t)flip / LANES;
    int lanes = (int)(flip & (uint64_t)(LANES - 1));
    const vec *re = (const vec *)x->re, *im = (const vec *)x->im;
    vec *restrict to_re = (vec *)out->re, *restrict to_im = (vec *)out->im;
    vec even = lane_signs(mask) * splat((real)c), odd = -even;
    for (int64_t j = 0; j < count; j++) {
        vec r = re[j ^ inner], i = im[j ^ inner];
        if (lanes) r = NAME(crossed)(r, lanes), i = NAME(crossed)(i, lanes);
        vec weight = __builtin_parityll(mask & (uint64_t)(j * LANES)) ? odd : even;
        if (imaginary)
            to_re[j] -= weight * i, to_im[j] += weight * r;
        else
            to_re[j] += weight * r, to_im[j] += weight * i;
    }
}

/* Write a block to a state, or add it. */
static void NAME(deliver)(const blocking *q, int64_t start, const real *buffer, real *state, int add)
{
    int64_t length = (int64_t)1 << (q->bits - q->num_high), vectors = length / LANES;
    for (int64_t row = 0; row < (int64_t)1 << q->num_high; row++) {
        int64_t at = start;
        for (int h = 0; h < q->num_high; h++) at |= ((row >> h) & 1) << q->high[h];
        vec *restrict there = (vec *)(state + at);
        const vec *restrict here = (const vec *)(buffer + row * length);
        if (add)
            for (int64_t j = 0; j < vectors; j++) there[j] += here[j];
        else
            for (int64_t j = 0; j < vectors; j++) there[j] = here[j];
    }
}

/* Return <psi|O|psi>, and write O|psi> if `bra` is given. */
static double NAME(apply_observable)(const plan *p, const observable *o, const double *coefficients,
                                     const state *x, const state *bra, workspace *w, const team *t)
{
    real *buffer = w->buffers + (int64_t)t->index * BUFFER;
    double *work = w->doubles + (int64_t)t->index * DOUBLES, result = 0;
    for (int64_t i = 0; i < o->num_passes; i++) {
        const word_pass *q = o->passes + i;
        int64_t size = (int64_t)1 << q->rows.bits, blocks = ((int64_t)1 << p->num_bits) >> q->rows.bits;
        int parts = blocks < PARTS ? (int)blocks : PARTS;
        for (int part = t->index; part < parts; part += t->count) {
            double mean = 0;
            for (int64_t b = blocks * part / parts; b < blocks * (part + 1) / parts; b++) {
                int64_t start = NAME(block_start)(&q->rows, b);
                state from = {x->re + start, x->im + start}, to = {buffer, buffer + size};
                if (q->rows.num_high) {
                    from.re = buffer + 4 * size, from.im = buffer + 5 * size;
                    NAME(copy_rows)(&q->rows, start, x->re, from.re, 0);
                    NAME(copy_rows)(&q->rows, start, x->im, from.im, 0);
                }
                memset(to.re, 0, 2 * size * sizeof(real));
                for (int64_t g = q->first; g < q->last; g++) {
                    const word_group *group = o->groups + g;
                    state there = from;
                    if (group->outer) {
                        there.re = x->re + (start ^ (int64_t)group->outer);
                        there.im = x->im + (start ^ (int64_t)group->outer);
                    }
                    if (group->last - group->first == 1) {
                        int64_t word = group->first, power = o->powers[word];
                        double c = coefficients[o->places[word]] * NAME(sign)(o->masks[word], start);
                        if (power == 1 || power == 2) c = -c;
                        NAME(add_word)(&there, group->inner, o->inner[word], c, power & 1, q->rows.bits, &to);
                        continue;
                    }
                    real *wr = buffer + 2 * size, *wi = buffer + 3 * size;
                    int both = NAME(group_weights)(o, group, coefficients, start, q->rows.bits, work, wr, wi);
                    NAME(add_flipped)(&there, group->inner, q->rows.bits, wr, both ? wi : 0, &to);
                }
                vec sum = {0};
                const vec *a = (const vec *)from.re, *c = (const vec *)from.im;
                const vec *d = (const vec *)to.re, *e = (const vec *)to.im;
                for (int64_t j = 0; j < size / LANES; j++) sum += a[j] * d[j] + c[j] * e[j];
                mean += total(sum);
                if (bra) {
                    NAME(deliver)(&q->rows, start, to.re, bra->re, i > 0);
                    NAME(deliver)(&q->rows, start, to.im, bra->im, i > 0);
                }
            }
            w->sums[part] = mean;
        }
        meet(t);
        for (int part = 0; part < parts; part++) result += w->sums[part];
        meet(t);
    }
    return result;
}

/* Write the expectation value of each word at its place. */
static void NAME(word_means)(const plan *p, const observable *o, const state *x, double *means,
                             workspace *w)
{
    int bits = p->num_bits < SMALL_BITS ? p->num_bits : SMALL_BITS;
    int64_t size = (int64_t)1 << bits, blocks = ((int64_t)1 << p->num_bits) >> bits;
    double *re = w->doubles, *im = re + size;
    for (int64_t word = 0; word < o->num_words; word++) means[o->places[word]] = 0;
    for (int64_t g = 0; g < o->num_groups; g++) {
        const word_group *group = o->groups + g;
        for (int64_t b = 0; b < blocks; b++) {
            int64_t start = b * size;
            for (int64_t j = 0; j < size; j++) {
                int64_t to = start + j, from = to ^ (int64_t)group->flip;
                re[j] = x->re[to] * x->re[from] + x->im[to] * x->im[from];
                im[j] = x->re[to] * x->im[from] - x->im[to] * x->re[from];
            }
            NAME(walsh)(re, bits);
            NAME(walsh)(im, bits);
            for (int64_t word = group->first; word < group->last; word++) {
                uint64_t mask = o->masks[word];
                int64_t place = (int64_t)(mask & (uint64_t)(size - 1)), power = o->powers[word];
                double value = power & 1 ? im[place] : re[place];
                /* Re (-i)**power (re + i im): re, im, -re, -im */
                means[o->places[word]] += (power & 2 ? -value : value) * NAME(sign)(mask, start);
            }
        }
    }
}
