#!/usr/bin/python3
"""Promise 2, one message for one person; promise 3, nobody's contact data reaches another; promise 7, an envelope tells a stranger nothing.
The group lives a little, every way that a member can be written to is used, and then every byte that left is looked at."""
import email.utils
import re

from circle_kit import ANA, GROUP, LEE, MARIA, NAMES, ROSE, TOM, Circle
from house_kit import CANARIES, DOMAIN, letter, run_tests
from smtp_kit import FakeRelay, wait_for

FORBIDDEN = ('diabetes', 'insulin')
# what a mail program says of its owner without being asked
TELLTALES = (f'X-Originating-IP: [192.0.2.77]\r\nX-Mailer: {CANARIES[0]} phone\r\nReply-To: {CANARIES[0]} <{CANARIES[1]}>\r\n'
             f'Sender: {CANARIES[1]}\r\nOrganization: {CANARIES[0]} {CANARIES[2]}\r\nX-Face: {CANARIES[3]}\r\n')
CARD = f'BEGIN:VCARD\r\nFN:{CANARIES[0]}\r\nTEL:{CANARIES[2]}\r\nEMAIL:{CANARIES[1]}\r\nEND:VCARD\r\n'
SECRETS = (*CANARIES, '192.0.2.77', 'santos', 'marsh', 'baker')


def full_mail(sender, text):
    """A mail with everything on it that should not travel: signature, name, card, picture with a telling name, forwarded part."""
    plain = letter(sender, GROUP, 'Insulin and me', text, name=CANARIES[0], extra=TELLTALES, signature=f'{CANARIES[4]}\n{NAMES[sender]}\n{CANARIES[2]}\n{CANARIES[1]}')
    head, body = plain.split(b'\r\n\r\n', 1)
    head = re.sub(rb'Content-Type: .*\r\n(Content-Transfer-Encoding: .*)', b'Content-Type: multipart/mixed; boundary="cut"', head)
    parts = [b'Content-Type: text/plain; charset=utf-8\r\n\r\n' + body,
             f'Content-Type: text/vcard; name="{CANARIES[3]}.vcf"\r\nContent-Disposition: attachment; filename="{CANARIES[3]}.vcf"\r\n\r\n{CARD}'.encode(),
             f'Content-Type: message/rfc822\r\n\r\nFrom: {CANARIES[1]}\r\nSubject: {CANARIES[0]}\r\n\r\n{CANARIES[4]}\r\n'.encode(),
             f'Content-Type: image/jpeg; name="{CANARIES[3]}.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4QBocanaryfile\r\n'.encode()]
    return head + b'\r\n\r\n' + b''.join(b'--cut\r\n' + p + b'\r\n' for p in parts) + b'--cut--\r\n'


def live(circle):
    circle.ok('member', 'set', TOM, '--rhythm', 'each')
    for sender, text in ((MARIA, 'My insulin pump beeps at night. What do you do?'), (ROSE, 'I walked to the lake today.')):
        circle.arrives(full_mail(sender, text), GROUP, sender)
        circle.says(ANA, 'OK', circle.newest(ANA, 'note waits'))
    circle.next_digest()
    digest = circle.newest(ROSE, 'beeps')
    circle.says(ROSE, '1 I put mine under a pillow.', digest, quote=True, signature=CANARIES[4])
    circle.says(ANA, 'OK', circle.newest(ANA, 'note waits'))
    circle.says(LEE, 'ANNOUNCE\nThe office is closed on Friday.', circle.newest(LEE))
    circle.says(LEE, 'SEND', circle.newest(LEE))
    circle.next_digest()
    for word in ('HELP', 'STATUS', 'RULES', 'INFO', 'MORE 1'):
        circle.says(TOM, word, circle.newest(TOM))
    circle.says(TOM, 'STOP', circle.newest(TOM))


def headers(data):
    return data.split(b'\n\n', 1)[0].decode('utf-8', 'replace')


def promise_2_3_7_every_mail_is_one_persons(folder):
    circle = Circle(folder, group=('--forbidden', FORBIDDEN[0], '--forbidden', FORBIDDEN[1]))
    live(circle)
    everybody = circle.everybody()
    assert 'beeps at night' in ' '.join(circle.newest(ROSE, 'beeps').text.split()) and circle.newest(MARIA, 'pillow')
    assert circle.newest(TOM, 'closed on Friday')
    ids = {}
    for address, mails in everybody.items():
        assert len(mails) >= 3, (address, [m.subject for m in mails])
        for m in mails:
            where = (address, m.subject)
            assert [a for _, a in email.utils.getaddresses(m.message.get_all('To'))] == [address], where
            assert not [f for f in ('Cc', 'Bcc', 'Resent-To', 'Resent-Cc', 'Sender', 'X-Mailer') if m.message[f]], where
            assert m.data.count(b'\nTo:') == 1 and m.data.count(b'\nFrom:') == 1, where
            assert email.utils.parseaddr(str(m.message['From']))[1].endswith('@' + DOMAIN), where
            assert m.id not in ids or ids[m.id] == address, f'{where}: the id of a mail to {ids[m.id]}'
            ids[m.id] = address
            low = headers(m.data).lower()
            assert not [w for w in FORBIDDEN if w in low], f'{where}: a forbidden word in the header'
            others = [n for a, n in NAMES.items() if a != address and a in (MARIA, ROSE, TOM)]
            if address not in (ANA, LEE):
                whole = (headers(m.data) + m.text + ''.join(p.get_content() for p in m.message.walk() if p.get_content_type() == 'text/html')).lower()
                assert not [s for s in SECRETS if s in whole and s not in NAMES[address].lower()], f'{where}: {[s for s in SECRETS if s in whole]}'
                assert not [a for a in NAMES if a != address and a in whole], where
                assert not [n for n in others if n.lower() in whole], where
                assert {p.get_content_type() for p in m.message.walk()} <= {'multipart/alternative', 'text/plain', 'text/html'}, where
    # what a mail points back to is a mail that this person wrote or got
    for address, mails in everybody.items():
        for m in mails:
            for one in re.findall(r'<[^>]+>', ' '.join(str(m.message[f] or '') for f in ('References', 'In-Reply-To'))):
                assert one not in ids or ids[one] == address, f'{address}: points to a mail of {ids[one]}'
                assert f'@{DOMAIN}' in one or address.split('@')[1] in one, (address, one)
    assert not circle.canaries(), circle.canaries()


def promise_2_7_on_the_wire(folder):
    """What a relay hears: one recipient in each transaction, and neither name nor topic in a command."""
    with FakeRelay() as relay:
        circle = Circle(folder, group=('--forbidden', FORBIDDEN[0]))
        live_on_wire(circle, relay)
        rcpts = 0
        for command in relay.commands:
            verb = command.split(' ')[0].split(':')[0].upper()
            rcpts = 0 if verb == 'MAIL' else rcpts + (verb == 'RCPT')
            assert rcpts <= 1, 'two recipients in one transaction'
            low = command.lower()
            assert not [w for w in (*FORBIDDEN, 'santos', 'marsh', 'tuesday circle') if w in low], command
        assert len(relay.kept) >= 3, relay.commands


def live_on_wire(circle, relay):
    circle.says(ANA, 'OK', circle.posts(MARIA, 'My insulin pump beeps. I have had diabetes for years.'))
    circle.ok('practice', 'set', 'relay', f'smtp://127.0.0.1:{relay.port}')
    circle.next_digest()
    wait_for(lambda: len(relay.kept) >= 3)


run_tests([promise_2_3_7_every_mail_is_one_persons, promise_2_7_on_the_wire])
