#!/usr/bin/python3
"""Each provider that we ship against a stub of its own on this machine, in one house: what it is asked, field by field, as its pages say; what its answers,
refusals and receipts do; who may call the hook. Our files are used as they are, but for the host."""
import base64
import collections
import hashlib
import hmac
import http.server
import json
import os
import re
import socket
import subprocess
import threading
import time
import urllib.parse

from house_kit import House, run_tests, until
from smtp_kit import free_port
from text_kit import call

FILES = os.path.join(os.path.dirname(__file__), '../../mailer/providers')
NAME = 'Lakeside "A&B" +%41 \u0416\u00e9 {to}'  # quotes, what forms and URLs mean something by, a letter that GSM lacks, a name of ours
CASES = {'delivered': 1, 'refused': 2, 'failed': 3, 'throttled': 4, 'broken': 5, 'lost': 6, 'setup': 9}
ACCEPTED, SENT, DELIVERED, FAILED, UNKNOWN, QUEUED = 5, 6, 7, 8, 4, 1
OPTOUT, BAD_NUMBER, TEMPORARY, FILTERED, THROTTLE, SETUP = range(1, 7)


def basic(user, password):
    return 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()


def mac(method, key, text):
    return base64.b64encode(hmac.new(key.encode(), text.encode(), method).digest()).decode()


class Provider:
    """What is the same with all of them. no: the middle digits of its numbers, ours and theirs."""
    settings, secrets, host, parts = {}, {}, None, 1

    def __init__(self, no):
        self.no, self.ours, self.asked, self.hook, self.seen = no, f'+1555555019{no}', [], '', collections.Counter()

    def number(self, case):
        return f'+15555550{self.no + 2}0{CASES[case]}'

    def case_of(self, to):
        return next(c for c in CASES if self.number(c).endswith(to[-4:]))

    def install(self, house):
        """The provider's file with our stub for its host."""
        with open(f'{FILES}/{self.name}.conf', encoding='utf-8') as f:
            text = f.read()
        if self.host:
            assert text.count(self.host) == 2, f'{self.name}: {self.host}'
            with open(f'{house.home}/providers/{self.name}.conf', 'w', encoding='utf-8') as f:
                f.write(text.replace(self.host, '{setting.api}'))

    def add(self, house, port, hook):
        self.install(house)
        words = [w for k, v in {'api': f'http://127.0.0.1:{port}{self.base}', 'hook': hook, **self.settings}.items() for w in ('--setting', f'{k}={v}')]
        done = house.json('text', 'add', self.name, '--number', self.ours, '--rate', '0', *words, '--secrets', '-',
                          data=''.join(f'{k}={v}\n' for k, v in self.secrets.items()).encode())
        self.account, self.hook = done['account'], done['hook']

    def callback(self, url):
        """Our URL for receipts, taken apart: the reference."""
        found = re.fullmatch(re.escape(self.hook) + r'\?(?:tok=T0KEN&)?ref=([0-9a-f]{32}(?:p[0-9]+)?)', url)
        assert found, url
        return found[1]

    def answer(self, case, request):
        """(status, headers, body); None breaks the connection off."""
        if case == 'throttled':
            return 429, {'Retry-After': '77'}, '{}'
        if case == 'broken':
            return 500, {}, '<html>oops</html>'
        if case == 'lost':
            return None
        if case == 'setup':
            return 401, {}, '{}'
        return self.refuse() if case == 'refused' and self.refusal else self.accept(request)

    def looks(self, path, headers):
        """Of doctor: is it this account, and its key? None: the question is not to us."""
        return headers['Authorization'] == self.proof() if path == self.base + self.check else None

    known = (200, 401)  # to who has the key, to others

    refusal = None  # class of what refuse() says

    def refuse(self):
        raise AssertionError

    def one(self, what):
        """There is exactly one value, and it is that."""
        assert len(what) == 1, what
        return what[0]


