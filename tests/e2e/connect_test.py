#!/usr/bin/python3
"""postcircle connect: the steps, the token, the settings, and the mail to ourselves, against a Dovecot and a token endpoint of its own. What carries that mail is
a thread here, which writes the fields that Google and Microsoft write."""
import base64
import hashlib
import json
import os
import re
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from house_kit import DOMAIN, run_tests
from imap_kit import USER, Dovecot, ImapRole, body, house_with_group, taken, use_mailbox, write_secret
from oauth_kit import Endpoint

GOOGLE = ('Delivered-To: {user}\r\nReceived: by 2002:a05:7022:410b with SMTP id 11csp1; Mon, 2 Mar 2026 10:00:00 -0800 (PST)\r\n'
          'Return-Path: <{sender}>\r\nReceived: from mail.example.net (mail.example.net. [192.0.2.7]) by mx.google.com with ESMTPS id x1; Mon, 2 Mar 2026 10:00:00 -0800 (PST)\r\n'
          'Received-SPF: pass (google.com: domain of {sender} designates 192.0.2.7 as permitted sender) client-ip=192.0.2.7;\r\n'
          'Authentication-Results: mx.google.com;\r\n       dkim=pass header.i=@{domain} header.s=s1 header.b=abc;\r\n       spf=pass (google.com: domain of {sender}'
          ' designates 192.0.2.7 as permitted sender) smtp.mailfrom={sender};\r\n       dmarc={dmarc} (p=NONE sp=NONE dis=NONE) header.from={domain}\r\n')
MICROSOFT = ('Received: from A1.namprd01.prod.outlook.com (2603:10b6::1) by B1.namprd01.prod.outlook.com with HTTPS; Mon, 2 Mar 2026 18:00:00 +0000\r\n'
             'Received: from C1.eop-nam01.prod.protection.outlook.com (2603:10b6::2) by A1.outlook.office365.com.outlook.com (2603:10b6::3); Mon, 2 Mar 2026 18:00:00 +0000\r\n'
             'Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom={domain}; dkim=pass (signature was verified) header.d={domain};'
             'dmarc={dmarc} action=none header.from={domain};compauth=pass reason=100\r\nReturn-Path: {sender}\r\n')


class Carrier:
    """What stands between the relay and the mailbox."""

    def __init__(self, house, server, fields, dmarc='pass', sender=None, folder='INBOX', rewrite=None):
        self.house, self.server, self.fields, self.dmarc, self.sender = house, server, fields, dmarc, sender
        self.folder, self.rewrite, self.stop = folder, rewrite, False
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *why):
        self.stop = True
        self.thread.join()

    def run(self):
        while not self.stop:
            for where, _, names in os.walk(self.house.out):
                for name in names:
                    if not re.search(r'/(circles[+])?desk[+]', where) or os.path.basename(where) != 'new':
                        continue
                    path = os.path.join(where, name)
                    with open(path, 'rb') as f:
                        data = f.read()
                    os.unlink(path)
                    self.carry(data)
            time.sleep(0.05)

    def carry(self, data):
        sent = re.search(rb'^Return-Path: <(.*)>', data, re.M)
        sender = self.sender or (sent.group(1).decode() if sent else f'desk@{DOMAIN}')
        data = re.sub(rb'^(?:Return-Path|Delivered-To|X-Original-To):.*\n', b'', data, flags=re.M | re.I)  # a Maildir's own
        head = self.fields.format(user=USER, sender=sender, domain=DOMAIN, dmarc=self.dmarc)
        self.server.deliver(head.encode() + (self.rewrite(data) if self.rewrite else data), self.folder)


def connect(house, *words):
    done = house.run('connect', *words, '--json')
    return done.returncode, (json.loads(done.stdout) if done.stdout else {}), done.stderr.decode()


def settings_of(house):
    with open(os.path.join(house.home, 'postcircle.ini'), encoding='utf-8') as f:
        return f.read()


def append(house, text):
    with open(os.path.join(house.home, 'postcircle.ini'), 'a', encoding='utf-8') as f:
        f.write(text)


