#!/usr/bin/python3
"""What was purged or re-sealed is gone from every file of the home; rekey and restore keep away from a home that is being served."""
import os
import subprocess
import sys

from house_kit import ANA, GROUP, MARIA, Circle, House, run_tests, until


def circle_of(folder):
    house = House(folder, now='2026-03-02T15:00:00Z')
    circle = Circle(house, lambda data, to, sender: house.ok('receive', '--from', sender, '--to', to, data=data))
    circle.begin()
    return circle


def files_with(house, needles):
    """Files of the home that hold one of these byte strings."""
    found = set()
    for name in os.listdir(house.home):
        path = os.path.join(house.home, name)
        if os.path.isfile(path):
            with open(path, 'rb') as f:
                data = f.read()
            found |= {name for needle in needles if needle in data}
    return found


def sealed(house, sql):
    """32 bytes of every value, from a place where no length or key id stands."""
    return [bytes(row[0])[40:72] for row in house.rows(sql) if row[0] and len(row[0]) >= 72]


HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute('SELECT COUNT(*) FROM post').fetchall()
print('open', flush=True)
sys.stdin.read()
"""


class Reader:
    """Somebody who has the database open and reads nothing: the journal is then not taken away when the last command ends.
    A process of its own, because a process loses its locks on a file with the first descriptor of it that it closes."""

    def __init__(self, house):
        self.process = subprocess.Popen([sys.executable, '-c', HOLDER, os.path.join(house.home, 'postcircle.db')], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b'open\n'

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.process.communicate()


def purged_mail_leaves_the_journal(folder):
    circle = circle_of(folder)
    house = circle.house
    with Reader(house):
        circle.write(MARIA, GROUP, 'Sore knees', 'Walking helps my knees in the morning.')
        circle.work()
        circle.reply(ANA, house.newest(ANA, 'Walking'), 'OK')
        circle.work()
        chunks = sealed(house, 'SELECT bytes FROM arrival_chunk')
        assert len(chunks) >= 7 and files_with(house, chunks), 'the test looks at nothing'
        house.now = '2026-04-10T15:00:00Z'
        circle.work()
        assert house.count('SELECT COUNT(*) FROM arrival_chunk') == 0
        assert not files_with(house, chunks), files_with(house, chunks)


def what_was_sealed_with_the_old_key_is_gone(folder):
    circle = circle_of(folder)
    house = circle.house
    with Reader(house):
        circle.write(MARIA, GROUP, 'Sore knees', 'Walking helps my knees in the morning.')
        circle.work()
        keys = dict(house.rows('SELECT id, wrapped FROM practice_key'))
        old = sealed(house, 'SELECT text_sealed FROM post')
        assert old and files_with(house, old), 'the test looks at nothing'
        house.ok('rekey')
        destroyed = [keys[id_] for (id_,) in house.rows('SELECT id FROM practice_key WHERE state = 3')]
        assert destroyed and all(destroyed)
        old += destroyed
        assert not files_with(house, old), files_with(house, old)
    assert 'Walking' in house.json('review', 'show', house.json('review', 'list')[0]['post'])['text']


def a_served_home_is_left_alone(folder):
    house = House(folder)
    copy = os.path.join(folder, 'copy.db')
    house.ok('backup', copy)
    key = house.rows('SELECT * FROM practice_key')
    process = house.start('serve', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: house.json('status')['serve_pid'] == process.pid, what='the supervisor')
        for words in (('rekey',), ('restore', copy)):
            refused = house.run(*words)
            assert refused.returncode == 65 and str(process.pid).encode() in refused.stderr, (words, refused)
        assert house.rows('SELECT * FROM practice_key') == key
    finally:
        process.terminate()
        process.wait(20)
    house.ok('rekey')
    assert house.rows('SELECT * FROM practice_key') != key


run_tests([purged_mail_leaves_the_journal, what_was_sealed_with_the_old_key_is_gone, a_served_home_is_left_alone])
