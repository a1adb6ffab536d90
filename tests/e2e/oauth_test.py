#!/usr/bin/python3
"""The role imap with access tokens: a token endpoint on loopback, and Dovecot, which asks a second one whether a token counts."""
import base64
import json
import os
import subprocess
import time

from house_kit import run_tests, until
from imap_kit import USER, Dovecot, ImapRole, body, house_with_group, stored, taken, use_mailbox, write_secret
from oauth_kit import Endpoint


def with_token(house, server, endpoint, **settings):
    use_mailbox(house, server.implicit, server.ca, password=None, token_url=endpoint.url, **settings)


def a_refresh_token_is_used_and_renewed(folder):
    house = house_with_group(folder)
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        endpoint.rotate = True
        refresh = write_secret(folder, 'refresh-0', 'refresh')
        with_token(house, server, endpoint, client_id='client-1', client_secret_file=write_secret(folder, 's3cret & more', 'client'), refresh_token_file=refresh,
                   scope='https://mail.example.org/')
        with ImapRole(house) as role:
            role.ready()
            server.deliver(body(1))
            taken(house, 1)
            assert endpoint.forms[0] == {'grant_type': 'refresh_token', 'client_id': 'client-1', 'client_secret': 's3cret & more', 'refresh_token': 'refresh-0',
                                         'scope': 'https://mail.example.org/'}, endpoint.forms[0]
            with open(refresh, encoding='utf-8') as f:
                assert f.read() == 'refresh-1'
            assert os.stat(refresh).st_mode & 0o777 == 0o600
        with ImapRole(house):
            server.deliver(body(2))
            taken(house, 2)
            assert endpoint.forms[1]['refresh_token'] == 'refresh-1'
        assert 'method=XOAUTH2' in server.said()
    assert not any(w in house.log for w in (b'token-', b'refresh-', b's3cret')), house.log


def an_application_has_a_secret_of_its_own(folder):
    """Microsoft 365: client_credentials."""
    house = house_with_group(folder)
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        with_token(house, server, endpoint, client_id='client-1', client_secret_file=write_secret(folder, 'secret', 'client'), scope='https://outlook.example.org/.default')
        with ImapRole(house) as role:
            role.ready()
        assert endpoint.forms[0]['grant_type'] == 'client_credentials' and endpoint.forms[0]['client_secret'] == 'secret'


def verify(public, data, signature):
    """With openssl, which did not make it."""
    with open(public + '.sig', 'wb') as f:
        f.write(signature)
    done = subprocess.run(['openssl', 'dgst', '-sha256', '-verify', public, '-signature', public + '.sig'], input=data, capture_output=True, check=False)
    return done.returncode == 0


def part(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


def a_service_account_signs_for_its_user(folder):
    """Google Workspace: jwt-bearer."""
    house = house_with_group(folder)
    subprocess.run(['openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'key.pem'], cwd=folder, check=True, capture_output=True)
    subprocess.run(['openssl', 'pkey', '-in', 'key.pem', '-pubout', '-out', 'public.pem'], cwd=folder, check=True, capture_output=True)
    with open(os.path.join(folder, 'key.pem'), encoding='utf-8') as f:
        account = {'type': 'service_account', 'client_email': 'robot@project.example.org', 'private_key': f.read(), 'token_uri': 'https://example.org'}
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        with_token(house, server, endpoint, key_file=write_secret(folder, json.dumps(account), 'account.json'), scope='https://mail.example.org/')
        with ImapRole(house) as role:
            role.ready()
        form = endpoint.forms[0]
        assert form['grant_type'] == 'urn:ietf:params:oauth:grant-type:jwt-bearer'
        header, claims, signature = form['assertion'].split('.')
        assert json.loads(part(header)) == {'alg': 'RS256', 'typ': 'JWT'}
        said = json.loads(part(claims))
        assert (said['iss'], said['sub'], said['scope'], said['aud']) == ('robot@project.example.org', USER, 'https://mail.example.org/', endpoint.url), said
        assert abs(said['iat'] - time.time()) < 120 and said['exp'] - said['iat'] == 3600
        assert verify(os.path.join(folder, 'public.pem'), f'{header}.{claims}'.encode(), part(signature))
        assert not verify(os.path.join(folder, 'public.pem'), f'{header}.{claims}x'.encode(), part(signature))


def what_goes_wrong_is_told_without_secrets(folder):
    house = house_with_group(folder)
    cases = [(lambda form: (400, {'error': 'invalid_grant', 'error_description': 'canary.person@example.com'}), 'the token endpoint refuses: invalid_grant (400): the sign-in or key has expired or was taken back'),
             (lambda form: (401, {'error': 'canary.person@example.com'}), 'the token endpoint refuses: no reason (401)'),
             (lambda form: (503, b'busy'), 'the token endpoint answers 503'), (lambda form: (200, b'<html>'), 'is no JSON'),
             (lambda form: (200, {'access_token': ''}), 'holds no token'), (lambda form: (200, b'x' * 100000), 'too long'),
             (lambda form: (302, b''), 'refuses: no reason (302)'),
             (lambda form: (200, {'access_token': 'stolen'}), 'says no to our access token')]
    with Endpoint(folder) as endpoint, Dovecot(authority=endpoint.authority, introspect=endpoint.inner.server_address[1]) as server:
        refresh = write_secret(folder, 'refresh-0', 'refresh')
        for answer, want in cases:
            endpoint.answer = answer
            with_token(house, server, endpoint, client_id='c', refresh_token_file=refresh)
            with ImapRole(house) as role:
                until(lambda: 'mailbox_failed' in role.log(), what=want)
                assert want in role.log(), (want, role.log())
        os.chmod(refresh, 0o640)
        with ImapRole(house) as role:
            until(lambda: 'refresh token file may be read by others' in role.log(), what='the refusal of the file')
        with_token(house, server, endpoint, client_id='c')
        with ImapRole(house) as role:
            until(lambda: 'token_url needs refresh_token_file' in role.log(), what='what is missing')
        use_mailbox(house, server.implicit, server.ca, password=None, token_url=endpoint.url.replace('localhost', '127.0.0.1'), client_id='c',
                    refresh_token_file=write_secret(folder, 'refresh-0', 'refresh'))
        with ImapRole(house) as role:
            until(lambda: "certificate proves nothing" in role.log(), what='a certificate for another name')
    assert stored(house) == 0 and not house.canaries(), house.canaries()


run_tests([a_refresh_token_is_used_and_renewed, an_application_has_a_secret_of_its_own, a_service_account_signs_for_its_user, what_goes_wrong_is_told_without_secrets])
