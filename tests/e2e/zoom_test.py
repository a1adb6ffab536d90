#!/usr/bin/python3
"""Visits whose meetings Zoom keeps, against a stand-in on loopback that refuses every request which is not as Zoom's pages describe it."""
import base64
import datetime
import http.server
import json
import os
import re
import threading
import time
import urllib.parse

from circle_kit import ANA, LEE, MARIA, ROSE, TOM, Circle
from house_kit import DOMAIN, run_tests
from smtp_kit import Authority

ACCOUNT, CLIENT, SECRET = 'acc-5550100', 'client-5550100', 'zoom-s3cret-5550100'
UTC = datetime.timezone.utc


class Zoom:
    """Meetings and registrants as Zoom has them. refuse(method, path): (status, headers, object) instead of an answer, or None."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        self.meetings, self.registrants, self.calls, self.tokens, self.wrong = {}, {}, [], 0, []
        self.refuse, self.participants = lambda method, path: None, []
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def any(self):
                body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
                path = self.path.split('?')[0]
                answer = stub.refuse(self.command, path) or stub.take(self, self.command, path, urllib.parse.parse_qs(self.path.partition('?')[2]), body)
                status, headers, what = answer
                data = b'' if what is None else json.dumps(what).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            do_GET = do_POST = do_PATCH = do_DELETE = any

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.socket = self.authority.context('zoom', 'localhost').wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f'https://localhost:{self.server.server_address[1]}'

    def must(self, ok, what):
        if not ok:
            self.wrong.append(what)
        return ok

    def take(self, request, method, path, query, body):
        if path == '/oauth/token':
            return self.token(request, method, body)
        self.calls.append((method, path))
        if request.headers.get('Authorization') != f'Bearer token-{self.tokens}':
            return 401, {}, {'code': 124, 'message': 'Invalid access token.'}
        self.must(method in ('GET', 'DELETE') or request.headers.get('Content-Type') == 'application/json', 'content type')
        sent = json.loads(body) if body else None
        for pattern, how in ((r'/v2/users/([^/]+)/meetings', self.make), (r'/v2/meetings/(\d+)', self.one), (r'/v2/meetings/(\d+)/registrants', self.register),
                             (r'/v2/meetings/(\d+)/registrants/([^/]+)', self.unregister), (r'/v2/past_meetings/(\d+)/participants', self.past)):
            found = re.fullmatch(pattern, path)
            if found:
                return how(method, sent, query, *found.groups())
        self.must(False, f'{method} {path}')
        return 404, {}, {'code': 404}

    def token(self, request, method, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        basic = base64.b64encode(f'{CLIENT}:{SECRET}'.encode()).decode()
        self.must(method == 'POST' and request.headers['Content-Type'] == 'application/x-www-form-urlencoded', 'token request')
        if request.headers.get('Authorization') != f'Basic {basic}' or form != {'grant_type': 'account_credentials', 'account_id': ACCOUNT}:
            return 400, {}, {'reason': 'Invalid client_id or client_secret', 'error': 'invalid_client'}
        self.tokens += 1
        return 200, {}, {'access_token': f'token-{self.tokens}', 'token_type': 'bearer', 'expires_in': 3599, 'scope': 'meeting:write:admin'}

    def check_meeting(self, sent):
        self.must(set(sent) == {'topic', 'type', 'start_time', 'duration', 'timezone', 'settings'}, f'fields {sorted(sent)}')
        self.must(sent['type'] == 2 and sent['topic'] == 'Group visit – Lakeside Clinic', sent['topic'])
        self.must(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', sent['start_time']) and isinstance(sent['duration'], int), 'time')
        self.must(sent['settings'] == {'approval_type': 0, 'registration_type': 1, 'waiting_room': True, 'join_before_host': False,
                                       'registrants_confirmation_email': False, 'registrants_email_notification': False}, f'settings {sent["settings"]}')

    def make(self, method, sent, query, user):
        self.must(method == 'POST' and user == 'me' and not query, 'create')
        self.check_meeting(sent)
        number = 85550100000 + len(self.calls)
        self.meetings[str(number)] = sent
        self.registrants[str(number)] = {}
        return 201, {}, {'id': number, 'uuid': 'x==', 'host_id': 'h', **sent, 'join_url': f'https://zoom.example.org/j/{number}?pwd=general',
                         'start_url': f'https://zoom.example.org/s/{number}?zak=HOSTRIGHTS', 'password': '555010'}

    def one(self, method, sent, query, number):
        if number not in self.meetings:
            return 404, {}, {'code': 3001, 'message': f'Meeting does not exist: {number}.'}
        if method == 'DELETE':
            self.must(sent is None and query.get('cancel_meeting_reminder') == ['false'], f'delete {query}')
            del self.meetings[number]
        else:
            self.must(method == 'PATCH', method)
            self.check_meeting(sent)
            self.meetings[number] = sent
        return 204, {}, None

    def register(self, method, sent, query, number):
        self.must(method == 'POST' and not query and set(sent) == {'email', 'first_name'}, f'registrant {sorted(sent)}')
        if number not in self.meetings:
            return 404, {}, {'code': 3001}
        self.must(re.fullmatch(r'[a-z2-7]{32}@' + re.escape(DOMAIN), sent['email']), sent['email'])
        name = f'reg-{len(self.calls)}'
        self.registrants[number][name] = sent
        return 201, {}, {'id': int(number), 'registrant_id': name, 'topic': 'Group visit', 'join_url': f'https://zoom.example.org/w/{number}?tk={name}'}

    def unregister(self, method, sent, query, number, name):
        self.must(method == 'DELETE' and sent is None and not query, 'unregister')
        return (204, {}, None) if self.registrants[number].pop(name, None) else (404, {}, {'code': 300})

    def past(self, method, sent, query, number):
        self.must(method == 'GET' and sent is None and query['page_size'] == ['100'], f'past {query}')
        at = int(query.get('next_page_token', ['0'])[0])
        more = str(at + 2) if at + 2 < len(self.participants) else ''
        return 200, {}, {'page_size': 100, 'total_records': len(self.participants), 'next_page_token': more, 'participants': self.participants[at:at + 2]}

    def who(self, number, name):
        return [r for r, sent in self.registrants[number].items() if sent['first_name'] == name][0]

    def count(self, method, part):
        return sum(1 for m, p in self.calls if m == method and part in p)


def use(circle, zoom, folder, secret=SECRET):
    path = os.path.join(folder, 'secret')
    with open(path, 'w', encoding='ascii') as f:
        f.write(secret + '\n')
    return circle.run('zoom', 'set', '--account', ACCOUNT, '--client', CLIENT, '--secret', path, '--api-url', zoom.url + '/v2', '--token-url',
                      zoom.url + '/oauth/token', '--ca-file', zoom.authority.ca)


def everything(circle):
    return '\n'.join(m.message.as_string() for mails in circle.everybody().values() for m in mails)


def newest(circle, who, words):
    return [m for m in circle.mail(who) if words in m.subject][-1]


def a_visit_lives_in_zoom(folder):
    circle, zoom = Circle(folder), Zoom(folder)
    refused = circle.run('visit', 'add', 'tuesday', '--at', '2026-03-05 14:00', '--title', 'Talk', '--link', 'zoom')
    assert refused.returncode == 65 and b'no Zoom account' in refused.stderr, refused
    assert circle.json('zoom', 'show')['is_on'] is False and zoom.calls == []
    assert use(circle, zoom, folder, secret='wrong').returncode == 77 and circle.json('zoom', 'show')['is_on'] is False
    assert use(circle, zoom, folder).returncode == 0 and circle.json('zoom', 'show')['client'] == CLIENT
    assert circle.audit('video account set')

    # made with the neutral title; everybody who agreed has a link of their own
    circle.ok('visit', 'add', 'tuesday', '--at', '2026-03-05 14:00', '--title', 'Eating out without worry', '--host', ANA, '--link', 'zoom')
    circle.work()
    number, meeting = next(iter(zoom.meetings.items()))
    assert (meeting['start_time'], meeting['duration'], meeting['timezone']) == ('2026-03-05T19:00:00Z', 60, 'America/New_York')
    assert f'/j/{number}?pwd=general' in newest(circle, ANA, 'a visit on').text.replace('=\n', '') and zoom.registrants[number] == {}
    for who in (MARIA, ROSE):
        circle.says(who, 'Yes, I agree', newest(circle, who, 'can you come'))
    circle.work()
    links = {name: f'tk={zoom.who(number, name)}' for name in ('Maria', 'Rose')}
    for who, name, other in ((MARIA, 'Maria', 'Rose'), (ROSE, 'Rose', 'Maria')):
        told = newest(circle, who, 'how to join').message.as_string().replace('=\n', '').replace('=3D', '=')
        assert links[name] in told and all(links[other] not in m.message.as_string() and 'pwd=general' not in m.message.as_string() for m in circle.mail(who)), told
    assert not any('tk=' in m.message.as_string() for m in circle.mail(TOM))

    # moved, and one who leaves
    circle.ok('visit', 'move', '1', '--to', '3pm')
    circle.work()
    assert zoom.meetings[number]['start_time'] == '2026-03-05T20:00:00Z' and len(zoom.meetings) == 1
    circle.says(ROSE, 'LEAVE', subject='LEAVE')
    circle.work()
    assert [r['first_name'] for r in zoom.registrants[number].values()] == ['Maria']

    # too much for Zoom: not asked again before it says so
    zoom.refuse = lambda method, path: (429, {'Retry-After': '7200'}, {'code': 429}) if path.endswith('/registrants') else None
    circle.says(TOM, 'Yes, I agree', newest(circle, TOM, 'it is now'))
    before = len(zoom.calls), zoom.tokens
    circle.later(hours=1)
    assert (len(zoom.calls), zoom.tokens) == before and circle.json('zoom', 'show')['troubles'] == 1
    zoom.refuse = lambda method, path: None
    circle.later(hours=1, minutes=5)
    assert f'tk={zoom.who(number, "Tom")}' in newest(circle, TOM, 'how to join').message.as_string().replace('=3D', '=') and circle.json('zoom', 'show')['troubles'] == 0

    # afterwards: by the registrant, over all pages, never by a name; who only waited outside did not come
    start = datetime.datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
    row = lambda who, joined, left, status='in_meeting': {
        'id': '', 'name': 'Tom', 'user_email': '', 'registrant_id': who, 'status': status, 'duration': (left - joined) * 60,
        'join_time': (start + datetime.timedelta(minutes=joined)).strftime('%Y-%m-%dT%H:%M:%SZ'), 'leave_time': (start + datetime.timedelta(minutes=left)).strftime('%Y-%m-%dT%H:%M:%SZ')}
    maria = zoom.who(number, 'Maria')
    zoom.participants = [row(maria, 1, 20), row('', 0, 60), row(zoom.who(number, 'Tom'), 0, 2, 'in_waiting_room'), row(maria, 25, 60)]
    circle.later(days=3, hours=5)
    assert circle.rows('SELECT minutes, source FROM attendance WHERE state = 1') == [(54, 3)], circle.rows('SELECT state, minutes, source FROM attendance')
    seats = {r['name'].split()[0]: r for r in circle.json('visit', 'show', '1')}
    assert (seats['Maria']['attendance'], seats['Tom']['attendance']) == ('came', 'missed'), seats
    assert zoom.count('GET', 'past_meetings') == 2
    assert zoom.wrong == [], zoom.wrong

    # cancelled there too; what somebody deleted there is made again
    circle.ok('visit', 'add', 'tuesday', '--at', '2026-03-12 14:00', '--title', 'Second', '--link', 'zoom')
    circle.work()
    second = list(zoom.meetings)[-1]
    asked = newest(circle, MARIA, 'can you come on Thursday, March 12')  # she agreed before: one letter asks and brings her link
    assert f'tk={zoom.who(second, "Maria")}' in asked.message.as_string().replace('=\n', '').replace('=3D', '=') and 'Can you come?' in asked.text, asked.text
    del zoom.meetings[second]
    circle.ok('visit', 'move', '2', '--to', '4pm')
    circle.work()
    third = list(zoom.meetings)[-1]
    assert third != second and zoom.meetings[third]['start_time'] == '2026-03-12T20:00:00Z', zoom.meetings
    del zoom.meetings[third]
    circle.ok('member', 'add', '--group', 'tuesday', '--name', 'Ines Vega', '--email', 'ines@example.net')
    circle.work()
    circle.says('ines@example.net', 'Yes', circle.newest('ines@example.net'))
    circle.later(days=1)
    circle.says('ines@example.net', 'Yes, I agree', newest(circle, 'ines@example.net', 'can you come'))  # it is missed as she is to be let in
    circle.work()
    third = list(zoom.meetings)[-1]
    for who, name in ((MARIA, 'Maria'), ('ines@example.net', 'Ines')):
        assert f'tk={zoom.who(third, name)}' in newest(circle, who, 'how to join on Thursday, March 12').message.as_string().replace('=\n', '').replace('=3D', '='), 'a link of the new one'
    circle.ok('visit', 'cancel', '2')
    circle.work()
    assert third not in zoom.meetings
    nothing_leaks(circle, zoom)


def nothing_leaks(circle, zoom):
    sent = json.dumps([zoom.registrants, zoom.meetings, zoom.calls])
    assert not any(w in sent for w in ('Santos', 'Marsh', 'Baker', 'example.net', 'Eating')), sent
    assert 'HOSTRIGHTS' not in everything(circle) and SECRET not in everything(circle)
    assert not any(w in circle.log for w in (SECRET.encode(), b'zoom.example.org', b'token-', b'HOSTRIGHTS')), circle.log
    with open(os.path.join(circle.home, 'postcircle.db'), 'rb') as f:
        data = f.read()
    assert not any(w in data for w in (b'HOSTRIGHTS', b'zoom.example.org', SECRET.encode(), CLIENT.encode()))


def what_is_wrong_is_told(folder):
    circle, zoom = Circle(folder), Zoom(folder)
    assert use(circle, zoom, folder).returncode == 0
    zoom.refuse = lambda method, path: (400, {}, {'code': 300, 'message': 'Invalid host'}) if path.endswith('/meetings') else None
    circle.ok('visit', 'add', 'tuesday', '--at', '2026-03-05 14:00', '--title', 'Talk', '--host', LEE, '--link', 'zoom')
    circle.work()
    assert newest(circle, MARIA, 'can you come')  # asked all the same
    found = [line for line in json.loads(circle.run('doctor', '--json').stdout)['checks'] if line['what'] == 'Zoom']
    assert [(f['level'], 'code 300' in f['found']) for f in found] == [('red', True)], found
    zoom.refuse = lambda method, path: None
    circle.later(hours=6, minutes=5)
    assert len(zoom.meetings) == 1 and circle.json('zoom', 'show')['troubles'] == 0
    a_slow_one_holds_nothing(circle, zoom)
    circle.ok('zoom', 'set', '--off')
    assert circle.json('zoom', 'show')['is_on'] is False and zoom.wrong == []


def a_slow_one_holds_nothing(circle, zoom):
    """Each answer takes a second: between the turns of the clock what else is owed goes on."""
    for who in (MARIA, ROSE, TOM):
        circle.says(who, 'Yes, I agree', newest(circle, who, 'can you come'))
    circle.ok('visit', 'add', 'tuesday', '--at', '2026-03-12 14:00', '--title', 'Slow', '--link', 'zoom')
    circle.ok('visit', 'add', 'tuesday', '--at', '2026-03-13 14:00', '--title', 'Plain', '--link', 'https://video.example.org/j/5550100')
    seen = []

    def slowly(method, path):
        if path == '/oauth/token':
            seen.append([any('March 13' in m.subject for m in circle.mail(who)) for who in (MARIA, ROSE, TOM)])
        time.sleep(1)
    zoom.refuse = slowly
    circle.work()
    zoom.refuse = lambda method, path: None
    assert len(seen) > 1 and seen[1] == [True] * 3, f'letters wait for Zoom: {seen}'
    number = list(zoom.meetings)[-1]
    assert sorted(r['first_name'] for r in zoom.registrants[number].values()) == ['Maria', 'Rose', 'Tom'] and circle.json('zoom', 'show')['troubles'] == 0


if __name__ == '__main__':
    run_tests([a_visit_lives_in_zoom, what_is_wrong_is_told])
