#!/usr/bin/python3
"""init on a terminal: each question, a clear line for a wrong answer and the question again, and what to do next."""
import os
import pty
import subprocess

from house_kit import PROGRAM, run_tests, until


class Terminal:
    """The program with a person before it."""

    def __init__(self, *words):
        self.seen, self.read = '', 0
        env = {k: v for k, v in os.environ.items() if not k.startswith('POSTCIRCLE_')}
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen([PROGRAM, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True)
        os.close(theirs)
        os.set_blocking(self.ours, False)

    def look(self):
        try:
            self.seen += os.read(self.ours, 65536).decode()
        except OSError:
            pass
        return self.seen[self.read:]

    def answer(self, question, text):
        """Waits for the question, answers, and returns what stood before it."""
        until(lambda: question in self.look() and self.seen.endswith(': '), what=repr(question) + ' in ' + repr(self.seen[self.read:]))
        before, self.read = self.seen[self.read:], len(self.seen)
        os.write(self.ours, (text + '\n').encode())
        return before

    def end(self):
        until(lambda: self.look() is not None and self.process.poll() is not None, what='its end')
        self.look()
        os.close(self.ours)
        return self.process.returncode, self.seen[self.read:]


def a_person_answers(folder):
    home = f'{folder}/home'
    t = Terminal('--home', home, 'init')
    t.answer('Name of the practice', 'Lakeside Clinic')
    t.answer('Office phone', 'call us')
    assert 'phone' in t.answer('Office phone', '(555) 555-0100').split('\n')[1]
    t.answer('Office hours [Mon-Fri 08:00-17:00]', '')
    t.answer('Emergency line [911]', '')
    t.answer('Mail domain', 'groups')
    assert 'a mail domain is expected' in t.answer('Mail domain', 'groups.example.org')
    t.answer('Mail relay', 'mail.example.org')
    assert 'smtp://127.0.0.1:25' in t.answer('Mail relay', f'maildir:{folder}/out')
    t.answer('Time zone', 'New York')
    t.answer('Time zone', '')
    t.answer('First moderator', 'Ana Ruiz')
    t.answer('First moderator', 'Ana Ruiz <ana@clinic.example.org>')
    t.answer('Their role', '')
    t.answer('Second person', '')
    code, said = t.end()
    assert code == 0, t.seen
    for next_step in ('Keep a copy of the key file', 'practice set authserv-id', 'doctor', 'group add', 'WARNING: only one person'):
        assert next_step in said, (next_step, said)


def who_hangs_up_leaves_nothing(folder):
    home = f'{folder}/home'
    t = Terminal('--home', home, 'init')
    t.answer('Name of the practice', 'Lakeside Clinic')
    t.answer('Office phone', '\x04')
    code, _ = t.end()
    assert code == 64 and not os.path.exists(home), (code, t.seen)


def without_a_terminal_it_names_what_is_missing(folder):
    done = subprocess.run([PROGRAM, '--home', f'{folder}/home', 'init'], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
    assert done.returncode == 64 and b'init needs --practice-name (Name of the practice' in done.stderr and not os.path.exists(f'{folder}/home')


run_tests([a_person_answers, who_hangs_up_leaves_nothing, without_a_terminal_it_names_what_is_missing])
