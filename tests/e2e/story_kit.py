"""A practice as it lives for weeks on a virtual clock: mail goes through a Postfix, texts go through a Kannel, and every message that left is kept with the
moment at which it did."""
import datetime
import os
import urllib.parse

from house_kit import ANA, BORDER, LEE, NOBODY, Got, House, letter, until
from postfix_kit import Postfix
from smtp_kit import free_port
from text_kit import OURS, TOKEN, Kannel

UTC = datetime.timezone.utc


def joined(parts):
    """What phones show, of what the centre had: [(number, kind, rest)] to [(n, number, words)], the parts of one text put together where the last of them,
    the n-th of all, came."""
    open_parts, shown = {}, []
    for n, (number, kind, rest) in enumerate(parts):
        if kind != 'udh':
            shown.append((n, number, urllib.parse.unquote_to_bytes(rest).decode('utf-16-be') if kind == 'ucs2' else rest))
            continue
        head, data = (urllib.parse.unquote_to_bytes(w.replace('+', ' ')) for w in rest.split(' data ', 1))
        have = open_parts.setdefault((number, head[3]), {})
        have[head[5]] = data
        if len(have) == head[4]:
            whole = b''.join(have[i] for i in sorted(have))
            shown.append((n, number, whole.decode('utf-16-be' if b'\0' in whole else 'utf-8')))
            del open_parts[number, head[3]]
    assert not open_parts, f'parts are missing: {list(open_parts)}'
    return shown


