#!/usr/bin/python3
"""One mailbox for all groups: circles+GROUP@domain. Two groups share a Dovecot's mailbox, read by IMAP; what the relay takes comes round to it, and people answer from their programs."""
import email.utils
import re
import threading
import time

from house_kit import DOMAIN, Got, House, run_tests, until
from imap_kit import USER, Dovecot, ImapRole, use_mailbox
from smtp_kit import FakeRelay

BOX = f'circles@{DOMAIN}'
ROSE, NAN, ANA = 'rose@example.com', 'nan@example.com', 'ana@clinic.example.org'


class Post:
    """The relay, and what brings mail to ourselves back into the mailbox."""

    def __init__(self, house, server):
        self.house, self.server, self.stop, self.letters = house, server, False, []
        self.relay = FakeRelay()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.relay.__enter__()
        self.thread.start()
        return self

    def __exit__(self, *why):
        self.stop = True
        self.thread.join()
        self.relay.__exit__(*why)

    def run(self):
        seen = 0
        while not self.stop:
            for data in self.relay.kept[seen:]:
                seen += 1
                letter = Got(data)
                self.letters.append(letter)
                if email.utils.parseaddr(str(letter.message['To']))[1].startswith('circles'):
                    self.arrives(data, f'desk@{DOMAIN}')
            time.sleep(0.05)

    def arrives(self, data, sender, dmarc='pass'):
        domain = sender.split('@')[1]
        self.server.deliver((f'Return-Path: <{sender}>\r\nDelivered-To: {BOX}\r\nAuthentication-Results: mx.example.org; dmarc={dmarc} header.from={domain}\r\n'
                             f'Received: from out.{domain} by mx.example.org; Mon, 2 Mar 2026 10:00:00 +0000\r\n').encode() + data)

    def writes(self, sender, to, text, answers=None, subject='Hello'):
        answer = f'In-Reply-To: {answers.id}\r\n' if answers else ''
        self.arrives((f'From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n{answer}Message-ID: <{time.monotonic_ns()}@{sender.split("@")[1]}>\r\n'
                      f'Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n').encode(), sender)

    def newest(self, to, containing=''):
        found = [m for m in self.letters if to in str(m.message['To']) and (containing in m.text or containing in m.subject)]
        return found[-1] if found else None


class Scene:
    def __init__(self, folder):
        self.house = House(folder)
        self.server = Dovecot()

    def __enter__(self):
        self.server.__enter__()
        use_mailbox(self.house, self.server.implicit, self.server.ca)
        self.post = Post(self.house, self.server).__enter__()
        self.house.ok('practice', 'set', 'mailbox', 'circles', 'authserv-id', 'mx.example.org', 'trust', '2', 'relay', f'smtp://127.0.0.1:{self.post.relay.port}')
        self.role = ImapRole(self.house).__enter__()
        self.role.ready()
        return self

    def __exit__(self, *why):
        self.role.__exit__(*why)
        self.post.__exit__(*why)
        self.server.__exit__(*why)

    def until(self, check, what):
        def look():
            self.house.ok('work', '--once')
            return check()
        until(look, 30, what=what)

    def held(self, text):
        return [r for r in self.house.json('review', 'list') if text in r['begins']]


def local(address):
    return address.split('@')[0]


