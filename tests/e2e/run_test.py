#!/usr/bin/python3
"""The program lives a week: a post is held, released, read in a digest, answered by number; commands tell the truth about it."""
import json
import os
import re

from house_kit import ANA, BORDER, GROUP, HAROLD, LEE, MARIA, ROSE, Circle, House, letter, run_tests


def circle_of(folder):
    house = House(folder, now='2026-03-02T15:00:00Z')

    def send(data, to, sender):
        house.ok('receive', '--from', sender, '--to', to, data=data)

    circle = Circle(house, send)
    circle.begin()
    return circle


def day_of(house):
    def day(n):
        house.now = f'2026-03-{2 + n:02}T15:00:00Z'
    return day


def a_note_travels_the_whole_circle(folder):
    circle = circle_of(folder)
    circle.circle(day_of(circle.house))
    assert circle.check_letters() >= 14
    assert not circle.house.canaries('canaryheader'), circle.house.canaries('canaryheader')


def the_same_again_gives_the_same(folder):
    """work --once: what it did is a matter of rows and clock alone."""
    seen = []
    for n in range(2):
        os.mkdir(os.path.join(folder, str(n)))
        circle = circle_of(os.path.join(folder, str(n)))
        circle.circle(day_of(circle.house))
        rows = circle.house.rows('SELECT verb, actor_kind, way, at_ms FROM audit ORDER BY seq')
        seen.append((rows, {a: [m.subject for m in circle.house.mail(a)] for a in (MARIA, ROSE, HAROLD)}))
    assert seen[0] == seen[1]
    done = circle.house.json('work', '--once')
    assert done['rounds'] == 1 and not any(done[role] for role in ('sort', 'clock', 'urgent', 'mail')), done


def decides_at_the_command_line(folder):
    circle = circle_of(folder)
    house = circle.house
    circle.write(MARIA, GROUP, 'Walks', 'Shall we walk on Sunday?')
    circle.work()
    held = house.json('review', 'list')[0]
    post = held['post']
    assert isinstance(post, int) and held['tier'] == 3, held
    shown = house.json('review', 'show', post)
    assert 'walk on Sunday' in shown['text'] and shown['state'] == 'held'
    unclear = house.run('review', 'decide', post, 'OK', 'but', 'cut', 'it', '--as', ANA)
    assert unclear.returncode == 65 and b'no decision' in unclear.stderr
    assert house.run('review', 'decide', post, 'OK').returncode == 65
    assert house.run('review', 'decide', post, 'OK', '--as', MARIA).returncode != 0
    assert house.run('review', 'decide', '12345', 'OK', '--as', ANA).returncode == 66
    assert house.json('review', 'decide', post, 'OK', '--as', ANA)['state'] == 'published'
    second = house.run('review', 'decide', post, 'NO', '--as', LEE)
    assert second.returncode == 65 and b'already' in second.stderr, second
    house.now = '2026-03-03T15:00:00Z'
    circle.work()
    assert 'walk on Sunday' in house.newest(ROSE).text


def a_stranger_is_held_back(folder):
    circle = circle_of(folder)
    house = circle.house
    before = {a: len(house.mail(a)) for a in (MARIA, ROSE, HAROLD)}
    circle.send(letter('stranger@example.net', GROUP, 'Buy', 'Buy my pills.'), GROUP, 'stranger@example.net')
    circle.send(letter(ANA, house.newest(ANA).reply_to, 'Re: x', 'OK', verdict='fail'), house.newest(ANA).reply_to, ANA)
    circle.work()
    house.now = '2026-03-03T15:00:00Z'
    circle.work()
    assert before == {a: len(house.mail(a)) for a in (MARIA, ROSE, HAROLD)}
    assert 'stranger@example.net' not in os.listdir(house.out)


