#!/usr/bin/python3
"""The transport to relays elsewhere: a real Postfix with TLS and passwords of its own, and a server that misbehaves under TLS."""
import os
import shutil
import signal
import subprocess

from smtp_kit import Authority, FakeRelay, Skip, expect, folder, free_port, main, outcomes, secret, send, wait_for

TO = 'a@example.net,b@example.net,c@example.net'
USER, PASSWORD = 'gateway', 'correct horse'


class Postfix:
    """An instance in a folder of its own, on loopback, that throws mail for example.net away."""

    def __init__(self, where, authority):
        self.where, self.etc = where, os.path.join(where, 'etc')
        for name in ('etc', 'queue', 'data', 'etc/sasl'):
            os.mkdir(os.path.join(where, name))
        shutil.chown(os.path.join(where, 'data'), 'postfix')
        self._write_passwords()
        self.ports = {n: free_port() for n in ('starttls', 'implicit', 'wrong', 'expired', 'clear')}
        self._write_config(authority)
        self.log = os.path.join(where, 'mail.log')
        self.output = open(os.path.join(where, 'output'), 'wb')
        self.process = subprocess.Popen(['postfix', '-c', self.etc, 'start-fg'], stdout=self.output, stderr=self.output)
        wait_for(self._is_up)

    def _is_up(self):
        if self.process.poll() is not None:
            with open(self.output.name) as f:
                raise AssertionError('postfix ended: ' + f.read()[-1500:])
        return os.path.exists(self.log) and 'daemon started' in open(self.log).read()

    def _write_passwords(self):
        path = os.path.join(self.etc, 'sasl', 'sasldb2')
        subprocess.run(['saslpasswd2', '-p', '-c', '-f', path, '-u', 'localhost', USER], input=PASSWORD.encode(), check=True)
        shutil.chown(path, 'postfix')
        with open(os.path.join(self.etc, 'sasl', 'smtpd.conf'), 'w') as f:
            f.write(f'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {path}\nmech_list: PLAIN LOGIN SCRAM-SHA-256\n')

    def _write_config(self, authority):
        good, wrong = authority.make('good', 'localhost'), authority.make('wrong', 'mail.example.org')
        expired = authority.make('expired', 'localhost', is_expired=True)
        settings = {
            'compatibility_level': '3.6', 'queue_directory': self.where + '/queue', 'data_directory': self.where + '/data',
            'maillog_file': self.where + '/mail.log', 'maillog_file_prefixes': '/tmp,/var,/dev/shm', 'mail_owner': 'postfix',
            'myhostname': 'relay.example.org', 'inet_interfaces': '127.0.0.1', 'inet_protocols': 'ipv4', 'mydestination': '',
            'mynetworks': '', 'default_transport': 'discard', 'relay_transport': 'discard', 'alias_maps': '', 'local_recipient_maps': '',
            'smtpd_tls_security_level': 'encrypt', 'smtpd_tls_auth_only': 'yes', 'smtpd_sasl_auth_enable': 'yes',
            'smtpd_sasl_local_domain': 'localhost',
            'smtpd_relay_restrictions': 'permit_sasl_authenticated,reject',
            'smtpd_recipient_restrictions': 'check_recipient_access inline:{b@example.net=REJECT, c@example.net=DEFER}',
            'smtpd_tls_cert_file': good[0], 'smtpd_tls_key_file': good[1], 'biff': 'no', 'smtputf8_enable': 'no',
        }
        with open(self.etc + '/main.cf', 'w') as f:
            f.writelines(f'{k} = {v}\n' for k, v in settings.items())
        with open(self.etc + '/master.cf', 'w') as f:
            for name, extra in (('starttls', ''), ('implicit', '-o smtpd_tls_wrappermode=yes'),
                                ('wrong', f'-o smtpd_tls_cert_file={wrong[0]} -o smtpd_tls_key_file={wrong[1]}'),
                                ('expired', f'-o smtpd_tls_cert_file={expired[0]} -o smtpd_tls_key_file={expired[1]}'),
                                ('clear', '-o smtpd_tls_security_level=none -o smtpd_tls_auth_only=no')):
                f.write(f'127.0.0.1:{self.ports[name]} inet n - n - - smtpd {extra}\n')
            f.write('cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\nrewrite unix - - n - - trivial-rewrite\n'
                    'bounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\n'
                    'error unix - - n - - error\ndiscard unix - - n - - discard\nanvil unix - - n - 1 anvil\n'
                    'tlsmgr unix - - n 1000? 1 tlsmgr\nproxymap unix - - n - - proxymap\npostlog unix-dgram n - n - 1 postlogd\n')

    def url(self, name, user=USER):
        scheme = 'smtps' if name == 'implicit' else 'smtp+starttls'
        return f'{scheme}://{user + "@" if user else ""}localhost:{self.ports[name]}'

    def end(self):
        """The master is a session leader of its own: by its id, which it wrote down; it ends its children."""
        try:
            with open(self.where + '/queue/pid/master.pid') as f:
                os.kill(int(f.read()), signal.SIGTERM)
            self.process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
        self.output.close()


