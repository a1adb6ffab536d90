/*
 * arena: memory that lives until a message is done.
 *
 * Shape    Many small allocations, one free. Nothing is freed alone.
 * Owns     The arena owns every block; arena_free wipes them before giving them back and nulls the variable.
 * Errors   None: out of memory aborts (a restart is safe). Whatever a stranger can make large has a cap before it gets here;
 *          the arena's own cap (ARENA_MAX_BYTES) aborts as a last resort.
 * State    One arena belongs to one caller. Under the sanitizer each allocation is a block of its own, so overruns show.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/err.h"

#define ARENA_MAX_BYTES ((size_t)512 << 20)

struct arena;

struct arena *arena_new(const char *name);
void arena_free(struct arena **arena);
/* Frees what was allocated, keeps the arena: for a loop over messages. */
void arena_clear(struct arena *arena);

/* Zeroed memory, aligned for any type. n = 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t n) __attribute__((malloc, returns_nonnull, alloc_size(2)));
/* The same for count things of size bytes; an overflow aborts. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull, alloc_size(2, 3)));
char *arena_strdup(struct arena *arena, const char *s) __attribute__((returns_nonnull));
/* Copies n bytes and ends them with NUL. */
char *arena_strndup(struct arena *arena, const char *s, size_t n) __attribute__((returns_nonnull));
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3) __attribute__((returns_nonnull));
size_t arena_bytes(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

#endif
