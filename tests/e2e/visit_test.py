#!/usr/bin/python3
"""A row of weekly visits over a change of the clocks, as staff and members live it: asked, answered in words and by calendars, moved, a place passed on,
cancelled, who came. Every calendar object is read by programs that others wrote (python3-icalendar, vobject, khal), and answered as they write answers."""
import csv
import datetime
import email.message
import os
import re
import shutil
import subprocess
import zoneinfo

import calendar_kit
import house_kit
from calendar_kit import Copy, Khal, calendar_part, icalendar, vobject
from circle_kit import ANA, GROUP, LEE, MARIA, ROSE, TOM, Circle
from house_kit import BORDER, DOMAIN, run_tests

LINK = 'https://video.example.org/j/5550100'
CHROMIUM = shutil.which('chromium')
NEW_YORK = zoneinfo.ZoneInfo('America/New_York')
MEMBERS = {'ines@example.net': ('Ines Vega', 'America/Chicago'), 'otto@example.net': ('Otto Lang', 'America/Los_Angeles'),
           'pia@example.net': ('Pia Rossi', 'America/Phoenix'), 'quinn@example.net': ('Quinn Hall', 'America/New_York')}


def flat(mail):
    return ' '.join(mail.text.split())


def newest(circle, who, words):
    found = [m for m in circle.mail(who) if words in m.subject]
    assert found, f'{who} has no "{words}": {[m.subject for m in circle.mail(who)]}'
    return found[-1]


def event(mail):
    """As python3-icalendar reads it, after vobject read it too."""
    part = calendar_part(mail)
    text = part.get_payload(decode=True).decode('utf-8')
    vobject.readOne(text)
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar['METHOD'] == part.get_param('method'), calendar['METHOD']
    events = calendar.walk('VEVENT')
    assert len(events) == 1 and not calendar.walk('VALARM') and 'RRULE' not in events[0]
    attendees = events[0]['ATTENDEE']
    assert not isinstance(attendees, list), 'one person in a copy'
    assert events[0]['CLASS'] == 'PRIVATE'
    return calendar, events[0]


def start(mail):
    return event(mail)[1]['DTSTART'].dt.astimezone(datetime.timezone.utc)


def copies(circle, who):
    return sorted((m for m in circle.mail(who) if calendar_part(m)), key=start)


def calendar_answers(circle, who, mail, partstat, method='REPLY', sender=None, comment=None):
    """What a calendar program sends for a click, made by python3-icalendar from our own object."""
    calendar, asked = event(mail)
    answer, reply = icalendar.Calendar(), icalendar.Event()
    answer.add('prodid', '-//example//calendar//EN')
    answer.add('version', '2.0')
    answer.add('method', method)
    for name in ('UID', 'SEQUENCE', 'DTSTART', 'SUMMARY'):
        reply.add(name, asked[name])
    reply.add('dtstamp', circle.at)
    attendee = icalendar.vCalAddress(f'mailto:{who}')
    attendee.params['PARTSTAT'] = icalendar.vText(partstat)
    reply.add('attendee', attendee, encode=0)
    if comment:
        reply.add('comment', comment)
    answer.add_component(reply)
    sender = sender or who
    message = email.message.EmailMessage()
    message['Authentication-Results'] = f'{BORDER}; dmarc=pass header.from={sender.split("@")[1]}'
    message['Received'] = f'from out.example.net by {BORDER}; Mon, 02 Mar 2026 10:00:00 -0500'
    message['From'], message['To'], message['Subject'] = sender, mail.message['From'], f'{partstat.title()}: Group visit'
    message['Message-ID'] = f'<cal-{len(circle.log)}-{partstat}-{who}-{asked["SEQUENCE"]}>'
    message.set_content('')
    message.add_alternative(answer.to_ical().decode('utf-8'), subtype='calendar', params={'method': method})
    circle.arrives(message.as_bytes(), GROUP, sender)


def seats(circle, number):
    return {row['name'].split()[0]: row for row in circle.json('visit', 'show', str(number))}


def nobody_else_is_in_a_copy(circle):
    names = ('Maria', 'Rose', 'Tom', 'Ines', 'Otto', 'Pia', 'Quinn', 'Eating out')
    for address, mails in circle.everybody().items():
        for mail in mails:
            part = calendar_part(mail)
            if part is None:
                continue
            calendar, visit = event(mail)
            text = part.get_payload(decode=True).decode('utf-8').replace('\r\n ', '')
            others = [n for n in names if (n in text or n.lower() + '@' in text) and not address.startswith(n.lower())]  # ids are lower-case letters
            assert not others, f'{others} in the copy of {address}'
            assert str(visit['ATTENDEE']) == f'mailto:{address}' and str(visit['SUMMARY']) == 'Group visit - Lakeside Clinic'
            assert str(visit['ORGANIZER'])[len('mailto:'):] in str(mail.message['From'])


