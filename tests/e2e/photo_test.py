#!/usr/bin/python3
"""Photos: off by default; made anew; seen by the moderator first; then in digests and single mails, with nothing of the file but pixels."""
import os
from base64 import b64encode

from circle_kit import ANA, GROUP, MARIA, ROSE, TOM
from house_kit import run_tests
from photo_kit import CANARY, circle_post, circle_with, html_of, mail, photo, pictures


def nothing_planted_has_left(circle):
    for address in circle.everybody():
        for message in circle.mail(address):
            assert CANARY not in message.data and b64encode(CANARY)[:12] not in message.data
            for part in message.message.walk():
                if not part.is_multipart():
                    assert CANARY not in (part.get_payload(decode=True) or b'')


def off_by_default(folder):
    circle = circle_with(folder, None)
    assert circle.json('group', 'show', 'tuesday')['files'] == 'none'
    circle.arrives(mail(MARIA, 'I walked to the lake.', ('image/jpeg', 'canaryphoto.jpg', photo('large.png')), ('image/jpeg', 'b.jpg', photo('canary.jpg'))), GROUP, MARIA)
    assert circle.count('SELECT COUNT(*) FROM photo') == 0
    asked = circle.newest(ANA, 'note waits')
    assert 'left out' in asked.text and not pictures(asked)
    told = [m for m in circle.mail(MARIA) if 'could not send' in m.subject]
    assert len(told) == 1 and 'words only' in ' '.join(told[0].text.split())
    circle.arrives(mail(MARIA, 'And home again.', ('application/zip', 'x.zip', b'PK' + bytes(30000))), GROUP, MARIA)
    assert len([m for m in circle.mail(MARIA) if 'could not send' in m.subject]) == 1, 'told twice'


def the_moderator_sees_it_first_then_everybody(folder):
    circle = circle_with(folder, 'photos')
    before = {a: len(circle.mail(a)) for a in (ROSE, TOM)}
    circle.arrives(mail(MARIA, 'This is my garden.', ('image/jpeg', 'canaryphoto_home.jpg', photo('canary.jpg')), ('image/heic', 'IMG.HEIC', photo('canary.heic')),
                        ('application/pdf', 'letter.pdf', b'%PDF-1.4 ' + bytes(30000))), GROUP, MARIA)
    assert circle.count('SELECT COUNT(*) FROM photo') == 2
    asked = circle.newest(ANA, 'note waits')
    assert len(pictures(asked)) == 2 and 'A photo goes out with it' in asked.text
    assert {a: len(circle.mail(a)) for a in (ROSE, TOM)} == before, 'it went out unreviewed'
    assert any('could not send' in m.subject for m in circle.mail(MARIA)), 'nobody told her of the PDF'
    circle.says(ANA, 'OK', asked)
    circle.next_digest()
    for reader in (ROSE, TOM, MARIA):
        digest = circle.newest(reader, 'This is my garden')
        assert len(pictures(digest)) == 2, (reader, digest.subject)
        assert 'alt="Photo from Maria"' in html_of(digest) and '[Photo from Maria]' in digest.text, digest.text
        assert len(digest.data) < 900 << 10
    nothing_planted_has_left(circle)
    found = circle.canaries('canaryphoto_home')
    assert not found, found
    with open(os.path.join(circle.home, 'postcircle.db'), 'rb') as f:
        assert b'\xff\xd8\xff\xe0' not in f.read(), 'a photo in clear at rest'


def single_mails_show_it_too(folder):
    circle = circle_with(folder, 'photos')
    circle.says(ROSE, 'EACH')
    circle.says(ANA, 'OK', circle_post(circle, MARIA, 'Look at the lake.', ('image/webp', 'a.webp', photo('canary.webp'))))
    assert len(pictures(circle.newest(ROSE, 'Look at the lake'))) == 1
    nothing_planted_has_left(circle)


def a_photo_alone_is_a_note(folder):
    circle = circle_with(folder, 'photos')
    asked = circle_post(circle, MARIA, '', ('image/png', 'a.png', photo('canary.png')))
    assert len(pictures(asked)) == 1
    circle.says(ANA, 'NO: please add a word', asked)
    circle.next_digest()
    assert not any(pictures(m) for a in (ROSE, TOM) for m in circle.mail(a))


