#!/usr/bin/python3
"""When the house itself does not work: 75 outside, and a page from memory by every way that is left. Real parts: a full file system, a relay that does not
listen, another connection that holds the lock, a reader that is killed each time."""
import os
import shutil
import sqlite3
import subprocess
import time

from house_kit import ANA, BORDER, BUILD, GROUP, LEE, ROSE, House, letter, run_tests, until
from smtp_kit import free_port

CRISIS = 'I want to kill myself tonight. I have the pills here.'
PROGRAM = '#!/bin/sh\necho "$@" >> {0}\n'


class Serving:
    """A running serve; its log outlives a full disk."""

    def __init__(self, house, log, env=None):
        self.house, self.path, self.env = house, log, env or {}

    def __enter__(self):
        os.environ.update(self.env)
        with open(self.path, 'wb') as log:
            self.process = self.house.start('serve', stdout=log, stderr=log)
        until(lambda: self.log().count('role_started') >= 5, what='the start of all roles')
        return self

    def __exit__(self, *why):
        for name in self.env:
            os.environ.pop(name)
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)
        self.house.log += self.log().encode()

    def log(self):
        with open(self.path, encoding='utf-8', errors='replace') as f:
            return f.read()


def house_with_rose(folder, home_in=None, **how):
    """Rose is a member; a program of the practice's writes down its words. The home may lie elsewhere."""
    house = House(home_in or folder, **how)
    house.out = os.path.join(folder, 'out')
    house.words = os.path.join(folder, 'words')
    program = os.path.join(folder, 'page')
    with open(program, 'w', encoding='utf-8') as f:
        f.write(PROGRAM.format(house.words))
    os.chmod(program, 0o755)
    house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2', 'page-command', program)
    house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')
    house.ok('member', 'add', '--group', 'tuesday', '--name', 'Rose Hill', '--email', ROSE)
    house.ok('work', '--once')
    for address in (ANA, ROSE):
        invitation = house.newest(address)
        house.ok('receive', '--to', invitation.reply_to, '--from', address, data=letter(address, invitation.reply_to, 'Re: hello', 'Yes', invitation))
    house.ok('work', '--once')
    return house


def receive(house, text=CRISIS):
    return house.run('receive', '--to', GROUP, '--from', ROSE, data=letter(ROSE, GROUP, 'tonight', text)).returncode


def calls(house, what):
    try:
        with open(house.words, encoding='utf-8') as f:
            return [line.split() for line in f if line.split()[0] == what]
    except FileNotFoundError:
        return []


def cries(house, address):
    return [m for m in house.mail(address) if 'needs help now' in m.subject]


def faults_in_the_log(house):
    return [e['new'] for e in house.json('audit', 'show', '--max', '100000') if e['act'] == 'fault called']


def check_cry(house):
    """Both contacts have a letter without a word of a patient, and the program was told what it is."""
    for address in (ANA, LEE):
        until(lambda: cries(house, address), what=f'the letter to {address}')
        cry = cries(house, address)[0]
        assert 'does not work' in cry.text and 'kill' not in cry.text and 'Rose' not in cry.text, cry.text
    words = until(lambda: calls(house, 'fault'), what='the program')[0]
    assert words[0][:3] == ['fault', '0', '0'] and len(words[0]) == 4, words


def a_locked_database_pages_from_memory(folder):
    house = house_with_rose(folder)
    with Serving(house, os.path.join(folder, 'log')) as serving:
        db = sqlite3.connect(os.path.join(house.home, 'postcircle.db'), isolation_level=None)
        db.execute('BEGIN EXCLUSIVE')
        assert receive(house) == 75
        until(lambda: calls(house, 'fault'), 60, 'a page from memory')
        check_cry(house)
        db.execute('ROLLBACK')
        db.close()
        assert receive(house) == 0
        until(lambda: [m for m in house.mail(ANA) if 'please claim' in m.subject], 90, 'the alarm, when the lock is gone')
        until(lambda: faults_in_the_log(house), 90, 'the entry in the record')
        assert len(calls(house, 'fault')) == 1 and len(cries(house, ANA)) == 1, 'paged more than once for one trouble'
        assert faults_in_the_log(house)[0].startswith('1: '), faults_in_the_log(house)
        assert 'fault_called' in serving.log()


