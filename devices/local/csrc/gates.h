/* Steps that permute amplitudes, act on pairs of them, or apply a small dense matrix. */

/* Assign the source amplitudes to `length` indices of a tile. */
static inline void NAME(take)(const moves *m, const uint16_t *lookup, int64_t length, uint64_t base,
                              const real *restrict from, real *restrict to)
{
    uint64_t one = m->lookup[1], two = m->lookup[2], three = one ^ two;
    for (int64_t j = 0; j < length; j += 4) {
        uint64_t source = base ^ lookup[j];
        to[j] = from[source], to[j + 1] = from[source ^ one];
        to[j + 2] = from[source ^ two], to[j + 3] = from[source ^ three];
    }
}

/* Permute the amplitudes of each tile, by a copy of it. */
static void NAME(move)(const plan *p, const moves *m, state *x, workspace *w, const team *t)
{
    const blocking *q = &m->rows;
    int64_t length = (int64_t)1 << (q->bits - q->num_high), tiles = ((int64_t)1 << p->num_bits) >> q->bits;
    real *buffer = w->buffers + (int64_t)t->index * BUFFER;
    for (int64_t tile = t->index; tile < tiles; tile += t->count) {
        int64_t start = NAME(block_start)(q, tile);
        uint64_t base = m->shift;
        for (int bit = 0; bit < p->num_bits; bit++)
            if ((start >> bit) & 1) base ^= m->columns[bit];
        if (q->num_high && tile + t->count < tiles)
            NAME(fetch_rows)(q, NAME(block_start)(q, tile + t->count), x);
        for (int part = 0; part < 2; part++) {
            real *values = part ? x->im : x->re;
            NAME(copy_rows)(q, start, values, buffer, 0);
            for (int64_t row = 0; row < (int64_t)1 << q->num_high; row++) {
                int64_t at = start;
                for (int h = 0; h < q->num_high; h++) at |= ((row >> h) & 1) << q->high[h];
                NAME(take)(m, m->lookup + row * length, length, base, buffer, values + at);
            }
        }
    }
    meet(t);
}

/* Permute a small state, which is one tile, into the spare buffer. */
static void NAME(move_all)(const moves *m, state *x, workspace *w, const team *t)
{
    int bits = m->rows.bits < SMALL_BITS ? m->rows.bits : SMALL_BITS;
    int64_t length = (int64_t)1 << bits, blocks = ((int64_t)1 << m->rows.bits) >> bits;
    for (int part = 0; part < 2; part++) {
        real **values = part ? &x->im : &x->re, *old = *values;
        for (int64_t b = t->index; b < blocks; b += t->count)
            NAME(take)(m, m->lookup, length, m->shift ^ m->lookup[b << bits], old, w->spare + (b << bits));
        meet(t);
        if (t->index == 0) *values = w->spare, w->spare = old;
        meet(t);
    }
}

/* Apply a permutation, or its inverse. */
static void NAME(permute)(const plan *p, const step *st, int back, state *x, workspace *w, const team *t)
{
    const moves *all = back ? st->back : st->there;
    for (int i = 0; i < st->num_moves; i++)
        if (w->spare)
            NAME(move_all)(all + i, x, w, t);
        else
            NAME(move)(p, all + i, x, w, t);
}

/* Spread the bits of a number over the places not in `sorted`; those in `sorted` are 0. */
static inline int64_t NAME(spread)(int64_t number, const int *sorted, int count)
{
    for (int i = 0; i < count; i++) {
        int64_t low = ((int64_t)1 << sorted[i]) - 1;
        number = ((number & ~low) << 1) | (number & low);
    }
    return number;
}

static int NAME(bits_of)(uint64_t mask, int *sorted)
{
    int count = 0;
    for (int bit = 0; mask >> bit; bit++)
        if ((mask >> bit) & 1) sorted[count++] = bit;
    return count;
}

/* Write the 2x2 matrix of an element, by rows. */
static void NAME(element_matrix)(const element *el, const double *numbers, const double *angles,
                                 double complex *u)
{
    const double *d = numbers + el->data;
    if (el->angle < 0) {
        for (int i = 0; i < 4; i++) u[i] = d[2 * i] + I * d[2 * i + 1];
        return;
    }
    double x = angles[el->angle], c = cos(d[1] * x), s = sin(d[1] * x);
    double complex phase = cexp(I * (d[0] * x));
    u[0] = phase * (c + I * (s * d[4])), u[1] = phase * (s * (I * d[2] + d[3]));
    u[2] = phase * (s * (I * d[2] - d[3])), u[3] = phase * (c - I * (s * d[4]));
}

/* Write the bits that are fixed for all pairs of a step; the other bits select the pair. */
static int NAME(pair_bits)(const step *st, int *sorted)
{
    uint64_t fixed = st->select;
    if (!(st->flip & fixed)) fixed |= st->flip & -st->flip;
    return NAME(bits_of)(fixed, sorted);
}

