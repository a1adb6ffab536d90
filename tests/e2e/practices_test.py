#!/usr/bin/python3
"""Two practices in one home: domains, people and mail apart. And init on PostgreSQL: what fails leaves nothing behind, twice is told."""
import email
import email.policy
import glob
import json
import os
import re
import sqlite3
import subprocess
import sys

from house_kit import PROGRAM, run_tests

EX_USAGE, EX_DATAERR, EX_NOINPUT = 64, 65, 66
LAKE, HILL = 'groups.lake.example.org', 'groups.hill.example.org'


def run(home, *words, code=0, data=b''):
    done = subprocess.run([PROGRAM, '--home', home, *words], input=data, capture_output=True, timeout=60, check=False)
    assert done.returncode == code, f'{words}: exit {done.returncode}, not {code}\n{done.stdout.decode()}\n{done.stderr.decode()}'
    return done.stdout.decode() + done.stderr.decode()


def answers(name, domain, *more):
    return ('--practice-name', name, '--office-phone', '(555) 555-0100', '--domain', domain, '--moderator', f'Ana Ruiz <ana@{domain}>', *more)


def two(folder):
    home = f'{folder}/home'
    run(home, 'init', *answers('Lake Clinic', LAKE, '--relay', f'maildir:{folder}/out', '--made-for', 'test'))
    run(home, 'practice', 'add', *answers('Hill Clinic', HILL, '--relay', f'maildir:{folder}/out'))
    return home


def mails(folder):
    return [email.message_from_bytes(open(f, 'rb').read(), policy=email.policy.default) for f in glob.glob(f'{folder}/out/new/*')]


def a_command_asks_which_practice(folder):
    home = two(folder)
    for words in (('group', 'list'), ('practice', 'show'), ('audit', 'show'), ('rekey',)):
        said = run(home, *words, code=EX_DATAERR)
        assert '2 practices' in said and '--practice' in said and LAKE in said and HILL in said, said
    assert LAKE in run(home, '--practice', 'groups.example.com', 'status', code=EX_NOINPUT)


def what_is_about_the_home_asks_nobody(folder):
    home, copy = two(folder), f'{folder}/nightly.db'
    for _ in range(2):
        run(home, 'backup', '--replace', copy)
    assert os.listdir(folder).count('nightly.db') == 1 and 'nightly.db.part' not in os.listdir(folder)
    with open(f'{folder}/other', 'w', encoding='ascii') as f:
        f.write('no backup')
    for other in (f'{folder}/other', f'{home}.key', f'{home}/postcircle.db', home):
        with open(other, 'rb') if os.path.isfile(other) else open(os.devnull, 'rb') as f:
            before = f.read(64)
            run(home, 'backup', '--replace', other, code=73)
            f.seek(0)
            assert f.read(64) == before and (other == home or os.stat(other).st_ino == os.fstat(f.fileno()).st_ino)
    for words in (('status',), ('audit', 'verify')):
        said = run(home, *words)
        assert LAKE in said and HILL in said, said
        assert [p['practice'] for p in json.loads(run(home, *words, '--json'))['practices']] == [LAKE, HILL]
    said = run(home, 'doctor', code=1)
    assert said.count('audit log') == 2 and said.count('key file') == 1 and len(re.findall(r'last backup +0 days ago', said)) == 1, said
    assert f'--home {home} practice set authserv-id' in said, said
    assert 'say which' in run(home, 'audit', 'verify', '--anchor', copy, code=EX_DATAERR)
    for domain in (LAKE, HILL):
        assert run(home, '--practice', domain, 'audit', 'show').count('nightly.db') == 2
    for name in glob.glob(f'{home}/postcircle.db*'):
        os.remove(name)
    assert 'is no backup' in run(home, 'restore', f'{folder}/other', code=78)
    run(home, 'restore', copy)
    assert run(home, 'status').count('RESTORED') == 2
    run(home, 'restore', '--release')
    assert 'RESTORED' not in run(home, 'status')


def practices_are_apart(folder):
    home = two(folder)
    for domain, name in ((LAKE, 'Lake Clinic'), (HILL, 'Hill Clinic')):
        run(home, '--practice', domain, 'group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday')
        assert json.loads(run(home, '--json', '--practice', domain, 'practice', 'show'))['name'] == name
    run(home, '--practice', HILL, 'member', 'add', '--group', 'tuesday', '--name', 'Maria Santos', '--email', 'maria@example.net')
    assert 'Maria' not in run(home, '--practice', LAKE, 'member', 'list', 'tuesday')
    assert 'nobody with this address' in run(home, '--practice', LAKE, 'member', 'show', 'maria@example.net', code=EX_NOINPUT)
    run(home, 'work', '--once')
    asked = [m for m in mails(folder) if m['To'].endswith('maria@example.net') or '<maria@example.net>' in m['To']]
    assert len(asked) == 1 and HILL in asked[0]['From'] and LAKE not in asked[0].as_string(), asked
    note = f'From: maria@example.net\r\nTo: tuesday@{LAKE}\r\nMessage-ID: <a@example.net>\r\nSubject: hello\r\n\r\nI walked.\r\n'.encode()
    run(home, 'receive', '--from', 'maria@example.net', '--to', f'tuesday@{LAKE}', data=note)
    run(home, 'work', '--once')
    with sqlite3.connect(f'{home}/postcircle.db') as db:
        assert db.execute('SELECT d.name, COUNT(*) FROM arrival a JOIN domain d ON d.practice_id = a.practice_id GROUP BY 1').fetchall() == [(LAKE, 1)]
    for domain in (LAKE, HILL):
        run(home, '--practice', domain, 'audit', 'verify')
    run(home, 'receive', '--to', 'tuesday@groups.example.com', data=note, code=67)
    assert 'in use' in run(home, 'practice', 'add', *answers('Third', LAKE), code=EX_DATAERR)
    run(home, '--practice', LAKE, 'rekey')
    assert 'Maria' in run(home, '--practice', HILL, 'member', 'list', 'tuesday')


