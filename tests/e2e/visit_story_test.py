#!/usr/bin/python3
"""Eight weekly visits of thirty people in four zones over two changes of the clocks, by mail through Postfix and by text through Kannel: asked, answered in
every form, moved, cancelled, a place passed on, reminded, counted, remembered. What left is read at its end: mailboxes, phones, and calendars of others."""
import collections
import datetime
import os
import re
import tempfile
import zoneinfo

import calendar_kit
import house_kit
import postfix_kit
import text_kit
from calendar_kit import Copy, Khal
from house_kit import ANA, LEE, install_into, run_tests
from story_kit import UTC, Life
from visit_story_kit import BY_MAIL, MEMBERS, NEW_YORK, WORDS_ONLY, Story, after_night

LINK, TITLE = 'https://video.example.org/j/5550100', 'Eating out without worry'
# what each of the first visit's forms says: (form, words, answer, way, has agreed)
FORMS = {0: ('google', 'ACCEPTED', 'yes'), 1: ('google', 'DECLINED', 'no'), 2: ('google', 'TENTATIVE', 'maybe'), 3: ('outlook', 'ACCEPTED', 'yes'),
         4: ('outlook', 'DECLINED', 'no'), 5: ('outlook', 'TENTATIVE', 'maybe'), 6: ('apple', 'ACCEPTED', 'yes'), 7: ('apple', 'DECLINED', 'no'),
         8: ('apple', 'TENTATIVE', 'maybe'), 10: ('words', 'Yes, I agree', 'yes'), 11: ('words', 'No puedo ir, tengo cita con el dentista', 'no'),
         12: ('words', 'S\u00ed, de acuerdo', 'yes'), 13: ('words', 'Tal vez', 'maybe'), 14: ('link', 'YES, I AGREE', 'yes'), 15: ('link', 'NO', 'no'),
         16: ('words', 'Maybe', 'maybe'), 17: ('words', 'Yes please, I will be there', 'yes'), 18: ('words', '1', 'yes'),
         22: ('text', '{} YES, I AGREE', 'yes'), 23: ('text', '1', 'yes'), 24: ('text', '2', 'no'), 25: ('text', '{} SI, DE ACUERDO', 'yes'),
         26: ('text', '{} NO', 'no'), 27: ('text', '{} maybe', 'maybe'), 28: ('text', '{} si, pero llego tarde', 'yes')}
AGREED = {10, 12, 14, 22, 25}


# ---- the year ----

def people_join(s):
    life, house = s.life, s.house
    house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')
    life.work()
    life.arrive([life.reply(a, life.mail_of(a)[0], 'Yes') for a in (ANA, LEE)])
    for m in MEMBERS:
        house.ok('member', 'add', '--group', 'tuesday', *m.options())
    life.work()
    life.arrive([life.reply(m.address, life.mail_of(m.address)[0], 'S\u00ed' if m.is_es else 'Yes') for m in BY_MAIL],
                [(m.number, 'SI' if m.is_es else 'YES') for m in MEMBERS if m.number])
    assert house.rows('SELECT state, COUNT(*) FROM membership WHERE role < 3 GROUP BY state') == [(2, 30)]
    s.tell('30 invitations and their YES', 'Postfix, Kannel')


def the_first_is_asked(s):
    made = s.house.json('visit', 'add', 'tuesday', '--at', '2026-02-26 14:00', '--title', TITLE, '--host', ANA, '--link', LINK, '--dial-in', '(555) 555-0142',
                        '--rule', 'FREQ=WEEKLY;COUNT=8', '--skip', '2026-04-02', '--also', '2026-04-01 16:00')
    assert made['visits'] == 8 and made['warnings'] == [], made
    s.life.work()
    s.life.pass_on(hours=1, minutes=5)  # 9:05 in Phoenix: its phones are awake


