"""Who lives through the year of visit_story_test, and what this test knows of it: what was said, who waits, when each visit is."""
import collections
import datetime
import re
import zoneinfo

import calendar_kit
import house_kit
from calendar_kit import Copy, calendar_part, calendar_reply
from house_kit import ANA
from story_kit import UTC

NEW_YORK = zoneinfo.ZoneInfo('America/New_York')
ZONES = ('America/New_York', 'America/Chicago', 'America/Phoenix', 'Europe/Madrid')
FIRST = ('Adela Boris Celia Dorian Elvira Fabian Greta Horace Imelda Jasper Katya Lionel Mirela Nestor Odette Percy Quillan Rosalba Stellan Thora '
         'Ulises Verena Wendell Xiomara Yusuf Zelda Amparo Benicio Cosima Dagny').split()
LAST = ('Abernathy Bostwick Cardoso Dunleavy Espinoza Fairchild Goodwyn Hargrove Ibarra Jernigan Kowalski Lindqvist Montalvo Novotny Okonkwo Pemberton '
        'Quarles Rosendahl Saavedra Thackeray Ulloa Villanueva Wetherby Xiang Yarborough Zamarripa Aldaine Barrymore Castellan Drummond').split()
SPANISH, WORDS_ONLY, DAILY, BOTH, BY_TEXT = {11, 12, 13, 19, 25, 28}, {16, 17, 20}, {0, 2, 3, 22}, range(18, 22), range(22, 30)
MONTHS = 'enero febrero marzo abril mayo'.split()
DAYS = 'lunes martes mi\u00e9rcoles jueves viernes s\u00e1bado domingo'.split()


class Member:
    def __init__(self, i):
        self.i, self.first, self.name = i, FIRST[i], f'{FIRST[i]} {LAST[i]}'
        self.zone, self.is_es = ZONES[i % 4], i in SPANISH
        self.address = None if i in BY_TEXT else f'{FIRST[i]}.{LAST[i]}@example.com'.lower()
        self.number = f'+1555555{110 + i:04d}' if i >= BOTH[0] else None

    def by_text(self):
        return self.address is None

    def options(self):
        where = ('--text', self.number) if self.by_text() else ('--email', self.address, *(('--text', self.number) if self.number else ()))
        tag = ('--tag', 'no-calendar') if self.i in WORDS_ONLY else ()
        return ('--name', self.name, *where, '--zone', self.zone, '--language', 'es' if self.is_es else 'en', '--rhythm', 'daily' if self.i in DAILY else 'weekly', *tag)

    def moment(self, at, zone=None):
        """In words, as zoneinfo has it."""
        there = at.astimezone(zoneinfo.ZoneInfo(zone or self.zone))
        if self.is_es:
            return f'{DAYS[there.weekday()]} {there.day} de {MONTHS[there.month - 1]}, {there.hour}:{there:%M}'
        return f'{there:%A, %B} {there.day}, {there.hour % 12 or 12}:{there:%M %p}'

    def when(self, at):
        return self.moment(at) + (' (hora de {})' if self.is_es else ' ({} time)').format(self.zone.split('/')[1].replace('_', ' '))


MEMBERS = [Member(i) for i in range(30)]
BY_MAIL = [m for m in MEMBERS if not m.by_text()]


def local(text):
    return datetime.datetime.strptime(text, '%Y-%m-%d %H:%M').replace(tzinfo=NEW_YORK).astimezone(UTC)


def after_night(m, at, start):
    """When a reminder that is due at that moment is to come; None: never. Letters wait from 21:00 to 8:00, texts from 20:00 to 9:00 of the reader's day."""
    first, last = (9, 20) if m.by_text() else (8, 21)
    there = at.astimezone(zoneinfo.ZoneInfo(m.zone))
    if first <= there.hour < last:
        return at
    day = there.date() + datetime.timedelta(days=there.hour >= last)
    morning = datetime.datetime.combine(day, datetime.time(first), zoneinfo.ZoneInfo(m.zone)).astimezone(UTC)
    if morning + datetime.timedelta(minutes=30) <= start:
        return morning
    return None if m.by_text() else at


