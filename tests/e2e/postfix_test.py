#!/usr/bin/python3
"""A real Postfix stands where ours will: it pipes mail for our domain to `receive` as an unprivileged user, and takes our mail by SMTP into
Maildirs. The whole circle, with canaries wherever a mail program puts them."""
import os
import shutil
import signal
import smtplib
import subprocess
import tempfile

import house_kit
from house_kit import ANA, BORDER, DOMAIN, GROUP, HAROLD, LEE, MARIA, NOBODY, ROSE, Circle, House, install_into, letter, run_tests, until
from smtp_kit import free_port

PARTS = """cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """An instance in a folder of its own, on loopback: border.example.org."""

    def __init__(self, where, house_home, out, lmtp=None):
        self.lmtp = lmtp  # the path of a socket; None: pipe
        self.where, self.etc, self.queue, self.port = where, where + '/etc', where + '/queue', free_port()
        for name in ('etc', 'queue', 'data'):
            os.mkdir(os.path.join(where, name))
        shutil.chown(where + '/data', 'postfix')
        os.makedirs(out, exist_ok=True)
        os.chown(out, NOBODY, NOBODY)
        self._write_pipe(house_home)
        self._write_config(out)
        self.output = open(where + '/output', 'wb')
        self.process = subprocess.Popen(['postfix', '-c', self.etc, 'start-fg'], stdout=self.output, stderr=self.output)
        until(self._is_up, what='Postfix')

    def _write_pipe(self, home):
        """What docs call the transport, with the test's clock: pipe(8) passes no environment on."""
        self.now, self.script = self.where + '/now', self.where + '/receive'
        with open(self.script, 'w', encoding='utf-8') as f:
            f.write(f'#!/bin/sh\nPOSTCIRCLE_NOW=$(cat {self.now}) exec {house_kit.PROGRAM} --home {home} receive --from "$1" --to "$2" 2>>{self.where}/receive.log\n')
        os.chmod(self.script, 0o755)
        with open(self.where + '/receive.log', 'w', encoding='utf-8'):
            pass
        os.chown(self.where + '/receive.log', NOBODY, NOBODY)

    def _write_config(self, out):
        with open(self.etc + '/mailboxes', 'w', encoding='utf-8') as f:
            f.writelines(f'{a} {a}/Maildir/\n' for a in (ANA, LEE, MARIA, ROSE, HAROLD))
        with open(self.etc + '/proofs', 'w', encoding='utf-8') as f: # in place of the milters, which need the world's DNS
            f.write(f'/@(.+)$/ PREPEND Authentication-Results: {BORDER}; dmarc=pass header.from=$1\n')
        settings = {
            'compatibility_level': '3.6', 'queue_directory': self.queue, 'data_directory': self.where + '/data', 'mail_owner': 'postfix',
            'maillog_file': self.where + '/mail.log', 'maillog_file_prefixes': '/tmp,/var,/dev/shm', 'myhostname': BORDER, 'mydestination': '',
            'inet_interfaces': '127.0.0.1', 'inet_protocols': 'ipv4', 'mynetworks': '127.0.0.1', 'smtpd_relay_restrictions': 'permit_mynetworks,reject',
            'smtpd_sender_restrictions': f'check_sender_access regexp:{self.etc}/proofs',
            'alias_maps': '', 'local_recipient_maps': '', 'biff': 'no', 'smtputf8_enable': 'no', 'recipient_delimiter': '+',
            'transport_maps': f'inline:{{{DOMAIN}=lmtp:unix:{self.lmtp}}}' if self.lmtp else f'inline:{{{DOMAIN}=postcircle:}}',
            'relay_domains': DOMAIN, 'relay_transport': 'postcircle',
            'postcircle_destination_recipient_limit': '1', 'minimal_backoff_time': '2s', 'queue_run_delay': '2s', 'maximal_backoff_time': '4s',
            'virtual_mailbox_domains': 'example.com clinic.example.org', 'virtual_mailbox_base': out, 'virtual_minimum_uid': '1',
            'virtual_mailbox_maps': f'texthash:{self.etc}/mailboxes', 'virtual_uid_maps': f'static:{NOBODY}', 'virtual_gid_maps': f'static:{NOBODY}',
        }
        with open(self.etc + '/main.cf', 'w', encoding='utf-8') as f:
            f.writelines(f'{k} = {v}\n' for k, v in settings.items())
        with open(self.etc + '/master.cf', 'w', encoding='utf-8') as f:
            f.write(f'127.0.0.1:{self.port} inet n - n - - smtpd\n{PARTS}')
            f.write('lmtp unix - - n - - lmtp\n')
            f.write(f'postcircle unix - n n - 4 pipe user=nobody null_sender= argv={self.script} ${{sender}} ${{recipient}}\n')

    def log(self):
        try:
            with open(self.where + '/mail.log', encoding='utf-8') as f:
                return f.read()
        except OSError:
            return ''

    def _is_up(self):
        assert self.process.poll() is None, open(self.output.name, encoding='utf-8').read()[-1500:]
        return 'daemon started' in self.log()

    def waiting(self):
        return [n for q in ('maildrop', 'incoming', 'active', 'deferred') for _, _, names in os.walk(f'{self.queue}/{q}') for n in names]

    def settle(self):
        until(lambda: not self.waiting(), seconds=30, what='an empty queue')

    def send(self, data, to, sender):
        with smtplib.SMTP('127.0.0.1', self.port, local_hostname='mx.example.com') as smtp:
            smtp.sendmail(sender, [to], data)
        self.settle()

    def end(self):
        try:
            with open(self.queue + '/pid/master.pid', encoding='utf-8') as f:
                os.kill(int(f.read()), signal.SIGTERM)
            self.process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
        self.output.close()


class Town:
    """A house and its Postfix, ended with the block."""

    def __init__(self, folder, by_lmtp=False):
        self.folder, self.by_lmtp, self.role = folder, by_lmtp, None

    def __enter__(self):
        os.mkdir(self.folder + '/house')
        os.mkdir(self.folder + '/postfix')
        self.house = House(self.folder + '/house', uid=NOBODY, now='2026-03-02T15:00:00Z')
        self.socket = self._make_place() if self.by_lmtp else None
        self.postfix = Postfix(self.folder + '/postfix', self.house.home, self.house.out, self.socket)
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
        with open(self.postfix.now, 'w', encoding='utf-8') as f:
            f.write(self.house.now)
        if self.by_lmtp:
            self.restart_role()


def missing():
    if os.getuid() != 0:
        return 'needs root, to run a Postfix'
    if not shutil.which('postfix'):
        return 'needs postfix'
    return None


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