def tells_how_it_is(folder):
    circle = circle_of(folder)
    house = circle.house
    circle.write(MARIA, GROUP, 'Walks', 'Shall we walk on Sunday?')
    circle.work()
    status = house.json('status')
    assert sum(line['count'] for line in status['waiting']) == 1 and status['serve_pid'] == 0 and status['outbox']['reply']['sent'] >= 6
    report = house.json('doctor')
    assert report['ok'], report
    backup = [c for c in report['checks'] if c['what'] == 'last backup']
    assert backup[0]['level'] == 'ok' and 'none yet' in backup[0]['found'], backup
    began = house.now
    house.ok('backup', os.path.join(folder, 'copy.db'))
    house.now = '2026-03-09T15:00:00Z'
    backup = [c for c in json.loads(house.run('doctor', '--json').stdout)['checks'] if c['what'] == 'last backup']
    assert backup[0]['level'] == 'warn' and re.fullmatch('[67] days ago', backup[0]['found']) and 'backup --replace' in backup[0]['advice'], backup
    house.now = began
    # each of these turns something red
    house.ok('practice', 'set', 'authserv-id', '')
    os.chmod(house.home + '.key', 0o600)
    done = house.run('doctor')
    assert done.returncode == 1 and b'RED   proof of senders' in done.stdout, done.stdout
    house.ok('practice', 'set', 'authserv-id', BORDER)
    house.ok('practice', 'set', 'relay', 'smtp://127.0.0.1:9')
    done = house.run('doctor')
    assert done.returncode == 1 and b'RED   relay' in done.stdout, done.stdout
    os.chmod(house.home + '.key', 0o640)
    done = house.run('doctor')
    assert done.returncode == 1 and b'RED   home' in done.stdout, done.stdout
    os.chmod(house.home + '.key', 0o600)


def proves_its_record(folder):
    circle = circle_of(folder)
    house = circle.house
    head = house.json('audit', 'verify')['head']
    anchor = os.path.join(folder, 'anchor')
    with open(anchor, 'w', encoding='utf-8') as f:
        f.write(head + '\n')
    assert house.json('audit', 'verify', '--anchor', anchor)['is_tail_proven']
    assert any(row['act'] == 'member joined' for row in house.json('audit', 'show'))
    import sqlite3
    with sqlite3.connect(os.path.join(house.home, 'postcircle.db')) as db:
        db.execute('DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)')
    assert house.run('audit', 'verify').returncode == 0
    assert house.run('audit', 'verify', '--anchor', anchor).returncode == 65
    with sqlite3.connect(os.path.join(house.home, 'postcircle.db')) as db:
        db.execute('UPDATE audit SET actor_id = actor_id + 1 WHERE seq = 5')
    assert house.run('audit', 'verify').returncode == 65
    assert house.run('doctor').returncode == 1


def comes_back_from_a_copy(folder):
    circle = circle_of(folder)
    house = circle.house
    copy = os.path.join(folder, 'copy.db')
    circle.write(MARIA, GROUP, 'Walks', 'Shall we walk on Sunday?')
    house.ok('backup', copy)
    assert house.run('backup', copy).returncode == 73
    circle.work()
    for name in os.listdir(house.home):
        if name.startswith('postcircle.db'):
            os.remove(os.path.join(house.home, name))
    house.ok('restore', copy)
    circle.work()
    assert len(house.json('review', 'list')) == 1
    assert house.json('rekey')['values'] > 50
    assert len(house.json('review', 'list')) == 1 and house.json('audit', 'verify')['ok']


def keeps_what_it_must_and_no_more(folder):
    """Retention: raw mail 30 days after its decision, deliveries and issues 13 months; the record, posts and consents stay."""
    circle = circle_of(folder)
    house = circle.house
    circle.circle(day_of(house))
    counts = {t: house.count(f'SELECT COUNT(*) FROM {t}') for t in ('arrival', 'delivery', 'issue', 'post', 'consent', 'letter')}
    assert counts['arrival'] == 9 and counts['issue'] == 2, counts
    house.now = '2026-03-20T15:00:00Z'
    circle.work()
    assert house.count('SELECT COUNT(*) FROM arrival') == 9
    anchor = os.path.join(folder, 'anchor')
    # the staff letter of the first day of a week, late as it is, carries the mark of that day, which proves the record up to there
    marks = [found for mail in house.mail(ANA) for found in re.findall(r'has changed our\s+record:\s+(\d+)\s+([a-z2-7]{52})', mail.text)]
    assert marks, [m.subject for m in house.mail(ANA)]
    with open(anchor, 'w', encoding='utf-8') as f:
        f.write(' '.join(marks[0]))
    house.ok('audit', 'verify', '--anchor', anchor)
    house.now = '2026-04-10T15:00:00Z'
    circle.work()
    assert house.count('SELECT COUNT(*) FROM arrival') == 0 and house.count('SELECT COUNT(*) FROM arrival_chunk') == 0
    assert house.count('SELECT COUNT(*) FROM letter WHERE dedupe_hash IS NOT NULL') == 0
    assert house.count('SELECT COUNT(*) FROM delivery') >= counts['delivery']
    house.now = '2027-04-20T15:00:00Z'
    circle.work()
    assert house.count('SELECT COUNT(*) FROM delivery') < counts['delivery'] and house.count('SELECT COUNT(*) FROM issue') == 0
    assert house.count('SELECT COUNT(*) FROM mailing') < 15
    for table in ('post', 'consent', 'letter'):
        assert house.count(f'SELECT COUNT(*) FROM {table}') == counts[table], table
    assert house.json('audit', 'verify')['ok']
    status = house.json('status')
    assert {line['what'] for line in status['deleted']} == {'letters', 'renderings', 'repeats', 'raw mail'}, status['deleted']
    assert status['next_retention_ms'] > status['deleted'][0]['at_ms'] > 0
    assert 'raw mail' in house.ok('status')


