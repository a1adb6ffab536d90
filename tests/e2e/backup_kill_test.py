#!/usr/bin/python3
"""kill -9 in the middle of a backup or a restore: never half a file under its name, and the next run goes through."""
import os
import sqlite3
import subprocess
import time

from house_kit import House, run_tests

ROUNDS = 12


def grow(house):
    """Some megabytes, so that a kill finds the copy half way."""
    with sqlite3.connect(os.path.join(house.home, 'postcircle.db')) as db:
        db.execute('INSERT INTO arrival (practice_id, id, state, source, bytes, is_oversize, head_box, tries, received_ms, decided_ms)'
                   " SELECT id, 1, 4, 1, 0, 0, x'00', 0, 0, 0 FROM practice")
        db.executemany('INSERT INTO arrival_chunk (practice_id, arrival_id, n, bytes) SELECT id, 1, ?, zeroblob(65000) FROM practice', ((n,) for n in range(400)))


def is_sound(path):
    with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as db:
        assert db.execute('PRAGMA integrity_check').fetchall() == [('ok',)], path
        return db.execute('SELECT COUNT(*) FROM arrival_chunk').fetchone()[0] == 400


def killed(house, pause, *words):
    process = house.start(*words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(pause)
    process.kill()
    return process.wait() == -9


def a_killed_backup_leaves_no_half_file(folder):
    house, count = House(folder), 0
    grow(house)
    for n in range(ROUNDS):
        path = os.path.join(folder, f'copy-{n}.db')
        count += killed(house, 0.01 + 0.012 * n, 'backup', path)
        assert not os.path.exists(path) or is_sound(path)
        if not os.path.exists(path):
            house.ok('backup', path)  # over what the killed one left beside it
        assert is_sound(path) and not os.path.exists(path + '.part')
    assert count, 'none was killed: the pauses are too long'


def a_killed_restore_leaves_no_half_home(folder):
    house, count = House(folder), 0
    grow(house)
    copy = os.path.join(folder, 'copy.db')
    database = os.path.join(house.home, 'postcircle.db')
    house.ok('backup', copy)
    for n in range(ROUNDS):
        for end in ('', '-wal', '-shm'):
            if os.path.exists(database + end):
                os.remove(database + end)
        count += killed(house, 0.01 + 0.015 * n, 'restore', copy)
        assert not os.path.exists(database) or is_sound(database)
        if not os.path.exists(database):
            house.ok('restore', copy)
        assert is_sound(database)
        restored = house.json('status')['restored_ms']
        assert restored, 'mail of a restored home is held until somebody releases it'
    assert count, 'none was killed: the pauses are too long'
    house.ok('audit', 'verify')


run_tests([a_killed_backup_leaves_no_half_file, a_killed_restore_leaves_no_half_home])
