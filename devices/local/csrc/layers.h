/* Layers of one-qubit gates: every block of amplitudes is loaded once for many qubits.
 *
 * Each fused gate U = [[a, -conj(b)], [b, conj(a)]] is split into RZ(after) R(axis, angle)
 * RZ(before). The RZ of all members of a pass are combined into one table of phases per block,
 * so that a gate costs one real rotation of its pairs. */

/* Multiply the elements of a fused gate: U = [[a, -conj(b)], [b, conj(a)]]. */
static void NAME(multiply_elements)(const plan *p, const fused *f, const double *numbers,
                                    const double *angles, double complex *a, double complex *b)
{
    double complex u = 1, v = 0;
    for (int64_t e = f->first; e < f->last; e++) {
        const element *el = p->elements + e;
        const double *d = numbers + el->data;
        double complex c, s;
        if (el->angle >= 0) {
            double x = angles[el->angle] * d[1], cosine = cos(x), sine = sin(x);
            c = cosine + I * (sine * d[4]);
            s = sine * (I * d[2] - d[3]);
        } else {
            c = d[0] + I * d[1];
            s = d[4] + I * d[5];
        }
        double complex next = c * u - conj(s) * v;
        v = s * u + conj(c) * v;
        u = next;
    }
    *a = u, *b = v;
}

static split NAME(split_block)(const plan *p, const fused *f, const double *numbers,
                               const double *angles, int place)
{
    double complex a, b;
    NAME(multiply_elements)(p, f, numbers, angles, &a, &b);
    split x = {0, 0, {place, AXIS_Y, 1, 0}, f->shape != SHAPE_DIAGONAL, 0};
    switch (f->shape) {
    case SHAPE_DIAGONAL:
        x.after = -2 * carg(a), x.phases = 1;
        break;
    case SHAPE_Y:
        x.turn.c = creal(a), x.turn.s = creal(b);
        break;
    case SHAPE_X:
        x.turn.axis = AXIS_X, x.turn.c = creal(a), x.turn.s = -cimag(b);
        break;
    default: {
        /* a = exp(-i (after + before) / 2) c, b = exp(i (after - before) / 2) s */
        double c = cabs(a), s = cabs(b), sum = c > 0 ? -2 * carg(a) : 0;
        double difference = s > 0 ? 2 * carg(b) : 0;
        double norm = sqrt(c * c + s * s);
        x.turn.c = c / norm, x.turn.s = s / norm;
        x.after = (sum + difference) / 2, x.before = (sum - difference) / 2, x.phases = 1;
    }
    }
    return x;
}

/* Write the product of RZ(angle) on the members of a pass, for every index of a block. */
static int NAME(phase_table)(const pass *q, const split *splits, int after, real *re, real *im)
{
    double sum = 0;
    int any = 0;
    for (int m = 0; m < q->number; m++) {
        sum += after ? splits[m].after : splits[m].before;
        any |= splits[m].phases && (after || splits[m].turns);
    }
    if (!any) return 0;
    re[0] = (real)cos(sum / 2), im[0] = (real)-sin(sum / 2);
    int m = 0;
    for (int bit = 0; bit < q->rows.bits; bit++) {
        int64_t half = (int64_t)1 << bit;
        if (m < q->number && q->places[m] == bit) {
            double angle = after ? splits[m].after : splits[m].before;
            real c = (real)cos(angle), s = (real)sin(angle);
            for (int64_t j = 0; j < half; j++) {
                re[half + j] = c * re[j] - s * im[j];
                im[half + j] = c * im[j] + s * re[j];
            }
            m++;
        } else {
            memcpy(re + half, re, half * sizeof(real));
            memcpy(im + half, im, half * sizeof(real));
        }
    }
    return 1;
}