class Twilio(Provider):
    name, base = 'twilio', '/2010-04-01'
    settings, secrets = {'account': 'AC1'}, {'auth_token': 't0k/en', 'signing_key': 't0k/en'}
    header, refusal, late, check = 'X-Twilio-Signature', OPTOUT, ('30003', TEMPORARY), '/Accounts/AC1.json'

    def proof(self):
        return basic(self.settings['account'], self.secrets['auth_token'])

    def read(self, method, path, headers, body):
        assert (method, path) == ('POST', f'{self.base}/Accounts/{self.settings["account"]}/Messages.json'), path
        assert headers['Authorization'] == basic(self.settings['account'], self.secrets['auth_token'])
        assert headers['Content-Type'] == 'application/x-www-form-urlencoded'
        fields = urllib.parse.parse_qs(body, strict_parsing=True, encoding='utf-8')
        assert set(fields) == {'To', 'From', 'Body', 'StatusCallback', 'ValidityPeriod', 'SmartEncoded'}, set(fields)
        assert self.one(fields['From']) == self.ours and 1 <= int(self.one(fields['ValidityPeriod'])) <= 36000
        assert fields['SmartEncoded'] == ['false']
        return self.one(fields['To']), self.one(fields['Body']), self.callback(self.one(fields['StatusCallback']))

    def accept(self, request):
        return 201, {}, json.dumps({'sid': f'SM{request}', 'status': 'queued', 'num_segments': '2', 'price': None, 'price_unit': 'USD', 'error_code': None})

    def refuse(self):
        return 400, {}, json.dumps({'code': 21610, 'message': 'unsubscribed', 'more_info': 'https://example.org/21610', 'status': 400})

    def post(self, url, fields, forged=False):
        signed = url + ''.join(k + fields[k] for k in sorted(fields))
        proof = mac(hashlib.sha1, 'other' if forged else self.secrets['signing_key'], signed)
        return call(url, urllib.parse.urlencode(fields).encode(), **{self.header: proof})

    def say(self, number, words, forged=False):
        return self.post(self.hook, {'MessageSid': f'MO{number}', 'AccountSid': 'AC1', 'From': number, 'To': self.ours, 'Body': words, 'NumMedia': '1',
                                     'NumSegments': '1', 'MediaUrl0': 'https://example.org/1', 'FromCity': 'LAKESIDE'}, forged)

    def receipt(self, ref, state, code=''):
        word = {SENT: 'sent', DELIVERED: 'delivered', FAILED: 'undelivered'}[state]
        return self.post(f'{self.hook}?ref={ref}', {'MessageSid': 'SM1', 'MessageStatus': word, **({'ErrorCode': code} if code else {}), 'To': 'x', 'From': 'y'})

    reply = b'<Response></Response>'


class SignalWire(Twilio):
    base, settings, secrets = '/api/laml/2010-04-01', {'account': 'project-1'}, {'auth_token': 'PT1', 'signing_key': 'PSK_1'}
    header, late, check = 'X-SignalWire-Signature', ('30007', FILTERED), '/Accounts/project-1.json'