def the_roster_is_printed(circle, folder):
    """One sheet in both paper sizes; nobody but its owner reads the file."""
    path, pdf = os.path.join(folder, 'roster.html'), os.path.join(folder, 'roster.pdf')
    circle.ok('visit', 'show', '1', '--html', path, '--language', 'es')
    with open(path, encoding='utf-8') as f:
        page = f.read()
    assert os.stat(path).st_mode & 0o777 == 0o600 and 'Maria Santos' in page and 'Firma' in page and 'dentista' not in page and 'example.net' not in page
    assert circle.run('visit', 'show', '1', '--html', path, '--language', 'fr').returncode == 64
    for paper in ('A4', 'Letter') if CHROMIUM else ():
        with open(path, 'w', encoding='utf-8') as f:
            f.write(page.replace('size: landscape', f'size: {paper} landscape'))
        subprocess.run([CHROMIUM, '--headless', '--no-sandbox', '--disable-gpu', f'--user-data-dir={folder}/chromium', '--no-pdf-header-footer',
                        f'--print-to-pdf={pdf}', f'file://{path}'], check=True, capture_output=True, timeout=300)
        with open(pdf, 'rb') as f:
            assert len(re.findall(rb'/Type\s*/Page\b', f.read())) == 1, paper


def a_row_of_visits_over_the_change_of_the_clocks(folder):
    missing = calendar_kit.or_fail(calendar_kit.missing())
    if missing:
        return missing
    circle = Circle(folder)
    for address, (name, zone) in MEMBERS.items():
        circle.ok('member', 'add', '--group', 'tuesday', '--name', name, '--email', address, '--zone', zone)
    circle.work()
    for address in MEMBERS:
        circle.says(address, 'Yes', circle.newest(address))
    made = circle.json('visit', 'add', 'tuesday', '--at', '2026-03-05 14:00', '--title', 'Eating out without worry', '--host', ANA, '--link', LINK,
                       '--dial-in', '(555) 555-0142', '--capacity', '2', '--rule', 'FREQ=WEEKLY;COUNT=8')
    assert made['visits'] == 8 and made['warnings'] == [], made
    circle.work()

    # those of the next 14 days are asked; the local hour stays when the clocks change on 8 March
    asked = copies(circle, MARIA)
    assert [start(m) for m in asked] == [datetime.datetime(2026, 3, 5, 19, tzinfo=datetime.timezone.utc), datetime.datetime(2026, 3, 12, 18, tzinfo=datetime.timezone.utc)]
    assert {start(m).astimezone(NEW_YORK).hour for m in asked} == {14}
    assert len({str(event(m)[1]['UID']) for a in (MARIA, ROSE, TOM, *MEMBERS) for m in copies(circle, a)}) == 14
    assert 'Thursday, March 5, 1:00 PM (Chicago time)' in flat(copies(circle, 'ines@example.net')[0])
    assert 'Thursday, March 5, 2:00 PM (New York time)' in flat(copies(circle, 'ines@example.net')[0])
    assert LINK in str(event(copies(circle, ANA)[0])[1]['LOCATION'])
    assert copies(circle, LEE) == []
    khal = Khal(os.path.join(folder, 'khal'))
    khal.take([Copy(m) for m in asked])
    assert khal.listed('{start-date} {start-time} {title}', '2026-03-02', '60d') == [
        '2026-03-05 14:00 Group visit - Lakeside Clinic', '2026-03-12 14:00 Group visit - Lakeside Clinic']

    # answers in every form
    circle.says(MARIA, 'Yes, I agree', asked[0])
    assert LINK in flat(newest(circle, MARIA, 'how to join')) and int(event(newest(circle, MARIA, 'how to join'))[1]['SEQUENCE']) == 1
    calendar_answers(circle, ROSE, copies(circle, ROSE)[0], 'ACCEPTED')
    calendar_answers(circle, TOM, copies(circle, TOM)[0], 'ACCEPTED', sender='tom.work@example.com')
    calendar_answers(circle, 'otto@example.net', copies(circle, 'otto@example.net')[0], 'TENTATIVE')
    circle.says('pia@example.net', 'No puedo ir, tengo cita con el dentista', copies(circle, 'pia@example.net')[0])
    calendar_answers(circle, 'quinn@example.net', copies(circle, 'quinn@example.net')[0], 'NEEDS-ACTION', 'COUNTER', comment='Is Friday possible?')
    now = seats(circle, 1)
    assert {n: r['answer'] for n, r in now.items()} == {'Maria': 'yes', 'Rose': 'yes', 'Tom': 'yes', 'Otto': 'maybe', 'Pia': 'no', 'Quinn': '', 'Ines': '', 'Ana': ''}, now
    assert (now['Maria']['place'], now['Rose']['place'], now['Tom']['place']) == ('place', 'place', 'waits')
    assert (now['Maria']['way'], now['Rose']['way']) == ('email', 'calendar') and (now['Maria']['agreed'], now['Rose']['agreed']) == ('yes', 'no')
    assert 'dentista' in flat(newest(circle, ANA, 'private words')) or any('dentista' in flat(m) for m in circle.mail(ANA))
    assert any('Is Friday possible?' in flat(m) for m in circle.mail(ANA)) and circle.who_read('dentista') == []

    # a place passes on, and whoever waited takes it
    circle.says(ROSE, 'Sorry, I cannot make it', newest(circle, ROSE, 'your answer'))
    circle.says(TOM, 'YES', newest(circle, TOM, 'a place for you'))
    assert seats(circle, 1)['Tom']['place'] == 'place'

    # a move: asked again, and an answer to the old copy is not lost
    old = copies(circle, MARIA)[-1]
    moved = circle.json('visit', 'move', '2', '--to', '3pm')
    assert moved['visit'] == 2, moved
    circle.work()
    told = newest(circle, MARIA, 'it is now')
    assert 'CHANGED: Thursday, March 12, 3:00 PM (was Thursday, March 12, 2:00 PM).' in flat(told)
    assert int(event(told)[1]['SEQUENCE']) == int(event(old)[1]['SEQUENCE']) + 1 and str(event(told)[1]['UID']) == str(event(old)[1]['UID'])
    calendar_answers(circle, MARIA, old, 'ACCEPTED')
    assert 'It moved to Thursday, March 12, 3:00 PM' in flat(newest(circle, MARIA, 'your answer'))
    assert seats(circle, 2)['Maria']['answer'] == 'yes to the old time'

    # reminders, and where they will be
    circle.later(days=2, hours=4, minutes=5)
    circle.says(TOM, 'Home', newest(circle, TOM, 'Thursday, March 5'))
    assert seats(circle, 1)['Tom']['where_that_day'] == 'Home' and circle.who_read('It begins in') == sorted([MARIA, TOM, 'ines@example.net', 'otto@example.net', 'quinn@example.net'])

    # who came
    circle.later(days=1)
    assert circle.run('visit', 'attend', '2', 'all').returncode == 65, 'it has not begun'
    people = os.path.join(folder, 'people.csv')
    with open(people, 'w', encoding='utf-8') as f:
        f.write('Meeting ID,Topic\n1,Group visit\n\nName (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n'
                f'maria,{MARIA.upper()},03/05/2026 02:01:00 PM,03/05/2026 02:20:00 PM,19,Yes\nmaria,{MARIA},03/05/2026 02:25:00 PM,03/05/2026 03:00:00 PM,35,Yes\n'
                'Rose Marsh,,03/05/2026 02:01:00 PM,03/05/2026 03:00:00 PM,59,Yes\n')
    assert circle.json('visit', 'attend', '1', '--csv', people) == {'came': 1, 'unknown': 1}
    assert circle.rows('SELECT minutes, source FROM attendance WHERE state = 1') == [(54, 3)]
    assert {n: r['attendance'] for n, r in seats(circle, 1).items() if r['attendance']} == {'Maria': 'came', 'Tom': 'missed', 'Otto': 'missed'}

    bill = os.path.join(folder, 'bill.csv')
    circle.ok('visit', 'show', '1', '--csv', bill)
    with open(bill, encoding='utf-8', newline='') as f:
        rows = {row['name']: row for row in csv.DictReader(f)}
    assert (rows['Maria Santos']['attendance'], rows['Maria Santos']['minutes'], rows['Pia Rossi']['answer']) == ('came', '54', 'no'), rows

    the_roster_is_printed(circle, folder)
    told = circle.json('report', 'person', MARIA)['visits']
    assert (told[0]['visit'], told[0]['attendance'], [a['answer'] for a in told[0]['answers']]) == (1, 'came', ['yes']), told
    told = circle.json('report', 'person', TOM)['visits']
    assert told[0]['where_that_day'] == 'Home', told

    # a list of staff's own: numbers for who has no address; what slipped is refused whole
    numbers = {n: r['number'] for n, r in seats(circle, 1).items()}
    header = 'email,number,joined,left,minutes,individual\n'
    for rows, why in ((f'{MARIA},{numbers["Tom"]},,,,', b"another's than the address"), (',x,,,,', b'visit show'), (f'{MARIA},,yesterday,,,', b'a time as'),
                      (f'{MARIA},,,,long,', b'minutes are a number')):
        with open(people, 'w', encoding='utf-8') as f:
            f.write(f'{header},{numbers["Otto"]},,,30,\n{rows}\n')
        refused = circle.run('visit', 'attend', '1', '--csv', people)
        assert refused.returncode == 65 and why in refused.stderr and b'line 3' in refused.stderr, refused.stderr
    assert seats(circle, 1)['Otto']['attendance'] == 'missed'
    with open(people, 'w', encoding='utf-8') as f:
        f.write(f'{header}{MARIA},,2026-03-05 14:00,2026-03-05 15:00,60,yes\n,{numbers["Tom"]},2026-03-05 14:10,,45,\n,999,,,5,\n')
    assert circle.json('visit', 'attend', '1', '--csv', people) == {'came': 2, 'unknown': 1}
    circle.ok('visit', 'show', '1', '--csv', bill + '2')
    with open(bill + '2', encoding='utf-8', newline='') as f:
        rows = {row['name']: row for row in csv.DictReader(f)}
    assert [(rows[n]['attendance'], rows[n]['minutes']) for n in ('Maria Santos', 'Tom Baker', 'Otto Lang')] == [('came', '60'), ('came', '45'), ('missed', '')], rows

    # cancelled: taken out of every calendar but of those who declined it
    circle.ok('visit', 'cancel', '2')
    circle.work()
    cancel = newest(circle, TOM, 'not on')
    assert event(cancel)[0]['METHOD'] == 'CANCEL' and str(event(cancel)[1]['STATUS']) == 'CANCELLED'
    assert circle.count("SELECT COUNT(*) FROM post") == 0, 'no answer ever is a note'
    nobody_else_is_in_a_copy(circle)
    for act in ('visit added', 'visit moved', 'visit cancelled', 'visit read', 'attendance marked', 'agreed to keep it private'):
        assert circle.audit(act), act
    assert circle.ok('audit', 'verify')
    return None


