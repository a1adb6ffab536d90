#!/usr/bin/python3
"""Mail that nobody could read: staff look at it, save it, have it read again, drop it; each act is in the audit log."""
import os
import stat

from house_kit import ANA, GROUP, LEE, MARIA, Circle, House, letter, run_tests

NOW = '2026-03-02T15:00:00Z'


def circle_of(folder):
    house = House(folder, now=NOW)
    circle = Circle(house, lambda data, to, sender: house.ok('receive', '--from', sender, '--to', to, data=data))
    circle.begin()
    return circle


def readers_die(house):
    """As after three readers that died on it."""
    house.rows('UPDATE arrival SET tries = 3 WHERE state = 2')
    house.ok('work', '--once')


def park_unread(circle, data):
    house = circle.house
    house.ok('receive', '--from', MARIA, '--to', GROUP, data=data)
    readers_die(house)
    rows = house.json('review', 'parked')
    assert len(rows) == 1, rows
    return rows[0]['mail']


def verbs(house):
    return [row[0] for row in house.rows('SELECT verb FROM audit WHERE verb BETWEEN 130 AND 133 ORDER BY seq')]


def it_is_told_shown_and_saved(folder):
    circle = circle_of(folder)
    house = circle.house
    data = letter(MARIA, GROUP, 'My knees', 'Walking helps.\x1b[31m red')
    number = park_unread(circle, data)
    assert 'review parked' in house.newest(ANA, 'could not read').text
    assert house.count("SELECT COUNT(*) FROM page WHERE tier = 2 AND state = 1") == 1
    assert house.run('review', 'parked', number).returncode == 64
    assert house.run('review', 'parked', number, '--as', MARIA).returncode != 0
    shown = house.ok('review', 'parked', number, '--as', ANA)
    assert 'Walking helps.' in shown and 'My knees' in shown and MARIA in shown and '\x1b' not in shown, shown
    assert 'Authentication-Results' not in shown, 'raw only in a file'
    path = os.path.join(folder, 'raw.eml')
    house.ok('review', 'parked', number, '--as', LEE, '--raw', path)
    with open(path, 'rb') as f:
        assert f.read() == data
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert house.run('review', 'parked', number, '--as', LEE, '--raw', path).returncode != 0
    assert verbs(house) == [130, 131]
    assert house.json('review', 'parked')[0]['mail'] == number


ENCODED = '\r\n'.join((f'From: =?utf-8?q?Jos=C3=A9_Canaryname?= <{MARIA}>', f'To: <{GROUP}>', 'Subject: =?utf-8?b?TWlzIHJvZGlsbGFzIMKhYXkh?=',
                       'Date: Mon, 2 Mar 2026 10:00:00 +0000', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8',
                       'Content-Transfer-Encoding: base64', '', 'Q2FtaW5hciBheXVkYSDigK5nbmlrbGF3IBtbMzFtLg==', '')).encode()


def what_strangers_write_can_be_read(folder):
    circle = circle_of(folder)
    house = circle.house
    house.ok('receive', '--from', 'buyer@example.com', '--to', GROUP, data=letter('buyer@example.com', GROUP, 'Boots', 'Do you sell boots?\x1b[31m red'))
    house.ok('receive', '--from', MARIA, '--to', GROUP, data=letter(MARIA, GROUP, 'My knees', 'Walking helps.'))
    house.ok('work', '--once')
    (row,) = house.json('review', 'strangers')
    assert b'go together' in house.run('review', 'strangers', row['mail']).stderr
    shown = house.ok('review', 'strangers', row['mail'], '--as', ANA)
    assert 'Do you sell boots?' in shown and 'buyer@example.com' in shown and '\x1b' not in shown, shown
    known = house.rows('SELECT id FROM letter WHERE person_id IS NOT NULL ORDER BY id DESC LIMIT 1')[0][0]
    assert house.run('review', 'strangers', known, '--as', ANA).returncode == 66
    assert house.count('SELECT count(*) FROM audit WHERE verb = 64') == 1


