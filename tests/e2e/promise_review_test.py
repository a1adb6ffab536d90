#!/usr/bin/python3
"""Promise 1, nothing fans out unreviewed; promise 6, possession is not identity; promise 11, every act of staff is in the audit log."""
import random
import re
import sqlite3
import subprocess
import time

from circle_kit import ANA, GROUP, LEE, MARIA, ROSE, TOM, Circle
from house_kit import letter, run_tests

WORDS = 'I walked to the lake today.'


def promise_1_nothing_goes_out_before_a_release(folder):
    circle = Circle(folder)
    asked = circle.posts(MARIA, WORDS)
    for _ in range(4):
        circle.next_digest()
    assert circle.run('digest', 'send', 'tuesday').returncode == 66  # nothing to send
    circle.later(days=8)
    assert circle.who_read(WORDS) == [], circle.who_read(WORDS)
    circle.says(ANA, 'OK', asked)
    circle.next_digest()
    assert circle.who_read(WORDS) == [MARIA, ROSE, TOM], circle.who_read(WORDS)
    released = [e for e in circle.audit('post released') if e['actor'] == 'staff']
    assert len(released) == 1 and released[0]['way'] == 'email', released


def promise_1_only_a_whole_decision_releases(folder):
    circle = Circle(folder)
    asked = circle.posts(MARIA, WORDS)
    for text in ('OK but take out the lake', 'No problem, send it', 'Looks fine to me, but wait until Monday', 'OK?', 'Is this OK to send', ''):
        circle.says(ANA, text, asked)
    circle.next_digest()
    assert circle.who_read(WORDS) == []
    assert circle.audit('post released') == []


def promise_1_a_rejected_note_stays(folder):
    circle = Circle(folder)
    circle.says(ANA, 'NO 1', circle.posts(MARIA, WORDS))
    circle.next_digest()
    circle.next_digest()
    assert circle.who_read(WORDS) in ([], [MARIA]), circle.who_read(WORDS)


def promise_1_killed_at_any_moment(folder):
    circle = Circle(folder)
    circle.posts(MARIA, WORDS)
    chance = random.Random(1)
    for _ in range(5):
        circle.arrives_only(letter(ROSE, GROUP, 'Hello', WORDS + ' Again.'), GROUP)
        process = circle.start('work', '--once', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.01, 0.2))
        process.kill()
        process.wait()
    circle.next_digest()
    assert circle.who_read(WORDS) == [], circle.who_read(WORDS)


def promise_1_what_is_published_was_released(folder):
    circle = Circle(folder)
    for author in (MARIA, ROSE, TOM):
        circle.says(ANA, 'OK', circle.posts(author, WORDS + author[0]))
    circle.posts(ROSE, WORDS + ' Held.')
    circle.next_digest()
    published = {row[0] for row in circle.rows('SELECT id FROM post WHERE published_ms > 0')}
    released = {int(e['item']) for e in circle.audit('post released')}
    assert len(published) == 3 and published == released, (published, released)


def promise_6_a_decision_needs_token_and_proof(folder):
    circle = Circle(folder)
    asked = circle.posts(MARIA, WORDS)
    circle.says(ANA, 'OK', asked, verdict='fail')  # the From is forged
    circle.says(ANA, 'OK', asked, verdict='none')  # nothing proves it
    circle.says(TOM, 'OK', asked)  # the token, but another's address
    circle.says(LEE, 'OK', None, to=GROUP, subject='Re: ' + asked.subject)  # the right person without a token
    circle.says(ANA, 'OK', circle.newest(ANA, 'on the team'))  # a token of another purpose
    circle.next_digest()
    assert circle.who_read(WORDS) == [] and circle.audit('post released') == []
    circle.says(ANA, 'OK', asked)
    assert len(circle.audit('post released')) == 1


def promise_6_a_note_needs_proof(folder):
    circle = Circle(folder)
    for verdict in ('fail', 'none'):
        circle.says(ROSE, f'Forged with {verdict}.', verdict=verdict)
    assert not [m for m in circle.mail(ANA) if 'note waits' in m.subject], 'it was offered for review as if it were Rose'
    circle.says(ROSE, 'Really me.')
    assert [m for m in circle.mail(ANA) if 'note waits' in m.subject]


