#!/usr/bin/python3
"""The role imap killed with mail in flight: 5 times in `make test`, 100 times in `make soak`, with a server that moves and one that only copies."""
import os
import random
import time

from house_kit import run_tests, until
from imap_kit import Dovecot, ImapRole, body, house_with_group, taken, use_mailbox


def killed_with_mail_in_flight(folder, capability=None):
    """What came is there once, however often the role dies; what is in Done was taken."""
    house = house_with_group(folder)
    chance = random.Random(4711)
    kills = 100 if os.environ.get('POSTCIRCLE_SOAK') else 5
    with Dovecot(capability=capability) as server:
        use_mailbox(house, server.implicit, server.ca, poll_seconds=1)
        with ImapRole(house) as role:
            role.ready()
            sent = 0
            for _ in range(kills):
                for _ in range(12):
                    server.deliver(body(sent, size=sent * 16))  # its number is its length
                    sent += 1
                time.sleep(chance.uniform(0.03, 0.4))
                role.kill()
                role.start()
            taken(house, sent, 120 + sent // 4)
            until(lambda: server.count() == 0, 60, what='an empty INBOX')
            in_done = server.count('Done')
    sizes = [n for n, in house.rows('SELECT bytes FROM arrival WHERE state = 2')]
    assert sorted(sizes) == sorted(len(body(n, size=n * 16)) for n in range(sent)), 'lost or doubled'
    assert len(set(sizes)) == sent
    print(f'# {kills} kills, {sent} letters, {in_done} in Done')
    assert in_done == sent if capability is None else sent <= in_done <= sent + kills


def killed_with_mail_in_flight_nothing_is_lost_or_doubled(folder):
    killed_with_mail_in_flight(folder)


def killed_without_move_nothing_is_lost_or_doubled(folder):
    killed_with_mail_in_flight(folder, 'IMAP4rev1 LITERAL+ UIDPLUS IDLE AUTH=PLAIN')


run_tests([killed_with_mail_in_flight_nothing_is_lost_or_doubled, killed_without_move_nothing_is_lost_or_doubled])