class Telnyx(Provider):
    name, base, host, reply = 'telnyx', '', 'https://api.telnyx.com', b''
    secrets, refusal, late, check = {'api_key': 'KEY1'}, OPTOUT, ('40001', BAD_NUMBER), '/v2/balance'

    def proof(self):
        return 'Bearer KEY1'

    def keys(self, folder):
        self.key = f'{folder}/telnyx.pem'
        subprocess.run(('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', self.key), check=True)
        der = subprocess.run(('openssl', 'pkey', '-in', self.key, '-pubout', '-outform', 'DER'), check=True, capture_output=True).stdout
        self.settings = {'public_key': base64.b64encode(der[-32:]).decode()}

    def read(self, method, path, headers, body):
        assert (method, path) == ('POST', '/v2/messages') and headers['Authorization'] == 'Bearer KEY1' and headers['Content-Type'] == 'application/json'
        fields = json.loads(body)
        assert set(fields) == {'to', 'from', 'text', 'type', 'encoding', 'webhook_url'}, set(fields)
        assert fields['from'] == self.ours and fields['type'] == 'SMS' and fields['encoding'] == 'ucs2'
        return fields['to'], fields['text'], self.callback(fields['webhook_url'])

    def accept(self, request):
        return 200, {}, json.dumps({'data': {'id': f't-{request}', 'to': [{'status': 'queued', 'carrier': 'X', 'line_type': 'Wireless'}], 'parts': 2,
                                             'cost': {'amount': '0.0150', 'currency': 'USD'}, 'errors': [], 'wait_seconds': 0.1}})

    def refuse(self):
        return 422, {}, json.dumps({'errors': [{'code': '40300', 'title': 'Blocked due to STOP message', 'detail': 'x'}]})

    def post(self, url, payload, forged=False):
        body, now = json.dumps(payload).encode(), str(int(time.time()))
        with open(f'{self.key}.in', 'wb') as f:
            f.write(f'{now}|'.encode() + body + (b' ' if forged else b''))
        proof = subprocess.run(('openssl', 'pkeyutl', '-sign', '-inkey', self.key, '-rawin', '-in', f'{self.key}.in'), check=True, capture_output=True).stdout
        return call(url, body, **{'Content-Type': 'application/json', 'telnyx-signature-ed25519': base64.b64encode(proof).decode(), 'telnyx-timestamp': now})

    def say(self, number, words, forged=False):
        return self.post(self.hook, {'data': {'event_type': 'message.received', 'id': f'e{number}', 'payload': {
            'id': f'm{number}', 'from': {'phone_number': number}, 'to': [{'phone_number': self.ours}], 'text': words, 'media': [{'url': 'x'}], 'parts': 1}}}, forged)

    def receipt(self, ref, state, code=''):
        word = {SENT: 'sent', DELIVERED: 'delivered', FAILED: 'delivery_failed'}[state]
        return self.post(f'{self.hook}?ref={ref}', {'data': {'event_type': 'message.sent' if state == SENT else 'message.finalized', 'id': 'e', 'payload': {
            'id': 't', 'to': [{'status': word}], 'errors': [{'code': code}] if code else [], 'cost': {'amount': '0.0150', 'currency': 'USD'}}}})


class Bandwidth(Provider):
    name, base, host, reply = 'bandwidth', '', 'https://messaging.bandwidth.com', b''
    settings, late = {'account': '5500', 'application': 'app-1'}, ('4775', OPTOUT)
    secrets = {'api_user': 'u', 'api_password': 'p', 'hook_user': 'gw', 'hook_password': 'pw:1'}
    check = '/api/v2/users/5500/media'

    def proof(self):
        return basic('u', 'p')

    def read(self, method, path, headers, body):
        assert (method, path) == ('POST', '/api/v2/users/5500/messages') and headers['Authorization'] == basic('u', 'p')
        assert headers['Content-Type'] == 'application/json'
        fields = json.loads(body)
        assert set(fields) == {'applicationId', 'to', 'from', 'text', 'tag', 'expiration'}, set(fields)
        assert fields['applicationId'] == 'app-1' and fields['from'] == self.ours
        assert 0 < time.mktime(time.strptime(fields['expiration'], '%Y-%m-%dT%H:%M:%SZ')) - time.mktime(time.gmtime()) <= 36000, fields['expiration']
        assert re.fullmatch('[0-9a-f]{32}', fields['tag'])
        return self.one(fields['to']), fields['text'], fields['tag']

    def accept(self, request):
        return 202, {}, json.dumps({'id': f'b-{request}', 'owner': self.ours, 'segmentCount': 2})

    def answer(self, case, request):
        if case == 'throttled':
            return 429, {'Retry-After': '77'}, json.dumps({'type': 'max-message-queue-size-exceeded', 'description': 'x'})
        return super().answer(case, request)

    def post(self, url, events, forged=False):
        return call(url, json.dumps(events).encode(), **{'Content-Type': 'application/json', 'Authorization': basic('gw', 'other' if forged else 'pw:1')})

    def say(self, number, words, forged=False):
        return self.post(self.hook, [{'type': 'message-received', 'time': 'x', 'description': 'x', 'to': self.ours, 'message': {
            'id': f'b{number}', 'owner': self.ours, 'from': number, 'to': [self.ours], 'text': words, 'segmentCount': 1, 'media': ['x']}}], forged)

    def receipt(self, ref, state, code=''):
        word = {SENT: 'message-sent', DELIVERED: 'message-delivered', FAILED: 'message-failed'}[state]
        return self.post(self.hook, [{'type': word, **({'errorCode': int(code)} if code else {}), 'message': {'id': 'b', 'tag': ref, 'text': ''}}])


