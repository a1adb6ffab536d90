#include "gateway/cli/phones_screen.h"

#include "base/clock.h"
#include "base/text.h"
#include "schedules/zone.h"

#include <string.h>
#include <wchar.h>

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define NORMAL "\033[0m"
#define LINES_MAX 400 /* of one text */

/* A row inside a phone, as wide as the phone. */
struct row {
    const char *text, *style;
    bool is_right;
};

static size_t width_of(const char *text, size_t bytes)
{
    const char *const end = text + bytes;
    size_t n = 0;

    while (text < end) {
        const int w = wcwidth((wchar_t)text_next(&text));

        n += w > 0 ? (size_t)w : 0;
    }
    return n;
}

const char *phones_moment(const char *zone, int64_t ms, struct arena *mem)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    struct local_time t;
    struct err ignored;

    if (zone_local_from_utc(*zone ? zone : "UTC", ms, &t, &ignored))
        return "";
    return arena_printf(mem, "%s %s %2d %2d:%02d", days[t.weekday], months[t.month - 1], t.day, t.hour, t.minute);
}

/* How many bytes of the text fit: up to the last blank, or as much as there is room for. */
static size_t fitting(const char *text, size_t n, size_t width)
{
    const char *p = text;
    size_t used = 0, blank = 0;

    while (p < text + n) {
        const char *const before = p;
        const int32_t c = text_next(&p);
        const int w = wcwidth((wchar_t)c);

        used += w > 0 ? (size_t)w : 0;
        if (used > width)
            return blank ? blank : before > text ? (size_t)(before - text) : (size_t)(p - text);
        if (c == ' ')
            blank = (size_t)(p - text);
    }
    return n;
}

size_t phones_wrap(const char *words, size_t width, struct arena *mem, const char ***ret_lines)
{
    const char **const lines = ARENA_ARRAY(mem, LINES_MAX, const char *);
    const char *text = text_visible(mem, words, strlen(words)), *line;
    size_t len, count = 0;

    while (text_next_line(&text, &line, &len))
        do {
            const size_t n = fitting(line, len, width);

            if (count < LINES_MAX)
                lines[count++] = arena_strndup(mem, line, n - (n && n < len && line[n - 1] == ' '));
            line += n;
            len -= n;
        } while (len);
    *ret_lines = lines;
    return count;
}

static bool is_new_talk(const struct phones_line *line, const struct phones_line *before)
{
    return !before || line->at_ms - before->at_ms > MS_HOUR || line->at_ms < before->at_ms;
}

/* The last `height` rows of a phone, filled from the end. Returns how many there are. */
static size_t layout(const struct phones_screen *s, const struct phones_view *v, size_t width, size_t height,
                     struct arena *mem, struct row *rows)
{
    size_t left = height;

    for (size_t i = v->n; i-- && left;) {
        const struct phones_line *const l = &v->lines[i];
        const char **lines;

        if (left < height)
            rows[--left] = (struct row){ "", "", false };
        for (size_t k = phones_wrap(l->words, width - 3, mem, &lines); k-- && left;)
            rows[--left] = (struct row){ lines[k], l->is_theirs ? GREEN : "", l->is_theirs };
        if (left && is_new_talk(l, i ? &v->lines[i - 1] : NULL))
            rows[--left] = (struct row){ phones_moment(s->zone, l->at_ms, mem), DIM, false };
    }
    memmove(rows, rows + left, (height - left) * sizeof *rows);
    return height - left;
}

static void put_style(const struct phones_screen *s, const char *style, struct strbuf *out)
{
    if (!s->is_plain)
        strbuf_str(out, style);
}

static void put_blanks(size_t n, struct strbuf *out)
{
    while (n--)
        strbuf_char(out, ' ');
}

static void put_line(const char *with, size_t n, struct strbuf *out)
{
    while (n--)
        strbuf_str(out, with);
}

static const char *title_of(const struct phones_screen *s, size_t i, size_t width, struct arena *mem)
{
    const struct phones_view *const v = &s->phones[i];
    const char *const whole = *v->name ? arena_printf(mem, "%zu %s %s", i + 1, v->name, v->number)
                                       : arena_printf(mem, "%zu %s", i + 1, v->number);
    const char *const name = *v->name ? arena_printf(mem, "%zu %s", i + 1, v->name) : whole;
    const char *const title = width_of(whole, strlen(whole)) <= width ? whole : name;

    return arena_strndup(mem, title, fitting(title, strlen(title), width));
}