static void NAME(turn_pairs)(const plan *p, const step *st, const double complex *u, const state *x,
                             const team *t)
{
    int sorted[MOST_BITS], fixed = NAME(pair_bits)(st, sorted);
    int64_t rest = ((int64_t)1 << p->num_bits) >> fixed;
    real u0r = creal(u[0]), u0i = cimag(u[0]), u1r = creal(u[1]), u1i = cimag(u[1]);
    real u2r = creal(u[2]), u2i = cimag(u[2]), u3r = creal(u[3]), u3i = cimag(u[3]);
    real *restrict re = x->re, *restrict im = x->im;
    int run = fixed ? sorted[0] : p->num_bits;
    if (st->flip) {
        int lowest = __builtin_ctzll(st->flip);
        if (lowest < run) run = lowest;
    }
    int64_t length = (int64_t)1 << run, runs = rest >> run;
    for (int64_t r = t->index; r < runs; r += t->count) {
        int64_t i = NAME(spread)(r << run, sorted, fixed) | (int64_t)st->pattern, k = i ^ (int64_t)st->flip;
        for (int64_t j = 0; j < length; j++) {
            real ar = re[i + j], ai = im[i + j], br = re[k + j], bi = im[k + j];
            re[i + j] = u0r * ar - u0i * ai + u1r * br - u1i * bi;
            im[i + j] = u0r * ai + u0i * ar + u1r * bi + u1i * br;
            re[k + j] = u2r * ar - u2i * ai + u3r * br - u3i * bi;
            im[k + j] = u2r * ai + u2i * ar + u3r * bi + u3i * br;
        }
    }
    meet(t);
}

/* Add Im <b|k> and Im <b|sigma|k> for X, Y and Z on the pairs of a step; each thread sums a
 * part. */
static void NAME(pair_means)(const plan *p, const step *st, const state *x, const state *y,
                             double *sums, const team *t)
{
    int sorted[MOST_BITS], fixed = NAME(pair_bits)(st, sorted);
    int64_t rest = ((int64_t)1 << p->num_bits) >> fixed;
    int parts = rest < PARTS ? (int)rest : PARTS;
    for (int part = t->index; part < PARTS; part += t->count) {
        double s[4] = {0, 0, 0, 0};
        if (part < parts)
            for (int64_t r = rest * part / parts; r < rest * (part + 1) / parts; r++) {
                int64_t i = NAME(spread)(r, sorted, fixed) | (int64_t)st->pattern;
                int64_t j = i ^ (int64_t)st->flip;
                double k0r = x->re[i], k0i = x->im[i], k1r = x->re[j], k1i = x->im[j];
                double b0r = y->re[i], b0i = y->im[i], b1r = y->re[j], b1i = y->im[j];
                double zero = b0r * k0i - b0i * k0r, one = b1r * k1i - b1i * k1r;
                s[0] += zero + one;
                s[1] += b0r * k1i - b0i * k1r + b1r * k0i - b1i * k0r;
                s[2] += b1r * k0r + b1i * k0i - b0r * k1r - b0i * k1i;
                s[3] += zero - one;
            }
        memcpy(sums + 4 * part, s, sizeof s);
    }
    meet(t);
}

static void NAME(undo_pairs)(const plan *p, const step *st, const double *numbers,
                             const double *angles, const uint8_t *needed, const state *ket,
                             const state *bras, int64_t num_bras, int last, double *slopes,
                             workspace *w, const team *t)
{
    const element *el = p->elements + st->data;
    double complex u[4], back[4];
    NAME(element_matrix)(el, numbers, angles, u);
    back[0] = conj(u[0]), back[1] = conj(u[2]), back[2] = conj(u[1]), back[3] = conj(u[3]);
    for (int64_t v = 0; v < num_bras; v++) {
        if (el->angle >= 0 && needed[el->angle]) {
            NAME(pair_means)(p, st, ket, bras + v, w->sums, t);
            if (t->index == 0) {
                double s[4] = {0, 0, 0, 0};
                for (int part = 0; part < PARTS; part++)
                    for (int i = 0; i < 4; i++) s[i] += w->sums[4 * part + i];
                const double *d = numbers + el->data;
                slopes[v * p->num_angles + el->angle] -=
                    d[0] * s[0] + d[1] * (d[2] * s[1] + d[3] * s[2] + d[4] * s[3]);
            }
            meet(t);
        }
        if (!last) NAME(turn_pairs)(p, st, back, bras + v, t);
    }
    if (!last) NAME(turn_pairs)(p, st, back, ket, t);
}

/* Dense matrices ---------------------------------------------------------------------------- */

/* Write a dense matrix by rows: fixed, or the sum of exp(i value x) projector. */
static void NAME(dense_matrix)(const step *st, const double *numbers, const double *angles,
                               double complex *u)
{
    int64_t entries = (int64_t)1 << (2 * st->width);
    const double *d = numbers + st->data;
    if (st->angle < 0) {
        for (int64_t i = 0; i < entries; i++) u[i] = d[2 * i] + I * d[2 * i + 1];
        return;
    }
    memset(u, 0, entries * sizeof *u);
    for (int64_t v = 0; v < st->num_values; v++) {
        double complex phase = cexp(I * (d[v] * angles[st->angle]));
        const double *projector = d + st->num_values + 2 * entries * v;
        for (int64_t i = 0; i < entries; i++) u[i] += phase * (projector[2 * i] + I * projector[2 * i + 1]);
    }
}

