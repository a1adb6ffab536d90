#!/usr/bin/python3
"""Signing in to a relay with access tokens (XOAUTH2): the token endpoint and the relay are stand-ins here, as Google's and Microsoft's answer."""
import json
import os

from house_kit import run_tests
from imap_kit import USER, house_with_group, use_mailbox, write_secret
from oauth_kit import Endpoint
from smtp_kit import FakeRelay, outcomes, send

GOOD = 'AUTH PLAIN LOGIN XOAUTH2'


def relay_for(endpoint, judge, mechanisms=GOOD, **how):
    context = endpoint.authority.context('relay')
    return FakeRelay(context=context, is_implicit=True, extensions=[mechanisms, 'ENHANCEDSTATUSCODES'], judge_token=judge, **how)


def url_of(relay):
    return f'smtps://{USER}@localhost:{relay.port}'


def options(folder, endpoint, *more):
    return ('--token-url', endpoint.url, '--client-id', 'client-1', '--refresh-token-file', write_secret(folder, 'refresh-0', 'token'), '--user', USER,
            '--ca-file', endpoint.authority.ca, *more)


def auths(relay):
    return [c for c in relay.commands if c.upper().startswith('AUTH')]


def a_token_lets_us_in_however_long(folder):
    """Google's tokens have some 250 bytes, Microsoft's 2000: longer than a command line may be (RFC 5321 4.5.3.1.4)."""
    for size in (20, 250, 2000, 6000):
        with Endpoint(folder) as endpoint:
            token = 't' * size
            endpoint.answer = lambda form: (200, {'access_token': token, 'expires_in': 3600})
            with relay_for(endpoint, lambda user, got: (user, got) == (USER, token)) as relay:
                lines, end = send(url_of(relay), 40, *options(folder, endpoint))
                assert (set(outcomes(lines)), end['rc'], len(relay.kept)) == ({'accepted'}, 'ok', 40), (size, lines[:2], end)
                assert all(len(c) <= 510 for c in auths(relay)) and len(endpoint.forms) == 1


def one_token_serves_many_sessions_until_it_ends(folder):
    with Endpoint(folder) as endpoint:
        with relay_for(endpoint, lambda user, token: token in endpoint.tokens) as relay:
            lines, end = send(url_of(relay), 6, *options(folder, endpoint, '--batch', '2', '--reopen'))
            assert (outcomes(lines), end['rc'], relay.sessions, len(endpoint.forms)) == (['accepted'] * 6, 'ok', 3, 1), (lines, end, endpoint.forms)
        endpoint.forms.clear()
        endpoint.answer = lambda form: (200, {'access_token': f'short-{len(endpoint.forms)}', 'expires_in': 61})
        seen = []
        with relay_for(endpoint, lambda user, token: not seen.append(token)) as relay:
            lines, end = send(url_of(relay), 4, *options(folder, endpoint, '--batch', '2', '--reopen', '--pause', '1500'))
            assert (outcomes(lines), end['rc'], seen) == (['accepted'] * 4, 'ok', ['short-1', 'short-2']), (lines, end, seen)


def a_token_that_was_taken_back_is_fetched_anew_once(folder):
    used = []

    def once(user, token):
        used.append(token)
        return used.count(token) == 1
    with Endpoint(folder) as endpoint, relay_for(endpoint, once) as relay:
        lines, end = send(url_of(relay), 4, *options(folder, endpoint, '--batch', '2', '--reopen'))
        assert (outcomes(lines), end['rc']) == (['accepted'] * 4, 'ok'), (lines, end)
        assert used == ['token-1', 'token-1', 'token-2'] and '' in relay.commands, used


def a_refused_token_is_the_relays_fault(folder):
    with Endpoint(folder) as endpoint:
        with relay_for(endpoint, lambda user, token: False) as relay:
            lines, end = send(url_of(relay), 3, *options(folder, endpoint))
            assert (lines, end['rc'], relay.seen) == ([], 'denied', 0) and 'access token' in end['error'], (lines, end)
            assert len(auths(relay)) == 1 and len(endpoint.forms) == 1
        for status, answer, rc in ((400, {'error': 'invalid_grant'}, 'denied'), (503, {}, 'temp')):
            endpoint.answer = lambda form, status=status, answer=answer: (status, answer)
            with relay_for(endpoint, lambda user, token: True) as relay:
                lines, end = send(url_of(relay), 3, *options(folder, endpoint))
                assert (lines, end['rc'], auths(relay)) == ([], rc, []), (lines, end)
        endpoint.answer = None
        with relay_for(endpoint, lambda user, token: True, 'AUTH PLAIN LOGIN') as relay:
            lines, end = send(url_of(relay), 3, *options(folder, endpoint))
            assert (lines, end['rc'], auths(relay)) == ([], 'denied', []) and 'XOAUTH2' in end['error'], (lines, end)