def account_file(folder):
    subprocess.run(['openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'key.pem'], cwd=folder, check=True, capture_output=True)
    with open(os.path.join(folder, 'key.pem'), encoding='utf-8') as f:
        return write_secret(folder, json.dumps({'client_email': 'robot@project.example.org', 'private_key': f.read()}), 'account.json')


def the_steps_are_shown(folder):
    house = house_with_group(folder)
    for name, words in (('google', ('service account', 'Domain-wide delegation', '--key-file', 'Desktop app')), ('microsoft', ('IMAP.AccessAsApp', 'New-ServicePrincipal', '--client-id'))):
        said = house.ok('connect', name)
        assert all(w in said for w in words), said
    assert house.run('connect', 'yahoo').returncode == 64


def google_with_a_service_account(folder):
    house = house_with_group(folder)
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        words = ('google', '--mailbox', USER, '--key-file', account_file(folder), '--url', f'imaps://{USER}@localhost:{server.implicit}', '--token-url', endpoint.url,
                 '--ca-file', server.ca)
        with Carrier(house, server, GOOGLE):
            code, said, why = connect(house, *words)
        assert code == 0, why
        assert {k: said[k] for k in ('came', 'from', 'plus', 'envelope', 'proof', 'in_junk')} == {
            'came': True, 'from': True, 'plus': True, 'envelope': True, 'proof': True, 'in_junk': False}, said
        assert said['trust'] == 4 and said['bounces'] == 'envelope' and '2,000' in said['limit']
        shown = house.ok('practice', 'show')
        assert re.search(r'authserv-id +mx\.google\.com', shown) and re.search(r'trust +4', shown), shown
        assert re.search(r'bounces +envelope', shown), shown
        assert '[imap circles]' in settings_of(house) and 'scope = https://mail.google.com/' in settings_of(house)
        assert os.stat(os.path.join(house.home, 'postcircle.ini')).st_mode & 0o777 == 0o600
        assert endpoint.forms[0]['grant_type'].endswith('jwt-bearer')
        with ImapRole(house) as role:  # the settings work
            role.ready()
            server.deliver(body(1))
            taken(house, 1)
        before = settings_of(house)
        with Carrier(house, server, GOOGLE, sender='elsewhere@example.net'):  # once more: only the mail
            code, said, why = connect(house, 'google', '--mailbox', USER)
        assert code == 0 and said['envelope'] is False and said['bounces'] == 'message-id', (said, why)
        assert settings_of(house) == before and re.search(r'bounces +message-id', house.ok('practice', 'show'))
        assert 'known by the Message-ID' in house.run('doctor').stdout.decode()
    assert not house.canaries(), house.canaries()


class SignIn:
    """connect google, up to the page that it wants opened."""

    def __init__(self, house, *words):
        self.house = house
        self.process = house.start('connect', 'google', '--mailbox', USER, '--json', *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.said = b''
        while b'accounts.google.com/' not in self.said:
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line
        self.page = self.said.decode().splitlines()[-1]
        self.asked = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.page).query))

    def address(self, **more):
        return self.asked['redirect_uri'] + '/?' + urllib.parse.urlencode({'state': self.asked['state'], **more})

    def end(self, typed=None):
        out, why = self.process.communicate(typed, timeout=60)
        self.house.log += why
        return self.process.returncode, json.loads(out) if out else {}, (self.said + why).decode()


