/* Steps of plans on Pauli vectors: blocks in panels, many at a time in tiles, and turns. */

/* Workspace of a thread. */
typedef struct {
    real *matrix, *transposed, *tiled, *memory;
    vec *ket, *bra, *sums;
    double *dense, *before, *gradient, *work;
} NAME(workbench);
#define workbench NAME(workbench)

static int64_t NAME(size_of)(const pauli_plan *p) { return (int64_t)1 << 2 * p->num_wires; }

/* Write the matrix of a block by columns, and by rows. */
static void NAME(prepare_block)(const pauli_plan *p, const pauli_step *b, const double *coefficients,
                                workbench *w)
{
    block_matrix(p, b, coefficients, w->before, w->dense);
    for (int r = 0; r < b->size; r++)
        for (int c = 0; c < b->size; c++) {
            w->transposed[r * b->size + c] = (real)w->dense[r * b->size + c];
            w->matrix[c * b->size + r] = (real)w->dense[r * b->size + c];
        }
}

/* Multiply some panels of x by a matrix; write them to y, which may be x. */
static void NAME(apply_panels)(const pauli_step *st, const panels *q, int64_t begin, int64_t end,
                               const real *matrix, const real *x, real *y, workbench *w)
{
    for (int64_t i = begin; i < end; i++) {
        int64_t start = NAME(column_start)(st, i * q->width);
        NAME(read_panel)(st, q, start, x, w->ket);
        if (i + 1 < q->number) NAME(fetch_panel)(st, q, NAME(column_start)(st, (i + 1) * q->width), x);
        NAME(multiply_panel)(matrix, st, q, start, w->ket, w->bra, y);
    }
}

/* Apply a step to x; write the result to y, which may be x. */
static void NAME(apply_step)(const pauli_plan *p, const pauli_step *st, const double *coefficients,
                             const real *x, real *y, workbench *w, const team *t)
{
    if (st->kind == STEP_TURN) {
        int64_t size = NAME(size_of)(p), begin = size * t->index / t->count;
        if (x != y) {
            memcpy(y + begin, x + begin, (size * (t->index + 1) / t->count - begin) * sizeof(real));
            meet(t);
        }
        NAME(turn_vector)(st, p->num_wires, (real)coefficients[st->cosine], (real)coefficients[st->sine], y, t);
        meet(t);
        return;
    }
    panels q = NAME(panels_of)(st, p->num_wires);
    NAME(prepare_block)(p, st, coefficients, w);
    int64_t begin = q.number * t->index / t->count, end = q.number * (t->index + 1) / t->count;
    NAME(apply_panels)(st, &q, begin, end, w->matrix, x, y, w);
    meet(t);
}

/* Return whether a step acts within tiles of neighbours. */
static inline int NAME(within_tiles)(const pauli_step *st)
{
    return st->kind == STEP_BLOCK && st->size <= TILED_ROWS &&
           st->strides[st->width - 1] < (int64_t)1 << 2 * TILE_DIGITS;
}

/* Apply steps that act within tiles, tile after tile, each of which stays in the level-2 cache. */
static void NAME(apply_tiled)(const pauli_plan *p, int64_t begin, int64_t end, const double *coefficients,
                              real *x, workbench *w, const team *t)
{
    panels q[MOST_TILED];
    for (int64_t i = begin; i < end; i++) {
        const pauli_step *st = p->steps + i;
        q[i - begin] = NAME(panels_of)(st, TILE_DIGITS);
        NAME(prepare_block)(p, st, coefficients, w);
        memcpy(w->tiled + (i - begin) * TILED_ROWS * TILED_ROWS, w->matrix, st->size * st->size * sizeof(real));
    }
    int64_t tiles = NAME(size_of)(p) >> 2 * TILE_DIGITS;
    for (int64_t tile = tiles * t->index / t->count; tile < tiles * (t->index + 1) / t->count; tile++) {
        real *here = x + (tile << 2 * TILE_DIGITS);
        for (int64_t i = 0; i < end - begin; i++)
            NAME(apply_panels)(p->steps + begin + i, q + i, 0, q[i].number,
                               w->tiled + i * TILED_ROWS * TILED_ROWS, here, here, w);
    }
    meet(t);
}

/* Apply a range of steps to x. */
static void NAME(apply_range)(const pauli_plan *p, int64_t begin, int64_t end, const double *coefficients,
                              real *x, workbench *w, const team *t)
{
    for (int64_t i = begin; i < end;) {
        int64_t last = i;
        while (p->num_wires > TILE_DIGITS && last < end && last - i < MOST_TILED && NAME(within_tiles)(p->steps + last))
            last++;
        if (last - i > 1) {
            NAME(apply_tiled)(p, i, last, coefficients, x, w, t);
            i = last;
            continue;
        }
        NAME(apply_step)(p, p->steps + i, coefficients, x, x, w, t);
        i++;
    }
}
