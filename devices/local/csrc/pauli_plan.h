/* Data structures of the engine of mixed states: plans and requests. */
#ifndef QGATE_PAULI_PLAN_H
#define QGATE_PAULI_PLAN_H

#include <stdint.h>

enum { STEP_BLOCK = 0, STEP_TURN = 1 };

enum {
    MOST_WIDTH = 3,    /* wires of a block */
    MOST_ROWS = 64,    /* 4**MOST_WIDTH */
    PANEL_VECTORS = 8, /* vectors in a row of a panel: two panels of 16 rows stay in the level-1 cache */
    MOST_COLUMNS = 64, /* lanes of PANEL_VECTORS vectors of the widest instruction set */
    TILE_DIGITS = 7,   /* wires of a tile, which stays in the level-2 cache */
    TILED_ROWS = 16,   /* rows of blocks that are applied tile after tile, ... */
    MOST_TILED = 16,   /* ... and the number of such blocks */
    MOST_PARTS = 32    /* parts of a sum over a state that several threads share */
};

/* Entry of a factor: the number at (row, column) is the sum of coefficient * value. Coefficients
 * from 0 on belong to a row; those from -1 down are common to all rows, and are not differentiated. */
typedef struct {
    int row, column;
    int64_t coefficient;
    double value;
} entry;

/* Step of a plan: a matrix on some wires, the product of its factors, the first applied first; or
 * the rotation exp(-i angle word / 2) of a Pauli word. */
typedef struct {
    int kind, width, size;       /* block: number of wires, and of rows, 4**width */
    int64_t strides[MOST_WIDTH]; /* of the wires in the vector, ascending */
    int64_t rows[MOST_ROWS];     /* index of each row of the matrix, with zeros on other wires */
    int64_t first, last;         /* block: range of factors */
    uint64_t word;               /* turn: digits of the word, ... */
    int64_t cosine, sine;        /* ... and the coefficients with the cosine and sine of the angle */
} pauli_step;

typedef struct {
    int num_wires; /* of a vector in the library: at least two more than those of a block */
    int64_t num_coefficients, num_common, num_steps, most_factors, most_rows;
    pauli_step *steps;
    int64_t *starts; /* of the entries of each factor */
    entry *entries;
} pauli_plan;

/* Request for computations; mirrored by `mixed/native.py`. */
typedef struct {
    int64_t num_rows, length;   /* length of the caller's vectors, at most 4**num_wires */
    const double *coefficients; /* (num_rows, num_coefficients) */
    const double *common;       /* (num_common), the last is coefficient -1 */
    const double *initial;      /* (initial_rows, length), or NULL: the state 0 */
    int64_t initial_rows;
    int64_t num_reads;
    const int64_t *reads;       /* indices of the requested expectation values */
    double *means;              /* (num_rows, num_reads) */
    double *vectors;            /* (num_rows, length), or NULL */
    int64_t num_sums;
    const double *weights;      /* (num_sums, num_reads) of the sums that are differentiated */
    const uint8_t *needed;      /* (num_coefficients): whether derivatives are required */
    double *slopes;             /* (num_rows, num_sums, num_coefficients), or NULL */
    int64_t num_kept;           /* number of vectors kept for derivatives; fewer take more time */
    int64_t single, threads, threaded_bits;
} pauli_request;

#endif
