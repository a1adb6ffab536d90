#!/usr/bin/python3
"""Check-ins as staff and members live them, by command line and mail: opting in, answering, looking, ending; and nothing of it in anybody else's mail. Greetings,
thanks and milestones, each with its yes."""
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


def joins(circle, name, address):
    circle.ok('member', 'add', '--group', 'tuesday', '--name', name, '--email', address)
    circle.work()
    circle.says(address, 'Yes', circle.newest(address))


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
    joins(circle, 'June Quillfeather', june)
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


def thanks_are_a_number(folder):
    """Off until staff turn them on; told after a yes, when three people gave them; nobody learns who, and no moderator is asked."""
    circle = Circle(folder)
    june = 'june@example.net'
    joins(circle, 'June Quillfeather', june)
    circle.posts(MARIA, 'I made lentil soup today.')
    circle.says(ANA, 'OK', newest(circle, ANA, 'note waits'))
    circle.next_digest()
    readers = (ROSE, TOM, june)
    letters = {who: newest(circle, who, 'letter') for who in readers}
    circle.says(ROSE, 'THANKS 1', letters[ROSE])
    assert len(circle.json('review', 'list')) == 1 and circle.count('SELECT COUNT(*) FROM thanks') == 0, 'a note like any other where it is off'
    circle.says(ANA, 'NO rule 1', newest(circle, ANA, 'note waits'))
    assert circle.json('review', 'list') == []
    circle.ok('group', 'set', 'tuesday', '--courtesies', 'thanks')
    for who in readers[:2]:
        circle.says(who, 'THANKS 1', letters[who])
    circle.says(TOM, 'Gracias 1', letters[TOM])
    circle.later(days=8)
    assert circle.count('SELECT COUNT(*) FROM thanks') == 2 and not [m for m in circle.mail(MARIA) if 'may we' in m.subject]
    circle.says(june, 'THANKS 1', letters[june])
    circle.later(days=8)
    asked = newest(circle, MARIA, 'may we')
    assert 'We never say who.' in flat(asked) and not circle.who_read('people thanked you')
    circle.says(MARIA, 'Yes please', asked)
    told = newest(circle, MARIA, 'thank you')
    assert '3 people thanked you' in flat(told)
    assert circle.who_read('people thanked you') == [MARIA] and circle.count('SELECT COUNT(*) FROM thanks') == 0
    since = [m for m in circle.mail(MARIA) if 'may we' in m.subject or 'thank you' in m.subject]
    assert not [m for m in since if re.search('Rose|Tom|June|Quillfeather|example.net', flat(m).replace(MARIA, ''))]
    assert circle.json('review', 'list') == [], circle.json('review', 'list')
    circle.says(MARIA, 'No', told)
    for who in readers:
        circle.says(who, 'THANKS 1', letters[who])
    circle.later(days=20)
    assert circle.count('SELECT COUNT(*) FROM thanks') == 0 and newest(circle, MARIA, 'thank you').id == told.id, 'after a no, none are kept or told'
    circle.ok('audit', 'verify')


def a_year_with_us(folder):
    """Whoever says yes to "may we?" is told of, after an OK; of who does not, nobody hears."""
    circle = Circle(folder)
    circle.ok('group', 'set', 'tuesday', '--courtesies', 'milestones')
    circle.later(days=364)
    assert circle.who_read('with us for a year') == [], 'a day too early'
    circle.later(days=2)
    assert circle.who_read('with us for a year') == sorted([MARIA, ROSE, TOM]), 'each of themselves'
    assert 'Maria has been with us for a year.' in flat(newest(circle, MARIA, 'may we'))
    circle.says(MARIA, 'Yes', newest(circle, MARIA, 'may we'))
    circle.says(ROSE, 'No thanks', newest(circle, ROSE, 'may we'))
    assert circle.who_read('Maria has been with us') == [MARIA] and len(circle.json('review', 'list')) == 1
    circle.says(ANA, 'OK', newest(circle, ANA, 'note waits'))
    circle.next_digest()
    assert circle.who_read('Maria has been with us for a year.') == sorted([MARIA, ROSE, TOM])
    assert circle.who_read('Rose has been with us') == [ROSE] and circle.who_read('Tom has been with us') == [TOM]
    assert circle.who_read('Santos') == []
    circle.later(days=30)
    assert len([m for m in circle.mail(TOM) if 'may we' in m.subject]) == 1, 'asked once'
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
    run_tests([a_week_of_weights, hello_and_goodbye, thanks_are_a_number, a_year_with_us, what_cannot_be])
