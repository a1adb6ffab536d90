#!/usr/bin/env python3
"""What each process of `serve` holds while it works, in a practice with one group of MEMBERS:
   bench/memory.py [MEMBERS ...]        10000 and 100000
The clock closes an issue for all of them and the mail roles send it into smtp-sink; meanwhile LETTERS members' letters come by LMTP (notes, answers,
HTML, files that make letters of 25 MB, boxes in boxes, words that sound like danger), a nurse asks WHO, STATS and QUEUE, and the daily mail is made. PSS is the highest of
samples, 50 a second; "RSS peak" is the kernel's own mark of each process, which misses nothing and counts shared pages in full.
Ends with 1 when a role was seen over 64 MB PSS, or the reader of mail over 128."""
import base64
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests', 'e2e'))
from house_kit import ANA, BORDER, BUILD, GROUP, House, letter, until  # noqa: E402
from lmtp_kit import Client, listen  # noqa: E402
from watch import Watch  # noqa: E402

SIZES = [int(word) for word in sys.argv[1:]] or [10000, 100000]
LETTERS, PORT = 400, 2541
LIMIT_KB, PARSER_LIMIT_KB = 64 << 10, 128 << 10


def html(sender, n):
    """A note as a phone writes it: many tags around few words."""
    cells = ''.join(f'<tr><td style="color:#333"><span>line {i} of note {n}</span></td></tr>' for i in range(400))
    whole = letter(sender, GROUP, f'Walking {n}', '')
    return whole.replace(b'text/plain', b'text/html') + f'<html><body><p>I walked to the lake, {n}.</p><table>{cells}</table></body></html>\r\n'.encode()


def with_file(sender, n, megabytes):
    head, _ = letter(sender, GROUP, f'A picture {n}', '').split(b'Content-Type:', 1)
    data = base64.encodebytes(os.urandom(1 << 16)).replace(b'\n', b'\r\n') * (megabytes * 11)
    return (head + b'Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nMy garden.\r\n--B\r\nContent-Type: image/jpeg; '
            b'name="a.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + data + b'\r\n--B--\r\n')


def boxes(sender, n, depth=48):
    head, _ = letter(sender, GROUP, f'Forwarded {n}', '').split(b'Content-Type:', 1)
    body = b'Content-Type: text/plain\r\n\r\nHello from inside.\r\n'
    for i in range(depth):
        body = f'Content-Type: multipart/mixed; boundary=B{i}\r\n\r\n--B{i}\r\n'.encode() + body + f'--B{i}--\r\n'.encode()
    return head + body


def letters(members):
    """What members write while the issue goes out."""
    for n in range(LETTERS):
        sender = f'm{n % members}@example.net'
        if n % 100 == 50:
            yield sender, with_file(sender, n, 26)
        elif n % 50 == 7:
            yield sender, boxes(sender, n)
        elif n % 40 == 3:
            yield sender, letter(sender, GROUP, f'tonight {n}', f'I want to kill myself tonight. I have the pills here, {n}.')
        elif n % 10 == 5:
            yield sender, html(sender, n)
        else:
            yield sender, letter(sender, GROUP, f'My week {n}', f'1 Thank you all. I walked {n} steps today, and then I rested by the lake for a while.')


def opt_in(house):
    """Ana's staff letter, whose Reply-To is her desk; what she is sent from now on goes to the sink."""
    house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2')
    house.ok('work', '--once')
    first = house.newest(ANA)
    house.ok('receive', '--to', first.reply_to, '--from', ANA, data=letter(ANA, first.reply_to, 'Re: ' + first.subject, 'Yes', first))
    house.ok('work', '--once')
    house.ok('practice', 'set', 'relay', f'smtp://127.0.0.1:{PORT}')
    return house.newest(ANA)


def measure(members):
    with tempfile.TemporaryDirectory(prefix='postcircle-') as folder:
        house = House(folder)
        socket = listen(house)
        desk = opt_in(house)
        subprocess.run([os.path.join(BUILD, 'tests/tools/fill_home'), house.home, str(members)], check=True)
        sink = subprocess.Popen(['smtp-sink', *(('-u', 'nobody') if os.getuid() == 0 else ()), f'127.0.0.1:{PORT}', '1000'])
        with open(os.path.join(folder, 'log'), 'wb') as log:
            serve = house.start('serve', stdout=log, stderr=log)
        watch = Watch(serve)
        watch.start()
        try:
            until(lambda: os.path.exists(socket), what='the role lmtp')
            soon = datetime.now(ZoneInfo('America/New_York')) + timedelta(seconds=75)
            house.ok('practice', 'set', 'daily-mail', soon.strftime('%H:%M'))
            house.ok('group', 'set', 'tuesday', '--digest-hour', soon.strftime('%H:%M'))
            until(lambda: house.count('SELECT COUNT(*) FROM delivery WHERE lane = 4') >= members, seconds=300, what='the issue')
            with Client(socket, timeout=120) as client:
                for sender, data in letters(members):
                    assert client.letter(data, sender=sender)[0].startswith('250 '), 'a letter was refused'
                for words in ('WHO', 'STATS', 'QUEUE'):
                    client.letter(letter(ANA, desk.reply_to, 'Re: ' + desk.subject, words, desk), sender=ANA, to=(desk.reply_to,))
            until(lambda: not house.count('SELECT COUNT(*) FROM arrival WHERE state < 4'), seconds=600, what='the letters')
            until(lambda: not house.count('SELECT COUNT(*) FROM delivery WHERE lane = 4 AND state IN (1, 2)'), seconds=1800, what='the digests')
        finally:
            watch.is_over = True
            watch.join()
            serve.terminate()
            serve.wait(60)
            sink.terminate()
            sink.wait(10)
        held, alarms = house.count('SELECT COUNT(*) FROM post WHERE state = 1'), house.count('SELECT COUNT(*) FROM page')
    return watch, held, alarms


def main():
    if not shutil.which('smtp-sink', path='/usr/sbin:/usr/bin'):
        print('skip memory: postfix is not installed')
        return 0
    os.environ['PATH'] += ':/usr/sbin'
    is_good = True
    for members in SIZES:
        watch, held, alarms = measure(members)
        print(f'{members} members: {held} letters held, {alarms} alarms, {watch.samples} samples')
        for role in sorted(watch.pss):
            limit = PARSER_LIMIT_KB if role == 'reader of mail' else LIMIT_KB
            is_good = is_good and 0 < watch.pss[role] <= limit
            print(f'  {role:16} PSS {watch.pss[role] / 1024:6.1f} MB   RSS peak {watch.rss[role] / 1024:6.1f} MB   {"" if watch.pss[role] <= limit else "OVER"}')
    return 0 if is_good else 1


sys.exit(main())
