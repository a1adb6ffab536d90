#!/usr/bin/python3
"""The role imap against a Dovecot of its own: signing in, taking, moving, waiting, and that nothing is lost or doubled, whatever dies."""
import json
import os
import sqlite3
import time

from house_kit import ANA, DOMAIN, letter, run_tests, until
from imap_kit import GROUP, Dovecot, Hostile, ImapRole, body, house_with_group, stored, taken, use_mailbox


def signs_in_both_ways(folder):
    house = house_with_group(folder)
    with Dovecot() as server:
        for scheme, port in (('imaps', server.implicit), ('imap+starttls', server.starttls)):
            use_mailbox(house, port, server.ca, scheme)
            with ImapRole(house) as role:
                role.ready()
                n = stored(house) + 1
                server.deliver(body(n))
                taken(house, n)
                until(lambda: server.count('Done') == n and server.count() == 0, what='the move')
    assert not house.canaries(), house.canaries()


def signs_in_with_what_is_offered(folder):
    house = house_with_group(folder)
    for mechanism in ('plain', 'login'):
        with Dovecot(settings=f'auth_mechanisms = {mechanism}') as server:
            use_mailbox(house, server.implicit, server.ca)
            with ImapRole(house) as role:
                role.ready()
                n = stored(house) + 1
                server.deliver(body(n))
                taken(house, n)
            assert f'method={mechanism.upper()}' in server.said(), server.said()
    with Hostile(folder, lambda talk: talk.serve_box([], b''), capability=b'IMAP4rev1 UIDPLUS MOVE') as server:  # no mechanism: the command LOGIN
        use_mailbox(house, server.port, server.ca)
        with ImapRole(house) as role:
            role.ready()
        assert any(b' LOGIN ' in c for c in server.commands), server.commands


PASSWORD_CANARY = 'correct horse'


def refuses_whom_it_cannot_trust(folder):
    """No password goes to a server that is not proven."""
    house = house_with_group(folder)
    with Dovecot('wrong', host='mail.example.org') as wrong, Dovecot('expired', is_expired=True) as expired, \
            Dovecot('clear', has_tls=False) as clear, Dovecot('good') as good:
        cases = [('imaps', wrong.implicit, wrong.ca, {}, 'is for another host'), ('imap+starttls', wrong.starttls, wrong.ca, {}, 'is for another host'),
                 ('imaps', expired.implicit, expired.ca, {}, 'has expired'), ('imaps', good.implicit, wrong.ca, {}, 'is not signed by'),
                 ('imap+starttls', clear.starttls, clear.ca, {}, 'does not offer STARTTLS'),
                 ('imaps', good.implicit, good.ca, {'password': 'wrong'}, 'says no to our password')]
        for scheme, port, ca, more, want in cases:
            use_mailbox(house, port, ca, scheme, **more)
            with ImapRole(house) as role:
                until(lambda: 'mailbox_failed' in role.log(), what=want)
                assert want in role.log(), (want, role.log())
                assert PASSWORD_CANARY not in role.log()
        for server in (wrong, expired, clear):
            assert 'Login:' not in server.said() and 'auth failed' not in server.said(), server.said()
        assert 'auth failed' in good.said()
    assert stored(house) == 0


def a_password_file_for_others_is_refused(folder):
    house = house_with_group(folder)
    use_mailbox(house, 1, '/nowhere')
    os.chmod(os.path.join(folder, 'mailbox.password'), 0o644)
    with ImapRole(house) as role:
        until(lambda: 'may be read by others: chmod 600' in role.log(), what='the refusal')


def is_told_within_a_second(folder):
    """IDLE: the server pushes."""
    house = house_with_group(folder)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            times = []
            for n in range(5):
                time.sleep(0.3)
                start = time.monotonic()
                server.deliver(body(n))
                taken(house, n + 1)
                times.append(time.monotonic() - start)
            print(f'# from delivery to commit: {sorted(times)[2]:.2f} s (median of 5)')
            assert sorted(times)[2] < 2, times


