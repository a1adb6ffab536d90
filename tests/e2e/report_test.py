#!/usr/bin/python3
"""Reports: who got exactly what, what a person may have of their own, what a group did in numbers."""
import csv
import datetime
import hashlib
import json
import os
import stat

from house_kit import ANA, CANARIES, GROUP, HAROLD, MARIA, ROSE, Circle, House, run_tests


def circle_of(folder):
    house = House(folder, now='2026-03-02T15:00:00Z')
    circle = Circle(house, lambda data, to, sender: house.ok('receive', '--from', sender, '--to', to, data=data))
    circle.begin()

    def day(n):
        house.now = f'2026-03-{2 + n:02d}T16:00:00Z'
    circle.circle(day)
    return circle


def given(mail):
    """What the relay was given: a Maildir writes two fields above it, and line ends of its own."""
    return mail.data.split(b'\n', 2)[2].replace(b'\n', b'\r\n')


def posts(house):
    return [id_ for (id_,) in house.rows('SELECT id FROM post ORDER BY id')]


def who_got_a_post_to_the_byte(folder):
    """Every copy that held the post is listed, no other; hash and version are those of the bytes that the relay was given."""
    house = circle_of(folder).house
    report = house.json('report', 'delivery', '--post', str(posts(house)[0]))
    left = {}
    for address in os.listdir(house.out):
        for mail in house.mail(address):
            left[hashlib.sha256(given(mail)).hexdigest()] = (address, mail)
    held = {(row['address'], row['message_id']) for row in report['deliveries'] if row['post_version']}
    assert held == {(address, mail.id.strip('<>')) for address, mail in left.values()
                    if 'Walking helps' in mail.text and address in (MARIA, ROSE, HAROLD)}, held
    for row in report['deliveries']:
        address, mail = left[row['copy_sha256']]
        assert (address, mail.id.strip('<>'), row['answer'][:3], row['state']) == (row['address'], row['message_id'], '250', 'sent'), row
    assert [row['post_version'] for row in report['deliveries'] if row['kind'] == 'digest'] == ['2'] * 3 + ['2 (excerpt)'] * 3
    assert (report['sent'], report['not_sent']) == (len(report['deliveries']), 0)
    copy = house.json('report', 'delivery', '--delivery', report['deliveries'][-1]['delivery'], '--show')
    assert copy['is_exact'] and copy['copy'].encode() == given(left[report['deliveries'][-1]['copy_sha256']][1])
    house.ok('member', 'set', HAROLD, '--group', 'tuesday', '--shown-name', 'Harry')
    assert not house.json('report', 'delivery', '--delivery', report['deliveries'][-1]['delivery'], '--show')['is_exact']


def one_letter_has_its_story(folder):
    """Put into the outbox, taken by the relay, come back: in its order, each with its time."""
    house = circle_of(folder).house
    row = [r for r in house.json('report', 'delivery', '--person', MARIA)['deliveries'] if r['kind'] == 'digest'][-1]
    mail = [m for m in house.mail(MARIA) if m.id.strip('<>') == row['message_id']][0]
    sender = mail.data.split(b'\n', 1)[0].split(b'<')[1].split(b'>')[0].decode()
    house.ok('receive', '--from', '', '--to', sender, data=(
        'Return-Path: <>\r\nFrom: MAILER-DAEMON@example.com\r\nTo: ' + sender + '\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n'
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nFailed.\r\n'
        '--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n'
        f'Final-Recipient: rfc822; {MARIA}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n').encode())
    house.ok('work', '--once')
    story = house.json('report', 'delivery', '--delivery', row['delivery'])['story']
    what = [line['what'] for line in story]
    assert what[:2] == ['put into the outbox', 'taken by the relay'] and 'bounce taken' in what, story
    assert [line['detail'] for line in story if line['what'] == 'bounce taken'] == ['5.1.1'], story
    assert [line['at'] for line in story] == sorted(line['at'] for line in story), story
    assert house.run('group', 'resume', 'tuesday').returncode == 66