class Life:
    """folder: its own. mailboxes: addresses of members; those of staff are there. at: when it begins."""

    def __init__(self, folder, mailboxes, at):
        self.folder, self.at, self.mailboxes = folder, at, (ANA, LEE, *mailboxes)
        self.mails = {a: [] for a in self.mailboxes}  # [(moment, Got)] of each, oldest first; Got.flat: its words on one line
        self.parts, self.shown, self.handed = [], [], []  # of texts; handed: [(moment, how many parts by then)]
        self.heard = set()                                # (moment, number): who texted us when
        self.read, self.web, self.web_at, self.steps = set(), None, None, 0

    def __enter__(self):
        for name in ('house', 'postfix'):
            os.mkdir(os.path.join(self.folder, name))
        self.house = house = House(f'{self.folder}/house', uid=NOBODY, now=self.stamp())
        self.postfix = Postfix(f'{self.folder}/postfix', house.home, house.out, self.mailboxes)
        self.postfix.at(house.now)
        self.port = free_port()
        house.set('web', listen=f'127.0.0.1:{self.port}')
        house.ok('practice', 'set', 'relay', f'smtp://127.0.0.1:{self.postfix.port}', 'authserv-id', BORDER, 'trust', '2')
        secrets = f'user=gw\npassword=gwpw\nhook_token={TOKEN}\n'.encode()
        hook = house.json('text', 'add', 'kannel', '--number', OURS, '--rate', '0', '--setting', f'hook=http://127.0.0.1:{self.port}', '--setting',
                          'api=http://127.0.0.1:9', '--secrets', '-', data=secrets)['hook']
        self.kannel = Kannel(self.folder, hook)
        self.kannel.start()
        house.ok('text', 'set', '--account', str(house.count('SELECT id FROM text_account')), '--setting', f'api=http://127.0.0.1:{self.kannel.send}')
        return self

    def __exit__(self, *why):
        if why[0]:
            print(self.postfix.log()[-2000:], self.house.log.decode()[-3000:])
            print(open(f'{self.postfix.where}/receive.log', encoding='utf-8').read()[-2000:])
        self._end_web()
        self.kannel.stop()
        self.postfix.end()

    # ---- the clock ----

    def stamp(self):
        return self.at.strftime('%Y-%m-%dT%H:%M:%SZ')

    def to(self, at):
        """Time goes on, and what is due by then is done."""
        assert at >= self.at, (at, self.at)
        self.at = at
        self.house.now = self.stamp()
        self.postfix.at(self.house.now)
        self.work()

    def pass_on(self, **span):
        self.to(self.at + datetime.timedelta(**span))

    def work(self):
        """Until nothing is due and nothing is on its way."""
        self.steps += 1
        self.house.ok('work', '--once')
        self.postfix.settle()
        self._look_into_mailboxes()
        self.handed.append((self.at, self.house.count('SELECT COALESCE(SUM(parts), 0) FROM text_out WHERE state >= 4 AND state <= 7')))

    def _end_web(self):
        if self.web:
            self.web.terminate()
            self.web.wait(20)

    def _open_web(self):
        """The hooks of Kannel, whose clock is ours."""
        if self.web_at == self.at:
            return
        self._end_web()
        with open(f'{self.folder}/web.log', 'ab') as log:
            self.web = self.house.start('role', 'web', stdout=log, stderr=log)
        until(lambda: self.kannel.listens(self.port), 20, 'the hook listens')
        self.web_at = self.at

    # ---- what left ----

    def _look_into_mailboxes(self):
        for address in self.mailboxes:
            new = os.path.join(self.house.out, address, 'Maildir', 'new')
            names = [n for n in (os.listdir(new) if os.path.isdir(new) else ()) if (address, n) not in self.read]
            for name in sorted(names, key=lambda n: os.stat(os.path.join(new, n)).st_mtime_ns):
                self.read.add((address, name))
                with open(os.path.join(new, name), 'rb') as f:
                    got = Got(f.read())
                got.flat = ' '.join(got.text.split())
                self.mails[address].append((self.at, got))

    def _centre(self):
        found = []
        with open(os.path.join(self.kannel.folder, 'fakesmsc.log'), encoding='utf-8', errors='replace') as f:
            for line in f:
                if 'Got message' in line and f'<{OURS} ' in line:
                    _, number, kind, rest = line.split('<', 1)[1].rsplit('>', 1)[0].split(' ', 3)
                    found.append((number, kind, rest))
        return found

    def texts(self):
        """[(moment, number, words)] of all that phones got. The centre reads a little behind what Kannel took from us: it is waited for here."""
        parts = self.handed[-1][1]
        if len(self.parts) < parts:
            until(lambda: len(self._centre()) >= parts, 30, lambda: f'{parts} parts at phones: {len(self._centre())}')
            self.parts = self._centre()
            assert len(self.parts) == parts, 'a part came twice'
            self.shown = [(next(at for at, count in self.handed if count > n), number, words) for n, number, words in joined(self.parts)]
        return self.shown

    def mail_of(self, address, words=''):
        """Newest first."""
        return [m for _, m in reversed(self.mails[address]) if words in m.subject or words in m.flat]

    def text_of(self, number, words=''):
        return [w for _, n, w in reversed(self.texts()) if n == number and words in w]

    # ---- what comes ----

    def arrive(self, mails=(), texts=()):
        """mails: [(bytes, to, sender)], texts: [(number, words)]: all of them at one moment, then everything that follows."""
        if mails:
            before = self.house.count('SELECT COUNT(*) FROM arrival')
            self.postfix.send_all(mails)
            until(lambda: self.house.count('SELECT COUNT(*) FROM arrival') == before + len(mails), 30, f'{len(mails)} mails in the house')
        if texts:
            self._open_web()
            before = self.house.count('SELECT COUNT(*) FROM text_in')
            for number, words in texts:
                self.kannel.arrives(number, words)
                self.heard.add((self.at, number))
            until(lambda: self.house.count('SELECT COUNT(*) FROM text_in') == before + len(texts), 30, f'{len(texts)} texts in the house')
        self.work()

    @staticmethod
    def reply(address, mail, text, **how):
        """One mail for arrive()."""
        return letter(address, mail.reply_to, 'Re: ' + mail.subject, text, mail, border=False, **how), mail.reply_to, address
