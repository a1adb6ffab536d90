"""What the tests and the bench of the role lmtp share: the role alone or under serve, and a client that speaks LMTP by hand."""
import os
import socket
import subprocess
import time

from house_kit import DOMAIN, until

GROUP = f'tuesday@{DOMAIN}'


class Gone(Exception):
    """The other side went away."""


class Client:
    """One connection."""

    def __init__(self, path, timeout=20, greet=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.rest = b''
        try:
            self.socket.connect(path)
        except OSError as e:
            self.socket.close()
            raise Gone from e
        if greet:
            assert self.answer().startswith('220 ')
            assert self.ask('LHLO mx.example.net').startswith('250-')

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data if isinstance(data, bytes) else data.encode())
        except (BrokenPipeError, ConnectionResetError) as e:
            raise Gone from e

    def answer(self):
        """One answer with all its lines."""
        lines = []
        while True:
            while b'\r\n' not in self.rest:
                try:
                    more = self.socket.recv(65536)
                except ConnectionResetError:
                    more = b''
                if not more:
                    raise Gone
                self.rest += more
            line, self.rest = self.rest.split(b'\r\n', 1)
            lines.append(line.decode())
            if line[3:4] != b'-':
                return '\n'.join(lines)

    def ask(self, line):
        self.send(line + '\r\n')
        return self.answer()

    def begin(self, sender='rose@example.net', to=(GROUP,)):
        """Up to 354, pipelined."""
        self.send(f'MAIL FROM:<{sender}>\r\n' + ''.join(f'RCPT TO:<{a}>\r\n' for a in to) + 'DATA\r\n')
        assert self.answer().startswith('250 ')
        for _ in to:
            answer = self.answer()
            assert answer.startswith('250 '), answer
        assert self.answer().startswith('354 ')

    def letter(self, data, **envelope):
        """A whole transaction; the answers of its recipients."""
        self.begin(**envelope)
        self.send(data.replace(b'\r\n.', b'\r\n..') + b'\r\n.\r\n')
        return [self.answer() for _ in envelope.get('to', (GROUP,))]


def add_group(house):
    house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')


def socket_path(house):
    return os.path.join(house.home, 'run', 'lmtp')


def listen(house, **settings):
    """Writes the settings; the socket lies in the home, whose path is short in tests."""
    house.set('lmtp', listen='unix:run/lmtp', **settings)
    return socket_path(house)


class Role:
    """The role alone, ended with its block."""

    def __init__(self, house, **options):
        self.house, self.options = house, options
        self.log_path = os.path.join(house.folder, f'lmtp-{time.monotonic_ns()}.log')

    def start(self):
        with open(self.log_path, 'ab') as log:
            self.process = self.house.start('role', 'lmtp', stdout=log, stderr=log, **self.options)
        until(self.is_up, what='the role lmtp')

    def is_up(self):
        assert self.process.poll() is None, self.log()
        try:
            with Client(socket_path(self.house)):
                return True
        except Gone:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *why):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.house.log += self.log().encode()
        if why[0]:
            print(self.log()[-3000:])

    def log(self):
        with open(self.log_path, encoding='utf-8') as f:
            return f.read()
