#!/usr/bin/python3
"""Plays the demo and reads what it left with Python's email library: the facts of the story, and that its recount finds planted leaks."""
import email
import email.policy
import glob
import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(os.path.join(os.environ.get('POSTCIRCLE_BUILD', 'build/release'), 'postcircle'))
SECRETS = ('rose.whitfield@example.com', 'maria.santos@example.net', 'bennetts@example.org', 'carmen.ortega@example.com', 'w.kim@example.net',
           'bev.larson@example.com', 'dot.price@example.org', 'george.haddad@example.net', 'sam.okafor@example.com', 'ed.novak@example.org',
           '555-0143', '555-0177', '555-0155', '+15555550155', '+15555550156', 'Dawson', 'Reyes', 'Whitfield', 'Maple Court', 'kitchen.jpg', 'GPS', 'VCARD', 'Harbor Street', 'W5XHB')
OWN = {'rose': ('rose.whitfield@example.com', '555-0143', 'Whitfield', 'Maple Court'), 'maria': ('maria.santos@example.net',),
       'harold-and-june': ('bennetts@example.org', 'W5XHB'), 'carmen': ('carmen.ortega@example.com',), 'walt': ('w.kim@example.net', '555-0177'),
       'bev': ('bev.larson@example.com',), 'dot': ('dot.price@example.org',), 'george': ('george.haddad@example.net',),
       'sam': ('sam.okafor@example.com',), 'ed': ('ed.novak@example.org',),
       'earl': (), 'lupe': ()}
PHONES = {'ana': '+15555550101', 'earl': '+15555550155', 'lupe': '+15555550156'}
failed = 0


def report(name, ok, why=''):
    global failed
    print(f'ok {name}' if ok else f'not ok {name}: {why}')
    failed += not ok


def check(name, test):
    try:
        why = test()
        report(name, not why, why)
    except Exception as e:  # a test that cannot read what it looks at has failed
        report(name, False, repr(e))


def run(*args, now=None, **kw):
    env = dict(os.environ)
    if now:
        env['POSTCIRCLE_NOW'] = now
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, timeout=120, **kw)


def words(text):
    return ' '.join(text.split())


class Letter:
    def __init__(self, path):
        self.path, self.who = path, path.split('/')[-2]
        with open(path, 'rb') as f:
            self.raw = f.read()
        self.mail = email.message_from_bytes(self.raw, policy=email.policy.default)
        self.text = self.mail.get_body(('plain',)).get_content()
        self.html = self.mail.get_body(('html',)).get_content()
        self.subject = str(self.mail['Subject'])


def read_phone(path):
    """What one phone shows: 'theirs' was written on it, else it came."""
    with open(path, encoding='utf-8') as f:
        return [json.loads(x) for x in f]


class Demo:
    def __init__(self, folder):
        self.out = folder
        self.phones = {who: read_phone(f'{folder}/phones/{number}') for who, number in PHONES.items()}
        self.letters = [Letter(p) for p in sorted(glob.glob(f'{folder}/mail/*/*.eml'))]

    def of(self, who):
        return [x for x in self.letters if x.who == who]

    def members(self):
        return [x for x in self.letters if x.who not in ('ana', 'lee')]

    def texts(self, who):
        return [x['text'] for x in self.phones[who] if not x['theirs']]

    def got(self, text, who=None):
        return [x for x in self.letters if (not who or x.who == who) and words(text) in words(x.text)]


def one_to(demo):
    return next((x.path for x in demo.letters if len(x.mail.get_all('To')) != 1 or len(x.mail['To'].addresses) != 1
                 or x.mail['Cc'] or x.mail['Bcc']), '')


def no_canary(demo):
    for x in demo.members():
        whole = x.raw.decode('utf-8', 'replace') + x.text + x.html + ''.join(str(v) for v in x.mail.values())
        for secret in SECRETS:
            if secret in whole and secret not in OWN[x.who]:
                return f'{secret} in {x.path}'
    for who in ('earl', 'lupe'):
        for secret in SECRETS:
            if any(secret in x for x in demo.texts(who)):
                return f'{secret} on the phone of {who}'
    return ''


def envelope_is_neutral(demo):
    for x in demo.members():
        for name, value in x.mail.items():
            if re.search(r'diabetes|insulin|sugar', str(value), re.I):
                return f'{name} of {x.path}'
    return ''


def forged_changes_nothing(demo):
    """Between 13:10 and 13:40 nobody got Walt's words, and those who got them never saw the number."""
    cut = [x for x in demo.members() if 'dawn effect' in x.text and x.who != 'walt']
    if not cut:
        return 'it never went out'
    first = min(x.mail['Date'].datetime for x in cut)
    refused = demo.got('We are not sure who wrote this', 'lee')
    if not refused:
        return 'staff were not told'
    return '' if all(x.mail['Date'].datetime < first for x in refused) else 'it went out before it was refused'


