"""What the tests of the role imap share: a Dovecot of their own on loopback, a server that misbehaves, the role alone, and letters that count."""
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from house_kit import DOMAIN, House, until
from listener_kit import Listener
from lmtp_kit import add_group
from smtp_kit import Authority, free_port

USER, PASSWORD = 'circles@clinic.example.org', 'correct horse'
GROUP = f'tuesday@{DOMAIN}'


class Dovecot:
    """One instance in a folder of its own, on loopback and high ports, ended by its process id. Mail lies in Maildirs that tests may write to.
    capability: what it offers instead of all it can do. settings: lines behind ours."""

    def __init__(self, name='dovecot', host='localhost', is_expired=False, capability=None, authority=None, has_tls=True, settings='', introspect=None):
        self.where = tempfile.mkdtemp(prefix='postcircle-imap-')  # not in the test's folder, which is searched for what may not stand there
        os.chmod(self.where, 0o755)
        for part in ('run', 'state', 'mail', 'ca'):
            os.mkdir(os.path.join(self.where, part))
        self.authority = authority or Authority(os.path.join(self.where, 'ca'))
        self.ca = self.authority.ca
        self.cert, self.key = self.authority.make(name, host, is_expired)
        self.implicit, self.starttls = free_port(), free_port()
        self.log = os.path.join(self.where, 'dovecot.log')
        self.is_root = os.getuid() == 0
        self.owner = 'nobody' if self.is_root else pwd.getpwuid(os.getuid()).pw_name
        self._write(capability, has_tls, settings + (self._ask_about_tokens(introspect) if introspect else ''))
        self.process = None
        self.start()

    def _ask_about_tokens(self, port):
        """XOAUTH2: it asks a server on this port whether a token counts."""
        path = os.path.join(self.where, 'oauth2.conf')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(f'introspection_mode = get\nintrospection_url = http://127.0.0.1:{port}/?token=\nactive_attribute = active\nactive_value = yes\n'
                    'username_attribute = username\n')
        return f'auth_mechanisms = plain xoauth2\npassdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {path}\n}}\n'

    def _write(self, capability, has_tls, settings):
        owner = pwd.getpwnam(self.owner)
        with open(os.path.join(self.where, 'users'), 'w', encoding='utf-8') as f:
            f.write(f'{USER}:{{PLAIN}}{PASSWORD}\nother@clinic.example.org:{{PLAIN}}{PASSWORD}\n')
        own_users = '' if self.is_root else f'default_internal_user = {self.owner}\ndefault_login_user = {self.owner}\n'
        chroot = '' if self.is_root else 'service anvil {\n chroot =\n}\n'
        self.config = os.path.join(self.where, 'dovecot.conf')
        with open(self.config, 'w', encoding='utf-8') as f:
            f.write(f'''base_dir = {self.where}/run
state_dir = {self.where}/state
log_path = {self.log}
protocols = imap
listen = 127.0.0.1
{'ssl = required' if has_tls else 'ssl = no'}
ssl_cert = <{self.cert}
ssl_key = <{self.key}
disable_plaintext_auth = {'yes' if has_tls else 'no'}
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{self.where}/mail/%n
mail_uid = {owner.pw_uid}
mail_gid = {owner.pw_gid}
first_valid_uid = {min(owner.pw_uid, 1)}
last_valid_uid = 0
first_valid_gid = 0
mail_max_userip_connections = 0
imap_idle_notify_interval = 20 s
{own_users}{chroot}passdb {{
 driver = passwd-file
 args = {self.where}/users
}}
userdb {{
 driver = static
 args = home={self.where}/mail/%n
}}
namespace inbox {{
 inbox = yes
 separator = /
 mailbox Spam {{
  special_use = \\Junk
  auto = create
 }}
}}
service imap-login {{
 chroot =
 inet_listener imap {{
  port = {self.starttls}
 }}
 inet_listener imaps {{
  port = {self.implicit}
  ssl = yes
 }}
}}
{f'imap_capability = {capability}' if capability else ''}
{settings}
''')
        os.chmod(os.path.join(self.where, 'mail'), 0o777)

    def start(self):
        self.output = open(os.path.join(self.where, 'output'), 'ab')
        self.process = subprocess.Popen(['dovecot', '-F', '-c', self.config], stdout=self.output, stderr=self.output)
        until(self._is_up, what='Dovecot')

    def _is_up(self):
        if self.process.poll() is not None:
            with open(self.output.name, encoding='utf-8') as f:
                raise AssertionError('dovecot ended: ' + f.read()[-1500:] + self.said()[-1500:])
        try:
            with socket.create_connection(('127.0.0.1', self.starttls), 1):
                return True
        except OSError:
            return False

    def said(self):
        if not os.path.exists(self.log):
            return ''
        with open(self.log, encoding='utf-8', errors='replace') as f:
            return f.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.output.close()

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.stop()
        if why[0]:
            print(self.said()[-2000:])
        shutil.rmtree(self.where, ignore_errors=True)

    # ---- the Maildir, as a delivering server sees it

    def maildir(self, folder='INBOX'):
        name = USER.split('@')[0]
        return os.path.join(self.where, 'mail', name, *(() if folder == 'INBOX' else ('.' + folder,)))

    def deliver(self, data, folder='INBOX', at=None):
        """Into new/, as a delivering server does."""
        base = self.maildir(folder)
        for part in ('', 'tmp', 'new', 'cur'):
            os.makedirs(os.path.join(base, part), exist_ok=True)
        self.own(os.path.join(self.where, 'mail'))
        Dovecot.serial += 1
        name = f'{int(time.time())}.M{Dovecot.serial:07}P{os.getpid()}.test'
        path = os.path.join(base, 'tmp', name)
        with open(path, 'wb') as f:
            f.write(data)
        if self.is_root:
            shutil.chown(path, self.owner)
        if at:
            os.utime(path, (at, at))
        os.rename(path, os.path.join(base, 'new', name))

    def own(self, top):
        if not self.is_root:
            return
        for where, _, _ in os.walk(top):
            if os.stat(where).st_uid == 0 and where != top:
                shutil.chown(where, self.owner)

    def letters(self, folder='INBOX'):
        """The bytes of what lies in a folder."""
        found = []
        for part in ('new', 'cur'):
            where = os.path.join(self.maildir(folder), part)
            for name in sorted(os.listdir(where)) if os.path.isdir(where) else ():
                try:
                    with open(os.path.join(where, name), 'rb') as f:
                        found.append(f.read())
                except FileNotFoundError:
                    pass  # moved meanwhile
        return found

    def count(self, folder='INBOX'):
        return sum(len(os.listdir(w)) for w in (os.path.join(self.maildir(folder), p) for p in ('new', 'cur')) if os.path.isdir(w))

    def renumber(self):
        """Another UIDVALIDITY: what a server that was set up anew does. A session that still ends would write the old one again: they are waited for."""
        until(lambda: not self._sessions(), what='the end of the sessions')
        for name in os.listdir(self.maildir()):
            if name.startswith('dovecot') and os.path.isfile(os.path.join(self.maildir(), name)):
                os.unlink(os.path.join(self.maildir(), name))
        last = f'{int(time.time()) + 77:08x}'  # the next one follows it; without both files it would be the second, which may be the old one
        for name, text in (('dovecot-uidvalidity', last), (f'dovecot-uidvalidity.{last}', '')):
            with open(os.path.join(self.maildir(), name), 'w', encoding='utf-8') as f:
                f.write(text)
            if self.is_root:
                shutil.chown(f.name, self.owner)

    def _sessions(self):
        """Process ids of the server's children that have a mailbox open."""
        with open(f'/proc/{self.process.pid}/task/{self.process.pid}/children', encoding='utf-8') as f:
            children = f.read().split()
        return [c for c in children if _name_of(c) == 'imap']


