/* Data structures of the engine: plans, observables and requests. */
#ifndef QGATE_PLAN_H
#define QGATE_PLAN_H

#include <stdint.h>

enum { AXIS_Y = 0, AXIS_X = 1 };
enum { WANT_X = 1, WANT_Y = 2, WANT_Z = 4 };

/* Shape of a fused one-qubit gate. */
enum { SHAPE_GENERAL = 0, SHAPE_DIAGONAL = 1, SHAPE_Y = 2, SHAPE_X = 3 };

enum { STEP_LAYER = 0, STEP_DIAGONAL = 1, STEP_PERMUTATION = 2, STEP_PAIRS = 3, STEP_DENSE = 4 };

enum { MOST_BITS = 40, MOST_GROUPED = 8, MOST_DENSE = 6 };

/* exp(i x (m + w n.sigma)) with the angle x, or a fixed 2x2 matrix (angle -1). */
typedef struct {
    int64_t angle;
    int64_t data; /* index of m, w, nx, ny, nz, or of the 8 numbers of a matrix by rows */
} element;

/* Fused gate: one-qubit elements, the first applied first. */
typedef struct {
    int bit, shape;
    int64_t first, last;
} fused;

/* Blocks of 2**bits amplitudes: contiguous, or gathered from rows that differ in some high bits. */
typedef struct {
    int bits, num_high, high[MOST_GROUPED];
} blocking;

/* Part of a layer whose bits are loaded into the cache together. */
typedef struct {
    blocking rows;
    int number;        /* number of fused gates, the lowest bits first */
    int64_t *members;  /* their indices */
    int *places;       /* their bits within the block */
} pass;

/* exp(i x D) with D = sum of weight * (-1)**parity(mask & index): terms of one angle. */
typedef struct {
    int64_t angle, first, last; /* range of masks and weights */
} phase_group;

/* Distinct values of a sum of D, and the class of each index. */
typedef struct {
    int64_t first, last;
    int number;
    double values[256];
    uint8_t *classes;
} class_table;

/* Permutation within tiles: the source of an index in a tile is lookup[index], exclusive or the
 * shift, exclusive or the columns of the bits that select the tile. */
typedef struct {
    blocking rows;
    uint64_t columns[MOST_BITS], shift;
    uint16_t *lookup;
} moves;

typedef struct {
    int kind;
    int64_t first, last;   /* layer: range of fused gates; diagonal: range of groups */
    int64_t table;         /* diagonal: table of the sum of its groups, or -1 */
    pass *passes;
    int num_passes;
    int num_moves;
    moves *there, *back;             /* permutation and its inverse */
    uint64_t flip, select, pattern;  /* pairs */
    int width, bits[MOST_DENSE];     /* dense */
    int64_t angle, data, num_values;
} step;

typedef struct {
    int num_bits;             /* bits of a state in the library: at least one whole vector */
    int64_t num_slots, num_angles, num_steps;
    double *offsets, *factors;   /* angle = offset + sum of factor * slot */
    int64_t *starts, *slots;
    element *elements;
    fused *blocks;
    phase_group *groups;
    uint64_t *masks;
    double *weights;
    int64_t num_tables;
    class_table *tables;
    step *steps;
    int64_t num_global, *global_angles; /* angles of the global phase */
    double *global_weights;
    int product;              /* whether the first step is a layer that is applied to 0 */
    int dense;                /* whether there are dense steps */
    int64_t most_sums;
} plan;

/* Pauli words with the same flips: sum of coefficient * (-i)**power * (-1)**parity(mask &
 * index). */
typedef struct {
    uint64_t flip, outer, inner; /* flip of blocks, and of the index within a block */
    int64_t first, last;
} word_group;

/* Groups whose flips stay within a block. */
typedef struct {
    blocking rows;
    int64_t first, last;
} word_pass;

typedef struct {
    int64_t num_passes, num_groups, num_words;
    word_pass *passes;
    word_group *groups;
    uint64_t *masks, *inner;
    int64_t *powers, *places; /* places: index of each word in the user's sum */
} observable;

/* Request for computations; mirrored by `native.py`. Complex numbers are pairs of doubles. */
typedef struct {
    int64_t num_rows, length;     /* length of the caller's states, at most 2**num_bits */
    const double *rows;           /* (num_rows, num_slots) */
    const double *numbers;        /* numbers that elements refer to */
    double phase;                 /* constant global phase, added to that of the angles */
    const double *initial;        /* (initial_rows, length), or NULL */
    int64_t initial_rows;
    int64_t num_observables;
    const observable *const *observables;
    const double *const *coefficients;
    double *values;               /* (num_rows, num_observables) */
    double *states;               /* (num_rows, length), or NULL */
    double *probabilities;        /* (num_rows, length) of real numbers, or NULL */
    const observable *words;      /* expectation values of single words are requested, or NULL */
    double *means;                /* (num_rows, words) */
    const uint8_t *needed;        /* (num_angles): whether derivatives by the angle are required */
    double *slopes;               /* (num_rows, bras, num_slots): of Re <bra|psi>, or NULL */
    const double *bras;           /* (num_bras, num_rows, length); NULL: O|psi> of the observables */
    int64_t num_bras;
    int64_t phased;               /* whether the global phase changes the derivatives */
    int64_t single;               /* whether to compute in single precision */
    int64_t threads, threaded_bits;
} request;

#endif
