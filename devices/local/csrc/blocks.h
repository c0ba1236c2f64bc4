/* Gates and derivatives on a block: 2**bits amplitudes that stay in the cache, with separate
 * arrays of real and imaginary parts. */

typedef struct {
    int bit;     /* bit of the index within the block */
    int axis;    /* AXIS_Y or AXIS_X */
    real c, s;   /* cosine and sine of half the angle */
} NAME(rotation);
#define rotation NAME(rotation)

/* Apply exp(-i angle Y / 2) or exp(-i angle X / 2) to two vectors of amplitudes. */
#define ROTATE(axis, c, s, r0, i0, r1, i1)                                                         \
    do {                                                                                           \
        vec a_ = r0, b_ = i0, d_ = r1, e_ = i1;                                                    \
        if ((axis) == AXIS_Y) {                                                                    \
            r0 = c * a_ - s * d_, i0 = c * b_ - s * e_;                                            \
            r1 = c * d_ + s * a_, i1 = c * e_ + s * b_;                                            \
        } else {                                                                                   \
            r0 = c * a_ + s * e_, i0 = c * b_ - s * d_;                                            \
            r1 = c * d_ + s * b_, i1 = c * e_ - s * a_;                                            \
        }                                                                                          \
    } while (0)

static inline __attribute__((always_inline)) void NAME(one_high)(
    vec *restrict re, vec *restrict im, int64_t count, int64_t step, int axis, real cosine, real sine)
{
    vec c = splat(cosine), s = splat(sine);
    for (int64_t start = 0; start < count; start += 2 * step)
        for (int64_t j = start; j < start + step; j++) {
            vec r0 = re[j], i0 = im[j], r1 = re[j + step], i1 = im[j + step];
            ROTATE(axis, c, s, r0, i0, r1, i1);
            re[j] = r0, im[j] = i0, re[j + step] = r1, im[j + step] = i1;
        }
}

/* Apply two rotations in one pass, on bits whose strides in vectors are `low` < `high`. */
static inline __attribute__((always_inline)) void NAME(two_high)(
    vec *restrict re, vec *restrict im, int64_t count, int64_t low, int64_t high,
    int axis_low, int axis_high, const rotation *a, const rotation *b)
{
    vec ca = splat(a->c), sa = splat(a->s), cb = splat(b->c), sb = splat(b->s);
    for (int64_t outer = 0; outer < count; outer += 2 * high)
        for (int64_t inner = outer; inner < outer + high; inner += 2 * low)
            for (int64_t j = inner; j < inner + low; j++) {
                int64_t k = j + high;
                vec r0 = re[j], i0 = im[j], r1 = re[j + low], i1 = im[j + low];
                vec r2 = re[k], i2 = im[k], r3 = re[k + low], i3 = im[k + low];
                ROTATE(axis_low, ca, sa, r0, i0, r1, i1);
                ROTATE(axis_low, ca, sa, r2, i2, r3, i3);
                ROTATE(axis_high, cb, sb, r0, i0, r2, i2);
                ROTATE(axis_high, cb, sb, r1, i1, r3, i3);
                re[j] = r0, im[j] = i0, re[j + low] = r1, im[j + low] = i1;
                re[k] = r2, im[k] = i2, re[k + low] = r3, im[k + low] = i3;
            }
}

/* Apply all rotations on bits within a vector, in one pass. */
static void NAME(in_lanes)(vec *restrict re, vec *restrict im, int64_t count,
                           const rotation *rotations, int number)
{
    for (int r = 0; r < number; r++) {
        int bit = rotations[r].bit;
        vec c = splat(rotations[r].c), s = splat(rotations[r].s);
        if (rotations[r].axis == AXIS_Y) {
            vec signed_s = -s * lane_signs(1ull << bit);
            for (int64_t j = 0; j < count; j++) {
                vec a = re[j], b = im[j];
                re[j] = c * a + signed_s * partner(a, bit);
                im[j] = c * b + signed_s * partner(b, bit);
            }
        } else {
            for (int64_t j = 0; j < count; j++) {
                vec a = re[j], b = im[j];
                re[j] = c * a + s * partner(b, bit);
                im[j] = c * b - s * partner(a, bit);
            }
        }
    }
}

