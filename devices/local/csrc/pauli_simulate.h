/* Execution of requests on Pauli vectors: expectation values, and derivatives by the coefficients.
 *
 * Backward, for derivatives: channels cannot be undone, so that the vector before each step with a
 * needed coefficient is kept, or computed again from one that is (`back_range`). The bra is the
 * gradient by the vector; a step multiplies it by the transposed matrix, and the products of bra
 * and vector are the gradient by the matrix, from which those by all coefficients follow. */

typedef struct {
    const pauli_plan *p;
    const pauli_request *r;
    real **vectors; /* the vector at the first needed step, a free one, the bras, the kept ones */
    real **bras, **kept;
    double *parts; /* shared: parts of gradients */
    double *slopes, *coefficients, *numbers; /* of the row; numbers: the common ones before them */
    int num_parts;
    int64_t num_kept;
    int64_t first; /* first step with a needed coefficient; the number of steps if there is none */
    uint8_t *wanted; /* for each step: whether it has a needed coefficient */
    real *memory;
} NAME(run);
#define run NAME(run)

/* Add the parts of a sum, in their order. */
static void NAME(add_parts)(const double *parts, int num_parts, int64_t count, double *sum)
{
    memcpy(sum, parts, count * sizeof(double));
    for (int part = 1; part < num_parts; part++)
        for (int64_t i = 0; i < count; i++) sum[i] += parts[part * count + i];
}

static void NAME(back_turn)(run *job, const pauli_step *st, const double *coefficients, const real *x,
                            real *bra, double *slopes, int undo, const team *t)
{
    const pauli_plan *p = job->p;
    if (x) {
        turn u;
        NAME(fill_turn)(st, &u);
        int64_t blocks = NAME(size_of)(p) / TURN_BLOCK;
        int num = job->num_parts;
        for (int part = t->index; part < num; part += t->count) {
            double *found = job->parts + 2 * part;
            found[0] = found[1] = 0;
            NAME(turn_slopes)(&u, x, bra, blocks * part / num, blocks * (part + 1) / num, found);
        }
        meet(t);
        if (t->index == 0) {
            double sum[2];
            NAME(add_parts)(job->parts, num, 2, sum);
            slopes[st->cosine] += sum[0], slopes[st->sine] += sum[1];
        }
        meet(t);
    }
    if (!undo) return;
    real c = (real)coefficients[st->cosine], s = (real)coefficients[st->sine];
    NAME(turn_vector)(st, p->num_wires, c, -s, bra, t);
    meet(t);
}

/* Add the derivatives of a block at the vector x, if it is given, and propagate the bra. */
static void NAME(back_block)(run *job, const pauli_step *st, const double *coefficients, const real *x,
                             real *bra, double *slopes, int undo, workbench *w, const team *t)
{
    const pauli_plan *p = job->p;
    panels q = NAME(panels_of)(st, p->num_wires);
    int64_t entries = (int64_t)st->size * st->size;
    int num = job->num_parts;
    for (int part = t->index; part < num; part += t->count) {
        if (x) memset(w->sums, 0, entries * sizeof(vec));
        for (int64_t i = q.number * part / num; i < q.number * (part + 1) / num; i++) {
            int64_t start = NAME(column_start)(st, i * q.width);
            NAME(read_panel)(st, &q, start, bra, w->bra);
            if (i + 1 < q.number) NAME(fetch_panel)(st, &q, NAME(column_start)(st, (i + 1) * q.width), bra);
            if (x) {
                NAME(read_panel)(st, &q, start, x, w->ket);
                if (i + 1 < q.number) NAME(fetch_panel)(st, &q, NAME(column_start)(st, (i + 1) * q.width), x);
                NAME(add_products)(st->size, q.vectors, w->bra, w->ket, w->sums);
            }
            if (!undo) continue;
            NAME(multiply_panel)(w->transposed, st, &q, start, w->bra, w->ket, bra);
        }
        for (int64_t i = 0; x && i < entries; i++) job->parts[part * entries + i] = total(w->sums[i]);
    }
    meet(t);
    if (x && t->index == 0) {
        NAME(add_parts)(job->parts, num, entries, w->gradient);
        add_slopes(p, st, coefficients, job->r->needed, w->before, w->gradient, w->work, slopes);
    }
    meet(t);
}