def mail_of_nobody_is_counted(folder):
    home, box = two(folder), f'{folder}/in'
    for name in ('new', 'cur', 'tmp'):
        os.makedirs(f'{box}/{name}')
    with open(f'{home}/postcircle.ini', encoding='utf-8') as f:
        settings = f.read().replace('[receive]\n', f'[receive]\nmaildir = {box}\n')
    with open(f'{home}/postcircle.ini', 'w', encoding='utf-8') as f:
        f.write(settings)
    for name, to in (('1.ours', f'tuesday@{HILL}'), ('2.nobodys', 'someone@groups.example.com')):
        with open(f'{box}/new/{name}', 'w', encoding='ascii') as f:
            f.write(f'Delivered-To: {to}\nFrom: maria@example.net\nTo: {to}\nMessage-ID: <{name}@example.net>\nSubject: hello\n\nI walked.\n')

    def told():
        doctor = json.loads(subprocess.run([PROGRAM, '--home', home, '--practice', LAKE, '--json', 'doctor'], capture_output=True, timeout=60, check=False).stdout)
        found = [c for c in doctor['checks'] if c['what'] == 'Maildir']
        return json.loads(run(home, '--json', '--practice', LAKE, 'status'))['maildir'], found[0]['level'], found[0]['found']

    assert told() == ({'waiting': 1, 'nobodys': 1}, 'warn', 'in new/ and belong to nobody: 1'), told()
    run(home, 'work', '--once')
    assert told()[0] == {'waiting': 0, 'nobodys': 1} and os.listdir(f'{box}/new') == ['2.nobodys']
    os.remove(f'{box}/new/2.nobodys')
    assert told()[0] == {'waiting': 0, 'nobodys': 0} and told()[1] == 'ok'
    os.rename(f'{box}/cur', f'{box}/away')
    assert 'cur' in run(home, '--practice', LAKE, 'doctor', code=1)


def a_wrong_answer_makes_nothing(folder):
    home = f'{folder}/home'
    good = answers('Lake Clinic', LAKE)
    for option, value in (('--office-phone', '12'), ('--office-hours', '8-5'), ('--zone', 'EST5'), ('--relay', 'mail'), ('--relay', 'smtp://mail.example.org'), ('--relay', 'smtps://u:p@mail.example.org'), ('--domain', 'lake'),
                          ('--moderator', 'Ana Ruiz'), ('--moderator', 'Ana <ana>'), ('--second', 'Lee'), ('--second', f'Lee <ana@{LAKE}>')):
        said = run(home, 'init', *good, option, value, code=EX_DATAERR)
        assert said.startswith(f'postcircle: {option}: ') and said.count('\n') == 1 and f'{option[2:]}: ' not in said[len(option) + 14:], said
    run(home, 'init', *good, '--key-file', f'{home}/key', code=EX_DATAERR)
    run(f'{folder}/no/home', 'init', *good, code=EX_DATAERR)
    assert f'install -d -m 700 {folder}/keys' in run(home, 'init', *good, '--key-file', f'{folder}/keys/key', code=EX_DATAERR)
    assert os.listdir(folder) == [], os.listdir(folder)
    run(home, 'init', *good)
    assert 'practice add' in run(home, 'init', *good, code=EX_DATAERR)
    assert 'belong to another home?' in run(f'{folder}/home2', 'init', *good, '--key-file', f'{home}.key', code=EX_DATAERR)
    assert 'there is no such post' in run(home, 'report', 'delivery', '--post', '1', code=EX_NOINPUT)
    assert 'not a domain of this home' in run(home, 'receive', '--to', 'x@other.example.org', data=b'Subject: x\n\nx\n', code=67)
    run(home, 'group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday')
    for name in ('maria', 'rose'):
        run(home, 'member', 'add', '--group', 'Tuesday', '--name', 'A Person', '--email', f'{name}@example.net')
    assert ', invited 2' in run(home, 'group', 'show', 'TUESDAY')


def on_postgresql(folder):
    """Runs the part below with a server of its own."""
    done = subprocess.run(['tests/with-postgres', sys.executable, __file__, '--inside', folder], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode == 77:
        return 'no PostgreSQL here'
    assert done.returncode == 0, done.stdout + done.stderr
    return None


def inside(folder):
    url, home = os.environ['POSTCIRCLE_TEST_PG'], f'{folder}/pg'
    good = (*answers('Lake Clinic', LAKE, '--relay', f'maildir:{folder}/out', '--made-for', 'test'), '--database', url)
    run(home, 'init', *good, '--second', 'Lee <lee@' + 'x' * 70 + '.example.org>', code=EX_DATAERR)
    # what no form tells: the second person cannot be added, when the practice is made already
    run(home, 'init', *good, '--second', 'N' * 90 + ' <lee@example.org>', code=EX_DATAERR)
    assert os.listdir(folder) == [], os.listdir(folder)
    run(home, 'init', *good)
    said = run(f'{folder}/other', 'init', *good, code=EX_DATAERR)
    assert 'holds an installation already' in said and sorted(os.listdir(folder)) == ['pg', 'pg.key'], (said, os.listdir(folder))
    run(home, 'group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday')
    run(home, 'audit', 'verify')


if sys.argv[1:2] == ['--inside']:
    inside(sys.argv[2])
else:
    run_tests([a_command_asks_which_practice, what_is_about_the_home_asks_nobody, practices_are_apart, mail_of_nobody_is_counted, a_wrong_answer_makes_nothing, on_postgresql])