def private_words_take_no_photo_to_the_group(folder):
    """A photo alone in answer to private words, to a question about a note, or to a check-in: staff are told, its author is asked for words, nothing is held."""
    circle = circle_with(folder, 'photos')
    circle.ok('checkin', 'add', 'tuesday', '--by', ANA, '--question', 'What is your morning weight?', '--unit', 'lb', '--days', 'daily', '--at', '08:00')
    circle.later(days=1)
    circle.says(MARIA, 'Yes please', [m for m in circle.mail(MARIA) if 'would you like' in m.subject][-1])
    check_in = [m for m in circle.mail(MARIA) if 'your check-in' in m.subject][-1]
    circle.says(MARIA, '212 and my ankles are swollen', check_in)
    circle.says(ANA, 'Can you send me a photo of the rash?', [m for m in circle.mail(ANA) if 'private words' in m.subject][-1])
    private = [m for m in circle.mail(MARIA) if 'an answer for you' in m.subject][-1]
    asked = circle.posts(MARIA, 'I walked to the lake with my new shoes on.')
    circle.says(ANA, 'ASK Where do they hurt?', asked)
    about = circle.newest(MARIA, 'Where do they hurt')
    before = circle.count('SELECT COUNT(*) FROM post')
    for answered in (private, about, check_in):
        told = len(circle.mail(ANA))
        circle.arrives(mail(MARIA, '', ('image/jpeg', 'rash.jpg', photo('canary.jpg')), to=answered.reply_to, subject='Re: ' + answered.subject, answers=answered),
                       answered.reply_to, MARIA)
        new = circle.mail(ANA)[told:]
        assert [m for m in new if 'private words' in m.subject and 'A photo came with this mail.' in ' '.join(m.text.split())], [m.subject for m in new]
        assert circle.count('SELECT COUNT(*) FROM post') == before, answered.subject
    words = circle.newest(MARIA, 'it had only a photo')
    circle.says(MARIA, 'It is the left heel.', words)
    assert 'left heel' in circle.newest(ANA, 'left heel').text and circle.count('SELECT COUNT(*) FROM post') == before
    circle.arrives(mail(MARIA, 'Here is the rash', ('image/jpeg', 'rash.jpg', photo('canary.jpg')), to=private.reply_to, subject='Re', answers=private), private.reply_to, MARIA)
    assert 'A photo came with this mail.' in ' '.join(circle.newest(ANA, 'Here is the rash').text.split()) and circle.count('SELECT COUNT(*) FROM post') == before
    assert circle.count('SELECT COUNT(*) FROM photo') == 0


def what_harms_its_reader_is_dropped(folder):
    circle = circle_with(folder, 'photos')
    asked = circle_post(circle, MARIA, 'Two bombs.', ('image/png', 'a.png', photo('bomb.png') + bytes(30000)), ('image/gif', 'b.gif', photo('bomb.gif') + bytes(30000)))
    assert not pictures(asked) and 'Two bombs.' in asked.text
    dies = os.path.join(folder, 'dies')
    with open(dies, 'w', encoding='utf-8') as f:
        f.write('#!/bin/sh\nkill -11 $$\n')
    os.chmod(dies, 0o755)
    os.environ['POSTCIRCLE_PHOTO'] = dies
    try:
        asked = circle_post(circle, TOM, 'This kills it.', ('image/jpeg', 'a.jpg', photo('canary.jpg') + bytes(30000)))
    finally:
        os.environ.pop('POSTCIRCLE_PHOTO')
    assert 'This kills it.' in asked.text and not pictures(asked), 'a picture holds up the words'


def the_rest_comes_by_more(folder):
    circle = circle_with(folder, 'photos')
    for number in range(4):
        circle.says(ANA, 'OK', circle_post(circle, MARIA, f'Walk number {number}, by the lake and through the {"old new long dark".split()[number]} wood.',
                                           *(('image/jpeg', 'a.jpg', photo('canary.jpg')),) * 2))
    circle.next_digest()
    digest = circle.newest(ROSE, 'Walk number')
    assert 1 <= len(pictures(digest)) <= 3 and 'MORE' in digest.text
    seen = len(pictures(digest))
    while seen < 8:
        before = len(circle.mail(ROSE))
        circle.says(ROSE, 'MORE', circle.mail(ROSE)[-1])
        assert len(circle.mail(ROSE)) > before, f'{seen} of 8 photos came'
        seen += len(pictures(circle.mail(ROSE)[-1]))
    assert seen == 8


def erased_with_its_author(folder):
    circle = circle_with(folder, 'photos')
    circle.says(ANA, 'OK', circle_post(circle, MARIA, 'This is my garden.', ('image/jpeg', 'a.jpg', photo('canary.jpg'))))
    circle.next_digest()
    assert circle.count('SELECT COUNT(*) FROM photo') == 1 and pictures(circle.newest(ROSE, 'This is my garden'))
    sent = circle.count('SELECT COUNT(*) FROM mailing_post')
    circle.ok('purge', 'person', MARIA, '--yes')
    assert circle.count('SELECT COUNT(*) FROM photo') == 0 and sent
    # renderings that showed it are emptied
    assert circle.count('SELECT COUNT(*) FROM mailing m JOIN mailing_post p ON p.mailing_id = m.id WHERE LENGTH(m.built_sealed) > 500') == 0


run_tests([off_by_default, the_moderator_sees_it_first_then_everybody, single_mails_show_it_too, a_photo_alone_is_a_note, private_words_take_no_photo_to_the_group, what_harms_its_reader_is_dropped,
           the_rest_comes_by_more, erased_with_its_author])
