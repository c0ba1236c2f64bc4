/* Rotations of Pauli vectors about a word: exp(-i angle P / 2) mixes the word Q with i P Q where P
 * and Q anticommute, and keeps it elsewhere. The words of a pair have the indices j and j ^ P. */

#ifndef QGATE_TURNS_H
#define QGATE_TURNS_H

enum { TURN_BLOCK = 64 }; /* the signs of 4**3 neighbours come from a table */

#define Z_BITS 0x5555555555555555ull /* digits: I 0, Z 1, X 2, Y 3 */

/* Return k in P Q = i**k W, where W has the index j ^ word. With P = i**|x & z| X**x Z**z, the
 * digits contribute separately. */
static int turn_power(uint64_t word, uint64_t j)
{
    uint64_t other = word ^ j;
    int own = __builtin_popcountll(word & (word >> 1) & Z_BITS);
    int here = __builtin_popcountll(j & (j >> 1) & Z_BITS);
    int there = __builtin_popcountll(other & (other >> 1) & Z_BITS);
    return own + here - there + 2 * __builtin_popcountll(word & (j >> 1) & Z_BITS);
}

#endif

/* Signs of i P Q = +W or -W, and 0 where P and Q commute, of neighbours, for each power of i from
 * the other digits. */
typedef struct {
    real signs[4][TURN_BLOCK] __attribute__((aligned(64)));
    uint64_t outer;
    int inner, lanes;
} NAME(turn);
#define turn NAME(turn)

static void NAME(fill_turn)(const pauli_step *st, turn *u)
{
    uint64_t low = st->word & (TURN_BLOCK - 1);
    u->outer = st->word ^ low, u->inner = (int)low / LANES, u->lanes = (int)low & (LANES - 1);
    for (int power = 0; power < 4; power++)
        for (int j = 0; j < TURN_BLOCK; j++) {
            int sum = (1 + power + turn_power(low, (uint64_t)j)) & 3;
            u->signs[power][j] = sum == 0 ? 1 : sum == 2 ? -1 : 0;
        }
}

/* Return the signs of a block. */
static inline const vec *NAME(turn_signs)(const turn *u, int64_t start)
{
    return (const vec *)u->signs[turn_power(u->outer, (uint64_t)start) & 3];
}

/* Rotate the blocks of some pairs; `other` is the block of the partners, or the same. */
static void NAME(turn_blocks)(const turn *u, const vec *signs, const vec *there, const vec *here,
                              real cosine, real sine, vec *out)
{
    vec less = splat(cosine - 1), s = splat(sine);
    for (int v = 0; v < TURN_BLOCK / LANES; v++) {
        vec partner_of = NAME(crossed)(there[v ^ u->inner], u->lanes);
        out[v] = here[v] + signs[v] * (signs[v] * less * here[v] + s * partner_of);
    }
}

/* Rotate a vector in place. */
static void NAME(turn_vector)(const pauli_step *st, int num_wires, real cosine, real sine, real *x,
                              const team *t)
{
    turn u;
    NAME(fill_turn)(st, &u);
    int64_t blocks = ((int64_t)1 << 2 * num_wires) / TURN_BLOCK;
    for (int64_t b = blocks * t->index / t->count; b < blocks * (t->index + 1) / t->count; b++) {
        int64_t start = b * TURN_BLOCK, other = start ^ (int64_t)u.outer;
        if (other < start) continue;
        vec first[TURN_BLOCK / LANES], second[TURN_BLOCK / LANES];
        vec *here = (vec *)(x + start), *there = (vec *)(x + other);
        NAME(turn_blocks)(&u, NAME(turn_signs)(&u, start), there, here, cosine, sine, first);
        if (other > start) {
            NAME(turn_blocks)(&u, NAME(turn_signs)(&u, other), here, there, cosine, sine, second);
            memcpy(there, second, sizeof second);
        }
        memcpy(here, first, sizeof first);
    }
}

/* Add the derivatives by cosine and sine, of the blocks of a part of the vector. */
static void NAME(turn_slopes)(const turn *u, const real *x, const real *bra, int64_t begin, int64_t end,
                              double *found)
{
    for (int64_t b = begin; b < end; b++) {
        int64_t start = b * TURN_BLOCK, other = start ^ (int64_t)u->outer;
        const vec *signs = NAME(turn_signs)(u, start), *l = (const vec *)(bra + start);
        const vec *here = (const vec *)(x + start), *there = (const vec *)(x + other);
        vec even = {0}, odd = {0};
        for (int v = 0; v < TURN_BLOCK / LANES; v++) {
            vec part = signs[v] * l[v];
            even += part * signs[v] * here[v];
            odd += part * NAME(crossed)(there[v ^ u->inner], u->lanes);
        }
        found[0] += total(even), found[1] += total(odd);
    }
}