def no_token_before_the_certificate(folder):
    with Endpoint(folder) as endpoint:
        context = endpoint.authority.context('liar', 'other.example.org')
        with FakeRelay(context=context, is_implicit=True, extensions=[GOOD], judge_token=lambda u, t: True) as relay:
            lines, end = send(url_of(relay), 1, *options(folder, endpoint))
            assert (lines, end['rc'], auths(relay), endpoint.forms) == ([], 'denied', [], []), (lines, end)


def may_not_send_as_us_is_no_patients_fault(folder):
    """Exchange Online says so after the body."""
    for reply in ('554 5.2.252 SendAsDenied; not allowed to send as tuesday@', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'):
        with Endpoint(folder) as endpoint, relay_for(endpoint, lambda u, t: True, replies={'DOT': {'': reply}}) as relay:
            lines, end = send(url_of(relay), 3, *options(folder, endpoint))
            assert (set(outcomes(lines)), end['rc']) == ({'not_sent'}, 'denied'), (lines, end)


def home_with(folder, endpoint, relay):
    house = house_with_group(folder)
    use_mailbox(house, 1, endpoint.authority.ca, password=None, token_url=endpoint.url, client_id='client-1',
                refresh_token_file=write_secret(folder, 'refresh-0', 'circles.token'), scope='imap')
    house.set('mail', relay_tokens_of='circles', relay_scope='send', relay_ca_file=endpoint.authority.ca)
    house.ok('practice', 'set', 'relay', url_of(relay))
    house.ok('group', 'set', 'tuesday', '--address-checked')
    return house


def doctor_on_relay(house):
    return [c for c in json.loads(house.run('doctor', '--json').stdout)['checks'] if c['what'] == 'relay'][0]


def a_home_signs_in_as_its_mailbox_does(folder):
    with Endpoint(folder) as endpoint:
        endpoint.rotate = True
        with relay_for(endpoint, lambda user, token: user == USER and token in endpoint.tokens) as relay:
            house = home_with(folder, endpoint, relay)
            house.ok('member', 'add', '--group', 'tuesday', '--name', 'Rose Example', '--email', 'rose@example.com')
            house.ok('work', '--once')
            assert relay.kept and house.count('SELECT COUNT(*) FROM delivery WHERE state = 4') + 1 == len(relay.kept)  # the check of the address
            assert endpoint.forms[0]['scope'] == 'send' and endpoint.forms[0]['grant_type'] == 'refresh_token'
            with open(os.path.join(folder, 'circles.token'), encoding='utf-8') as f:
                assert f.read().strip() == f'refresh-{len(endpoint.forms)}'
            assert doctor_on_relay(house)['level'] == 'ok'
        assert not [t for t in (*endpoint.tokens, 'refresh-') if t.encode() in house.log]


def what_waits_stays_and_nobody_is_bounced(folder):
    let_in = []
    with Endpoint(folder) as endpoint, relay_for(endpoint, lambda user, token: bool(let_in)) as relay:
        house = home_with(folder, endpoint, relay)
        house.ok('member', 'add', '--group', 'tuesday', '--name', 'Rose Example', '--email', 'rose@example.com')
        before = house.count('SELECT COUNT(*) FROM delivery WHERE state = 1')
        house.run('work', '--once')
        assert before and house.rows('SELECT DISTINCT state, attempt FROM delivery') == [(1, 0)]
        assert b'relay_failed' in house.log and house.count('SELECT COUNT(*) FROM suppression') == 0
        said = doctor_on_relay(house)
        assert said['level'] == 'red' and 'access token' in said['found'], said
        let_in.append(True)
        house.ok('work', '--once')
        assert house.count('SELECT COUNT(*) FROM delivery WHERE state = 4') == len(relay.kept) >= before


def the_settings_say_what_is_wrong(folder):
    house = house_with_group(folder)
    house.set('mail', relay_tokens_of='nobody')
    done = house.run('status')
    assert done.returncode and b'relay_tokens_of names no [imap nobody] with a token_url' in done.stderr, done.stderr
    use_mailbox(house, 1, '/nonexistent', name='nobody', token_url='https://localhost/token')
    house.ok('status')
    house.ok('practice', 'set', 'relay', 'smtps://localhost:1')
    assert 'need a user' in doctor_on_relay(house)['found']


run_tests([a_token_lets_us_in_however_long, one_token_serves_many_sessions_until_it_ends, a_token_that_was_taken_back_is_fetched_anew_once,
           a_refused_token_is_the_relays_fault, no_token_before_the_certificate, may_not_send_as_us_is_no_patients_fault, a_home_signs_in_as_its_mailbox_does,
           what_waits_stays_and_nobody_is_bounced, the_settings_say_what_is_wrong])