def stopped_is_silent(demo):
    mine = demo.of('george')
    stop = next((i for i, x in enumerate(mine) if 'You will get no more letters' in words(x.text)), None)
    if stop is None:
        return 'no confirmation'
    return '' if stop == len(mine) - 1 else f'{len(mine) - 1 - stop} letters after it'


def paused_is_silent(demo):
    mine = demo.of('maria')
    pause = next((i for i, x in enumerate(mine) if x.mail['Date'].datetime.weekday() == 3 and 'RESUME' in x.text), None)
    if pause is None:
        return 'no confirmation'
    return '' if pause == len(mine) - 1 else 'letters during the pause'


def numbers(demo):
    for x in demo.letters:
        if ', letter ' in x.subject or ', carta ' in x.subject:
            found = [int(n) for n in re.findall(r'^(\d+)\. .+\n-+$', x.text, re.M)]
            if found != list(range(1, len(found) + 1)):
                return f'{found} in {x.path}'
            if [int(n) for n in re.findall(r'<h2[^>]*>(\d+)\. ', x.html)] != found:
                return f'HTML and text differ in {x.path}'
    return ''


def note_is_bound(demo):
    with_pill = [x for x in demo.members() if 'felt like a new man' in words(x.text) and x.who != 'walt']
    if len(with_pill) < 5:
        return 'hardly anybody got it'
    for x in with_pill:
        text = words(x.text.replace('|', ' '))
        if not 0 < text.find('Please do not stop a water pill') - text.find('felt like a new man') < 250:
            return f'no note under it in {x.path}'
    return ''


def crisis_stays(demo):
    out = [x.path for x in demo.members() if x.who != 'sam' and ('saved up' in x.text or 'end my life' in x.text)]
    out += [who for who in PHONES if any('saved up' in x or 'end my life' in x for x in demo.texts(who))]
    if out:
        return f'it went to {out[0]}'
    if not demo.got('Please call Sam Okafor now', 'lee') or demo.got('Please call Sam Okafor now', 'ana'):
        return 'details belong to who claimed'
    ack = demo.got('call or text 988', 'sam')
    if len(ack) != 1 or 'Tuesday Circle' in ack[0].subject + ack[0].text + str(ack[0].mail['From']):
        return 'the answer to Sam names the group'
    after = [x for x in demo.of('sam') if x.mail['Date'].datetime == ack[0].mail['Date'].datetime]
    return '' if len(after) == 1 else 'something else came with it'


def robot_is_silent(demo):
    return 'it was posted' if any('out of the office' in x.text for x in demo.members()) else ''


def answers_are_placed(demo):
    digest = next(x for x in demo.of('rose') if 'letter 2' in x.subject)
    parts = re.split(r'^\d+\. ', digest.text, flags=re.M)[1:]
    where = {'bigger pair': 'Walking shoes', 'June writes': 'Morning numbers', 'Only one, Dot': 'I am Dot', 'mi perro': 'Walking shoes',
             'look with one eye': 'Morning numbers'}
    for said, title in where.items():
        part = next((p for p in parts if said in words(p)), '')
        if title not in part.split('\n---')[0]:
            return f'{said!r} does not stand under {title!r}'
    return ''


def nobody_but_a_member_is_named(demo):
    anon = [x for x in demo.members() if 'hide the sweets' in words(x.text) and x.who != 'dot']
    return next((x.path for x in anon if re.search(r'Dot[^\n]*\n+\s+I hide', x.text)), '' if anon else 'it never went out')


def one_question_only(demo):
    return '' if len(demo.got('Which one?', 'maria')) == 1 else 'not asked exactly once'


def repeats_once(demo):
    mine = demo.of('ed')
    return '' if len(mine) == 2 and demo.got('Ed Novak', 'ana') else f'{len(mine)} letters to who never answered'


def a_text_crosses(demo):
    """Earl's text is in mails after the nurse's OK, and Rose's mail on his phone."""
    got = [x for x in demo.members() if 'Some days that is my lake' in words(x.text)]
    if len({x.who for x in got}) < 5:
        return 'hardly anybody got it'
    asked = [x for x in demo.of('ana') if 'May this note go out?' in x.text and 'Some days that is my lake' in words(x.text)]
    if not asked or min(x.mail['Date'].datetime for x in got) < asked[0].mail['Date'].datetime:
        return 'it went out before the nurse saw it'
    return '' if any('Rose: Earl, I like that' in x for x in demo.texts('earl')) else 'no answer on his phone'


