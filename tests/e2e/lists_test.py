#!/usr/bin/python3
"""Word lists of the practice's own while `serve` runs: more counts within seconds, less takes two people; and so does a higher score of the model."""
import os
import re

from circle_kit import ANA, GROUP, LEE, MARIA, NAMES, Circle
from house_kit import House, letter, run_tests, until

DOOR = 'The purple lantern is lit tonight.'


def write(house, text):
    path = os.path.join(house.home, 'lexicon', 'own.txt')
    with open(path + '.new', 'w', encoding='utf-8') as f:
        f.write(text)
    os.rename(path + '.new', path)


def pages(house):
    return house.count('SELECT count(*) FROM page')


def codes(house):
    found = [re.search(r'\b\d{8}\b', house.newest(who, 'Fewer alarms were asked for').text)[0] for who in (ANA, LEE)]
    return ('--code', found[0], '--code', found[1])


def alarm_about(circle, text):
    """Whether a note pages."""
    before = pages(circle)
    circle.says(MARIA, text)
    return pages(circle) > before


def more_counts_at_once_less_takes_two(folder):
    circle = Circle(folder)
    assert not alarm_about(circle, DOOR)
    write(circle, '[tier 1]\npurple lantern\n')
    assert alarm_about(circle, DOOR + ' Once more.')
    write(circle, '[tier 1]\ngreen lantern\n')
    assert alarm_about(circle, DOOR + ' And again, dear all.'), 'one person alone made it weaker'
    for who in (ANA, LEE):
        assert 'purple lantern' in circle.newest(who, 'waits for two people').text
    assert circle.audit('word lists held') and not circle.audit('word lists agreed')
    told = circle.run('doctor')
    assert b'one waits for two people' in told.stdout, told.stdout
    assert 'purple lantern' in circle.json('triage', 'show')['held']

    refused = circle.run('triage', 'accept')
    assert refused.returncode == 77 and b'--first' in refused.stderr, refused
    assert circle.run('triage', 'accept', '--first', ANA, '--second', ANA).returncode == 65
    circle.ok('triage', 'accept', '--first', ANA, '--second', LEE)
    circle.work()
    both = codes(circle)
    assert circle.run('triage', 'accept', '--code', both[1], '--code', both[1]).returncode == 77
    assert alarm_about(circle, DOOR + ' Still nobody has agreed.')
    circle.ok('triage', 'accept', *both)
    assert circle.audit('word lists agreed') and circle.audit('fewer alarms refused')
    assert not alarm_about(circle, DOOR + ' Now it is agreed to.')
    assert alarm_about(circle, 'A green lantern hangs there.')
    assert circle.run('triage', 'accept', *both).returncode == 65 or circle.run('triage', 'accept').returncode != 0


def what_two_agreed_to_is_what_counts(folder):
    circle = Circle(folder)
    write(circle, '[tier 1]\npurple lantern\n')
    assert alarm_about(circle, DOOR)
    write(circle, '[tier 1]\ngreen lantern\n')
    circle.work()
    circle.ok('triage', 'accept', '--first', ANA, '--second', LEE)
    circle.work()
    both = codes(circle)
    write(circle, '[not]\npurple lantern\n')
    assert circle.run('triage', 'accept', *both).returncode == 77, 'another change than the two had seen'
    assert alarm_about(circle, DOOR + ' Again.')


def a_higher_score_takes_two(folder):
    circle = Circle(folder)
    circle.ok('practice', 'set', 'triage-model', '40')
    refused = circle.run('practice', 'set', 'triage-model', 'off')
    assert refused.returncode == 77 and b'triage score' in refused.stderr, refused
    assert circle.run('practice', 'set', 'triage-model', '').returncode == 77
    assert circle.run('practice', 'set', 'triage-model', '0').returncode == 65
    circle.ok('triage', 'score', 'off', '--first', ANA, '--second', LEE)
    circle.work()
    both = codes(circle)
    assert circle.run('triage', 'score', '90', *both).returncode == 77, 'codes for off are none for 90'
    circle.ok('triage', 'score', 'off', *both)
    assert circle.json('triage', 'show')['score'] == 'off'
    assert b'only the word lists call a person' in circle.run('doctor').stdout
    circle.ok('triage', 'score', '60')
    changes = [e for e in circle.audit('setting set') if e['new'] in ('40', 'off', '60')]
    assert len(changes) == 3, changes


def the_model_calls_and_staff_see_why(folder):
    circle = Circle(folder)
    asked = circle.posts(MARIA, 'They will all be happier when i am out of the way for good.')
    words = ' '.join(asked.text.split())
    assert re.search(r'reads like ones that needed a person \(from 0 to 100\): "\d\d: They will all', words), words


def serve_reads_them_within_seconds(folder):
    house = House(folder)
    house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--long', 'A group for us.', '--rule', 'Be kind.')
    process = house.start('serve')
    try:
        until(lambda: house.count('SELECT count(*) FROM delivery') > 0, what='serve')
        write(house, '[tier 1]\npurple lantern\n')
        until(lambda: os.path.exists(os.path.join(house.home, 'lexicon', '.kept')) and 'purple' in open(os.path.join(house.home, 'lexicon', '.kept'), encoding='utf-8').read(), what='lists kept')
        house.ok('receive', '--to', GROUP, '--from', MARIA, data=letter(MARIA, GROUP, 'Hello', DOOR, name=NAMES[MARIA]))
        until(lambda: pages(house) == 1, what='an alarm')
    finally:
        process.terminate()
        process.wait(20)


run_tests([more_counts_at_once_less_takes_two, what_two_agreed_to_is_what_counts, a_higher_score_takes_two, the_model_calls_and_staff_see_why,
           serve_reads_them_within_seconds])
