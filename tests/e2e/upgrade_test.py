#!/usr/bin/python3
"""A home of the first version meets this program: who may bring it up to date, who waits, and what a newer home says. Prints ok NAME or not ok NAME."""
import os
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from house_kit import GROUP, PROGRAM, House, letter, run_tests, until

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'store', 'schema')
EX_UNAVAILABLE, EX_TEMPFAIL = 69, 75
STEPS = [int(name[:4]) for name in os.listdir(SCHEMA) if name.endswith('.sql')]
NEWEST = max(STEPS)
DIRT = letter('stranger@example.com', GROUP, 'Hello', 'May I come in?')


def database(house):
    return os.path.join(house.home, 'postcircle.db')


def columns(db, schema, table):
    return [row[1] for row in db.execute(f"PRAGMA {schema}.table_info('{table}')")]


def as_of_the_first_version(house):
    """The same rows under 0001.sql alone."""
    old = database(house) + '.old'
    with open(os.path.join(SCHEMA, '0001.sql'), encoding='utf-8') as f, sqlite3.connect(old) as db:
        db.executescript(f.read())
        db.execute('CREATE TABLE schema_version (version BIGINT PRIMARY KEY, at_ms BIGINT NOT NULL)')
        db.execute('INSERT INTO schema_version VALUES (1, 0)')
        db.commit()
        db.execute('ATTACH ? AS new', (database(house),))
        for (table,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name <> 'schema_version'").fetchall():
            both = [c for c in columns(db, 'main', table) if c in columns(db, 'new', table)]
            db.execute(f"INSERT INTO main.{table} ({', '.join(both)}) SELECT {', '.join(both)} FROM new.{table}")
        db.commit()
    db.close()
    for suffix in ('-wal', '-shm'):
        if os.path.exists(database(house) + suffix):
            os.unlink(database(house) + suffix)
    os.rename(old, database(house))


def version(house):
    return house.count('SELECT MAX(version) FROM schema_version')


def receive_waits_and_loses_nothing(folder):
    house = House(folder)
    house.ok('receive', '--to', GROUP, data=DIRT)
    as_of_the_first_version(house)
    if NEWEST == 1:
        return 'there is only one version'
    done = house.run('receive', '--to', GROUP, data=DIRT)
    assert done.returncode == EX_TEMPFAIL and b'has schema 1,' in done.stderr and b'postcircle serve' in done.stderr, done
    assert version(house) == 1 and house.count('SELECT COUNT(*) FROM arrival') == 1
    house.ok('status')
    assert version(house) == NEWEST
    house.ok('receive', '--to', GROUP, data=DIRT)
    assert house.count('SELECT COUNT(*) FROM arrival') == 2
    house.ok('audit', 'verify')


def serve_and_work_bring_it_up(folder):
    house = House(folder)
    as_of_the_first_version(house)
    house.ok('work', '--once')
    assert version(house) == NEWEST
    as_of_the_first_version(house)
    served = house.start('serve', stderr=subprocess.DEVNULL)
    try:
        until(lambda: version(house) == NEWEST, what='the new schema')
    finally:
        served.send_signal(signal.SIGTERM)
        assert served.wait(20) == 0


def several_at_once_do_it_once(folder):
    house = House(folder)
    as_of_the_first_version(house)
    all_of_them = [house.start('status', stdout=subprocess.DEVNULL) for _ in range(6)]
    assert [p.wait(60) for p in all_of_them] == [0] * 6
    assert version(house) == NEWEST and house.count('SELECT COUNT(*) FROM schema_version') == len(STEPS)


def a_newer_home_is_refused(folder):
    house = House(folder)
    with sqlite3.connect(database(house)) as db:
        db.execute('INSERT INTO schema_version VALUES (9999, 0)')
    db.close()
    for words in (('status',), ('work', '--once'), ('serve',)):
        done = house.run(*words)
        assert done.returncode == EX_UNAVAILABLE, (words, done)
        assert b'has schema 9999' in done.stderr and b'newer program' in done.stderr, done.stderr
    done = house.run('receive', '--to', GROUP, data=DIRT)
    assert done.returncode == EX_TEMPFAIL and b'has schema 9999' in done.stderr, done
    assert house.count('SELECT COUNT(*) FROM arrival') == 0


if __name__ == '__main__':
    assert os.path.exists(PROGRAM)
    run_tests([receive_waits_and_loses_nothing, serve_and_work_bring_it_up, several_at_once_do_it_once, a_newer_home_is_refused])
