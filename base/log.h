/*
 * log: one line per outcome on standard error, made of ids and names of our enums only.
 *
 * Shape    2026-11-22T02:10:00.123Z info role=sort delivery_sent delivery=123 result=ok
 * Privacy  Keys come from LOG_KEYS: a key that is not there does not compile. Values are numbers, or names of our own enums
 *          (letters, digits, and _ . - : / only; anything else is printed as "?"). No address, name, subject, text, URL or remote reply.
 * Errors   log_err takes a struct err, whose message is made of ids by its own contract.
 * State    The level and the role's name, set once at start.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

/* clang-format off */
#define LOG_KEYS(X)                                                                                                    \
    X(arrival)                                                                                                         \
    X(attempt) X(audit) X(bytes) X(code) X(count) X(delivery) X(domain) X(due_ms) X(epoch) X(failed) X(flag) X(group)  \
        X(id) X(issue) X(item) X(key) X(kind) X(lane) X(letter) X(mailing) X(member) X(ms) X(node) X(page) X(person)   \
            X(pid) X(post) X(practice) X(purpose) X(rc) X(reason) X(result) X(review) X(role) X(signal) X(staff)       \
                X(state) X(status) X(step) X(table) X(tier) X(verb) X(version) X(worker)
/* clang-format on */

enum log_key {
#define LOG_KEY_ENUM(name) LOG_KEY_##name,
    LOG_KEYS(LOG_KEY_ENUM)
#undef LOG_KEY_ENUM
        LOG_KEY_COUNT
};

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_kv {
    enum log_key key;
    bool is_name, is_end;
    int64_t num;
    const char *name;
};

#define KV(k, v) ((struct log_kv){ .key = LOG_KEY_##k, .num = (int64_t)(v) })
#define KV_NAME(k, n) ((struct log_kv){ .key = LOG_KEY_##k, .is_name = true, .name = (n) })
#define LOG_END ((struct log_kv){ .is_end = true })

/* One fixed sentence to the system's log: the last way to say that somebody must look. */
void log_call_for_help(void);

void log_setup(enum log_level level, const char *role);
void log_emit(enum log_level level, const char *event, const struct err *err, const struct log_kv *kv);

#define log_debug(event, ...) log_emit(LOG_DEBUG, event, NULL, (struct log_kv[]){ __VA_ARGS__ __VA_OPT__(, ) LOG_END })
#define log_info(event, ...) log_emit(LOG_INFO, event, NULL, (struct log_kv[]){ __VA_ARGS__ __VA_OPT__(, ) LOG_END })
#define log_warn(event, ...) log_emit(LOG_WARN, event, NULL, (struct log_kv[]){ __VA_ARGS__ __VA_OPT__(, ) LOG_END })
#define log_error(event, ...) log_emit(LOG_ERROR, event, NULL, (struct log_kv[]){ __VA_ARGS__ __VA_OPT__(, ) LOG_END })
#define log_err(event, err, ...)                                                                                       \
    log_emit(LOG_ERROR, event, err, (struct log_kv[]){ __VA_ARGS__ __VA_OPT__(, ) LOG_END })

#endif
