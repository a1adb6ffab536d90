#!/usr/bin/env python3
"""What each process of `serve` holds while letters of 25 MB come by LMTP, a new `serve` for each shape of letter:
   bench/big_letters.py [SHAPE ...]     all of them
Each shape comes TIMES times, then all is sorted. PSS is the highest of samples, 50 a second; "read" tells whether the letter was held for review or, over a limit
of the reader, parked for staff. Ends with 1 when a role was seen over 64 MB, or the reader of mail over 128."""
import base64
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests', 'e2e'))
from house_kit import BORDER, BUILD, GROUP, House, letter, until  # noqa: E402
from lmtp_kit import Client, listen  # noqa: E402
from watch import Watch  # noqa: E402

TIMES, SENDER = 3, 'm0@example.net'
MB = 1 << 20
FULL = 25 * MB - (64 << 10)
LIMIT_KB, READER_LIMIT_KB = 64 << 10, 128 << 10
LINE = b'I walked to the lake today, and then I rested for a while on the bench there.\r\n'


def fill(piece, size):
    return piece * (size // len(piece))


def head(subject):
    return letter(SENDER, GROUP, subject, '').split(b'Content-Type:', 1)[0]


def whole(kind, body):
    return head('My week') + f'Content-Type: {kind}\r\n\r\n'.encode() + body


def part(kind, body):
    return f'--B\r\nContent-Type: {kind}\r\n\r\n'.encode() + body + b'\r\n'


def mixed(*parts):
    return whole('multipart/mixed; boundary=B', part('text/plain', b'My garden.') + b''.join(parts) + b'--B--\r\n')


def coded(kind, size):
    data = base64.encodebytes(os.urandom(57 << 10)).replace(b'\n', b'\r\n')
    return part(f'{kind}\r\nContent-Transfer-Encoding: base64', fill(data, size))


def boxes(body, depth=48):
    for i in range(depth):
        body = f'Content-Type: multipart/mixed; boundary=B{i}\r\n\r\n--B{i}\r\n'.encode() + body + f'--B{i}--\r\n'.encode()
    return head('My week') + body


def cells(size):
    return b'<html><body><p>I walked.</p><table>' + fill(b'<tr><td style="color:#333"><span>A line.</span></td></tr>\r\n', size) + b'</table></body></html>'


SHAPES = {
    'one picture': lambda: mixed(coded('image/jpeg; name="a.jpg"', FULL)),
    'winmail.dat': lambda: mixed(coded('application/ms-tnef; name="winmail.dat"', FULL)),
    'plain text': lambda: whole('text/plain', fill(LINE, FULL)),
    'one line': lambda: whole('text/plain', b'x' * FULL),
    'HTML, 27 MB': lambda: whole('text/html', cells(27 * MB)),
    'HTML with a picture in it': lambda: whole('text/html', cells(MB // 2) + b'<img src="data:image/png;base64,' + b'QUJD' * (5 * MB // 4) + b'">'),
    'a header': lambda: whole(f'text/plain\r\nX-Walk: {"lake " * (FULL // 5)}', b'I walked.'),
    'header fields': lambda: whole('text/plain\r\n' + 'X-Walk: to the lake\r\n' * (FULL // 21), b'I walked.'),
    'boxes in boxes': lambda: boxes(b'Content-Type: text/plain\r\n\r\nHello.\r\n' + b'--B0\r\nContent-Type: image/png\r\n\r\n' + fill(LINE, FULL)),
    '900 texts': lambda: mixed(*(part('text/plain', fill(LINE, FULL // 900)) for _ in range(900))),
    '25 attached texts': lambda: mixed(*(part('text/plain\r\nContent-Disposition: attachment', fill(LINE, FULL // 25)) for _ in range(25))),
    '25 letters inside': lambda: mixed(*(part('message/rfc822', b'Subject: y\r\n\r\n' + fill(LINE, FULL // 25)) for _ in range(25))),
    'a text of 900 KB beside a picture': lambda: mixed(part('text/plain', fill(LINE, 900 << 10)), coded('image/jpeg', 23 * MB)),
    'ends of lines mixed': lambda: mixed(part('text/plain', b'A\nb\r\n'), coded('image/jpeg', FULL)),
}


def deliver(make):
    """The processes' peaks, and how many letters were read and parked."""
    with tempfile.TemporaryDirectory(prefix='postcircle-') as folder:
        house = House(folder)
        socket = listen(house)
        house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2')
        subprocess.run([os.path.join(BUILD, 'tests/tools/fill_home'), house.home, '10'], check=True)
        with open(os.path.join(folder, 'log'), 'wb') as log:
            serve = house.start('serve', stdout=log, stderr=log)
        watch = Watch(serve)
        watch.start()
        try:
            until(lambda: os.path.exists(socket), what='the role lmtp')
            with Client(socket, timeout=120) as client:
                for _ in range(TIMES):
                    assert client.letter(make(), sender=SENDER)[0].startswith('250 '), 'a letter was refused'
            until(lambda: not house.count('SELECT COUNT(*) FROM arrival WHERE state < 4'), seconds=600, what='the letters')
        finally:
            watch.is_over = True
            watch.join()
            serve.terminate()
            serve.wait(60)
        return watch, house.count('SELECT COUNT(*) FROM arrival WHERE state = 4'), house.count('SELECT COUNT(*) FROM arrival WHERE state = 5')


def main():
    is_good = True
    for shape in sys.argv[1:] or SHAPES:
        watch, read, parked = deliver(SHAPES[shape])
        print(f'{shape}: {len(SHAPES[shape]()) / MB:.1f} MB, {read} read, {parked} parked')
        for role in sorted(watch.pss):
            limit = READER_LIMIT_KB if role == 'reader of mail' else LIMIT_KB
            is_good = is_good and 0 < watch.pss[role] <= limit
            print(f'  {role:16} PSS {watch.pss[role] / 1024:6.1f} MB   RSS peak {watch.rss[role] / 1024:6.1f} MB   {"" if watch.pss[role] <= limit else "OVER"}')
    return 0 if is_good else 1


sys.exit(main())