/* Apply rotations on different bits of a block, those on the lowest bits first. */
static void NAME(rotate_block)(real *restrict re_, real *restrict im_, int bits,
                               const rotation *rotations, int number)
{
    vec *re = (vec *)re_, *im = (vec *)im_;
    int64_t count = ((int64_t)1 << bits) / LANES;
    int first = 0;
    while (first < number && rotations[first].bit < LANE_BITS) first++;
    NAME(in_lanes)(re, im, count, rotations, first);
    for (; first + 1 < number; first += 2) {
        const rotation *a = rotations + first, *b = a + 1;
        int64_t low = (int64_t)1 << (a->bit - LANE_BITS), high = (int64_t)1 << (b->bit - LANE_BITS);
        switch (2 * a->axis + b->axis) {
        case 2 * AXIS_Y + AXIS_Y: NAME(two_high)(re, im, count, low, high, AXIS_Y, AXIS_Y, a, b); break;
        case 2 * AXIS_Y + AXIS_X: NAME(two_high)(re, im, count, low, high, AXIS_Y, AXIS_X, a, b); break;
        case 2 * AXIS_X + AXIS_Y: NAME(two_high)(re, im, count, low, high, AXIS_X, AXIS_Y, a, b); break;
        default: NAME(two_high)(re, im, count, low, high, AXIS_X, AXIS_X, a, b);
        }
    }
    if (first < number) {
        const rotation *a = rotations + first;
        int64_t step = (int64_t)1 << (a->bit - LANE_BITS);
        if (a->axis == AXIS_Y)
            NAME(one_high)(re, im, count, step, AXIS_Y, a->c, a->s);
        else
            NAME(one_high)(re, im, count, step, AXIS_X, a->c, a->s);
    }
}

/* Multiply by phases, or by their conjugates. */
static void NAME(phase_block)(real *restrict re_, real *restrict im_, int bits,
                              const real *restrict phase_re, const real *restrict phase_im, int conjugate)
{
    vec *re = (vec *)re_, *im = (vec *)im_;
    const vec *pr = (const vec *)phase_re, *pi = (const vec *)phase_im;
    vec sign = splat(conjugate ? -1 : 1);
    int64_t count = ((int64_t)1 << bits) / LANES;
    for (int64_t j = 0; j < count; j++) {
        vec a = re[j], b = im[j], c = pr[j], s = sign * pi[j];
        re[j] = a * c - b * s;
        im[j] = a * s + b * c;
    }
}

/* Derivatives ------------------------------------------------------------------------------- */

/* Add Im <b|X|k>, Im <b|Y|k>, Im <b|Z|k> of two vectors each to the required sums. */
#define READ(want, k0r, k0i, k1r, k1i, b0r, b0i, b1r, b1i)                                         \
    do {                                                                                           \
        if ((want) & WANT_X) x += b0r * k1i - b0i * k1r + b1r * k0i - b1i * k0r;                   \
        if ((want) & WANT_Y) y += b1r * k0r + b1i * k0i - b0r * k1r - b0i * k1i;                   \
        if ((want) & WANT_Z) z += b0r * k0i - b0i * k0r - b1r * k1i + b1i * k1r;                   \
    } while (0)

/* Add the derivatives of a rotation and undo it, in ket and bra. */
static inline __attribute__((always_inline)) void NAME(undo_high)(
    vec *restrict kr, vec *restrict ki, vec *restrict br, vec *restrict bi, int64_t count,
    int64_t step, int axis, int turned, int want, real cosine, real sine, double *sums)
{
    vec c = splat(cosine), s = splat(-sine), x = {0}, y = {0}, z = {0};
    for (int64_t start = 0; start < count; start += 2 * step)
        for (int64_t j = start; j < start + step; j++) {
            int64_t h = j + step;
            vec k0r = kr[j], k0i = ki[j], k1r = kr[h], k1i = ki[h];
            vec b0r = br[j], b0i = bi[j], b1r = br[h], b1i = bi[h];
            READ(want, k0r, k0i, k1r, k1i, b0r, b0i, b1r, b1i);
            if (turned) {
                ROTATE(axis, c, s, k0r, k0i, k1r, k1i);
                ROTATE(axis, c, s, b0r, b0i, b1r, b1i);
                kr[j] = k0r, ki[j] = k0i, kr[h] = k1r, ki[h] = k1i;
                br[j] = b0r, bi[j] = b0i, br[h] = b1r, bi[h] = b1i;
            }
        }
    if (want & WANT_X) sums[0] += total(x);
    if (want & WANT_Y) sums[1] += total(y);
    if (want & WANT_Z) sums[2] += total(z);
}

