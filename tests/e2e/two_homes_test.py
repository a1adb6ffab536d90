#!/usr/bin/python3
"""Two homes, each other's member: the group address of one has said yes in the other, and whatever either writes there is carried over. Nothing of that may go on for
ever, and no staff member may be called twice for the same words."""
import datetime
import os
import re

from circle_kit import ANA, LEE, MARIA, ROSE, Circle
from house_kit import BORDER, DOMAIN, run_tests

OTHER = 'groups.other.example'
DAYS = 4
KEPT = b'from to subject message-id date mime-version content-type content-transfer-encoding in-reply-to references reply-to'.split()


def forwarded(data):
    """As a program sends a mail on that leaves out every mark of a machine."""
    head, body = data.replace(b'\r\n', b'\n').split(b'\n\n', 1)
    fields = re.sub(rb'\n[ \t]+', b' ', head).split(b'\n')
    return b'\r\n'.join(f for f in fields if f.split(b':')[0].lower() in KEPT) + b'\r\n\r\n' + body


class Loop:
    """carry() takes what one home wrote to the other's group address there, proved by its domain. is_plain: with nothing that tells a machine."""

    def __init__(self, folder, is_plain):
        self.is_plain, self.taken, self.carried = is_plain, {DOMAIN: 0, OTHER: 0}, []
        self.homes = {}
        for domain in (DOMAIN, OTHER):
            place = os.path.join(folder, domain)
            os.mkdir(place, 0o755)
            self.homes[domain] = Circle(place, domain=domain)
        self.here, self.there = self.homes.values()
        for domain, home in self.homes.items():
            home.ok('member', 'add', '--group', 'tuesday', '--name', 'Robin Field', '--email', self.across(domain))
            home.work()
        self.settle()
        for domain, home in self.homes.items():  # somebody who reads that mailbox, once
            home.says(self.across(domain), 'Yes', home.newest(self.across(domain)))
        self.settle()
        self.carried.clear()

    def across(self, domain):
        return f'tuesday@{OTHER if domain == DOMAIN else DOMAIN}'

    def carry(self):
        """How many mails went over."""
        count = len(self.carried)
        for domain, home in self.homes.items():
            mails = home.mail(self.across(domain))[self.taken[domain]:]
            self.taken[domain] += len(mails)
            for m in mails:
                self.carried.append((domain, m.subject))
                back = f'tuesday@{domain}' if self.is_plain else str(m.message['Return-Path'] or '').strip('<>')
                stamp = (f'Return-Path: <{back}>\r\nAuthentication-Results: {BORDER}; dmarc=pass header.from={domain}\r\n'
                         f'Received: from mx.{domain} (mx.{domain} [192.0.2.7]) by {BORDER} with ESMTPS id {len(self.carried)}; Mon, 2 Mar 2026 10:00:00 +0000\r\n')
                far = self.homes[OTHER if domain == DOMAIN else DOMAIN]
                far.arrives_only(stamp.encode() + (forwarded(m.data) if self.is_plain else m.data), self.across(domain), back)
        return len(self.carried) - count

    def settle(self, rounds=6):
        """Until nothing is on the way; it must come to that."""
        for _ in range(rounds):
            for home in self.homes.values():
                home.work()
            if not self.carry():
                return
        raise AssertionError(f'it goes on: {self.carried}')

    def days(self, each=lambda: None):
        """What is carried on each day."""
        counts = []
        for _ in range(DAYS):
            before = len(self.carried)
            for home in self.homes.values():
                home.at += datetime.timedelta(days=1)
                home.now = home.stamp()
            self.settle()
            each()
            self.settle()
            counts.append(len(self.carried) - before)
        return counts

    def pages(self):
        return [home.count('SELECT COUNT(*) FROM page') for home in self.homes.values()]


def posts_in_both(loop):
    for domain, home in loop.homes.items():
        home.says(ANA, 'OK', home.posts(MARIA, 'I made lentil soup with less salt.', to=f'tuesday@{domain}'))


def a_loop_ends(folder):
    """As both homes write: each knows a machine when it reads one, and answers nothing."""
    loop = Loop(folder, is_plain=False)
    posts_in_both(loop)
    assert loop.days() == [2] + [0] * (DAYS - 1), loop.carried
    assert loop.pages() == [0, 0]
    for home in loop.homes.values():
        assert len(home.mail(ROSE)) == 3, [m.subject for m in home.mail(ROSE)]  # invited, welcome, one digest


def a_loop_without_marks_ends(folder):
    """Carried by something that leaves the marks out: notes of a member for each home, which wait for a person; one receipt each, and then silence."""
    loop = Loop(folder, is_plain=True)
    posts_in_both(loop)
    counts = loop.days()
    assert counts[0] <= 6 and counts[1:] == [0] * (DAYS - 1), (counts, loop.carried)
    assert loop.pages() == [0, 0]
    for home in loop.homes.values():
        assert len(home.mail(ROSE)) == 3, [m.subject for m in home.mail(ROSE)]


def staff_who_release_everything(folder):
    """They say OK to each of the other's letters: a member still gets one digest a day, and few letters go over."""
    loop = Loop(folder, is_plain=True)
    posts_in_both(loop)

    def release():
        for home in loop.homes.values():
            for post in home.json('review', 'list'):
                if home.run('review', 'decide', post['post'], 'OK', '--as', ANA).returncode:
                    home.ok('review', 'decide', post['post'], 'MOVE NEW', '--as', ANA)
                    home.ok('review', 'decide', post['post'], 'OK', '--as', ANA)

    counts = loop.days(release)
    assert max(counts) <= 12, (counts, loop.carried)  # 10 in both directions was the most in nine days; on the eighth it was over
    assert loop.pages() == [0, 0]
    for home in loop.homes.values():
        assert len(home.mail(ROSE)) <= 3 + DAYS and max(len(m.data) for m in home.mail(ROSE)) < 90000


def a_cry_for_help_calls_each_house_once(folder):
    """Released by two people it reaches the other house, whose staff are called too; what that house answers calls nobody again."""
    loop = Loop(folder, is_plain=True)
    here = loop.here
    asked = here.posts(MARIA, 'I want to kill myself.', to=f'tuesday@{DOMAIN}')
    assert loop.pages() == [1, 0]
    for who in (ANA, LEE):
        alarm = [m for m in here.mail(who) if 'please claim' in m.subject]
        if alarm and not here.count('SELECT COUNT(*) FROM page WHERE claimed_ms > 0'):
            here.says(who, 'CLAIM', alarm[-1])
    here.says(ANA, 'OK', asked)
    here.says(LEE, 'OK', here.newest(LEE, 'kill myself'))
    loop.days()
    assert here.who_read('kill myself'), 'it was not released'
    assert loop.pages() == [1, 1], loop.carried
    assert len(loop.carried) <= 8, loop.carried


run_tests([a_loop_ends, a_loop_without_marks_ends, staff_who_release_everything, a_cry_for_help_calls_each_house_once])
