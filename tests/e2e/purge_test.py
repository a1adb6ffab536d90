#!/usr/bin/python3
"""purge: a person is forgotten when asked, and only then; what stays elsewhere is named; the rest of the home goes on."""
import os

from house_kit import ANA, HAROLD, MARIA, ROSE, Circle, House, run_tests


def circle_of(folder):
    house = House(folder, now='2026-03-02T15:00:00Z')
    circle = Circle(house, lambda data, to, sender: house.ok('receive', '--from', sender, '--to', to, data=data))
    circle.begin()

    def day(n):
        house.now = f'2026-03-{2 + n:02d}T16:00:00Z'
    circle.circle(day)
    return circle


def number(house):
    return str(house.json('member', 'show', MARIA)['person'])


def nothing_goes_without_a_word(folder):
    house = circle_of(folder).house
    before = house.count('SELECT COUNT(*) FROM audit_value'), house.count('SELECT COUNT(*) FROM arrival')
    dry = house.json('purge', 'person', MARIA, '--dry-run')
    assert not dry['erased'] and dry['posts'] == dry['withdrawn'] == 1 and dry['renderings'] > 3, dry
    for words, data in ((('purge', 'person', MARIA), b''), (('purge', 'person', MARIA), b'yes\n'), (('purge', 'person', MARIA, '--json'), b'')):
        assert house.run(*words, data=data).returncode in (64, 65), words
    assert house.run('purge', 'person', ANA, '--yes').returncode == 66
    assert house.count('SELECT COUNT(*) FROM audit_value') >= before[0] and house.count('SELECT COUNT(*) FROM arrival') == before[1]
    assert house.json('member', 'show', MARIA)['name'] == 'Maria Canaryname'


def who_is_forgotten_is_gone_everywhere(folder):
    circle = circle_of(folder)
    house = circle.house
    copy = os.path.join(folder, 'monday.db')
    house.ok('backup', copy)
    who = number(house)
    said = house.ok('purge', 'person', MARIA, data=who.encode() + b'\n')
    assert 'a backup: 2026-03-04 ' + copy in said and "in members' mailboxes" in said, said
    assert house.run('member', 'show', MARIA).returncode == 66
    gone = house.json('member', 'show', who)
    assert gone['name'] == '(erased)' and not gone['addresses'] and not gone['phone'], gone
    assert {m['shown_name'] for m in house.json('member', 'list', 'tuesday')} == {'Rose', 'Harold', '(erased)'}
    sent = house.json('report', 'delivery', '--person', who)
    assert sent['sent'] > 3 and {row['name'] for row in sent['deliveries']} == {'(erased)'}
    assert house.run('report', 'delivery', '--delivery', sent['deliveries'][0]['delivery'], '--show').returncode == 66
    assert house.json('audit', 'verify')['ok'] and any(row['act'] == 'person erased' for row in house.json('audit', 'show', '--max', '1000'))
    assert not [row for row in house.json('audit', 'show', '--max', '1000') if 'canary' in str(row).lower()]
    assert not house.canaries()
    # the rest goes on: an answer to the letter that held her note, a new letter without it, a rekey over emptied values
    circle.reply(HAROLD, house.newest(HAROLD, 'I will try it'), '1 Good for you, Rose. I will come along.', quote=True)
    circle.work()
    circle.reply(ANA, house.newest(ANA, 'come along'), 'OK')
    circle.work()
    house.now = '2026-03-05T16:00:00Z'
    circle.work()
    letter = house.newest(ROSE, 'come along')
    assert 'Walking' not in letter.text and 'Maria' not in letter.text, letter.text
    house.ok('rekey')
    assert house.json('audit', 'verify')['ok']
    house.ok('member', 'add', '--group', 'tuesday', '--name', 'Maria Canaryname', '--email', MARIA)


def a_served_home_is_left_alone(folder):
    house = circle_of(folder).house
    house.now = None
    process = house.start('serve')
    try:
        while not house.json('status')['serve_pid']:
            pass
        assert b'stop it first' in house.run('purge', 'person', MARIA, '--yes').stderr
    finally:
        process.terminate()
        process.wait(20)
    assert house.json('member', 'show', MARIA)['name'] == 'Maria Canaryname'


def old_things_go_on_demand_too(folder):
    circle = circle_of(folder)
    house = circle.house
    house.now = '2026-05-20T16:00:00Z'
    dry = house.json('purge', 'old', '--dry-run')
    assert dry['raw mail'] == house.count('SELECT COUNT(*) FROM arrival') > 5 and dry['letters'] == 0, dry
    done = house.json('purge', 'old')
    assert done == dry and house.count('SELECT COUNT(*) FROM arrival') == 0
    assert house.json('purge', 'old', '--dry-run')['raw mail'] == 0


run_tests([nothing_goes_without_a_word, who_is_forgotten_is_gone_everywhere, a_served_home_is_left_alone, old_things_go_on_demand_too])
