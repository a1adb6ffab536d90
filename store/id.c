#include "store/id.h"

#include "base/clock.h"

#include <assert.h>

#define SEQUENCE_MAX 4095

void id_source_init(struct id_source *source, int64_t node)
{
    assert(node >= 0 && node <= ID_NODE_MAX);
    *source = (struct id_source){ .node = node };
}

/* A clock that was set back is ignored: ids go on from the last millisecond that was used, and step past it when it is full. */
int64_t id_next(struct id_source *source)
{
    int64_t now = clock_now_ms(clock_real()) - ID_EPOCH_MS;

    assert(now > 0 && now < INT64_C(1) << 41);
    if (now <= source->last_ms && source->sequence < SEQUENCE_MAX) {
        source->sequence++;
    } else {
        if (now < source->last_ms)
            now = source->last_ms + 1;
        while (now <= source->last_ms) {
            nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
            now = clock_now_ms(clock_real()) - ID_EPOCH_MS;
        }
        source->last_ms = now;
        source->sequence = 0;
    }
    return source->last_ms << 22 | source->node << 12 | source->sequence;
}

int64_t id_made_ms(int64_t id)
{
    return (id >> 22) + ID_EPOCH_MS;
}