class World:
    """Made once, for all tests."""
    postfix = authority = None
    why = None


def need_postfix():
    if World.why:
        raise Skip(World.why)
    return World.postfix


def login(text=PASSWORD):
    return ['--password-file', secret(World.where, text), '--ca-file', World.authority.ca, '--timeout', '8000']


def postfix_takes_mail():
    for name in ('starttls', 'implicit'):
        lines, end = send(need_postfix().url(name), 40, *login())
        expect((name, set(outcomes(lines)), end['rc'], end['error']), (name, {'accepted'}, 'ok', ''))
        assert lines[0]['code'] == 250 and lines[0]['enhanced'] == '2.0.0' and 'queued' in lines[0]['remote'], lines[0]


def postfix_refuses_recipients():
    lines, end = send(need_postfix().url('starttls'), 6, '--to', TO, *login())
    expect((outcomes(lines), end['rc']), (['accepted', 'failed', 'deferred'] * 2, 'ok'))
    expect([line['code'] for line in lines[:3]], [250, 554, 450])


def postfix_needs_the_right_password():
    for name in ('starttls', 'implicit'):
        lines, end = send(need_postfix().url(name), 2, *login('wrong'))
        expect((name, lines, end['rc']), (name, [], 'denied'))
    lines, end = send(need_postfix().url('starttls', user=None), 2, '--ca-file', World.authority.ca)
    assert 'accepted' not in outcomes(lines) and 'failed' in outcomes(lines) or end['rc'] == 'denied', (lines, end)


def certificates_are_checked():
    cases = (('wrong', 'another host'), ('expired', 'expired'))
    for name, word in cases:
        lines, end = send(need_postfix().url(name), 1, *login())
        expect((name, lines, end['rc']), (name, [], 'denied'))
        assert word in end['error'], end
    options = ['--password-file', secret(World.where, PASSWORD), '--timeout', '8000']
    for name in ('starttls', 'implicit'):
        lines, end = send(need_postfix().url(name), 1, *options)
        expect((name, lines, end['rc']), (name, [], 'denied'))
        assert 'trusted authority' in end['error'], end
    lines, end = send(need_postfix().url('starttls'), 1, *options, '--ca-file', '/nonexistent')
    expect((lines, end['rc']), ([], 'input'))


def no_password_before_the_certificate():
    """A server with a wrong certificate sees no AUTH."""
    context = World.authority.context('liar', 'other.example.org')
    for is_implicit in (True, False):
        with FakeRelay(context=context, is_implicit=is_implicit, has_starttls=True, extensions=['AUTH PLAIN LOGIN']) as relay:
            scheme = 'smtps' if is_implicit else 'smtp+starttls'
            lines, end = send(f'{scheme}://{USER}@localhost:{relay.port}', 1, *login())
            expect((lines, end['rc']), ([], 'denied'))
            expect([c for c in relay.commands if c.upper().startswith(('AUTH', 'MAIL'))], [])


def starttls_is_required():
    lines, end = send(need_postfix().url('clear'), 1, *login())
    expect((lines, end['rc']), ([], 'denied'))
    assert 'STARTTLS' in end['error'], end
    with FakeRelay(extensions=['AUTH PLAIN LOGIN']) as relay:
        lines, end = send(f'smtp+starttls://{USER}@localhost:{relay.port}', 1, *login())
        expect((lines, end['rc'], [c for c in relay.commands if 'AUTH' in c]), ([], 'denied', []))


def fake(**how):
    how.setdefault('extensions', ['AUTH PLAIN', 'ENHANCEDSTATUSCODES'])
    return FakeRelay(context=World.context, is_implicit=True, **how)


def fake_url(relay):
    return f'smtps://{USER}@localhost:{relay.port}'


def every_way_to_sign_in():
    for mechanisms, word in (('PLAIN', 'AUTH PLAIN'), ('LOGIN', 'AUTH LOGIN'), ('GSSAPI LOGIN PLAIN', 'AUTH PLAIN')):
        with fake(extensions=['AUTH ' + mechanisms]) as relay:
            lines, end = send(fake_url(relay), 2, *login())
            expect((mechanisms, outcomes(lines), end['rc']), (mechanisms, ['accepted'] * 2, 'ok'))
            assert any(c.upper().startswith(word) for c in relay.commands), relay.commands
    with fake(extensions=['AUTH GSSAPI']) as relay:
        lines, end = send(fake_url(relay), 2, *login())
        expect((lines, end['rc']), ([], 'denied'))


