#!/usr/bin/python3
"""Mail that is made to break its reader. Each ends in an outcome that has a name, nobody crashes, nothing is lost, and the next mail is read as ever."""
import gzip
import io
import json
import subprocess
import time
import zipfile
from base64 import encodebytes

from circle_kit import ANA, GROUP, LEE, MARIA, ROSE, TOM, Circle
from house_kit import DOMAIN, PROGRAM, letter, run_tests

# store/letter.h
HELD, REPORT, NOT_MEMBER, CALENDAR = 1, 5, 12, 17
CRISIS = 'I want to kill myself tonight'
PLAIN = 'Content-Type: text/plain; charset=utf-8'


def mail(sender, head, body, extra=''):
    """A letter with content fields and a body of its own."""
    top, _, _ = letter(sender, GROUP, 'Hello', 'BODY', extra=extra).partition(b'Content-Type: text/plain')
    return top + extra.encode() + head.encode() + b'\r\n\r\n' + body.encode()


def mixed(*parts):
    return 'Content-Type: multipart/mixed; boundary=B', ''.join(f'--B\r\n{head}\r\n\r\n{body}\r\n' for head, body in parts) + '--B--\r\n'


def outcome(circle):
    return circle.rows('SELECT outcome FROM letter ORDER BY id DESC LIMIT 1')[0][0]


def lives_on(circle):
    """Every arrival is done or parked, and an ordinary note is held."""
    assert circle.count('SELECT COUNT(*) FROM arrival WHERE state NOT IN (4, 5)') == 0, circle.rows('SELECT state, COUNT(*) FROM arrival GROUP BY state')
    circle.says(ROSE, 'An ordinary note.')
    assert outcome(circle) == HELD


def inspect(data, seconds=10):
    done = subprocess.run([PROGRAM, 'inspect', '--json'], input=data, capture_output=True, timeout=seconds)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def calendar(*lines):
    return '\r\n'.join(('BEGIN:VCALENDAR', 'VERSION:2.0', 'METHOD:REPLY', *lines, 'END:VCALENDAR', ''))


def event(*lines):
    return ('BEGIN:VEVENT', 'UID:1@example.org', 'DTSTAMP:20260302T150000Z', f'ATTENDEE;PARTSTAT=ACCEPTED:mailto:{TOM}', *lines, 'END:VEVENT')