class Kannel(Provider):
    name, base, reply, late, refusal = 'kannel', '', b'', ('NACK/', None), BAD_NUMBER
    secrets, parts, known = {'user': 'gw', 'password': 'g&w=p w', 'hook_token': 'T0KEN'}, 2, (400, 403)

    def looks(self, path, headers):
        if not path.startswith('/cgi-bin/sendsms?') or '&to=' in path:
            return None
        return path == '/cgi-bin/sendsms?username=gw&password=g%26w%3Dp%20w'

    def read(self, method, path, headers, body):
        url = urllib.parse.urlsplit(path)
        assert (method, url.path, body) == ('GET', '/cgi-bin/sendsms', '') and '+' not in url.query
        fields = dict(urllib.parse.parse_qsl(url.query, strict_parsing=True, encoding='latin-1'))
        assert set(fields) == {'username', 'password', 'from', 'to', 'text', 'coding', 'charset', 'udh', 'validity', 'dlr-mask', 'dlr-url'}, set(fields)
        assert (fields['username'], fields['password'], fields['from']) == ('gw', 'g&w=p w', self.ours)
        assert (fields['coding'], fields['charset'], fields['dlr-mask']) == ('2', 'UTF-8', '31') and 1 <= int(fields['validity']) <= 600
        callback, ours = fields['dlr-url'].split('&type=')
        ref, udh = self.callback(callback), fields['udh'].encode('latin-1')
        assert ours == '%d&fid=%F&ans=%A'
        assert udh[:3] == b'\x05\x00\x03' and udh[4:] == bytes((2, 2 if ref.endswith('p2') else 1)), udh
        return fields['to'], fields['text'].encode('latin-1').decode(), ref

    def accept(self, request):
        return 202, {}, '0: Accepted for delivery'

    def refuse(self):
        return 403, {}, 'Not routable. Do not try again.'

    def answer(self, case, request):
        if case == 'throttled':
            return 503, {'Retry-After': '77'}, 'Temporal failure, try again later.'
        return (403, {}, 'Authorization failed for sendsms') if case == 'setup' else super().answer(case, request)

    def say(self, number, words, forged=False):
        return call(f'{self.hook}?' + urllib.parse.urlencode({'tok': 'other' if forged else 'T0KEN', 'from': number, 'to': self.ours, 'text': words, 'id': f'k{number}',
                                                              'coding': '0', 'charset': 'UTF-8'}))

    def receipt(self, ref, state, code=''):
        word = {SENT: 8, DELIVERED: 1, FAILED: 2}[state]
        return call(f'{self.hook}?tok=T0KEN&ref={ref}&type={word}&fid=&ans={urllib.parse.quote(code)}')


class Plivo(Provider):
    name, base, host, reply, late = 'plivo', '', 'https://api.plivo.com', b'', ('', None)
    settings, secrets, check = {'auth_id': 'MA1'}, {'auth_token': 'MDEyMzQ1Njc4OWFi'}, '/v1/Account/MA1/'

    def proof(self):
        return basic('MA1', self.secrets['auth_token'])

    def read(self, method, path, headers, body):
        assert (method, path) == ('POST', '/v1/Account/MA1/Message/') and headers['Authorization'] == basic('MA1', self.secrets['auth_token'])
        fields = json.loads(body)
        assert set(fields) == {'src', 'dst', 'text', 'url', 'method', 'log', 'message_expiry'}, set(fields)
        assert fields['src'] == self.ours[1:] and fields['method'] == 'POST' and fields['log'] == 'false' and 0 < fields['message_expiry'] <= 36000
        assert fields['dst'].isdigit()
        return '+' + fields['dst'], fields['text'], self.callback(fields['url'])

    def accept(self, request):
        return 202, {}, json.dumps({'message': 'message(s) queued', 'message_uuid': [f'p-{request}'], 'api_id': 'x'})

    def post(self, url, fields, forged=False):
        """Receipts by V3, texts by V2."""
        nonce, key = '05429567804466091622', 'other' if forged else self.secrets['auth_token']
        base, _, query = url.partition('?')
        body = ''.join(k + fields[k] for k in sorted(fields))
        proof = ({'X-Plivo-Signature-V3': mac(hashlib.sha256, key, f'{base}?{query}.{body}.{nonce}'), 'X-Plivo-Signature-V3-Nonce': nonce} if query else
                 {'X-Plivo-Signature-V2': mac(hashlib.sha256, key, base + nonce), 'X-Plivo-Signature-V2-Nonce': nonce})
        return call(url, urllib.parse.urlencode(fields).encode(), **proof)

    def say(self, number, words, forged=False):
        return self.post(self.hook, {'From': number[1:], 'To': self.ours[1:], 'Text': words, 'Type': 'sms', 'MessageUUID': f'p{number}', 'Units': '1'}, forged)

    def receipt(self, ref, state, code=''):
        word = {SENT: 'sent', DELIVERED: 'delivered', FAILED: 'undelivered'}[state]
        return self.post(f'{self.hook}?ref={ref}', {'MessageUUID': 'p', 'Status': word, 'ErrorCode': code, 'Units': '2', 'TotalAmount': '0.01400'})