def the_first_is_answered(s):
    s.answer(1, FORMS)
    m = MEMBERS[9]
    s.life.arrive([s.mail_for(m, 1, 'google', 'NEEDS-ACTION', method='COUNTER', comment='Is Friday possible?')])
    s.tell('another time is asked for', 'Postfix')
    rows = s.check(1)
    assert {m.i for m in MEMBERS if rows[m.first]['agreed'] == 'yes'} == AGREED
    for words, who in (('ten minutes late', 3), ('dentista', 11), ('llego tarde', 28), ('Is Friday possible?', 9)):
        assert s.life.mail_of(ANA, words), f'staff do not know "{words}"'
        readers = [m.name for m in MEMBERS if m.i != who and (s.life.mail_of(m.address, words) if m.address else s.life.text_of(m.number, words))]
        assert not readers, (words, readers)
    for m in MEMBERS:  # the way to join comes with I AGREE
        have = s.life.mail_of(m.address, LINK) if m.address else s.life.text_of(m.number, LINK)
        assert bool(have) == (m.i in AGREED), m.name
        if m.i in AGREED and m.address:
            assert LINK in s.copy(m, 1).text and s.copy(m, 1).sequence == 1


def the_second_is_full(s):
    s.answer(2, {0: ('google', 'ACCEPTED', 'yes'), 6: ('apple', 'ACCEPTED', 'yes'), 10: ('words', 'Yes', 'yes')})
    for i, form in ((12, ('words', 'S\u00ed', 'yes')), (22, ('text', '{} YES', 'yes')), (14, ('link', 'YES', 'yes'))):
        s.life.pass_on(minutes=1)
        s.waits[2].add(i)
        s.answer(2, {i: form})
    s.check(2)


def one_gives_it_back(s):
    s.answer(2, {6: ('apple', 'DECLINED', 'no')})
    free = s.mails(MEMBERS[12], 'Hay un lugar libre', s.starts[2])[0]
    assert MEMBERS[12].when(s.life.at + datetime.timedelta(days=1)) in free.flat, 'it is told until when'
    s.check(2)


def a_place_is_kept_for_a_day(s):
    """Twelve let the day pass; twenty-two is next, whose phone sleeps."""
    del s.said[2][12]
    s.waits[2].remove(12)
    s.check(2)
    assert s.mails(MEMBERS[12], 'El lugar fue para', s.starts[2]) and not s.life.text_of(MEMBERS[22].number, 'a place is free')


def the_next_takes_it(s):
    assert MEMBERS[22].when(s.starts[2]) in s.life.text_of(MEMBERS[22].number, 'a place is free for you')[0]
    s.waits[2].remove(22)
    s.answer(2, {22: ('text', '{} YES', 'yes')})
    s.check(2)


def they_say_where(s):
    s.life.arrive([s.life.reply(MEMBERS[10].address, s.asked(MEMBERS[10], 1), 'Home')],
                  [(MEMBERS[22].number, f'{s.number(MEMBERS[22], 1)} HOME'), (MEMBERS[25].number, f'{s.number(MEMBERS[25], 1)} En casa de mi hermana')])
    rows = s.check(1)
    where = {i: rows[MEMBERS[i].first]['where_that_day'] for i in (10, 22, 25)}
    assert where == {10: 'Home', 22: 'HOME', 25: 'En casa de mi hermana'}, where
    s.tell('where they will be', 'Postfix, Kannel')


def came(s, visit, but=()):
    """{i: number of the roster} of those who are counted as there."""
    rows = s.show(visit)
    return {m.i: rows[m.first]['number'] for m in MEMBERS if s.said[visit].get(m.i, ('',))[0] in ('yes', 'maybe') and m.i not in (*but, *s.waits[visit])}


def mark(s, visit, way, do, but=()):
    """do(numbers) writes down who came."""
    numbers = came(s, visit, but)
    do(numbers)
    rows = s.show(visit)
    assert {m.i for m in MEMBERS if rows[m.first]['attendance'] == 'came'} == set(numbers), (visit, rows)
    for m in MEMBERS:
        if s.said[visit].get(m.i, ('',))[0] in ('yes', 'maybe') and m.i not in s.waits[visit] and m.i not in numbers:
            s.missed[m.i].append(visit)
    s.tell(f'visit {visit}: {len(numbers)} came', way)


def by_mail(s, letter):
    def do(numbers):
        s.life.arrive([s.life.reply(ANA, letter, ' '.join(numbers.values()) or 'none')])
        s.life.arrive([s.life.reply(ANA, s.life.mail_of(ANA)[0], 'SEND')])
    return do


def the_host_tells_who_came(s):
    letter = s.staff_mail('Who came to visit 1?')
    mark(s, 1, 'reply of host', by_mail(s, letter), but=(3, 23))
    s.life.arrive([s.life.reply(ANA, letter, 'RECAP: What we keep in mind\n\nHalf of the plate is green. What did you take home?')])
    s.life.arrive([s.life.reply(ANA, s.life.mail_of(ANA)[0], 'SEND')])
    s.tell('a recap', 'reply of host')


