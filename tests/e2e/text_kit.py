"""What the tests of text messages share: Kannel (bearerbox, smsbox, and its fake SMS centre) on loopback, and calls of our hook."""
import os
import re
import socket
import subprocess
import threading
import urllib.error
import urllib.request

from house_kit import until
from smtp_kit import free_port

OURS, TOKEN = '+15555550199', 'T0KEN' * 6
FAKESMSC = '/usr/lib/kannel/test/fakesmsc'


def is_there():
    return os.path.exists(FAKESMSC) and os.path.exists('/usr/sbin/bearerbox')


def call(url, data=None, **headers):
    """(status, body) of one HTTP request."""
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()


def swallow(port, before):
    """A port that passes one request on to another, and breaks the connection off where its answer should come. before: is called in between."""
    listener = socket.create_server(('127.0.0.1', 0))

    def work():
        with listener, listener.accept()[0] as client, socket.create_connection(('127.0.0.1', port), 20) as server:
            request = b''
            while b'\r\n\r\n' not in request:
                request += client.recv(65536)
            before()
            server.sendall(request)
            assert server.recv(65536).startswith(b'HTTP/1.1 202'), 'it was taken'

    threading.Thread(target=work, daemon=True).start()
    return listener.getsockname()[1]


class Kannel:
    """Both boxes and the fake centre, in a folder; ports of its own."""

    def __init__(self, folder, hook):
        self.folder = os.path.join(folder, 'kannel')
        self.admin, self.boxes, self.send, self.centre = (free_port() for _ in range(4))
        self.running = {}
        self.inputs = None
        for name in ('', 'spool', 'dlrspool'):
            os.makedirs(os.path.join(self.folder, name), exist_ok=True)
        with open(os.path.join(self.folder, 'kannel.conf'), 'w', encoding='ascii') as f:
            f.write(f'''group = core
admin-port = {self.admin}
admin-interface = "127.0.0.1"
admin-password = adminpw
status-password = statuspw
smsbox-port = {self.boxes}
smsbox-interface = "127.0.0.1"
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
dlr-storage = spool
dlr-spool = "dlrspool"
store-type = spool
store-location = "spool"
sms-resend-freq = 5
sms-combine-concatenated-mo = true
sms-combine-concatenated-mo-timeout = 30
log-level = 2

group = smsc
smsc = fake
smsc-id = fake1
port = {self.centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-interface = "127.0.0.1"
sendsms-port = {self.send}
sendsms-chars = "0123456789+"
mo-recode = true
http-timeout = 20
http-request-retry = 50
http-queue-delay = 1
log-level = 2

group = sendsms-user
username = gw
password = gwpw
max-messages = 1
concatenation = true
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"

group = sms-service
keyword = default
catch-all = true
get-url = "{hook}?tok={TOKEN}&from=%q&to=%Q&text=%b&id=%I&coding=%c&charset=%C"
max-messages = 0
omit-empty = true
''')

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *why):
        self.stop()

    def spawn(self, name, *words, **options):
        with open(os.path.join(self.folder, f'{name}.log'), 'ab') as log:
            self.running[name] = subprocess.Popen(words, cwd=self.folder, stdout=log, stderr=log, **options)

    def listens(self, port):
        """Asked of the kernel: bearerbox would take whoever connects for a box, or for the centre, and hand it texts."""
        with open('/proc/net/tcp', encoding='ascii') as f:
            return any(line.split()[1].endswith(f':{port:04X}') and line.split()[3] == '0A' for line in f)

    def start(self):
        self.spawn('bearerbox', '/usr/sbin/bearerbox', '-v', '2', 'kannel.conf')
        until(lambda: all(map(self.listens, (self.admin, self.boxes, self.centre))), 20, 'bearerbox listens')
        self.spawn('smsbox', '/usr/sbin/smsbox', '-v', '2', 'kannel.conf')
        until(lambda: self.listens(self.send), 20, 'smsbox listens')
        self.spawn('fakesmsc', FAKESMSC, '-H', '127.0.0.1', '-r', str(self.centre), '-i', '0.02', stdin=subprocess.PIPE)
        until(lambda: b'online' in call(f'http://127.0.0.1:{self.admin}/status.txt?password=statuspw')[1], 20, 'the fake centre is online')

    def stop(self):
        """Both boxes die at once. The centre first reads what bearerbox wrote to it and gave a receipt for: that is at the phone."""
        for name in ('smsbox', 'bearerbox'):
            if name in self.running:
                self.running[name].kill()
        try:
            self.running['fakesmsc'].wait(10)
        except subprocess.TimeoutExpired:
            self.running['fakesmsc'].kill()
        for process in self.running.values():
            process.wait(30)
            if process.stdin:
                try:
                    process.stdin.close()
                except BrokenPipeError:
                    pass
        self.running = {}

    def kill(self, name):
        process = self.running.pop(name)
        process.kill()
        process.wait(30)

    def spooled(self, number=''):
        """How many messages stand in bearerbox's spool, written out: texts of this number, or all with what is to be told of receipts."""
        found = 0
        for where, _, names in os.walk(os.path.join(self.folder, 'spool')):
            for name in names:
                try:
                    with open(os.path.join(where, name), 'rb') as f:
                        held = f.read()
                        found += bool(held) and number.encode() in held
                except FileNotFoundError:
                    pass
        return found

    def arrives(self, sender, words):
        """Somebody sends us a text. The centre reads a line at a time, and would forget what stands behind it."""
        centre, before = self.running['fakesmsc'], self.sent()
        centre.stdin.write(f'{sender} {OURS} text {words}\n'.encode())
        centre.stdin.flush()
        until(lambda: self.sent() > before, 20, 'the centre sent it')

    def sent(self):
        with open(os.path.join(self.folder, 'fakesmsc.log'), 'rb') as f:
            return f.read().count(b'fakesmsc: sent message')

    def got(self):
        """Every text that phones got from us, as (number, words)."""
        found = []
        with open(os.path.join(self.folder, 'fakesmsc.log'), encoding='utf-8', errors='replace') as f:
            for line in re.findall(r'Got message \d+: <(.*)>', f.read()):
                words = line.split(' ')
                if words[0] == OURS and len(words) > 2:
                    found.append((words[1], ' '.join(words[3:])))
                elif found:  # the centre takes each line of a text for one of its own
                    found[-1] = (found[-1][0], f'{found[-1][1]}\n{line}')
        return found

