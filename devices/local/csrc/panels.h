/* Matrices on some wires of a Pauli vector.
 *
 * The vector is the list of the expectation values of all Pauli words, one base-4 digit for each
 * wire, and a gate or channel multiplies the digits of its wires by a real matrix. A panel has a
 * row for each combination of these digits, and a column for each of some combinations of the
 * others; it is copied from the vector, and multiplied in the cache. */

/* Index of columns: the panels of a block, and the indices within them. */
typedef struct {
    int64_t number, width;
    int vectors, direct, whole; /* vectors in a row; whether columns of a vector, or all, are neighbours */
    int64_t columns[MOST_COLUMNS];
} NAME(panels);
#define panels NAME(panels)

/* Return the index with zeros at the digits of a block, from the number of a column. */
static inline int64_t NAME(column_start)(const pauli_step *b, int64_t index)
{
    for (int h = 0; h < b->width; h++) {
        int64_t low = b->strides[h] - 1;
        index = ((index & ~low) << 2) | (index & low);
    }
    return index;
}

static panels NAME(panels_of)(const pauli_step *b, int num_wires)
{
    panels q;
    int64_t columns = (int64_t)1 << 2 * (num_wires - b->width);
    int64_t vectors = columns / LANES;
    q.vectors = vectors < PANEL_VECTORS ? (int)vectors : PANEL_VECTORS;
    q.width = (int64_t)q.vectors * LANES, q.number = columns / q.width;
    q.direct = b->strides[0] >= LANES, q.whole = b->strides[0] >= q.width;
    for (int64_t l = 0; l < q.width; l++) q.columns[l] = NAME(column_start)(b, l);
    return q;
}

/* Copy a panel from the vector, or back. */
static void NAME(read_panel)(const pauli_step *b, const panels *q, int64_t start, const real *x, vec *panel)
{
    if (q->direct) {
        for (int r = 0; r < b->size; r++)
            for (int v = 0; v < q->vectors; v++)
                panel[r * q->vectors + v] = *(const vec *)(x + start + b->rows[r] + q->columns[v * LANES]);
        return;
    }
    real *to = (real *)panel;
    for (int r = 0; r < b->size; r++)
        for (int64_t l = 0; l < q->width; l++) *to++ = x[start + b->rows[r] + q->columns[l]];
}

/* Fetch a panel into the cache, while another is multiplied. */
static inline void NAME(fetch_panel)(const pauli_step *b, const panels *q, int64_t start, const real *x)
{
    for (int r = 0; r < b->size; r++)
        for (int64_t l = 0; l < q->width; l += 64 / (int64_t)sizeof(real))
            __builtin_prefetch(x + start + b->rows[r] + q->columns[l], 1, 3);
}

static void NAME(write_panel)(const pauli_step *b, const panels *q, int64_t start, const vec *panel, real *x)
{
    if (q->direct) {
        for (int r = 0; r < b->size; r++)
            for (int v = 0; v < q->vectors; v++)
                *(vec *)(x + start + b->rows[r] + q->columns[v * LANES]) = panel[r * q->vectors + v];
        return;
    }
    const real *from = (const real *)panel;
    for (int r = 0; r < b->size; r++)
        for (int64_t l = 0; l < q->width; l++) x[start + b->rows[r] + q->columns[l]] = *from++;
}

/* Multiply a panel by a matrix, given by columns, and write each row to its place. Four rows and two vectors at a time: the eight
 * sums stay in registers and hide the latency of their additions. */
static inline __attribute__((always_inline)) void NAME(multiply_sized)(
    const real *matrix, int size, int vectors, const vec *restrict panel, vec *const *out)
{
    for (int r = 0; r < size; r += 4)
        for (int v = 0; v < vectors; v += 2) {
            vec a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, b0 = {0}, b1 = {0}, b2 = {0}, b3 = {0};
            const real *m = matrix + r;
            const vec *x = panel + v;
            for (int c = 0; c < size; c++, m += size, x += vectors) {
                vec a = x[0], b = x[1];
                vec m0 = splat(m[0]), m1 = splat(m[1]), m2 = splat(m[2]), m3 = splat(m[3]);
                a0 += m0 * a, b0 += m0 * b, a1 += m1 * a, b1 += m1 * b;
                a2 += m2 * a, b2 += m2 * b, a3 += m3 * a, b3 += m3 * b;
            }
            out[r][v] = a0, out[r][v + 1] = b0, out[r + 1][v] = a1, out[r + 1][v + 1] = b1;
            out[r + 2][v] = a2, out[r + 2][v + 1] = b2, out[r + 3][v] = a3, out[r + 3][v + 1] = b3;
        }
}

/* The same, to a vector; by way of another panel where the columns are no neighbours there. */
static void NAME(multiply_panel)(const real *matrix, const pauli_step *b, const panels *q, int64_t start,
                                 const vec *panel, vec *other, real *y)
{
    vec *rows[MOST_ROWS];
    for (int r = 0; r < b->size; r++)
        rows[r] = q->whole ? (vec *)(y + start + b->rows[r]) : other + r * q->vectors;
    if (b->size == 16 && q->vectors == PANEL_VECTORS)
        NAME(multiply_sized)(matrix, 16, PANEL_VECTORS, panel, rows);
    else
        NAME(multiply_sized)(matrix, b->size, q->vectors, panel, rows);
    if (!q->whole) NAME(write_panel)(b, q, start, other, y);
}

/* Add the products of all rows of two panels, one vector of partial sums for each pair. */
static inline __attribute__((always_inline)) void NAME(products_sized)(
    int size, int vectors, const vec *left, const vec *right, vec *sums)
{
    for (int r = 0; r < size; r += 4)
        for (int c = 0; c < size; c += 2) {
            vec *s = sums + r * size + c;
            vec a0 = s[0], a1 = s[size], a2 = s[2 * size], a3 = s[3 * size];
            vec b0 = s[1], b1 = s[size + 1], b2 = s[2 * size + 1], b3 = s[3 * size + 1];
            const vec *x = left + r * vectors, *y = right + c * vectors;
            for (int v = 0; v < vectors; v++) {
                vec a = y[v], b = y[vectors + v];
                vec x0 = x[v], x1 = x[vectors + v], x2 = x[2 * vectors + v], x3 = x[3 * vectors + v];
                a0 += x0 * a, b0 += x0 * b, a1 += x1 * a, b1 += x1 * b;
                a2 += x2 * a, b2 += x2 * b, a3 += x3 * a, b3 += x3 * b;
            }
            s[0] = a0, s[size] = a1, s[2 * size] = a2, s[3 * size] = a3;
            s[1] = b0, s[size + 1] = b1, s[2 * size + 1] = b2, s[3 * size + 1] = b3;
        }
}

static void NAME(add_products)(int size, int vectors, const vec *left, const vec *right, vec *sums)
{
    if (size == 16 && vectors == PANEL_VECTORS)
        NAME(products_sized)(16, PANEL_VECTORS, left, right, sums);
    else
        NAME(products_sized)(size, vectors, left, right, sums);
}