/* Propagate all bras back through a step. */
static void NAME(back_step)(run *job, int64_t i, const double *coefficients, const real *x, workbench *w,
                            const team *t)
{
    const pauli_step *st = job->p->steps + i;
    const real *ket = job->wanted[i] ? x : NULL;
    if (st->kind == STEP_BLOCK) NAME(prepare_block)(job->p, st, coefficients, w);
    for (int64_t v = 0; v < job->r->num_sums; v++) {
        double *slopes = job->slopes + v * job->p->num_coefficients;
        if (st->kind == STEP_TURN)
            NAME(back_turn)(job, st, coefficients, ket, job->bras[v], slopes, i > job->first, t);
        else
            NAME(back_block)(job, st, coefficients, ket, job->bras[v], slopes, i > job->first, w, t);
    }
}

/* Apply the steps from `begin`, which is needed; keep the vector before every needed step. The first
 * is `x`, the others are written to `kept`. Return the last vector, written to `last`. */
static void NAME(record)(run *job, int64_t begin, int64_t end, const double *coefficients, const real *x,
                         real **kept, real *last, workbench *w, const team *t)
{
    int64_t left = 0;
    for (int64_t i = begin; i < end; i++) left += job->wanted[i];
    const real *from = x;
    for (int64_t i = begin; i < end; i++) {
        real *to = (real *)from;
        if (job->wanted[i]) {
            if (--left == 0 && !last) return;
            to = left ? *kept++ : last;
        }
        NAME(apply_step)(job->p, job->p->steps + i, coefficients, from, to, w, t);
        from = to;
    }
}

/* Propagate the bras back through the steps from `begin`, which is needed, with the vector x before
 * it. If too few vectors can be kept, split the range at a needed step. */
static void NAME(back_range)(run *job, int64_t begin, int64_t end, const double *coefficients, const real *x,
                             real **kept, int64_t num_kept, int recorded, workbench *w, const team *t)
{
    int64_t count = 0;
    for (int64_t i = begin; i < end; i++) count += job->wanted[i];
    if (count - 1 <= num_kept) {
        if (!recorded) NAME(record)(job, begin, end, coefficients, x, kept, NULL, w, t);
        for (int64_t i = end - 1; i >= begin; i--) {
            const real *ket = x;
            if (job->wanted[i] && --count) ket = kept[count - 1];
            NAME(back_step)(job, i, coefficients, ket, w, t);
        }
        return;
    }
    int64_t step = 1; /* needed steps of each part, so that all parts and one of them can be kept */
    while (step < count && (count + step - 1) / step - 1 + step - 1 > num_kept) step++;
    if (step == count) step = (count + 1) / 2;
    int64_t middle = begin;
    for (int64_t passed = 0; passed < step || !job->wanted[middle]; middle++) passed += job->wanted[middle];
    NAME(apply_step)(job->p, job->p->steps + begin, coefficients, x, kept[0], w, t);
    NAME(apply_range)(job->p, begin + 1, middle, coefficients, kept[0], w, t);
    NAME(back_range)(job, middle, end, coefficients, kept[0], kept + 1, num_kept - 1, 0, w, t);
    NAME(back_range)(job, begin, middle, coefficients, x, kept, num_kept, 0, w, t);
}

/* Write the initial vector of a row: the given one, or that of the state 0, 1 at words of I and Z. */
static void NAME(start_vector)(const run *job, int64_t row, real *x, const team *t)
{
    const pauli_request *r = job->r;
    int64_t size = NAME(size_of)(job->p), begin = size * t->index / t->count;
    const double *initial = r->initial ? r->initial + (r->initial_rows > 1 ? row : 0) * r->length : NULL;
    for (int64_t j = begin; j < size * (t->index + 1) / t->count; j++)
        if (initial)
            x[j] = j < r->length ? (real)initial[j] : 0;
        else
            x[j] = (real)!((uint64_t)j & ~Z_BITS);
    meet(t);
}

