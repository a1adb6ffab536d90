#!/usr/bin/python3
"""Members whose letters travel under verified TLS alone: a relay that offers REQUIRETLS, one that does not, and a real Postfix that enforces TLS to a real
Postfix with a certificate that proves it, with none that does, and without TLS."""
import json
import os
import re
import signal
import shutil
import subprocess
import tempfile

import house_kit
from house_kit import BORDER, DOMAIN, House, run_tests, until
from smtp_kit import Authority, FakeRelay, free_port, outcomes, send

SENT = r'to=<rose@example.com>.*status=sent'
NOT_SENT = 'SELECT COUNT(*) FROM delivery WHERE state = 8'
PARTS = ('cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\nrewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n'
         'defer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\nsmtp unix - - n - - smtp\nerror unix - - n - - error\ndiscard unix - - n - - discard\n'
         'retry unix - - n - - error\nanvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\ntlsmgr unix - - n 1000? 1 tlsmgr\nproxymap unix - - n - - proxymap\n'
         'postlog unix-dgram n - n - 1 postlogd\n')


# ---- the wire


def fake(folder, authority, **how):
    extensions = ['ENHANCEDSTATUSCODES', '8BITMIME', *how.pop('more', [])]
    return FakeRelay(context=authority.context('relay'), is_implicit=True, extensions=extensions, **how)


def mails(relay):
    return [c for c in relay.commands if c.startswith('MAIL')]


def requiretls_is_asked_for_where_it_is_offered(folder):
    authority = Authority(folder)
    with fake(folder, authority, more=['REQUIRETLS']) as relay:
        lines, end = send(f'smtps://localhost:{relay.port}', 4, '--tls', 'required', '--ca-file', authority.ca)
        assert (outcomes(lines), end['rc']) == (['accepted'] * 4, 'ok'), (lines, end)
        assert [c.endswith('> REQUIRETLS') for c in mails(relay)] == [True, False, True, False], mails(relay)
    with fake(folder, authority, more=['REQUIRETLS']) as relay:
        lines, end = send(f'smtps://localhost:{relay.port}', 2, '--tls', 'kept', '--ca-file', authority.ca)
        assert [c.endswith('> REQUIRETLS') for c in mails(relay)] == [True, False], mails(relay)


def without_the_offer_not_a_byte_leaves(folder):
    authority = Authority(folder)
    for more in ([], ['XREQUIRETLS'], ['AUTH REQUIRETLS']):
        with fake(folder, authority, more=more) as relay:
            lines, end = send(f'smtps://localhost:{relay.port}', 4, '--tls', 'required', '--ca-file', authority.ca)
            assert (outcomes(lines), end['rc']) == (['no_tls', 'accepted'] * 2, 'ok'), (lines, end)
            assert len(mails(relay)) == len(relay.kept) == 2
    with fake(folder, authority) as relay:  # what the practice says of its relay
        lines, end = send(f'smtps://localhost:{relay.port}', 2, '--tls', 'kept', '--ca-file', authority.ca)
        assert (outcomes(lines), end['rc']) == (['accepted'] * 2, 'ok'), (lines, end)


def an_offer_in_clear_text_counts_for_nothing(folder):
    """RFC 8689 4.1: only under TLS. Somebody in between writes it into the first answer."""
    authority = Authority(folder)

    class Liar(FakeRelay):
        def _talk(self, peer, is_tls, greets=True):
            self.extensions = [e for e in self.extensions if e != 'REQUIRETLS'] + ([] if is_tls else ['REQUIRETLS'])
            return super()._talk(peer, is_tls, greets)
    with Liar(context=authority.context('relay'), has_starttls=True) as relay:
        lines, end = send(f'smtp+starttls://localhost:{relay.port}', 2, '--tls', 'required', '--ca-file', authority.ca)
        assert (outcomes(lines), end['rc']) == (['no_tls', 'accepted'], 'ok'), (lines, end)


