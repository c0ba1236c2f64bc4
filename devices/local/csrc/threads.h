/* Teams of threads that run the steps of a plan together, and memory for states. */
#ifndef QGATE_THREADS_H
#define QGATE_THREADS_H

#include <pthread.h>
#include <stdint.h>

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t all_here;
    int count, waiting, round;
} barrier;

typedef struct {
    int index, count;
    barrier *at;
} team;

/* Barrier: wait until all threads of the team have arrived. A waiting thread sleeps. */
static inline void meet(const team *t)
{
    if (t->count == 1) return;
    barrier *b = t->at;
    pthread_mutex_lock(&b->lock);
    int round = b->round;
    if (++b->waiting == b->count) {
        b->waiting = 0, b->round++;
        pthread_cond_broadcast(&b->all_here);
    } else
        while (round == b->round) pthread_cond_wait(&b->all_here, &b->lock);
    pthread_mutex_unlock(&b->lock);
}

/* Run `work` in a team of threads, of which the caller's is the first; return the number of
 * threads. The team is smaller if threads cannot be started. Threads live for one call, so that
 * the process may fork at any other time. */
int start_team(int threads, void (*work)(void *, const team *), void *given);

/* Allocate memory aligned to a cache line, or return NULL. One large block is kept for the next
 * call. */
void *take_memory(int64_t bytes);
void give_back(void *memory);

#endif