def two_groups_share_a_mailbox(folder):
    with Scene(folder) as s:
        house, post = s.house, s.post
        for name, person in (('Tuesday', ROSE), ('Thursday', NAN)):
            said = house.json('group', 'add', '--name', f'{name} Circle', '--alias', name)
            assert said['address'] == f'circles+{name.lower()}@{DOMAIN}' and said['address_waits'] is True, said
            said = house.json('member', 'add', '--group', name.lower(), '--name', f'{person.split("@")[0].title()} Keller', '--email', person)
            assert said['waits'] is True, said
        s.until(lambda: all('passed' in house.ok('group', 'show', g) for g in ('tuesday', 'thursday')), 'the mails to the new addresses')
        s.until(lambda: post.newest(ROSE) and post.newest(NAN), 'the invitations')
        for person, slug in ((ROSE, 'tuesday'), (NAN, 'thursday')):
            invitation = post.newest(person)
            head = invitation.message
            assert email.utils.parseaddr(str(head['From']))[1] == f'circles+{slug}@{DOMAIN}', head['From']
            assert re.fullmatch(rf'circles\+{slug}\+[a-z2-7]{{32}}@{re.escape(DOMAIN)}', invitation.reply_to) and len(local(invitation.reply_to)) <= 64, invitation.reply_to
            assert f'{slug}.{DOMAIN}' in str(head['List-Id']) and f'mailto:circles+{slug}@{DOMAIN}' in str(head['List-Post']), head
            assert f'mailto:circles+{slug}+' in str(head['List-Unsubscribe']) and f'mailto:circles+desk@{DOMAIN}' in str(head['List-Owner']), head
            post.writes(person, invitation.reply_to, 'Yes, please!', invitation, 'Re: ' + invitation.subject)
        senders = [c for c in post.relay.commands if c.upper().startswith('MAIL FROM')]
        assert any(re.search(rf'<circles\+tuesday\+[a-z2-7]{{32}}@{re.escape(DOMAIN)}>', c) for c in senders), senders
        s.until(lambda: all('active' in house.ok('member', 'list', g) for g in ('tuesday', 'thursday')), 'both YES')
        post.writes(ROSE, f'circles+tuesday@{DOMAIN}', 'Soup of lentils for Tuesday.')
        post.writes(NAN, f'"Thursday Circle" <CIRCLES+Thursday@{DOMAIN}>', 'A walk by the lake on Thursday.')
        s.until(lambda: s.held('Soup') and s.held('walk'), 'the notes')
        assert s.held('Soup')[0]['group'] == 'tuesday' and s.held('walk')[0]['group'] == 'thursday'
        welcome = post.newest(ROSE)
        post.writes(ROSE, BOX, 'The rest of the address was lost.', welcome, 'Re: ' + welcome.subject)  # by Message-ID alone
        s.until(lambda: s.held('was lost'), 'the note to the bare mailbox')
        assert s.held('was lost')[0]['group'] == 'tuesday'
        assert house.count('SELECT COUNT(*) FROM arrival WHERE state <> 4') == 0, house.rows('SELECT state FROM arrival')  # all are sorted
    assert not house.canaries(), house.canaries()


def invitations_wait_while_nothing_comes_back(folder):
    with Scene(folder) as s:
        house, post = s.house, s.post
        post.stop = True  # nobody carries the mail round
        post.thread.join()
        said = house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday')
        assert 'on its way' in said and 'group check tuesday' in said, said
        said = house.ok('member', 'add', '--group', 'tuesday', '--name', 'Rose Keller', '--email', ROSE)
        assert 'The invitation waits until' in said and 'group check tuesday' in said, said
        house.ok('work', '--once')
        assert not any(b'Rose' in m for m in post.relay.kept) and len(post.relay.kept) == 1 + len([m for m in post.relay.kept if b'circles+tuesday+' not in m]), post.relay.kept
        assert 'WAITS' in house.ok('group', 'show', 'tuesday')
        doctor = house.run('doctor')
        assert doctor.returncode == 1 and 'no mail has come back yet to tuesday' in doctor.stdout.decode(), doctor.stdout.decode()
        done = house.run('group', 'check', 'tuesday', '--wait', '1')
        assert done.returncode == 75 and 'did not come back within 1 s' in done.stderr.decode(), done.stderr
        house.ok('group', 'set', 'tuesday', '--address-checked')
        house.ok('work', '--once')
        assert any(ROSE.encode() in m for m in post.relay.kept)
        assert 'staff say' in house.ok('group', 'show', 'tuesday') and 'staff say' in house.ok('audit', 'show', '--json')
        assert 'no mail has come back' not in house.run('doctor').stdout.decode()


def a_check_that_comes_back_is_seen(folder):
    with Scene(folder) as s:
        house = s.house
        house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday')
        stop = threading.Event()

        def sort():
            while not stop.wait(0.3):
                house.ok('work', '--once')
        worker = threading.Thread(target=sort, daemon=True)
        worker.start()
        try:
            said = house.ok('group', 'check', 'tuesday', '--wait', '30')
        finally:
            stop.set()
            worker.join()
        assert 'It came back' in said, said


def the_setting_is_checked(folder):
    house = House(folder)
    for bad, want in (('a+b', 'before the @'), ('x' * 32, 'at most 31'), ('circles@example.net', 'mail domain'), ('é', 'before the @')):
        done = house.run('practice', 'set', 'mailbox', bad)
        assert done.returncode == 65 and want in done.stderr.decode(), (bad, done.stderr)
    house.ok('practice', 'set', 'mailbox', f'Circles@{DOMAIN}')
    assert re.search(r'mailbox +circles\n', house.ok('practice', 'show'))


run_tests([two_groups_share_a_mailbox, invitations_wait_while_nothing_comes_back, a_check_that_comes_back_is_seen, the_setting_is_checked])
