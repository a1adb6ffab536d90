#include "gateway/cli/postfix.h"

#include "base/io.h"
#include "base/text.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX 4096
#define MAPS_MAX 16

extern char **environ;

static enum rc start(char *const argv[], int out, pid_t *ret_pid)
{
    posix_spawn_file_actions_t files;
    int rc;

    posix_spawn_file_actions_init(&files);
    rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (!rc)
        rc = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!rc)
        rc = posix_spawnp(ret_pid, argv[0], &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return rc ? RC_NOT_FOUND : RC_OK;
}

static size_t read_all(int fd, char *to, size_t max)
{
    size_t n = 0;

    for (ssize_t got = 1; got > 0 && n<max; n += got> 0 ? (size_t)got : 0)
        got = read(fd, to + n, max - n);
    return n;
}

/* What a program prints, without its last line end; "" when it ends with another code than 0 (postmap: no such entry). */
static enum rc ask(const char *const words[], struct arena *mem, const char **ret_text, struct err *err)
{
    char answer[ANSWER_MAX];
    int ends[2], status = 0;
    pid_t pid = 0;
    size_t n;

    if (pipe2(ends, O_CLOEXEC))
        return err_errno(err, RC_TEMP, "pipe");
    if (start((char *const *)words, ends[1], &pid)) { /* which changes none of them */
        close(ends[0]);
        close(ends[1]);
        return err_set(err, RC_NOT_FOUND, "%s cannot be run", words[0]);
    }
    close(ends[1]);
    n = read_all(ends[0], answer, sizeof answer);
    close(ends[0]);
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
        return err_set(err, RC_NOT_FOUND, "%s cannot be run", words[0]);
    while (n && answer[n - 1] == '\n')
        n--;
    *ret_text = WEXITSTATUS(status) ? "" : arena_strndup(mem, answer, n);
    return RC_OK;
}

static enum rc parameter(const char *name, struct arena *mem, const char **ret_text, struct err *err)
{
    return ask((const char *const[]){ "postconf", "-x", "-h", name, NULL }, mem, ret_text, err);
}

/* Up to the next comma or blank that stands in no braces: inline:{ a=b, c=d } is one map. */
static size_t map_length(const char *list)
{
    size_t n = 0, depth = 0;

    for (; list[n] && (depth || !strchr(", \t\n", list[n])); n++) {
        depth += list[n] == '{';
        depth -= list[n] == '}' && depth;
    }
    return n;
}

/* The first map of the parameter that knows the key; "" none. */
static enum rc look_up(const char *name, const char *key, struct arena *mem, const char **ret_text, struct err *err)
{
    const char *list;
    enum rc rc = parameter(name, mem, &list, err);

    *ret_text = "";
    for (int i = 0; !rc && i < MAPS_MAX && !**ret_text && *(list += strspn(list, ", \t\n")); i++) {
        const size_t n = map_length(list);
        const char *const map = arena_strndup(mem, list, n);

        rc = ask((const char *const[]){ "postmap", "-q", key, map, NULL }, mem, ret_text, err);
        list += n;
    }
    return rc;
}

/* The key of the policy table: where mail for the domain goes next. */
static enum rc next_hop(const char *domain, struct arena *mem, const char **ret_hop, bool *ret_hands_on,
                        struct err *err)
{
    const char *transport, *relayhost, *colon;
    enum rc rc = look_up("transport_maps", domain, mem, &transport, err);

    if (!rc)
        rc = parameter("relayhost", mem, &relayhost, err);
    if (rc)
        return rc;
    colon = strchr(transport, ':');
    *ret_hop = colon && colon[1] ? colon + 1 : *relayhost ? relayhost : domain;
    *ret_hands_on = *ret_hop != domain;
    return RC_OK;
}

/* The table is asked for the hop itself, then for ".parent" of a domain. */
static enum rc level_of(const char *hop, struct arena *mem, const char **ret_level, struct err *err)
{
    enum rc rc = look_up("smtp_tls_policy_maps", hop, mem, ret_level, err);

    for (const char *dot = strchr(hop, '.'); !rc && !**ret_level && *hop != '[' && dot; dot = strchr(dot + 1, '.'))
        rc = look_up("smtp_tls_policy_maps", dot, mem, ret_level, err);
    if (!rc && !**ret_level)
        rc = parameter("smtp_tls_security_level", mem, ret_level, err);
    return rc;
}

/* "verify match=nexthop": what the name in the certificate is compared with; "" where the level's parameter says it. */
static const char *match_of(const char *level, struct arena *mem)
{
    const char *const at = strstr(level, "match=");

    return at ? arena_strndup(mem, at + strlen("match="), strcspn(at + strlen("match="), " \t")) : "";
}

/* "hostname" is the name that the DNS gave for the domain, which nobody signed; with "[host]" as the hop nobody asked the DNS. */
static enum rc has_sure_match(const char *hop, const char *level, const char *parameter_name, struct arena *mem,
                              bool *ret, struct err *err)
{
    const char *match = match_of(level, mem);
    size_t n;

    if (!*match && parameter(parameter_name, mem, &match, err))
        return err->rc;
    *ret = *match != '\0';
    for (; *(match += strspn(match, ":, \t")); match += n) {
        n = strcspn(match, ":, \t");
        *ret = *ret && (*hop == '[' || n != strlen("hostname") || strncmp(match, "hostname", n) != 0);
    }
    return RC_OK;
}

enum rc postfix_proves_tls(const char *domain, struct arena *mem, bool *ret_proves, bool *ret_hands_on, struct err *err)
{
    static const struct {
        const char *level, *match; /* the parameter that says what names count; NULL: another proof */
    } proving[] = { { "secure", "smtp_tls_secure_cert_match" },
                    { "verify", "smtp_tls_verify_cert_match" },
                    { "fingerprint", NULL },
                    { "dane-only", NULL } };
    const char *hop, *level;
    size_t n;

    if (next_hop(domain, mem, &hop, ret_hands_on, err) || level_of(hop, mem, &level, err))
        return err->rc;
    n = strcspn(level, " \t");
    *ret_proves = false;
    for (size_t i = 0; i < COUNT_OF(proving); i++)
        if (n == strlen(proving[i].level) && !strncmp(level, proving[i].level, n)) {
            *ret_proves = true;
            return proving[i].match ? has_sure_match(hop, level, proving[i].match, mem, ret_proves, err) : RC_OK;
        }
    return RC_OK;
}
