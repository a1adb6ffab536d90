#!/usr/bin/python3
"""The hostile sender: some sixty nasty mails at one home; what each person and staff get of it, and that nobody but staff decides anything."""
import email.utils
import re

from circle_kit import ANA, GROUP, LEE, MARIA, ROSE, TOM, Circle
from house_kit import BORDER, DOMAIN, letter, run_tests

EVIL = 'evil@attacker.example'
NOTE = 'Walking to the lake helped me.'
# what turns the reading order, and our own marks; zero widths belong to some scripts
UNSEEN = re.compile('[\u200e\u200f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]')
OURS = {'from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type', 'content-transfer-encoding', 'reply-to', 'in-reply-to', 'references',
        'list-id', 'list-post', 'list-help', 'list-owner', 'list-unsubscribe', 'list-unsubscribe-post', 'auto-submitted', 'x-auto-response-suppress',
        'return-path', 'delivered-to', 'precedence', 'importance', 'x-priority', 'priority', 'feedback-id', 'content-language', 'thread-topic'}


def held(circle):
    """A digest is out, and one more note waits: Rose's letter, and the review mail."""
    circle.says(ANA, 'OK', circle.posts(MARIA, 'I made lentil soup with less salt.'))
    circle.next_digest()
    return circle.newest(ROSE, 'lentil soup'), circle.posts(MARIA, NOTE)


def counts(circle):
    return {a: len(m) for a, m in circle.everybody().items()}


def is_out(circle, words=NOTE):
    circle.next_digest()
    return bool(circle.who_read(words))


def raw(sender, to, text, head=(), proof=None):
    """A mail of which the sender writes every field."""
    top = [f'Authentication-Results: {BORDER}; {proof}', f'Received: from mx.attacker.example by {BORDER} with ESMTPS id 1; Mon, 2 Mar 2026 10:00:00 +0000'] if proof else []
    return '\r\n'.join([*top, *head, f'From: {sender}', f'To: <{to}>', *([] if any(h.lower().startswith('subject:') for h in head) else ['Subject: Re: a note waits']),
                        f'Message-ID: <{abs(hash((sender, to, text, tuple(head), proof)))}@attacker.example>', 'MIME-Version: 1.0',
                        'Content-Type: text/plain; charset=utf-8', '', text, '']).encode('utf-8', 'surrogateescape')


def clean(circle):
    """What may stand in anything that left: one person in To, no field but ours, nothing that is not seen, nobody's address in another's letter."""
    everybody = circle.everybody()
    for address, mails in everybody.items():
        for m in mails:
            assert [a for _, a in email.utils.getaddresses([str(m.message['To'])])] == [address], (address, m.message['To'])
            odd = {k.lower() for k in m.message.keys()} - OURS
            assert not odd, (address, odd)
            page = m.message.get_body(('html',))
            words = m.subject + m.text + (page.get_content() if page else '')
            assert not UNSEEN.search(words), (address, m.subject, UNSEEN.findall(words))
            assert not re.search(r'<(script|iframe|img|meta http|form|object)', page.get_content() if page else '', re.I), (address, m.subject)
            if address not in (ANA, LEE):
                for other in (MARIA, ROSE, TOM, EVIL):
                    assert other == address or other.encode() not in m.data.replace(b'=\r\n', b'').replace(b'=\n', b''), (address, other, m.subject)
    assert EVIL not in everybody and not [a for a in everybody if 'attacker' in a], 'a stranger was answered'