class Vonage(Provider):
    name, base, host, reply, refusal, late = 'vonage', '', 'https://rest.nexmo.com', b'', SETUP, ('9', OPTOUT)
    settings, secrets = {'signature': 'hmac-sha256'}, {'api_key': 'K1', 'api_secret': 'S1', 'signature': 'SIG'}

    def looks(self, path, headers):
        return path.endswith('?api_key=K1&api_secret=S1') if path.startswith('/account/get-balance?') else None

    def read(self, method, path, headers, body):
        assert (method, path) == ('POST', '/sms/json') and headers['Content-Type'] == 'application/x-www-form-urlencoded'
        fields = dict(urllib.parse.parse_qsl(body, strict_parsing=True))
        assert set(fields) == {'api_key', 'api_secret', 'from', 'to', 'text', 'type', 'ttl', 'callback', 'client-ref'}, set(fields)
        assert (fields['api_key'], fields['api_secret'], fields['from'], fields['type']) == ('K1', 'S1', self.ours[1:], 'unicode')
        assert 20000 <= int(fields['ttl']) <= 36000000 and self.callback(fields['callback']) == fields['client-ref']
        return '+' + fields['to'], fields['text'], fields['client-ref']

    def accept(self, request):
        return 200, {}, json.dumps({'message-count': '2', 'messages': [{'status': '0', 'message-id': f'v{request}{i}', 'message-price': '0.00800'} for i in (1, 2)]})

    def answer(self, case, request):
        if case == 'throttled':
            return 200, {'Retry-After': '77'}, json.dumps({'message-count': '1', 'messages': [{'status': '1', 'error-text': 'Throttled'}]})
        if case == 'setup':
            return 200, {}, json.dumps({'message-count': '1', 'messages': [{'status': '4', 'error-text': 'Bad Credentials'}]})
        return self.accept(request) if case == 'refused' else super().answer(case, request)

    def post(self, url, fields, forged=False):
        fields = {**fields, 'timestamp': str(int(time.time())), 'nonce': 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab'}
        text = ''.join(f'&{k}={re.sub("[&=]", "_", fields[k])}' for k in sorted(fields))
        fields['sig'] = hmac.new(b'other' if forged else b'SIG', text.encode(), hashlib.sha256).hexdigest()
        return call(url, urllib.parse.urlencode(fields).encode())

    def say(self, number, words, forged=False):
        return self.post(self.hook, {'msisdn': number[1:], 'to': self.ours[1:], 'messageId': f'v{number}', 'text': words, 'type': 'text', 'keyword': 'WRONG'}, forged)

    def receipt(self, ref, state, code=''):
        word = {SENT: 'buffered', DELIVERED: 'delivered', FAILED: 'failed'}[state]
        return self.post(f'{self.hook}?ref={ref}', {'msisdn': '1', 'to': '1', 'messageId': 'v', 'status': word, 'err-code': code or '0', 'price': '0.00800',
                                                    'scts': '2611221200', 'network-code': '1', 'client-ref': ref})


PROVIDERS = [kind(no) for no, kind in enumerate((Twilio, SignalWire, Telnyx, Bandwidth, Kannel, Plivo, Vonage))]


def stub(providers):
    """One server for all: which provider it is, its account's number says."""
    wrong = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def log_message(self, *_):
            pass

        def work(self):
            body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
            if self.command == 'GET' and '/Messages.json?' in self.path:  # the list: nothing has come
                return self.give(200, {}, '{"messages": [], "next_page_uri": null}')
            seen = [(p, p.looks(self.path, self.headers)) for p in providers if self.command == 'GET']
            for p, is_known in seen:
                if is_known is not None:
                    return self.give(p.known[0 if is_known else 1], {}, '{}')
            ours = next(p for p in providers if re.search(rf'(?:%2B|\+|src": *"|src":"|from=){p.ours[1:]}(?!\d)', body or self.path))
            try:
                to, words, ref = ours.read(self.command, self.path, self.headers, body)
                case = ours.case_of(to)
            except Exception as e:  # pylint: disable=broad-exception-caught
                wrong.append(f'{ours.name}: {type(e).__name__} {e}')
                return self.give(400, {}, '{}')
            ours.asked.append((case, words, ref))
            answer = ours.answer(case, len(ours.asked))
            if answer:
                return self.give(*answer)
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)

        def give(self, status, headers, body):
            self.send_response(status)
            for k, v in {**headers, 'Content-Length': str(len(body))}.items():
                self.send_header(k, v)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = work

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, wrong


