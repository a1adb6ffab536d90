#!/usr/bin/python3
"""A home whose database is PostgreSQL, from init to the second digest, with serve, rekey, and its own tools for backup and restore.
Starts a PostgreSQL of its own by tests/with-postgres. Prints ok NAME, not ok NAME or skip NAME why."""
import glob
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from circle_kit import ANA, GROUP, MARIA, ROSE, Circle
from house_kit import CANARIES, House, letter, run_tests, until

EX_DATAERR, EX_UNAVAILABLE, EX_TEMPFAIL = 65, 69, 75
BIN = sorted(glob.glob('/usr/lib/postgresql/*/bin'))
SERVER = os.environ.get('POSTCIRCLE_TEST_PG')
made = 0


def tool(name, *words, **options):
    done = subprocess.run([os.path.join(BIN[-1], name), *words], capture_output=True, timeout=60, **options)
    assert done.returncode == 0, (name, words, done.stderr)
    return done.stdout


def new_database():
    """The URL of an empty database."""
    global made
    made += 1
    name = f'circle{made}'
    tool('createdb', '-h', SERVER.split('host=')[1], '-U', 'postcircle', name)
    return SERVER.replace('/postcircle?', f'/{name}?')


class OnPostgres:
    """What House reads from its file, read from the server."""

    def rows(self, sql):
        return [line.split('|') for line in tool('psql', '-XAtqd', self.url, '-c', sql).decode().split('\n') if line]

    def count(self, sql):
        return int(self.rows(sql)[0][0])


class PgCircle(OnPostgres, Circle):
    def __init__(self, folder, **options):
        self.url = new_database()
        super().__init__(folder, database=self.url, **options)


def read_notes(circle):
    circle.says(ANA, 'OK', circle.posts(MARIA, 'Walking helps my knees in the morning.'))
    circle.next_digest()


def a_circle_lives_on_postgres(folder):
    circle = PgCircle(folder)
    read_notes(circle)
    first = circle.newest(ROSE, 'Walking helps')
    circle.says(ROSE, '1 Thanks, I will try it.', first, quote=True)
    circle.says(ANA, 'OK', circle.newest(ANA, 'I will try it'))
    circle.next_digest()
    assert 'I will try it' in circle.newest(MARIA, 'I will try it').text
    assert not os.path.exists(os.path.join(circle.home, 'postcircle.db'))
    assert 'verif' in circle.ok('audit', 'verify').lower() or circle.json('audit', 'verify')
    circle.ok('status')
    assert b'schema' in circle.run('doctor').stdout
    assert circle.count('SELECT COUNT(*) FROM delivery WHERE state = 4') > 5
    dump = tool('pg_dump', '-d', circle.url).lower()
    assert not [c for c in ('walking', 'maria', *CANARIES) if c.encode() in dump]


