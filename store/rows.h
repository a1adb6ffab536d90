/*
 * rows: an array in an arena that grows while a result is read.
 *
 *     struct person *people = NULL; size_t n = 0, cap = 0;
 *     people = rows_room(mem, people, n, &cap, sizeof *people);     room for people[n]
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/arena.h"

static inline void *rows_room(struct arena *mem, void *rows, size_t n, size_t *cap, size_t size)
{
    void *wider;

    if (n < *cap)
        return rows;
    *cap = *cap ? 2 * *cap : 8;
    wider = arena_array(mem, *cap, size);
    if (n)
        memcpy(wider, rows, n * size);
    return wider;
}

#endif
