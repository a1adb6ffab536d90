"""What the SMTP tests share: a relay that misbehaves on demand, the driver of mailer/, a small test runner."""
import base64
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import traceback

from listener_kit import Listener

SEND = os.path.join(os.environ.get('POSTCIRCLE_BUILD', 'build/release'), 'tests/tools/smtp_send')


def send(url, count=1, *options, timeout=60):
    """Returns (lines about messages, closing line)."""
    run = subprocess.run([SEND, url, str(count), *options], capture_output=True, timeout=timeout)
    lines = [json.loads(line) for line in run.stdout.decode('utf-8', 'replace').splitlines()]
    assert run.returncode == 0 and lines, f'exit {run.returncode}: {run.stderr.decode("utf-8", "replace")[-2000:]}'
    return lines[:-1], lines[-1]


def outcomes(lines):
    return [line['outcome'] for line in lines]


class FakeRelay(Listener):
    """One behaviour per instance. drop=(n, where): the connection ends at the n-th message, where = mail, rcpt, data, mid, dot.
    At "dot" the whole message was read, and kept when keep_dropped. replies: {"MAIL" or "RCPT" or "DATA" or "DOT": {text in
    the command or body: reply}}. judge_token(user, token): whether XOAUTH2 lets them in."""

    def __init__(self, banner='220 fake ESMTP', extensions=('PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'), drop=(0, ''),
                 keep_dropped=False, replies=None, context=None, is_implicit=False, has_starttls=False, auth_reply='235 2.7.0 ok',
                 stall=(), judge_token=None):
        self.banner, self.extensions, self.drop, self.keep_dropped = banner, list(extensions), drop, keep_dropped
        self.replies, self.context, self.is_implicit, self.has_starttls = replies or {}, context, is_implicit, has_starttls
        self.auth_reply, self.stall, self.judge_token = auth_reply, stall, judge_token
        self.kept, self.seen = [], 0
        super().__init__()

    def serve(self, peer):
        if self.is_implicit:
            peer = self.context.wrap_socket(peer, server_side=True)
        self._talk(peer, self.is_implicit)

    def _reply(self, step, text, default):
        for word, reply in self.replies.get(step, {}).items():
            if word in text:
                return reply
        return default

    def _talk(self, peer, is_tls, greets=True):
        file = peer.makefile('rb')

        def say(text):
            peer.sendall(text.encode() + b'\r\n')
        if 'banner' in self.stall:
            time.sleep(20)
        if greets:
            say(self.banner)
        if not self.banner.startswith('220'):
            return
        has_recipient = False
        while True:
            line = file.readline(4096)
            if not line:
                return
            text = line.decode('latin-1').rstrip('\r\n')
            self.commands.append(text)
            verb = text.upper().split(' ')[0]
            if verb in ('MAIL', 'RCPT', 'DATA') and self.drop == (self.seen + (verb == 'MAIL'), verb.lower()):
                return
            if verb in ('EHLO', 'HELO'):
                extra = ['STARTTLS'] if self.has_starttls and not is_tls else []
                lines = ['fake.example.org'] + self.extensions + extra
                for i, word in enumerate(lines):
                    say(('250 ' if i == len(lines) - 1 else '250-') + word)
            elif verb == 'STARTTLS':
                say('220 2.0.0 go')
                peer = self.context.wrap_socket(peer, server_side=True)
                return self._talk(peer, True, greets=False)
            elif verb == 'AUTH':
                words = text.split()
                if words[1].upper() == 'LOGIN':
                    for prompt in ('334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6'):
                        say(prompt)
                        self.commands.append(file.readline(4096).decode('latin-1').strip())
                elif len(words) < 3:
                    say('334 ')
                    self.commands.append(file.readline(16384).decode('latin-1').strip())
                if words[1].upper() == 'XOAUTH2' and self.judge_token:
                    self._xoauth2(words[2] if len(words) > 2 else self.commands[-1], file, say)
                else:
                    say(self.auth_reply)
            elif verb == 'MAIL':
                self.seen += 1
                say(self._reply('MAIL', text, '250 2.1.0 ok'))
            elif verb == 'RCPT':
                reply = self._reply('RCPT', text, '250 2.1.5 ok')
                has_recipient = reply.startswith('2')
                say(reply)
            elif verb == 'DATA':
                reply = self._reply('DATA', text, '354 go' if has_recipient else '554 5.5.1 no valid recipients')
                say(reply)
                if reply.startswith('3') and not self._body(file, say):
                    return
            elif verb == 'QUIT':
                say('221 2.0.0 bye')
                return
            elif verb in ('RSET', 'NOOP'):
                say('250 2.0.0 ok')
            else:
                say('500 5.5.1 what')

    def _xoauth2(self, answer, file, say):
        """As Google and Microsoft have it: what is wrong comes as a challenge first, which the client takes with an empty line."""
        user, token = re.fullmatch(r'user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01', base64.b64decode(answer).decode()).groups()
        if self.judge_token(user, token):
            return say('235 2.7.0 Accepted')
        say('334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiQmVhcmVyIn0=')
        self.commands.append(file.readline(4096).decode('latin-1').strip())
        return say('535 5.7.8 Username and Password not accepted')

    def _body(self, file, say):
        body, n = [], 0
        while True:
            line = file.readline(4096)
            if not line:
                return False
            n += 1
            if self.drop == (self.seen, 'mid') and n > 3:
                return False
            if line == b'.\r\n':
                break
            body.append(line[1:] if line.startswith(b'.') else line)
        if self.drop == (self.seen, 'dot'):
            if self.keep_dropped:
                self.kept.append(b''.join(body))
            return False
        if 'dot' in self.stall:
            time.sleep(20)
        reply = self._reply('DOT', b''.join(body).decode('latin-1'), '250 2.0.0 queued')
        if reply.startswith('2'):
            self.kept.append(b''.join(body))
        say(reply)
        return True


