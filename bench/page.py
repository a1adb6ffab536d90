#!/usr/bin/env python3
"""From the end of `receive` (its exit 0) of a letter that sounds like danger to the alarm at the relay: at an idle machine, and in the same run while
10,000 digests go through the same relay.
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
from house_kit import ANA, BORDER, BUILD, GROUP, House, letter  # noqa: E402

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


def one(house, alarms, n):
    """Seconds from exit 0 to the relay. Each letter is claimed by nobody; the calls of earlier ones are minutes away."""
    mail = letter('m1@example.net', GROUP, f'tonight {n}', f'I want to kill myself tonight. I have the pills here, {n}.')
    house.ok('receive', '--to', GROUP, '--from', 'm1@example.net', data=mail)
    start = time.monotonic()
    return max(0.0, alarms.get(timeout=30) - start)


def say(what, seconds):
    print(f'{what:24} median {statistics.median(seconds):.3f} s  worst {max(seconds):.3f} s  of {len(seconds)} letters')


def main():
    port, count, alarms = multiprocessing.Value('i', 0), multiprocessing.Value('i', 0), multiprocessing.Queue()
    sink = multiprocessing.Process(target=relay, args=(port, count, alarms), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.01)
    with tempfile.TemporaryDirectory(prefix='postcircle-') as folder:
        house = House(folder, relay=f'smtp://127.0.0.1:{port.value}')
        house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2')
        house.ok('work', '--once')
        subprocess.run([os.path.join(BUILD, 'tests/tools/fill_home'), house.home, str(MEMBERS)], check=True)
        with open(os.path.join(folder, 'log'), 'wb') as log:
            serve = house.start('serve', stdout=log, stderr=log)
        try:
            time.sleep(2)
            idle = [one(house, alarms, n) for n in range(LETTERS)]
            before = count.value
            house.ok('digest', 'send', 'tuesday')
            while count.value == before:
                time.sleep(0.01)
            start, busy, spoiled = time.monotonic(), [], 0
            while count.value - before < MEMBERS and len(busy) < LETTERS * 4:
                seconds = one(house, alarms, LETTERS + len(busy))
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
    say('idle', idle)
    say('while digests are sent', busy)
    ratio = statistics.median(busy) / statistics.median(idle)
    is_good = max(idle) <= GOAL_SECONDS and ratio <= GOAL_RATIO
    print(f'ratio of the medians {ratio:.2f}; goal: idle at most {GOAL_SECONDS:.0f} s, ratio at most {GOAL_RATIO:.0f}: {"reached" if is_good else "MISSED"}')
    sys.exit(not is_good)


main()