def the_recap_is_talked_about(s):
    """Those with a daily letter have it; what one of them takes home is read first."""
    for m in MEMBERS:
        got = s.life.mail_of(m.address, 'Half of the plate is green') if m.address else s.life.text_of(m.number, 'Half of the plate')
        assert bool(got) == (m.i in (0, 2, 3)), m.name
    letter = s.life.mail_of(MEMBERS[2].address, 'Half of the plate')[0]
    number = re.search(r'(\d+)[^0-9]{0,60}What we keep in mind', letter.flat).group(1)
    s.life.arrive([s.life.reply(MEMBERS[2].address, letter, f'{number} I put the salad on the plate first.')])
    assert not s.life.mail_of(MEMBERS[0].address, 'salad')
    s.life.arrive([s.life.reply(ANA, s.staff_mail('salad'), 'OK')])
    s.tell('a take-away', 'Postfix, review')


def the_third_is_answered(s):
    s.answer(3, {0: ('google', 'ACCEPTED', 'yes'), 1: ('google', 'DECLINED', 'no'), 4: ('outlook', 'ACCEPTED', 'yes'), 8: ('apple', 'TENTATIVE', 'maybe'),
                 13: ('words', 'Tal vez', 'maybe'), 22: ('text', '{} YES', 'yes'), 25: ('text', '{} SI', 'yes'), 26: ('text', '{} NO', 'no')})
    s.check(3)


def it_moves(s):
    """By a letter of staff: shown, then done. Yes is a yes to the old time, and everybody is asked again."""
    s.old = {i: s.copy(MEMBERS[i], 3) for i in (0, 1, 4)}
    was = s.starts[3]
    s.life.arrive([s.life.reply(ANA, s.staff_mail('visit'), 'MOVE 3 to 3pm')])
    assert s.check(3)
    s.life.arrive([s.life.reply(ANA, s.life.mail_of(ANA)[0], 'SEND')])
    s.starts[3] += datetime.timedelta(hours=1)
    s.said[3] = {i: (f'{answer} to the old time', way) for i, (answer, way) in s.said[3].items()}
    s.life.pass_on(hours=12)  # to nine in Madrid, where phones slept
    for m in MEMBERS:
        changed = f'CAMBI\u00d3: {m.moment(s.starts[3])} (antes {m.moment(was)})' if m.is_es else f'CHANGED: {m.moment(s.starts[3])} (was {m.moment(was)})'
        text = f'{m.moment(s.starts[3])} ({"era" if m.is_es else "was"} {m.moment(was)})'
        got = s.life.mail_of(m.address, changed) if m.address else s.life.text_of(m.number, text)
        assert len(got) == 1, (m.name, len(got), changed, m.number and s.life.text_of(m.number)[:3])
    for i, old in s.old.items():
        new = s.copy(MEMBERS[i], 3)
        assert (new.uid, new.sequence, new.start - old.start) == (old.uid, old.sequence + 1, datetime.timedelta(hours=1))
    s.check(3)
    s.tell('visit 3 moves by an hour', 'letter of staff')


def old_answers_are_asked_again(s):
    m = MEMBERS[0]
    s.life.arrive([s.mail_for(m, 3, 'google', 'ACCEPTED', copy=s.old[0])])
    assert s.mails(m, 'It moved to ' + m.when(s.starts[3]), s.starts[3]), 'an answer to the old copy'
    s.check(3)
    s.answer(3, {0: ('google', 'ACCEPTED', 'yes'), 4: ('outlook', 'ACCEPTED', 'yes'), 13: ('words', 'S\u00ed', 'yes'), 10: ('words', 'Yes', 'yes'),
                 22: ('text', '{} YES', 'yes'), 25: ('text', '1', 'yes'), 23: ('text', '{} maybe', 'maybe')})
    s.check(3)