class Authority:
    """A certificate authority in a folder of its own, made by openssl."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = os.path.join(folder, 'ca.pem')
        self._openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2',
                      '-subj', '/CN=Test authority', '-addext', 'basicConstraints=critical,CA:TRUE')

    def _openssl(self, *words):
        subprocess.run(['openssl', *words], cwd=self.folder, check=True, capture_output=True)

    def make(self, name, host, is_expired=False):
        """Returns (certificate file, key file) for a host."""
        self._openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', name + '.key', '-out', name + '.csr', '-subj', '/CN=' + host)
        with open(os.path.join(self.folder, name + '.ext'), 'w') as f:
            f.write(f'subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n')
        if is_expired:
            # x509 takes no past dates in openssl 3.0; its ca command does
            return self._make_expired(name)
        self._openssl('x509', '-req', '-in', name + '.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', name + '.pem',
                      '-extfile', name + '.ext', '-days', '1')
        return self._pair(name)

    def _pair(self, name):
        return os.path.join(self.folder, name + '.pem'), os.path.join(self.folder, name + '.key')

    def _make_expired(self, name):
        for file, text in (('index.txt', ''), ('serial', '77\n'),
                           ('ca.cnf', '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\n'
                                      'policy=p\ncertificate=ca.pem\nprivate_key=ca.key\n[p]\ncommonName=supplied\n')):
            with open(os.path.join(self.folder, file), 'w') as f:
                f.write(text)
        self._openssl('ca', '-batch', '-config', 'ca.cnf', '-in', name + '.csr', '-out', name + '.pem', '-extfile', name + '.ext',
                      '-startdate', '20200101000000Z', '-enddate', '20200201000000Z', '-notext')
        return self._pair(name)

    def context(self, name, host='localhost', is_expired=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.make(name, host, is_expired))
        return context


def secret(folder, text):
    path = os.path.join(folder, 'password')
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as f:
        f.write(text + '\n')
    return path


def expect(got, want):
    assert got == want, f'got {got!r}, want {want!r}'


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as s:
        return s.getsockname()[1]


def wait_for(check, seconds=20):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, 'waited too long'
        time.sleep(0.05)


def main(tests):
    """Runs (name, function) pairs; a function may raise Skip."""
    is_good = True
    for name, test in tests:
        try:
            test()
            print('ok', name, flush=True)
        except Skip as why:
            print('skip', name, why, flush=True)
        except Exception:
            is_good = False
            print('not ok', name, flush=True)
            traceback.print_exc(file=sys.stdout)
    sys.exit(0 if is_good else 1)


class Skip(Exception):
    pass


def folder():
    return tempfile.TemporaryDirectory(prefix='postcircle-mail-')
