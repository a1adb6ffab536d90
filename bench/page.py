#!/usr/bin/env python3
"""From the moment we answer for a letter that sounds like danger, by `receive` (its exit 0) and by LMTP (its 250), to the alarm at the relay: at an
idle machine, and in the same run while 10,000 digests go through the same relay.
   bench/page.py [MEMBERS] [LETTERS]
The relay is a small one of our own, in a process of its own, which notes when the last byte of an alarm has come."""
import asyncio
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests', 'e2e'))
from house_kit import ANA, BORDER, BUILD, GROUP, House, letter, until  # noqa: E402
from lmtp_kit import Client, listen  # noqa: E402

MEMBERS = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
LETTERS = int(sys.argv[2]) if len(sys.argv) > 2 else 15
GOAL_SECONDS, GOAL_RATIO = 2.0, 2.0


class Session(asyncio.Protocol):
    """Answers all that is asked, pipelined or not; tells of alarms."""

    def __init__(self, count, alarms):
        self.count, self.alarms, self.buffer, self.data = count, alarms, b'', None

    def connection_made(self, transport):
        self.transport = transport
        transport.write(b'220 sink ESMTP\r\n')

    def data_received(self, data):
        self.buffer += data
        while True:
            end = b'\r\n.\r\n' if self.data else b'\r\n'
            at = self.buffer.find(end)
            if at < 0:
                return
            part, self.buffer = self.buffer[:at], self.buffer[at + len(end):]
            self.take(part)

    def take(self, part):
        if self.data:
            self.data = None
            self.count.value += 1
            if b'please claim' in part[:4000]:
                self.alarms.put(time.monotonic())
            self.transport.write(b'250 2.0.0 ok\r\n')
            return
        word = part[:4].upper()
        self.data = word == b'DATA'
        self.transport.write(b'250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n' if word == b'EHLO' else b'354 go on\r\n' if self.data
                             else b'221 bye\r\n' if word == b'QUIT' else b'250 2.0.0 ok\r\n')
        if word == b'QUIT':
            self.transport.close()


def relay(port, count, alarms):
    async def serve():
        server = await asyncio.get_running_loop().create_server(lambda: Session(count, alarms), '127.0.0.1', 0)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()
    asyncio.run(serve())


def one(house, socket, alarms, n):
    """Seconds from our answer to the relay. Each letter is claimed by nobody; the calls of earlier ones are minutes away. Every second letter comes by LMTP."""
    mail = letter('m1@example.net', GROUP, f'tonight {n}', f'I want to kill myself tonight. I have the pills here, {n}.')
    if n % 2:
        with Client(socket) as client:
            assert client.letter(mail, sender='m1@example.net')[0].startswith('250 '), 'the letter was refused'
            start = time.monotonic()
    else:
        house.ok('receive', '--to', GROUP, '--from', 'm1@example.net', data=mail)
        start = time.monotonic()
    return max(0.0, alarms.get(timeout=30) - start)


def say(what, seconds):
    print(f'{what:40} median {statistics.median(seconds):.3f} s  worst {max(seconds):.3f} s  of {len(seconds)} letters')


def judge(way, idle, busy):
    """Says one way's figures; whether they reach the goals."""
    say(f'{way}, idle', idle)
    say(f'{way}, while digests are sent', busy)
    ratio = statistics.median(busy) / statistics.median(idle)
    is_good = max(idle + busy) <= GOAL_SECONDS and ratio <= GOAL_RATIO
    print(f'{way}: ratio of the medians {ratio:.2f}; goal: at most {GOAL_SECONDS:.0f} s, ratio at most {GOAL_RATIO:.0f}: {"reached" if is_good else "MISSED"}')
    return is_good


def main():
    port, count, alarms = multiprocessing.Value('i', 0), multiprocessing.Value('i', 0), multiprocessing.Queue()
    sink = multiprocessing.Process(target=relay, args=(port, count, alarms), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.01)
    with tempfile.TemporaryDirectory(prefix='postcircle-') as folder:
        house = House(folder, relay=f'smtp://127.0.0.1:{port.value}')
        socket = listen(house)
        house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2')
        house.ok('work', '--once')
        subprocess.run([os.path.join(BUILD, 'tests/tools/fill_home'), house.home, str(MEMBERS)], check=True)
        with open(os.path.join(folder, 'log'), 'wb') as log:
            serve = house.start('serve', stdout=log, stderr=log)
        try:
            until(lambda: os.path.exists(socket), what='the role lmtp')
            time.sleep(2)
            idle = [one(house, socket, alarms, n) for n in range(2 * LETTERS)]
            before = count.value
            house.ok('digest', 'send', 'tuesday')
            while count.value == before:
                time.sleep(0.01)
            start, busy, spoiled = time.monotonic(), [], 0
            while count.value - before < MEMBERS and len(busy) < LETTERS * 4:
                seconds = one(house, socket, alarms, 2 * LETTERS + len(busy))
                if count.value - before < MEMBERS:
                    busy.append(seconds)
                else:
                    spoiled += 1
            while count.value - before < MEMBERS and time.monotonic() - start < 300:
                time.sleep(0.05)
            took = time.monotonic() - start
        finally:
            serve.terminate()
            serve.wait(40)
    print(f'{MEMBERS} digests in {took:.1f} s, {MEMBERS / took:.0f} a second, with the alarms among them')
    is_good = [judge('receive', idle[::2], busy[::2]), judge('lmtp', idle[1::2], busy[1::2])]
    sys.exit(not all(is_good))


main()
