#!/usr/bin/python3
"""What mailer/ writes, read by another hand: Python's email library over hostile names, subjects and texts."""
import email
import email.policy
import os
import random
from email.header import decode_header, make_header

from smtp_kit import FakeRelay, expect, folder, main, send

BITS = ['Rose', ' ', '\r\n', '\n', '\r', '\r\nBcc: eve@example.com\r\n', '\nTo: eve@example.com', 'José', 'Ñandú', 'عربي', 'שלום',
        '👩‍👩‍👧', '\u2028', '\u0085', '\t', '\x01', '\x7f', '<', '>', '"', "'", '&', '\\', '=?utf-8?B?QmNjOg==?=', '=?', '=_', '\n.\n',
        '.', '\nFrom eve', 'From me', '=3D', '=', '--=_postcircle_1--', 'a,b;c:d', '(comment)', '@', 'eve@example.com', 'x' * 90,
        'y' * 1200, '\U00100000', 'e\u0301', '\u202e', 'word', ' two words ']
ROUNDS = 150


def unwanted(c):
    return ord(c) < 32 or 127 <= ord(c) < 160 or c in '\u2028\u2029' or 0x100000 <= ord(c) < 0x101000


def on_one_line(text):
    return ' '.join(w for w in ''.join(' ' if unwanted(c) else c for c in text).split(' ') if w)


def body_text(text):
    lines = [line[:-1] if line.endswith('\r') else line for line in text.split('\n')]
    if lines and lines[-1] == '' and not text.endswith('\r'):
        lines.pop()
    return [''.join(' ' if unwanted(c) else c for c in line) for line in lines]


def draw(rng, most):
    return ''.join(rng.choice(BITS) for _ in range(rng.randrange(most + 1)))


def python_reads_what_was_meant():
    rng = random.Random(20261122)
    checked = 0
    with FakeRelay() as relay:
        for _ in range(ROUNDS):
            # a mark is the template's to write, in text and subject; in a name it is a stranger's
            name, subject, text = draw(rng, 5), draw(rng, 6).replace('\U00100000', ''), draw(rng, 40).replace('\U00100000', '')
            if len(name.encode()) > 512 or len(subject.encode()) > 998:
                continue
            lines, end = send(f'smtp://127.0.0.1:{relay.port}', 1, '--name', name, '--subject', subject, '--text', text)
            expect((end['rc'], end['error']), ('ok', ''))
            check(relay.kept.pop(), name, subject, text)
            checked += 1
    assert checked > ROUNDS // 2


def display_name(field, parsed):
    """Python 3.11's address parser puts a blank between encoded words of a name (RFC 2047 6.2 says none); its older reader does not."""
    if '=?' not in field:
        return parsed.display_name
    text = str(make_header(decode_header(field.replace('\r\n', ''))))
    return text[:text.rindex('<')].strip()


def check(raw, name, subject, text):
    raw.decode('ascii')
    expect(raw.count(b'\n'), raw.count(b'\r\n'))
    expect(raw.count(b'\r'), raw.count(b'\r\n'))
    assert max(map(len, raw.split(b'\r\n'))) <= 998
    m = email.message_from_bytes(raw, policy=email.policy.default)
    plain = email.message_from_bytes(raw)
    for field in ('From', 'To', 'Subject', 'Date', 'Message-ID', 'Reply-To', 'MIME-Version', 'Content-Type'):
        expect((field, len(plain.get_all(field, []))), (field, 1))
    expect([f for f in plain.keys() if f.lower() in ('cc', 'bcc', 'resent-to', 'sender')], [])
    to = m['To'].addresses
    expect((len(to), to[0].addr_spec), (1, 'rose@example.net'))
    expect(display_name(plain['To'], to[0]), on_one_line(name))
    expect(str(m['Subject']), on_one_line(subject))
    expect([str(d) for d in m.defects], [])
    body = m.get_payload(decode=True).decode('utf-8')
    expect(body.split('\r\n')[:-1], body_text(text))
    expect(m.get_content_charset(), 'utf-8')


def slots_of_a_stored_message_fill_to_one_person_each():
    """Through a Maildir per person: each file names its own person and no other."""
    people = [f'p{i}@example.net' for i in range(20)]
    with folder() as where:
        _, end = send('maildir-each:' + where, 40, '--to', ','.join(people))
        expect((end['rc'], end['accepted']), ('ok', 40))
        expect(sorted(os.listdir(where)), sorted(people))
        for person in people:
            new = os.path.join(where, person, 'Maildir/new')
            expect(len(os.listdir(new)), 2)
            for file in os.listdir(new):
                with open(os.path.join(new, file), 'rb') as f:
                    raw = f.read()
                expect([p for p in people if p.encode() in raw.replace(person.encode(), b'')], [])
                m = email.message_from_bytes(raw)
                expect((m['Delivered-To'], m['To'], m['Return-Path']), (person, person, '<bounce+token@example.org>'))


main([(f.__name__, f) for f in (python_reads_what_was_meant, slots_of_a_stored_message_fill_to_one_person_each)])