def a_relay_on_this_host_promises_nothing(folder):
    with FakeRelay(extensions=['REQUIRETLS', 'PIPELINING']) as relay:
        lines, end = send(f'smtp://127.0.0.1:{relay.port}', 5, '--tls', 'required')
        assert (outcomes(lines), end['rc']) == (['no_tls', 'accepted', 'no_tls', 'accepted', 'no_tls'], 'ok'), (lines, end)
        assert len(relay.kept) == 2
    lines, end = send(f'maildir:{folder}/box', 3, '--tls', 'required')
    assert outcomes(lines) == ['no_tls', 'accepted', 'no_tls'], lines


def a_refusal_for_tls_is_no_refusal_of_us(folder):
    """RFC 8689 6: 550 5.7.30 REQUIRETLS support required, at any step; the session goes on."""
    authority = Authority(folder)
    for step in ('MAIL', 'RCPT', 'DATA', 'DOT'):
        with fake(folder, authority, more=['REQUIRETLS'], replies={step: {'': '550 5.7.30 REQUIRETLS support required'}}) as relay:
            lines, end = send(f'smtps://localhost:{relay.port}', 1, '--tls', 'required', '--ca-file', authority.ca)
            assert (outcomes(lines), end['rc'], lines[0]['enhanced']) == (['no_tls'], 'ok', '5.7.30'), (step, lines, end)


# ---- a home


def member(house, who='Rose', *words):
    house.ok('member', 'add', '--group', 'tuesday', '--name', f'{who} Example', '--email', f'{who.lower()}@example.com', *words)


def home(folder):
    house = House(folder)
    house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')
    return house


def ana_says_yes(house):
    """Before it nothing but alarms reaches her."""
    house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2')
    house.ok('work', '--once')
    asked = house.newest(house_kit.ANA)
    house.ok('receive', '--from', house_kit.ANA, '--to', asked.reply_to, data=house_kit.letter(house_kit.ANA, asked.reply_to, 'Re: ' + asked.subject, 'Yes', asked))
    house.ok('work', '--once')


def doctor(house):
    return [c for c in json.loads(house.run('doctor', '--json').stdout)['checks'] if c['what'] == 'verified TLS']


def the_command_line_says_it_and_the_record_holds_it(folder):
    house = home(folder)
    ana_says_yes(house)
    assert doctor(house)[0]['level'] == 'ok' and 'asks for it' in doctor(house)[0]['found']
    member(house, 'Rose', '--require-tls', 'yes')
    member(house, 'Harold')
    house.ok('work', '--once')
    assert house.count(NOT_SENT) == 1 and not house.mail('rose@example.com') and len(house.mail('harold@example.com')) == 1
    assert any('safe way' in m.text for m in house.mail('ana@clinic.example.org'))
    told = doctor(house)
    assert told[0]['level'] == 'red' and 'nothing keeps it for 1 of 1' in told[0]['found'], told
    shown = house.ok('member', 'show', 'rose@example.com')
    assert 'verified TLS alone, which cannot be kept' in shown and house.json('member', 'show', 'rose@example.com')['requires_tls'] is True
    log = house.ok('audit', 'show')
    assert 'address changed' in log and 'letter not sent without TLS' in log
    number = house.rows('SELECT id FROM delivery WHERE state = 8')[0][0]
    report = house.json('report', 'delivery', '--delivery', str(number))
    assert report['failed'] == 1 and report['deliveries'][0]['state'] == 'no_tls', report
    assert any('verified TLS is required' in e['what'] for e in report['story']), report['story']
    house.ok('practice', 'set', 'relay-enforces-tls', 'example.com')
    assert doctor(house)[0]['level'] == 'warn' and 'not to be seen from here' in doctor(house)[0]['found'], doctor(house)
    member(house, 'Sam', '--require-tls', 'yes')
    house.ok('work', '--once')
    assert len(house.mail('sam@example.com')) == 1 and house.count(NOT_SENT) == 1
    house.ok('member', 'set', 'rose@example.com', '--require-tls', 'no')
    house.ok('practice', 'set', 'require-tls-domains', 'Example.COM, b\u00fccher.example')
    assert re.search(r'require-tls-domains +example\.com xn--bcher-kva\.example', house.ok('practice', 'show'))
    for words in (('require-tls-domains', '*'), ('relay-enforces-tls', 'nonsense'), ('require-tls-notice', 'perhaps')):
        assert house.run('practice', 'set', *words).returncode == 65, words
    assert house.run('member', 'set', 'rose@example.com', '--require-tls', 'perhaps').returncode == 65