def weekly(visit):
    """Every third of them answers, in the form that is theirs; some say no."""
    def do(s):
        forms = {}
        for m in MEMBERS:
            if (m.i + visit) % 3:
                continue
            is_no = m.i % 4 == 1
            if m.by_text():
                forms[m.i] = ('text', '{} NO' if is_no else '{} SI' if m.is_es else '{} YES', 'no' if is_no else 'yes')
            elif m.i in WORDS_ONLY or m.is_es:
                forms[m.i] = ('words', 'No' if is_no else 'S\u00ed' if m.is_es else 'Yes', 'no' if is_no else 'yes')
            else:
                forms[m.i] = (('google', 'outlook', 'apple')[m.i % 3], 'DECLINED' if is_no else 'ACCEPTED', 'no' if is_no else 'yes')
        s.answer(visit, forms)
        s.check(visit)
    return do


def by_command(s, visit):
    return lambda numbers: s.house.ok('visit', 'attend', visit, *numbers.values())


def by_list(s, visit):
    """The plain form: who has no address is named by the number of the roster."""
    def do(numbers):
        start = s.starts[visit].astimezone(NEW_YORK)
        path = os.path.join(s.life.folder, 'came.csv')
        with open(path, 'w', encoding='utf-8') as f:
            f.write('email,number,joined,left,minutes,individual\n')
            for i, n in numbers.items():
                m = MEMBERS[i]
                who = f',{n}' if m.by_text() else f'{m.address},'
                f.write(f'{who},{start:%Y-%m-%d %H:%M},{start + datetime.timedelta(minutes=50):%Y-%m-%d %H:%M},50,{"yes" if i == 0 else ""}\n')
        os.chmod(path, 0o644)
        assert s.house.json('visit', 'attend', visit, '--csv', path) == {'came': len(numbers), 'unknown': 0}
    return do


def it_is_cancelled(s):
    s.house.ok('visit', 'cancel', '5')
    s.life.pass_on(hours=1, minutes=5)  # 9:05 in Phoenix
    for m in MEMBERS:
        said_no = s.said[5].get(m.i, ('',))[0] == 'no'
        words = ('CANCELADA' if m.address else 'NO HAY VISITA') if m.is_es else 'CANCELLED'
        got = s.life.mail_of(m.address, words) if m.address else s.life.text_of(m.number, words)
        assert len(got) == (0 if said_no else 1), (m.name, len(got))
        if got and m.address and m.i not in WORDS_ONLY:
            copy = Copy(got[0])
            assert (copy.method, str(copy.event['STATUS'])) == ('CANCEL', 'CANCELLED')
    s.tell('visit 5 is cancelled', 'command line')


# ---- what left, read at the end ----

def reminders_came(s):
    for (visit, i), due in s.due.items():
        m, at = MEMBERS[i], s.starts[visit]
        words = ('Empieza en' if m.is_es else 'It begins in') if m.address else ('visita en grupo en' if m.is_es else 'group visit in')
        if m.address:
            got = [t for t, g in s.life.mails[m.address] if words in g.flat and m.when(at) in g.flat]
        else:
            got = [t for t, n, w in s.life.texts() if n == m.number and words in w and m.when(at) in w]
        assert got == due, f'{m.name}, visit {visit}: {got} and not {due}'
    everything = sum(len([1 for _, g in s.life.mails[m.address] if re.search('Empieza en|It begins in', g.flat)]) for m in BY_MAIL)
    everything += len([1 for _, _, w in s.life.texts() if re.search('visita en grupo en|group visit in', w)])
    assert everything == sum(map(len, s.due.values())), 'none to anybody else'
    return f'{everything} reminders'


def who_was_missed_hears_of_it(s):
    for m in MEMBERS:
        words = '[Ll]e echamos de menos' if m.is_es else '[Ww]e missed you'
        got = [g.flat for _, g in s.life.mails[m.address]] if m.address else [w for _, n, w in s.life.texts() if n == m.number]
        got = [w for w in got if re.search(words, w)]
        assert len(got) == len(s.missed[m.i]), (m.name, len(got), s.missed[m.i])
        for visit, told in zip(s.missed[m.i], got):
            following = next((v for v in range(visit + 1, 9) if v != 5), None)
            assert following is None or m.when(s.starts[following]) in told, (m.name, visit, told)