def without_idle_it_polls(folder):
    house = house_with_group(folder)
    with Dovecot(capability='IMAP4rev1 LITERAL+ UIDPLUS AUTH=PLAIN') as server:
        use_mailbox(house, server.implicit, server.ca, poll_seconds=1)
        with ImapRole(house) as role:
            role.ready()
            assert 'result=poll' in role.log()
            server.deliver(body(1))
            taken(house, 1)
            until(lambda: server.count('Done') == 1 and server.count() == 0, what='COPY, STORE and EXPUNGE')


def idle_is_renewed(folder):
    house = house_with_group(folder)
    with Dovecot(settings='mail_debug = yes\nprotocol imap {\n rawlog_dir = %h/raw\n}\n') as server:
        raw = os.path.join(server.maildir(), 'raw')
        os.makedirs(raw)
        server.own(os.path.join(server.where, 'mail'))
        use_mailbox(house, server.implicit, server.ca, idle_seconds=2, junk='none')
        with ImapRole(house) as role:
            role.ready()

            def renewals():
                return sum(open(os.path.join(raw, n), 'rb').read().count(b'DONE') for n in os.listdir(raw) if n.endswith('.in'))
            until(lambda: renewals() >= 2, what='DONE and IDLE again')
            server.deliver(body(1))
            taken(house, 1)


def old_mail_is_left_alone(folder):
    house = house_with_group(folder)
    with Dovecot() as server:
        for n in range(3):
            server.deliver(body(n))
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            server.deliver(body(3))
            taken(house, 1)
            until(lambda: server.count('Done') == 1 and server.count() == 3, what='the move of the new one')
        use_mailbox(house, server.implicit, server.ca, name='all', start='all')
        with ImapRole(house, worker=1):
            taken(house, 4)
            until(lambda: server.count() == 0 and server.count('Done') == 4, what='the moves')


def all_folders_are_read(folder):
    house = house_with_group(folder)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca, folders='INBOX, Gruppe Dienstag, Später, Missing', done='Erledigt/Über', poll_seconds=1)
        for name in ('Gruppe Dienstag', 'Sp&AOQ-ter'):
            server.deliver(body(0), name)
        with ImapRole(house) as role:
            role.ready()
            until(lambda: house.count('SELECT COUNT(*) FROM mailbox_folder') == 4, what='three folders and Spam')
            server.deliver(body(1), 'Gruppe Dienstag')
            server.deliver(body(2), 'Sp&AOQ-ter')
            server.deliver(body(3))
            taken(house, 3)
            until(lambda: server.count('Erledigt.&ANw-ber') == 3, what='the moves')
            assert 'mailbox_folder_missing' in role.log()


def what_is_nobodys_goes_to_trouble(folder):
    """In a home of several practices, a letter to none of them."""
    house = house_with_group(folder)
    house.ok('practice', 'add', '--practice-name', 'Hill Clinic', '--office-phone', '(555) 555-0101', '--office-hours', 'Mon-Fri 08:00-17:00', '--emergency-line',
             '911', '--domain', 'groups.hill.example.org', '--relay', f'maildir-each:{house.out}', '--zone', 'America/New_York', '--moderator',
             'Ida Hill <ida@hill.example.org>', '--moderator-title', 'nurse', '--second', 'Jo Hill <jo@hill.example.org>', '--second-title', 'doctor')
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            server.deliver(body(1, to='stranger@example.net'))
            server.deliver(body(2, to='desk@groups.hill.example.org'))
            taken(house, 1)
            until(lambda: server.count('Trouble') == 1 and server.count('Done') == 1, what='the moves')
            assert b'Number 1' in server.letters('Trouble')[0]
        assert house.count('SELECT COUNT(*) FROM mailbox_letter WHERE state = 4') == 2