def the_record_is_kept_six_years(folder):
    """Values of the record go after six years, its rows and chain stay; so does a consent that is in force, and not one that was withdrawn."""
    circle = circle_of(folder)
    house = circle.house
    house.ok('member', 'remove', HAROLD, '--group', 'tuesday', '--reason', 'moved')
    before = {t: house.count(f'SELECT COUNT(*) FROM {t}') for t in ('audit', 'audit_value', 'consent')}
    of_harold = house.count('SELECT COUNT(*) FROM consent WHERE is_given = 0')
    assert of_harold == 2 and before['consent'] >= 8, before
    house.now = '2032-02-20T15:00:00Z'
    house.ok('work', '--once')
    assert house.count('SELECT COUNT(*) FROM audit_value') >= before['audit_value']
    assert house.count('SELECT COUNT(*) FROM consent') == before['consent']
    house.now = '2032-03-10T15:00:00Z'
    house.ok('work', '--once')
    old = house.count("SELECT COUNT(*) FROM audit_value v JOIN audit a ON a.practice_id = v.practice_id AND a.seq = v.seq WHERE a.at_ms < 1772600000000")
    assert old == 0 and house.count('SELECT COUNT(*) FROM audit') >= before['audit']
    assert house.count('SELECT COUNT(*) FROM consent') == before['consent'] - 2 * of_harold
    assert house.json('audit', 'verify')['ok']
    assert {'audit values', 'consents'} <= {line['what'] for line in house.json('status')['deleted']}


def nothing_leaves_a_restored_home_before_its_release(folder):
    """A letter that may have gone out after the copy was made is not sent again; alarms leave all the same."""
    circle = circle_of(folder)
    house = circle.house
    copy = os.path.join(folder, 'copy.db')
    circle.write(MARIA, GROUP, 'Walks', 'Shall we walk on Sunday?')
    circle.work()
    circle.reply(ANA, house.newest(ANA, 'Sunday'), 'OK')
    circle.work()
    house.ok('backup', copy)
    with open(copy, 'rb') as f:
        assert open(house.home + '.key', 'rb').read() not in f.read()

    def start_again():
        for name in os.listdir(house.home):
            if name.startswith('postcircle.db'):
                os.remove(os.path.join(house.home, name))
        assert 'restore --release' in house.ok('restore', copy)

    house.now = '2026-03-03T15:00:00Z'
    circle.work()
    letters = len(house.mail(ROSE))
    assert 'Sunday' in house.newest(ROSE).text
    start_again()
    circle.work()
    assert len(house.mail(ROSE)) == letters and house.json('status')['restored_ms'] > 0
    red = house.run('doctor')
    assert red.returncode == 1 and b'this home was restored' in red.stdout
    circle.write(ROSE, GROUP, 'bad night', 'I want to kill myself tonight.')
    circle.work()
    assert any('988' in m.text for m in house.mail(ROSE)[letters:]), 'the crisis note waits'
    letters = len(house.mail(ROSE))
    house.ok('restore', '--drop')
    circle.work()
    assert len(house.mail(ROSE)) == letters + 1 and 'Sunday' in house.newest(ROSE).text, 'what was new since is sent'
    assert house.json('status')['restored_ms'] == 0
    start_again()
    house.ok('restore', '--hold')
    assert house.run('restore', '--hold', '--release').returncode == 64
    house.ok('restore', '--release')
    assert house.json('audit', 'verify')['ok']


run_tests([a_note_travels_the_whole_circle, the_same_again_gives_the_same, decides_at_the_command_line, a_stranger_is_held_back, tells_how_it_is,
           proves_its_record, comes_back_from_a_copy, keeps_what_it_must_and_no_more, the_record_is_kept_six_years,
           nothing_leaves_a_restored_home_before_its_release])