def a_file_of_people_may_say_it(folder):
    house = home(folder)
    with open(folder + '/people.csv', 'w', encoding='utf-8') as f:
        f.write('name,email,require-tls\nRose Example,rose@example.com,yes\nHarold Example,harold@example.com,\n')
    house.ok('member', 'import', '--group', 'tuesday', folder + '/people.csv')
    house.ok('work', '--once')
    assert house.count(NOT_SENT) == 1 and len(house.mail('harold@example.com')) == 1


def through_a_relay_that_offers_it(folder):
    authority = Authority(folder)
    with fake(folder, authority, more=['REQUIRETLS']) as relay:
        house = home(folder)
        house.set('mail', relay_ca_file=authority.ca)
        house.ok('practice', 'set', 'relay', f'smtps://localhost:{relay.port}', 'require-tls-domains', 'example.com')
        house.ok('group', 'set', 'tuesday', '--address-checked')
        member(house)
        house.ok('work', '--once')
        assert house.count(NOT_SENT) == 0 and [c for c in mails(relay) if c.endswith(' REQUIRETLS')], mails(relay)
        said = doctor(house)
        assert said[0]['level'] == 'ok' and 'offers REQUIRETLS' in said[0]['found'], said


# ---- Postfix


class Postfix:
    """An instance in a folder of its own, on loopback."""

    def __init__(self, where, master, **settings):
        self.where, self.etc = where, where + '/etc'
        for name in ('', '/etc', '/queue', '/data'):
            os.mkdir(where + name)
        shutil.chown(where + '/data', 'postfix')
        common = {'compatibility_level': '3.6', 'queue_directory': where + '/queue', 'data_directory': where + '/data', 'mail_owner': 'postfix',
                  'maillog_file': where + '/mail.log', 'maillog_file_prefixes': '/tmp,/var,/dev/shm', 'inet_interfaces': '127.0.0.1', 'inet_protocols': 'ipv4',
                  'mynetworks': '127.0.0.1', 'mydestination': '', 'alias_maps': '', 'local_recipient_maps': '', 'biff': 'no', 'smtputf8_enable': 'no',
                  'smtpd_relay_restrictions': 'permit_mynetworks,reject', 'minimal_backoff_time': '1s', 'maximal_backoff_time': '1s', 'queue_run_delay': '1s'}
        with open(self.etc + '/main.cf', 'w', encoding='utf-8') as f:
            f.writelines(f'{k} = {v}\n' for k, v in {**common, **settings}.items())
        with open(self.etc + '/master.cf', 'w', encoding='utf-8') as f:
            f.write(master + PARTS)
        self.output = open(where + '/output', 'wb')
        self.process = subprocess.Popen(['postfix', '-c', self.etc, 'start-fg'], stdout=self.output, stderr=self.output)
        until(lambda: 'daemon started' in self.log(), what='Postfix')

    def log(self):
        assert self.process.poll() is None, open(self.output.name, encoding='utf-8').read()[-1500:]
        try:
            with open(self.where + '/mail.log', encoding='utf-8') as f:
                return f.read()
        except OSError:
            return ''

    def __enter__(self):
        return self

    def __exit__(self, *why):
        try:
            with open(self.where + '/queue/pid/master.pid', encoding='utf-8') as f:
                os.kill(int(f.read()), signal.SIGTERM)
            self.process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
        self.output.close()


def far_server(where, port, pair):
    """The mail server of Rose's provider. pair: certificate and key; None: it has no TLS."""
    tls = {'smtpd_tls_security_level': 'may', 'smtpd_tls_cert_file': pair[0], 'smtpd_tls_key_file': pair[1]} if pair else {}
    return Postfix(where, f'127.0.0.1:{port} inet n - n - - smtpd\n', myhostname='mx.example.com', relay_domains='example.com', relay_transport='discard', **tls)