def calendars_agree(s):
    """Each object is its reader's alone, rises in SEQUENCE and DTSTAMP, and tells the time that zoneinfo has."""
    copies = {m.i: s.copies(m) for m in BY_MAIL}
    uids = set()
    for m in BY_MAIL:
        newest = {}
        for c in copies[m.i]:
            assert (c.attendee, c.zone) == (m.address, 'America/New_York') and c.organizer in str(c.mail.message['From'])
            assert str(c.event['SUMMARY']) == f'{"Visita en grupo" if m.is_es else "Group visit"} - Lakeside Clinic'
            assert c.end - c.start == datetime.timedelta(hours=1)
            before = newest.get(c.uid)
            assert not before or (c.sequence == before.sequence + 1 and c.stamp > before.stamp), (m.name, c.sequence)
            newest[c.uid] = c
        assert not uids & set(newest), 'a UID is one person\'s'
        uids |= set(newest)
        assert sorted(c.start for c in newest.values()) == ([] if m.i in WORDS_ONLY else sorted(s.starts.values())), m.name
        assert all(c.start.astimezone(NEW_YORK).hour == (16 if c.start == s.starts[6] else 15 if c.start == s.starts[3] else 14) for c in newest.values())
    return f'{sum(map(len, copies.values()))} objects, {len(uids)} UIDs'


def khal_has_them(s):
    """Taken in the order in which they came; what is left is each one's eight visits, at the hours of the clock in Madrid."""
    copies = [c for m in BY_MAIL for c in s.copies(m)]
    khal, madrid = Khal(os.path.join(s.life.folder, 'khal'), 'Europe/Madrid'), zoneinfo.ZoneInfo('Europe/Madrid')
    khal.take(copies)
    want = {(c.uid, f'{c.start.astimezone(madrid):%Y-%m-%d %H:%M}', f'{c.end.astimezone(madrid):%H:%M}') for c in {c.uid: c for c in copies}.values()}
    got = [tuple(line.split('|')) for line in khal.listed('{uid}|{start-date} {start-time}|{end-time}', '2026-02-20', '70d')]
    assert len(got) == len(set(got)) and set(got) == want, set(got) ^ want
    return f'{len(got)} events'


def whole(mail):
    """All that a reader's program may show of a mail: header fields, and each part of text as it is decoded."""
    parts = [p.get_content() for p in mail.message.walk() if p.get_content_maintype() == 'text']
    return '\n'.join([*(f'{k}: {v}' for k, v in mail.message.items()), *map(str, parts)]).replace('\r\n ', '')


WORD = r'(?<![a-z2-7])%s(?![a-z2-7])'  # by itself: a random id may hold five letters of a name


def nobody_reads_of_another(s):
    """Neither name nor address nor number; the name that the group knows stands beside a note alone, and one was written."""
    for m in MEMBERS:
        others = re.compile('|'.join(WORD % re.escape(w.lower()) for o in MEMBERS if o is not m for w in (o.first, o.name.split()[1], o.address, o.number) if w))
        got = [whole(g) for _, g in s.life.mails[m.address]] if m.address else []
        for text in got + [w for _, n, w in s.life.texts() if n == m.number]:
            found = set(others.findall(text.lower())) - ({MEMBERS[2].first.lower()} if 'salad' in text else set())
            assert not found, f'{m.name} reads of {found}'


def nothing_is_lost_or_doubled(s):
    mails = [(a, g) for a, got in s.life.mails.items() for _, g in got]
    ids = collections.Counter(g.id for _, g in mails)
    assert not [i for i, n in ids.items() if n > 1]
    assert s.house.rows('SELECT state, COUNT(*) FROM delivery WHERE state <> 6 GROUP BY state') == [(4, len(mails))], 'what was sent is in mailboxes'
    texts = collections.Counter(s.life.texts())
    assert not [t for t, n in texts.items() if n > 1]
    assert not s.house.count('SELECT COUNT(*) FROM text_out WHERE state IN (1, 2, 3, 4, 8)'), 'texts left'
    return f'{len(mails)} mails, {len(texts)} texts'


def no_log_knows_them(s):
    found = s.house.canaries(*(m.name.split()[1].lower() for m in MEMBERS))
    assert not found, found
    assert s.house.ok('audit', 'verify')


def phones_sleep_at_night(s):
    zones = {m.number: zoneinfo.ZoneInfo(m.zone) for m in MEMBERS if m.number}
    for at, number, words in s.life.texts():
        hour = at.astimezone(zones[number]).hour
        assert 9 <= hour < 20 or (at, number) in s.life.heard, (at, hour, words)
    return f'{len({n for _, n, _ in s.life.texts()})} phones'


