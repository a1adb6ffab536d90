#!/usr/bin/python3
"""Promise 8, consent first; promise 12, robots and strangers are never answered; promise 13, triage sees everything and only pages."""
import json

from circle_kit import ANA, GROUP, LEE, MARIA, ROSE, TOM, Circle
from house_kit import DOMAIN, letter, run_tests

CRISIS = 'I want to kill myself tonight.'


def promise_8_only_an_invitation_before_yes(folder):
    circle = Circle(folder, joined=False)
    circle.says(MARIA, 'Yes', circle.newest(MARIA))
    circle.says(ANA, 'OK', circle.posts(MARIA, 'Hello to all of you.'))
    circle.says(LEE, 'ANNOUNCE\nThe office is closed on Friday.', circle.newest(LEE))
    circle.says(LEE, 'SEND', circle.newest(LEE))
    for _ in range(12):
        circle.next_digest()
    circle.says(ROSE, 'Who are you?', circle.newest(ROSE))
    circle.later(days=30)
    unasked = [m for m in circle.mail(ROSE) if 'We got your note' not in m.text]  # she wrote, and that is answered
    assert len(circle.mail(TOM)) == 2, [m.subject for m in circle.mail(TOM)]
    assert len(unasked) == 2, [m.subject for m in unasked]
    assert circle.who_read('Hello to all') == [MARIA] and circle.who_read('closed on Friday') == [MARIA]


def promise_8_no_is_no(folder):
    circle = Circle(folder, joined=False)
    circle.says(TOM, 'No', circle.newest(TOM))
    circle.says(ROSE, 'STOP', circle.newest(ROSE))
    before = {a: len(circle.mail(a)) for a in (TOM, ROSE)}
    for _ in range(10):
        circle.next_digest()
    assert {a: len(circle.mail(a)) for a in (TOM, ROSE)} == before
    assert circle.run('member', 'add', '--group', 'tuesday', '--name', 'Rose Marsh', '--email', ROSE).returncode != 0 or len(circle.mail(ROSE)) == before[ROSE]


def promise_8_stop_acts_at_once(folder):
    """Also upon what is already in the outbox, with the mail role away."""
    circle = Circle(folder)
    circle.says(ANA, 'OK', circle.posts(MARIA, 'Hello to all of you.'))
    before = len(circle.mail(ROSE))
    circle.says(ROSE, 'STOP', circle.newest(ROSE))
    circle.next_digest()
    circle.later(days=8)
    after = circle.mail(ROSE)[before:]
    assert len(after) == 1 and 'off the list' in after[0].subject, [m.subject for m in after]
    assert circle.who_read('Hello to all') == [MARIA, TOM]


def promise_8_the_wish_to_stop_takes_ones_words_along(folder):
    circle = Circle(folder)
    asked = circle.posts(ROSE, 'Hello to all of you.')
    circle.says(ROSE, 'STOP', circle.newest(ROSE))
    circle.says(ANA, 'OK', asked)
    circle.next_digest()
    assert circle.who_read('Hello to all') == []