/* Write the bras: the gradients of the sums of expectation values. */
static void NAME(start_bras)(const run *job, const team *t)
{
    const pauli_request *r = job->r;
    int64_t size = NAME(size_of)(job->p), begin = size * t->index / t->count;
    for (int64_t v = 0; v < r->num_sums; v++) {
        memset(job->bras[v] + begin, 0, (size * (t->index + 1) / t->count - begin) * sizeof(real));
        meet(t);
        for (int64_t i = 0; i < r->num_reads && t->index == 0; i++)
            job->bras[v][r->reads[i]] += (real)r->weights[v * r->num_reads + i];
    }
    meet(t);
}

/* Run one row of a request. */
static void NAME(run_row)(run *job, int64_t row, workbench *w, const team *t)
{
    const pauli_plan *p = job->p;
    const pauli_request *r = job->r;
    if (t->index == 0)
        memcpy(job->coefficients, r->coefficients + row * p->num_coefficients,
               p->num_coefficients * sizeof(double));
    meet(t);
    const double *coefficients = job->coefficients;
    real *x = job->vectors[0], *end = x;
    int64_t first = r->slopes ? job->first : p->num_steps, count = 0;
    NAME(start_vector)(job, row, x, t);
    NAME(apply_range)(p, 0, first, coefficients, x, w, t);
    for (int64_t i = first; i < p->num_steps; i++) count += job->wanted[i];
    int recorded = count - 1 <= job->num_kept;
    if (first < p->num_steps) {
        end = job->vectors[1];
        if (recorded)
            NAME(record)(job, first, p->num_steps, coefficients, x, job->kept, end, w, t);
        else {
            NAME(apply_step)(p, p->steps + first, coefficients, x, end, w, t);
            NAME(apply_range)(p, first + 1, p->num_steps, coefficients, end, w, t);
        }
    }
    for (int64_t i = 0; i < r->num_reads && t->index == 0; i++)
        r->means[row * r->num_reads + i] = end[r->reads[i]];
    int64_t begin = r->length * t->index / t->count;
    for (int64_t j = begin; r->vectors && j < r->length * (t->index + 1) / t->count; j++)
        r->vectors[row * r->length + j] = end[j];
    meet(t);
    if (!r->slopes) return;
    if (t->index == 0) job->slopes = r->slopes + row * r->num_sums * p->num_coefficients;
    meet(t);
    if (t->index == 0) memset(job->slopes, 0, r->num_sums * p->num_coefficients * sizeof(double));
    if (first == p->num_steps) return;
    NAME(start_bras)(job, t);
    NAME(back_range)(job, first, p->num_steps, coefficients, x, job->kept, job->num_kept, recorded, w, t);
    meet(t);
}

/* Memory ------------------------------------------------------------------------------------ */

static int NAME(reserve_bench)(const pauli_plan *p, workbench *w)
{
    int64_t rows = p->most_rows, all = rows * rows;
    int64_t vectors = 2 * rows * PANEL_VECTORS + all;
    int64_t reals = 2 * all + MOST_TILED * TILED_ROWS * TILED_ROWS;
    w->memory = take_memory(vectors * (int64_t)sizeof(vec) + reals * (int64_t)sizeof(real));
    w->dense = take_memory((3 + p->most_factors) * all * (int64_t)sizeof(double));
    if (!w->memory || !w->dense) return 1;
    w->ket = (vec *)w->memory, w->bra = w->ket + rows * PANEL_VECTORS;
    w->sums = w->bra + rows * PANEL_VECTORS;
    w->matrix = (real *)(w->sums + all), w->transposed = w->matrix + all;
    w->tiled = w->transposed + all;
    w->gradient = w->dense + all, w->work = w->gradient + all, w->before = w->work + all;
    return 0;
}

