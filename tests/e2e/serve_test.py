#!/usr/bin/python3
"""postcircle serve: roles start, are woken, die and come back; the watched Maildir loses and doubles nothing, whatever is killed when."""
import os
import random
import re
import signal
import subprocess
import time

from house_kit import BORDER, DOMAIN, GROUP, ROSE, House, letter, run_tests, until

ROLES = 5  # sort, clock, urgent, two of mail


def parent_of(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='utf-8') as f:
            return int(f.read().rsplit(')', 1)[1].split()[1])
    except OSError:
        return 0


def children(pid):
    """{pid: words of its command line} of those that became a role."""
    found = {}
    for name in os.listdir('/proc'):
        if name.isdigit() and parent_of(name) == pid:
            try:
                with open(f'/proc/{name}/cmdline', 'rb') as f:
                    words = f.read().decode().split('\0')
            except OSError:
                continue
            if 'role' in words:
                found[int(name)] = words
    return found


def is_alive(pid):
    return os.path.exists(f'/proc/{pid}')


class Serving:
    """A running serve, ended with its block."""

    def __init__(self, house):
        self.house, self.log_path = house, os.path.join(house.folder, f'serve-{time.monotonic_ns()}.log')

    def __enter__(self):
        with open(self.log_path, 'wb') as log:
            self.process = self.house.start('serve', stdout=log, stderr=log)
        until(lambda: self.log().count('role_started') >= ROLES, what='the start of all roles')
        return self

    def __exit__(self, *why):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.house.log += self.log().encode()

    def log(self):
        with open(self.log_path, encoding='utf-8') as f:
            return f.read()

    def roles(self):
        return children(self.process.pid)

    def role(self, name):
        return [pid for pid, words in self.roles().items() if name in words]


def house_with_staff(folder, **options):
    house = House(folder, **options)
    house.ok('practice', 'set', 'authserv-id', BORDER, 'trust', '2')
    return house


def yes_of(house, address):
    mail = house.newest(address, 'help')
    return mail.reply_to, letter(address, mail.reply_to, 'Re: ' + mail.subject, 'Yes', mail)


def done(house):
    return house.count('SELECT COUNT(*) FROM arrival WHERE state = 4')


def receives_and_answers_at_once(folder):
    house = house_with_staff(folder)
    with Serving(house):
        until(lambda: os.path.isdir(house.out) and house.mail('ana@clinic.example.org'), what='the invitation')
        to, mail = yes_of(house, 'ana@clinic.example.org')
        house.ok('receive', '--to', to, '--from', 'ana@clinic.example.org', data=mail)
        _, seconds = until(lambda: done(house) == 1, what='the sorter')
        assert seconds < 2, f'the sorter woke after {seconds:.1f} s: by its tick, not by the wake-up'
        _, seconds = until(lambda: len(house.mail('ana@clinic.example.org')) == 2, what='the welcome')
        assert seconds < 2, f'the mail worker woke after {seconds:.1f} s'
    assert not house.canaries(), house.canaries()


CRISIS = 'I want to kill myself tonight. I have the pills here.'
PAGE_SECONDS = 2


def house_with_member(folder):
    house = house_with_staff(folder)
    house.ok('group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday', '--digest-hour', '09:00')
    house.ok('member', 'add', '--group', 'tuesday', '--name', 'Rose Hill', '--email', ROSE)
    house.ok('work', '--once')
    for address in ('ana@clinic.example.org', ROSE):
        invitation = house.newest(address)
        house.ok('receive', '--to', invitation.reply_to, '--from', address, data=letter(address, invitation.reply_to, 'Re: hello', 'Yes', invitation))
    house.ok('work', '--once')
    return house


def paged(house):
    return house.count('SELECT COUNT(*) FROM page') and [m for m in house.mail('ana@clinic.example.org') if 'please claim' in m.subject]


def a_page_leaves_within_two_seconds(folder):
    """From the end of `receive` to the page at the relay."""
    house = house_with_member(folder)
    with Serving(house):
        house.ok('receive', '--to', GROUP, '--from', ROSE, data=letter(ROSE, GROUP, 'tonight', CRISIS))
        _, seconds = until(lambda: paged(house), what='the page')
        print(f'# page after {seconds:.2f} s')
        assert seconds < PAGE_SECONDS, f'the page left after {seconds:.1f} s'