def nobody_else_decides(folder):
    """Forged, stolen, hidden and borrowed decisions: the note stays, no list of people leaves, and staff are told."""
    circle = Circle(folder)
    _, asked = held(circle)
    token, good = asked.reply_to, 'dmarc=pass header.from=attacker.example'
    ana, as_ana = f'Ana Ruiz <{ANA}>', 'dmarc=pass header.from=clinic.example.org'
    tries = [
        raw(ana, token, 'OK'),
        raw(ana, token, 'OK', proof='dmarc=fail header.from=clinic.example.org'),
        raw(ana, token, 'OK', proof='spf=pass smtp.mailfrom=attacker.example; dkim=pass header.d=attacker.example'),
        raw(f'Ana Ruiz <{EVIL}>', token, 'OK', proof=good),
        raw(f'"{ANA}" <{EVIL}>', token, 'OK', proof=good),
        raw(f'{EVIL} ({ANA})', token, 'OK', proof=good),
        raw(f'staff: {ANA}, {EVIL};', token, 'OK', proof=good),
        raw(f'<{EVIL}>', token, 'OK', head=(f'Sender: {ANA}', f'Reply-To: {ANA}', f'X-Original-From: {ANA}'), proof=good),
        raw(ana, token, 'OK', head=(f'From: {EVIL}',), proof=good),
        raw(f'<{EVIL}>', token, 'OK', head=(f'From: {ana}',), proof=good),
        raw(ana, token, 'OK', head=(f'Authentication-Results: {BORDER}; {as_ana}',)),
        raw(ana, token, 'OK', head=(f'Authentication-Results: {BORDER}; {as_ana}', f'Received: from x by {BORDER}; Mon, 2 Mar 2026 10:00:00 +0000'),
            proof='dmarc=fail header.from=clinic.example.org'),
        raw(ana, token, 'OK', proof='dmarc=fail header.from=clinic.example.org (dmarc=pass header.from=clinic.example.org)'),
        raw(ana, token, 'OK', proof='none; x="dmarc=pass header.from=clinic.example.org"'),
        raw('Аna Ruiz <ana@clinic.exаmple.org>', token, 'OK', proof='dmarc=pass header.from=clinic.exаmple.org'),
        letter(ROSE, token, asked.subject, 'OK'),
        letter(MARIA, token, asked.subject, 'OK CUT'),
        letter(ROSE, GROUP, 'WHO', 'WHO'),
        letter(ROSE, token, 'WHO', 'WHO'),
        raw(f'<{EVIL}>', token, 'WHO', proof=good),
        raw(f'<{EVIL}>', f'desk@{DOMAIN}', 'INVITE evil@attacker.example Eve Hill', proof=good),
        raw(ana, f'desk@{DOMAIN}', 'INVITE evil@attacker.example Eve Hill'),
        raw(ana, GROUP, 'ANNOUNCE\r\nThe clinic has moved to attacker.example.'),
        letter(ROSE, GROUP, 'ANNOUNCE', 'ANNOUNCE\nThe clinic has moved.'),
        letter(ANA, token, asked.subject, '> OK\n'),
        letter(ANA, token, asked.subject, 'I am away until Monday.\n\nOK', extra='Auto-Submitted: auto-replied\r\n'),
        letter(ANA, token, asked.subject, 'I will look at it tomorrow.').replace(
            b'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nI will look at it tomorrow.',
            b'Content-Type: text/html; charset=utf-8\r\n\r\n<div style="display:none">OK</div><p style="color:#fff;font-size:0">OK</p><p>I will look at it tomorrow.</p>'),
    ]
    before = counts(circle)
    for n, mail in enumerate(tries):
        circle.arrives_only(mail, token if n < 16 else GROUP if b'To: <' + GROUP.encode() in mail else token, EVIL)
        circle.work()
        assert circle.rows('SELECT state FROM post ORDER BY id')[1] == (1,), f'try {n} decided: {mail.decode()[:600]}'
    assert circle.count('SELECT COUNT(*) FROM membership') == 3 and not circle.audit('roster read')
    assert not is_out(circle) and not circle.who_read('has moved')
    after = counts(circle)
    assert after[LEE] > before[LEE], 'nobody was told of the forgeries'
    assert after[ANA] - before[ANA] < len(tries), 'staff are flooded'
    clean(circle)
    circle.says(ANA, 'OK', asked)
    assert is_out(circle), 'the one who may decide still can'


HOSTILE = (
    '{{practice_name}} {{> footer}} {{{text}}} {{#items}}',
    '<script>alert(1)</script><img src=x onerror=alert(1)>&lt;iframe&gt;',
    '[click](javascript:alert(1)) ![x](http://attacker.example/x.png) <http://attacker.example>',
    '=====\n1. Ana Ruiz, nurse\n-----\n\n| Note from the care team\n|\n| Take two.\n\n* * *\n\nWith OK CUT they would read this\n\nTo stop these letters, reply STOP.',
    'a \u202egnp.exe b \u2066c\u2069 d\u200be \ue000\ue001\uf8ff',
    '1 2 3 4 5 6 7 8 9 10 11 12\n' * 30,
    'From me\r\n.\r\nMAIL FROM:<x@example.invalid>\r\nRCPT TO:<victim@example.invalid>\r\nDATA\r\n',
    'Bcc: victim@example.invalid\nTo: victim@example.invalid\n\nhello',
    '#' * 5000 + '\n' + '>' * 200 + ' x\n' + '*' * 500 + '_' * 500,
    'Z̸̢̛͓a̷' * 300,
)


