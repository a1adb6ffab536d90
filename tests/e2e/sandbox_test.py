#!/usr/bin/python3
"""The closed reader of mail: a letter that kills it or holds it up is parked after three tries and holds nobody else up; a machine that cannot close it."""
import json
import os

from circle_kit import ANA, GROUP, ROSE, TOM, Circle
from house_kit import BUILD, letter, run_tests, until

REAL = os.path.join(BUILD, 'postcircle-parse')
# between the program and its reader: dies, or falls silent, when a letter says so
FRAGILE = '''#!/usr/bin/env python3
import os, signal, subprocess, sys, threading
if sys.argv[1:]:
    os.execv('{real}', ['{real}', *sys.argv[1:]])
child = subprocess.Popen(['{real}'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def back():
    while data := os.read(child.stdout.fileno(), 65536):
        os.write(1, data)
threading.Thread(target=back, daemon=True).start()
while data := os.read(0, 65536):
    os.write(2, b'CANARY of the reader: ' + data)
    if b'it crashes the reader' in data:
        os.kill(os.getpid(), signal.SIGSEGV)
    if b'it holds up the reader' in data:
        signal.pause()
    child.stdin.write(data)
    child.stdin.flush()
'''
HELD, PARKED = 1, 5  # letter.outcome; arrival.state


def reader(folder, text):
    path = os.path.join(folder, 'reader')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    os.chmod(path, 0o755)
    return path


class With:
    """The environment names another reader."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        os.environ['POSTCIRCLE_PARSER'] = self.path

    def __exit__(self, *why):
        os.environ.pop('POSTCIRCLE_PARSER')


def lease_is_over(circle):
    circle.rows('UPDATE arrival SET lease_until_ms = 0 WHERE state = 3')


def parked_after_three(folder, words):
    circle = Circle(folder)
    circle.set('limits', parser_seconds=2)
    with With(reader(folder, FRAGILE.format(real=REAL))):
        circle.arrives_only(letter(TOM, GROUP, 'Hello', f'I walked, {words} today.'), GROUP, TOM)
        bad = circle.count('SELECT MAX(id) FROM arrival')
        for tries in (1, 2, 3):
            circle.arrives_only(letter(ROSE, GROUP, 'Hello', f'An ordinary note, the {tries}.'), GROUP, ROSE)
            circle.work()
            assert circle.rows('SELECT outcome FROM letter ORDER BY id DESC LIMIT 1') == [(HELD,)], 'the others waited for it'
            assert circle.rows('SELECT tries, state FROM arrival WHERE id = ?', bad) == [(tries, 3)], circle.rows('SELECT tries, state FROM arrival')
            lease_is_over(circle)
        circle.work()
        assert circle.rows('SELECT state FROM arrival WHERE id = ?', bad) == [(PARKED,)]
        assert 'could not read' in circle.newest(ANA, 'could not read').text.lower().replace('\n', ' ')
        assert circle.count('SELECT COUNT(*) FROM post') == 3
    assert b'CANARY of the reader' not in circle.log, 'what the reader says stands in the log'
    # its bytes are whole, and a better reader takes them
    number = circle.json('review', 'parked')[0]['mail']
    raw = os.path.join(folder, 'raw.eml')
    circle.ok('review', 'parked', number, '--as', ANA, '--raw', raw)
    with open(raw, 'rb') as f:
        assert words.encode() in f.read()


def a_letter_that_crashes_its_reader(folder):
    parked_after_three(folder, 'it crashes the reader')


def a_letter_that_holds_up_its_reader(folder):
    parked_after_three(folder, 'it holds up the reader')


def a_machine_that_cannot_close_it(folder):
    circle = Circle(folder)
    open_reader = ('#!/bin/sh\nif [ "$1" = --check ]; then echo \'{"no_new_privs":true,"undumpable":true,"rlimits":true,"landlock":false,"seccomp":false}\'; exit 0; fi\n'
                   f'exec {REAL} "$@"\n')
    with With(reader(folder, open_reader)):
        checks = json.loads(circle.run('doctor', '--json').stdout)['checks']
        found = [row for row in checks if row['what'] == 'reader of mail']
        assert found[0]['level'] == 'red' and found[0]['found'] == 'without landlock, seccomp', found
        refused = circle.run('serve')
        said = refused.stderr.decode()
        assert refused.returncode == 77 and 'landlock, seccomp' in said and '--allow-open-reader' in said and 'allow_open_reader = yes' in said, refused
        circle.set('limits', allow_open_reader='perhaps')
        assert 'yes or no' in circle.run('serve').stderr.decode()
        for setting, words in (('yes', ()), ('no', ('--allow-open-reader',))):
            circle.set('limits', allow_open_reader=setting)
            log = os.path.join(folder, f'log-{setting}')
            with open(log, 'wb') as to:
                serving = circle.start('serve', *words, stdout=to, stderr=to)
            try:
                until(lambda: b'role_started' in open(log, 'rb').read(), what='the start')
            finally:
                serving.terminate()
                assert serving.wait(40) == 0


run_tests([a_letter_that_crashes_its_reader, a_letter_that_holds_up_its_reader, a_machine_that_cannot_close_it])