def row(house, ref):
    """(state, class, code, due in ms) of the text with this reference."""
    found = house.rows('SELECT state, class, code, due_ms - created_ms FROM text_out WHERE ref = ?', bytes.fromhex(ref[:32]))
    assert len(found) == 1, ref
    return found[0]


def settle(house, p, case, wanted, seconds=60):
    """Waits until the text of this case is as it should be; returns its reference."""
    until(lambda: len([1 for c, _, _ in p.asked if c == case]) >= (p.parts if case in ('delivered', 'failed') else 1), seconds, f'{p.name} is asked for {case}')
    ref = next(r for c, _, r in p.asked if c == case)
    until(lambda: row(house, ref)[:2] == wanted, seconds, lambda: f'{p.name} {case}: {wanted}, it is {row(house, ref)}')
    return ref


def each_provider_as_its_pages_say(folder):
    house, port = House(folder), free_port()
    house.ok('practice', 'set', 'name', NAME)
    house.set('web', listen=f'127.0.0.1:{port}')
    os.mkdir(f'{house.home}/providers')
    server, wrong = stub(PROVIDERS)
    try:
        play(house, folder, port, server)
    finally:
        server.shutdown()
        print(*wrong, sep='\n', end='')
    assert not wrong
    look(house)


def play(house, folder, port, server):
    for p in PROVIDERS:
        if isinstance(p, Telnyx):
            p.keys(folder)
        p.add(house, server.server_port, f'http://127.0.0.1:{port}')
    with open(os.path.join(folder, 'serve.log'), 'ab') as log:
        serve = house.start('serve', stderr=log)
    try:
        until(lambda: socket.socket().connect_ex(('127.0.0.1', port)) == 0, 30, 'the hook listens')
        for p in PROVIDERS:
            assert p.say(p.number('delivered'), 'STOP', forged=True)[0] == 403, p.name
            for case in CASES:
                if case != 'setup':
                    assert p.say(p.number(case), 'wrong number') == (200, p.reply), p.name
            assert p.say(p.number('delivered'), 'wrong number')[0] == 200, p.name  # again: it is known by its id
        assert house.count('SELECT COUNT(*) FROM text_in') == len(PROVIDERS) * (len(CASES) - 1)
        for p in PROVIDERS:
            ref = settle(house, p, 'delivered', (ACCEPTED, 0))
            for state in (SENT, DELIVERED, SENT):  # the last one comes late, and takes nothing back
                for _, _, part in [a for a in p.asked if a[0] == 'delivered']:
                    assert p.receipt(part, state) == (200, p.reply), p.name
            settle(house, p, 'delivered', (DELIVERED, 0))
            if p.refusal != SETUP:
                settle(house, p, 'refused', (FAILED, p.refusal) if p.refusal else (ACCEPTED, 0))
            code, class_ = p.late
            settle(house, p, 'failed', (ACCEPTED, 0))
            for _, _, part in [a for a in p.asked if a[0] == 'failed']:
                assert p.receipt(part, FAILED, code) == (200, p.reply), p.name
            settle(house, p, 'failed', (FAILED, class_ or 0))
            ref = settle(house, p, 'throttled', (QUEUED, TEMPORARY if p.name == 'kannel' else THROTTLE))
            assert 60000 <= row(house, ref)[3] <= 200000, (p.name, row(house, ref))  # it asked for 77 s
            settle(house, p, 'broken', (UNKNOWN, 0))
            ref = settle(house, p, 'lost', (UNKNOWN, 0))
            assert p.receipt(ref, DELIVERED)[0] == 200
            settle(house, p, 'lost', (DELIVERED if p.parts == 1 else UNKNOWN, 0))
            assert p.say(p.number('setup'), 'wrong number') == (200, p.reply)
        for p in PROVIDERS:  # wrong credentials stop one account, and its text waits
            settle(house, p, 'setup', (QUEUED, SETUP))
            until(lambda a=p.account: house.count('SELECT state FROM text_account WHERE id = ?', a) == 2, 30, f'{p.name} is stopped')
    finally:
        serve.terminate()
        serve.wait(60)
    assert [f['level'] for f in keys(house)] == ['ok'] * len(PROVIDERS), keys(house)
    assert not calls(house), calls(house)
    house.rows('UPDATE text_account SET heard_ms = NULL')
    assert [f['level'] for f in calls(house)] == ['warn'] * len(PROVIDERS) and all('never called us' in f['found'] for f in calls(house)), calls(house)
    house.rows('UPDATE text_account SET refused = 2')
    assert all('2 calls of the hook were not' in f['found'] and f'/{p.account} and the signing key' in f['advice'] for p, f in zip(PROVIDERS, calls(house))), calls(house)
    for p in PROVIDERS:
        house.run('text', 'set', '--account', p.account, '--secrets', '-', data=''.join(f'{k}=wrong\n' for k in p.secrets).encode())
    wrong = keys(house)
    assert [f['level'] for f in wrong] == ['red'] * len(PROVIDERS), wrong
    assert all('account or key' in f['found'] and 'text set --account' in f['advice'] for f in wrong), wrong


