/* Execution of requests: from rows of angles to states, expectation values and derivatives. */

static void NAME(angles_of)(const plan *p, const double *row, double *angles)
{
    for (int64_t a = 0; a < p->num_angles; a++) {
        double sum = p->offsets[a];
        for (int64_t e = p->starts[a]; e < p->starts[a + 1]; e++)
            sum += p->factors[e] * row[p->slots[e]];
        angles[a] = sum;
    }
}

static void NAME(to_split)(const double *from, state *x, int64_t size, int64_t length, const team *t)
{
    int64_t begin = size * t->index / t->count, end = size * (t->index + 1) / t->count;
    for (int64_t j = begin; j < end; j++) {
        x->re[j] = j < length ? (real)from[2 * j] : 0;
        x->im[j] = j < length ? (real)from[2 * j + 1] : 0;
    }
    meet(t);
}

static void NAME(from_split)(const state *x, double complex phase, double *to, int64_t length, const team *t)
{
    double c = creal(phase), s = cimag(phase);
    int64_t begin = length * t->index / t->count, end = length * (t->index + 1) / t->count;
    for (int64_t j = begin; j < end; j++) {
        double a = x->re[j], b = x->im[j];
        to[2 * j] = c * a - s * b, to[2 * j + 1] = c * b + s * a;
    }
    meet(t);
}

static void NAME(to_probabilities)(const state *x, double *to, int64_t length, const team *t)
{
    int64_t begin = length * t->index / t->count, end = length * (t->index + 1) / t->count;
    for (int64_t j = begin; j < end; j++) {
        double a = x->re[j], b = x->im[j];
        to[j] = a * a + b * b;
    }
    meet(t);
}

/* Compute the final state in states[0], from `initial`, or from 0. */
static void NAME(forward)(const plan *p, const double *numbers, const double *initial,
                          int64_t length, workspace *w, const team *t)
{
    state *x = w->states;
    const double *angles = w->angles;
    int64_t size = (int64_t)1 << p->num_bits, first = 0;
    if (initial)
        NAME(to_split)(initial, x, size, length, t);
    else if (p->product) {
        NAME(product_state)(p, p->steps, numbers, angles, x, w, t);
        first = 1;
    } else {
        int64_t begin = size * t->index / t->count, end = size * (t->index + 1) / t->count;
        memset(x->re + begin, 0, (end - begin) * sizeof(real));
        memset(x->im + begin, 0, (end - begin) * sizeof(real));
        if (begin == 0) x->re[0] = 1;
        meet(t);
    }
    for (int64_t i = first; i < p->num_steps; i++) {
        const step *st = p->steps + i;
        switch (st->kind) {
        case STEP_LAYER: NAME(apply_layer)(p, st, numbers, angles, x, w, t); break;
        case STEP_DIAGONAL: NAME(apply_diagonal)(p, st, angles, x, w, t); break;
        case STEP_PERMUTATION: NAME(permute)(p, st, 0, x, w, t); break;
        case STEP_PAIRS: {
            double complex u[4];
            NAME(element_matrix)(p->elements + st->data, numbers, angles, u);
            NAME(turn_pairs)(p, st, u, x, t);
            break;
        }
        default: {
            double complex *u = w->matrices + (int64_t)t->index * 2 * ((int64_t)1 << (2 * MOST_DENSE));
            NAME(dense_matrix)(st, numbers, angles, u);
            NAME(multiply_dense)(p, st, u, x, t);
        }
        }
    }
}

/* Return the index of the first step with a needed angle; the number of steps if there is none. */
static int64_t NAME(first_needed)(const plan *p, const uint8_t *needed)
{
    for (int64_t i = 0; i < p->num_steps; i++) {
        const step *st = p->steps + i;
        for (int64_t j = st->first; j < st->last && st->kind == STEP_LAYER; j++)
            if (NAME(wanted)(p, p->blocks + j, needed)) return i;
        for (int64_t j = st->first; j < st->last && st->kind == STEP_DIAGONAL; j++)
            if (needed[p->groups[j].angle]) return i;
        int64_t angle = st->kind == STEP_PAIRS ? p->elements[st->data].angle
                      : st->kind == STEP_DENSE ? st->angle : -1;
        if (angle >= 0 && needed[angle]) return i;
    }
    return p->num_steps;
}

