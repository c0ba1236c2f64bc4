#include "threads.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

typedef struct {
    team place;
    void (*work)(void *, const team *);
    void *given;
} member;

/* Wait until the number of started threads is known, then work. */
static void *run_member(void *given)
{
    member *m = given;
    barrier *at = m->place.at;
    pthread_mutex_lock(&at->lock);
    while (!at->count) pthread_cond_wait(&at->all_here, &at->lock);
    m->place.count = at->count;
    pthread_mutex_unlock(&at->lock);
    m->work(m->given, &m->place);
    return NULL;
}

int start_team(int threads, void (*work)(void *, const team *), void *given)
{
    team alone = {0, 1, NULL};
    member *members = threads > 1 ? calloc(threads, sizeof *members) : NULL;
    pthread_t *handles = threads > 1 ? calloc(threads, sizeof *handles) : NULL;
    if (!members || !handles) {
        free(members), free(handles);
        work(given, &alone);
        return 1;
    }
    barrier at = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0};
    int started = 1;
    for (int i = 0; i < threads; i++) {
        member one = {{i, 0, &at}, work, given};
        members[i] = one;
    }
    while (started < threads && !pthread_create(&handles[started], NULL, run_member, &members[started]))
        started++;
    pthread_mutex_lock(&at.lock);
    at.count = started;
    pthread_cond_broadcast(&at.all_here);
    pthread_mutex_unlock(&at.lock);
    run_member(&members[0]);
    for (int i = 1; i < started; i++) pthread_join(handles[i], NULL);
    pthread_cond_destroy(&at.all_here);
    pthread_mutex_destroy(&at.lock);
    free(members), free(handles);
    return started;
}

/* A block begins with its size, one cache line before the returned address. */
enum { LINE = 64 };
static const int64_t LEAST_KEPT = (int64_t)1 << 20, MOST_KEPT = (int64_t)1 << 29;
static char *kept;

void *take_memory(int64_t bytes)
{
    int64_t total = (bytes + 2 * LINE - 1) / LINE * LINE;
    if (bytes >= LEAST_KEPT) {
        char *block = __atomic_exchange_n(&kept, NULL, __ATOMIC_ACQ_REL);
        if (block) {
            int64_t size = *(int64_t *)block;
            if (size >= total && size <= 4 * total) return block + LINE;
            free(block);
        }
    }
    int64_t page = bytes >= LEAST_KEPT ? (int64_t)1 << 21 : LINE;
    char *block = aligned_alloc(page, (total + page - 1) / page * page);
    if (!block) return NULL;
#if defined(__linux__)
    if (bytes >= LEAST_KEPT) madvise(block, total, MADV_HUGEPAGE);
#endif
    *(int64_t *)block = total;
    return block + LINE;
}

void give_back(void *memory)
{
    if (!memory) return;
    char *block = (char *)memory - LINE;
    int64_t size = *(int64_t *)block;
    if (size >= LEAST_KEPT && size <= MOST_KEPT)
        block = __atomic_exchange_n(&kept, block, __ATOMIC_ACQ_REL);
    free(block);
}
