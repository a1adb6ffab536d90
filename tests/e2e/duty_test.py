#!/usr/bin/python3
"""The rota, the clocks, the two people, the weekly test and the practice's own program, as the command line and the mail show them; and promise 13 over
restarts, kills and jumps of the clock."""
import json
import os
import random
import signal
import subprocess
import time

from circle_kit import ANA, GROUP, LEE, MARIA, Circle
from house_kit import BORDER, ROSE, House, letter, run_tests, until

CRISIS = 'I want to kill myself tonight.'


def calls(circle, address):
    return [m for m in circle.mail(address) if 'please claim' in m.subject]


def checks(circle):
    return {c['what']: c for c in circle.json_of('doctor')['checks']}


class Duty(Circle):
    def json_of(self, *words):
        """Of a command that may end with 1."""
        return json.loads(self.run(*words, '--json').stdout.decode())


def the_rota_says_who_is_called(folder):
    circle = Duty(folder)
    circle.ok('staff', 'oncall', 'add', LEE, '--when', 'Mon-Sun 00:00-24:00')
    shifts = circle.json('staff', 'oncall', 'list')
    assert [s['now'] for s in shifts] == ['on call'] and shifts[0]['name'] == 'Lee Chan', shifts
    circle.says(MARIA, CRISIS)
    assert calls(circle, LEE) and not calls(circle, ANA)
    circle.ok('staff', 'oncall', 'remove', shifts[0]['shift'])
    circle.says(MARIA, CRISIS + ' Again.')
    assert len(calls(circle, ANA)) == 1 and len(calls(circle, LEE)) == 1
    assert [e['act'] for e in circle.json('audit', 'show', '--max', '100000')].count('shift added') == 1
    for wrong in (('add', LEE), ('add', LEE, '--when', 'Monday'), ('add', 'nobody@example.org', '--when', 'Mon 8-9'), ('remove', '7'), ('remove',),
                  ('add', LEE, '--when', '2020-01-01 08:00 - 2020-01-02 08:00')):
        done = circle.run('staff', 'oncall', *wrong)
        assert done.returncode in (64, 65, 66) and len(done.stderr.decode().strip().split('\n')) <= 2, (wrong, done)


def settings_are_shown_and_checked(folder):
    circle = Duty(folder)
    shown = circle.json('practice', 'show')
    assert shown['page-clock-0'] == 'repeat 5 next 10,20 command 15 claim 15 done 60' and shown['test-page'] == 'Mon 10:00', shown
    circle.ok('practice', 'set', 'page-clock-1', 'repeat 20', 'test-page', 'wed 9:30')
    shown = circle.json('practice', 'show')
    assert shown['page-clock-1'] == 'repeat 20 next 30,60 command 60 claim 60 done 120' and shown['test-page'] == 'Wed 09:30', shown
    program = os.path.join(folder, 'page')
    for name, value in (('page-clock-0', 'repeat 0'), ('page-clock-2', 'sometimes'), ('test-page', 'noon'), ('page-command', 'page'), ('page-command', program),
                        ('rota', 'x'), ('page-contacts', 'x'), ('holidays', '2026-02-30')):
        assert circle.run('practice', 'set', name, value).returncode == 65, (name, value)
    with open(program, 'w', encoding='utf-8') as f:
        f.write('#!/bin/sh\n')
    os.chmod(program, 0o777)
    assert circle.run('practice', 'set', 'page-command', program).returncode == 65, 'others may write it'
    os.chmod(program, 0o755)
    circle.ok('practice', 'set', 'page-command', program)
    assert checks(circle)['page command']['level'] == 'ok'
    os.unlink(program)
    assert checks(circle)['page command']['level'] == 'red'


def doctor_wants_two_contacts_and_a_claimed_test(folder):
    circle = Duty(folder)
    seen = checks(circle)
    assert seen['page contacts']['level'] == 'ok' and seen['test alarm']['level'] == 'ok', seen
    for _ in range(17):
        circle.later(days=1)
    assert checks(circle)['test alarm']['level'] == 'red'
    tests = [m for m in circle.mail(ANA) + circle.mail(LEE) if 'only a test' in m.text]
    assert tests and circle.json('status')['test_alarm']['red']
    circle.says(LEE, 'CLAIM', [m for m in circle.mail(LEE) if 'only a test' in m.text][-1])
    assert checks(circle)['test alarm']['level'] == 'ok' and not circle.json('status')['test_alarm']['red']
    circle.says(LEE, 'STOP', circle.mail(LEE)[-1])
    seen, listed = checks(circle)['page contacts'], circle.run('staff', 'oncall', 'list')
    assert seen['level'] == 'red' and 'only 1 person can be called' in seen['found'] and 'said STOP' in seen['found'], seen
    assert b'Lee Chan: gets NO alarms (said STOP' in listed.stdout and b'fewer than two' in listed.stderr, listed
    assert [s['alarms'] for s in circle.json('staff', 'list')] == ['yes', 'said STOP, or has no address']
    circle.says(ANA, 'DUTY', circle.newest(ANA))
    assert 'Lee Chan (gets no alarms: said STOP' in ' '.join(circle.newest(ANA, 'in this order').text.split())
    circle.says(LEE, 'UNDO', circle.newest(LEE))
    assert checks(circle)['page contacts']['level'] == 'ok'
    circle.ok('staff', 'set', LEE, '--gone')
    seen = checks(circle)
    assert seen['page contacts']['level'] == 'red', seen['page contacts']
    circle.says(MARIA, CRISIS)
    stuck = checks(circle)['review']
    number = [str(p['post']) for p in circle.json('review', 'list')][0]
    assert stuck['level'] == 'red' and number in stuck['found'], (stuck, number)
    circle.ok('practice', 'set', 'solo-release', 'yes')
    assert checks(circle)['review']['level'] == 'ok'


