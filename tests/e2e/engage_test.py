#!/usr/bin/python3
"""What staff do to keep a group talking, told as one story by command line and mail: a topic with a date, a poll, a hand-out to print."""
import datetime
import os
import re
import shutil
import subprocess

from circle_kit import ANA, GROUP, MARIA, ROSE, TOM, Circle
from house_kit import run_tests

CHROMIUM = shutil.which('chromium')
CONDITION = 'diabetes'


def topic_on_its_date(circle):
    circle.ok('topic', 'hour', 'tuesday', 'Thu 10:00')
    first = circle.json('post', 'topic', 'tuesday', '--by', ANA, '--text', 'What helped you to sleep?', '--weekly')
    circle.ok('post', 'topic', 'tuesday', '--by', ANA, '--text', 'Who cooks at your house?', '--weekly')
    lines = circle.json('topic', 'list', 'tuesday')
    assert [l['when'] for l in lines] == ['Thursday, March 5, 10:00 AM', 'Thursday, March 12, 10:00 AM'], lines
    circle.ok('topic', 'cancel', str(lines[1]['topic']))
    circle.work()
    circle.says(ANA, 'OK', [m for m in circle.mail(ANA) if 'What helped you to sleep?' in m.text][-1])
    assert circle.json('topic', 'list', 'tuesday')[0]['state'] == 'has its OK'
    circle.next_digest()
    assert circle.who_read('What helped you to sleep?') == [], 'before its date'
    circle.later(days=3)
    circle.next_digest()
    assert circle.who_read('What helped you to sleep?') == sorted([MARIA, ROSE, TOM])
    assert circle.who_read('Who cooks at your house?') == [], 'cancelled'
    assert [e['item'] for e in circle.audit('topic sent')] == [str(first['post'])]


def poll_by_number(circle):
    closes = (circle.at + datetime.timedelta(days=4)).strftime('%Y-%m-%d 18:00')
    circle.ok('poll', 'add', 'tuesday', '--by', ANA, '--question', 'When do you walk?', '--answer', 'In the morning', '--answer', 'At night', '--closes', closes)
    circle.work()
    circle.says(ANA, 'OK', [m for m in circle.mail(ANA) if 'When do you walk?' in m.text][-1])
    circle.next_digest()
    for who, vote in ((MARIA, 'Poll 1'), (ROSE, 'vote 2'), (TOM, 'ENCUESTA 2'), (TOM, 'POLL 1')):
        circle.says(who, vote, [m for m in circle.mail(who) if 'When do you walk?' in m.text][-1])
    assert [e for e in circle.mail(TOM) if 'At night' in e.text and 'counted your vote' in ' '.join(e.text.split())]
    assert circle.json('poll', 'show', 'tuesday')['voters'] == 'fewer than five, not told'
    assert circle.json('review', 'list') == [], 'a vote is nobody\'s to read'
    circle.later(days=5)
    circle.says(ANA, 'OK', [m for m in circle.mail(ANA) if 'The poll is closed' in m.text][-1])
    circle.next_digest()
    assert circle.who_read('Fewer than five people voted') == sorted([MARIA, ROSE, TOM])


def pages_of(folder, card):
    """How many sheets a browser prints it on."""
    path, pdf = os.path.join(folder, 'printed.html'), os.path.join(folder, 'printed.pdf')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(card)
    subprocess.run([CHROMIUM, '--headless', '--no-sandbox', '--disable-gpu', f'--user-data-dir={folder}/chromium', '--no-pdf-header-footer',
                    f'--print-to-pdf={pdf}', f'file://{path}'], check=True, capture_output=True, timeout=120)
    with open(pdf, 'rb') as f:
        return len(re.findall(rb'/Type\s*/Page\b', f.read()))


def a_hand_out_of_two_pages(folder):
    """Two pages, in both paper sizes; nothing on it tells what the group is about."""
    rules = [part for n in range(6) for part in ('--rule', f'Rule {n} says it in a few words, and then in a few more.')]
    circle = Circle(folder, group=('--forbidden', CONDITION, *rules))
    for language, word in (('en', 'HELP'), ('es', 'AYUDA')):
        path = os.path.join(folder, f'card-{language}.html')
        circle.ok('group', 'card', 'tuesday', '--html', path, '--language', language)
        with open(path, encoding='utf-8') as f:
            card = f.read()
        for words in ('(555) 555-0100', '911', '988', GROUP, word, 'Lakeside Clinic', 'Be kind.'):
            assert words in card, words
        assert '{{' not in card and CONDITION not in card.lower()
        for paper in ('A4', 'Letter') if CHROMIUM else ():
            assert pages_of(folder, card.replace('@page {', f'@page {{ size: {paper};')) == 2, (language, paper)
    assert circle.run('group', 'card', 'tuesday').returncode == 64


def topics_by_a_rule(circle):
    words = ('--by', ANA, '--text', 'What went well this week?')
    assert circle.run('post', 'topic', 'tuesday', *words, '--rule', 'FREQ=WEEKLY').returncode == 64, 'no first date'
    assert circle.run('post', 'topic', 'tuesday', *words, '--on', '2026-04-06 09:00', '--rule', 'FREQ=SOMETIMES').returncode == 65
    made = circle.json('post', 'topic', 'tuesday', *words, '--on', '2026-04-06 09:00', '--rule', 'FREQ=WEEKLY;COUNT=3', '--skip', '2026-04-13')['series']
    circle.ok('topic', 'change', str(made), '--title', 'The good things')
    lines = circle.json('topic', 'series', 'tuesday')
    assert [(l['state'], l['title']) for l in lines] == [('not drafted yet', 'The good things'), ('left out', 'The good things'), ('not drafted yet', 'The good things')], lines
    assert lines[0]['when'] == 'Monday, April 6, 9:00 AM', lines
    circle.ok('topic', 'skip', str(made), '2026-04-20')
    circle.ok('topic', 'end', str(made))
    assert [l['state'] for l in circle.json('topic', 'series')] == ['ended'] and circle.run('topic', 'end', str(made)).returncode != 0
    assert circle.who_read('What went well') == []


def a_story_of_two_weeks(folder):
    circle = Circle(folder)
    topic_on_its_date(circle)
    topics_by_a_rule(circle)
    poll_by_number(circle)
    circle.ok('audit', 'verify')


if __name__ == '__main__':
    run_tests([a_story_of_two_weeks, a_hand_out_of_two_pages])