/* Compute derivatives of Re <b|psi> by the angles, for each of the bras in states[1...]. */
static void NAME(backward)(const plan *p, const double *numbers, const uint8_t *needed,
                           int64_t num_bras, int phased, workspace *w, const team *t)
{
    state *ket = w->states, *bras = w->states + 1;
    const double *angles = w->angles;
    double *slopes = w->slopes;
    if (t->index == 0) memset(slopes, 0, num_bras * p->num_angles * sizeof(double));
    if (phased && p->num_global) {
        int64_t size = (int64_t)1 << p->num_bits;
        for (int64_t v = 0; v < num_bras; v++) {
            for (int part = t->index; part < PARTS; part += t->count) {
                double sum = 0;
                for (int64_t j = size * part / PARTS; j < size * (part + 1) / PARTS; j++)
                    sum += (double)bras[v].re[j] * ket->im[j] - (double)bras[v].im[j] * ket->re[j];
                w->sums[part] = sum;
            }
            meet(t);
            if (t->index == 0) {
                double sum = 0;
                for (int part = 0; part < PARTS; part++) sum += w->sums[part];
                for (int64_t i = 0; i < p->num_global; i++)
                    slopes[v * p->num_angles + p->global_angles[i]] -= p->global_weights[i] * sum;
            }
            meet(t);
        }
    }
    int64_t first = NAME(first_needed)(p, needed);
    for (int64_t i = p->num_steps - 1; i >= first; i--) {
        const step *st = p->steps + i;
        int last = i == first;
        switch (st->kind) {
        case STEP_LAYER:
            NAME(undo_layer)(p, st, numbers, angles, needed, ket, bras, num_bras, last, slopes, w, t);
            break;
        case STEP_DIAGONAL:
            NAME(undo_diagonal)(p, st, angles, needed, ket, bras, num_bras, last, slopes, w, t);
            break;
        case STEP_PERMUTATION:
            for (int64_t v = 0; v <= num_bras; v++)
                NAME(permute)(p, st, 1, w->states + v, w, t);
            break;
        case STEP_PAIRS:
            NAME(undo_pairs)(p, st, numbers, angles, needed, ket, bras, num_bras, last, slopes, w, t);
            break;
        default:
            NAME(undo_dense)(p, st, numbers, angles, needed, ket, bras, num_bras, last, slopes, w, t);
        }
    }
}

static double complex NAME(global_phase)(const plan *p, const double *angles, double fixed)
{
    for (int64_t i = 0; i < p->num_global; i++) fixed += p->global_weights[i] * angles[p->global_angles[i]];
    return cexp(I * fixed);
}

static void NAME(release)(workspace *w)
{
    if (!w) return;
    give_back(w->memory);
    give_back(w->sums);
    free(w->states);
    free(w->matrices);
    free(w);
}

/* Allocate the workspace of a simulation; NULL if memory is exhausted. */
static workspace *NAME(reserve)(const plan *p, int64_t num_states, int threads)
{
    workspace *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    int64_t size = (int64_t)1 << p->num_bits, table = (int64_t)1 << LARGE_BITS;
    int64_t spare = p->num_bits <= SPARE_BITS ? size + APART : 0, bras = num_states > 1 ? num_states - 1 : 1;
    int64_t reals = 2 * (size + APART) * num_states + spare + (int64_t)BUFFER * threads + 4 * table + 2 * 256;
    int64_t doubles = bras * PARTS * p->most_sums + (int64_t)DOUBLES * threads + (1 + bras) * (p->num_angles + 1);
    w->num_states = num_states;
    w->states = malloc(num_states * sizeof(state));
    w->memory = take_memory(reals * sizeof(real));
    w->sums = take_memory(doubles * sizeof(double));
    int64_t entries = p->dense ? 2 * ((int64_t)1 << (2 * MOST_DENSE)) * threads : 1;
    w->matrices = malloc(entries * sizeof(double complex));
    if (!w->states || !w->memory || !w->sums || !w->matrices) {
        NAME(release)(w);
        return NULL;
    }
    real *next = w->memory;
    for (int64_t i = 0; i < num_states; i++, next += 2 * (size + APART))
        w->states[i].re = next, w->states[i].im = next + size + APART;
    if (spare) w->spare = next, next += spare;
    w->buffers = next, next += (int64_t)BUFFER * threads;
    w->before_re = next, w->before_im = next + table;
    w->after_re = next + 2 * table, w->after_im = next + 3 * table, next += 4 * table;
    w->table_c = next, w->table_s = next + 256;
    w->doubles = w->sums + bras * PARTS * p->most_sums;
    w->angles = w->doubles + (int64_t)DOUBLES * threads;
    w->slopes = w->angles + p->num_angles;
    return w;
}