def words_stay_words(folder):
    """Templates, HTML, Markdown, our own layout, direction marks, SMTP: in the review mail and, when a person lets it out, in each letter they are words."""
    circle = Circle(folder)
    for text in HOSTILE:
        circle.arrives_only(letter(MARIA, GROUP, 'Hi', 'Look: ' + text), GROUP, MARIA)
    circle.work()
    assert circle.count('SELECT COUNT(*) FROM post') >= len(HOSTILE) - 1, 'a note was lost'
    clean(circle)
    for (post,) in circle.rows('SELECT id FROM post WHERE conversation_id IS NOT NULL AND state = 1'):
        circle.run('review', 'decide', str(post), 'OK', '--as', ANA)
    circle.next_digest()
    clean(circle)
    assert circle.who_read('Look: {{practice_name}} {{> footer}} {{{text}}}') == sorted([MARIA, ROSE, TOM])
    mail = circle.newest(ROSE, 'Take two.')
    assert not re.search(r'^\| (Note from the care team|Take two)', mail.text, re.M) and not re.search(r'^To stop these letters, reply STOP\.\n.*^To stop', mail.text, re.M | re.S), mail.text
    html = mail.message.get_body(('html',)).get_content()
    assert html.count('<h1') == 1 and 'class="note"' not in html
    for link in re.findall(r'href="([^"]*)"', html):
        assert link.startswith(('mailto:', 'https://')) and 'attacker' not in link, link


def heads_stay_ours(folder):
    """Display names, subjects and ids that carry line ends, other fields, other alphabets; names that look like staff."""
    circle = Circle(folder)
    heads = [
        ('=?utf-8?q?Maria=0D=0ABcc:_tom@example.net?=', 'Subject: =?utf-8?q?Hi=0D=0ABcc:_tom@example.net=0D=0A=0D=0Abody?='),
        ('"Maria\\r\\nX-Evil: 1"', 'Subject: a\r\n\tBcc: tom@example.net'),
        ('=?utf-8?b?4oCuYW5B?=', 'Subject: =?utf-8?b?4oCudGVzdOKArA==?='),
        ('Moderator', 'Subject: {{group_name}}: done'),
        ('Ana Ruiz, nurse', 'Subject: diabetes support'),
        ('x' * 900, 'Subject: ' + 'y' * 900),
        ('\udcff\udcfe', 'Subject: \udcff\udc80'),
    ]
    for n, (name, subject) in enumerate(heads):
        mail = raw(f'{name} <{MARIA}>', GROUP, f'Note {n} about tea.', head=(subject, 'X-Evil: 1', 'In-Reply-To: <a\r\n b@c>', 'References: ' + '<z@z> ' * 300),
                   proof='dmarc=pass header.from=example.net')
        circle.arrives_only(mail, GROUP, MARIA)
    circle.work()
    assert circle.count('SELECT COUNT(*) FROM post') == len(heads)
    for name in ('Moderator', 'Ana Ruiz', 'Аnа Ruiz', 'The care team', 'ana ruiz, nurse', 'Lakeside Clinic', 'Rose\r\nBcc: x@example.org', '<b>Tom</b>', '\u202eanA', 'x' * 400):
        circle.says(TOM, f'NAME {name}')
    names = [row['shown_name'] for row in circle.json('member', 'list', 'tuesday')]
    for name in names:
        assert not UNSEEN.search(name) and '<' not in name and '\n' not in name and len(name) < 60, names
        assert not re.search('moderator|ruiz|care team|clinic|аn', name, re.I), names
    for (post,) in circle.rows('SELECT id FROM post WHERE state = 1 AND conversation_id IS NOT NULL'):
        circle.run('review', 'decide', str(post), 'OK', '--as', ANA)
    circle.next_digest()
    assert circle.who_read('about tea.') == sorted([MARIA, ROSE, TOM])
    clean(circle)
    for m in circle.mail(ROSE):
        assert 'diabetes' not in m.subject.lower()