/* Write the offset of the amplitude of each row of a dense matrix from the first one. */
static void NAME(dense_offsets)(const step *st, int64_t *offsets, int *sorted)
{
    uint64_t mask = 0;
    for (int i = 0; i < st->width; i++) mask |= 1ull << st->bits[i];
    NAME(bits_of)(mask, sorted);
    for (int64_t row = 0; row < (int64_t)1 << st->width; row++) {
        offsets[row] = 0;
        for (int i = 0; i < st->width; i++)
            if ((row >> (st->width - 1 - i)) & 1) offsets[row] |= (int64_t)1 << st->bits[i];
    }
}

static void NAME(multiply_dense)(const plan *p, const step *st, const double complex *u,
                                 const state *x, const team *t)
{
    int sorted[MOST_DENSE];
    int64_t offsets[1 << MOST_DENSE], rows = (int64_t)1 << st->width;
    NAME(dense_offsets)(st, offsets, sorted);
    real ur[1 << 2 * MOST_DENSE], ui[1 << 2 * MOST_DENSE];
    for (int64_t i = 0; i < rows * rows; i++) ur[i] = creal(u[i]), ui[i] = cimag(u[i]);
    int run = sorted[0] < 4 ? sorted[0] : 4;
    int64_t length = (int64_t)1 << run, runs = ((int64_t)1 << p->num_bits) >> (st->width + run);
    real in_re[16 << MOST_DENSE], in_im[16 << MOST_DENSE];
    for (int64_t r = t->index; r < runs; r += t->count) {
        int64_t start = NAME(spread)(r << run, sorted, st->width);
        for (int64_t row = 0; row < rows; row++)
            for (int64_t j = 0; j < length; j++) {
                in_re[row * length + j] = x->re[start + offsets[row] + j];
                in_im[row * length + j] = x->im[start + offsets[row] + j];
            }
        for (int64_t row = 0; row < rows; row++) {
            real out_re[16] = {0}, out_im[16] = {0};
            for (int64_t column = 0; column < rows; column++) {
                real a = ur[row * rows + column], b = ui[row * rows + column];
                const real *c = in_re + column * length, *d = in_im + column * length;
                for (int64_t j = 0; j < length; j++) {
                    out_re[j] += a * c[j] - b * d[j];
                    out_im[j] += a * d[j] + b * c[j];
                }
            }
            for (int64_t j = 0; j < length; j++) {
                x->re[start + offsets[row] + j] = out_re[j];
                x->im[start + offsets[row] + j] = out_im[j];
            }
        }
    }
    meet(t);
}

static void NAME(undo_dense)(const plan *p, const step *st, const double *numbers,
                             const double *angles, const uint8_t *needed, const state *ket,
                             const state *bras, int64_t num_bras, int last, double *slopes,
                             workspace *w, const team *t)
{
    int sorted[MOST_DENSE];
    int64_t offsets[1 << MOST_DENSE], rows = (int64_t)1 << st->width, entries = rows * rows;
    NAME(dense_offsets)(st, offsets, sorted);
    double complex *u = w->matrices + 2 * entries * t->index, *back = u + entries;
    NAME(dense_matrix)(st, numbers, angles, u);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < rows; j++) back[i * rows + j] = conj(u[j * rows + i]);
    int64_t rest = ((int64_t)1 << p->num_bits) >> st->width;
    int parts = rest < PARTS ? (int)rest : PARTS;
    for (int64_t v = 0; v < num_bras; v++) {
        if (st->angle >= 0 && needed[st->angle]) {
            const double *generator = numbers + st->data + st->num_values * (1 + 2 * entries);
            for (int part = t->index; part < parts; part += t->count) {
                double sum = 0;
                for (int64_t r = rest * part / parts; r < rest * (part + 1) / parts; r++) {
                    int64_t start = NAME(spread)(r, sorted, st->width);
                    for (int64_t i = 0; i < rows; i++) {
                        double re = 0, im = 0;
                        for (int64_t j = 0; j < rows; j++) {
                            const double *g = generator + 2 * (i * rows + j);
                            double kr = ket->re[start + offsets[j]], ki = ket->im[start + offsets[j]];
                            re += g[0] * kr - g[1] * ki, im += g[0] * ki + g[1] * kr;
                        }
                        sum += bras[v].re[start + offsets[i]] * im - bras[v].im[start + offsets[i]] * re;
                    }
                }
                w->sums[part] = sum;
            }
            meet(t);
            if (t->index == 0)
                for (int part = 0; part < parts; part++)
                    slopes[v * p->num_angles + st->angle] -= w->sums[part];
            meet(t);
        }
        if (!last) NAME(multiply_dense)(p, st, back, bras + v, t);
    }
    if (!last) NAME(multiply_dense)(p, st, back, ket, t);
}
