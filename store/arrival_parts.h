/*
 * arrival_parts: what arrival.c (work), arrival_writer.c and arrival_reader.c (bytes) share: the statements, and what is boxed to the
 * installation's public key (head):
 *
 *     practice id 8 | arrival id 8 | stream key 32 | stream header 24 | from: length 2, bytes | to: length 2, bytes
 */
#ifndef STORE_ARRIVAL_PARTS_H
#define STORE_ARRIVAL_PARTS_H

#include "store/arrival.h"

#define ARRIVAL_HEAD_FIXED (8 + 8 + CRYPT_KEY_BYTES + CRYPT_STREAM_HEADER_BYTES)
#define ARRIVAL_HEAD_MAX (ARRIVAL_HEAD_FIXED + 2 * (2 + ARRIVAL_ENVELOPE_MAX))
#define ARRIVAL_SEALED_MAX (ARRIVAL_CHUNK_BYTES + CRYPT_STREAM_OVERHEAD) /* of a chunk */

enum arrival_stmt {
    ARRIVAL_INSERT,
    ARRIVAL_FINISH,
    ARRIVAL_SEEN,
    ARRIVAL_HEAD,
    ARRIVAL_CLAIM,
    ARRIVAL_LAPSED,
    ARRIVAL_HOPELESS,
    ARRIVAL_LEAVE,
    ARRIVAL_BACK,
    ARRIVAL_PUT_OFF,
    ARRIVAL_UNPARK,
    ARRIVAL_GET,
    ARRIVAL_LIST,
    ARRIVAL_COUNT,
    ARRIVAL_OLD_CHUNKS,
    ARRIVAL_OLD_ROWS,
    ARRIVAL_DELETE,
    CHUNK_INSERT,
    CHUNK_GET,
    CHUNK_DELETE,
    ARRIVAL_STMT_COUNT
};
extern const char *const arrival_sql[];

#endif