static void NAME(prepare_pass)(const plan *p, const pass *q, const double *numbers,
                               const double *angles, workspace *w)
{
    shared_pass *s = &w->shared;
    s->num_turns = 0;
    for (int m = 0; m < q->number; m++) {
        s->splits[m] = NAME(split_block)(p, p->blocks + q->members[m], numbers, angles, q->places[m]);
        if (s->splits[m].turns) s->turns[s->num_turns++] = s->splits[m].turn;
    }
    s->has_before = NAME(phase_table)(q, s->splits, 0, w->before_re, w->before_im);
    s->has_after = NAME(phase_table)(q, s->splits, 1, w->after_re, w->after_im);
}

/* Apply a layer to a state. */
static void NAME(apply_layer)(const plan *p, const step *st, const double *numbers,
                              const double *angles, const state *x, workspace *w, const team *t)
{
    real *buffer = w->buffers + (int64_t)t->index * BUFFER;
    for (int i = 0; i < st->num_passes; i++) {
        const pass *q = st->passes + i;
        if (t->index == 0) NAME(prepare_pass)(p, q, numbers, angles, w);
        meet(t);
        const shared_pass *s = &w->shared;
        int64_t size = (int64_t)1 << q->rows.bits, blocks = ((int64_t)1 << p->num_bits) >> q->rows.bits;
        for (int64_t b = t->index; b < blocks; b += t->count) {
            int64_t start = NAME(block_start)(&q->rows, b);
            real *re = x->re + start, *im = x->im + start;
            if (q->rows.num_high) {
                re = buffer, im = buffer + size;
                if (b + t->count < blocks) NAME(fetch_rows)(&q->rows, NAME(block_start)(&q->rows, b + t->count), x);
                NAME(copy_rows)(&q->rows, start, x->re, re, 0);
                NAME(copy_rows)(&q->rows, start, x->im, im, 0);
            }
            if (s->has_before) NAME(phase_block)(re, im, q->rows.bits, w->before_re, w->before_im, 0);
            NAME(rotate_block)(re, im, q->rows.bits, s->turns, s->num_turns);
            if (s->has_after) NAME(phase_block)(re, im, q->rows.bits, w->after_re, w->after_im, 0);
            if (q->rows.num_high) {
                NAME(copy_rows)(&q->rows, start, x->re, re, 1);
                NAME(copy_rows)(&q->rows, start, x->im, im, 1);
            }
        }
        meet(t);
    }
}

/* Write the state of a layer applied to 0, which is a product state. */
static void NAME(product_state)(const plan *p, const step *st, const double *numbers,
                                const double *angles, const state *x, workspace *w, const team *t)
{
    int n = p->num_bits, low = n < LARGE_BITS ? n : LARGE_BITS;
    double complex *pairs = w->pairs;
    if (t->index == 0) {
        for (int bit = 0; bit < n; bit++) pairs[2 * bit] = 1, pairs[2 * bit + 1] = 0;
        for (int64_t f = st->first; f < st->last; f++) {
            double complex a, b;
            NAME(multiply_elements)(p, p->blocks + f, numbers, angles, &a, &b);
            pairs[2 * p->blocks[f].bit] = a, pairs[2 * p->blocks[f].bit + 1] = b;
        }
        real *re = w->before_re, *im = w->before_im;
        re[0] = 1, im[0] = 0;
        for (int bit = 0; bit < low; bit++) {
            int64_t half = (int64_t)1 << bit;
            real ar = (real)creal(pairs[2 * bit]), ai = (real)cimag(pairs[2 * bit]);
            real br = (real)creal(pairs[2 * bit + 1]), bi = (real)cimag(pairs[2 * bit + 1]);
            for (int64_t j = 0; j < half; j++) {
                real r = re[j], i = im[j];
                re[half + j] = r * br - i * bi, im[half + j] = r * bi + i * br;
                re[j] = r * ar - i * ai, im[j] = r * ai + i * ar;
            }
        }
    }
    meet(t);
    int64_t size = (int64_t)1 << low, blocks = ((int64_t)1 << n) >> low;
    for (int64_t b = t->index; b < blocks; b += t->count) {
        double complex scale = 1;
        for (int bit = low; bit < n; bit++) scale *= pairs[2 * bit + ((b >> (bit - low)) & 1)];
        real c = (real)creal(scale), s = (real)cimag(scale);
        real *restrict re = x->re + b * size, *restrict im = x->im + b * size;
        const real *restrict tr = w->before_re, *restrict ti = w->before_im;
        for (int64_t j = 0; j < size; j++) {
            re[j] = c * tr[j] - s * ti[j];
            im[j] = c * ti[j] + s * tr[j];
        }
    }
    meet(t);
}