def words_are_asked_for(demo):
    """The first digest by text says a number alone; words come after the warning and a YES."""
    for who, warned in (('earl', 'Texts are not private'), ('lupe', 'no son privados')):
        texts = demo.texts(who)
        warning = next((i for i, x in enumerate(texts) if warned in x), None)
        if warning is None:
            return f'{who} was never warned'
        if any(re.search(r'^1\d ', x, re.M) for x in texts[:warning]) or not any(re.search(r'^1\d ', x, re.M) for x in texts[warning:]):
            return f'words before the warning, or never, on the phone of {who}'
    return ''


def stop_by_text(demo):
    """One confirmation, then nothing until START."""
    lines = demo.phones['lupe']
    stop = next(i for i, x in enumerate(lines) if x['theirs'] and x['text'] == 'STOP')
    start = next(i for i, x in enumerate(lines) if x['theirs'] and x['text'] == 'START')
    if start != stop + 2:
        return f'{start - stop - 1} texts between STOP and START'
    return '' if lines[start]['at'] - lines[stop]['at'] > 86400000 and len(lines) > start + 1 else 'START brought nothing'


def alarm_on_a_phone(demo):
    """The nurse's phone shows no word and no name; CLAIM on it is what ends the calls."""
    texts = demo.texts('ana')
    if any(x in y for y in texts for x in ('shaky', '48', 'Earl', 'Dawson', 'Sam', 'pills')):
        return 'it tells too much'
    if not demo.got('Please call Earl Dawson now', 'ana') or demo.got('my meter says 48', 'rose') or any('meter says' in x for x in demo.texts('lupe')):
        return 'details belong to who claimed'
    calls = [x for x in texts if 'Alarm, call' in x]
    return '' if len(calls) == 3 and sum('CLAIM' in x['text'] for x in demo.phones['ana'] if x['theirs']) == 2 else f'{len(calls)} calls'


def nothing_rings_on(demo):
    """Each alarm of the story is claimed: nobody is called all night long."""
    calls = [x for x in demo.letters if 'please claim' in x.subject]
    return '' if 0 < len(calls) < 12 else f'{len(calls)} calls by mail'


