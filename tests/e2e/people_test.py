#!/usr/bin/python3
"""The command line for practice, staff, groups and members, on a home of its own. Prints ok NAME or not ok NAME."""
import email
import email.policy
import glob
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

PROGRAM = os.path.abspath(os.path.join(os.environ.get('POSTCIRCLE_BUILD', 'build/release'), 'postcircle'))
CANARIES = ['Canarina', 'Zwitscher', 'canary-one@example.net', 'canary-two', '555-555-0142', 'MRN-77123', 'Vogelnest']
EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_CANTCREAT = 64, 65, 66, 73


class Home:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='postcircle-e2e.')
        self.path = os.path.join(self.folder, 'home')

    def run(self, *words, code=0):
        done = subprocess.run([PROGRAM, '--home', self.path, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode == code, f'{words}: exit {done.returncode}, not {code}\n{done.stdout}\n{done.stderr}'
        return done

    def json(self, *words):
        return json.loads(self.run('--json', *words).stdout)

    def init(self, *more):
        return self.run('init', '--practice-name', 'Lakeside Clinic', '--office-phone', '(555) 555-0100', '--domain', 'groups.example.org',
                        '--moderator', 'Ana Ruiz <ana@example.org>', '--moderator-title', 'nurse', '--made-for', 'test', *more)

    def group(self):
        return self.json('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--long', 'A group for us.', '--rule', 'Be kind.')

    def file(self, text):
        path = os.path.join(self.folder, 'people.csv')
        with open(path, 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path


def init_makes_a_home_once(home):
    done = home.init()
    assert 'WARNING' in done.stderr and 'one person' in done.stderr, done.stderr
    assert os.stat(home.path + '.key').st_mode & 0o777 == 0o600
    assert os.stat(home.path).st_mode & 0o777 == 0o700
    assert 'already' in home.run('init', '--practice-name', 'X', '--office-phone', '555-555-0100', '--domain', 'x.example.org', '--moderator',
                                 'A B <a@example.org>', code=EX_DATAERR).stderr
    assert home.json('practice', 'show')['office-hours'] == 'Mon-Fri 08:00-17:00'


def init_leaves_nothing_when_it_fails(home):
    home.run('init', '--practice-name', 'X', '--office-phone', '555-555-0100', '--domain', 'nonsense', '--moderator', 'A B <a@example.org>',
             code=EX_DATAERR)
    assert not os.path.exists(home.path + '.key')
    assert 'WARNING' not in home.init('--second', 'Lee Park <lee@example.org>').stderr


def usage_is_explained(home):
    assert 'Name of the practice' in home.run('init', code=EX_USAGE).stderr
    assert 'which one' in home.run('member', code=EX_USAGE).stderr
    assert '--help' in home.run('nonsense', code=EX_USAGE).stderr
    assert '--colour' in home.run('group', 'add', '--colour', 'red', code=EX_USAGE).stderr
    assert 'practice set' in home.run('--help').stdout
    for words in ('init', 'practice set', 'staff add', 'group add', 'member add', 'member import', 'member remove'):
        assert words in home.run(*words.split(), '--help').stdout
    assert 'init' in home.run('practice', 'show', code=EX_NOINPUT).stderr


def practice_is_set_and_checked(home):
    home.init()
    home.run('practice', 'set', 'zone', 'America/Chicago', 'office-hours', 'Mon-Thu 9:00-16:00')
    assert home.json('practice', 'show')['zone'] == 'America/Chicago'
    home.run('practice', 'set', 'zone', 'Nowhere', code=EX_DATAERR)
    home.run('practice', 'set', 'colour', 'red', code=EX_NOINPUT)
    assert 'from 1 to 3650' in home.run('practice', 'set', 'retention-days', '0', code=EX_DATAERR).stderr
    for relay, said in (('smtp://mail.example.org', 'clear text'), ('smtps://ana:canary-secret@mail.example.org', 'no password in it')):
        told = home.run('practice', 'set', 'relay', relay, code=EX_DATAERR).stderr
        assert said in told and 'canary' not in told, told


def a_zone_is_a_place(home):
    home.init()
    for zone, place in (('EST', 'America/New_York'), ('mst', 'America/Phoenix'), ('Etc/GMT+5', 'a place'), ('Nowhere/Town', 'America/New_York')):
        said = home.run('practice', 'set', 'zone', zone, code=EX_DATAERR).stderr
        assert place in said and said.count('\n') == 1, said
    home.run('group', 'add', '--name', 'A', '--alias', 'A', '--zone', 'EST', code=EX_DATAERR)
    assert home.run('practice', 'set', 'zone', 'America/Phoenix', 'holidays', '').stdout == 'Set: zone America/Phoenix, holidays (taken away)\n'


def the_domain_of_open_groups_moves_on_purpose(home):
    home.init()
    home.run('practice', 'set', 'domain', 'circles.example.org')
    home.run('practice', 'set', 'domain', 'groups.example.org')
    home.group()
    told = home.run('practice', 'set', 'domain', 'circles.example.org', code=EX_DATAERR).stderr
    assert '1 open group:' in told and '--yes' in told, told
    home.run('practice', 'set', 'domain', 'groups.example.org')
    home.run('practice', 'set', '--yes', 'domain', 'circles.example.org')
    assert home.json('practice', 'show')['domain'] == 'circles.example.org'


def staff_are_added_and_ordered(home):
    home.init()
    home.run('staff', 'add', '--name', 'Lee Park', '--email', 'lee@example.org', '--title', 'doctor', '--role', 'provider', '--duty', '2')
    home.run('staff', 'add', '--name', 'Lee Again', '--email', 'LEE@example.org', code=EX_DATAERR)
    home.run('staff', 'oncall', 'lee@example.org', 'ana@example.org')
    assert [s['name'] for s in home.json('staff', 'list')] == ['Lee Park', 'Ana Ruiz']
    assert 'fewer than two people can be paged' in home.run('staff', 'set', 'lee@example.org', '--role', 'provider', '--duty', '0').stderr
    assert not home.run('staff', 'set', 'lee@example.org', '--duty', '1').stderr
    assert 'fewer than two people can be paged' in home.run('staff', 'set', 'lee@example.org', '--gone').stderr
    assert [s['name'] for s in home.json('staff', 'list')] == ['Ana Ruiz']


def patients_become_staff_on_purpose(home):
    home.init()
    home.group()
    seat = ['member', 'add', '--group', 'tuesday', '--name', 'Rose Marsh', '--email']
    home.run(*seat, 'rose@example.net')
    job = ['staff', 'add', '--name', 'Rose Marsh', '--email', 'ROSE@example.net']
    assert '--also-patient' in home.run(*job, code=EX_DATAERR).stderr
    assert len(home.json('staff', 'list')) == 1
    home.run(*job, '--also-patient')
    assert '--also-staff' in home.run(*seat, 'ana@example.org', code=EX_DATAERR).stderr
    rows = home.file('name,email\nTom Baker,t@example.net\nAna Ruiz,ana@example.org\n')
    assert 'line 3: email: a staff member' in home.run('member', 'import', '--group', 'tuesday', rows, code=EX_DATAERR).stderr
    assert len(home.json('member', 'list', 'tuesday')) == 1
    home.run('member', 'add', '--group', 'tuesday', '--name', 'Una Ruiz', '--email', 'ana@example.org', '--also-staff')


def groups_live_and_end(home):
    home.init()
    assert home.group()['address'] == 'tuesday@groups.example.org'
    home.run('group', 'add', '--name', 'Other', '--alias', 'tuesday!', code=EX_DATAERR)
    home.run('group', 'add', '--name', 'Cancer', '--alias', 'Cancer talk', '--forbidden', 'cancer', code=EX_DATAERR)
    home.run('group', 'set', 'tuesday', '--digest-hour', '18:30', '--weekday', 'friday', '--end', '2031-02-28', '--review', 'two-people')
    shown = home.json('group', 'show', 'tuesday')
    assert (shown['digest_hour'], shown['weekday'], shown['end'], shown['review']) == ('18:30', 'friday', '2031-02-28', 'two-people'), shown
    home.run('group', 'set', 'tuesday', '--end', '2031-02-30', code=EX_DATAERR)
    said = home.run('group', 'end', 'tuesday', code=EX_DATAERR).stderr
    assert '0 members' in said and '--yes' in said and home.json('group', 'list')[0]['state'] == 'open', said
    home.run('group', 'end', 'tuesday', '--yes')
    [listed] = home.json('group', 'list')
    assert listed['state'] == 'ended' and listed['members'] == 0 and listed['id'] > 1 << 40, listed
    home.run('group', 'end', 'tuesday', code=EX_DATAERR)
    home.run('member', 'add', '--group', 'tuesday', '--name', 'Rose Marsh', '--email', 'rose@example.net', code=EX_DATAERR)


def an_alias_that_tells_is_warned_of(home):
    home.init()
    for name, alias, word in (('Type 2 Diabetes Support', 'Diabetes Tuesday', 'diabetes'), ('Corazón', 'Corazón Martes', 'corazon'), ('Living Alone', 'Alone', 'alone')):
        said = home.run('group', 'add', '--name', name, '--alias', alias).stderr
        assert f'"{word}"' in said and 'strangers' in said and f'--home {home.path} group set' in said, said
    for name, alias in (('Tuesday Circle', 'Tuesday'), ('Type 2 Diabetes Support', 'Lake Circle')):
        assert 'strangers' not in home.run('group', 'add', '--name', name, '--alias', alias).stderr
    assert '"heart"' in home.run('group', 'set', 'lake-circle', '--alias', 'Heart Circle').stderr
    assert home.run('group', 'set', 'lake-circle', '--digest-hour', '10:00').stderr == ''


def members_come_and_go(home):
    home.init()
    home.group()
    assert home.json('member', 'add', '--group', 'tuesday', '--name', 'Maria Santos', '--email', 'maria@example.net')['shown_name'] == 'Maria'
    second = home.json('member', 'add', '--group', 'tuesday', '--name', 'Maria Stone', '--email', 'stone@example.net', '--paper', 'form of 3 May', '--tag', 'new')
    assert second['shown_name'] == 'Maria S.'
    assert 'SMTPUTF8' in home.run('member', 'add', '--group', 'tuesday', '--name', 'José', '--email', 'josé@example.net', code=EX_DATAERR).stderr
    said = home.run('member', 'set', 'stone@example.net', '--group', 'tuesday', '--rhythm', 'weekly', '--shown-name', 'Mia', '--tag', 'a', '--tag', 'b').stdout
    assert said == 'Set: shown-name Mia, rhythm weekly, tag a, tag b\n', said
    shown = home.json('member', 'show', 'stone@example.net')
    assert shown['memberships'][0]['rhythm'] == 'weekly' and shown['memberships'][0]['shown_name'] == 'Mia'
    assert [c['way'] for c in shown['consents']] == ['paper', 'paper'] and shown['consents'][0]['evidence'] == 'form of 3 May'
    home.run('member', 'set', 'stone@example.net', '--shown-name', 'maria', code=EX_DATAERR)
    home.run('member', 'remove', 'stone@example.net', code=EX_USAGE)
    home.run('member', 'remove', 'stone@example.net', '--reason', 'died')
    assert home.json('member', 'show', 'stone@example.net')['state'] == 'died'
    assert sorted(m['state'] for m in home.json('member', 'list', 'tuesday')) == ['invited', 'removed']


def namesakes_of_staff_are_told(home):
    home.init()
    home.group()
    home.run('member', 'add', '--group', 'tuesday', '--name', 'Zoé Hill', '--email', 'zoe@example.net')
    assert 'shows the name Zoe too' in home.run('staff', 'add', '--name', 'Zoe Dale', '--email', 'zd@example.org').stderr
    assert 'shows' not in home.run('staff', 'add', '--name', 'Kim Dale', '--email', 'kd@example.org').stderr
    assert home.json('member', 'add', '--group', 'tuesday', '--name', 'Kim Lo', '--email', 'kim@example.net')['shown_name'] == 'Kim L.'
    assert 'staff' in home.run('member', 'set', 'kim@example.net', '--shown-name', 'Nurse Kim', code=EX_DATAERR).stderr


def import_is_all_or_nothing(home):
    home.init()
    home.group()
    good = 'name,email,phone,tags\n"Marsh, Rose",rose@example.net,555-555-0101,new;tuesday\r\nHarold Marsh,rose@example.net,,\n'
    assert 'dry run' in home.run('member', 'import', '--group', 'tuesday', '--dry-run', home.file(good)).stdout
    assert home.json('member', 'list', 'tuesday') == []
    bad = home.run('member', 'import', '--group', 'tuesday', home.file(good + 'Tom Baker,tom,,\nSue,sue@example.net,1,,x\nAnn,ann@example.net,,\n'), code=EX_DATAERR)
    assert 'line 4: ' in bad.stderr and 'line 5: 5 fields' in bad.stderr and 'line 6' not in bad.stderr, bad.stderr
    assert home.json('member', 'list', 'tuesday') == []
    home.run('member', 'import', '--group', 'tuesday', home.file(b'\xef\xbb\xbf' + good.encode()))
    assert sorted(m['shown_name'] for m in home.json('member', 'list', 'tuesday')) == ['Harold', 'Rose']
    titled = 'name,email\nMRS BETTY HILL,b@example.net\n"Sra. Lopez, Carmen",c@example.net\n"Baker, Tom",t@example.net\n"Ned Dale, Jr.",n@example.net\nMr. Ford,f@example.net\n'
    assert 'line 3: name: write it' in home.run('member', 'import', '--group', 'tuesday', home.file('name,email\nZoe Hill,z@example.net\n"Hill, Ann, Bea",a@example.net\n'),
                                                code=EX_DATAERR).stderr
    home.run('member', 'import', '--group', 'tuesday', home.file(titled))
    shown = [m['shown_name'] for m in home.json('member', 'list', 'tuesday')]
    assert set(shown) == {'Rose', 'Harold', 'BETTY', 'Carmen', 'Tom', 'Ned', 'Mr. Ford'}, shown
    again = home.run('member', 'import', '--group', 'tuesday', home.file(good), code=EX_DATAERR)
    assert 'line 2: ' in again.stderr and 'line 3: ' in again.stderr


def import_tells_all_faults_and_skips_whom_it_knows(home):
    home.init()
    home.group()
    head = 'name,email,phone,rhythm,hour\n'
    said = home.run('member', 'import', '--group', 'tuesday', home.file(head + 'Tom Baker,tom,1,often,25:00\n'), code=EX_DATAERR).stderr
    assert all(what in said for what in ('line 2: email: ', '; phone: ', '; rhythm: ', '; time: ')), said
    said = home.run('member', 'import', '--group', 'tuesday', home.file('name;email\nTom Baker;tom@example.net\n'), code=EX_DATAERR).stderr
    assert 'semicolons' in said and 'commas' in said, said
    home.run('member', 'add', '--group', 'tuesday', '--name', 'Tom Baker', '--email', 'tom@example.net')
    more = home.file(head + '"Baker, Tom",TOM@example.net,,,\nMay Baker,tom@example.net,,,\nSue Carver,sue@example.net,,,\n')
    home.run('member', 'import', '--group', 'tuesday', more, code=EX_DATAERR)
    dry = home.run('member', 'import', '--group', 'tuesday', '--skip-known', '--dry-run', more).stdout
    assert 'skipped: invited' in dry and '2 people would be invited, 1 skipped as known' in dry, dry
    told = home.json('member', 'import', '--group', 'tuesday', '--skip-known', more)
    assert (told['row_count'], told['skipped_count'], told['is_taken']) == (3, 1, True), told
    assert len(home.json('member', 'list', 'tuesday')) == 3
    assert home.run('member', 'import', '--group', 'tuesday', '--skip-known', more).stdout == '0 people invited, 3 skipped as known.\n'


def a_dry_run_shows_each_line(home):
    home.init()
    home.run('group', 'add', '--name', 'Other', '--alias', 'Other')
    home.group()
    home.run('member', 'add', '--group', 'other', '--name', 'Rose Marsh', '--email', 'rose@example.net', '--phone', '555-555-0101')
    home.run('member', 'add', '--group', 'other', '--name', 'Tom Baker', '--email', 'tom@example.net')
    rows = 'name,email,phone\nRose Marsh,rose@example.net,555-555-0102\nTom Baker,tom@example.net,\nMay Baker,tom@example.net,\nAna Gomez,ag@example.net,\nBad,bad,\n'
    dry = home.run('member', 'import', '--group', 'tuesday', '--dry-run', home.file(rows), code=EX_DATAERR)
    lines = dry.stdout.split('\n')
    for number, told in enumerate(('known person, changed', 'known person', 'new person, shares the address', 'new person',
                                   'REFUSED: email: address has no @'), 2):
        assert lines[number - 1].startswith(f'{number} ') and lines[number - 1].endswith('  ' + told), (told, lines)
    assert ' Ana G. ' in lines[4] and '1 of 5 rows refused' in dry.stdout, lines
    told = subprocess.run([PROGRAM, '--home', home.path, '--json', 'member', 'import', '--group', 'tuesday', '--dry-run', home.file(rows)], capture_output=True, check=False)
    rows_told = json.loads(told.stdout)['rows']
    assert [r['line'] for r in rows_told] == [2, 3, 4, 5, 6] and rows_told[4]['does'] == 'refused' and 'why' in rows_told[4], rows_told
    assert home.json('member', 'list', 'tuesday') == [] and home.json('member', 'show', 'rose@example.net')['phone'] == '555-555-0101'
    good = rows.replace('Bad,bad,\n', '')
    home.run('member', 'import', '--group', 'tuesday', home.file(good))
    assert home.json('member', 'show', 'rose@example.net')['phone'] == '555-555-0102'
    assert len(home.json('member', 'list', 'tuesday')) == 4


def a_file_of_another_length_is_refused(home):
    home.init()
    home.group()
    rows = home.file('name,email\nRose Marsh,rose@example.net\nTom Baker,tom@example.net\n')
    for wrong in ('1', '3', 'two'):
        assert '--expect' in home.run('member', 'import', '--group', 'tuesday', '--expect', wrong, rows, code=EX_DATAERR).stderr
    assert home.json('member', 'list', 'tuesday') == []
    assert '2 people would' in home.run('member', 'import', '--group', 'tuesday', '--expect', '2', '--dry-run', rows).stdout
    assert '2 people invited' in home.run('member', 'import', '--group', 'tuesday', '--expect', '2', rows).stdout


def a_spanish_invitation_has_no_english_word(home):
    home.init('--relay', f'maildir:{home.folder}/out')
    home.group()
    home.run('member', 'add', '--group', 'tuesday', '--name', 'María Santos', '--email', 'maria@example.net', '--language', 'es')
    home.run('work', '--once')
    mails = [email.message_from_bytes(open(f, 'rb').read(), policy=email.policy.default) for f in glob.glob(f'{home.folder}/out/new/*')]
    text = [m for m in mails if 'maria@' in m['To']][0].get_body(('plain',)).get_content()
    assert 'Ana Ruiz, profesional de enfermería' in ' '.join(text.split()) and 'nurse' not in text, text


def import_refuses_what_it_cannot_read(home):
    home.init()
    home.group()
    for text, said in (('name,mail\n', 'header'), ('name\nRose\n', 'needs name and email'), ('', 'empty'), ('name,email,name\n', 'twice'),
                       ('name,email\n"Rose,rose@example.net\n', 'quote'), (b'name,email\nJos\xe9,j@example.net\n', 'UTF-8')):
        assert said in home.run('member', 'import', '--group', 'tuesday', home.file(text), code=EX_DATAERR).stderr, text


def a_slipped_column_is_refused(home):
    home.init()
    home.group()
    people = [('Rose Marsh', 'rose.marsh@example.net'), ('Tom Baker', 'tbaker@example.net'), ('Sue Carver', 'carver55@example.net'),
              ('Ann Dover', 'ann.dover@example.net'), ('Li Wu', 'liwu@example.net')]
    slipped = zip([n for n, _ in people], [e for _, e in people[1:] + people[:1]])
    done = home.run('member', 'import', '--group', 'tuesday', home.file('name,email\n' + ''.join(f'{n},{e}\n' for n, e in slipped)), code=EX_DATAERR)
    assert 'slipped' in done.stderr
    assert home.json('member', 'list', 'tuesday') == []
    done = home.run('member', 'import', '--group', 'tuesday', home.file('name,phone,email\nRose Marsh,rose@example.net,555-555-0101\n'), code=EX_DATAERR)
    assert 'line 2: ' in done.stderr and 'email: address has no @' in done.stderr, done.stderr
    home.run('member', 'import', '--group', 'tuesday', home.file('name,email\n' + ''.join(f'{n},{e}\n' for n, e in people)))


def a_backup_is_whole_or_absent(home):
    home.init()
    copy = os.path.join(home.folder, 'copy.db')
    for bad in ('/nonexistent/copy.db', home.folder, '/proc/copy.db'):
        done = home.run('backup', bad, code=EX_CANTCREAT)
        assert len(done.stderr.strip().split('\n')) == 1, done.stderr
    with open(copy + '.part', 'w', encoding='ascii') as f:
        f.write('what a killed one left')
    home.run('backup', copy)
    assert 'name a new file' in home.run('backup', copy, code=EX_CANTCREAT).stderr and not os.path.exists(copy + '.part')
    assert sqlite3.connect(copy).execute('PRAGMA integrity_check').fetchone() == ('ok',)
    assert 'no such backup' in home.run('restore', '/nonexistent', code=EX_NOINPUT).stderr
    advice = home.run('restore', copy, code=EX_DATAERR).stderr.split('Move it away first: ')[1].strip()
    subprocess.run(advice, shell=True, check=True)
    assert os.path.exists(home.path + '/old/postcircle.db'), advice
    home.run('restore', copy)
    assert home.json('practice', 'show')['name'] == 'Lakeside Clinic' and not glob.glob(home.path + '/*.part*')


def a_signal_leaves_no_half_backup(home):
    home.init()
    with sqlite3.connect(home.path + '/postcircle.db') as db:
        db.execute('CREATE TABLE bulk (b BLOB)')
        db.executemany('INSERT INTO bulk VALUES (zeroblob(1000000))', [()] * 60)
    copy = os.path.join(home.folder, 'copy.db')
    backup = subprocess.Popen([PROGRAM, '--home', home.path, 'backup', copy], stdout=subprocess.DEVNULL)
    while not os.path.exists(copy + '.part') and backup.poll() is None:
        time.sleep(0.001)
    assert backup.poll() is None, 'it was over before the signal'
    backup.terminate()
    assert backup.wait(30) == -signal.SIGTERM and not glob.glob(copy + '*')


def what_was_done_is_told_by_name(home):
    home.init()
    home.run('practice', 'set', 'emergency-line', '112')
    newest = home.json('audit', 'show', '--max', '1')
    assert [(r['of'], r['item'], r['new']) for r in newest] == [('setting', 'emergency-line', '112')], newest
    forms = home.run('practice', 'set', '--help').stdout
    assert 'not used' not in forms and 'console' not in forms, forms
    for name, form in (('solo-release', 'yes or no'), ('relay', 'smtps://'), ('trust', '1 nobody'), ('office-hours', 'Mon-Fri')):
        assert re.search(f'^  {name} .*{form}', forms, re.M), forms
    home.run('staff', 'set', 'ana@example.org', '--title', 'doctor')
    assert 'name them by' in home.run('member', 'show', 'x', code=EX_DATAERR).stderr
    for words in (['--version'], ['-h'], ['help', 'member', 'add'], ['member', '--help'], ['member', 'add', '-h']):
        assert home.run(*words).stdout


def the_home_holds_no_readable_canary(home):
    home.init()
    home.group()
    rows = f'name,email,phone,chart,emergency\n{CANARIES[0]} {CANARIES[1]},{CANARIES[2]},{CANARIES[4]},{CANARIES[5]},{CANARIES[6]}\n'
    os_file = home.file(rows + f'Bea Bird,{CANARIES[3]}@example.net,,,\n')
    home.run('member', 'import', '--group', 'tuesday', os_file)
    home.run('member', 'set', CANARIES[2], '--shown-name', 'Canarina')
    os.remove(os_file)
    seen = 0
    for where, _, names in os.walk(home.path):
        for name in names:
            with open(os.path.join(where, name), 'rb') as f:
                data = f.read()
            seen += len(data)
            for canary in CANARIES:
                assert canary.encode() not in data and canary.lower().encode() not in data, f'{canary} in {name}'
                assert canary.encode('utf-16-le') not in data
    assert seen > 100000


def main():
    failed = 0
    for test in (init_makes_a_home_once, init_leaves_nothing_when_it_fails, usage_is_explained, practice_is_set_and_checked, a_zone_is_a_place, the_domain_of_open_groups_moves_on_purpose, staff_are_added_and_ordered, patients_become_staff_on_purpose,
                 groups_live_and_end, an_alias_that_tells_is_warned_of, members_come_and_go, namesakes_of_staff_are_told, import_is_all_or_nothing, import_tells_all_faults_and_skips_whom_it_knows, a_dry_run_shows_each_line,
                 a_file_of_another_length_is_refused, a_spanish_invitation_has_no_english_word, import_refuses_what_it_cannot_read, a_slipped_column_is_refused,
                 a_backup_is_whole_or_absent, a_signal_leaves_no_half_backup, what_was_done_is_told_by_name,
                 the_home_holds_no_readable_canary):
        home = Home()
        try:
            test(home)
            print(f'ok {test.__name__}', flush=True)
        except Exception:
            failed += 1
            print(f'not ok {test.__name__}', flush=True)
            traceback.print_exc(file=sys.stdout)
        finally:
            shutil.rmtree(home.folder)
    sys.exit(failed > 0)


main()
