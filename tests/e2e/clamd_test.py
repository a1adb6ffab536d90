#!/usr/bin/python3
"""A virus check by clamd's own protocol (a small stand-in that speaks it): infected, too long, down, hung, unable to judge one letter; words of danger and commands never wait."""
import email
import os
import socket
import sqlite3
import struct
import threading

from circle_kit import ANA, GROUP, LEE, MARIA, ROSE, TOM
from house_kit import run_tests, until
from photo_kit import circle_with, mail, photo, pictures

# the test file of the industry, in two pieces so that no scanner takes this file for it
EICAR = b'X5O!P%@AP[4\\PZX54(P^)7CC)7}$' + b'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'
JPG = ('image/jpeg', 'a.jpg', photo('canary.jpg'))


class Clamd:
    """clamd's zPING and zINSTREAM; mail is taken apart by Python's own parser, as clamd does by its own."""

    def __init__(self, path, stream_max=25 << 20, hangs=False, fails_on=None, hangs_on=None):
        self.path, self.stream_max, self.hangs, self.fails_on, self.hangs_on = path, stream_max, hangs, fails_on, hangs_on
        self.asked = 0  # about the letter that it fails or hangs on
        self.scanned = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(8)
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)

    def serve(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(conn,), daemon=True).start()

    def talk(self, conn):
        with conn, conn.makefile('rb') as lines:
            command = b''
            while not command.endswith(b'\0'):
                byte = lines.read(1)
                if not byte:
                    return
                command += byte
            if self.hangs:
                lines.read()
            elif command == b'zPING\0':
                conn.sendall(b'PONG\0')
            elif command == b'zINSTREAM\0':
                answer = self.verdict(lines)
                if answer:
                    conn.sendall(answer)
                else:
                    lines.read()  # until who asks has had enough
            else:
                conn.sendall(b'UNKNOWN COMMAND\0')

    def verdict(self, lines):
        data = b''
        while True:
            n, = struct.unpack('>I', lines.read(4))
            if not n:
                break
            if len(data) + n > self.stream_max:
                return b'INSTREAM size limit exceeded. ERROR\0'  # and hangs up while it is still sent to
            data += lines.read(n)
        if any(words and words in data for words in (self.fails_on, self.hangs_on)):
            self.asked += 1
            return b'stream: Can\'t allocate memory ERROR\0' if self.fails_on else None
        self.scanned.append(data)
        parts = [p.get_payload(decode=True) or b'' for p in email.message_from_bytes(data).walk() if not p.is_multipart()]
        return b'stream: Eicar-Test-Signature FOUND\0' if any(EICAR in p for p in parts) else b'stream: OK\0'


def guarded(folder, files='photos', **how):
    circle = circle_with(folder, files)
    path = os.path.join(folder, 'clamd.ctl')
    circle.ok('practice', 'set', 'clamd', path)
    return circle, path, Clamd(path, **how) if how.pop('up', True) else None


def told(circle, who, words):
    return [m for m in circle.mail(who) if words in ' '.join(m.text.split())]


def asked_about(circle, words):
    return [m for m in circle.mail(ANA) if 'note waits' in m.subject and words in ' '.join(m.text.split())]


def clean_goes_on_and_words_alone_are_not_looked_at(folder):
    circle, _, clamd = guarded(folder)
    circle.says(MARIA, 'Words alone.')
    assert not clamd.scanned
    circle.arrives(mail(MARIA, 'My garden.', JPG), GROUP, MARIA)
    assert len(clamd.scanned) == 1 and b'My garden.' in clamd.scanned[0]
    assert len(pictures(asked_about(circle, 'My garden.')[0])) == 1
    assert b'virus check' in circle.run('doctor').stdout
    assert circle.run('practice', 'set', 'clamd', 'clamd.ctl').returncode == 65


def infected_is_dropped_and_both_are_told(folder):
    for files in ('photos', None):  # also where no file would go anywhere
        inner = os.path.join(folder, str(files))
        os.mkdir(inner)
        circle, _, _ = guarded(inner, files)
        circle.arrives(mail(MARIA, 'Look at this nice thing.', ('application/zip', 'nice.zip', EICAR), JPG), GROUP, MARIA)
        asked = asked_about(circle, 'Look at this nice thing.')
        assert asked and not pictures(asked[0]), 'its words are a note like any other'
        assert circle.count('SELECT COUNT(*) FROM photo') == 0
        for who in (ANA, LEE):
            assert len(told(circle, who, 'may hold a virus')) == 1
        note = told(circle, MARIA, 'may hold a virus')
        assert len(note) == 1 and 'Eicar' not in note[0].text
        assert len(circle.audit('infected files dropped')) == 1
        circle.says(ANA, 'OK', asked[0])
        circle.next_digest()
        assert 'nice thing' in circle.mail(ROSE)[-1].text and not pictures(circle.mail(ROSE)[-1])
        # a stranger's is not talked about
        circle.arrives(mail('stranger@example.net', 'Nice.', ('application/zip', 'nice.zip', EICAR)), GROUP, 'stranger@example.net')
        assert len(told(circle, ANA, 'may hold a virus')) == 1 and not circle.mail('stranger@example.net')