def turns_red(demo, name, file, change):
    """A copy of the demo with one file changed must turn red, and name the file."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, 'demo')
        shutil.copytree(demo.out, copy, ignore=shutil.ignore_patterns('home*', 'outbox'))
        path = os.path.join(copy, file)
        with open(path, 'rb') as f:
            raw = f.read()
        changed = change(raw)
        with open(path, 'wb') as f:
            f.write(changed)
        found = run('demo', '--check', copy)
        with open(os.path.join(copy, 'index.html'), encoding='utf-8') as f:
            page = f.read()
        ok = changed != raw and found.returncode == 1 and os.path.basename(path) in found.stdout and 'class="bad' in page
        report(f'planted: {name}', ok, f'exit {found.returncode}: {found.stdout}{found.stderr}')


def plant(demo, name, change):
    victim = next(x for x in demo.of('rose') if 'letter 2' in x.subject)
    turns_red(demo, name, os.path.relpath(victim.path, demo.out), change)


def plant_text(demo, name, who, behind, text, other='+15555550110', times=1):
    """One more text on a phone, or several, behind the line number `behind`."""
    more = json.dumps({'at': demo.phones[who][behind]['at'], 'theirs': False, 'other': other, 'text': text}).encode() + b'\n'

    def change(raw):
        lines = raw.splitlines(keepends=True)
        return b''.join(lines[:behind + 1] + [more] * times + lines[behind + 1:])
    turns_red(demo, name, f'phones/{PHONES[who]}', change)


def planted_texts(demo):
    last = len(demo.phones['earl']) - 1
    stop = next(i for i, x in enumerate(demo.phones['lupe']) if x['theirs'] and x['text'] == 'STOP')
    plant_text(demo, "another's telephone in a text", 'earl', last, 'Rose: 555-0143')
    plant_text(demo, "another's number in a text", 'lupe', 5, '+15555550155')
    plant_text(demo, 'a text that nobody released', 'earl', last, 'Yesterday my neighbour was taken to hospital with a terrible cough')
    plant_text(demo, 'what a member wrote on their phone, on another', 'lupe', 5, 'I am shaky and sweating and my meter says 48.')
    plant_text(demo, 'a text after STOP', 'lupe', stop + 1, 'Tuesday Circle: 2 new.')
    plant_text(demo, 'a third text before any yes', 'earl', 0, 'Lakeside Clinic: We asked before. Reply YES to get Tuesday Circle texts.', times=2)
    plant_text(demo, 'a text from a number that is not ours', 'earl', last, 'Tuesday Circle: 2 new.', other='+15555550111')


def plants(demo):
    clean = run('demo', '--check', demo.out)
    report('recount of the demo is clean', clean.returncode == 0, clean.stdout + clean.stderr)
    plant(demo, 'second To', lambda r: r.replace(b'To: rose', b'To: sam.okafor@example.com\nTo: rose', 1))
    plant(demo, 'second address in To', lambda r: r.replace(b'\nTo: rose.whitfield@example.com', b'\nTo: rose.whitfield@example.com, x@example.org', 1))
    plant(demo, 'Cc', lambda r: r.replace(b'\nTo: ', b'\nCc: nobody@example.org\nTo: ', 1))
    plant(demo, "another's address in a header", lambda r: r.replace(b'\nTo: ', b'\nX-Came-From: maria.santos@example.net\nTo: ', 1))
    plant(demo, "another's address in quoted text", lambda r: r.replace(b'\nHello Rose', b'\n> w.kim@example.net wrote:\n\nHello Rose', 1))
    plant(demo, "another's telephone", lambda r: r.replace(b'\nHello Rose', b'\n555-0177\n\nHello Rose', 1))
    plant(demo, 'a text that nobody released', lambda r: r.replace(
        b'\nHello Rose', b'\nYesterday my neighbour was taken to hospital with a terrible cough\n\nHello Rose', 1))
    plant(demo, 'a text that was sent back', lambda r: r.replace(
        b'\nHello Rose', b'\nmy cousin sells a root powder that fixes all of this\n\nHello Rose', 1))
    planted_texts(demo)


def pasted_commands(said, folder):
    """What it prints works as pasted."""
    lines = [x.strip()[2:] for x in said.split('\n') if x.strip().startswith('$ ')]
    report('it prints commands', len(lines) >= 5, str(lines))
    report('it says how serve ends and where letters land', 'Ctrl-C ends it' in said and '/outbox)' in said)
    for line in lines:
        if ' serve' in line:
            continue
        done = subprocess.run(line, shell=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        report(f'pasted: postcircle {" ".join(shlex.split(line)[3:5])}', done.returncode == 0, f'{line}: {done.stdout}{done.stderr}')


def nurse_at_a_terminal(out):
    """The demo with a person before it, who answers OK."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PROGRAM, 'demo', '--out', out], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    said, is_answered = b'', False
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the terminal's other end is closed
            break
        said += part
        if not is_answered and b'Your answer?' in said:
            os.write(ours, b'OK\n')
            is_answered = True
    os.close(ours)
    report('with a terminal it asks', process.wait(60) == 0 and is_answered, said[-2000:].decode(errors='replace'))
    end = said.decode(errors='replace').split('Your answer?')[-1]
    report('the answer sends the note', 'Your mail went in' in end and 'to Sam Okafor' in end and 'knees did not thank me' in end, end[:3000])
    report('one note less waits', 'one note waits' in end, end[-1500:])


def main():
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, 'out')
        done = run('demo', '--out', out)
        report('it plays to the end', done.returncode == 0, done.stdout[-3000:] + done.stderr)
        if done.returncode:
            return 1
        demo = Demo(out)
        check('exactly one To everywhere', lambda: one_to(demo))
        check("no canary of another's", lambda: no_canary(demo))
        check('no envelope tells the topic', lambda: envelope_is_neutral(demo))
        check('a forged approval changes nothing', lambda: forged_changes_nothing(demo))
        check('after STOP nothing comes', lambda: stopped_is_silent(demo))
        check('after PAUSE nothing comes', lambda: paused_is_silent(demo))
        check('digests are numbered 1, 2, 3', lambda: numbers(demo))
        check('the note stands under what it corrects', lambda: note_is_bound(demo))
        check('a crisis stays between Sam and staff', lambda: crisis_stays(demo))
        check('an out-of-office is never posted', lambda: robot_is_silent(demo))
        check('answers stand where they belong', lambda: answers_are_placed(demo))
        check('a note without a name has none', lambda: nobody_but_a_member_is_named(demo))
        check('"Which one?" is asked once', lambda: one_question_only(demo))
        check('who does not answer is asked once more, then called', lambda: repeats_once(demo))
        check('a text crosses into mails, and back', lambda: a_text_crosses(demo))
        check('by text a number alone, until words are asked for', lambda: words_are_asked_for(demo))
        check('STOP by text, and START', lambda: stop_by_text(demo))
        check('an alarm on a phone has no words', lambda: alarm_on_a_phone(demo))
        check('no alarm rings on', lambda: nothing_rings_on(demo))
        plants(demo)
        report('two notes wait at the end', 'two notes wait in it' in done.stdout, done.stdout[-1500:])
        pasted_commands(done.stdout, out)
        nurse_at_a_terminal(out)
        again = run('demo', '--out', scratch)
        report('a folder that is no demo is left alone', again.returncode != 0 and os.path.exists(out), again.stdout)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
