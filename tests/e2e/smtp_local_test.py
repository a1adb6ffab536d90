#!/usr/bin/python3
"""The local relay's transport against a relay that drops, refuses, defers and stalls."""
import email
import email.policy

from smtp_kit import FakeRelay, expect, main, outcomes, send

TO = 'a@example.net,b@example.net,c@example.net,d@example.net,e@example.net'


def url(relay):
    return f'smtp://127.0.0.1:{relay.port}'


def all_accepted():
    with FakeRelay() as relay:
        lines, end = send(url(relay), 70, '--to', TO)
        expect(set(outcomes(lines)), {'accepted'})
        expect((len(lines), end['rc'], len(relay.kept), relay.sessions), (70, 'ok', 70, 3))
        expect((lines[0]['code'], lines[0]['enhanced'], lines[0]['remote']), (250, '2.0.0', 'queued'))
        expect([sum(c.startswith(v) for c in relay.commands) for v in ('MAIL', 'RCPT')], [70, 70])
        assert 'MAIL FROM:<bounce+token@example.org>' in relay.commands[1]


def bytes_arrive_unchanged():
    with FakeRelay() as relay:
        send(url(relay), 1, '--text', '.\n..\n.a\nFrom me\n\nend', '--from', '')
        body = relay.kept[0]
        expect(sum(c.startswith('MAIL FROM:<>') for c in relay.commands), 1)
        expect(body.count(b'\n'), body.count(b'\r\n'))
        m = email.message_from_bytes(body, policy=email.policy.default)
        expect(m.get_content(), '.\r\n..\r\n.a\r\nFrom me\r\n\r\nend\r\n')
        for name in ('From', 'To', 'Date', 'Message-ID', 'Subject', 'MIME-Version'):
            expect(len(m.get_all(name)), 1)
        expect(m.get_all('Cc', []) + m.get_all('Bcc', []), [])


def drops():
    """Only after the last byte is a message in doubt."""
    for where, third in (('mail', 'not_sent'), ('rcpt', 'not_sent'), ('data', 'not_sent'), ('mid', ('not_sent', 'uncertain')),
                         ('dot', 'uncertain')):
        with FakeRelay(drop=(3, where)) as relay:
            lines, end = send(url(relay), 5, '--to', TO, '--bytes', '3000')
            got = outcomes(lines)
            expect(got[:2] + got[3:], ['accepted', 'accepted', 'not_sent', 'not_sent'])
            assert got[2] in third, (where, got)
            expect((end['rc'], len(relay.kept)), ('temp', 2))


def dropped_in_a_long_body():
    """A body too long for the socket's buffers: the final dot cannot have left."""
    with FakeRelay(drop=(1, 'mid')) as relay:
        lines, end = send(url(relay), 2, '--bytes', '400000')
        assert lines[0]['outcome'] in ('not_sent', 'uncertain')
        expect((lines[1]['outcome'], end['rc'], relay.kept), ('not_sent', 'temp', []))


def kept_but_unanswered_is_in_doubt():
    with FakeRelay(drop=(2, 'dot'), keep_dropped=True) as relay:
        lines, _ = send(url(relay), 3, '--to', TO)
        expect((outcomes(lines), len(relay.kept)), (['accepted', 'uncertain', 'not_sent'], 2))


def refusals_belong_to_one_message():
    replies = {'RCPT': {'b@': '550 5.1.1 no such user <b@example.net>', 'd@': '451 4.2.0 greylisted'}}
    with FakeRelay(replies=replies) as relay:
        lines, end = send(url(relay), 5, '--to', TO)
        expect(outcomes(lines), ['accepted', 'failed', 'accepted', 'deferred', 'accepted'])
        expect((lines[1]['code'], lines[1]['enhanced'], lines[1]['remote']), (550, '5.1.1', 'no such user <b@example.net>'))
        expect((lines[3]['code'], lines[3]['enhanced']), (451, '4.2.0'))
        expect((end['rc'], len(relay.kept)), ('ok', 3))


def refusals_after_the_dot():
    for reply, want in (('554 5.6.0 content', 'failed'), ('451 4.3.0 later', 'deferred')):
        with FakeRelay(replies={'DOT': {'To: b@': reply}}) as relay:
            lines, end = send(url(relay), 3, '--to', TO)
            expect((outcomes(lines), end['rc']), (['accepted', want, 'accepted'], 'ok'))


def no_pipelining_works_too():
    with FakeRelay(extensions=(), replies={'RCPT': {'b@': '550 no'}}) as relay:
        lines, end = send(url(relay), 5, '--to', TO)
        expect((outcomes(lines), end['rc']), (['accepted', 'failed', 'accepted', 'accepted', 'accepted'], 'ok'))


def our_own_faults_are_no_recipients():
    """A refused sender, and a relay that wants a password: nobody's address is bad."""
    for replies in ({'MAIL': {'': '550 5.7.1 sender refused'}}, {'RCPT': {'': '530 5.7.0 authentication required'}}):
        with FakeRelay(replies=replies) as relay:
            lines, end = send(url(relay), 3, '--to', TO)
            expect((set(outcomes(lines)), end['rc']), ({'not_sent'}, 'denied'))


def unfriendly_greetings():
    for banner, word in (('421 4.3.2 too busy', '421'), ('554 5.7.1 go away', '554')):
        with FakeRelay(banner=banner) as relay:
            lines, end = send(url(relay), 3, '--to', TO)
            expect((set(outcomes(lines)), end['rc']), ({'not_sent'}, 'temp'))
            assert word in end['error'], end


def silent_relays():
    with FakeRelay(stall=('banner',)) as relay:
        lines, end = send(url(relay), 2, '--timeout', '700')
        expect((outcomes(lines), end['rc']), (['not_sent', 'not_sent'], 'temp'))
    with FakeRelay(stall=('dot',)) as relay:
        lines, end = send(url(relay), 2, '--timeout', '500')
        expect((outcomes(lines), end['rc']), (['uncertain', 'not_sent'], 'temp'))


def error_texts_name_nobody():
    replies = {'MAIL': {'': '550 5.7.1 <bounce+token@example.org> refused for a@example.net'}}
    with FakeRelay(replies=replies) as relay:
        _, end = send(url(relay), 1, '--to', TO)
        assert '@' not in end['error'], end


def clear_text_stays_on_this_host():
    for bad in ('smtp://192.0.2.1:25', 'smtp://relay.example.org', 'smtp://127.0.0.1.example.org', 'smtp://127.evil.example.org:25',
                'smtp://u@127.0.0.1', 'ftp://127.0.0.1', 'smtp://127.0.0.1:99999', 'smtp://', 'maildir:'):
        lines, end = send(bad, 1)
        expect((bad, lines, end['rc']), (bad, [], 'input'))


main([(f.__name__, f) for f in (
    all_accepted, bytes_arrive_unchanged, drops, dropped_in_a_long_body, kept_but_unanswered_is_in_doubt,
    refusals_belong_to_one_message, refusals_after_the_dot, no_pipelining_works_too, our_own_faults_are_no_recipients,
    unfriendly_greetings, silent_relays, error_texts_name_nobody, clear_text_stays_on_this_host)])
