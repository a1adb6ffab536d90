#!/usr/bin/python3
"""What a photo shows, in words, from moderator and author; and no answer releases a photo that its mail did not show."""
import os
import stat

from circle_kit import ANA, GROUP, LEE, MARIA, NAMES, ROSE, TOM
from house_kit import run_tests
from photo_kit import circle_post, circle_with, html_of, mail, photo, pictures

JPG = ('image/jpeg', 'a.jpg', photo('canary.jpg'))
HOSTILE = 'A "red" cat <script>alert(1)</script> & [x](http://evil.example) {{text}}'


def flat(message):
    return ' '.join(message.text.split())


def alt_of(circle):
    return [p['alt'] for p in circle.json('review', 'show', str(circle.rows('SELECT MAX(post_id) FROM photo')[0][0]))['photos']]


def the_moderator_says_what_it_shows(folder):
    circle = circle_with(folder, 'photos')
    asked = circle_post(circle, MARIA, 'This is my garden.', JPG, ('image/png', 'b.png', photo('canary.png')))
    assert 'No words yet' in asked.text and 'ALT' in asked.text
    circle.says(ANA, 'ALT 2: ' + HOSTILE, asked)
    done = circle.newest(ANA, 'done')
    assert 'the photo has your words' in flat(done) and 'still wait: 1' in flat(done), done.text
    circle.says(ANA, 'ALT 3: nothing is there', asked)
    assert 'no such photo' in flat(circle.newest(ANA, 'say it again'))
    circle.says(ANA, 'ALT ' + 'long ' * 50, asked)
    assert 'fewer words' in flat(circle.newest(ANA, 'say it again'))
    circle.says(ANA, 'ALT 1: A cat on a red chair\nOK', asked)  # the first answer changed nothing that would make this one late
    done = circle.newest(ANA, 'done')
    assert 'the photo has your words' in flat(done) and 'it goes out' in flat(done), done.text
    circle.next_digest()
    digest = circle.newest(ROSE, 'This is my garden')
    assert len(pictures(digest)) == 2
    assert 'alt="A cat on a red chair"' in html_of(digest) and '[A cat on a red chair]' in flat(digest), digest.text
    assert '<script' not in html_of(digest) and '&lt;script&gt;' in html_of(digest) and 'Photo from' not in digest.text
    assert 'href="http://evil' not in html_of(digest) and 'ALT' not in flat(digest)
    acts = circle.audit('photo described')
    assert len(acts) == 2 and [a['new'] for a in acts] == [HOSTILE, 'A cat on a red chair'] and all(a['way'] == 'email' for a in acts), acts


def in_a_list_by_number(folder):
    circle = circle_with(folder, 'photos')
    listed = a_list(circle)
    number = {name: n for n, name in numbers(listed).items()}
    circle.says(ANA, f'OK {number["walk 0"]}\nALT {number["walk 0"]} My cat on a red chair\nALT {number["words"]} nothing', listed)
    done = flat(circle.newest(ANA, 'done'))
    assert 'the photo has your words' in done and 'it goes out' in done and 'it has no such photo' in done, done
    circle.next_digest()
    assert '[My cat on a red chair]' in flat(circle.newest(ROSE, 'Walk 0'))


def a_list(circle, count=4):
    """A list mail with more photos than a mail may hold."""
    for n in range(count):
        circle.arrives(mail(MARIA, f'Walk {n}, by the {"lake river wood hill sea".split()[n]} and back by the old mill.', JPG, subject=f'Walk {n}'), GROUP, MARIA)
    circle.says(ROSE, 'Words alone, about my new kettle.')
    circle.later(minutes=11)
    return circle.newest(ANA, 'notes wait')


def numbers(listed):
    """{number: 'walk 0' or 'words'} of a list mail."""
    found, number = {}, 0
    for line in listed.text.splitlines():
        head = line.split('. ')[0]
        if head.isdigit() and line.endswith(('Maria', 'Rose')):
            number = int(head)
        for name in ('Walk 0', 'Walk 1', 'Walk 2', 'Walk 3', 'Words'):
            if line.strip().startswith(name) and number:
                found.setdefault(number, name.lower())
    return found