def calendar_bombs(folder):
    circle = Circle(folder)
    bombs = {
        'a rule for ever': calendar(*event('DTSTART:20260302T150000Z', 'RRULE:FREQ=SECONDLY;COUNT=2147483647;BYSECOND=' + ','.join(map(str, range(60))))),
        'a rule that never comes': calendar(*event('DTSTART:20260302T150000Z', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30')),
        'thousands of events': calendar(*(line for _ in range(5000) for line in event('DTSTART:20260302T150000Z'))),
        'a date out of range': calendar(*event('DTSTART:99999999T999999Z', 'DTEND:-2147483648', 'DURATION:P99999999999W')),
        'years that end time': calendar(*event('DTSTART:22621231T000000Z', 'RRULE:FREQ=DAILY;UNTIL=99991231T235959Z;INTERVAL=-1')),
        'components in components': calendar(*['BEGIN:VEVENT'] * 3000, *['END:VEVENT'] * 3000),
        'one long line': calendar(*event('SUMMARY:' + 'x' * 900000)),
    }
    for name, text in bombs.items():
        start = time.monotonic()
        circle.arrives(mail(TOM, 'Content-Type: text/calendar; method=REPLY; charset=utf-8', text), GROUP, TOM)
        assert outcome(circle) == CALENDAR, (name, outcome(circle))
        assert time.monotonic() - start < 10, name
    lives_on(circle)


def packed_bombs_stay_packed(folder):
    circle = Circle(folder)
    gz, zipped = gzip.compress(bytes(300 << 20), 9), io.BytesIO()
    with zipfile.ZipFile(zipped, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('0.txt', bytes(300 << 20))
    for kind, data in (('application/gzip', gz), ('application/zip', zipped.getvalue()), ('text/plain', gz)):
        head, body = mixed((PLAIN, f'Look at this {kind}.'), (f'Content-Type: {kind}; name=a\r\nContent-Encoding: gzip\r\nContent-Transfer-Encoding: base64\r\n'
                                                      'Content-Disposition: attachment', encodebytes(data).decode()))
        sent = mail(TOM, head, body)
        seen = inspect(sent)
        assert [a['bytes'] for a in seen['attachments']] == [len(data)] and seen['text'] == f'Look at this {kind}.', (kind, seen['attachments'])
        circle.arrives(sent, GROUP, TOM)
        assert outcome(circle) == HELD, (kind, outcome(circle))
    lives_on(circle)


def a_bounce_that_quotes_danger_pages_nobody(folder):
    circle = Circle(folder)
    status = f'Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; {TOM}\r\nAction: failed\r\nStatus: 5.1.1\r\n'
    body = ''.join(f'--B\r\nContent-Type: {kind}\r\n\r\n{text}\r\n' for kind, text in (
        ('text/plain', f'Your message could not be delivered.\r\n\r\n> {CRISIS}'), ('message/delivery-status', status),
        ('message/rfc822', f'From: {GROUP}\r\nSubject: x\r\n\r\n{CRISIS}'))) + '--B--\r\n'
    circle.arrives(mail('mailer-daemon@example.net', 'Content-Type: multipart/report; report-type=delivery-status; boundary=B', body), GROUP, '')
    assert outcome(circle) == REPORT and circle.count('SELECT COUNT(*) FROM page') == 0
    lives_on(circle)


def a_bounce_that_a_person_sends_on_is_their_letter(folder):
    circle = Circle(folder)
    status = ('Content-Type: message/delivery-status', 'Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; a@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n')
    complaint = ('Content-Type: message/feedback-report', 'Feedback-Type: abuse\r\n')
    pages = 0
    for sender, part in ((MARIA, status), (TOM, complaint)):
        circle.arrives(mail(sender, *mixed((PLAIN, CRISIS), part)), GROUP, sender)
        pages += 1
        assert outcome(circle) == HELD and circle.count('SELECT COUNT(*) FROM page') == pages, (outcome(circle), circle.rows('SELECT * FROM page'))
    circle.arrives(mail(ROSE, PLAIN, f'{CRISIS}, I have pills.', extra='X-Failed-Recipients: a@example.net\r\n'), GROUP, ROSE)
    assert outcome(circle) == HELD and circle.count('SELECT COUNT(*) FROM page') == pages + 1
    # as a whole a report, and its words are read all the same; so are those of one without a return path
    for n, sender in enumerate((TOM, '')):
        head, body = mixed((PLAIN, f'{CRISIS}, with the pills.'), status)
        circle.arrives(mail(TOM, head.replace('mixed', 'report; report-type=delivery-status'), body), GROUP, sender)
        assert outcome(circle) == REPORT and circle.count('SELECT COUNT(*) FROM page') == pages + 2 + n
    lives_on(circle)


def words_beside_a_calendar_answer_reach_staff(folder):
    circle = Circle(folder)
    answer = calendar(*event('DTSTART:20260302T150000Z'))
    note = 'The walk to the lake was lovely.'
    for text, comment in ((note, ''), ('', f'COMMENT:{note}')):
        before = len(circle.mail(ANA))
        ics = answer.replace('END:VEVENT', f'{comment}\r\nEND:VEVENT') if comment else answer
        circle.arrives(mail(TOM, *mixed((PLAIN, text), ('Content-Type: text/calendar; method=REPLY', ics))), GROUP, TOM)
        told = circle.mail(ANA)[before:]
        assert outcome(circle) == CALENDAR and len(told) == 1 and note in told[0].text, (text, [m.text for m in told])
    before = len(circle.mail(ANA))
    circle.arrives(mail(TOM, *mixed((PLAIN, ''), ('Content-Type: text/calendar; method=REPLY', answer))), GROUP, TOM)
    assert outcome(circle) == CALENDAR and len(circle.mail(ANA)) == before


def comments_that_never_end_cost_no_square(folder):
    for html in ('<!--' * 225000, '<script><!--' * 75000):
        inspect(mail(TOM, 'Content-Type: text/html', html), 5)


def what_is_over_a_limit_is_parked_whole_and_told(folder):
    circle = Circle(folder)
    nested = ''.join(f'Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n' for i in range(1000)) + f'{PLAIN}\r\n\r\ndeep'
    head, _, body = nested.partition('\r\n\r\n')
    over = {
        'a thousand nested parts': mail(TOM, head, body),
        'a thousand letters in letters': mail(TOM, 'Content-Type: message/rfc822', 'Content-Type: message/rfc822\r\n\r\n' * 1000 + 'x'),
        'too many parts': mail(TOM, *mixed(*[(PLAIN, 'x')] * 1001)),
        'a header of 64 KB and one': None,
    }
    room = (64 << 10) + 1 - len(mail(TOM, PLAIN, '').partition(b'\r\n\r\n')[0])
    over['a header of 64 KB and one'] = mail(TOM, PLAIN, 'hello', extra='X-A: ' + 'a' * (room - 7) + '\r\n')
    before = len(circle.mail(LEE)) + len(circle.mail(ANA))
    for name, data in over.items():
        circle.arrives(data, GROUP, TOM)
        raw = circle.rows('SELECT id, state, bytes FROM arrival ORDER BY id DESC LIMIT 1')[0]
        assert raw[1] == 5 and raw[2] == len(data), (name, raw, len(data))
        assert len(circle.mail(LEE)) + len(circle.mail(ANA)) > before, f'staff heard nothing: {name}'
    assert len(circle.json('review', 'parked')) == len(over)  # told once a day, however many
    lives_on(circle)


def the_size_limit_is_what_the_settings_say(folder):
    circle = Circle(folder)
    head = mail(TOM, PLAIN, '')
    for megabytes in (25, 1):
        circle.set('receive', max_letter_mb=megabytes)
        for more in (0, 1):
            circle.arrives_only(head + b'x' * ((megabytes << 20) + more - len(head)), GROUP, TOM)
            assert circle.rows('SELECT is_oversize FROM arrival ORDER BY id DESC LIMIT 1') == [(more,)], (megabytes, more)
    circle.work()
    circle.set('receive', max_letter_mb=26)
    assert circle.run('status').returncode != 0
    circle.set('receive', max_letter_mb=25)
    lives_on(circle)


def a_long_list_of_recipients_is_an_ordinary_letter(folder):
    circle = Circle(folder)
    names = ',\r\n '.join(f'friend{i}@example.net' for i in range(2200))
    assert 50 << 10 < len(names) < 60 << 10
    circle.arrives(mail(TOM, PLAIN, 'I walked to the lake.', extra=f'Cc: {names}\r\n'), GROUP, TOM)
    assert outcome(circle) == HELD


def a_slow_mail_holds_nobody_up(folder):
    circle = Circle(folder)
    data = mail(TOM, PLAIN, 'Slow. ' + 'x' * 300000)
    slow = subprocess.Popen([PROGRAM, 'receive', '--to', GROUP, '--from', TOM], stdin=subprocess.PIPE, env=circle.environment())
    for at in (0, 70000, 140000, 210000):
        slow.stdin.write(data[at:at + 70000])
        slow.stdin.flush()
        start = time.monotonic()
        circle.says(ROSE, f'In between, {at}.')
        assert outcome(circle) == HELD
        assert time.monotonic() - start < 4, 'it waited for the slow one'
        assert slow.poll() is None
    slow.stdin.write(data[280000:])
    slow.stdin.close()
    assert slow.wait(20) == 0
    circle.work()
    assert outcome(circle) == HELD and circle.rows('SELECT bytes FROM arrival ORDER BY bytes DESC LIMIT 1') == [(len(data),)]


def an_answer_stays_in_the_group_it_answers(folder):
    circle = Circle(folder)
    circle.ok('group', 'add', '--name', 'Thursday Circle', '--alias', 'Thursday', '--long', 'Another group.', '--rule', 'Be kind.')
    other = f'thursday@{DOMAIN}'
    circle.says(ANA, 'OK', circle.posts(MARIA, 'Hello to all of you.'))
    circle.next_digest()
    digest = circle.newest(ROSE, 'Hello to all of you')
    token = digest.reply_to.split('+')[1].split('@')[0]
    tuesday = circle.rows('SELECT id FROM care_group ORDER BY id')[0][0]

    def all_in_tuesday():
        return circle.count('SELECT COUNT(*) FROM post WHERE group_id != ?', tuesday) == 0

    circle.says(ROSE, 'With the token of the first.', digest, to=f'thursday+{token}@{DOMAIN}')
    assert outcome(circle) == HELD and all_in_tuesday()
    # without a token the address that was typed counts, and there she is no member
    circle.says(ROSE, 'To the other address, without a token.', digest, to=other)
    assert outcome(circle) == NOT_MEMBER and all_in_tuesday()
    # a token does not make its finder somebody: held for staff, in nobody's name but theirs to judge
    circle.says(TOM, 'With the token of another.', to=digest.reply_to)
    assert all_in_tuesday() and circle.who_read('With the token of another') == []
    # no member of the other group, and nothing that is answered
    circle.says(ROSE, 'New to the other group.', to=other)
    assert outcome(circle) == NOT_MEMBER and all_in_tuesday()
    # tokens that were changed, and what is no token
    for bad in ('a' * 32, token[:-1] + ('a' if token[-1] != 'a' else 'b'), token[:31], token + 'a'):
        before = circle.count('SELECT COUNT(*) FROM post')
        circle.says(ROSE, f'Broken: {bad}.', to=f'thursday+{bad}@{DOMAIN}')
        assert all_in_tuesday(), bad
        assert outcome(circle) == NOT_MEMBER and circle.count('SELECT COUNT(*) FROM post') == before, (bad, outcome(circle))
    lives_on(circle)


run_tests([calendar_bombs, packed_bombs_stay_packed, a_bounce_that_quotes_danger_pages_nobody, a_bounce_that_a_person_sends_on_is_their_letter,
           words_beside_a_calendar_answer_reach_staff, comments_that_never_end_cost_no_square, what_is_over_a_limit_is_parked_whole_and_told,
           the_size_limit_is_what_the_settings_say, a_long_list_of_recipients_is_an_ordinary_letter, a_slow_mail_holds_nobody_up,
           an_answer_stays_in_the_group_it_answers])