def promise_6_a_shared_mailbox_is_asked_who_writes(folder):
    """A couple reads one mailbox, and its tablet writes from another one."""
    circle = Circle(folder)
    circle.ok('member', 'add', '--group', 'tuesday', '--name', 'Harold Marsh', '--email', ROSE)
    circle.work()
    circle.says(ROSE, 'Yes', circle.newest(ROSE, 'Harold'))
    assert {m['shown_name']: m['state'] for m in circle.json('member', 'list', 'tuesday')}['Harold'] == 'active'
    circle.says(ROSE, WORDS)
    asked = circle.newest(ROSE, 'Who')
    assert not [m for m in circle.mail(ANA) if 'note waits' in m.subject], 'nobody knows yet whose it is'
    circle.says(ROSE, re.search(r'(\d) for Harold', asked.text)[1], asked)
    circle.says(ANA, 'OK', circle.newest(ANA, 'note waits'))
    circle.next_digest()
    read = circle.newest(TOM, WORDS).text
    assert 'Harold wrote' in read and 'Rose wrote' not in read, read

    digest = circle.newest(MARIA, WORDS)
    before = len(circle.mail(TOM))
    circle.says('tablet@example.com', 'I do that too.', digest)
    asked = circle.newest(ANA, 'tablet@example.com')
    assert 'I do that too.' in asked.text and len(circle.mail(TOM)) == before and not circle.mail('tablet@example.com')
    circle.says(ANA, 'OK', asked)
    circle.says('tablet@example.com', 'And tea after that.', digest)
    assert 'Maria' in circle.newest(ANA, 'And tea after that.').text


def promise_6_leaving_needs_the_token_alone(folder):
    circle = Circle(folder)
    circle.says(ROSE, 'STOP', circle.newest(ROSE, 'welcome'), verdict='none')
    state = {m['shown_name']: m['state'] for m in circle.json('member', 'list', 'tuesday')}
    assert state['Rose'] != 'active' and state['Maria'] == 'active', state


def promise_11_every_act_of_staff_is_recorded(folder):
    circle = Circle(folder)
    asked = circle.posts(MARIA, WORDS)
    before = len(circle.audit())
    circle.says(ANA, 'NO 1', asked)
    new = circle.audit()[before:]
    assert any(e['act'] == 'post returned' and e['actor'] == 'staff' and e['way'] == 'email' for e in new), new
    acts = [(('practice', 'set', 'office-hours', 'Mon-Thu 08:00-17:00'), 'setting set'),
            (('staff', 'add', '--name', 'Kim Hall', '--email', 'kim@clinic.example.org', '--title', 'nurse'), 'staff added'),
            (('staff', 'set', 'kim@clinic.example.org', '--title', 'doctor'), 'staff changed'),
            (('group', 'set', 'tuesday', '--digest-hour', '18:30'), 'group changed'),
            (('member', 'add', '--group', 'tuesday', '--name', 'Sue Carver', '--email', 'sue@example.net'), 'member invited'),
            (('member', 'set', TOM, '--rhythm', 'weekly'), 'member changed'),
            (('member', 'remove', TOM, '--reason', 'moved'), 'member removed'),
            (('group', 'end', 'tuesday', '--yes'), 'group ended')]
    for words, verb in acts:
        before = len(circle.audit())
        circle.ok(*words)
        new = circle.audit()[before:]
        assert any(e['act'] == verb and e['actor'] == 'operator' and e['way'] == 'command line' for e in new), (words, new)
    circle.ok('audit', 'verify')


def promise_11_a_changed_record_is_found(folder):
    circle = Circle(folder)
    anchor = circle.json('audit', 'verify')['head']
    file = circle.home + '.anchor'
    with open(file, 'w', encoding='utf-8') as f:
        f.write(anchor + '\n')
    db = sqlite3.connect(circle.home + '/postcircle.db')
    db.execute('DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)')
    db.commit()
    db.close()
    assert circle.run('audit', 'verify').returncode == 0  # and says that the tail is unproven
    assert circle.run('audit', 'verify', '--anchor', file).returncode != 0
    db = sqlite3.connect(circle.home + '/postcircle.db')
    db.execute('UPDATE audit SET verb = verb + 1 WHERE seq = 3')
    db.commit()
    db.close()
    assert circle.run('audit', 'verify').returncode != 0


run_tests([promise_1_nothing_goes_out_before_a_release, promise_1_only_a_whole_decision_releases, promise_1_a_rejected_note_stays,
           promise_1_killed_at_any_moment, promise_1_what_is_published_was_released, promise_6_a_decision_needs_token_and_proof,
           promise_6_a_note_needs_proof, promise_6_a_shared_mailbox_is_asked_who_writes, promise_6_leaving_needs_the_token_alone,
           promise_11_every_act_of_staff_is_recorded, promise_11_a_changed_record_is_found])