def our_relay(where, port, far, ca, back):
    """Enforces TLS to example.com, tries once, and sends reports back to the home. With a second try after a second, qmgr came upon the letter while the
    first still held it ("skipped, still being delivered"), and left it lying."""
    return Postfix(where, f'127.0.0.1:{port} inet n - n - - smtpd\n' + f'home unix - n n - 1 pipe user=nobody null_sender= argv={back} ${{sender}} ${{recipient}}\n',
                   myhostname=BORDER, transport_maps=f'inline:{{example.com=smtp:[127.0.0.1]:{far}, {DOMAIN}=home:}}', relay_domains=DOMAIN, smtp_tls_CAfile=ca,
                   default_transport='discard', smtp_tls_policy_maps=f'inline:{{ {{ [127.0.0.1]:{far} = secure match=mx.example.com }} }}',
                   home_destination_recipient_limit='1', maximal_queue_lifetime='0', delay_warning_time='0h')


def missing():
    if os.getuid() != 0 or not shutil.which('postfix'):
        return 'needs root and postfix'
    return None


def with_postfix(folder, pair_of):
    """One letter to Rose through a relay that enforces TLS; returns (house, relay's log, what the doctor says)."""
    os.chmod(folder, 0o755)
    for name in ('ca', 'house'):
        os.mkdir(f'{folder}/{name}')
    authority = Authority(folder + '/ca')
    os.chmod(folder + '/ca', 0o755)
    house = House(folder + '/house', uid=house_kit.NOBODY, now='2026-03-02T15:00:00Z')
    house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')
    back, log = folder + '/back.sh', house.home + '.log'
    with open(back, 'w', encoding='utf-8') as f:
        f.write(f'#!/bin/sh\nPOSTCIRCLE_NOW={house.now} exec {house_kit.PROGRAM} --home {house.home} receive --from "$1" --to "$2" 2>>{log}\n')
    os.chmod(back, 0o755)
    far, near = free_port(), free_port()
    with far_server(folder + '/far', far, pair_of(authority)) as server, our_relay(folder + '/near', near, far, authority.ca, back) as relay:
        house.ok('practice', 'set', 'relay', f'smtp://127.0.0.1:{near}', 'require-tls-domains', 'example.com', 'relay-enforces-tls', 'example.com')
        house.ok('group', 'set', 'tuesday', '--address-checked')
        member(house)
        house.ok('work', '--once')
        until(lambda: re.search(r'to=<rose@example.com>.*status=(sent|bounced|deferred)', relay.log()), seconds=30, what='the first try')
        if not re.search(SENT, relay.log()):
            until(lambda: house.count('SELECT COUNT(*) FROM arrival') >= 2, seconds=40, what='the report, beside the check of the address')
            house.ok('work', '--once')
        os.environ['MAIL_CONFIG'] = relay.etc
        said = doctor(house)
        del os.environ['MAIL_CONFIG']
        return house, relay.log() + server.log(), said


def postfix_proves_the_far_server(folder):
    if missing():
        return missing()
    house, log, said = with_postfix(folder, lambda authority: authority.make('mx', 'mx.example.com'))
    assert 'Verified TLS connection established to 127.0.0.1' in log or re.search(SENT, log), log[-3000:]
    assert house.count(NOT_SENT) == 0 and house.count('SELECT COUNT(*) FROM delivery WHERE state = 5') == 0
    assert said[0]['level'] == 'warn' and 'hands mail on' in said[0]['found'], said
    return None


def postfix_sends_back_what_nobody_proves(folder):
    if missing():
        return missing()
    with tempfile.TemporaryDirectory(dir=folder) as other:
        os.chmod(other, 0o755)
        house, log, _ = with_postfix(folder, lambda authority: Authority(other).make('mx', 'mx.example.com'))
    not_sent(house, log, 'Server certificate not verified')
    return None