ADD = ('add', 'tuesday', '--at', '2026-03-06 14:00', '--title', 'Talk')
WRONG = (
    (64, 'which one? visit add', ()), (64, 'which one? visit add', ('bogus',)),
    (64, 'visit add needs a group, --at and --title', ('add',)), (64, 'needs a group, --at and --title', ('add', 'tuesday', '--title', 'Talk')),
    (64, '--skip and --also go with --rule', (*ADD, '--skip', '2026-03-13')), (64, 'takes GROUP --at DATE --title TEXT', (*ADD, 'wednesday')),
    (64, '--at', ('add', 'tuesday', '--title', 'Talk', '--at')), (64, '--nosuch is no option of `visit add`', (*ADD, '--nosuch')),
    (66, 'there is no such group', ('add', 'nosuch', *ADD[2:])), (65, '--at: a date and a time are expected, as "2026', ('add', 'tuesday', '--at', 'Friday', '--title', 'Talk')),
    (65, '--at: a date and a time are expected', ('add', 'tuesday', '--at', '2026-02-30 14:00', '--title', 'Talk')),
    (65, 'that time is past', ('add', 'tuesday', '--at', '2026-03-01 14:00', '--title', 'Talk')), (65, 'a visit needs a title', (*ADD[:-1], '')),
    (65, '--minutes takes a number', (*ADD, '--minutes', 'long')), (65, 'a visit lasts 1 to 1440 minutes', (*ADD, '--minutes', '0')),
    (65, '--capacity takes a number', (*ADD, '--capacity', '-1')), (65, '--kind takes visit, speaker, questions or class', (*ADD, '--kind', 'party')),
    (66, 'staff list', (*ADD, '--host', MARIA)), (65, '--zone takes a name as America/New_York', (*ADD, '--zone', 'Mars')),
    (65, 'must begin with https://', (*ADD, '--link', 'http://video.example.org')), (65, 'not a rule that we follow: FREQ=DAILY', (*ADD, '--rule', 'EVERY WEEK')),
    (65, '--skip: a date is expected, as 2026-12-25', (*ADD, '--rule', 'FREQ=WEEKLY', '--skip', 'x')),
    (65, '--also: a date and a time are expected', (*ADD, '--rule', 'FREQ=WEEKLY', '--also', '2026-03-07')),
    (64, 'visit move needs the number of a visit and --to', ('move',)), (64, 'needs the number of a visit and --to', ('move', '1')), (64, 'needs the number', ('move', '--to', '3pm')),
    (64, 'takes NUMBER --to WHEN', ('move', '1', '2', '--to', '3pm')), (65, '--to: a day and a time are expected, as Monday 9:00', ('move', '1', '--to', 'soon')),
    (66, 'there is no visit of this number', ('move', '9', '--to', '3pm')), (65, 'a visit is named by its number', ('move', 'x', '--to', '3pm')),
    (65, 'visit 1 is at that time already', ('move', '1', '--to', '2pm')),
    (64, 'visit set needs the number of a visit', ('set',)), (64, 'visit set needs what to change', ('set', '1')), (66, 'no visit of this number', ('set', '9', '--capacity', '3')),
    (65, '--capacity takes a number', ('set', '1', '--capacity', 'many')), (65, 'a visit needs a title', ('set', '1', '--title', '')),
    (64, 'visit cancel takes the number of a visit, or --series', ('cancel',)), (64, 'the number of a visit, or --series', ('cancel', '1', '--series', '2')),
    (66, 'no visit of this number', ('cancel', '9')), (66, 'no series of this number', ('cancel', '--series', '9')), (65, 'visit list --series', ('cancel', '--series', 'x')),
    (64, 'takes [GROUP]', ('list', 'a', 'b')), (66, 'there is no such group', ('list', 'nosuch')),
    (64, 'visit show needs the number of a visit', ('show',)), (64, 'takes NUMBER', ('show', '1', '2')), (66, 'no visit of this number', ('show', '9')),
    (64, '--language takes en or es', ('show', '1', '--html', '/dev/null', '--language', 'fr')),
    (64, 'visit attend needs the number of a visit, and who came or --csv', ('attend',)), (64, 'and who came or --csv', ('attend', '1')),
    (66, 'no visit of this number', ('attend', '9', 'all')), (65, 'visit 1 has not begun', ('attend', '1', 'all')))