def promise_8_staff_say_yes_first(folder):
    """Before it they set all of it up, and get no word of a patient and decide nothing; alarms reach them."""
    circle = Circle(folder, opted_in=False)
    assert [s['opted_in'] for s in circle.json('staff', 'list')] == ['asked', 'asked'] and '2 of 2' in circle.ok('staff', 'list')
    circle.says(MARIA, 'I made lentil soup today.')
    [post] = circle.json('review', 'list')
    circle.later(days=2)
    assert not any('lentil' in m.text for a in (ANA, LEE) for m in circle.mail(a)), 'words before a yes'
    for words in (('review', 'decide', str(post['post']), 'OK'), ('review', 'parked', '7'), ('post', 'announce', 'tuesday', '--text', 'We are closed.'),
                  ('post', 'topic', 'tuesday', '--text', 'How do you sleep?'),
                  ('checkin', 'add', 'tuesday', '--question', 'How heavy?', '--days', 'daily', '--at', '08:00'),
                  ('poll', 'add', 'tuesday', '--question', 'When?', '--answer', 'Now', '--answer', 'Later', '--closes', '2026-04-01 09:00')):
        done = circle.run(*words, '--by' if words[0] != 'review' else '--as', ANA)
        said = done.stderr.decode().strip()
        assert done.returncode == 77 and 'YES' in said and 'staff set' in said and '\n' not in said, (words, done)
    circle.says(TOM, CRISIS)
    assert 'kill' not in circle.newest(ANA, 'please claim').text
    doctor = {c['what']: c for c in json.loads(circle.run('doctor', '--json').stdout)['checks']}
    assert '2 of 2' in doctor['staff']['found'] and doctor['staff']['level'] == doctor['review']['level'] == 'red', doctor['staff']
    assert 'has not said YES' in circle.ok('staff', 'oncall', 'list')
    circle.says(LEE, 'Yes, thank you', [m for m in circle.mail(LEE) if 'reply YES' in m.text][-1])
    assert 'lentil' in circle.newest(LEE, 'lentil').text
    assert circle.json('review', 'decide', str(post['post']), 'OK', '--as', LEE)['effect'] == 'released'
    assert not any('lentil' in m.text for m in circle.mail(ANA))
    assert '1 of 2' in circle.ok('staff', 'list')
    circle.ok('staff', 'set', LEE, '--email', 'lee.chan@clinic.example.org')  # a mailbox that nobody has answered from
    assert circle.run('review', 'decide', str(post['post']), 'FIX: Well.', '--as', 'lee.chan@clinic.example.org').returncode == 77
    circle.work()
    circle.says('lee.chan@clinic.example.org', 'Yes', circle.newest('lee.chan@clinic.example.org'))
    assert [s['opted_in'] for s in circle.json('staff', 'list')] == ['asked', 'yes']


def promise_12_strangers_are_never_answered(folder):
    circle = Circle(folder)
    for n, text in enumerate(('Hello', 'STOP', 'HELP', 'YES', 'OK', 'Please let me in')):
        circle.says(f'stranger{n}@example.com', text)
        circle.says(f'stranger{n}@example.com', text, to=f'desk@{DOMAIN}')
        circle.says(f'stranger{n}@example.com', text, to=f'nobody@{DOMAIN}')
    circle.next_digest()
    assert not [a for a in circle.everybody() if a.startswith('stranger')], list(circle.everybody())


def promise_12_robots_are_never_answered(folder):
    circle = Circle(folder)
    marks = ('Auto-Submitted: auto-replied\r\n', 'Precedence: auto_reply\r\n', 'X-Autoreply: yes\r\n',
             'X-Auto-Response-Suppress: All\r\nAuto-Submitted: auto-generated\r\n')
    before = {a: len(m) for a, m in circle.everybody().items() if a not in (ANA, LEE)}
    for mark in marks:
        for text in ('I am out of the office until Monday.', 'HELP', 'hmm'):
            circle.says(ROSE, text, circle.newest(ROSE), extra=mark)
    assert {a: len(m) for a, m in circle.everybody().items() if a not in (ANA, LEE)} == before
    assert not [m for m in circle.mail(ANA) if 'note waits' in m.subject], 'a robot was taken for Rose'


def promise_12_our_own_mail_is_never_answered(folder):
    circle = Circle(folder)
    before = sum(len(m) for m in circle.everybody().values())
    for mail in circle.mail(ROSE):
        circle.arrives(mail.data, GROUP, ROSE)
    assert sum(len(m) for m in circle.everybody().values()) == before


def promise_12_the_same_answer_once_a_day_but_help_always(folder):
    circle = Circle(folder)
    welcome = circle.newest(ROSE)
    for _ in range(9):
        circle.says(ROSE, 'HELP', welcome)
    helps = [m for m in circle.mail(ROSE) if m.subject.endswith('help')]
    assert len(helps) == 5, len(helps)
    before = len(circle.mail(TOM))
    for _ in range(4):
        circle.says(TOM, 'RULES', circle.newest(TOM, 'welcome'))
    assert len(circle.mail(TOM)) == before + 1, [m.subject for m in circle.mail(TOM)]