def postfix_sends_back_what_has_no_tls(folder):
    if missing():
        return missing()
    house, log, _ = with_postfix(folder, lambda authority: None)
    not_sent(house, log, 'TLS is required, but was not offered')
    return None


def not_sent(house, log, why):
    assert why in log and not re.search(SENT, log), log[-3000:]
    assert house.count(NOT_SENT) == 1, house.rows('SELECT state, code, status_code FROM delivery')
    assert house.count('SELECT COUNT(*) FROM suppression') == 0
    assert house.count('SELECT COUNT(*) FROM audit WHERE verb = 141') == 1
    report = house.json('report', 'delivery', '--person', 'rose@example.com')
    assert [d['state'] for d in report['deliveries'] if d['state'] == 'no_tls'] == ['no_tls'], report


def doctor_sees_a_postfix_that_does_not_keep_it(folder):
    if missing():
        return missing()
    house = home(folder)
    member(house, 'Rose', '--require-tls', 'yes')
    house.ok('practice', 'set', 'relay', 'smtp://127.0.0.1:1', 'require-tls-domains', ' '.join(f'a{i}.example' for i in range(250)))
    assert 'for 251 of 251 domains' in doctor(house)[0]['found'], doctor(house)
    house.ok('practice', 'set', 'require-tls-domains', '', 'relay-enforces-tls', '*')
    os.mkdir(folder + '/etc')
    for settings, level, words in (('smtp_tls_security_level = may\n', 'red', 'does not keep it for 1 of 1'),
                                   ('smtp_tls_security_level = encrypt\n', 'red', 'does not keep it'),
                                   ('smtp_tls_security_level = dane-only\n', 'ok', 'Postfix keeps it for 1'),
                                   ('smtp_tls_policy_maps = inline:{ { example.com = secure } }\n', 'ok', 'keeps it for 1'),
                                   ('smtp_tls_policy_maps = inline:{ { .com = verify } }\n', 'red', 'does not keep it'),
                                   ('smtp_tls_policy_maps = inline:{ { .com = verify match=nexthop:dot-nexthop } }\n', 'ok', 'keeps it for 1'),
                                   ('smtp_tls_policy_maps = inline:{ { .com = secure match=hostname } }\n', 'red', 'does not keep it'),
                                   ('relayhost = [mail.example.net]:587\nsmtp_tls_security_level = verify\n', 'warn', 'hands mail on'),
                                   ('smtp_tls_policy_maps = inline:{ { example.com = may } }\nsmtp_tls_security_level = secure\n', 'red', 'does not keep it'),
                                   ('relayhost = [mail.example.net]:587\nsmtp_tls_security_level = secure\n', 'warn', 'hands mail on')):
        with open(folder + '/etc/main.cf', 'w', encoding='utf-8') as f:
            f.write('compatibility_level = 3.6\n' + settings)
        with open(folder + '/etc/master.cf', 'w', encoding='utf-8') as f:
            f.write(PARTS)
        os.environ['MAIL_CONFIG'] = folder + '/etc'
        said = doctor(house)
        del os.environ['MAIL_CONFIG']
        assert said[0]['level'] == level and words in said[0]['found'], (settings, said)
    return None


# installed where any user may run it: the folder it was built in may be closed to all but its owner
with tempfile.TemporaryDirectory(prefix='postcircle-') as installed:
    os.chmod(installed, 0o755)
    if not missing():
        house_kit.PROGRAM = house_kit.install_into(installed)
    run_tests([requiretls_is_asked_for_where_it_is_offered, without_the_offer_not_a_byte_leaves, an_offer_in_clear_text_counts_for_nothing,
               a_relay_on_this_host_promises_nothing, a_refusal_for_tls_is_no_refusal_of_us, the_command_line_says_it_and_the_record_holds_it,
               a_file_of_people_may_say_it, through_a_relay_that_offers_it, postfix_proves_the_far_server, postfix_sends_back_what_nobody_proves,
               postfix_sends_back_what_has_no_tls, doctor_sees_a_postfix_that_does_not_keep_it])
