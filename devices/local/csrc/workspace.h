/* States and the workspace of the threads of a simulation. */

typedef struct {
    real *re, *im;
} NAME(state);
#define state NAME(state)

/* Fused gate as numbers: RZ(after) R(axis, angle) RZ(before). */
typedef struct {
    double after, before;
    rotation turn;
    int turns, phases; /* whether there is a rotation; whether there are phases */
} NAME(split);
#define split NAME(split)

/* Data of a pass that the threads share. */
typedef struct {
    split splits[MOST_BITS];
    rotation turns[MOST_BITS];
    int num_turns, has_before, has_after;
} NAME(shared_pass);
#define shared_pass NAME(shared_pass)

/* Workspace: `num_states` states and the data that the threads of one simulation share. */
typedef struct {
    state *states;
    int64_t num_states;
    real *memory, *spare, *buffers; /* spare: half of a small state, or NULL */
    real *before_re, *before_im, *after_re, *after_im, *table_c, *table_s;
    double *sums, *doubles, *angles, *slopes;
    double complex pairs[2 * MOST_BITS], *matrices;
    shared_pass shared;
} NAME(workspace);
#define workspace NAME(workspace)

/* Return the index of the first amplitude of a block, whose gathered bits are 0. */
static inline int64_t NAME(block_start)(const blocking *q, int64_t number)
{
    if (!q->num_high) return number << q->bits;
    int64_t index = number << (q->bits - q->num_high);
    for (int h = 0; h < q->num_high; h++) {
        int64_t low = ((int64_t)1 << q->high[h]) - 1;
        index = ((index & ~low) << 1) | (index & low);
    }
    return index;
}

/* Copy a block between a state and a buffer. */
static void NAME(copy_rows)(const blocking *q, int64_t start, real *state, real *buffer, int out)
{
    int64_t length = (int64_t)1 << (q->bits - q->num_high), vectors = length / LANES;
    for (int64_t row = 0; row < (int64_t)1 << q->num_high; row++) {
        int64_t at = start;
        for (int h = 0; h < q->num_high; h++) at |= ((row >> h) & 1) << q->high[h];
        vec *restrict there = (vec *)(state + at), *restrict here = (vec *)(buffer + row * length);
        if (out)
            for (int64_t j = 0; j < vectors; j++) there[j] = here[j];
        else
            for (int64_t j = 0; j < vectors; j++) here[j] = there[j];
    }
}

/* Prefetch the rows of a block into the cache. */
static inline void NAME(fetch_rows)(const blocking *q, int64_t start, const state *x)
{
    int64_t length = (int64_t)1 << (q->bits - q->num_high);
    for (int64_t row = 0; row < (int64_t)1 << q->num_high; row++) {
        int64_t at = start;
        for (int h = 0; h < q->num_high; h++) at |= ((row >> h) & 1) << q->high[h];
        for (int64_t j = 0; j < length; j += 64 / (int64_t)sizeof(real)) {
            __builtin_prefetch(x->re + at + j, 1, 2);
            __builtin_prefetch(x->im + at + j, 1, 2);
        }
    }
}