/* Add the derivatives by the angles of a fused gate, given Im <b|sigma|k> after it.
 *
 * Going back through its elements rotates the vector of these three numbers. */
static void NAME(block_derivatives)(const plan *p, const fused *f, const double *numbers,
                                    const double *angles, const double *means, double *slopes)
{
    double r[3] = {means[0], means[1], means[2]};
    for (int64_t e = f->last - 1; e >= f->first; e--) {
        const element *el = p->elements + e;
        const double *d = numbers + el->data;
        if (el->angle < 0) {
            /* U sigma_i U^dagger = [[z, x - i y], [x + i y, -z]] is x X + y Y + z Z */
            double complex a = d[0] + I * d[1], b = d[4] + I * d[5], aa = conj(a) * conj(a);
            double complex low[3] = {aa - b * b, I * (aa + b * b), 2 * conj(a) * b};
            double z[3] = {-2 * creal(a * b), -2 * cimag(a * b), creal(a * conj(a) - b * conj(b))};
            double back[3];
            for (int i = 0; i < 3; i++)
                back[i] = creal(low[i]) * r[0] + cimag(low[i]) * r[1] + z[i] * r[2];
            memcpy(r, back, sizeof r);
            continue;
        }
        const double *n = d + 2;
        double dot = n[0] * r[0] + n[1] * r[1] + n[2] * r[2];
        slopes[el->angle] -= d[1] * dot;
        double turn = 2 * d[1] * angles[el->angle], c = cos(turn), s = sin(turn);
        double cross[3] = {n[1] * r[2] - n[2] * r[1], n[2] * r[0] - n[0] * r[2],
                           n[0] * r[1] - n[1] * r[0]};
        for (int i = 0; i < 3; i++) r[i] = c * r[i] + s * cross[i] + (1 - c) * dot * n[i];
    }
}

static int NAME(wanted)(const plan *p, const fused *f, const uint8_t *needed)
{
    int any = 0;
    for (int64_t e = f->first; e < f->last; e++) {
        int64_t angle = p->elements[e].angle;
        any |= angle >= 0 && needed[angle];
    }
    if (!any) return 0;
    switch (f->shape) {
    case SHAPE_DIAGONAL: return WANT_Z;
    case SHAPE_Y: return WANT_Y;
    case SHAPE_X: return WANT_X;
    default: return WANT_X | WANT_Y | WANT_Z;
    }
}

/* Add the derivatives of a layer for every bra, and undo the layer in ket and bras unless
 * `last`: then no earlier step has a needed angle. */
