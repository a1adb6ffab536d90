/* arrival_sql: the statements that arrival.c (work) and arrival_stream.c (bytes) share. */
#ifndef STORE_ARRIVAL_SQL_H
#define STORE_ARRIVAL_SQL_H

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
