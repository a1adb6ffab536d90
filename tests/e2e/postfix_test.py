#!/usr/bin/python3
"""A real Postfix stands where ours will: it pipes mail for our domain to `receive` as an unprivileged user, and takes our mail by SMTP into
Maildirs. The whole circle, with canaries wherever a mail program puts them."""
import os
import shutil
import smtplib
import tempfile

import house_kit
from house_kit import ANA, DOMAIN, GROUP, HAROLD, LEE, MARIA, NOBODY, ROSE, Circle, House, install_into, letter, run_tests, until
from postfix_kit import Postfix, missing

class Town:
    """A house and its Postfix, ended with the block."""

    def __init__(self, folder, by_lmtp=False):
        self.folder, self.by_lmtp, self.role = folder, by_lmtp, None

    def __enter__(self):
        os.mkdir(self.folder + '/house')
        os.mkdir(self.folder + '/postfix')
        self.house = House(self.folder + '/house', uid=NOBODY, now='2026-03-02T15:00:00Z')
        self.socket = self._make_place() if self.by_lmtp else None
        self.postfix = Postfix(self.folder + '/postfix', self.house.home, self.house.out, (ANA, LEE, MARIA, ROSE, HAROLD), self.socket)
        self.day(0)
        self.house.ok('practice', 'set', 'relay', f'smtp://127.0.0.1:{self.postfix.port}')
        self.circle = Circle(self.house, self.postfix.send, self.postfix.settle, border=False)
        return self

    def _make_place(self):
        """A folder where Postfix may write to the socket, and nobody else, as the docs have it."""
        place = self.folder + '/lmtp'
        os.mkdir(place)
        shutil.chown(place, NOBODY, 'postfix')
        os.chmod(place, 0o2750)
        self.house.set('lmtp', listen=f'unix:{place}/sock')
        return place + '/sock'

    def restart_role(self):
        """Its clock is the house's."""
        if self.role:
            self.role.kill()
            self.role.wait()
        with open(self.folder + '/postfix/receive.log', 'ab') as log:
            self.role = self.house.start('role', 'lmtp', stdout=log, stderr=log)

    def __exit__(self, *why):
        self.postfix.end()
        if self.role:
            self.role.terminate()
            self.role.wait(20)
        if why[0]:
            print(self.postfix.log()[-3000:], open(self.postfix.where + '/receive.log', encoding='utf-8').read()[-2000:])

    def day(self, n):
        self.house.now = f'2026-03-{2 + n:02}T15:00:00Z'
        self.postfix.at(self.house.now)
        if self.by_lmtp:
            self.restart_role()


def the_whole_circle_through_postfix(folder):
    if missing():
        return missing()
    with Town(folder) as town:
        town.circle.begin()
        town.circle.circle(town.day)
        assert town.circle.check_letters() >= 14
        with open(town.postfix.where + '/receive.log', 'rb') as f:
            town.house.log += f.read()
        assert b'arrival_taken' in town.house.log
        assert not town.house.canaries('canaryheader'), town.house.canaries('canaryheader')
        assert not [n for where, _, names in os.walk(folder) for n in names if n == 'core']
    return None


def postfix_keeps_what_we_cannot_take(folder):
    if missing():
        return missing()
    with Town(folder) as town:
        ini = town.house.home + '/postcircle.ini'
        os.rename(ini, ini + '.away')
        with smtplib.SMTP('127.0.0.1', town.postfix.port) as smtp:
            smtp.sendmail(MARIA, [GROUP], letter(MARIA, GROUP, 'x', 'hello', border=False))
        until(lambda: 'status=deferred' in town.postfix.log(), what='the first attempt')
        assert town.postfix.waiting() and town.house.count('SELECT COUNT(*) FROM arrival') == 0
        os.rename(ini + '.away', ini)
        town.postfix.settle()
        assert town.house.count('SELECT COUNT(*) FROM arrival WHERE state = 2') == 1
    return None


def a_report_with_an_empty_sender_comes_through(folder):
    if missing():
        return missing()
    with Town(folder) as town:
        town.postfix.send(letter('mailer-daemon@example.com', GROUP, 'x', 'hello', border=False), GROUP, '')
        assert town.house.count('SELECT COUNT(*) FROM arrival WHERE state = 2') == 1
        town.circle.work()
        assert not os.path.isdir(os.path.join(town.house.out, 'mailer-daemon@example.com'))
    return None


def the_whole_circle_by_lmtp(folder):
    """Postfix's own LMTP client; the role is killed between the days, with Postfix's connections open."""
    if missing():
        return missing()
    with Town(folder, by_lmtp=True) as town:
        town.circle.begin()
        town.circle.circle(town.day)
        assert town.circle.check_letters() >= 14
        assert town.house.rows('SELECT DISTINCT source FROM arrival') == [(3,)]
        with open(town.postfix.where + '/receive.log', 'rb') as f:
            town.house.log += f.read()
        assert b'arrival_taken' in town.house.log
        assert not town.house.canaries('canaryheader'), town.house.canaries('canaryheader')
    return None


def postfix_is_told_by_lmtp(folder):
    """An unknown recipient comes back at once; what we cannot take stays, also while the role is killed, and comes once."""
    if missing():
        return missing()
    with Town(folder, by_lmtp=True) as town:
        town.house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')
        with smtplib.SMTP('127.0.0.1', town.postfix.port) as smtp:
            smtp.sendmail(MARIA, [f'walkers@{DOMAIN}'], letter(MARIA, GROUP, 'x', 'hello', border=False))
        until(lambda: 'dsn=5.1.1' in town.postfix.log() and 'status=bounced' in town.postfix.log(), what='the refusal')
        until(lambda: town.house.count('SELECT COUNT(*) FROM arrival WHERE state = 2') == 1, what='the mail to the new address, which has come round')
        town.role.kill()
        town.role.wait()
        for n in range(5):
            with smtplib.SMTP('127.0.0.1', town.postfix.port) as smtp:
                smtp.sendmail(MARIA, [GROUP], letter(MARIA, GROUP, f'x{n}', 'hello', border=False))
        until(lambda: town.postfix.log().count('status=deferred') >= 5, what='the first attempts')
        assert town.house.count('SELECT COUNT(*) FROM arrival') == 1
        town.restart_role()
        town.postfix.settle()
        assert town.house.count('SELECT COUNT(*) FROM arrival WHERE state = 2') == 6
    return None


# installed where any user may run it: the folder it was built in may be closed to all but its owner
with tempfile.TemporaryDirectory(prefix='postcircle-') as installed:
    os.chmod(installed, 0o755)
    if not missing():
        house_kit.PROGRAM = install_into(installed)
    run_tests([the_whole_circle_through_postfix, postfix_keeps_what_we_cannot_take, a_report_with_an_empty_sender_comes_through,
               the_whole_circle_by_lmtp, postfix_is_told_by_lmtp])
