#!/usr/bin/python3
"""postcircle receive: what a mail server is told, and that nothing is acknowledged that is not on disk."""
import os
import resource
import signal
import sqlite3
import subprocess

from house_kit import CANARIES, DOMAIN, POWERLESS, PROGRAM, House, run_tests

TO = f'tuesday@{DOMAIN}'
LETTER = (f'From: Canaryname <{CANARIES[1]}>\r\nTo: {TO}\r\nSubject: canaryname\r\nMessage-ID: <1@example.com>\r\n\r\n'
          f'My number is {CANARIES[2]}.\r\n-- \r\ncanarysignature\r\n').encode()


def receive(house, data=LETTER, to=TO, **options):
    return house.run('receive', '--from', CANARIES[1], '--to', to, data=data, **options).returncode


def stored(house, state=2):
    return house.count('SELECT COUNT(*) FROM arrival WHERE state = ?', state)


def tells_the_server_what_happened(folder):
    house = House(folder)
    assert receive(house) == 0 and stored(house) == 1
    assert receive(house, to='tuesday+abcdefghijklmnopqrstuvwxyz234567@GROUPS.example.ORG') == 0 and stored(house) == 2
    assert receive(house, to='tuesday@elsewhere.example.org') == 67
    assert receive(house, to='nonsense') == 67
    assert house.run('receive', '--frm', 'x', data=LETTER).returncode == 64
    assert house.run('receive', 'word', data=LETTER).returncode == 64
    # a Maildir or a script may know no envelope: the fields tell
    assert house.run('receive', data=LETTER).returncode == 0 and stored(house) == 3
    assert house.run('receive', data=b'').returncode == 0 and stored(house) == 4
    assert house.run('--home', os.path.join(folder, 'none'), 'receive', '--to', TO, data=LETTER).returncode == 75
    house.set('mail', wrong='1')
    assert receive(house) == 75 and stored(house) == 4
    assert stored(house, 1) == 0
    assert not house.canaries(), house.canaries()


def needs_no_key(folder):
    house = House(folder)
    os.rename(house.home + '.key', house.home + '.gone')
    assert receive(house) == 0 and stored(house) == 1


def a_locked_database_is_tried_again(folder):
    house = House(folder)
    db = sqlite3.connect(os.path.join(house.home, 'postcircle.db'), isolation_level=None)
    db.execute('BEGIN EXCLUSIVE')
    assert receive(house) == 75
    db.execute('ROLLBACK')
    db.close()
    assert receive(house) == 0 and stored(house) == 1


def a_database_that_cannot_be_written_is_tried_again(folder):
    house = House(folder)
    assert receive(house, before=POWERLESS) == 0
    for name in os.listdir(house.home):
        os.chmod(os.path.join(house.home, name), 0o500 if os.path.isdir(os.path.join(house.home, name)) else 0o400)
    os.chmod(house.home, 0o500)
    assert receive(house, before=POWERLESS) == 75
    os.chmod(house.home, 0o700)
    for name in os.listdir(house.home):
        os.chmod(os.path.join(house.home, name), 0o700 if os.path.isdir(os.path.join(house.home, name)) else 0o600)
    assert receive(house, before=POWERLESS) == 0 and stored(house) == 2


def a_full_disk_is_tried_again(folder):
    house = House(folder)
    big = LETTER + b'x' * 75 * 4000

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150000, 150000))

    assert receive(house, data=big, preexec_fn=limit, restore_signals=False) == 75
    assert stored(house) == 0
    assert receive(house, data=big) == 0 and stored(house) == 1


def an_oversize_mail_is_kept_not_refused(folder):
    house = House(folder)
    assert receive(house, data=LETTER + b'0123456789abcde\n' * (26 << 16)) == 0
    assert house.rows('SELECT state, is_oversize FROM arrival') == [(2, 1)]
    assert house.count('SELECT SUM(LENGTH(bytes)) FROM arrival_chunk') < 70000
    assert receive(house, data=LETTER + b'0123456789abcde\n' * (24 << 16)) == 0
    assert house.count('SELECT COUNT(*) FROM arrival WHERE is_oversize = 0') == 1


def a_killed_one_leaves_nothing_that_counts(folder):
    house = House(folder)
    pipe = subprocess.Popen([PROGRAM, 'receive', '--to', TO], stdin=subprocess.PIPE, env=house.environment())
    pipe.stdin.write(LETTER + b'y' * 700000)
    pipe.stdin.flush()
    pipe.kill()
    assert pipe.wait() == -9
    pipe.stdin.close()
    assert house.count('SELECT COUNT(*) FROM arrival WHERE state > 1') == 0
    assert receive(house) == 0 and stored(house) == 1


run_tests([tells_the_server_what_happened, needs_no_key, a_locked_database_is_tried_again, a_database_that_cannot_be_written_is_tried_again,
           a_full_disk_is_tried_again, an_oversize_mail_is_kept_not_refused, a_killed_one_leaves_nothing_that_counts])
