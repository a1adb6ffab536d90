#!/usr/bin/python3
"""The role imap and a server that lies, floods, drips and breaks off: it lives or comes back, stays small, and takes what can be taken."""
import time

from house_kit import run_tests, until
from imap_kit import Hostile, ImapRole, body, house_with_group, stored, taken, use_mailbox

LIMIT_KB = 64 << 10


def talk_to(folder, script, checks, **how):
    """A role, a server that follows the script, and what must come true; the role must be small and alive, or have ended by itself."""
    house = house_with_group(folder)
    with Hostile(folder, script, **how) as server:
        use_mailbox(house, server.port, server.ca, start='all', junk='none')
        with ImapRole(house) as role:
            checks(house, role, server)
            assert role.process.poll() is None, 'it died'
            assert role.pss_kb() < LIMIT_KB, role.pss_kb()


def refused(what):
    def check(house, role, server):
        until(lambda: 'mailbox_failed' in role.log(), 30, what=what)
        assert what in role.log(), role.log()
        until(lambda: server.sessions >= 2, 30, what='another try')
        assert stored(house) == 0
    return check


def fetch_says(answer):
    """Instead of a letter."""
    return lambda talk: talk.serve_box([5], body(1), on_fetch=lambda t, uid, command: t.say(answer(t)))


def a_plain_one_works(folder):
    letter = body(1, size=300000)

    def check(house, role, server):
        taken(house, 2)
        assert house.rows('SELECT DISTINCT bytes FROM arrival') == [(len(letter),)]
    talk_to(folder, lambda talk: talk.serve_box([5, 4000000000], letter), check)


def literals_that_are_too_large(folder):
    for size in (b'4294967295', b'99999999999999999999', b'2000000000'):
        house = house_with_group_once(folder)

        def flood(talk, uid, command, size=size):
            talk.say(b'* 1 FETCH (UID 5 BODY[]<0> {' + size + b'}\r\n')
            for _ in range(4000):
                talk.say(b'x' * 65536)
        with Hostile(folder, lambda talk: talk.serve_box([5], b'', on_fetch=flood)) as server:
            use_mailbox(house, server.port, server.ca, start='all', junk='none')
            with ImapRole(house) as role:
                top = 0
                end = time.monotonic() + 30
                while 'mailbox_failed' not in role.log() and time.monotonic() < end:
                    top = max(top, role.pss_kb())
                assert 'mailbox_failed' in role.log() and top < LIMIT_KB, top
                assert role.process.poll() is None


HOUSES = {}


def house_with_group_once(folder):
    if folder not in HOUSES:
        HOUSES[folder] = house_with_group(folder)
    return HOUSES[folder]


def a_line_without_end(folder):
    def script(talk):
        talk.line()
        while True:
            talk.say(b'* OK ' + b'x' * 65536)
    talk_to(folder, script, refused('it says more than it may'))


def answers_without_end(folder):
    def script(talk):
        talk.line()
        while True:
            talk.say(b'* 1 EXISTS\r\n' * 1000)
    talk_to(folder, script, refused('it says more than it may'))


def a_list_of_millions(folder):
    def script(talk):
        talk.line()
        talk.ok(b'* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 4294967295] n\r\n')
        talk.line()
        talk.say(b'* SEARCH')
        for n in range(2000):
            talk.say(b''.join(b' %d' % u for u in range(n * 1000 + 1, n * 1000 + 1001)))
        talk.ok(b'\r\n')
    talk_to(folder, script, refused('it says more than it may'))


def nested_without_end(folder):
    """libetpan recurses: the role may die of it, and comes back under serve; here it must stay bounded."""
    house = house_with_group(folder)

    def nest(talk, uid, command):
        talk.say(b'* 1 FETCH (UID 5 BODYSTRUCTURE ' + b'(' * 300000 + b'\r\n')
    with Hostile(folder, lambda talk: talk.serve_box([5], b'', on_fetch=nest)) as server:
        use_mailbox(house, server.port, server.ca, start='all', junk='none')
        with ImapRole(house) as role:
            until(lambda: role.process.poll() is not None or 'mailbox_failed' in role.log(), 30, what='an end')
        assert house.rows('PRAGMA integrity_check') == [('ok',)] and stored(house) == 0