def who_got_a_letter_is_not_its_reader(folder):
    """A friend with Rose's forwarded letter: writes, votes, asks, stops. Rose hears of it; the friend hears nothing; nothing goes out."""
    circle = Circle(folder)
    letter_of_rose, _ = held(circle)
    good, before = 'dmarc=pass header.from=attacker.example', counts(circle)
    code = re.search(r'Letter code: (\S+)', letter_of_rose.text).group(1)
    for text in ('1 Thank you, that was lovely of you all.', 'WHO', 'STATUS', 'HELP', 'MORE', 'NAME Eve', 'POLL 1', 'RULES'):
        circle.arrives(raw(f'<{EVIL}>', letter_of_rose.reply_to, text, head=(f'In-Reply-To: {letter_of_rose.id}',), proof=good), letter_of_rose.reply_to, EVIL)
    for text in (f'1 Hello\n\nLetter code: {code}', f'Hello\n\n> Letter code: {code}\n> {letter_of_rose.reply_to}', f'Write to {letter_of_rose.reply_to}'):
        circle.arrives(raw(f'<{EVIL}>', GROUP, text, proof=good), GROUP, EVIL)
        circle.arrives(letter(TOM, GROUP, 'Hi', text), GROUP, TOM)
    for post in circle.json('review', 'list'):
        if post['author'].startswith('Rose'):  # held in her name until staff have asked: no OK lets it out
            assert circle.run('review', 'decide', post['post'], 'OK', '--as', ANA).returncode != 0, post
    assert not is_out(circle, 'lovely of you all') and 'Eve' not in str(circle.json('member', 'list', 'tuesday'))
    circle.arrives(raw(f'<{EVIL}>', letter_of_rose.reply_to, 'STOP', proof=good), letter_of_rose.reply_to, EVIL)
    assert any('STOP' in m.text or 'UNDO' in m.text for m in circle.mail(ROSE)[before[ROSE]:]), 'Rose was not told'
    clean(circle)


def machines_end(folder):
    """Our own mail sent back, another home's letters, and an answering machine that quotes all of it: nothing is answered for ever."""
    circle = Circle(folder)
    held(circle)
    mails = [m.data for name in (ROSE, ANA) for m in circle.mail(name)]
    before = counts(circle)
    for data in mails:
        circle.arrives_only(data, GROUP, '')
        circle.arrives_only(data.replace(DOMAIN.encode(), b'groups.other.example'), GROUP, 'tuesday@groups.other.example')
    circle.work()
    for mail in circle.mail(TOM)[-2:]:
        circle.says(TOM, 'I am out of the office.', mail, extra='Auto-Submitted: auto-replied\r\n')
    after = counts(circle)
    assert {a: n for a, n in after.items() if a not in (ANA, LEE)} == {a: n for a, n in before.items() if a not in (ANA, LEE)}, (before, after)
    assert after[ANA] - before[ANA] <= 2 and not any('please claim' in m.subject for m in circle.mail(ANA)), (before, after)
    clean(circle)


def old_letters_are_kept_not_lost(folder):
    """An answer to a letter of fourteen months ago is held as one; a token that names nothing does nothing and loses nothing."""
    circle = Circle(folder)
    letter_of_rose, asked = held(circle)
    circle.later(days=425)
    circle.says(ROSE, '1 I tried your soup at last.', letter_of_rose)
    assert circle.count('SELECT COUNT(*) FROM post') == 3
    assert 'old letter' in circle.newest(ANA, 'tried your soup').text
    circle.says(ANA, 'OK', asked)
    circle.arrives(letter(ROSE, f'tuesday+{"a" * 32}@{DOMAIN}', 'Hi', 'My token is invented.'), f'tuesday+{"a" * 32}@{DOMAIN}', ROSE)
    assert circle.count('SELECT COUNT(*) FROM post') == 4 or circle.newest(ANA, 'invented'), 'words were lost'
    clean(circle)


run_tests([nobody_else_decides, words_stay_words, heads_stay_ours, who_got_a_letter_is_not_its_reader, machines_end, old_letters_are_kept_not_lost])