class Story:
    """The plan of the year, as this test knows it: what was said, who has a place, who is to be reminded when."""

    def __init__(self, life):
        self.life, self.house = life, life.house
        self.starts = dict(enumerate(map(local, ('2026-02-26 14:00', '2026-03-05 14:00', '2026-03-12 14:00', '2026-03-19 14:00', '2026-03-26 14:00',
                                                 '2026-04-01 16:00', '2026-04-09 14:00', '2026-04-16 14:00')), 1))
        self.said = {v: {} for v in self.starts}    # {visit: {i: (answer, way)}}
        self.waits = {v: set() for v in self.starts}
        self.due = collections.defaultdict(list)    # {(visit, i): moments of reminders}
        self.missed = collections.defaultdict(list) # {i: visits that they were missed at}
        self.read = collections.defaultdict(list)   # {i: of each mail its calendar object, or None}
        self.steps = []

    def tell(self, what, way):
        """Which channel each step took."""
        self.steps.append(f'{self.life.at:%a %d %b %H:%M}Z  {way:<14} {what}')

    def remind(self, visit):
        """Now is the moment of a reminder of that visit."""
        for m in MEMBERS:
            at = after_night(m, self.life.at, self.starts[visit])
            if at and not self.said[visit].get(m.i, ('',))[0].startswith('no') and m.i not in self.waits[visit]:
                self.due[visit, m.i].append(at)
        self.tell(f'reminders of visit {visit}', 'Postfix, Kannel')

    # ---- looking ----

    def mails(self, m, words, at):
        """Of one visit: with these words in it, and its moment in the reader's zone."""
        return [g for g in self.life.mail_of(m.address, words) if m.when(at) in g.flat]

    def asked(self, m, visit):
        """The newest that can be answered."""
        at = self.starts[visit]
        if m.by_text():
            return next(t for t in self.life.text_of(m.number) if m.moment(at) in t and re.search(r'Repl|Responda', t))
        return self.mails(m, '', at)[0]

    def copy(self, m, visit):
        return next(c for c in reversed(self.copies(m)) if c.start == self.starts[visit])

    def copies(self, m):
        """Every calendar object that they got, oldest first."""
        known = self.read[m.i]
        for _, g in self.life.mails[m.address][len(known):]:
            known.append(Copy(g) if calendar_part(g) else None)
        return [c for c in known if c]

    def number(self, m, visit):
        return re.search(r'(?:Reply|Responda) (\d+)', self.asked(m, visit)).group(1)

    def show(self, visit):
        return {row['name'].split()[0]: row for row in self.house.json('visit', 'show', visit)}

    # ---- answering ----

    def mail_for(self, m, visit, form, words, **how):
        """One answer by mail, for Life.arrive."""
        if form in calendar_kit.PROGRAMS:
            copy = how.pop('copy', None) or self.copy(m, visit)
            return calendar_reply(form, copy, m.name, words, self.life.at, **how), copy.organizer, m.address
        mail = self.asked(m, visit)
        if form == 'words':
            return self.life.reply(m.address, mail, words)
        html = mail.message.get_body(('html',)).get_content()
        to, subject = re.search(r'mailto:([^?"]+)\?subject=(%s)[&"]' % words.replace(' ', '%20'), html).groups()
        return house_kit.letter(m.address, to, subject.replace('%20', ' '), '', border=False), to, m.address

    def answer(self, visit, forms):
        """{i: (form, words, answer)}: they come in at one moment, by both ways."""
        mails, texts = [], []
        for i, (form, words, answer) in forms.items():
            m = MEMBERS[i]
            if form == 'text':
                texts.append((m.number, words.format(self.number(m, visit))))
            else:
                comment = {'comment': 'I will be ten minutes late'} if (i, visit) == (3, 1) else {}
                mails.append(self.mail_for(m, visit, form, words, **comment))
            self.said[visit][i] = (answer, 'text' if form == 'text' else 'calendar' if form in calendar_kit.PROGRAMS else 'email')
        self.life.arrive(mails, texts)
        self.tell(f'{len(mails)} answers to visit {visit}', 'Postfix') if mails else None
        self.tell(f'{len(texts)} answers to visit {visit}', 'Kannel') if texts else None

    def check(self, visit):
        rows = self.show(visit)
        assert len([r for r in rows.values() if r['part'] == 'member']) == 30, len(rows)
        wrong = {}
        for m in MEMBERS:
            row, (answer, way) = rows[m.first], self.said[visit].get(m.i, ('', ''))
            if (row['answer'], row['way']) != (answer, way):
                wrong[m.first] = (row['answer'], row['way']), (answer, way)
        assert not wrong, f'visit {visit}: {wrong}'
        waiting = {m.i for m in MEMBERS if rows[m.first]['place'] in ('waits', 'offered')}
        assert waiting == self.waits[visit], (visit, waiting, self.waits[visit])
        return rows

    def staff_mail(self, words):
        found = self.life.mail_of(ANA, words)
        assert found, f'staff have nothing about "{words}"'
        return found[0]
