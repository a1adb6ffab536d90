#!/usr/bin/python3
"""--json: every command prints one JSON value on standard output, or one JSON error; --help works everywhere and needs no home."""
import json
import os
import re
import subprocess

from house_kit import PROGRAM, House, run_tests

NOTE = b'From: maria@example.com\r\nTo: tuesday@groups.example.org\r\nSubject: hello\r\nMessage-ID: <a@example.com>\r\n\r\nI walked today.\r\n'
CSV = 'name,email\nRose Marsh,rose@example.com\n'
# what says nothing on standard output, because a mail server or a supervisor runs it, or plays a demo
SILENT = {'receive', 'serve', 'role', 'demo', 'phones'}


def commands():
    listed = subprocess.run([PROGRAM, '--help'], capture_output=True, check=True).stdout.decode()
    return re.findall(r'^  ([a-z]+(?: [a-z]+)?) {2,}', listed, re.M)


def every_command_speaks_json(folder):
    house = House(folder)
    with open(f'{folder}/people.csv', 'w', encoding='utf-8') as f:
        f.write(CSV)
    calls = [
        ('practice set', 'emergency-line', '112'), ('practice show',),
        ('staff add', '--name', 'Kim Lo', '--email', 'kim@clinic.example.org', '--duty', '3'), ('staff list',), ('staff oncall',),
        ('staff set', 'kim@clinic.example.org', '--title', 'doctor'),
        ('group add', '--name', 'Tuesday Circle', '--alias', 'Tuesday'), ('group set', 'tuesday', '--short', 'A group'), ('group list',), ('group show', 'tuesday'), ('group check', 'tuesday'),
        ('member add', '--group', 'tuesday', '--name', 'Maria Keller', '--email', 'maria@example.com'), ('member list', 'tuesday'),
        ('member import', '--group', 'tuesday', '--dry-run', f'{folder}/people.csv'), ('member show', 'maria@example.com'),
        ('member set', 'maria@example.com', '--group', 'tuesday', '--rhythm', 'weekly'),
        ('inspect',), ('review list',), ('review parked',), ('review strangers',), ('review private',), ('topic list', 'tuesday'), ('topic hour', 'tuesday'), ('topic cancel', '1'), ('topic series', 'tuesday'), ('topic change', '1', '--text', 'How do you sleep?'), ('topic skip', '1', '2027-01-05'), ('topic end', '1'), ('poll add', 'tuesday'), ('poll show', '1'), ('checkin add', 'tuesday'), ('checkin list', 'tuesday'), ('checkin show', '1'), ('checkin end', '1'), ('group card', 'tuesday', '--html', f'{folder}/card.html'), ('review show', '1'), ('review decide', '1', 'OK'),
        ('post announce', 'tuesday', '--by', 'ana@clinic.example.org', '--text', 'We are closed on Friday.'),
        ('post topic', 'tuesday', '--by', 'ana@clinic.example.org', '--text', 'How do you sleep?'),
        ('digest preview', 'tuesday'), ('digest send', 'tuesday'), ('work', '--once'), ('status',), ('doctor',), ('audit show',), ('report delivery', '--group', 'tuesday'), ('report group', 'tuesday'), ('report person', 'maria@example.com'), ('purge old', '--dry-run'), ('export', f'{folder}/copy', '--person', 'maria@example.com'), ('purge person', 'maria@example.com', '--dry-run'), ('audit verify',),
        ('backup', f'{folder}/copy.db'), ('restore', '--release'), ('rekey',), ('member remove', 'maria@example.com', '--group', 'tuesday', '--reason', 'moved'),
        ('group resume', 'tuesday'), ('triage show',), ('triage accept',), ('triage score', '70'), ('connect', 'google'),
        ('visit add', 'tuesday', '--at', '2099-03-05 14:00', '--title', 'Eating out', '--question', 'How are you?'), ('visit list',), ('visit show', '1'),
        ('visit set', '1', '--capacity', '12'), ('visit move', '1', '--to', '2099-03-12 14:00'), ('visit attend', '1', 'none'), ('visit cancel', '1'),
        ('text add', 'kannel', '--number', '+15550100'), ('text set', '--budget', '500'), ('text list',), ('report texts',), ('staff calendar', 'ana@clinic.example.org'), ('zoom show',), ('zoom set',),
        ('group end', 'tuesday', '--yes'), ('init',), ('practice add',),
    ]
    wrong, served = [], set()
    for words, *rest in calls:
        done = house.run(*words.split(), *rest, '--json', data=NOTE if words == 'inspect' else b'')
        served.add(words)
        try:
            if done.returncode in (0, 1):
                json.loads(done.stdout)
            else:
                json.loads([line for line in done.stderr.decode().split('\n') if line.startswith('{')][-1])
        except (ValueError, IndexError):
            wrong.append((words, done.returncode, done.stdout[:200], done.stderr[:200]))
    assert not wrong, '\n'.join(map(str, wrong))
    assert set(commands()) - SILENT == served, set(commands()) ^ served


def what_fails_speaks_json_too(folder):
    for words in (['group', 'list'], ['doctor'], ['frob'], ['member'], ['group', 'list', '--frob'], ['member', 'add']):
        done = subprocess.run([PROGRAM, *words, '--json', '--home', f'{folder}/none'], capture_output=True, timeout=20, check=False)
        said = json.loads(done.stdout or done.stderr)
        assert done.returncode != 0 and ('message' in said or said['ok'] is False), (words, said)


def help_is_everywhere(folder):
    env = {k: v for k, v in os.environ.items() if k != 'POSTCIRCLE_HOME'}
    for command in commands():
        done = subprocess.run([PROGRAM, *command.split(), '--help'], capture_output=True, cwd=folder, env=env, timeout=20, check=False)
        assert done.returncode == 0 and done.stdout.startswith(b'postcircle ' + command.encode()) and not done.stderr, (command, done.returncode, done.stderr)
        assert max(len(line) for line in done.stdout.decode().split('\n')) <= 120, command


run_tests([every_command_speaks_json, what_fails_speaks_json_too, help_is_everywhere])