Dovecot.serial = 0


def _name_of(pid):
    try:
        with open(f'/proc/{pid}/comm', encoding='utf-8') as f:
            return f.read().strip()
    except OSError:  # it has ended
        return ''


def write_secret(folder, text, name='mailbox.password'):
    path = os.path.join(folder, name)
    if os.path.exists(path):
        os.unlink(path)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w', encoding='utf-8') as f:
        f.write(text + '\n')
    return path


def use_mailbox(house, port, ca, scheme='imaps', host='localhost', user=USER, password=PASSWORD, name='circles', **settings):
    """Writes the section [imap NAME] anew; password=None: none."""
    if password is not None:
        settings.setdefault('password_file', write_secret(house.folder, password))
    settings = {'url': f'{scheme}://{user}@{host}:{port}', 'ca_file': ca, **settings}
    path = os.path.join(house.home, 'postcircle.ini')
    with open(path, encoding='utf-8') as f:
        sections = re.split(r'^(?=\[)', f.read(), flags=re.M)
    sections = [s for s in sections if not s.startswith(f'[imap {name}]')]
    sections.append(f'\n[imap {name}]\n' + ''.join(f'{k} = {v}\n' for k, v in settings.items()))
    with open(path, 'w', encoding='utf-8') as f:
        f.write(''.join(sections))