def it_is_decoded_and_draws_nothing(folder):
    """Header and words are decoded; what turns the reading order or colours a terminal is written out."""
    circle = circle_of(folder)
    house = circle.house
    number = park_unread(circle, ENCODED)
    shown = house.json('review', 'parked', number, '--as', ANA)
    assert (shown['from'], shown['subject'], shown['is_decoded']) == (f'José Canaryname <{MARIA}>', 'Mis rodillas ¡ay!', True), shown
    assert shown['text'].startswith('Caminar ayuda \\u{202e}gniklaw') and '\x1b' not in shown['text'], shown
    text = house.ok('review', 'parked', number, '--as', ANA)
    assert 'José' in text and 'Q2FtaW5hci' not in text and '\u202e' not in text and '--raw FILE' in text, text


def what_kills_its_reader_is_shown_as_it_came(folder):
    """A reader that dies of it: the four fields and the first lines, escaped."""
    circle = circle_of(folder)
    house = circle.house
    number = park_unread(circle, ENCODED.replace(b'base64', b'8bit').replace(b'Q2FtaW5h', b'\x1b[2J\x9b \xff'))
    os.environ['POSTCIRCLE_PARSER'] = '/bin/false'
    try:
        shown = house.json('review', 'parked', number, '--as', ANA)
        text = house.ok('review', 'parked', number, '--as', ANA)
    finally:
        del os.environ['POSTCIRCLE_PARSER']
    assert not shown['is_decoded'] and shown['to'] == f'<{GROUP}>' and shown['text'].startswith('\\x1b[2J\\x9b \\xff'), shown
    assert 'as it came' in text and '\x1b' not in text, text


def read_again_it_waits_for_review(folder):
    circle = circle_of(folder)
    house = circle.house
    number = park_unread(circle, letter(MARIA, GROUP, 'My heart', 'I have chest pain since this morning.'))
    house.ok('review', 'parked', number, '--as', ANA, '--again')
    house.ok('work', '--once')
    assert house.json('review', 'parked') == []
    assert len(house.json('review', 'list')) == 1
    assert house.rows('SELECT COUNT(*), MAX(state), MIN(tier) FROM page') == [(1, 1, 2)]
    assert house.count('SELECT COUNT(*) FROM page WHERE person_id IS NOT NULL') == 1  # and now it says whom it is about
    assert verbs(house) == [132]
    house.ok('audit', 'verify')


def what_cannot_be_read_comes_back(folder):
    circle = circle_of(folder)
    house = circle.house
    number = park_unread(circle, letter(MARIA, GROUP, 'My knees', 'Walking helps.'))
    house.ok('review', 'parked', number, '--as', ANA, '--again')
    readers_die(house)
    assert [row['mail'] for row in house.json('review', 'parked')] == [number]
    house.ok('review', 'parked', number, '--as', ANA, '--drop', '--reason', 'we called her')
    assert house.json('review', 'parked') == [] and verbs(house) == [132, 133]
    assert house.run('review', 'parked', number, '--as', ANA).returncode != 0


def of_a_large_one_the_beginning_is_kept(folder):
    circle = circle_of(folder)
    house = circle.house
    house.ok('receive', '--from', MARIA, '--to', GROUP, data=letter(MARIA, GROUP, 'Photos', 'x' * 70 + '\n') + b'0123456789abcde\n' * (26 << 16))
    house.ok('work', '--once')
    number = house.json('review', 'parked')[0]['mail']
    assert 'Photos' in house.ok('review', 'parked', number, '--as', ANA)
    refused = house.run('review', 'parked', number, '--as', ANA, '--again')
    assert refused.returncode != 0 and b'only the beginning' in refused.stderr
    assert house.run('review', 'parked', number, '--as', ANA, '--drop').returncode == 64


run_tests([it_is_told_shown_and_saved, what_strangers_write_can_be_read, it_is_decoded_and_draws_nothing, what_kills_its_reader_is_shown_as_it_came, read_again_it_waits_for_review, what_cannot_be_read_comes_back, of_a_large_one_the_beginning_is_kept])