static inline __attribute__((always_inline)) void NAME(undo_lanes)(
    vec *restrict kr, vec *restrict ki, vec *restrict br, vec *restrict bi, int64_t count,
    int bit, int axis, int turned, int want, real cosine, real sine, double *sums)
{
    vec signs = lane_signs(1ull << bit), c = splat(cosine), s = splat(sine);
    vec signed_s = s * signs, x = {0}, y = {0}, z = {0};
    for (int64_t j = 0; j < count; j++) {
        vec ar = kr[j], ai = ki[j], dr = br[j], di = bi[j];
        vec pr = partner(ar, bit), pi = partner(ai, bit);
        if (want & WANT_X) x += dr * pi - di * pr;
        if (want & WANT_Y) y -= (dr * pr + di * pi) * signs;
        if (want & WANT_Z) z += (dr * ai - di * ar) * signs;
        if (turned) {
            vec qr = partner(dr, bit), qi = partner(di, bit);
            if (axis == AXIS_Y) {
                kr[j] = c * ar + signed_s * pr, ki[j] = c * ai + signed_s * pi;
                br[j] = c * dr + signed_s * qr, bi[j] = c * di + signed_s * qi;
            } else {
                kr[j] = c * ar - s * pi, ki[j] = c * ai + s * pr;
                br[j] = c * dr - s * qi, bi[j] = c * di + s * qr;
            }
        }
    }
    if (want & WANT_X) sums[0] += total(x);
    if (want & WANT_Y) sums[1] += total(y);
    if (want & WANT_Z) sums[2] += total(z);
}

#define ALL_WANTS(call)                                                                            \
    switch (want) {                                                                                \
    case 0: call(0); break;                                                                        \
    case WANT_X: call(WANT_X); break;                                                              \
    case WANT_Y: call(WANT_Y); break;                                                              \
    case WANT_Z: call(WANT_Z); break;                                                              \
    default: call(WANT_X | WANT_Y | WANT_Z);                                                       \
    }

/* Add the required derivatives of a bit (sums of X, Y, Z) and undo its rotation, if it has one. */
static void NAME(undo_in_block)(real *kr, real *ki, real *br, real *bi, int bits,
                                const rotation *r, int turned, int want, double *sums)
{
    int64_t count = ((int64_t)1 << bits) / LANES;
    vec *a = (vec *)kr, *b = (vec *)ki, *c = (vec *)br, *d = (vec *)bi;
    if (r->bit < LANE_BITS) {
#define LANES_Y(w) NAME(undo_lanes)(a, b, c, d, count, r->bit, AXIS_Y, turned, w, r->c, r->s, sums)
#define LANES_X(w) NAME(undo_lanes)(a, b, c, d, count, r->bit, AXIS_X, turned, w, r->c, r->s, sums)
        if (r->axis == AXIS_Y) { ALL_WANTS(LANES_Y) } else { ALL_WANTS(LANES_X) }
    } else {
        int64_t step = (int64_t)1 << (r->bit - LANE_BITS);
#define HIGH_Y(w) NAME(undo_high)(a, b, c, d, count, step, AXIS_Y, turned, w, r->c, r->s, sums)
#define HIGH_X(w) NAME(undo_high)(a, b, c, d, count, step, AXIS_X, turned, w, r->c, r->s, sums)
        if (r->axis == AXIS_Y) { ALL_WANTS(HIGH_Y) } else { ALL_WANTS(HIGH_X) }
    }
}
#undef LANES_Y
#undef LANES_X
#undef HIGH_Y
#undef HIGH_X
