"""A real Postfix for tests: an instance in a folder of its own, on loopback, which pipes mail for our domain to `receive` as an unprivileged user and
puts ours into Maildirs."""
import os
import shutil
import signal
import smtplib
import subprocess

import house_kit
from house_kit import BORDER, DOMAIN, NOBODY, until
from smtp_kit import free_port


def missing():
    if os.getuid() != 0:
        return 'needs root, to run a Postfix'
    if not shutil.which('postfix'):
        return 'needs postfix'
    return None


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

    def __init__(self, where, house_home, out, mailboxes, lmtp=None):
        self.mailboxes = mailboxes  # addresses
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
            f.writelines(f'{a} {a}/Maildir/\n' for a in self.mailboxes)
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
            'virtual_mailbox_domains': ' '.join(sorted({a.split('@')[1] for a in self.mailboxes})), 'virtual_mailbox_base': out, 'virtual_minimum_uid': '1',
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
        self.send_all([(data, to, sender)])

    def send_all(self, letters):
        """[(bytes, recipient, sender)], over one connection."""
        with smtplib.SMTP('127.0.0.1', self.port, local_hostname='mx.example.com') as smtp:
            for data, to, sender in letters:
                smtp.sendmail(sender, [to], data)
        self.settle()

    def at(self, now):
        """The clock of what it pipes to."""
        with open(self.now, 'w', encoding='utf-8') as f:
            f.write(now)

    def end(self):
        try:
            with open(self.queue + '/pid/master.pid', encoding='utf-8') as f:
                os.kill(int(f.read()), signal.SIGTERM)
            self.process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
        self.output.close()