def a_full_disk_pages_from_memory(folder):
    """A file system of its own, filled to the last block. The mail that comes in stays with its server."""
    disk = os.path.join(folder, 'disk')
    os.mkdir(disk)
    if os.getuid() or subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], check=False).returncode:
        return 'no file system may be mounted here'
    try:
        house = house_with_rose(folder, home_in=disk, relay=f'maildir-each:{folder}/out')
        with Serving(house, os.path.join(folder, 'log')):
            with open(os.path.join(disk, 'filler'), 'wb', buffering=0) as f:
                try:
                    while True:
                        f.write(b'x' * 4096)
                except OSError:
                    pass
            house.count('SELECT COUNT(*) FROM page')
            assert receive(house, CRISIS + ' x' * 40000) == 75
            until(lambda: calls(house, 'fault'), 90, 'a page from memory')
            check_cry(house)
            os.unlink(os.path.join(disk, 'filler'))
            assert receive(house) == 0
            until(lambda: [m for m in house.mail(ANA) if 'please claim' in m.subject], 90, 'the alarm, when there is room')
            until(lambda: faults_in_the_log(house), 90, 'the entry in the record')
    finally:
        subprocess.run(['umount', '-l', disk], check=False)


def a_relay_that_is_down_leaves_the_program(folder):
    """The mail of the alarm cannot leave: the practice's program is run within half a minute, and the mail goes out when the relay is back."""
    house = house_with_rose(folder)
    house.ok('practice', 'set', 'relay', f'smtp://127.0.0.1:{free_port()}')
    with Serving(house, os.path.join(folder, 'log')):
        assert receive(house) == 0
        until(lambda: calls(house, 'fault'), 40, 'the program')
        assert not [m for m in house.mail(ANA) if 'please claim' in m.subject]
        house.ok('practice', 'set', 'relay', f'maildir-each:{house.out}')
        until(lambda: [m for m in house.mail(ANA) if 'please claim' in m.subject], 40, 'the alarm, when the relay is back')
        until(lambda: faults_in_the_log(house), 40, 'the entry in the record')
        assert 'relay' in faults_in_the_log(house)[0]


def a_reader_that_is_killed_each_time_is_told(folder):
    """What cannot be read may be a cry for help: staff hear at once that mail is not read, and the letter is kept."""
    house = house_with_rose(folder)
    killed = os.path.join(folder, 'postcircle-parse')
    with open(killed, 'w', encoding='utf-8') as f:
        f.write('#!/bin/sh\nkill -9 $$\n')
    os.chmod(killed, 0o755)
    with Serving(house, os.path.join(folder, 'log'), {'POSTCIRCLE_PARSER': killed}):
        assert receive(house) == 0
        until(lambda: calls(house, 'fault'), 60, 'a page from memory')
        check_cry(house)
        shutil.copy(os.path.join(BUILD, 'postcircle-parse'), killed + '.new')
        os.replace(killed + '.new', killed)  # in one step: a shell may be in the midst of the old one
        until(lambda: faults_in_the_log(house), 40, 'the entry in the record')
        assert 'reader' in faults_in_the_log(house)[0]
    assert house.count('SELECT COUNT(*) FROM arrival WHERE state IN (2, 3)') == 1, 'the letter is gone'


def one_letter_that_kills_the_reader_is_no_fault_of_the_house(folder):
    """The reader is asked to read an ordinary letter before anybody is called: it can, so the one letter waits for its next try."""
    house = house_with_rose(folder)
    picky = os.path.join(folder, 'postcircle-parse')
    real = os.path.join(BUILD, 'postcircle-parse')
    with open(picky, 'w', encoding='utf-8') as f:  # dies once
        f.write(f'#!/bin/sh\nif [ "$1" != --check ] && mkdir {folder}/died 2>/dev/null; then kill -9 $$; fi\nexec {real} "$@"\n')
    os.chmod(picky, 0o755)
    with Serving(house, os.path.join(folder, 'log'), {'POSTCIRCLE_PARSER': picky}) as serving:
        assert receive(house) == 0
        until(lambda: 'arrival_failed' in serving.log(), what='the failure')
        time.sleep(15)
        assert not calls(house, 'fault') and not cries(house, ANA)


def a_role_that_dies_once_calls_nobody(folder):
    house = house_with_rose(folder)
    with Serving(house, os.path.join(folder, 'log')) as serving:
        for name in ('sort', 'urgent', 'clock'):
            pid = [p for p in os.listdir('/proc') if p.isdigit() and is_role(p, serving.process.pid, name)][0]
            os.kill(int(pid), 9)
        until(lambda: serving.log().count('role_started') >= 8, what='the roles')
        time.sleep(12)
        assert not calls(house, 'fault') and not cries(house, ANA)


def is_role(pid, parent, name):
    try:
        with open(f'/proc/{pid}/stat', encoding='utf-8') as f:
            if int(f.read().rsplit(')', 1)[1].split()[1]) != parent:
                return False
        with open(f'/proc/{pid}/cmdline', encoding='utf-8') as f:
            return name in f.read().split('\0')
    except OSError:
        return False


run_tests([a_locked_database_pages_from_memory, a_full_disk_pages_from_memory, a_relay_that_is_down_leaves_the_program,
           a_reader_that_is_killed_each_time_is_told, one_letter_that_kills_the_reader_is_no_fault_of_the_house, a_role_that_dies_once_calls_nobody])