def what_is_wrong_is_said_in_one_line(folder):
    """And one that tells where to read more, of what was typed wrong."""
    circle = Circle(folder)
    circle.ok('visit', 'add', 'tuesday', '--at', '2026-03-05 14:00', '--title', 'Eating out', '--host', ANA)
    before = circle.json('visit', 'list', '--all')
    for code, words, typed in WRONG:
        done = circle.run('visit', *typed)
        lines = done.stderr.decode().replace(house_kit.PROGRAM, 'postcircle').strip().split('\n')
        assert done.returncode == code and words in lines[0] and lines[0].startswith('postcircle: ') and done.stdout == b'', (typed, done)
        assert len(lines) == 1 or (code == 64 and len(lines) == 2 and '--help` tells more' in lines[1]), (typed, lines)
    assert circle.json('visit', 'list', '--all') == before
    told = circle.run('visit', 'move', '1', '--to', '2026-03-08 02:30')
    assert told.stdout == b'Visit 1 is now Sunday, March 8, 3:00 AM.\n' and told.stderr.decode().splitlines() == [
        'WARNING: it begins at 03:00 there', 'WARNING: there is no 02:30 there that day, as the clocks go forward: it begins at 03:00'], told


def what_is_missing_fails_where_ci_runs(_):
    was = os.environ.pop('CI', None)
    try:
        assert calendar_kit.or_fail('no khal') == 'no khal' and calendar_kit.or_fail(None) is None
        os.environ['CI'] = 'true'
        assert calendar_kit.or_fail(None) is None and calendar_kit.or_fail('needs root, to run a Postfix')
        try:
            calendar_kit.or_fail('no khal')
        except AssertionError:
            return
        assert False, 'it was skipped'
    finally:
        os.environ.pop('CI', None)
        if was:
            os.environ['CI'] = was


if __name__ == '__main__':
    run_tests([what_is_missing_fails_where_ci_runs, what_is_wrong_is_said_in_one_line, a_row_of_visits_over_the_change_of_the_clocks])