def a_list_releases_only_what_it_showed(folder):
    circle = circle_with(folder, 'photos')
    listed = a_list(circle)
    found = numbers(listed)
    assert sorted(found.values()) == ['walk 0', 'walk 1', 'walk 2', 'walk 3', 'words'], listed.text
    assert len(pictures(listed)) == 3 and flat(listed).count('did not fit') == 1, listed.text
    before = len(circle.mail(ANA))
    circle.says(ANA, 'OK ' + ' '.join(str(n) for n in found), listed)
    new = circle.mail(ANA)[before:]
    done = [m for m in new if 'done' in m.subject][0]
    assert flat(done).count('it goes out') == 4 and 'did not show' in flat(done), done.text
    alone = [m for m in new if 'note waits' in m.subject]
    assert len(alone) == 1 and len(pictures(alone[0])) == 1, [m.subject for m in new]
    circle.next_digest()
    digest = all_text(circle, ROSE)
    out = [n for n in range(4) if f'Walk {n},' in digest]
    assert len(out) == 3 and 'kettle' in digest, digest
    missing = ({0, 1, 2, 3} - set(out)).pop()
    assert f'Walk {missing},' in alone[0].text
    for word in ('FIX: Wear good shoes.', 'EDIT\nWalk 3, by the hill.', 'OK CUT'):  # no other word does it either
        circle.says(ANA, f'{word.split()[0].strip(":")} {[n for n, v in found.items() if v == f"walk {missing}"][0]}: {word[5:]}', listed)
    circle.next_digest()
    assert f'Walk {missing},' not in all_text(circle, ROSE)
    circle.says(ANA, 'OK', alone[0])
    circle.next_digest()
    assert f'Walk {missing},' in all_text(circle, ROSE)


def all_text(circle, who):
    """Every letter of a reader, with the rest that MORE brings."""
    while 'MORE' in circle.mail(who)[-1].text:
        circle.says(who, 'MORE', circle.mail(who)[-1])
    return '\n'.join(m.text for m in circle.mail(who))


def a_reminder_releases_no_photo(folder):
    circle = circle_with(folder, 'photos')
    circle_post(circle, MARIA, 'This is my garden.', JPG)
    for _ in range(10):
        circle.later(hours=12)
        if any('still waiting' in m.subject for m in circle.mail(ANA)):
            break
    reminder = circle.newest(ANA, 'still waiting')
    assert not pictures(reminder) and b'image/jpeg' not in reminder.data
    before = len(circle.mail(ANA))
    circle.says(ANA, 'OK 1', reminder)
    assert 'did not show' in flat(circle.newest(ANA, 'done'))
    alone = [m for m in circle.mail(ANA)[before:] if 'note waits' in m.subject][0]
    assert len(pictures(alone)) == 1
    circle.next_digest()
    assert not any(pictures(m) for m in circle.mail(ROSE))
    circle.says(ANA, 'OK', alone)
    circle.next_digest()
    assert any(pictures(m) for m in circle.mail(ROSE))


def a_providers_preview_shows_it(folder):
    circle = circle_with(folder, 'photos')
    circle.ok('member', 'add', '--group', 'tuesday', '--name', NAMES[LEE], '--email', LEE, '--role', 'provider')
    circle.work()
    invited = circle.newest(LEE)
    circle.says(LEE, 'Yes', invited)
    circle.says(ANA, 'OK', circle.posts(MARIA, 'What shoes do you wear?'))
    circle.next_digest()
    digest = circle.newest(LEE, 'shoes')
    reply = mail(LEE, 'These are good ones.', JPG, subject='Re: ' + digest.subject, to=digest.reply_to, answers=digest)
    circle.arrives(reply, digest.reply_to, LEE)
    preview = circle.newest(LEE, 'to all')
    assert len(pictures(preview)) == 1, preview.subject
    circle.says(LEE, 'SEND', preview)
    circle.next_digest()
    assert any(pictures(m) for m in circle.mail(ROSE))


def the_author_says_it_first(folder):
    circle = circle_with(folder, 'photos')
    asked = circle_post(circle, MARIA, 'ALT My red cat on a chair\n\nShe sleeps all day.', JPG)
    assert 'What it shows: My red cat on a chair' in flat(asked), asked.text
    assert alt_of(circle) == ['My red cat on a chair']
    circle.says(ANA, 'OK', asked)
    circle.next_digest()
    digest = circle.newest(ROSE, 'She sleeps all day')
    assert '[My red cat on a chair]' in flat(digest) and 'ALT' not in flat(digest)
    # alone it is the note too; with a number in it, it stays in the note, where the number is marked and cut
    asked = circle_post(circle, TOM, 'ALT: My dog in the snow', JPG)
    assert flat(asked).count('My dog in the snow') >= 2 and alt_of(circle) == ['My dog in the snow']
    asked = circle_post(circle, ROSE, 'ALT My door, call me at 212-555-0147\nCome and see.', JPG)
    assert alt_of(circle) == [''] and 'With OK CUT they would read this' in asked.text
    circle.says(ANA, 'OK CUT', asked)
    circle.next_digest()
    assert '555-0147' not in all_text(circle, TOM) and 'Come and see' in all_text(circle, TOM)