static void draw_phone(const struct phones_screen *s, size_t i, size_t left, size_t width, struct arena *mem,
                       struct strbuf *out)
{
    const size_t height = (size_t)s->rows - 5, inside = width - 4;
    struct row *const rows = ARENA_ARRAY(mem, height, struct row);
    const size_t n = layout(s, &s->phones[i], inside, height, mem, rows);
    const char *const title = title_of(s, i, inside - 2, mem);
    const char *const frame = i == s->chosen ? BOLD : DIM;

    strbuf_printf(out, "\033[1;%zuH", left);
    put_style(s, frame, out);
    strbuf_printf(out, "╭ %s ", title);
    put_line(i == s->chosen ? "━" : "─", width - 4 - width_of(title, strlen(title)), out);
    strbuf_str(out, "╮");
    for (size_t r = 0; r < height; r++) {
        const struct row row = r < n ? rows[r] : (struct row){ "", "", false };
        const size_t used = width_of(row.text, strlen(row.text));
        const size_t blank = inside > used ? inside - used : 0;

        put_style(s, NORMAL, out);
        strbuf_printf(out, "\033[%zu;%zuH", r + 2, left);
        put_style(s, frame, out);
        strbuf_str(out, "│ ");
        put_style(s, NORMAL, out);
        put_style(s, row.style, out);
        put_blanks(row.is_right ? blank : 0, out);
        strbuf_str(out, row.text);
        put_blanks(row.is_right ? 0 : blank, out);
        put_style(s, NORMAL, out);
        put_style(s, frame, out);
        strbuf_str(out, " │");
    }
    strbuf_printf(out, "\033[%zu;%zuH╰", height + 2, left);
    put_line(i == s->chosen ? "━" : "─", width - 2, out);
    strbuf_str(out, "╯");
    put_style(s, NORMAL, out);
}

/* The end of what is typed stays in sight. */
static void draw_typed(const struct phones_screen *s, struct arena *mem, struct strbuf *out)
{
    const struct phones_view *const v = &s->phones[s->chosen];
    const char *const who = arena_printf(mem, "%zu %s › ", s->chosen + 1, *v->name ? v->name : v->number);
    const size_t room = (size_t)s->columns - width_of(who, strlen(who)) - 1;
    const char *typed = text_visible(mem, s->typed, strlen(s->typed));

    while (width_of(typed, strlen(typed)) > room)
        text_next(&typed);
    strbuf_printf(out, "\033[%d;1H", s->rows - 2);
    put_style(s, DIM, out);
    strbuf_printf(out, "%.*s\033[K\033[%d;1H\033[K\033[%d;1H%s\033[K",
                  (int)fitting(s->notice, strlen(s->notice), (size_t)s->columns - 1), s->notice, s->rows - 1, s->rows,
                  "Tab: next phone · Enter: send · Ctrl-C: end");
    put_style(s, NORMAL, out);
    strbuf_printf(out, "\033[%d;1H", s->rows - 1);
    put_style(s, BOLD, out);
    strbuf_str(out, who);
    put_style(s, NORMAL, out);
    strbuf_str(out, typed);
}

void phones_screen_draw(const struct phones_screen *s, struct arena *mem, struct strbuf *out)
{
    size_t fit = (size_t)s->columns / PHONES_WIDTH_MIN, first, width;

    strbuf_str(out, "\033[?25l\033[2J");
    if (s->rows < 9 || !fit) {
        strbuf_str(out, "\033[1;1HThis window is too small.\033[?25h");
        return;
    }
    fit = fit < s->count ? fit : s->count;
    first = s->chosen + 1 > fit ? s->chosen + 1 - fit : 0;
    width = ((size_t)s->columns - (fit - 1)) / fit;
    for (size_t i = 0; i < fit; i++)
        draw_phone(s, first + i, 1 + i * (width + 1), width, mem, out);
    draw_typed(s, mem, out);
    strbuf_str(out, "\033[?25h");
}
