/* Custom call of XLA: a program that JAX has compiled runs the engine without Python.
 *
 * `custom_call.py` describes a circuit as a structure, whose address is an attribute of the call.
 * The only argument has rows of angles; the results are the values of the observables and, if the
 * request asks for slopes, their derivatives. What the engine does not handle goes to a function in
 * Python: large angles and those that are not finite, work that a tracker or a run watches, and
 * memory that is exhausted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "xla.h"

enum { MESSAGE = 1 << 16 };

int qgate_run(const plan *p, const request *r);

/* Circuit of a custom call; mirrored by `custom_call.py`. */
typedef struct {
    const plan *plan;
    const request *request; /* its rows have the angles that do not vary; results are replaced */
    int64_t num_inputs, num_wanted;
    const int64_t *inputs, *wanted; /* slots of the argument's columns, and of the derivatives */
    double largest;                 /* absolute value of angles */
    const volatile uint8_t *watched;
    int (*in_python)(const void *x, void *values, void *slopes, int64_t rows, char *message);
    int64_t shared_rows; /* number of rows from which threads share them */
} circuit;

static double number(const xla_buffer *b, int64_t i)
{
    return b->dtype == XLA_DOUBLE ? ((const double *)b->data)[i] : ((const float *)b->data)[i];
}

static void put(const xla_buffer *b, int64_t i, double value)
{
    if (b->dtype == XLA_DOUBLE)
        ((double *)b->data)[i] = value;
    else
        ((float *)b->data)[i] = (float)value;
}

/* Write all angles of each row; nonzero if one is too large or not finite. */
static int fill(const circuit *c, const xla_buffer *x, int64_t num_rows, double *rows)
{
    int64_t slots = c->plan->num_slots;
    for (int64_t row = 0; row < num_rows; row++, rows += slots) {
        const double *base = c->request->rows + row % c->request->num_rows * slots;
        memcpy(rows, base, slots * sizeof(double));
        for (int64_t i = 0; i < c->num_inputs; i++) {
            double angle = number(x, row * c->num_inputs + i);
            if (!(fabs(angle) <= c->largest)) return 1;
            rows[c->inputs[i]] = angle;
        }
    }
    return 0;
}

/* Simulate all rows; nonzero if Python has to do it. */
static int simulate(const circuit *c, const xla_frame *f, int64_t num_rows)
{
    request r = *c->request;
    int64_t slots = c->plan->num_slots, values = num_rows * r.num_observables;
    int64_t slopes = r.slopes ? values * slots : 0;
    double *rows = malloc((num_rows * slots + values + slopes + 1) * sizeof(double));
    if (!rows) return 1;
    int failed = fill(c, f->arguments.buffers[0], num_rows, rows);
    if (!failed) {
        r.num_rows = num_rows, r.rows = rows, r.values = rows + num_rows * slots;
        if (r.slopes) r.slopes = r.values + values;
        if (num_rows < c->shared_rows) r.threads = 1;
        failed = qgate_run(c->plan, &r);
    }
    for (int64_t i = 0; i < values && !failed; i++) {
        put(f->results.buffers[0], i, r.values[i]);
        for (int64_t j = 0; r.slopes && j < c->num_wanted; j++)
            put(f->results.buffers[1], i * c->num_wanted + j, 2 * r.slopes[i * slots + c->wanted[j]]);
    }
    free(rows);
    return failed;
}

static xla_error *error(const xla_frame *f, const char *message)
{
    xla_error_request request = {sizeof request, NULL, message, XLA_INTERNAL};
    return f->api->new_error(&request);
}

static xla_error *run_in_python(const circuit *c, const xla_frame *f, int64_t num_rows)
{
    char *message = calloc(MESSAGE, 1);
    if (!message) return error(f, "The system has no memory for a circuit.");
    void *slopes = f->results.size > 1 ? f->results.buffers[1]->data : NULL;
    void *x = f->arguments.buffers[0]->data, *values = f->results.buffers[0]->data;
    xla_error *found = c->in_python(x, values, slopes, num_rows, message) ? error(f, message) : NULL;
    free(message);
    return found;
}

static const circuit *circuit_of(const xla_attributes *a)
{
    for (int64_t i = 0; i < a->size; i++)
        if (a->names[i]->length == 7 && !memcmp(a->names[i]->text, "circuit", 7))
            return (const circuit *)(intptr_t)*(const int64_t *)a->values[i]->value;
    return NULL;
}

/* Handler of the custom call; XLA also calls it once to ask for the version that it follows. */
xla_error *qgate_custom_call(const xla_frame *f)
{
    if (f->extensions && f->extensions->type == XLA_METADATA) {
        xla_version *version = &((xla_metadata_request *)f->extensions)->metadata->version;
        version->major = XLA_MAJOR, version->minor = XLA_MINOR;
        return NULL;
    }
    if (f->stage != XLA_EXECUTE) return NULL;
    const circuit *c = circuit_of(&f->attributes);
    const xla_buffer *values = f->results.buffers[0];
    int64_t num_rows = 1;
    for (int64_t axis = 0; axis < values->rank - 1; axis++) num_rows *= values->dims[axis];
    if (!*c->watched && !simulate(c, f, num_rows)) return NULL;
    return run_in_python(c, f, num_rows);
}