def two_people_close_the_gravest(folder):
    circle = Duty(folder)
    circle.says(MARIA, CRISIS)
    circle.says(ANA, 'CLAIM', calls(circle, ANA)[-1])
    circle.later(minutes=12)
    circle.says(LEE, 'CLAIM', circle.newest(LEE, 'is claimed'))
    assert 'Ana Ruiz claimed alarm' in circle.newest(LEE, 'thank you').text
    details = circle.newest(ANA, 'details for you')
    circle.says(ANA, 'DONE: we talked, she is safe', details)
    assert not circle.audit('page done') and checks(circle)['alarms']['level'] == 'ok'
    circle.says(LEE, 'DONE', circle.newest(LEE, 'one more DONE'))
    assert len(circle.audit('page done')) == 1 and 'she is safe' in circle.newest(ANA, 'is closed').text


def the_program_is_run_when_nobody_claims(folder):
    circle = Duty(folder)
    words, program = os.path.join(folder, 'words'), os.path.join(folder, 'page')
    with open(program, 'w', encoding='utf-8') as f:
        f.write(f'#!/bin/sh\necho "$@" >> {words}\nexit 7\n')
    os.chmod(program, 0o755)
    circle.ok('practice', 'set', 'page-command', program)
    circle.says(MARIA, CRISIS)
    assert not os.path.exists(words)
    for _ in range(3):
        circle.later(minutes=5)
    with open(words, encoding='utf-8') as f:
        said = f.read().split()
    assert said[:2] == ['alarm', '0'] and len(said) == 4 and all(w.isdigit() for w in said[1:]), said
    assert [e['new'] for e in circle.audit('page command run')] == ['exit 7']


def promise_13_over_jumps_of_the_clock(folder):
    """Whatever the clock does, forward or back, somebody is called again; never fewer people than before."""
    circle = Duty(folder)
    chance = random.Random(13)
    circle.says(MARIA, CRISIS)
    circle.later(minutes=10)
    assert calls(circle, ANA) and calls(circle, LEE)
    for _ in range(8):
        before = (len(calls(circle, ANA)), len(calls(circle, LEE)))
        circle.later(minutes=chance.choice((-3000, -200, -30, 7, 45, 900)))
        circle.later(minutes=5)
        after = (len(calls(circle, ANA)), len(calls(circle, LEE)))
        assert after[0] > before[0] and after[1] > before[1], (before, after)
    circle.says(LEE, 'CLAIM', calls(circle, LEE)[-1])
    done = len(calls(circle, LEE))
    circle.later(minutes=-120)
    circle.later(minutes=240)
    assert len(calls(circle, LEE)) == done, 'called after the claim'


def promise_13_over_kills(folder):
    """serve is killed, whole or a role, again and again: the calls go on in real time, by a clock of a minute."""
    house = House(folder)
    house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2', 'page-clock-0', 'repeat 1 next 1 command 9')
    house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')
    house.ok('member', 'add', '--group', 'tuesday', '--name', 'Rose Hill', '--email', ROSE)
    house.ok('receive', '--to', GROUP, '--from', ROSE, data=letter(ROSE, GROUP, 'tonight', CRISIS))
    chance, start = random.Random(7), time.monotonic()
    while time.monotonic() - start < 68:
        serve = house.start('serve', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.5, 6))
        serve.send_signal(signal.SIGKILL)
        serve.wait()
    serve = house.start('serve', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: calls(house, LEE) and len(calls(house, ANA)) > 1, 90, 'the second call, to one person more')
    finally:
        serve.terminate()
        serve.wait(40)
    assert house.count('SELECT COUNT(*) FROM page') == 1


run_tests([the_rota_says_who_is_called, settings_are_shown_and_checked, doctor_wants_two_contacts_and_a_claimed_test, two_people_close_the_gravest,
           the_program_is_run_when_nobody_claims, promise_13_over_jumps_of_the_clock, promise_13_over_kills])
