#!/usr/bin/python3
"""What `make install` puts down works by itself: no variable, no source tree, wherever DESTDIR unpacks to."""
import os
import re
import shutil
import subprocess

from house_kit import install_into, run_tests

NOTE = b'From: maria@example.com\r\nTo: tuesday@groups.example.org\r\nSubject: hello\r\nMessage-ID: <a@example.com>\r\n\r\nI walked today.\r\n'


def install(folder):
    """Installs for /usr into a folder, as a package's build does, then moves all of it to where nothing was compiled for."""
    install_into(f'{folder}/dest')
    os.rename(f'{folder}/dest', f'{folder}/moved')
    return f'{folder}/moved/usr'


def run(prefix, *words, data=b''):
    """In an environment that names nothing of ours, away from the source tree."""
    return subprocess.run([f'{prefix}/bin/postcircle', *words], input=data, capture_output=True, cwd='/', timeout=60, check=False,
                          env={'PATH': os.environ['PATH']})


def ok(prefix, *words, data=b''):
    done = run(prefix, *words, data=data)
    assert done.returncode == 0, f'{words}: exit {done.returncode}: {done.stderr.decode()}'
    return done.stdout.decode()


def everything_that_runs_is_installed(folder):
    prefix = install(folder)
    for kind, sample in (('templates/en', 'digest.md'), ('templates/es', 'digest.md'), ('gateway/lexicon', 'en.txt'), ('gateway/lexicon', 'es.txt')):
        assert os.path.isfile(f'{prefix}/share/postcircle/{kind}/{sample}'), f'{kind}/{sample}'
    for name in ('google', 'microsoft'):
        assert os.path.isfile(ok(prefix, 'connect', name).rpartition('More: ')[2].strip()), name
    assert sorted(os.listdir(prefix)) == ['bin', 'libexec', 'share']
    found = [os.path.join(where, n) for where, _, names in os.walk(prefix) for n in names]
    assert not [f for f in found if f.endswith(('.c', '.h', '.o'))], found


def a_home_works_from_it(folder):
    prefix, home = install(folder), f'{folder}/home'
    ok(prefix, '--home', home, 'init', '--practice-name', 'Lakeside Clinic', '--office-phone', '(555) 555-0100', '--domain', 'groups.example.org', '--relay',
       f'maildir:{folder}/out', '--moderator', 'Ana Ruiz <ana@clinic.example.org>', '--second', 'Lee Chan <lee@clinic.example.org>')
    ok(prefix, '--home', home, 'group', 'add', '--name', 'Tuesday Circle', '--alias', 'Tuesday')
    ok(prefix, '--home', home, 'receive', '--from', 'maria@example.com', '--to', 'tuesday@groups.example.org', data=NOTE)
    ok(prefix, '--home', home, 'work', '--once')
    doctor = run(prefix, '--home', home, 'doctor').stdout.decode()
    assert re.search(r'^ok +word lists +\d+ phrases', doctor, re.M) and re.search('reader of mail +closed', doctor), doctor
    assert re.search('parked mail +none', doctor), doctor


def the_reader_is_its_own(folder):
    prefix = install(folder)
    assert '"post"' in ok(prefix, 'inspect', '--json', data=NOTE)
    shutil.rmtree(f'{prefix}/libexec')
    if not os.path.exists('/usr/local/libexec/postcircle'):
        assert run(prefix, 'inspect', '--json', data=NOTE).returncode != 0


run_tests([everything_that_runs_is_installed, a_home_works_from_it, the_reader_is_its_own])