def sign_in_refused_is_no_failure_of_a_recipient():
    for reply, rc in (('535 5.7.8 no', 'denied'), ('454 4.7.0 later', 'temp')):
        with fake(auth_reply=reply) as relay:
            lines, end = send(fake_url(relay), 2, *login())
            expect((reply, lines, end['rc'], relay.seen), (reply, [], rc, 0))


def drops():
    for where, third in (('mail', 'not_sent'), ('rcpt', 'not_sent'), ('data', 'not_sent'), ('mid', 'uncertain'), ('dot', 'uncertain')):
        with fake(drop=(3, where), keep_dropped=True) as relay:
            lines, end = send(fake_url(relay), 5, '--to', TO, *login())
            expect((where, outcomes(lines), end['rc']), (where, ['accepted', 'accepted', third, 'not_sent', 'not_sent'], 'temp'))
            assert len(relay.kept) == (3 if where == 'dot' else 2)


def replies_are_judged():
    replies = {'RCPT': {'b@': '550 5.1.1 no <b@example.net>', 'c@': '451 4.2.1 later'}, 'DOT': {'To: d@': '554 5.6.0 content'}}
    with fake(replies=replies) as relay:
        lines, end = send(fake_url(relay), 5, '--to', TO + ',d@example.net,e@example.net', *login())
        expect((outcomes(lines), end['rc']), (['accepted', 'failed', 'deferred', 'failed', 'accepted'], 'ok'))
        expect([(line['code'], line['enhanced']) for line in lines[1:4]], [(550, '5.1.1'), (451, '4.2.1'), (554, '5.6.0')])
        expect(lines[1]['remote'], 'no <b@example.net>')
    with fake(replies={'MAIL': {'': '550 5.7.1 not you'}}) as relay:
        lines, end = send(fake_url(relay), 3, *login())
        expect((set(outcomes(lines)), end['rc']), ({'not_sent'}, 'denied'))


def greetings_and_silence():
    for banner in ('421 4.3.2 busy', '554 5.7.1 no'):
        with fake(banner=banner) as relay:
            lines, end = send(fake_url(relay), 1, *login())
            expect((banner, lines, end['rc']), (banner, [], 'temp'))
    for place, want in (('banner', []), ('dot', ['uncertain'])):
        with fake(stall=(place,)) as relay:
            lines, end = send(fake_url(relay), 1, *login()[:4], '--timeout', '1000')
            expect((place, outcomes(lines), end['rc']), (place, want, 'temp'))


def one_session_serves_many_batches():
    with fake() as relay:
        lines, end = send(fake_url(relay), 70, *login())
        expect((set(outcomes(lines)), len(relay.kept), relay.sessions), ({'accepted'}, 70, 1))
        expect(relay.kept[0].count(b'\n'), relay.kept[0].count(b'\r\n'))
        assert relay.kept[0].endswith(b'=2E\r\n=46rom me\r\n'), relay.kept[0][-60:]


def password_files_are_private():
    path = secret(World.where, PASSWORD)
    os.chmod(path, 0o644)
    lines, end = send(f'smtps://{USER}@localhost:1', 1, '--password-file', path)
    expect((lines, end['rc']), ([], 'input'))
    for extra in ([], ['--password-file', '/nonexistent']):
        lines, end = send(f'smtps://{USER}@localhost:1', 1, *extra)
        expect((lines, end['rc']), ([], 'input'))


def run():
    with folder() as where:
        os.chmod(where, 0o755)
        World.where, World.authority = where, Authority(where)
        World.context = World.authority.context('fake')
        if os.geteuid() != 0:
            World.why = 'needs root to start Postfix'
        elif not (shutil.which('postfix') and shutil.which('saslpasswd2')):
            World.why = 'postfix or sasl2-bin is not installed'
        else:
            World.postfix = Postfix(where, World.authority)
        try:
            main([(f.__name__, f) for f in (
                postfix_takes_mail, postfix_refuses_recipients, postfix_needs_the_right_password, certificates_are_checked,
                no_password_before_the_certificate, starttls_is_required, every_way_to_sign_in,
                sign_in_refused_is_no_failure_of_a_recipient, drops, replies_are_judged, greetings_and_silence,
                one_session_serves_many_batches, password_files_are_private)])
        finally:
            if World.postfix:
                World.postfix.end()


run()
