/* A circuit as a list of steps, made once from its structure, and the room that a run needs. */
#ifndef QGATE_PLAN_H
#define QGATE_PLAN_H

#include <stdint.h>

enum { AXIS_Y = 0, AXIS_X = 1 };
enum { WANT_X = 1, WANT_Y = 2, WANT_Z = 4 };

/* What a one-qubit block is made of. */
enum { SHAPE_GENERAL = 0, SHAPE_DIAGONAL = 1, SHAPE_Y = 2, SHAPE_X = 3 };

enum { STEP_LAYER = 0, STEP_DIAGONAL = 1, STEP_PERMUTATION = 2, STEP_PAIRS = 3, STEP_DENSE = 4 };

enum { MOST_BITS = 40, MOST_GROUPED = 8, MOST_DENSE = 6 };

/* exp(i x (m + w n.sigma)) with the angle x, or a fixed 2x2 matrix (angle -1). */
typedef struct {
    int64_t angle;
    int64_t data; /* into the numbers: m, w, nx, ny, nz; or 8 of a matrix, by rows */
} element;

/* One-qubit elements, the first applied first. */
typedef struct {
    int bit, shape;
    int64_t first, last;
} fused;

/* Blocks of 2**bits amplitudes: in a row, or gathered from the rows that some high bits tell apart. */
typedef struct {
    int bits, num_high, high[MOST_GROUPED];
} blocking;

/* A part of a layer whose bits are loaded into the cache together. */
typedef struct {
    blocking rows;
    int number;        /* of fused blocks, the lowest bits first */
    int64_t *members;  /* which */
    int *places;       /* their bits in the block */
} pass;

/* exp(i x D) with D = sum of weight * (-1)**parity(mask & index): terms of one angle. */
typedef struct {
    int64_t angle, first, last; /* into masks and weights */
} phase_group;

/* The distinct values of a sum of D, and which of them each index has. */
typedef struct {
    int64_t first, last;
    int number;
    double values[256];
    uint8_t *classes;
} class_table;

/* Amplitudes that move inside of tiles: that of an index in a tile is lookup[index], exclusive or
 * the shift, exclusive or what the bits that tell the tiles apart add. */
typedef struct {
    blocking rows;
    uint64_t columns[MOST_BITS], shift;
    uint16_t *lookup;
} moves;

typedef struct {
    int kind;
    int64_t first, last;   /* layer: fused blocks; diagonal: groups */
    int64_t table;         /* diagonal: of the sum of its groups, or -1 */
    pass *passes;
    int num_passes;
    int num_moves;
    moves *there, *back;             /* permutation, its inverse */
    uint64_t flip, select, pattern;  /* pairs */
    int width, bits[MOST_DENSE];     /* dense */
    int64_t angle, data, num_values;
} step;

typedef struct {
    int num_bits;             /* of a state here: at least one whole vector */
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
    int64_t num_global, *global_angles; /* the phase of the whole state */
    double *global_weights;
    int product;              /* whether the first step is a layer that starts from 0 */
    int dense;                /* whether there are such steps */
    int64_t most_sums;
} plan;

/* Pauli words with the same flips: sum of coefficient * (-i)**power * (-1)**parity(mask & index). */
typedef struct {
    uint64_t flip, outer, inner; /* of a block, and of the index in it */
    int64_t first, last;
} word_group;

/* Groups whose flips stay in a block. */
typedef struct {
    blocking rows;
    int64_t first, last;
} word_pass;

typedef struct {
    int64_t num_passes, num_groups, num_words;
    word_pass *passes;
    word_group *groups;
    uint64_t *masks, *inner;
    int64_t *powers, *places; /* places: of a word in the order that the user gave */
} observable;

/* What is to be computed. Complex numbers are pairs of doubles. */
typedef struct {
    int64_t num_rows, length;     /* length: amplitudes of a state outside, at most 2**num_bits */
    const double *rows;           /* (num_rows, num_slots) */
    const double *numbers;        /* what elements refer to */
    double phase;                 /* of the whole state, besides the angles' */
    const double *initial;        /* (initial_rows, length), or NULL */
    int64_t initial_rows;
    int64_t num_observables;
    const observable *const *observables;
    const double *const *coefficients;
    double *values;               /* (num_rows, num_observables) */
    double *states;               /* (num_rows, length), or NULL */
    double *probabilities;        /* (num_rows, length) of real numbers, or NULL */
    const observable *words;      /* whose means are wanted word by word, or NULL */
    double *means;                /* (num_rows, words) */
    const uint8_t *needed;        /* (num_angles) */
    double *slopes;               /* (num_rows, bras, num_slots) of Re <bra|psi>, or NULL */
    const double *bras;           /* (num_bras, num_rows, length); NULL: O|psi> of the observables */
    int64_t num_bras;
    int64_t phased;               /* whether the phase of the state matters to the bras */
    int64_t single;               /* single precision */
    int64_t threads, threaded_bits;
} request;

#endif