def a_page_does_not_wait_for_the_rest_of_a_flood(folder):
    house = house_with_member(folder)
    count = 150
    house.ok('receive', '--to', GROUP, '--from', ROSE, data=letter(ROSE, GROUP, 'tonight', CRISIS))
    for n in range(count):
        house.ok('receive', '--to', GROUP, '--from', ROSE, data=letter(ROSE, GROUP, f'note {n}', f'I walked {n} steps today.'))
    with Serving(house):
        until(lambda: paged(house), what='the page')
        waiting = house.count('SELECT COUNT(*) FROM arrival WHERE state < 4')
        assert waiting, 'the page left when the last letter was sorted'


def a_killed_role_comes_back(folder):
    house = house_with_staff(folder)
    with Serving(house) as serving:
        for name in ('sort', 'clock', 'urgent', 'mail'):
            old = serving.role(name)
            os.kill(old[0], signal.SIGKILL)
            until(lambda: old[0] not in serving.role(name) and len(serving.role(name)) == len(old), what=f'another {name}')
        until(lambda: serving.log().count('role_started') >= ROLES + 4, what='the start of the new ones')
        house.ok('receive', '--to', f'desk@{DOMAIN}', data=letter('x@example.com', f'desk@{DOMAIN}', 'hi', 'hello'))
        until(lambda: done(house) == 1, what='the new sorter')
        assert serving.log().count('role_died') == 4 and 'signal=9' in serving.log()


def a_role_that_cannot_start_is_tried_with_pauses(folder):
    house = house_with_staff(folder)
    with Serving(house) as serving:
        ini = os.path.join(house.home, 'postcircle.ini')
        os.rename(ini, ini + '.away')
        old = serving.role('clock')
        os.kill(old[0], signal.SIGKILL)
        until(lambda: serving.log().count('role_died kind=clock') >= 4, what='four attempts')
        pauses = [int(ms) for ms in re.findall(r'role_died kind=clock .* ms=(\d+)', serving.log())]
        assert pauses == sorted(pauses) and pauses[-1] >= 4 * pauses[0], pauses
        os.rename(ini + '.away', ini)
        until(lambda: serving.log().count('role_started') >= ROLES + 1, what='the end of the trouble')


def stops_when_asked(folder):
    house = house_with_staff(folder)
    with Serving(house) as serving:
        pids = list(serving.roles())
        assert len(pids) == ROLES
        start = time.monotonic()
        serving.process.terminate()
        assert serving.process.wait(20) == 0 and time.monotonic() - start < 5
        assert not any(is_alive(pid) for pid in pids)
        assert serving.log().count('role_stopped') == ROLES
        assert not [n for n in os.listdir(os.path.join(house.home, 'run')) if n.endswith('.sock')]


def the_roles_end_with_their_supervisor(folder):
    house = house_with_staff(folder)
    with Serving(house) as serving:
        pids = list(serving.roles())
        serving.process.kill()
        serving.process.wait()
        until(lambda: not any(is_alive(pid) for pid in pids), what='the end of the roles')
    with Serving(house):
        pass


def reads_again_on_sighup(folder):
    house = house_with_staff(folder)
    with Serving(house) as serving:
        house.set('mail', workers='3')
        serving.process.send_signal(signal.SIGHUP)
        until(lambda: len(serving.role('mail')) == 3 and len(serving.roles()) == ROLES + 1, what='a third mail worker')
        until(lambda: serving.log().count('role_started') == 2 * ROLES + 1, what='the start of all')
        house.set('mail', workers='many')
        serving.process.send_signal(signal.SIGHUP)
        until(lambda: 'reload_refused' in serving.log(), what='the refusal')
        assert len(serving.roles()) == ROLES + 1
        house.set('mail', workers='2')


def one_supervisor_per_home(folder):
    house = house_with_staff(folder)
    with Serving(house) as serving:
        second = house.run('serve')
        assert second.returncode == 65 and str(serving.process.pid) in second.stderr.decode(), second
        assert serving.process.poll() is None


def virtual_time_is_for_tests_only(folder):
    house = House(folder, made_for='real')
    house.now = '2026-03-02T15:00:00Z'
    for words in (('serve',), ('role', 'clock'), ('work', '--once')):
        refused = house.run(*words)
        assert refused.returncode == 77 and b'POSTCIRCLE_NOW' in refused.stderr, (words, refused)
    os.mkdir(os.path.join(folder, 'demo'))
    house = House(os.path.join(folder, 'demo'))
    house.now = '2026-03-02T15:00:00Z'
    with Serving(house):
        pass