static void NAME(release_bench)(workbench *w)
{
    give_back(w->memory);
    give_back(w->dense);
}

static void NAME(release_run)(run *x)
{
    give_back(x->memory);
    give_back(x->parts);
    free(x->vectors), free(x->numbers), free(x->wanted);
}

/* Allocate the vectors of a run of one row. */
static int NAME(reserve_run)(const pauli_plan *p, const pauli_request *r, run *x)
{
    int64_t size = NAME(size_of)(p) + APART, sums = r->slopes ? r->num_sums : 0;
    memset(x, 0, sizeof *x);
    x->p = p, x->r = r, x->first = p->num_steps;
    x->num_parts = 2 * p->num_wires >= r->threaded_bits ? MOST_PARTS : 1;
    x->wanted = calloc(p->num_steps + 1, 1);
    if (!x->wanted) return 1;
    int64_t count = 0;
    for (int64_t i = p->num_steps - 1; r->slopes && i >= 0; i--)
        if ((x->wanted[i] = step_wanted(p, p->steps + i, r->needed))) x->first = i, count++;
    x->num_kept = count - 1 < r->num_kept ? count - 1 : r->num_kept;
    int64_t number = r->slopes ? 2 + sums + (count ? x->num_kept : 0) : 1;
    x->vectors = malloc(number * sizeof(real *));
    x->memory = take_memory(number * size * (int64_t)sizeof(real));
    int64_t entries = p->most_rows * p->most_rows;
    x->parts = take_memory(x->num_parts * entries * (int64_t)sizeof(double));
    x->numbers = malloc((p->num_common + p->num_coefficients) * sizeof(double));
    if (!x->vectors || !x->numbers || !x->memory || !x->parts) return 1;
    for (int64_t i = 0; i < number; i++) x->vectors[i] = x->memory + i * size;
    x->coefficients = x->numbers + p->num_common;
    if (p->num_common) memcpy(x->numbers, r->common, p->num_common * sizeof(double));
    x->bras = x->vectors + 2, x->kept = x->bras + sums;
    return 0;
}

typedef struct {
    const pauli_plan *p;
    const pauli_request *r;
    run *shared; /* of all threads, which work on one row together; or NULL */
    int failed;
} NAME(pauli_work);

static void NAME(pauli_work_of)(void *given, const team *t)
{
    NAME(pauli_work) *x = given;
    team alone = {0, 1, NULL};
    run own = {0}, *used = x->shared ? x->shared : &own;
    workbench w = {0};
    int failed = NAME(reserve_bench)(x->p, &w) || (!x->shared && NAME(reserve_run)(x->p, x->r, &own));
    if (failed) __atomic_store_n(&x->failed, 1, __ATOMIC_RELAXED);
    if (x->shared) meet(t);
    int64_t rows = x->r->num_rows, begin = x->shared ? 0 : rows * t->index / t->count;
    int64_t end = x->shared ? rows : rows * (t->index + 1) / t->count;
    if (!__atomic_load_n(&x->failed, __ATOMIC_RELAXED))
        for (int64_t row = begin; row < end; row++) NAME(run_row)(used, row, &w, x->shared ? t : &alone);
    NAME(release_bench)(&w);
    if (!x->shared) NAME(release_run)(&own);
}

static int NAME(simulate_mixed)(const pauli_plan *p, const pauli_request *r)
{
    int threads = (int)r->threads;
    int together = 2 * p->num_wires >= r->threaded_bits;
    if (!together && threads > r->num_rows) threads = r->num_rows ? (int)r->num_rows : 1;
    run shared = {0};
    NAME(pauli_work) work = {p, r, together ? &shared : NULL, 0};
    if (together && NAME(reserve_run)(p, r, &shared))
        work.failed = 1;
    else
        start_team(threads, NAME(pauli_work_of), &work);
    NAME(release_run)(&shared);
    return work.failed;
}
