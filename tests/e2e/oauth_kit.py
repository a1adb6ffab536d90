"""A token endpoint on loopback: gives tokens out over https, tells Dovecot over http which ones count, and lets somebody sign in on another device."""
import http.server
import json
import threading
import urllib.parse

from imap_kit import USER
from smtp_kit import Authority


class Endpoint:
    """Gives tokens out over https, and tells Dovecot over http which ones count. answer(form) may say something else: (status, object)."""

    def __init__(self, folder, name='localhost'):
        self.authority = Authority(folder)
        self.forms, self.tokens, self.answer, self.rotate, self.pending = [], {}, None, False, 0
        self.public = self._listen(self.authority.context('endpoint', name))
        self.inner = self._listen(None)

    def _listen(self, context):
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()))
                self.reply(*(endpoint.give(form) if context else endpoint.judge(form.get('token', ''))))

            def do_GET(self):
                query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
                self.reply(*endpoint.judge(query.get('token', '')))

            def reply(self, status, what):
                data = what if isinstance(what, bytes) else json.dumps(what).encode()
                self.send_response(status)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def give(self, form):
        self.forms.append(form)
        if 'grant_type' not in form:
            return 200, {'device_code': 'device-1', 'user_code': 'ABCD-EFGH', 'verification_uri': 'https://login.example.org/device', 'interval': 1, 'expires_in': 60}
        if form['grant_type'].endswith('device_code') and self.pending:
            self.pending -= 1
            return 400, {'error': 'authorization_pending'}
        if self.answer:
            return self.answer(form)
        token = f'token-{len(self.forms)}'
        self.tokens[token] = USER
        more = {'refresh_token': f'refresh-{len(self.forms)}'} if self.rotate else {}
        return 200, {'access_token': token, 'expires_in': 3600, 'token_type': 'Bearer', **more}

    def judge(self, token):
        return (200, {'active': 'yes', 'username': self.tokens[token]}) if token in self.tokens else (200, {'active': 'no'})

    @property
    def url(self):
        return f'https://localhost:{self.public.server_address[1]}/token'

    def __enter__(self):
        return self

    def __exit__(self, *why):
        for server in (self.public, self.inner):
            server.shutdown()
            server.server_close()