def keys(house):
    """What doctor says of each provider's answer."""
    done = json.loads(house.run('doctor', '--json').stdout)
    return [f for f in done['checks'] if f['what'].startswith('texts by') and ('answers' in f['found'] or 'HTTP' in f['found'])]


def calls(house):
    """What doctor says of calls of the hooks."""
    done = json.loads(house.run('doctor', '--json').stdout)
    return [f for f in done['checks'] if f['what'].startswith('texts by') and ('calls of the hook' in f['found'] or 'called us' in f['found'])]


def look(house):
    for p in PROVIDERS:  # what may have arrived is sent once
        count = collections.Counter((c, r) for c, _, r in p.asked if c in ('lost', 'broken'))
        assert count and set(count.values()) == {1}, (p.name, count)
    parts = {p.name: sorted((r, w) for c, w, r in p.asked if c == 'delivered') for p in PROVIDERS}
    whole = {''.join(w for _, w in two) for two in parts.values()}
    assert len(whole) == 1, whole  # all of them carry the same words; Kannel in two parts, asked for at once, in any order
    words = whole.pop()
    assert NAME in words and 'off our list' in words, words
    actual = dict(house.rows('SELECT s.number, MAX(l.actual_micro) FROM text_ledger l JOIN text_sender s ON s.id = l.sender_id WHERE l.is_out = 1 GROUP BY s.number'))
    assert [actual[p.ours] for p in PROVIDERS] == [None, None, 15000, None, None, 14000, 16000], actual
    media = dict(house.rows('SELECT s.number, SUM(i.media) FROM text_in i JOIN text_sender s ON s.id = i.sender_id GROUP BY s.number'))
    assert [media[p.ours] > 0 for p in PROVIDERS] == [True, True, True, True, False, False, False], media
    assert house.count("SELECT COUNT(*) FROM text_bucket WHERE halved_until_ms > 0") >= 6
    assert not house.canaries('5550201', 't0k/en', 'g&w=p'), house.canaries('5550201')