def asked_once_and_only_where_wanted(folder):
    circle = circle_with(folder, 'photos')
    circle_post(circle, MARIA, 'My first walk, by the lake.', JPG)
    assert not [m for m in circle.mail(MARIA) if 'about your photo' in m.subject]
    assert circle.run('practice', 'set', 'ask-photo-words', 'maybe').returncode
    circle.ok('practice', 'set', 'ask-photo-words', 'yes')
    circle_post(circle, TOM, 'ALT A boat\nMine.', JPG)
    assert not [m for m in circle.mail(TOM) if 'about your photo' in m.subject], 'asked though it was said'
    first = circle_post(circle, MARIA, 'The second one, to the mill and back.', JPG, JPG)
    question = [m for m in circle.mail(MARIA) if 'about your photo' in m.subject]
    assert len(question) == 1, 'two photos of one note, one question'
    circle.says(MARIA, 'Our river in the morning sun\n\nMaria', question[0])
    again = circle.newest(ANA, 'note waits')
    assert 'What it shows: Our river in the morning sun' in flat(again), again.text
    circle.says(ANA, 'OK', first)  # the mail before the words
    circle.next_digest()
    assert 'river' not in all_text(circle, ROSE), 'released by an answer to a mail without these words'
    circle.says(ANA, 'OK', again)
    circle.next_digest()
    assert '[Our river in the morning sun]' in ' '.join(all_text(circle, ROSE).split())
    # too late, or too much: a note like any other, which nobody sees before its OK
    circle.says(MARIA, 'And the bridge behind it', question[0])
    assert 'And the bridge behind it' in circle.newest(ANA, 'note waits').text
    circle.next_digest()
    assert 'And the bridge' not in all_text(circle, ROSE)
    assert [a['actor'] for a in circle.audit('photo described')] == ['patient'], circle.audit('photo described')


def an_answer_that_reads_like_danger_pages(folder):
    circle = circle_with(folder, 'photos')
    circle.ok('practice', 'set', 'ask-photo-words', 'yes')
    circle_post(circle, MARIA, 'Look at this.', JPG)
    circle.says(MARIA, 'I want to kill myself tonight', circle.newest(MARIA, 'about your photo'))
    assert circle.count('SELECT COUNT(*) FROM page') == 1


def at_the_command_line(folder):
    circle = circle_with(folder, 'photos')
    circle_post(circle, MARIA, 'This is my garden.', JPG)
    post = str(circle.rows('SELECT id FROM post')[0][0])
    shown = circle.json('review', 'show', post)['photos']
    assert len(shown) == 1 and shown[0]['width'] == 160 and shown[0]['bytes'] > 500 and shown[0]['alt'] == '', shown
    target = os.path.join(folder, 'look')
    path = circle.json('review', 'show', post, '--photos', target)['photos'][0]['file']
    assert os.path.dirname(path) == target and stat.S_IMODE(os.stat(path).st_mode) == 0o600 and stat.S_IMODE(os.stat(target).st_mode) == 0o700
    with open(path, 'rb') as f:
        data = f.read()
    assert data.startswith(b'\xff\xd8') and b'canaryphoto' not in data and len(circle.audit('photos saved')) == 1
    again = circle.run('review', 'show', post, '--photos', target)
    assert again.returncode and b'exists' in again.stderr.lower(), again
    done = circle.json('review', 'decide', post, 'ALT: A cat on a red chair', '--as', ANA)
    assert done['effect'] == 'described' and alt_of(circle) == ['A cat on a red chair']
    assert circle.audit('photo described')[0]['way'] == 'command line', circle.audit('photo described')
    assert circle.run('review', 'decide', post, 'ALT 2: A dog', '--as', ANA).returncode == 65
    assert circle.json('review', 'decide', post, 'OK', '--as', ANA)['effect'] == 'released'


def an_answer_that_tells_whose_anonymous_photo_it_is_is_marked(folder):
    """Where the note is under ANON alone: a note with its writer's name on it may say it."""
    for first, is_marked in (('ANON\n', True), ('', False)):
        inner = os.path.join(folder, str(is_marked))
        os.mkdir(inner)
        circle = circle_with(inner, 'photos')
        circle.ok('practice', 'set', 'ask-photo-words', 'yes')
        asked = circle_post(circle, ROSE, first + 'The lake this morning.', JPG)
        assert 'tells whose it is' not in flat(asked)
        circle.says(ROSE, 'Rose with her dog by the lake', circle.newest(ROSE, 'about your photo'))
        again = circle.newest(ANA, 'note waits')
        assert 'What it shows: Rose with her dog' in flat(again), again.text
        assert ('tells whose it is' in flat(again)) == is_marked, again.text


run_tests([the_moderator_says_what_it_shows, in_a_list_by_number, a_list_releases_only_what_it_showed, a_reminder_releases_no_photo, a_providers_preview_shows_it,
           the_author_says_it_first, asked_once_and_only_where_wanted, an_answer_that_reads_like_danger_pages, an_answer_that_tells_whose_anonymous_photo_it_is_is_marked, at_the_command_line])