def body(n, to=GROUP, size=0):
    """A letter that can be counted: its number stands in it."""
    return (f'Return-Path: <rose@example.com>\r\nDelivered-To: {USER}\r\nReceived: from mx.example.com by mx.clinic.example.org; Mon, 2 Mar 2026 10:00:00 +0000\r\n'
            f'From: rose@example.com\r\nTo: {to}\r\nSubject: canaryname\r\nMessage-ID: <{n}@example.com>\r\n\r\nNumber {n}.\r\n').encode() + b'0123456789abcd\r\n' * (size // 16)


def house_with_group(folder):
    house = House(folder)
    add_group(house)
    return house


def stored(house):
    return house.count('SELECT COUNT(*) FROM arrival WHERE state >= 2')


def taken(house, n, seconds=20):
    until(lambda: stored(house) == n, seconds, what=f'{n} letters, not {stored(house)}')


class ImapRole:
    """The role alone, ended with its block."""

    def __init__(self, house, worker=0, **options):
        self.house, self.worker, self.options = house, worker, options
        self.log_path = os.path.join(house.folder, f'imap-{time.monotonic_ns()}.log')

    def start(self):
        with open(self.log_path, 'ab') as log:
            self.process = self.house.start('role', 'imap', '--worker', str(self.worker), stdout=log, stderr=log, **self.options)
        return self

    def ready(self):
        """Signed in, and the folder begun."""
        until(lambda: 'mailbox_opened' in self.log() and self.house.count('SELECT COUNT(*) FROM mailbox_folder WHERE folder = ?', 'INBOX'), what='the mailbox')
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *why):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        self.house.log += self.log().encode()
        if why[0]:
            print(self.log()[-3000:])

    def log(self):
        with open(self.log_path, encoding='utf-8') as f:
            return f.read()

    def pss_kb(self):
        with open(f'/proc/{self.process.pid}/smaps_rollup', encoding='utf-8') as f:
            return int(re.search(r'^Pss:\s+(\d+)', f.read(), re.M).group(1))


class Hostile(Listener):
    """A server under TLS that lets `script(talk)` speak after a proper sign-in; talk has .line() and .say(bytes)."""
    patience = 60

    def __init__(self, folder, script, greeting=b'* OK hello\r\n', capability=b'IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS MOVE'):
        authority = Authority(folder)
        self.ca, self.context = authority.ca, authority.context('hostile')
        self.script, self.greeting, self.capability = script, greeting, capability
        super().__init__()

    def serve(self, peer):
        with self.context.wrap_socket(peer, server_side=True) as tls:
            talk = Talk(self, tls)
            talk.say(self.greeting)
            talk.sign_in()
            self.script(talk)


class Talk:
    """One session of Hostile."""

    def __init__(self, server, tls):
        self.server, self.tls, self.file = server, tls, tls.makefile('rb')
        self.tag = b''

    def line(self):
        """(tag, command) of the next line."""
        line = self.file.readline(65536)
        if not line:
            raise EOFError
        self.server.commands.append(line)
        self.tag, _, rest = line.strip().partition(b' ')
        return rest

    def say(self, data):
        self.tls.sendall(data)

    def ok(self, data=b''):
        self.say(data + self.tag + b' OK done\r\n')

    def sign_in(self):
        is_known = False
        while True:
            command = self.line().upper()
            if command.startswith(b'CAPABILITY'):
                self.ok(b'* CAPABILITY ' + self.server.capability + b'\r\n')
                if is_known:
                    return
            elif command.startswith(b'AUTHENTICATE PLAIN'):
                if len(command.split()) < 3:
                    tag = self.tag
                    self.say(b'+ \r\n')
                    self.file.readline(65536)
                    self.tag = tag
                self.ok()
                is_known = True
            elif command.startswith(b'LOGIN '):
                self.ok()
                is_known = True
            else:
                raise ValueError(command)

    def serve_box(self, uids, letter, validity=b'7', on_fetch=None, next_uid=None):
        """A plain mailbox: what it holds is `letter` under each of uids; moves take them away. on_fetch(talk, uid, rest): says the answer itself."""
        uids = list(uids)
        while True:
            command = self.line()
            words = command.split()
            upper = command.upper()
            if upper.startswith((b'SELECT', b'EXAMINE')):
                after = next_uid or (max(uids) + 1 if uids else 1)
                self.ok(b'* %d EXISTS\r\n* OK [UIDVALIDITY %s] v\r\n* OK [UIDNEXT %d] n\r\n' % (len(uids), validity, after))
            elif upper.startswith(b'UID SEARCH'):
                self.ok(b'* SEARCH' + b''.join(b' %d' % u for u in uids) + b'\r\n')
            elif upper.startswith(b'UID FETCH'):
                uid = int(words[2])
                if on_fetch:
                    on_fetch(self, uid, command)
                    continue
                offset, count = map(int, re.search(rb'<(\d+)\.(\d+)>', command).groups())
                piece = letter[offset:offset + count]
                self.ok(b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "02-Mar-2026 10:00:00 +0000" BODY[]<%d> {%d}\r\n%s)\r\n'
                        % (uids.index(uid) + 1, uid, len(letter), offset, len(piece), piece))
            elif upper.startswith(b'UID MOVE'):
                uids.remove(int(words[2]))
                self.ok()
            elif upper.startswith(b'IDLE'):
                self.say(b'+ idling\r\n')
                tag = self.tag
                self.line()
                self.tag = tag
                self.ok()
            else:
                self.ok()
