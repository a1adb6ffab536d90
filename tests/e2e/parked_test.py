#!/usr/bin/env python3
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
    assert 'Walking helps.' in shown and 'Subject: My knees' in shown and MARIA in shown and '\x1b' not in shown, shown
    path = os.path.join(folder, 'raw.eml')
    house.ok('review', 'parked', number, '--as', LEE, '--raw', path)
    with open(path, 'rb') as f:
        assert f.read() == data
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert house.run('review', 'parked', number, '--as', LEE, '--raw', path).returncode != 0
    assert verbs(house) == [130, 131]
    assert house.json('review', 'parked')[0]['mail'] == number


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
    assert 'Subject: Photos' in house.ok('review', 'parked', number, '--as', ANA)
    refused = house.run('review', 'parked', number, '--as', ANA, '--again')
    assert refused.returncode != 0 and b'only the beginning' in refused.stderr
    assert house.run('review', 'parked', number, '--as', ANA, '--drop').returncode == 64


run_tests([it_is_told_shown_and_saved, read_again_it_waits_for_review, what_cannot_be_read_comes_back, of_a_large_one_the_beginning_is_kept])