def pages(circle):
    return len(circle.audit('page raised'))


def promise_13_every_sender_is_seen(folder):
    """Unknown, unproved, departed, a robot, in HTML alone, in an attachment's place: staff are paged, and nobody unknown is answered."""
    circle = Circle(folder)
    circle.says(TOM, 'STOP', circle.newest(TOM))
    ways = [('unknown', lambda: circle.says('stranger@example.com', CRISIS)),
            ('unproved', lambda: circle.says(ROSE, CRISIS, verdict='fail')),
            ('departed', lambda: circle.says(TOM, CRISIS)),
            ('to nobody', lambda: circle.says(MARIA, CRISIS, to=f'nobody@{DOMAIN}')),
            ('under a command', lambda: circle.says(MARIA, 'HELP\n\n' + CRISIS)),
            ('robot', lambda: circle.says(ROSE, CRISIS, extra='Auto-Submitted: auto-replied\r\n')),
            ('with a decision', lambda: circle.says(MARIA, 'Yes\n' + CRISIS, circle.newest(MARIA))),
            ('html', lambda: circle.arrives(letter(MARIA, GROUP, 'Hello', '<p>I want to <b>kill</b> myself tonight.</p>').replace(b'text/plain', b'text/html'),
                                            GROUP, MARIA))]
    missed = []
    for name, happen in ways:
        before = pages(circle)
        happen()
        if pages(circle) == before:
            missed.append(name)
    assert not missed, missed
    assert 'stranger@example.com' not in circle.everybody()
    circle.next_digest()
    assert circle.who_read('kill myself') == [] and circle.audit('post released') == []


def calls(circle):
    return len([m for a in (ANA, LEE) for m in circle.mail(a) if 'please claim' in m.subject])


def promise_13_a_page_is_repeated_until_claimed(folder):
    circle = Circle(folder)
    first = [len(circle.mail(a)) for a in (ANA, LEE)]
    circle.says(MARIA, CRISIS)
    assert len(circle.mail(ANA)) > first[0], 'nobody was paged'
    counts = []
    for _ in range(6):
        circle.later(minutes=30)
        counts.append(calls(circle))
    assert counts == sorted(set(counts)), counts
    assert len(circle.mail(LEE)) > first[1], 'the second person was never paged'
    page = [m for m in circle.mail(LEE) if 'please claim' in m.subject][-1]
    assert 'kill' not in page.text + page.subject, 'a page carries words of the post'
    circle.says(LEE, 'CLAIM', page)
    assert circle.audit('page claimed'), [m.subject for m in circle.mail(LEE)]
    before = calls(circle)
    for _ in range(4):
        circle.later(minutes=30)
    assert calls(circle) == before, 'paged after the claim'


def promise_13_two_people_release_what_alarmed(folder):
    circle = Circle(folder)
    circle.says(MARIA, CRISIS)
    asked = circle.newest(ANA, 'May this note')
    circle.says(ANA, 'OK', asked)
    circle.says(ANA, 'OK', asked)
    circle.next_digest()
    assert circle.who_read('kill myself') == [] and not circle.audit('post released')


run_tests([promise_8_only_an_invitation_before_yes, promise_8_no_is_no, promise_8_stop_acts_at_once, promise_8_the_wish_to_stop_takes_ones_words_along,
           promise_8_staff_say_yes_first,
           promise_12_strangers_are_never_answered, promise_12_robots_are_never_answered, promise_12_our_own_mail_is_never_answered,
           promise_12_the_same_answer_once_a_day_but_help_always, promise_13_every_sender_is_seen, promise_13_a_page_is_repeated_until_claimed,
           promise_13_two_people_release_what_alarmed])
