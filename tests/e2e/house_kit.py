"""What the tests of the running program share: a home of its own, commands, what stands in the database, a small test runner."""
import email
import email.policy
import email.utils
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

BUILD = os.path.abspath(os.environ.get('POSTCIRCLE_BUILD', 'build/release'))
PROGRAM = os.path.join(BUILD, 'postcircle')
DOMAIN = 'groups.example.org'
BORDER = 'border.example.org'
NOBODY = 65534
# root without its powers, for whom the modes of files count as for anybody
POWERLESS = ('setpriv', '--bounding-set=-all', '--inh-caps=-all') if os.getuid() == 0 else ()
# may stand in no log, no file of a home in clear, no message to another member
CANARIES = ('canaryname', 'canary.person@example.com', '555-0177', 'canaryfile', 'canarysignature')


def install_into(folder):
    """What `make install` puts down for /usr, under a folder; returns the program's path there."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(('MAKE', 'POSTCIRCLE_'))}
    done = subprocess.run(['make', 'install', f'FLAVOUR={os.path.basename(BUILD)}', f'DESTDIR={folder}', 'PREFIX=/usr'],
                          capture_output=True, env=env, timeout=280, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return f'{folder}/usr/bin/postcircle'


class House:
    """A home with a practice, in a folder of its own. uid: everything runs as this user. database: its URL; SQLite in the home."""

    def __init__(self, folder, uid=None, now=None, made_for='test', relay=None, database=None, domain=DOMAIN):
        self.use(folder, uid, now)
        if uid is not None:
            os.chown(folder, uid, uid)
        self.ok('init', '--practice-name', 'Lakeside Clinic', '--office-phone', '(555) 555-0100', '--office-hours', 'Mon-Fri 08:00-17:00',
                '--emergency-line', '911', '--domain', domain, '--relay', relay or f'maildir-each:{self.out}', '--zone', 'America/New_York', '--moderator',
                'Ana Ruiz <ana@clinic.example.org>', '--moderator-title', 'nurse', '--second', 'Lee Chan <lee@clinic.example.org>', '--second-title',
                'doctor', '--made-for', made_for, *(('--database', database) if database else ()))

    def use(self, folder, uid=None, now=None):
        """What lies in this folder, or will."""
        self.folder, self.uid, self.now = folder, uid, now
        self.home, self.out = os.path.join(folder, 'home'), os.path.join(folder, 'out')
        self.log = b''

    def set(self, section, **values):
        """Writes settings into postcircle.ini."""
        path = os.path.join(self.home, 'postcircle.ini')
        with open(path, encoding='utf-8') as f:
            lines = f.read().split('\n')
        at = lines.index(f'[{section}]') if f'[{section}]' in lines else len(lines)
        if at == len(lines):
            lines.append(f'[{section}]')
        for name, value in values.items():
            lines = [line for line in lines if not line.startswith(f'{name} =')]
            lines.insert(lines.index(f'[{section}]') + 1, f'{name} = {value}')
        with open(path, 'w', encoding='utf-8') as f:
            f.write('\n'.join(lines))

    def environment(self):
        env = {**os.environ, 'POSTCIRCLE_HOME': self.home}
        env.pop('POSTCIRCLE_NOW', None)
        if self.now:
            env['POSTCIRCLE_NOW'] = self.now
        return env

    def user(self):
        return {'user': self.uid, 'group': self.uid, 'extra_groups': []} if self.uid is not None else {}

    def run(self, *words, data=b'', before=(), **options):
        done = subprocess.run([*before, PROGRAM, *map(str, words)], input=data, capture_output=True, env=self.environment(), timeout=120, **self.user(), **options)
        self.log += done.stderr
        return done

    def ok(self, *words, **options):
        done = self.run(*words, **options)
        assert done.returncode == 0, f'{words}: exit {done.returncode}: {done.stderr.decode()}'
        return done.stdout.decode()

    def json(self, *words, **options):
        return json.loads(self.ok(*words, '--json', **options))

    def start(self, *words, **options):
        options.setdefault('stdin', subprocess.DEVNULL)
        return subprocess.Popen([PROGRAM, *words], env=self.environment(), **self.user(), **options)

    def rows(self, sql, *values):
        with sqlite3.connect(os.path.join(self.home, 'postcircle.db'), timeout=20) as db:
            return db.execute(sql, values).fetchall()

    def count(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def canaries(self, *more):
        """Files of the home and what was logged that hold a canary in clear."""
        found = [f'log: {c}' for c in (*CANARIES, *more) if c.encode() in self.log.lower()]
        for where, _, names in os.walk(self.folder):
            if where.startswith(self.out):
                continue
            for name in names:
                path = os.path.join(where, name)
                if not os.path.isfile(path):
                    continue
                with open(path, 'rb') as f:
                    data = f.read().lower()
                found += [f'{name}: {c}' for c in (*CANARIES, *more) if c.encode() in data]
        return found


    def mail(self, address):
        """Every message that the address has got, oldest first."""
        found = []
        for where, _, names in os.walk(os.path.join(self.out, address)):
            for name in names:
                path = os.path.join(where, name)
                with open(path, 'rb') as f:
                    found.append((os.stat(path).st_mtime_ns, name, f.read()))
        return [Got(data) for _, _, data in sorted(found)]

    def newest(self, address, containing=''):
        mails = [m for m in self.mail(address) if containing in m.text or containing in m.subject]
        assert mails, f'nothing about "{containing}" for {address}: {[m.subject for m in self.mail(address)]}'
        return mails[-1]


class Got:
    """A message that somebody got from us."""

    def __init__(self, data):
        self.data = data
        self.message = email.message_from_bytes(data, policy=email.policy.default)
        self.subject = str(self.message['Subject'])
        part = self.message.get_body(('plain',))
        self.text = part.get_content() if part else ''
        self.reply_to = email.utils.parseaddr(str(self.message['Reply-To'] or self.message['From']))[1]
        self.id = str(self.message['Message-ID'])


CANARY_HEADERS = 'X-Canary: canaryheader\r\nOrganization: Canaryname Family\r\n'
CANARY_CARD = f'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Maria Canaryname\r\nTEL:{CANARIES[2]}\r\nEMAIL:{CANARIES[1]}\r\nEND:VCARD\r\n'
serial = 0


def with_attachments(text):
    """Content fields and body of a mail with a photo and a visiting card, whose names and contents are canaries."""
    parts = [('Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit', text.replace('\n', '\r\n')),
             ('Content-Type: image/jpeg; name="canaryfile.jpg"\r\nContent-Disposition: attachment; filename="canaryfile.jpg"\r\n'
              'Content-Transfer-Encoding: base64', '/9j/4AAQSkZJRgABAQAAAQABAAD/2Q=='),
             ('Content-Type: text/vcard; name="canaryfile.vcf"\r\nContent-Disposition: attachment', CANARY_CARD)]
    body = ''.join(f'--BOUND\r\n{head}\r\n\r\n{part}\r\n' for head, part in parts) + '--BOUND--\r\n'
    return 'Content-Type: multipart/mixed; boundary=BOUND', body


def letter(sender, to, subject, text, answers=None, quote=False, name='', verdict='pass', extra='', signature='', border=True, files=False):
    """A mail as it comes past our border, which wrote what it proved on top. border=False: as its writer sends it."""
    global serial
    serial += 1
    domain = sender.split('@')[1]
    lines = []
    if border:
        lines += [f'Return-Path: <{sender}>', f'Authentication-Results: {BORDER}; dmarc={verdict} header.from={domain}',
                  f'Received: from mx.{domain} (mx.{domain} [192.0.2.7]) by {BORDER} with ESMTPS id {serial}; Mon, 2 Mar 2026 10:00:00 +0000']
    lines += [f'From: {name + " " if name else ""}<{sender}>',
              f'To: <{to}>', f'Subject: {subject}', f'Message-ID: <{serial}.x@{domain}>', 'Date: Mon, 2 Mar 2026 10:00:00 +0000', 'MIME-Version: 1.0']
    if answers:
        lines += [f'In-Reply-To: {answers.id}', f'References: {answers.id}']
    body = text
    if answers and quote:
        body += '\n\nOn Mon, Mar 2, 2026 at 9:00 AM Tuesday <x@example.org> wrote:\n\n' + '\n'.join('> ' + line for line in answers.text.split('\n'))
    if signature:
        body += '\n\n-- \n' + signature
    kind, body = with_attachments(body) if files else ('Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit', body.replace('\n', '\r\n'))
    return ('\r\n'.join(lines) + f'\r\n{kind}\r\n' + extra + '\r\n' + body + '\r\n').encode()


MARIA, ROSE, HAROLD = CANARIES[1], 'rose@example.com', 'harold@example.com'
ANA, LEE = 'ana@clinic.example.org', 'lee@clinic.example.org'
GROUP = f'tuesday@{DOMAIN}'


class Circle:
    """Tuesday Circle, with two staff and three members. send(data, to, sender) carries a mail to us; settle() waits until nothing is on the way."""

    def __init__(self, house, send, settle=lambda: None, border=True):
        self.house, self.send, self.settle, self.border = house, send, settle, border

    def work(self):
        self.house.ok('work', '--once')
        self.settle()

    def write(self, sender, to, subject, text, answers=None, **how):
        self.send(letter(sender, to, subject, text, answers, border=self.border, **how), to, sender)

    def reply(self, address, mail, text, **how):
        self.write(address, mail.reply_to, 'Re: ' + mail.subject, text, mail, **how)

    def begin(self):
        house = self.house
        house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2')
        house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')
        self.work()
        for address in (ANA, LEE):
            self.reply(address, house.newest(address), 'Yes')
        for name, address in (('Maria Canaryname', MARIA), ('Rose Hill', ROSE), ('Harold Hill', HAROLD)):
            house.ok('member', 'add', '--group', 'tuesday', '--name', name, '--email', address)
        self.work()
        for address in (MARIA, ROSE, HAROLD):
            self.reply(address, house.newest(address), 'Yes, thank you!')
        self.work()
        for address in (MARIA, ROSE, HAROLD):
            assert 'welcome' in house.newest(address).subject.lower(), house.newest(address).subject

    def circle(self, day):
        """From a post to a digest, to a numbered reply, to the next digest. day(n): sets the clock to the n-th day."""
        house = self.house
        self.write(MARIA, GROUP, 'Sore knees', 'Walking helps my knees in the morning.', name='Maria Canaryname', extra=CANARY_HEADERS,
                   signature=f'Maria\n{CANARIES[2]} canarysignature', files=True)
        self.work()
        held = house.json('review', 'list')
        assert len(held) == 1 and not any('Walking' in m.text for m in house.mail(ROSE) + house.mail(HAROLD)), held
        self.reply(ANA, house.newest(ANA, 'Walking'), 'OK')
        self.work()
        assert not house.json('review', 'list') and not any('Walking' in m.text for m in house.mail(ROSE))
        day(1)
        self.work()
        first = house.newest(ROSE, 'Walking')
        self.reply(ROSE, first, '1 Thanks Maria, I will try it.', quote=True)
        self.work()
        self.reply(ANA, house.newest(ANA, 'I will try it'), 'OK')
        self.work()
        day(2)
        self.work()
        second = house.newest(MARIA, 'I will try it')
        assert second.subject != house.newest(MARIA, 'Walking helps').subject or 'Walking' in second.text
        assert house.newest(HAROLD, 'I will try it').id != second.id

    def check_letters(self):
        """Promises 2 and 3 over every message that left: one person each, and nothing of Maria's for anybody else but staff."""
        count = 0
        for address in os.listdir(self.house.out):
            for mail in self.house.mail(address):
                count += 1
                to = email.utils.getaddresses([str(mail.message['To'])])
                assert [a for _, a in to] == [address] and not mail.message['Cc'] and not mail.message['Bcc'], (address, to)
                if address in (ROSE, HAROLD):
                    whole = (mail.data + str(mail.message.items()).encode() + ''.join(
                        p.get_content() for p in mail.message.walk() if p.get_content_maintype() == 'text').encode()).lower()
                    found = [c for c in (*CANARIES, 'canaryheader') if c.encode() in whole]
                    assert not found, (address, mail.subject, found)
        return count


def until(condition, seconds=20, what='the condition'):
    """Waits for a condition with a deadline; returns its value and the seconds it took. what: words, or a function that finds them in the end."""
    start = time.monotonic()
    while True:
        value = condition()
        if value:
            return value, time.monotonic() - start
        assert time.monotonic() - start < seconds, f'{what() if callable(what) else what} did not come within {seconds} s'
        time.sleep(0.02)


def run_tests(tests):
    failed = 0
    for test in tests:
        with tempfile.TemporaryDirectory(prefix='postcircle-') as folder:
            os.chmod(folder, 0o755)
            try:
                why = test(folder)
                print(f'skip {test.__name__} {why}' if why else f'ok {test.__name__}', flush=True)
            except Exception:
                failed += 1
                print(f'not ok {test.__name__}', flush=True)
                traceback.print_exc(file=sys.stdout)
    sys.exit(failed > 0)