def what_is_not_sent_yet_is_counted(folder):
    circle = circle_of(folder)
    house = circle.house
    circle.write(ROSE, 'tuesday@groups.example.org', 'My week', 'A quiet week with long walks.')
    circle.work()
    circle.reply(ANA, house.newest(ANA, 'quiet week'), 'OK')
    house.ok('work', '--once')
    post = str(posts(house)[-1])
    assert house.json('report', 'delivery', '--post', post)['not_sent'] == 0
    house.ok('practice', 'set', 'relay', 'smtp://127.0.0.1:1')
    house.now = '2026-03-05T16:00:00Z'
    house.run('work', '--once')
    report = house.json('report', 'delivery', '--post', post)
    assert (report['not_sent'], sum(row['kind'] == 'digest' for row in report['deliveries'])) == (3, 0), report


def by_person_day_and_into_a_file(folder):
    house = circle_of(folder).house
    path = f'{folder}/rose.csv'
    house.ok('report', 'delivery', '--person', ROSE, '--from', '2026-03-03', '--until', '2026-03-03', '--csv', path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with open(path, encoding='utf-8', newline='') as f:
        rows = list(csv.DictReader(f))
    assert [row['kind'] for row in rows] == ['digest', 'receipt'] and {row['address'] for row in rows} == {ROSE}, rows
    before = open(path, 'rb').read()
    again = house.run('report', 'delivery', '--person', ROSE, '--csv', path)
    assert again.returncode == 65 and b'exists already' in again.stderr and open(path, 'rb').read() == before
    assert not [name for name in os.listdir(folder) if 'part' in name]
    for words in (['--from', '2026-02-30'], ['--from', '2026-3-1'], ['--from', '2026-03-03', '--until', '2026-03-02'], ['--post', '7']):
        assert house.run('report', 'delivery', *words).returncode in (65, 66), words
    assert house.run('report', 'delivery').returncode == 64


def reading_is_in_the_log(folder):
    house = circle_of(folder).house
    house.ok('report', 'delivery', '--person', ROSE)
    house.ok('report', 'delivery', '--group', 'tuesday')
    acts = [(row['act'], row['new']) for row in house.json('audit', 'show', '--max', '1000') if row['act'] == 'report read']
    assert [act for act, _ in acts] == ['report read'] * 2 and acts[1][1] == f"deliveries: {house.json('report', 'delivery', '--group', 'tuesday')['rows']} rows", acts
    assert house.json('audit', 'verify')['ok']
    assert not house.canaries()


def a_person_gets_their_own_and_nobody_elses(folder):
    """The golden file: quotes, sentences and names of others, titles that others made, private answers, notes and reasons of staff stay away."""
    circle = circle_of(folder)
    house = circle.house

    def note(subject, text, verdict, to=GROUP, answers=None):
        circle.write(ROSE, to, subject, text, answers)
        circle.work()
        circle.reply(ANA, house.newest(ANA, text.split('.')[0][:30]), verdict)
        circle.work()

    note('My small garden', 'Harold helped me with my small garden. I rose early for it.', 'OK')
    note('A question', 'Is it safe to take two of the blue pills at night?', 'PRIVATE Please call me on Monday, says Ana Ruiz. Take only one.')
    note('For sale', 'I sell my old walking sticks for ten dollars each.', 'NO we do not sell things in this circle')
    letter = house.newest(ROSE, 'I will try it')
    circle.reply(ROSE, letter, '1 As Maria said: walking helps my knees in the morning. I agree.\nSo does Ana Ruiz.\n> Walking helps my knees in the morning.')
    circle.work()
    report = house.ok('report', 'person', ROSE)
    with open('tests/data/report_person.want', encoding='utf-8') as f:
        assert report == f.read(), report
    whole = house.ok('report', 'person', ROSE, '--json')
    for words in ('Maria', 'Harold', 'Ana', 'Ruiz', 'Lee', 'knees in the morning', 'Sore knees', 'do not sell things', *CANARIES):
        assert words not in report and words not in whole, words
    assert [(w['by'], w['is_note']) for w in json.loads(whole)['private']] == [('you', True), ('staff', False)], whole
    assert 'Please call me on Monday, says [name]. Take only one.' in report
    assert 'I rose early' in report and 'walking sticks' in report and 'blue pills' in report


def talks_and_votes_of_their_own(folder):
    """A private conversation of forty letters, both sides, in order; another patient's conversation and vote are in no other's report."""
    circle = circle_of(folder)
    house = circle.house
    turns = 20

    def talk(who, name, first):
        circle.write(who, GROUP, 'A question', first)
        circle.work()
        circle.reply(ANA, house.newest(ANA, first.split('?')[0]), f'PRIVATE Answer 0 for {name}. Please rest.')
        circle.work()

    talk(HAROLD, 'Harold', 'Is my knee too red today? I fear so.')
    talk(ROSE, 'Rose', 'Is my foot too cold today? I fear so.')
    for n in range(1, turns):
        mail = house.newest(ROSE, f'Answer {n - 1} for')
        circle.reply(ROSE, mail, f'Day {n}: it is colder. Harold says his knee is the same.', quote=True)
        circle.work()
        circle.reply(ANA, house.newest(ANA, f'Day {n}: it is colder'), f'Answer {n} for you. Harold asked that too. Keep warm.')
        circle.work()
    closes = (datetime.datetime.fromisoformat(house.now.rstrip('Z')) + datetime.timedelta(days=4)).strftime('%Y-%m-%d 18:00')
    house.ok('poll', 'add', 'tuesday', '--by', ANA, '--question', 'When do you walk?', '--answer', 'In the morning', '--answer', 'At night', '--closes', closes)
    circle.work()
    circle.reply(ANA, house.newest(ANA, 'When do you walk?'), 'OK')
    circle.work()
    for who, vote in ((ROSE, 'POLL 1'), (HAROLD, 'POLL 1'), (ROSE, 'POLL 2')):
        circle.write(who, GROUP, 'my vote', vote)
        circle.work()
    said = house.json('report', 'person', ROSE)
    assert [w['by'] for w in said['private']] == ['you', 'staff'] * turns, said['private']
    assert said['private'][0]['is_note'] and not any(w['is_note'] for w in said['private'][1:])
    for n, words in enumerate(said['private']):
        assert words['written'].startswith('Is my foot' if n == 0 else f'Day {n // 2}: it is colder. [name] says' if n % 2 == 0 else f'Answer {n // 2} for'), (n, words)
    assert [(v['number'], v['answer']) for v in said['votes']] == [(2, 'At night')], said['votes']
    text = house.ok('report', 'person', ROSE)
    assert text.count('staff, to you alone') == turns and 'you chose 2: At night' in text
    for words in ('too red', 'Harold', 'Ana', 'In the morning'):
        assert words not in text and words not in str(said), words
    his = house.json('report', 'person', HAROLD)
    assert [w['by'] for w in his['private']] == ['you', 'staff'] and [v['number'] for v in his['votes']] == [1] and 'cold' not in str(his)
    house.now = '2026-03-12T16:00:00Z'
    circle.work()
    assert house.json('report', 'person', ROSE)['votes'] == [], 'a poll that is closed holds no votes'


def a_group_in_numbers(folder):
    house = circle_of(folder).house
    house.ok('member', 'remove', HAROLD, '--group', 'tuesday', '--reason', 'moved')
    report = house.json('report', 'group', 'tuesday')
    counts = {row['what']: int(row['count']) for row in report['counts']}
    wanted = {'members active': 2, 'members removed': 1, 'joined': 3, 'left': 1, 'new talks': 1, 'answers': 1, 'published': 2, 'people who wrote': 2,
              'people who answered': 1, 'refused': 0, 'digests closed': 2, 'letters refused': 0, 'minutes to release, median': 0, 'minutes to release of tier 3, median': 0, 'minutes to release of tier 3, 95 of 100': 0}
    assert {k: counts[k] for k in wanted} == wanted, counts
    assert counts['letters sent'] == house.count("SELECT COUNT(*) FROM delivery d JOIN membership m ON m.id = d.membership_id WHERE d.state = 4")
    assert sum(week['notes'] for week in report['weeks']) == 2 and len(report['weeks']) == 4
    whole = house.ok('report', 'group', 'tuesday') + house.ok('report', 'group', 'tuesday', '--json')
    assert not [w for w in ('Maria', 'Rose', 'Harold', 'Walking', '@', *CANARIES) if w in whole]
    none = house.json('report', 'group', 'tuesday', '--from', '2025-01-01', '--until', '2025-02-01')
    assert {row['what']: row['count'] for row in none['counts']}['published'] == '0'


run_tests([a_person_gets_their_own_and_nobody_elses, talks_and_votes_of_their_own, a_group_in_numbers, who_got_a_post_to_the_byte, one_letter_has_its_story, what_is_not_sent_yet_is_counted, by_person_day_and_into_a_file, reading_is_in_the_log])
