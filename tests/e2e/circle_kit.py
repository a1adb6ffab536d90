"""What the tests of the promises share: a group that lives on virtual time, with people who write as their mail programs do."""
import atexit
import datetime
import fcntl
import functools
import os
import shutil
import tempfile

import house_kit
from house_kit import BORDER, DOMAIN, House, letter

ANA, LEE = 'ana@clinic.example.org', 'lee@clinic.example.org'
MARIA, ROSE, TOM = 'maria@example.net', 'rose@example.net', 'tom@example.net'
GROUP = f'tuesday@{DOMAIN}'
NAMES = {ANA: 'Ana Ruiz', LEE: 'Lee Chan', MARIA: 'Maria Santos', ROSE: 'Rose Marsh', TOM: 'Tom Baker'}


@functools.cache
def _own_run():
    folder = tempfile.mkdtemp(prefix='postcircle-run-')
    atexit.register(shutil.rmtree, folder)
    return folder


class Circle(House):
    """Tuesday Circle: staff and members have said yes, unless opted_in or joined is False. The usual one is made once a run, and copied for each test."""

    def __init__(self, folder, joined=True, group=(), opted_in=True, **options):
        self.at = datetime.datetime(2026, 3, 2, 15, 0, tzinfo=datetime.timezone.utc)  # Monday 10:00 in New York
        if joined and opted_in and not group and not options and type(self) is Circle:
            self._copy_usual(folder)
        else:
            self._make(folder, joined, group, opted_in, options)

    def _make(self, folder, joined=True, group=(), opted_in=True, options=None):
        super().__init__(folder, now=self.stamp(), **(options or {}))
        self.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2')
        self.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--long', 'A group for us.', '--rule', 'Be kind.', *group)
        self.work()
        for address in (ANA, LEE) if opted_in else ():
            self.says(address, 'Yes', self.newest(address))
        for address in (MARIA, ROSE, TOM):
            self.ok('member', 'add', '--group', 'tuesday', '--name', NAMES[address], '--email', address)
        self.work()
        if joined:
            for address in (MARIA, ROSE, TOM):
                self.says(address, 'Yes', self.newest(address))

    def _copy_usual(self, folder):
        """The usual one lies in the folder of the run (tests/run-tests), or of this program; who needs it first makes it."""
        run = os.environ.get('POSTCIRCLE_E2E_RUN') or _own_run()
        usual = os.path.join(run, 'usual')
        with open(os.path.join(run, 'usual.lock'), 'w', encoding='utf-8') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.exists(usual):
                made, before = os.path.join(run, 'making'), house_kit.serial
                os.mkdir(made)
                house_kit.serial = -100  # its letters have ids of their own
                self._make(made)
                house_kit.serial = before
                os.rename(made, usual)
        shutil.copytree(usual, folder, dirs_exist_ok=True)  # with its times: mails are read in their order
        self.use(folder, now=self.stamp())
        self.set('keys', key_file=self.home + '.key')
        self.ok('practice', 'set', 'relay', f'maildir-each:{self.out}')

    def stamp(self):
        return self.at.strftime('%Y-%m-%dT%H:%M:%SZ')

    def work(self):
        self.ok('work', '--once')

    def later(self, **span):
        """Time goes on and what is due is done."""
        self.at += datetime.timedelta(**span)
        self.now = self.stamp()
        self.work()

    def next_digest(self):
        """To the group's next hour, 9:00 in New York, and past it."""
        self.later(hours=(13.5 - self.at.hour - self.at.minute / 60) % 24 + 1)

    def arrives_only(self, mail, to, sender=''):
        self.ok('receive', '--to', to, '--from', sender, data=mail)

    def arrives(self, mail, to, sender=''):
        self.arrives_only(mail, to, sender)
        self.work()

    def says(self, sender, text, answers=None, to=None, subject='', **how):
        """One mail of a person, in answer to one of ours or new to an address; everything that follows from it is done."""
        to = to or (answers.reply_to if answers else GROUP)
        subject = subject or ('Re: ' + answers.subject if answers else 'Hello')
        self.arrives(letter(sender, to, subject, text, answers, **how), to, sender)

    def posts(self, sender, text, **how):
        """A new note to the group; what staff were asked about it."""
        before = len(self.mail(ANA))
        self.says(sender, text, **how)
        asked = [m for m in self.mail(ANA)[before:] if 'note waits' in m.subject]
        assert asked, f'nobody was asked: {[m.subject for m in self.mail(ANA)[before:]]}'
        return asked[-1]

    def everybody(self):
        """{address: its mails}"""
        return {name: self.mail(name) for name in sorted(os.listdir(self.out))} if os.path.isdir(self.out) else {}

    def who_read(self, words):
        """Addresses of members that got a mail with these words."""
        return sorted(a for a, mails in self.everybody().items() if a not in (ANA, LEE) and any(words in ' '.join(m.text.split()) for m in mails))

    def audit(self, act=None):
        entries = self.json('audit', 'show', '--max', '100000')
        return [e for e in entries if act is None or e['act'] == act]