static void NAME(undo_layer)(const plan *p, const step *st, const double *numbers,
                             const double *angles, const uint8_t *needed, const state *ket,
                             const state *bras, int64_t num_bras, int last, double *slopes,
                             workspace *w, const team *t)
{
    real *buffer = w->buffers + (int64_t)t->index * BUFFER;
    for (int i = 0; i < st->num_passes; i++) {
        const pass *q = st->passes + i;
        if (t->index == 0) NAME(prepare_pass)(p, q, numbers, angles, w);
        int want[MOST_BITS];
        for (int m = 0; m < q->number; m++)
            want[m] = NAME(wanted)(p, p->blocks + q->members[m], needed);
        meet(t);
        const shared_pass *s = &w->shared;
        int64_t size = (int64_t)1 << q->rows.bits, blocks = ((int64_t)1 << p->num_bits) >> q->rows.bits;
        int parts = blocks < PARTS ? (int)blocks : PARTS;
        int64_t stride = 3 * q->number;
        for (int part = t->index; part < parts; part += t->count) {
            double *sums = w->sums + part * num_bras * stride;
            memset(sums, 0, num_bras * stride * sizeof(double));
            for (int64_t b = blocks * part / parts; b < blocks * (part + 1) / parts; b++) {
                int64_t start = NAME(block_start)(&q->rows, b);
                state k = {ket->re + start, ket->im + start};
                if (q->rows.num_high) {
                    k.re = buffer, k.im = buffer + size;
                    if (b + 1 < blocks) {
                        int64_t next = NAME(block_start)(&q->rows, b + 1);
                        NAME(fetch_rows)(&q->rows, next, ket);
                        for (int64_t v = 0; v < num_bras; v++) NAME(fetch_rows)(&q->rows, next, bras + v);
                    }
                    NAME(copy_rows)(&q->rows, start, ket->re, k.re, 0);
                    NAME(copy_rows)(&q->rows, start, ket->im, k.im, 0);
                }
                if (s->has_after) NAME(phase_block)(k.re, k.im, q->rows.bits, w->after_re, w->after_im, 1);
                for (int64_t v = 0; v < num_bras; v++) {
                    /* all bras but the last one use a copy of the ket */
                    int copied = v + 1 < num_bras;
                    state a = k, c = {bras[v].re + start, bras[v].im + start};
                    if (copied) {
                        a.re = buffer + 4 * size, a.im = buffer + 5 * size;
                        memcpy(a.re, k.re, size * sizeof(real));
                        memcpy(a.im, k.im, size * sizeof(real));
                    }
                    if (q->rows.num_high) {
                        c.re = buffer + 2 * size, c.im = buffer + 3 * size;
                        NAME(copy_rows)(&q->rows, start, bras[v].re, c.re, 0);
                        NAME(copy_rows)(&q->rows, start, bras[v].im, c.im, 0);
                    }
                    if (s->has_after)
                        NAME(phase_block)(c.re, c.im, q->rows.bits, w->after_re, w->after_im, 1);
                    for (int m = 0; m < q->number; m++)
                        if (want[m] || (s->splits[m].turns && !last))
                            NAME(undo_in_block)(a.re, a.im, c.re, c.im, q->rows.bits, &s->splits[m].turn,
                                                s->splits[m].turns && !last, want[m],
                                                sums + v * stride + 3 * m);
                    if (last) continue;
                    if (s->has_before)
                        NAME(phase_block)(c.re, c.im, q->rows.bits, w->before_re, w->before_im, 1);
                    if (q->rows.num_high) {
                        NAME(copy_rows)(&q->rows, start, bras[v].re, c.re, 1);
                        NAME(copy_rows)(&q->rows, start, bras[v].im, c.im, 1);
                    }
                }
                if (last) continue;
                if (s->has_before) NAME(phase_block)(k.re, k.im, q->rows.bits, w->before_re, w->before_im, 1);
                if (q->rows.num_high) {
                    NAME(copy_rows)(&q->rows, start, ket->re, k.re, 1);
                    NAME(copy_rows)(&q->rows, start, ket->im, k.im, 1);
                }
            }
        }
        meet(t);
        if (t->index == 0)
            for (int64_t v = 0; v < num_bras; v++)
                for (int m = 0; m < q->number; m++) {
                    if (!want[m]) continue;
                    double x = 0, y = 0, z = 0;
                    for (int part = 0; part < parts; part++) {
                        const double *sums = w->sums + (part * num_bras + v) * stride + 3 * m;
                        x += sums[0], y += sums[1], z += sums[2];
                    }
                    double c = cos(s->splits[m].after), d = sin(s->splits[m].after);
                    double means[3] = {c * x - d * y, c * y + d * x, z};
                    NAME(block_derivatives)(p, p->blocks + q->members[m], numbers, angles, means,
                                            slopes + v * p->num_angles);
                }
        meet(t);
    }
}