def a_wrong_home_is_told_at_once(folder):
    house = House(folder)
    template = os.path.join(house.home, 'templates', 'en')
    os.makedirs(template, exist_ok=True)
    with open(os.path.join(template, 'welcome.md'), 'w', encoding='utf-8') as f:
        f.write('subject: x\n\n{{{first_name}}}\n')
    refused = house.run('serve')
    assert refused.returncode != 0 and b'welcome.md' in refused.stderr, refused
    os.remove(os.path.join(template, 'welcome.md'))
    os.chmod(house.home + '.key', 0o644)
    refused = house.run('serve')
    assert refused.returncode == 77, refused


def nothing_dumps_core(folder):
    house = house_with_staff(folder)
    with Serving(house) as serving:
        for pid in (serving.process.pid, *serving.roles()):
            with open(f'/proc/{pid}/limits', encoding='utf-8') as f:
                assert re.search(r'Max core file size +0 +0 ', f.read()), pid
        victim = serving.role('sort')[0]
        os.kill(victim, signal.SIGABRT)
        until(lambda: 'signal=6' in serving.log(), what='its end')
    assert not [n for where, _, names in os.walk(folder) for n in names if n.startswith('core')]


# ---- the watched Maildir ----

def maildir(house):
    path = os.path.join(house.folder, 'in')
    for name in ('new', 'cur', 'tmp'):
        os.makedirs(os.path.join(path, name))
    house.set('receive', maildir=path)
    return path


def deliver(path, n):
    mail = letter('canary.person@example.com', f'tuesday@{DOMAIN}', 'canaryname', f'note {n}: 555-0177', extra=f'Delivered-To: tuesday@{DOMAIN}\r\n')
    temporary = os.path.join(path, 'tmp', f'{n}')
    with open(temporary, 'wb') as f:
        f.write(mail)
    os.rename(temporary, os.path.join(path, 'new', f'17000000{n:04}.M{n}P1.host'))


def check_all_once(house, path, count):
    """Each file is one arrival, and seen."""
    assert house.count('SELECT COUNT(*) FROM arrival WHERE state > 1') == count
    assert house.count('SELECT COUNT(DISTINCT source_hash) FROM arrival') == count
    assert not os.listdir(os.path.join(path, 'new'))
    seen = os.listdir(os.path.join(path, 'cur'))
    assert len(seen) == count and all(name.endswith(':2,S') for name in seen), seen


def work_once_takes_the_maildir(folder):
    house = house_with_staff(folder)
    path = maildir(house)
    for n in range(3):
        deliver(path, n)
    with open(os.path.join(path, 'new', '.hidden'), 'wb'):
        pass
    house.ok('work', '--once')
    os.remove(os.path.join(path, 'new', '.hidden'))
    check_all_once(house, path, 3)
    # the same file again, as after a kill between commit and rename: it is known
    os.rename(os.path.join(path, 'cur', '170000000001.M1P1.host:2,S'), os.path.join(path, 'new', '170000000001.M1P1.host'))
    house.ok('work', '--once')
    check_all_once(house, path, 3)


def serve_sees_the_maildir_at_once(folder):
    house = house_with_staff(folder)
    path = maildir(house)
    with Serving(house):
        deliver(path, 1)
        _, seconds = until(lambda: done(house) == 1, what='the watched file')
        assert seconds < 2, f'after {seconds:.1f} s'
    check_all_once(house, path, 1)


def killed_at_any_moment_nothing_is_lost_or_doubled(folder):
    house = house_with_staff(folder)
    path = maildir(house)
    chance = random.Random(4711)
    rounds, each = (50, 20) if os.environ.get('POSTCIRCLE_SOAK') else (5, 20)
    for round_ in range(rounds):
        for n in range(each):
            deliver(path, round_ * each + n)
        process = house.start('work', '--once', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.02, 0.4))
        process.kill()
        process.wait()
    # what the dead ones had claimed comes back when their leases end; taking in does not wait for that
    house.ok('work', '--once')
    check_all_once(house, path, rounds * each)
    assert not [f for f in house.canaries() if 'host' not in f], house.canaries()


run_tests([receives_and_answers_at_once, a_page_leaves_within_two_seconds, a_page_does_not_wait_for_the_rest_of_a_flood, a_killed_role_comes_back, a_role_that_cannot_start_is_tried_with_pauses, stops_when_asked,
       the_roles_end_with_their_supervisor, reads_again_on_sighup, one_supervisor_per_home, virtual_time_is_for_tests_only,
       a_wrong_home_is_told_at_once, nothing_dumps_core, work_once_takes_the_maildir, serve_sees_the_maildir_at_once,
       killed_at_any_moment_nothing_is_lost_or_doubled])