YEAR = (('17 Feb 16:05', the_first_is_answered), ('18 Feb 16:00', lambda s: s.house.ok('visit', 'set', 2, '--capacity', 3)), ('19 Feb 19:00', None),
        ('20 Feb 08:05', None), ('20 Feb 15:00', the_second_is_full), ('21 Feb 15:00', one_gives_it_back), ('22 Feb 15:01', a_place_is_kept_for_a_day),
        ('22 Feb 16:05', the_next_takes_it), ('26 Feb 18:00', None), ('26 Feb 20:00', the_host_tells_who_came), ('27 Feb 14:05', the_recap_is_talked_about),
        ('27 Feb 15:00', the_third_is_answered), ('02 Mar 20:00', it_moves), ('03 Mar 15:00', old_answers_are_asked_again), ('05 Mar 18:00', None),
        ('05 Mar 20:00', lambda s: mark(s, 2, 'command line', by_command(s, 2))), ('06 Mar 15:00', weekly(4)), ('12 Mar 18:00', None),
        ('12 Mar 20:00', lambda s: mark(s, 3, 'list', by_list(s, 3), but=(4,))), ('13 Mar 15:00', weekly(5)), ('18 Mar 20:00', None),
        ('19 Mar 08:05', None), ('19 Mar 19:00', lambda s: mark(s, 4, 'command line', by_command(s, 4))), ('20 Mar 15:00', it_is_cancelled),
        ('21 Mar 15:00', weekly(6)), ('26 Mar 18:00', None), ('27 Mar 15:00', weekly(7)),
        ('01 Apr 21:00', lambda s: mark(s, 6, 'letter of staff', by_mail(s, s.staff_mail('Who came to visit 6?')))),
        ('02 Apr 08:05', None), ('02 Apr 18:00', None), ('03 Apr 08:05', None),
        ('09 Apr 19:00', lambda s: mark(s, 7, 'command line', by_command(s, 7), but=(2,))), ('10 Apr 15:00', weekly(8)),
        ('16 Apr 19:00', lambda s: mark(s, 8, 'reply of host', by_mail(s, s.staff_mail('Who came to visit 8?')), but=range(30))), ('17 Apr 14:05', None))


def plan(s):
    """[(when, what)] of the year, with the moments of reminders between."""
    year = [(datetime.datetime.strptime(f'2026 {when}', '%Y %d %b %H:%M').replace(tzinfo=UTC), what) for when, what in YEAR]
    for visit, start in s.starts.items():
        start += datetime.timedelta(hours=visit == 3)  # as it will be
        for before in ({'days': 3}, {'days': 1}, {'hours': 2}) if visit != 5 else ():
            at = start - datetime.timedelta(**before)
            year.append((at, lambda s, visit=visit: s.remind(visit)))
            year += [(morning, None) for morning in {after_night(m, at, start) for m in MEMBERS} - {at, None}]
    year.append((s.starts[1] - datetime.timedelta(days=1) + datetime.timedelta(minutes=5), they_say_where))
    return sorted(year, key=lambda step: step[0])


def a_year_of_visits(folder):
    missing = calendar_kit.or_fail(postfix_kit.missing() or calendar_kit.missing() or (None if text_kit.is_there() else 'Kannel is not installed'))
    if missing:
        return missing
    with Life(folder, [m.address for m in BY_MAIL], datetime.datetime(2026, 2, 16, 15, tzinfo=UTC)) as life:
        s = Story(life)
        people_join(s)
        the_first_is_asked(s)
        for when, what in plan(s):
            life.to(max(when, life.at))
            if what:
                what(s)
        print('\n'.join(s.steps))
        problems = []
        for check in (reminders_came, who_was_missed_hears_of_it, calendars_agree, khal_has_them, nobody_reads_of_another, phones_sleep_at_night,
                      nothing_is_lost_or_doubled, no_log_knows_them):
            try:
                print(f'{check.__name__}: {check(s)}')
            except AssertionError as e:
                problems.append(f'{check.__name__}: {e}')
        assert not problems, '\n'.join(problems)
    return None


# installed where any user may run it: the folder it was built in may be closed to all but its owner
with tempfile.TemporaryDirectory(prefix='postcircle-') as installed:
    os.chmod(installed, 0o755)
    if not postfix_kit.missing():
        house_kit.PROGRAM = install_into(installed)
    run_tests([a_year_of_visits])