/* Run one row of a request. */
static void NAME(simulate_row)(const plan *p, const request *r, int64_t row, workspace *w, const team *t)
{
    if (t->index == 0) NAME(angles_of)(p, r->rows + row * p->num_slots, w->angles);
    meet(t);
    int64_t initial_row = r->initial_rows > 1 ? row : 0;
    const double *initial = r->initial ? r->initial + 2 * initial_row * r->length : NULL;
    NAME(forward)(p, r->numbers, initial, r->length, w, t);
    double complex phase = NAME(global_phase)(p, w->angles, r->phase);
    if (r->states) NAME(from_split)(w->states, phase, r->states + 2 * row * r->length, r->length, t);
    if (r->probabilities)
        NAME(to_probabilities)(w->states, r->probabilities + row * r->length, r->length, t);
    int64_t bras = r->num_observables;
    for (int64_t v = 0; v < r->num_observables; v++) {
        state *bra = r->slopes ? w->states + 1 + v : NULL;
        double mean = NAME(apply_observable)(p, r->observables[v], r->coefficients[v], w->states, bra, w, t);
        if (t->index == 0) r->values[row * r->num_observables + v] = mean;
    }
    if (r->words && t->index == 0)
        NAME(word_means)(p, r->words, w->states, r->means + row * r->words->num_words, w);
    if (!r->slopes) return;
    if (r->bras) {
        bras = r->num_bras;
        for (int64_t v = 0; v < bras; v++) {
            const double *bra = r->bras + 2 * (v * r->num_rows + row) * r->length;
            NAME(to_split)(bra, w->states + 1 + v, (int64_t)1 << p->num_bits, r->length, t);
            if (r->phased) { /* the ket has no global phase; remove it from the bra */
                int64_t size = (int64_t)1 << p->num_bits;
                real c = (real)creal(phase), s = (real)-cimag(phase);
                state *x = w->states + 1 + v;
                for (int64_t j = size * t->index / t->count; j < size * (t->index + 1) / t->count; j++) {
                    real a = x->re[j], b = x->im[j];
                    x->re[j] = c * a - s * b, x->im[j] = c * b + s * a;
                }
                meet(t);
            }
        }
    }
    NAME(backward)(p, r->numbers, r->needed, bras, r->phased != 0, w, t);
    if (t->index == 0)
        for (int64_t v = 0; v < bras; v++) {
            double *out = r->slopes + (row * bras + v) * p->num_slots;
            const double *slopes = w->slopes + v * p->num_angles;
            memset(out, 0, p->num_slots * sizeof(double));
            for (int64_t a = 0; a < p->num_angles; a++)
                for (int64_t e = p->starts[a]; e < p->starts[a + 1]; e++)
                    out[p->slots[e]] += p->factors[e] * slopes[a];
        }
    meet(t);
}

typedef struct {
    const plan *p;
    const request *r;
    workspace *w;
    int together; /* all threads work on one row, or each thread on rows of its own */
    int failed;
} NAME(work);

static void NAME(work_of)(void *given, const team *t)
{
    NAME(work) *x = given;
    if (x->together) {
        for (int64_t row = 0; row < x->r->num_rows; row++) NAME(simulate_row)(x->p, x->r, row, x->w, t);
        return;
    }
    team alone = {0, 1, NULL};
    workspace *w = t->index == 0 ? x->w : NAME(reserve)(x->p, x->w->num_states, 1);
    if (!w) {
        x->failed = 1;
        return;
    }
    int64_t rows = x->r->num_rows;
    for (int64_t row = rows * t->index / t->count; row < rows * (t->index + 1) / t->count; row++)
        NAME(simulate_row)(x->p, x->r, row, w, &alone);
    if (t->index) NAME(release)(w);
}

static int NAME(simulate)(const plan *p, const request *r)
{
    int threads = (int)r->threads;
    int together = p->num_bits >= r->threaded_bits || r->num_rows == 1;
    if (together && p->num_bits < r->threaded_bits) threads = 1;
    if (!together && threads > r->num_rows) threads = (int)r->num_rows;
    int64_t others = r->slopes ? (r->bras ? r->num_bras : r->num_observables) : 0;
    workspace *w = NAME(reserve)(p, 1 + others, together ? threads : 1);
    if (!w) return 1;
    NAME(work) work = {p, r, w, together, 0};
    start_team(threads, NAME(work_of), &work);
    NAME(release)(w);
    return work.failed;
}