def wrong_literals(folder):
    """It tells of another length than it sends: never a letter."""
    letter = body(1)

    def wrong(talk, uid, command):
        if uid == 5:
            talk.ok(b'* 1 FETCH (UID 5 RFC822.SIZE 100 BODY[]<0> {5}\r\n' + b'x' * 20 + b')\r\n')
        else:
            talk.ok(b'* 2 FETCH (UID 6 RFC822.SIZE %d BODY[]<0> {%d}\r\n%s)\r\n' % (len(letter), len(letter), letter))
    talk_to(folder, lambda talk: talk.serve_box([5, 6], letter, on_fetch=wrong), refused_then(0))


def refused_then(n):
    def check(house, role, server):
        until(lambda: role.log().count('mailbox_failed') >= 2, 60, what='two failures')
        assert stored(house) == n
    return check


def another_piece_than_asked(folder):
    for piece in (b'* 1 FETCH (UID 5 RFC822.SIZE 9 BODY[]<77> {5}\r\nabcde)\r\n', b'* 1 FETCH (UID 5 BODY[]<0> {290000}\r\n' + b'x' * 290000 + b')\r\n'):
        house = house_with_group_once(folder)
        with Hostile(folder, fetch_says(lambda t, piece=piece: piece + t.tag + b' OK done\r\n')) as server:
            use_mailbox(house, server.port, server.ca, start='all', junk='none')
            with ImapRole(house) as role:
                until(lambda: 'sends another piece' in role.log(), 30, what='the refusal')
        assert stored(house) == 0


def what_it_refuses_to_give_goes_to_trouble(folder):
    """After three times; what comes behind it is taken."""
    letter = body(1)

    def refuse(talk, uid, command):
        if uid == 5:
            talk.say(talk.tag + b' NO I will not\r\n')
        else:
            talk.ok(b'* 2 FETCH (UID 6 RFC822.SIZE %d BODY[]<0> {%d}\r\n%s)\r\n' % (len(letter), len(letter), letter))

    def check(house, role, server):
        taken(house, 1, 60)
        until(lambda: any(b'Trouble' in c and b'MOVE 5' in c for c in server.commands), what='the move')
        assert role.log().count('refuses to give') == 3, role.log()
    talk_to(folder, lambda talk: talk.serve_box([5, 6], letter, on_fetch=refuse), check)


def breaks_off_anywhere(folder):
    """Half a letter is no letter; the next connection takes it whole, once."""
    letter = body(1, size=600000)
    lost = [0]

    def break_off(talk, uid, command):
        offset = int(command.split(b'<')[1].split(b'.')[0])
        piece = letter[offset:offset + (256 << 10)]
        answer = (b'* 1 FETCH (UID 5 RFC822.SIZE %d INTERNALDATE "02-Mar-2026 10:00:00 +0000" BODY[]<%d> {%d}\r\n%s)\r\n%s OK done\r\n'
                  % (len(letter), offset, len(piece), piece, talk.tag))
        if lost[0] < 3 and offset == lost[0] * (256 << 10):
            lost[0] += 1
            talk.say(answer[:len(answer) // 2])
            raise EOFError
        talk.say(answer)

    def check(house, role, server):
        taken(house, 1, 60)
        assert house.rows('SELECT bytes FROM arrival WHERE state = 2') == [(len(letter),)]
        assert server.sessions == 4
    talk_to(folder, lambda talk: talk.serve_box([5], letter, on_fetch=break_off), check)


def a_greeting_that_knows_us_is_refused(folder):
    talk_to(folder, lambda talk: None, refused('does not ask who we are'), greeting=b'* PREAUTH welcome\r\n')


def no_imap_at_all(folder):
    talk_to(folder, lambda talk: None, refused('the greeting with the mailbox'), greeting=b'220 mail.example.org ESMTP\r\n' * 3)


def who_drips_is_left(folder):
    """A byte a second keeps no connection for ever, and a wish to stop is seen meanwhile."""
    def script(talk):
        talk.line()
        while True:
            talk.say(b'x')
            time.sleep(0.5)

    def check(house, role, server):
        until(lambda: server.commands, what='the session')
        time.sleep(1)
        start = time.monotonic()
        role.process.terminate()
        assert role.process.wait(20) == 0
        assert time.monotonic() - start < 3
        role.start()
    talk_to(folder, script, check)


run_tests([a_plain_one_works, literals_that_are_too_large, a_line_without_end, answers_without_end, a_list_of_millions, nested_without_end, wrong_literals,
           another_piece_than_asked, what_it_refuses_to_give_goes_to_trouble, breaks_off_anywhere, a_greeting_that_knows_us_is_refused, no_imap_at_all,
           who_drips_is_left])