def large_letters_stay_small_in_memory(folder):
    house = house_with_group(folder)
    house.set('receive', max_letter_mb=25)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            big = body(1, size=24 << 20)
            server.deliver(big)
            top = 0
            end = time.monotonic() + 60
            while stored(house) < 1 and time.monotonic() < end:
                top = max(top, role.pss_kb())
            server.deliver(body(2, size=40 << 20))
            while stored(house) < 2 and time.monotonic() < end:
                top = max(top, role.pss_kb())
            print(f'# {top >> 10} MB PSS at most while 24 and 40 MB came')
            assert stored(house) == 2 and top < 64 << 10
            until(lambda: server.count('Done') == 2, what='the moves')
    rows = house.rows('SELECT bytes, is_oversize FROM arrival ORDER BY id')
    assert rows[0] == (len(big), 0) and rows[1][1] == 1, rows
    assert house.count('SELECT SUM(LENGTH(bytes)) FROM arrival_chunk') < (25 << 20)
    house.ok('work', '--once')
    assert house.count('SELECT COUNT(*) FROM arrival WHERE state = 5 AND is_oversize = 1') == 1


def a_letter_of_any_length_comes_whole(folder):
    """Around the edges of the pieces."""
    house = house_with_group(folder)
    edge = 256 << 10
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            sizes = []
            for n in (edge - 1, edge, edge + 1, 2 * edge - 1, 2 * edge, 2 * edge + 1):
                letter = body(n)
                letter += b'x' * (n - len(letter) - 2) + b'\r\n'
                sizes.append(len(letter))
                server.deliver(letter)
            taken(house, len(sizes))
    assert sorted(n for n, in house.rows('SELECT bytes FROM arrival')) == sorted(sizes)


def a_change_of_uidvalidity_loses_and_doubles_nothing(folder):
    house = house_with_group(folder)
    with Dovecot() as server:
        old = time.time() - 3 * 86400
        for n in range(3):
            server.deliver(body(n), at=old)  # from before the first look
        use_mailbox(house, server.implicit, server.ca, done='Done')
        with ImapRole(house) as role:
            role.ready()
            server.deliver(body(10))
            taken(house, 1)
            until(lambda: server.count('Done') == 1, what='the move')
        # a letter that was taken and not moved, and one that came while we were away
        server.deliver(server.letters('Done')[0])
        server.deliver(body(11))
        before = house.rows('SELECT validity FROM mailbox_folder WHERE folder = ?', 'INBOX')
        server.renumber()
        with ImapRole(house) as role:
            until(lambda: 'mailbox_renumbered' in role.log(), what='the new numbers')
            until(lambda: server.count() == 3, what='the old ones alone in INBOX')
        assert house.rows('SELECT validity FROM mailbox_folder WHERE folder = ?', 'INBOX') != before
        assert stored(house) in (2, 3), stored(house)  # 10 again has another time of arrival: another letter to us
        assert sum(b'Number 11.' in x for x in server.letters('Done')) == 1


def renumbered_while_taken_is_known_by_its_print(folder):
    """Killed between commit and move, and the server renumbered: the same letter is moved, not taken again."""
    house = house_with_group(folder)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
        os.makedirs(server.maildir('Done'), exist_ok=True)
        os.chmod(server.maildir('Done'), 0)  # nothing can be moved there
        server.own(os.path.join(server.where, 'mail'))
        with ImapRole(house) as role:
            server.deliver(body(1))
            taken(house, 1)
            until(lambda: 'mailbox_not_moved' in role.log(), what='the refusal')
        assert server.count() == 1
        server.renumber()
        os.rmdir(server.maildir('Done'))
        with ImapRole(house) as role:
            until(lambda: server.count('Done') == 1 and server.count() == 0, what='the move')
            assert 'mailbox_renumbered' in role.log()
    assert stored(house) == 1


def reconnects(folder):
    house = house_with_group(folder)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            for n in range(2):
                server.stop()
                until(lambda: role.log().count('mailbox_failed') > n, what='the loss')
                server.deliver(body(n))
                server.start()
                taken(house, n + 1, 40)
            assert role.process.poll() is None


def stops_at_once(folder):
    house = house_with_group(folder)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            start = time.monotonic()
            role.process.terminate()
            assert role.process.wait(20) == 0
            assert time.monotonic() - start < 2
            assert 'role_stopped' in role.log()


