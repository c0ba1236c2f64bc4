/* Diagonal steps: multiply every amplitude by a phase exp(i sum of angle * D). */

/* Compute sin and cos of many angles, with errors of a few units in the last place.
 *
 * The multiple q of pi/2 is subtracted in three parts, of which the first has 33 bits, so that
 * its product with q is exact up to about 2**20 (Cody and Waite). Larger angles are passed to
 * the C library, which reduces any double exactly. */
static void NAME(sines)(const double *restrict x, real *restrict c, real *restrict s, int64_t count)
{
    int64_t any_large = 0;
    for (int64_t j = 0; j < count; j++) {
        any_large |= !(fabs(x[j]) <= FAST_ANGLE);
        union { double number; int64_t bits; } shifted = {x[j] * 0.63661977236758134 + 6755399441055744.0};
        double q = shifted.number - 6755399441055744.0;
        double r = ((x[j] - q * 1.5707963267341256) - q * 6.0771005063039660e-11) - q * 2.0222662487959506e-21;
        double z = r * r;
        double sine = r + r * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 +
            z * (-1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 +
            z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))));
        double cosine = 1 - 0.5 * z + z * z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 +
            z * (2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 +
            z * (2.08757232129817482790e-09 - z * 1.13596475577881948265e-11)))));
        int64_t odd = shifted.bits & 1, two = shifted.bits & 2;
        double a = odd ? cosine : sine, b = odd ? sine : cosine;
        s[j] = (real)(two ? -a : a);
        c[j] = (real)((two != 0) != (odd != 0) ? -b : b);
    }
    for (int64_t j = 0; any_large && j < count; j++)
        if (!(fabs(x[j]) <= FAST_ANGLE)) s[j] = (real)sin(x[j]), c[j] = (real)cos(x[j]);
}

/* Walsh-Hadamard transform in place: out[i] = sum over m of (-1)**parity(i & m) in[m]. */
static void NAME(walsh)(double *x, int bits)
{
    int64_t size = (int64_t)1 << bits;
    for (int64_t step = 1; step < size; step *= 2)
        for (int64_t start = 0; start < size; start += 2 * step)
            for (int64_t j = start; j < start + step; j++) {
                double a = x[j], b = x[j + step];
                x[j] = a + b, x[j + step] = a - b;
            }
}

static inline double NAME(sign)(uint64_t mask, uint64_t index)
{
    return __builtin_parityll(mask & index) ? -1.0 : 1.0;
}

/* Return whether one angle multiplies all diagonals of a step, and their sum is tabulated. */
static int NAME(tabled)(const plan *p, const step *st, const double *angles)
{
    if (st->table < 0) return 0;
    for (int64_t g = st->first; g < st->last; g++)
        if (angles[p->groups[g].angle] != angles[p->groups[st->first].angle]) return 0;
    return 1;
}

/* Write the phases of 2**bits amplitudes from `start`. */
static void NAME(block_phases)(const plan *p, const step *st, const double *angles, int64_t start,
                               int bits, int use_table, workspace *w, double *work, real *c, real *s)
{
    int64_t size = (int64_t)1 << bits;
    if (!use_table) {
        memset(work, 0, size * sizeof(double));
        for (int64_t g = st->first; g < st->last; g++)
            for (int64_t m = p->groups[g].first; m < p->groups[g].last; m++)
                work[p->masks[m] & (size - 1)] +=
                    angles[p->groups[g].angle] * p->weights[m] * NAME(sign)(p->masks[m], start);
        NAME(walsh)(work, bits);
        NAME(sines)(work, c, s, size);
        return;
    }
    const uint8_t *classes = p->tables[st->table].classes + start;
    for (int64_t j = 0; j < size; j++) c[j] = w->table_c[classes[j]], s[j] = w->table_s[classes[j]];
}

static void NAME(fill_table)(const plan *p, const step *st, const double *angles, workspace *w)
{
    const class_table *t = p->tables + st->table;
    double work[256];
    for (int v = 0; v < t->number; v++) work[v] = angles[p->groups[st->first].angle] * t->values[v];
    NAME(sines)(work, w->table_c, w->table_s, t->number);
}