def what_is_too_long_for_it_is_left_out(folder):
    circle, _, clamd = guarded(folder, stream_max=20000)
    circle.arrives(mail(MARIA, 'A large one.', ('image/jpeg', 'a.jpg', photo('canary.jpg') + bytes(4 << 20))), GROUP, MARIA)
    asked = asked_about(circle, 'A large one.')
    assert asked and not pictures(asked[0]) and not clamd.scanned
    assert told(circle, MARIA, 'cannot send to the group') and not told(circle, ANA, 'may hold a virus')


def waits_while_it_is_down(folder):
    circle, path, _ = guarded(folder, up=False)
    for _ in range(5):  # more often than a letter is tried
        circle.arrives(mail(MARIA, 'My garden waits.', JPG, subject='Garden') if _ == 0 else mail(TOM, f'My own walk, {_}.', JPG), GROUP, MARIA if _ == 0 else TOM)
    circle.says(ROSE, 'Words alone go on.')
    assert asked_about(circle, 'Words alone go on.') and not asked_about(circle, 'My garden waits.')
    assert circle.count('SELECT COUNT(*) FROM photo') == 0 and circle.count('SELECT COUNT(*) FROM arrival WHERE state = 5') == 0
    assert len(told(circle, ANA, 'virus check does not answer')) == 1, 'once a day'
    found = circle.run('doctor')
    assert found.returncode == 1 and b'ClamAV does not answer' in found.stdout, found.stdout
    # what may not wait
    circle.arrives(mail(TOM, 'I want to kill myself tonight.', JPG), GROUP, TOM)
    assert circle.count('SELECT COUNT(*) FROM page') == 1 and asked_about(circle, 'kill myself')
    assert not pictures(asked_about(circle, 'kill myself')[0]), 'opened unchecked'
    circle.arrives(mail(TOM, 'STOP', JPG, subject='STOP'), GROUP, TOM)
    assert told(circle, TOM, 'stopped')
    clamd = Clamd(path)

    def through():
        circle.work()
        return asked_about(circle, 'My garden waits.')
    until(through, 60, 'the note that waited')
    assert len(pictures(asked_about(circle, 'My garden waits.')[0])) == 1 and clamd.scanned
    assert circle.run('doctor').stdout.count(b'does not answer') == 0


def one_that_hangs_is_down(folder):
    circle, path, clamd = guarded(folder, hangs=True)
    circle.arrives_only(mail(MARIA, 'My garden.', JPG), GROUP, MARIA)
    circle.arrives_only(mail(TOM, 'My walk.', JPG), GROUP, TOM)
    circle.says(ROSE, 'Words alone go on.')
    assert asked_about(circle, 'Words alone go on.') and not asked_about(circle, 'My garden.')
    clamd.close()
    Clamd(path)

    def through():
        circle.work()
        return asked_about(circle, 'My garden.') and asked_about(circle, 'My walk.')
    until(through, 60, 'the notes that waited')


def again_at_once(circle):
    """The letter that was put off need not wait on this machine's clock."""
    with sqlite3.connect(os.path.join(circle.home, 'postcircle.db'), timeout=20) as db:
        db.execute('UPDATE arrival SET lease_until_ms = 0 WHERE state = 3')
    db.close()
    circle.work()


def one_letter_that_it_cannot_judge_stops_no_other(folder):
    circle, _, clamd = guarded(folder, fails_on=b'My garden.')
    circle.arrives_only(mail(MARIA, 'My garden.', JPG), GROUP, MARIA)
    circle.arrives_only(mail(TOM, 'My own walk.', JPG), GROUP, TOM)
    circle.work()
    assert len(pictures(asked_about(circle, 'My own walk.')[0])) == 1, 'what came behind it goes on'
    assert not asked_about(circle, 'My garden.') and not told(circle, ANA, 'virus check does not answer'), 'it is not down'
    again_at_once(circle)
    assert clamd.asked == 2 and not asked_about(circle, 'My garden.') and not told(circle, ANA, 'could not be checked')
    again_at_once(circle)
    asked = asked_about(circle, 'My garden.')
    assert clamd.asked == 3 and len(asked) == 1 and not pictures(asked[0]), 'its words are a note like any other'
    assert circle.count('SELECT COUNT(*) FROM photo') == 1 and circle.count('SELECT COUNT(*) FROM arrival WHERE state = 5') == 0
    assert len(told(circle, ANA, 'could not be checked')) == 1 and told(circle, MARIA, 'cannot send to the group')
    again_at_once(circle)
    assert clamd.asked == 3


def one_letter_that_it_hangs_on_stops_no_other(folder):
    circle, _, clamd = guarded(folder, hangs_on=b'My garden.')
    circle.arrives_only(mail(MARIA, 'My garden.', JPG), GROUP, MARIA)
    circle.arrives_only(mail(TOM, 'My own walk.', JPG), GROUP, TOM)
    circle.work()
    assert clamd.asked == 1 and len(pictures(asked_about(circle, 'My own walk.')[0])) == 1 and not asked_about(circle, 'My garden.')
    assert circle.count('SELECT tries FROM arrival WHERE state = 3') == 1 and not told(circle, ANA, 'virus check does not answer')


run_tests([clean_goes_on_and_words_alone_are_not_looked_at, infected_is_dropped_and_both_are_told, what_is_too_long_for_it_is_left_out, waits_while_it_is_down,
           one_that_hangs_is_down, one_letter_that_it_cannot_judge_stops_no_other, one_letter_that_it_hangs_on_stops_no_other])