API, OURS = '--setting api=https://api.twilio.com/2010-04-01', '--number +15555550199'
WRONG = [  # command, secrets, code, what the one line says
    (f'add nosuch {OURS}', '', 66, 'nosuch is none of: bandwidth, demo, kannel, plivo, telnyx, twilio, vonage (docs/text-providers.md'),
    ('add twilio --number 12ab', '', 65, '--number takes +15551234567'),
    (f'add twilio {OURS}', '', 65, 'twilio needs setting.api, setting.account, secret.auth_token, secret.signing_key (--setting NAME=VALUE, --secrets FILE): see docs/text-providers.md'),
    (f'add twilio {OURS} {API}', 'auth_token=x', 65, 'twilio needs setting.account, secret.signing_key ('),
    (f'add twilio {OURS} {API} --setting account=AC1', 'auth_token=x', 65, 'twilio needs secret.signing_key ('),
    (f'add twilio {OURS} {API} --setting acount=AC1', '', 65, 'twilio has no setting.acount; its file, twilio.conf, says what it takes'),
    (f'add twilio {OURS} {API} --setting account=AC1', 'auth-token=x', 65, 'the name of a secret has small letters, digits and _ only'),
    (f'add twilio {OURS} {API} --setting account=AC1', 'signing_ky=x', 65, 'twilio has no secret.signing_ky'),
    (f'add twilio {OURS} --setting api=http://api.twilio.com/2010-04-01 --setting account=AC1', 'auth_token=x\nsigning_key=x', 65, 'setting.api is not https://HOST, or http:// on this machine'),
    (f'add twilio {OURS} --setting hook=gw.example.org', '', 65, 'setting.hook is not https://HOST, or http:// on this machine'),
    (f'add twilio {OURS} --setting api', '', 65, 'settings are lines NAME=VALUE'),
    (f'add twilio {OURS} {API} --kind mobile', '', 65, '--kind takes long, toll-free, short or modem'),
    (f'add twilio {OURS} {API} --rate fast', '', 65, '--rate takes parts a second'),
    (f'add telnyx {OURS} --poll', '', 65, '--poll is for twilio (and SignalWire)'),
    (f'add kannel {OURS} --setting api=http://127.0.0.1:13013', 'user=u\npassword=p\nhook_token=a+b', 65, 'secret.hook_token takes letters, digits'),
    (f'add kannel {OURS} --setting api=http://127.0.0.1:13013', 'user=u\npassword=p', 65, 'kannel needs secret.hook_token ('),
    ('set --account 12 --start', '', 66, 'there is no such account; `'),
    ('set --account twilio --start', '', 66, 'there is no such account; `'),
    ('set --number +15555550142 --start', '', 66, 'that is no number of ours; `'),
    ('set --budget 12.5', '', 65, '--budget takes cents a month'),
]


def wrong_values_are_told_in_one_line(folder):
    house = House(folder)
    for command, secrets, code, says in WRONG:
        done = house.run('text', *command.split(), *(('--secrets', '-') if secrets else ()), data=secrets.encode())
        assert (done.returncode, done.stderr.count(b'\n')) == (code, 1) and says in done.stderr.decode(), (command, done.returncode, done.stderr)
    assert house.count('SELECT COUNT(*) FROM text_account') == 0
    for url in ('http://gw.example.org', 'https://', 'https://gw.example.org/?x=1', 'https://gw example.org'):
        done = house.run('practice', 'set', 'public-url', url)
        assert done.returncode == 65 and b'public-url: https://HOST is expected' in done.stderr, (url, done.stderr)
    house.ok('practice', 'set', 'public-url', 'https://gw.example.org/')
    done = house.json('text', 'add', 'twilio', *OURS.split(), *API.split(), '--setting', 'account=AC1', '--secrets', '-', data=b'auth_token=x\nsigning_key=x\n')
    assert re.fullmatch(r'https://gw\.example\.org/text/[0-9]+/[0-9]+', done['hook']), done
    account = done['account']
    house.ok('text', 'set', '--account', account, '--setting', 'hook=http://127.0.0.1:1/')
    house.ok('text', 'set', '--account', account, '--setting', 'hook=')
    done = house.run('text', 'set', '--account', account, '--setting', 'messaging_servce=MG1')
    assert done.returncode == 65 and b'twilio has no setting.messaging_servce' in done.stderr, done.stderr
    house.ok('text', 'set', '--account', account, '--setting', f'api=http://127.0.0.1:{free_port()}')
    said = house.run('doctor').stdout.decode()
    assert 'no answer from the server: no connection' in said and 'libcurl' not in said, said


if __name__ == '__main__':
    run_tests([each_provider_as_its_pages_say, wrong_values_are_told_in_one_line])
