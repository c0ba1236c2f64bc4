/* Vectors of the width of the instruction set, for the type `real`.
 *
 * Included once for each precision, with `real`, `index_t` (an integer of the same size) and
 * NAME(x) defined. It requires GCC or clang; with other compilers the numpy engine is used. */
#if defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

typedef real NAME(vec) __attribute__((vector_size(VECTOR_BYTES)));
typedef index_t NAME(ivec) __attribute__((vector_size(VECTOR_BYTES)));
#define vec NAME(vec)
#define ivec NAME(ivec)
#define LANES ((int)(VECTOR_BYTES / sizeof(real)))
#define LANE_BITS NAME(lane_bits)

static const int LANE_BITS = VECTOR_BYTES / sizeof(real) == 16 ? 4
                           : VECTOR_BYTES / sizeof(real) == 8  ? 3
                           : VECTOR_BYTES / sizeof(real) == 4  ? 2
                                                               : 1;

static inline vec NAME(splat)(real x) { return x - (vec){0}; }

static inline real NAME(total)(vec x) {
    real sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += x[lane];
    return sum;
}

/* Return x with the lanes exchanged whose numbers differ by 1 << bit. */
static inline vec NAME(partner)(vec x, int bit) {
#if defined(__clang__)
    vec y;
    for (int lane = 0; lane < LANES; lane++) y[lane] = x[lane ^ (1 << bit)];
    return y;
#else
    ivec order;
    for (int lane = 0; lane < LANES; lane++) order[lane] = lane ^ (1 << bit);
    return __builtin_shuffle(x, order);
#endif
}

/* Return the lanes of x in the order lane ^ lanes. */
static inline vec NAME(crossed)(vec x, int lanes) {
    for (int bit = 0; (1 << bit) < LANES; bit++)
        if ((lanes >> bit) & 1) x = NAME(partner)(x, bit);
    return x;
}

/* Return +1 in the lanes where `mask & lane` has even parity, -1 in the others. */
static inline vec NAME(lane_signs)(uint64_t mask) {
    vec y;
    for (int lane = 0; lane < LANES; lane++)
        y[lane] = __builtin_parityll(mask & (uint64_t)lane) ? (real)-1 : (real)1;
    return y;
}

#define splat NAME(splat)
#define total NAME(total)
#define partner NAME(partner)
#define lane_signs NAME(lane_signs)