static void NAME(apply_diagonal)(const plan *p, const step *st, const double *angles, const state *x,
                                 workspace *w, const team *t)
{
    int bits = p->num_bits < SMALL_BITS ? p->num_bits : SMALL_BITS;
    int64_t size = (int64_t)1 << bits, blocks = ((int64_t)1 << p->num_bits) >> bits;
    real *c = w->buffers + (int64_t)t->index * BUFFER, *s = c + size;
    double *work = w->doubles + (int64_t)t->index * DOUBLES;
    int use_table = NAME(tabled)(p, st, angles);
    if (use_table && t->index == 0) NAME(fill_table)(p, st, angles, w);
    meet(t);
    for (int64_t b = t->index; b < blocks; b += t->count) {
        NAME(block_phases)(p, st, angles, b * size, bits, use_table, w, work, c, s);
        NAME(phase_block)(x->re + b * size, x->im + b * size, bits, c, s, 0);
    }
    meet(t);
}

/* Write Im of conj(b) k for every amplitude of a block. */
static void NAME(overlaps)(const state *k, const state *b, int64_t start, int64_t size, double *out)
{
    const real *kr = k->re + start, *ki = k->im + start, *br = b->re + start, *bi = b->im + start;
    for (int64_t j = 0; j < size; j++) out[j] = (double)(br[j] * ki[j] - bi[j] * kr[j]);
}

static void NAME(undo_diagonal)(const plan *p, const step *st, const double *angles,
                                const uint8_t *needed, const state *ket, const state *bras,
                                int64_t num_bras, int last, double *slopes, workspace *w, const team *t)
{
    int bits = p->num_bits < SMALL_BITS ? p->num_bits : SMALL_BITS;
    int64_t size = (int64_t)1 << bits, blocks = ((int64_t)1 << p->num_bits) >> bits;
    int64_t groups = st->last - st->first;
    real *c = w->buffers + (int64_t)t->index * BUFFER, *s = c + size;
    double *work = w->doubles + (int64_t)t->index * DOUBLES;
    int use_table = NAME(tabled)(p, st, angles), any = 0;
    for (int64_t g = st->first; g < st->last; g++) any |= needed[p->groups[g].angle];
    if (use_table && t->index == 0) NAME(fill_table)(p, st, angles, w);
    meet(t);
    int parts = blocks < PARTS ? (int)blocks : PARTS;
    for (int part = t->index; part < parts; part += t->count) {
        double *sums = w->sums + part * num_bras * groups;
        memset(sums, 0, num_bras * groups * sizeof(double));
        for (int64_t b = blocks * part / parts; b < blocks * (part + 1) / parts; b++) {
            for (int64_t v = 0; v < num_bras && any; v++) {
                NAME(overlaps)(ket, bras + v, b * size, size, work);
                NAME(walsh)(work, bits);
                for (int64_t g = 0; g < groups; g++) {
                    const phase_group *group = p->groups + st->first + g;
                    if (!needed[group->angle]) continue;
                    double sum = 0;
                    for (int64_t m = group->first; m < group->last; m++)
                        sum += p->weights[m] * NAME(sign)(p->masks[m], b * size) *
                               work[p->masks[m] & (size - 1)];
                    sums[v * groups + g] += sum;
                }
            }
            if (last) continue;
            NAME(block_phases)(p, st, angles, b * size, bits, use_table, w, work, c, s);
            NAME(phase_block)(ket->re + b * size, ket->im + b * size, bits, c, s, 1);
            for (int64_t v = 0; v < num_bras; v++)
                NAME(phase_block)(bras[v].re + b * size, bras[v].im + b * size, bits, c, s, 1);
        }
    }
    meet(t);
    if (t->index == 0 && any)
        for (int64_t v = 0; v < num_bras; v++)
            for (int64_t g = 0; g < groups; g++) {
                double sum = 0;
                for (int part = 0; part < parts; part++)
                    sum += w->sums[(part * num_bras + v) * groups + g];
                slopes[v * p->num_angles + p->groups[st->first + g].angle] -= sum;
            }
    meet(t);
}
