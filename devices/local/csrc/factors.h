/* Matrix of a block from its factors, and derivatives by their coefficients. */

/* Add a multiple of a row; most blocks act on two wires. */
static inline void add_row(double value, const double *restrict from, double *restrict to, int size)
{
    if (size == 16)
        for (int j = 0; j < 16; j++) to[j] += value * from[j];
    else
        for (int j = 0; j < size; j++) to[j] += value * from[j];
}

/* Write the product of the factors of a block, and the products before each factor. */
static void block_matrix(const pauli_plan *p, const pauli_step *b, const double *coefficients,
                         double *before, double *matrix)
{
    int size = b->size, all = size * size;
    for (int64_t f = b->first; f < b->last; f++) {
        double *known = before + (f - b->first) * all, *next = f + 1 < b->last ? known + all : matrix;
        if (f == b->first) {
            memset(known, 0, all * sizeof(double));
            for (int r = 0; r < size; r++) known[r * size + r] = 1;
        }
        memset(next, 0, all * sizeof(double));
        for (int64_t i = p->starts[f]; i < p->starts[f + 1]; i++) {
            const entry *e = p->entries + i;
            double value = e->value * coefficients[e->coefficient];
            if (value == 0) continue; /* as most entries of given matrices are */
            if (f == b->first)
                next[e->row * size + e->column] += value;
            else
                add_row(value, known + e->column * size, next + e->row * size, size);
        }
    }
}

/* Add the derivatives by the needed coefficients, from those by the entries of the matrix, which
 * are overwritten. `before`: products of factors, as `block_matrix` writes them. */
static void add_slopes(const pauli_plan *p, const pauli_step *b, const double *coefficients,
                       const uint8_t *needed, const double *before, double *gradient, double *work,
                       double *slopes)
{
    int size = b->size, all = size * size;
    for (int64_t f = b->last - 1; f >= b->first; f--) {
        const double *known = before + (f - b->first) * all;
        int further = f > b->first;
        if (further) memset(work, 0, all * sizeof(double));
        for (int64_t i = p->starts[f]; i < p->starts[f + 1]; i++) {
            const entry *e = p->entries + i;
            const double *restrict from = gradient + e->row * size;
            if (e->coefficient >= 0 && needed[e->coefficient]) {
                const double *restrict x = known + e->column * size;
                double sum = 0;
                if (further)
                    for (int j = 0; j < size; j++) sum += from[j] * x[j];
                else
                    sum = from[e->column];
                slopes[e->coefficient] += e->value * sum;
            }
            if (!further) continue;
            double value = e->value * coefficients[e->coefficient];
            if (value != 0) add_row(value, from, work + e->column * size, size);
        }
        if (further) memcpy(gradient, work, all * sizeof(double));
    }
}

/* Return whether a step has a needed coefficient. */
static int step_wanted(const pauli_plan *p, const pauli_step *st, const uint8_t *needed)
{
    if (st->kind == STEP_TURN) return needed[st->cosine] || needed[st->sine];
    for (int64_t i = p->starts[st->first]; i < p->starts[st->last]; i++)
        if (p->entries[i].coefficient >= 0 && needed[p->entries[i].coefficient]) return 1;
    return 0;
}