def a_locked_database_passes(folder):
    house = house_with_group(folder)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            db = sqlite3.connect(os.path.join(house.home, 'postcircle.db'), isolation_level=None)
            db.execute('BEGIN IMMEDIATE')
            server.deliver(body(1))
            until(lambda: 'mailbox_failed' in role.log(), 40, what='the failure')
            assert server.count() == 1
            db.execute('ROLLBACK')
            db.close()
            taken(house, 1, 40)
            until(lambda: server.count('Done') == 1, what='the move')


def needs_no_key(folder):
    house = house_with_group(folder)
    os.rename(house.home + '.key', house.home + '.gone')
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        with ImapRole(house) as role:
            role.ready()
            server.deliver(body(1))
            taken(house, 1)


def doctor(house):
    return {c['what']: c for c in json.loads(house.run('doctor', '--json').stdout)['checks']}


def of_junk_only_what_our_tokens_bring_is_taken(folder):
    house = house_with_group(folder)
    house.ok('work', '--once')
    invitation = house.newest(ANA)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca, poll_seconds=1)
        with ImapRole(house) as role:
            role.ready()
            until(lambda: house.count("SELECT COUNT(*) FROM mailbox_folder WHERE folder = 'Spam'"), what='the folder that is marked as Junk')
            for to in (GROUP, f'tuesday+{"abcdefghijklmnopqrstuvwxyz234567"}@{DOMAIN}', invitation.reply_to):
                server.deliver(letter(ANA, to, 'Re: ' + invitation.subject, 'Yes', invitation), 'Spam')
            taken(house, 2)  # both have the form of a token
            assert server.count('Spam') == 3 and server.count('Done') == 0
            house.ok('work', '--once')
            until(lambda: server.count('Done') == 1 and server.count('Spam') == 2, what='the move of the real one')
    assert house.count('SELECT COUNT(*) FROM letter') == 1
    assert house.count('SELECT COUNT(*) FROM arrival WHERE state = 4') == 2


def serve_runs_one_for_each_mailbox(folder):
    house = house_with_group(folder)
    with Dovecot() as server:
        use_mailbox(house, server.implicit, server.ca)
        use_mailbox(house, server.implicit, server.ca, name='other', user='other@clinic.example.org')
        with open(os.path.join(folder, 'serve.log'), 'wb') as log:
            serve = house.start('serve', stdout=log, stderr=log)
        try:
            until(lambda: house.count('SELECT COUNT(*) FROM mailbox_folder WHERE folder = ?', 'INBOX') == 2, what='both mailboxes')
            server.deliver(body(1))
            _, seconds = until(lambda: house.count('SELECT COUNT(*) FROM arrival WHERE state = 4') == 1, what='the sorter')
            assert seconds < 5, seconds
            roles = house.json('status')['roles']
            assert roles['imap circles'] is True and roles['imap other'] is True, roles
            checks = doctor(house)
            assert checks['mailbox circles']['level'] == 'ok' and checks['mailbox other']['level'] == 'ok', checks
        finally:
            serve.terminate()
            serve.wait(40)
        server.stop()
        checks = doctor(house)
        assert checks['mailbox circles']['level'] == 'red', checks['mailbox circles']
        server.start()
        with open(os.path.join(folder, 'serve.log'), 'rb') as f:
            house.log += f.read()
    assert not house.canaries(), house.canaries()


run_tests([signs_in_both_ways, signs_in_with_what_is_offered, refuses_whom_it_cannot_trust, a_password_file_for_others_is_refused, is_told_within_a_second, without_idle_it_polls,
           idle_is_renewed, old_mail_is_left_alone, all_folders_are_read, what_is_nobodys_goes_to_trouble, large_letters_stay_small_in_memory,
           a_letter_of_any_length_comes_whole, a_change_of_uidvalidity_loses_and_doubles_nothing, renumbered_while_taken_is_known_by_its_print, reconnects,
           stops_at_once, a_locked_database_passes, needs_no_key, of_junk_only_what_our_tokens_bring_is_taken,
           serve_runs_one_for_each_mailbox])
