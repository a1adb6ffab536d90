#!/usr/bin/env python3
"""Check-ins as staff and members live them, by command line and mail: opting in, answering, looking, ending; and nothing of it in anybody else's mail."""
import re

from circle_kit import ANA, LEE, MARIA, ROSE, TOM, Circle
from house_kit import run_tests

QUESTION = 'What is your morning weight?'


def flat(mail):
    return ' '.join(mail.text.split())


def newest(circle, who, words):
    found = [m for m in circle.mail(who) if words in m.subject]
    assert found, f'{who} has no "{words}": {[m.subject for m in circle.mail(who)]}'
    return found[-1]


def a_week_of_weights(folder):
    circle = Circle(folder)
    number = str(circle.json('checkin', 'add', 'tuesday', '--by', ANA, '--question', QUESTION, '--unit', 'lb', '--days', 'daily', '--at', '08:00',
                             '--low', '60', '--high', '700', '--alert-above', '200')['checkin'])
    assert circle.who_read(QUESTION) == [], 'before its hour'
    circle.later(days=1)
    assert circle.who_read(QUESTION) == sorted([MARIA, ROSE, TOM])
    circle.says(MARIA, 'Yes please', newest(circle, MARIA, 'would you like'))
    circle.says(ROSE, 'STOP CHECKIN', newest(circle, ROSE, 'would you like'))
    circle.says(MARIA, 'about 181.5 lbs this morning', newest(circle, MARIA, 'your check-in'))
    chart = newest(circle, MARIA, 'your check-in')
    assert '181.5 lb' in flat(chart) and 'If you feel unwell, call us: (555) 555-0100. In an emergency: 911.' in flat(chart), flat(chart)
    page = chart.message.get_body(('html',)).get_content()
    assert '<th scope="col"' in page and '<td ' in page
    circle.later(days=1)
    circle.says(MARIA, '83 kg', newest(circle, MARIA, 'your check-in'))
    assert 'We do not change one unit to another' in flat(newest(circle, MARIA, 'your check-in'))
    circle.says(MARIA, '212 and my ankles are swollen', newest(circle, MARIA, 'your check-in'))
    look = newest(circle, ANA, 'private words')
    assert 'Please look: this is beyond your limits (not over 200 lb)' in flat(look) and 'ankles are swollen' in flat(look)
    circle.says(ANA, 'I will call you at ten.', look)
    assert 'call you at ten' in flat(newest(circle, MARIA, 'an answer for you'))

    rows = circle.json('checkin', 'show', number)
    assert [(r['name'], r['part'], r['last']) for r in rows if r['part'] != 'asked'] == [('Maria Santos', 'takes part', '212 lb'), ('Rose Marsh', 'does not', '')], rows
    assert [r['answer'] for r in circle.json('checkin', 'show', number, '--person', MARIA)] == ['181.5 lb', '212 lb']
    assert len(circle.audit('check-in read')) == 2
    assert circle.json('checkin', 'list', 'tuesday')[0]['take_part'] == '1 of 3'
    report = circle.json('report', 'person', MARIA)
    assert [(a['question'], a['answer']) for a in report['check_ins']] == [(QUESTION, '181.5 lb'), (QUESTION, '212 lb')], report['check_ins']

    circle.ok('checkin', 'end', number)
    assert circle.run('checkin', 'end', number).returncode == 65, "ended before"
    circle.next_digest()
    before = len(circle.mail(MARIA))
    circle.later(days=2)
    assert not [m for m in circle.mail(MARIA)[before:] if 'check-in' in m.subject]
    assert circle.json('review', 'list') == [], 'no answer is ever held for the group'
    for who in (ROSE, TOM, LEE):
        for mail in circle.mail(who):
            assert not re.search(r'181\.5|\b212\b|swollen', flat(mail)), (who, mail.subject)
    circle.ok('purge', 'person', MARIA, '--yes')
    assert circle.json('checkin', 'show', number) == [r for r in rows if r['name'] != 'Maria Santos']
    circle.ok('audit', 'verify')


def hello_and_goodbye(folder):
    """A newcomer is greeted after their yes and an OK; who is erased takes the greeting along."""
    circle = Circle(folder)
    circle.ok('group', 'set', 'tuesday', '--courtesies', 'hello,thanks')
    assert circle.json('group', 'show', 'tuesday')['courtesies'] == 'hello, thanks'
    june = 'june@example.net'
    circle.ok('member', 'add', '--group', 'tuesday', '--name', 'June Quillfeather', '--email', june)
    circle.work()
    circle.says(june, 'Yes', circle.newest(june))
    circle.says(june, 'Yes', newest(circle, june, 'may we'))
    assert circle.who_read('June has just joined') == [june]
    circle.says(ANA, 'OK', newest(circle, ANA, 'note waits'))
    circle.next_digest()
    assert circle.who_read('June has just joined our group') == sorted([june, MARIA, ROSE, TOM])
    assert circle.who_read('Quillfeather') == []
    circle.ok('purge', 'person', june, '--yes')
    assert circle.count("SELECT COUNT(*) FROM member_choice") == 0
    assert circle.count("SELECT COUNT(*) FROM post WHERE state = 9") == 1, 'the greeting is withdrawn'
    assert circle.run('group', 'set', 'tuesday', '--courtesies', 'cake').returncode == 65
    circle.ok('audit', 'verify')


def what_cannot_be(folder):
    circle = Circle(folder, joined=False)
    base = ['checkin', 'add', 'tuesday', '--by', ANA, '--question', QUESTION, '--at', '08:00']
    for more, words in ((['--days', 'someday'], 'daily'), (['--days', 'daily', '--kind', 'colour'], '--kind takes'),
                        (['--days', 'daily', '--low', '200', '--high', '100'], 'below the highest'),
                        (['--days', 'daily', '--high', '5 lb'], '--high'), (['--days', 'daily', '--tag', 'heart', '--totals'], 'whole groups')):
        done = circle.run(*base, *more)
        assert done.returncode == 65 and words in done.stderr.decode(), (more, done.returncode, done.stderr)
    assert circle.run('checkin', 'add', 'tuesday', '--by', ANA).returncode == 64
    assert circle.run('checkin', 'show', '1').returncode == 66


if __name__ == '__main__':
    run_tests([a_week_of_weights, hello_and_goodbye, what_cannot_be])