def visit(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as why:
        return why.code, ''


def google_with_a_sign_in(folder):
    """As an installed application: a browser comes to our port, or its last address is pasted."""
    for is_pasted in (False, True):
        where = os.path.join(folder, 'pasted' if is_pasted else 'browser')
        os.mkdir(where)
        house = house_with_group(where)
        token = os.path.join(where, 'circles.token')
        with Endpoint(where) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
            endpoint.rotate = True
            sign_in = SignIn(house, '--client-id', 'client-1', '--client-secret-file', write_secret(where, 's3cret', 'client'), '--token-file', token, '--url',
                             f'imaps://{USER}@localhost:{server.implicit}', '--token-url', endpoint.url, '--ca-file', server.ca)
            asked = sign_in.asked
            assert (asked['response_type'], asked['scope'], asked['access_type'], asked['code_challenge_method'], asked['login_hint']) == (
                'code', 'https://mail.google.com/', 'offline', 'S256', USER), asked
            append(house, '\n[limits]\nparser_seconds = 17\n')  # while somebody signs in
            with Carrier(house, server, GOOGLE):
                if is_pasted:
                    wrong = sign_in.asked['redirect_uri'] + '/?state=other&code=stolen\n'
                    code, said, why = sign_in.end(('what is this?\n' + wrong + '  ' + sign_in.address(code='4/0A b+c', scope='x') + '\n').encode())
                else:
                    assert visit(asked['redirect_uri'] + '/favicon.ico')[0] == 404
                    assert visit(asked['redirect_uri'] + '/?state=other&code=stolen')[0] == 404
                    assert visit(sign_in.address(code='4/0A b+c', scope='x')) == (200, 'Done. You can close this window now.\n')
                    code, said, why = sign_in.end()
            assert code == 0 and said['trust'] == 4, (code, said, why)
            form = endpoint.forms[0]
            challenge = base64.urlsafe_b64encode(hashlib.sha256(form['code_verifier'].encode()).digest()).rstrip(b'=').decode()
            assert challenge == asked['code_challenge'] and 43 <= len(form['code_verifier']) <= 128
            assert {k: form[k] for k in ('grant_type', 'client_id', 'client_secret', 'redirect_uri', 'code')} == {
                'grant_type': 'authorization_code', 'client_id': 'client-1', 'client_secret': 's3cret', 'redirect_uri': asked['redirect_uri'],
                'code': '4/0A b+c'}, form
            assert endpoint.forms[1]['grant_type'] == 'refresh_token' and endpoint.forms[1]['refresh_token'] == 'refresh-1'
            assert os.stat(token).st_mode & 0o777 == 0o600 and 'refresh_token_file = ' + token in settings_of(house)
            assert 'parser_seconds = 17' in settings_of(house), 'what was written meanwhile is kept'
        assert b's3cret' not in house.log and b'refresh-' not in house.log


def settings_that_collide_stay(folder):
    house = house_with_group(folder)
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        endpoint.rotate = True
        sign_in = SignIn(house, '--client-id', 'client-1', '--token-file', os.path.join(folder, 't'), '--url', f'imaps://{USER}@localhost:{server.implicit}',
                         '--token-url', endpoint.url, '--ca-file', server.ca)
        append(house, '\n[imap circles]\nurl = imaps://a@mail.example.org\npassword_file = p\n')
        meanwhile = settings_of(house)
        code, _, why = sign_in.end((sign_in.address(code='c') + '\n').encode())
        last = why.splitlines()[-1]
        assert code == 65 and 'the settings were changed during the sign-in and cannot take [imap circles]' in last and 'url stands here twice' in last, (code, why)
        assert settings_of(house) == meanwhile


def google_refuses_a_sign_in(folder):
    house = house_with_group(folder)
    before = settings_of(house)
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        words = ('--client-id', 'client-1', '--token-file', os.path.join(folder, 't'), '--url', f'imaps://{USER}@localhost:{server.implicit}', '--token-url', endpoint.url,
                 '--ca-file', server.ca)
        sign_in = SignIn(house, *words)
        visit(sign_in.address(error='access_denied'))
        code, _, why = sign_in.end()
        assert code == 77 and 'the sign-in was refused' in why and not endpoint.forms, (code, why)
        for answer, want in (((400, {'error': 'invalid_grant'}), 'refuses: invalid_grant (400)'), ((200, {'access_token': 'x'}), 'gave no refresh token'),
                             ((200, b'<html>'), 'is no JSON')):
            endpoint.answer = lambda form, answer=answer: answer
            sign_in = SignIn(house, *words)
            code, _, why = sign_in.end((sign_in.address(code='c') + '\n').encode())
            assert code != 0 and want in why, (code, why)
    assert settings_of(house) == before and not os.path.exists(os.path.join(folder, 't'))


def microsoft_with_a_sign_in_elsewhere(folder):
    house = house_with_group(folder)
    token = os.path.join(folder, 'circles.token')
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        endpoint.rotate, endpoint.pending = True, 2
        with Carrier(house, server, MICROSOFT):
            code, said, why = connect(house, 'microsoft', '--mailbox', USER, '--client-id', 'client-1', '--token-file', token, '--device-url', endpoint.url, '--url',
                                      f'imaps://{USER}@localhost:{server.implicit}', '--token-url', endpoint.url, '--ca-file', server.ca)
        assert code == 0, why
        assert 'Open https://login.example.org/device, type ABCD-EFGH' in why
        assert said['proof'] is True and said['trust'] == 3 and said['envelope'] is True, said
        assert os.stat(token).st_mode & 0o777 == 0o600
        with open(token, encoding='utf-8') as f:
            assert f.read().startswith('refresh-')
        grants = [f.get('grant_type', 'begin').split(':')[-1] for f in endpoint.forms]
        assert grants[:4] == ['begin', 'device_code', 'device_code', 'device_code'] and set(grants[4:]) == {'refresh_token'}, grants
        assert endpoint.forms[1]['device_code'] == 'device-1'


def mistakes_are_told_before_anybody_signs_in(folder):
    house = house_with_group(folder)
    before = settings_of(house)
    secret = write_secret(folder, 's3cret', 'client')
    with Endpoint(folder) as endpoint:
        usual = {'--mailbox': USER, '--client-id': 'client-1', '--client-secret-file': secret, '--token-url': endpoint.url, '--ca-file': os.path.join(folder, 'ca.pem')}
        for option, value, want in (('--mailbox', 'nurse', '--mailbox: address has no @'), ('--wait', 'soon', '--wait takes seconds'),
                                    ('--url', 'imap.example.org', '--url has a wrong value, expected imaps://USER@HOST'), ('--url', 'imaps://imap.example.org', 'expected imaps://USER@HOST'),
                                    ('--name', 'a b]', '--name takes letters, digits, dots and dashes'),
                                    ('--token-url', 'http://localhost/token', '--token-url has a wrong value, expected https://'),
                                    ('--client-id', None, 'connect microsoft` tells how')):
            words = [w for pair in {**usual, option: value}.items() if pair[1] for w in pair]
            done = house.run('connect', 'microsoft', *words)
            said = done.stderr.decode()
            assert done.returncode in (64, 65) and said.count('\n') == 1, (option, done.returncode, said)
            assert want in said and 'postcircle.ini' not in said, (option, said)
        assert not endpoint.forms
        endpoint.answer = lambda form: (401, {'error': 'invalid_client'})
        code, _, why = connect(house, 'microsoft', *[w for pair in {**usual, '--ca-file': endpoint.authority.ca}.items() for w in pair])
        assert code == 77 and 'invalid_client (401): wrong client id or secret, or the secret has expired' in why, (code, why)
    assert settings_of(house) == before


def one_mailbox_for_all(folder):
    house = house_with_group(folder)
    box = f'circles@{DOMAIN}'
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        assert connect(house, 'google', '--mailbox', USER, '--one-mailbox')[0] == 65  # another domain than the practice's
        with Carrier(house, server, GOOGLE, folder='INBOX', rewrite=lambda data: re.sub(rb'circles\+[^@]*@', b'circles@', data)):
            code, _, why = connect(house, 'google', '--mailbox', box, '--one-mailbox')
        assert code == 77 and 'cannot be for all groups' in why and 'mailbox' not in house.ok('practice', 'show'), (code, why)
        with Carrier(house, server, GOOGLE):
            code, said, why = connect(house, 'google', '--mailbox', box, '--one-mailbox')
        assert code == 0 and said['plus'] is True, (said, why)
        assert re.search(r'mailbox +circles\n', house.ok('practice', 'show'))
        assert f'circles+tuesday@{DOMAIN}' in house.ok('group', 'show', 'tuesday')


def what_is_lost_on_the_way_is_told(folder):
    house = house_with_group(folder)
    before = re.sub(r'bounces .*\n', '', house.ok('practice', 'show'))

    def rewritten(data):
        data = re.sub(rb'^From:.*(?:\n[ \t].*)*', b'From: Postcircle <someone@gmail.example.com>\r', data, flags=re.M)
        return re.sub(rb'^To:.*(?:\n[ \t].*)*', b'To: <desk@' + DOMAIN.encode() + b'>\r', data, flags=re.M)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with Carrier(house, server, GOOGLE, dmarc='fail', sender='bounces@relay.example.net', folder='Spam', rewrite=rewritten):
            code, said, why = connect(house, 'google', '--mailbox', USER)
        assert code == 0, why
        assert (said['from'], said['plus'], said['envelope'], said['proof'], said['in_junk']) == (False, False, False, False, True), said
        with Carrier(house, server, 'Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\r\n'):
            code, said, why = connect(house, 'google', '--mailbox', USER)
        assert code == 0 and said['proof'] is False, (said, why)
        code, said, why = connect(house, 'google', '--mailbox', USER, '--wait', '2')  # nobody carries it
        assert code == 75 and 'did not come within 2 s' in why, why
    assert re.sub(r'bounces .*\n', '', house.ok('practice', 'show')) == before


def what_is_wrong_leaves_the_settings_alone(folder):
    house = house_with_group(folder)
    before = settings_of(house)
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        url = ('--url', f'imaps://{USER}@localhost:{server.implicit}', '--token-url', endpoint.url, '--ca-file', server.ca)
        key = account_file(folder)
        for words, want in ((('google', '--mailbox', USER), 'needs --key-file, or --client-id'), (('microsoft', '--mailbox', USER), 'needs --client-id'),
                            (('google', '--mailbox', USER, '--key-file', '/nowhere', *url), 'key file cannot be read'),
                            (('google', '--mailbox', USER, '--key-file', key, '--name', 'a b', *url), '--name takes letters'),
                            (('google', '--mailbox', USER, '--key-file', key, '--token-url', 'https://' + 'x' * 200), 'the settings stay as they were'),
                            (('microsoft', '--mailbox', USER, '--client-id', 'c', '--token-file', 'x', *url), 'begins with /')):
            code, _, why = connect(house, *words)
            assert code != 0 and want in why, (words, code, why)
            assert settings_of(house) == before, words
        endpoint.answer = lambda form: (400, {'error': 'access_denied'})
        code, _, why = connect(house, 'google', '--mailbox', USER, '--key-file', key, *url)
        assert code == 77 and 'access_denied' in why, (code, why)
    assert settings_of(house) == before


run_tests([the_steps_are_shown, google_with_a_service_account, google_with_a_sign_in, settings_that_collide_stay, google_refuses_a_sign_in, microsoft_with_a_sign_in_elsewhere, mistakes_are_told_before_anybody_signs_in,
           one_mailbox_for_all, what_is_lost_on_the_way_is_told, what_is_wrong_leaves_the_settings_alone])