def roles_serve_it(folder):
    circle = PgCircle(folder)
    circle.now = None
    served = circle.start('serve', stderr=subprocess.DEVNULL)
    try:
        circle.ok('receive', '--to', GROUP, '--from', MARIA, data=letter(MARIA, GROUP, 'Hello', 'We fed the ducks at the lake.'))
        until(lambda: any('ducks' in m.text for m in circle.mail(ANA)), 30, 'the note before the nurse')
        # the server restarts under the roles: they come back by themselves
        circle.rows('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
        circle.ok('receive', '--to', GROUP, '--from', ROSE, data=letter(ROSE, GROUP, 'Hello', 'There were swans as well.'))
        until(lambda: any('swans' in m.text for m in circle.mail(ANA)), 60, 'the next note')
    finally:
        served.send_signal(signal.SIGTERM)
        assert served.wait(30) == 0


def its_own_tools_back_it_up(folder):
    circle = PgCircle(folder)
    circle.says(ANA, 'OK', circle.posts(MARIA, 'Walking helps my knees in the morning.'))
    done = circle.run('backup', os.path.join(folder, 'copy.db'))
    assert done.returncode and b'pg_dump' in done.stderr and not os.path.exists(os.path.join(folder, 'copy.db')), done
    assert not circle.audit('backup made')
    done = circle.run('restore', os.path.join(folder, 'copy.db'))
    assert done.returncode and b'pg_restore' in done.stderr and b'--hold' in done.stderr, done
    circle.arrives_only(letter(ROSE, GROUP, 'Swans', 'There were swans.'), GROUP, ROSE)
    dump = os.path.join(folder, 'copy.dump')
    tool('pg_dump', '-Fc', '-f', dump, '-d', circle.url)
    circle.next_digest()  # sent after the copy was made
    sent = len(circle.mail(ROSE))
    restored = new_database()
    tool('pg_restore', '-d', restored, '--no-owner', dump)
    circle.url = restored
    circle.set('database', url=restored)
    circle.ok('restore', '--hold')
    circle.work()
    assert len(circle.mail(ROSE)) == sent and not [m for m in circle.mail(ANA) if 'swans' in m.text][1:], 'sent twice'
    circle.ok('audit', 'verify')
    circle.ok('restore', '--drop')
    circle.work()


def rekey_leaves_nothing_of_the_old_key(folder):
    circle = PgCircle(folder)
    read_notes(circle)
    old = circle.count('SELECT id FROM practice_key WHERE use_ = 1 AND state = 1')
    circle.ok('rekey')
    assert circle.count('SELECT COUNT(*) FROM practice_key WHERE use_ = 1 AND state = 3') == 1
    assert circle.count(f"SELECT COUNT(*) FROM post WHERE SUBSTR(text_sealed, 2, 8) = decode(lpad(to_hex({old}), 16, '0'), 'hex')") == 0
    assert 'Maria' in circle.ok('member', 'list', 'tuesday')
    circle.says(ANA, 'OK', circle.posts(ROSE, 'There were swans at the lake.'))
    circle.next_digest()
    assert 'Walking' in circle.newest(MARIA, 'Walking').text and 'swans' in circle.newest(MARIA, 'swans').text
    circle.ok('audit', 'verify')


def mistakes_are_told(folder):
    url = new_database()
    house = House(folder, database=url)
    second = os.path.join(folder, 'second')
    words = ['init', '--practice-name', 'B', '--office-phone', '(555) 555-0101', '--emergency-line', '911', '--domain', 'b.example.org',
             '--relay', 'maildir:/tmp/none', '--zone', 'America/New_York', '--moderator', 'B B <b@example.org>', '--second', 'C C <c@example.org>']
    house.home = second
    done = house.run(*words, '--database', url)
    assert done.returncode and b'holds an installation already' in done.stderr, done
    assert not os.path.exists(os.path.join(second, 'postcircle.ini')) and not os.path.exists(second + '.key')
    secret = 'hunter2hunter2'
    for wrong, says in ((f'postgresql://a:{secret}@/x?host=/nowhere', b'no connection to PostgreSQL'),
                        (f'postgresql://a:{secret}@/x?no_such=1', b'cannot be read')):
        done = house.run(*words, '--database', wrong)
        assert done.returncode and says in done.stderr and secret.encode() not in done.stderr, done
    house.home = os.path.join(folder, 'home')
    house.set('database', url='postgresql://postcircle@/postcircle?host=/nowhere')
    done = house.run('receive', '--to', GROUP, data=letter(MARIA, GROUP, 'Hello', 'Hello'))
    assert done.returncode == EX_TEMPFAIL and b'no connection' in done.stderr, done


if __name__ == '__main__':
    tests = [a_circle_lives_on_postgres, roles_serve_it, its_own_tools_back_it_up, rekey_leaves_nothing_of_the_old_key, mistakes_are_told]
    if not SERVER:
        code = subprocess.run([os.path.join(HERE, '..', 'with-postgres'), sys.executable, os.path.abspath(__file__)], check=False).returncode
        if code == 77:
            print('\n'.join(f'skip {test.__name__} PostgreSQL is not installed' for test in tests))
        sys.exit(0 if code == 77 else code)
    run_tests(tests)
