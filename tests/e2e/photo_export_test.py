#!/usr/bin/python3
"""Photos in what is handed over: the pictures that went out, never the files that came in; of a group what was released, of a person their own."""
import csv
import mailbox
import os
import re
import stat

from circle_kit import ANA, GROUP, LEE, MARIA, ROSE
from house_kit import run_tests
from photo_kit import circle_post, circle_with, mail, photo

JPG = ('image/jpeg', 'canaryphoto_home.jpg', photo('canary.jpg'))


def three_notes(folder):
    """Maria's with two photos that went out, one of hers that waits, and Rose's that went out."""
    circle = circle_with(folder, 'photos')
    for who, text, files, answer in ((MARIA, 'ALT My garden gate\nThis is my garden.', (JPG, JPG), 'OK'), (ROSE, 'My walk by the river.', (JPG,), 'OK'), (MARIA, 'It waits still.', (JPG,), None)):
        asked = circle_post(circle, who, text, *files)
        if answer:
            circle.says(ANA, answer, asked)
    circle.next_digest()
    return circle


def codes(circle):
    """Two people agree."""
    circle.ok('export', 'x', '--group', 'tuesday', '--first', ANA, '--second', LEE)
    circle.work()
    found = [re.search(r'\b\d{8}\b', circle.newest(who, 'A copy was asked for').text)[0] for who in (ANA, LEE)]
    return ('--code', found[0], '--code', found[1])


def rows(path):
    with open(path, encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f))


def bytes_of(path):
    with open(path, 'rb') as f:
        return f.read()


def everything_in(folder):
    return [os.path.join(d, name) for d, _, names in os.walk(folder) for name in names]


def nothing_planted(folder):
    for path in everything_in(folder):
        assert b'canaryphoto' not in bytes_of(path) and b'Exif' not in bytes_of(path), path
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, path


def album(out):
    listed = rows(f'{out}/photos.csv')
    for row in listed:
        data = bytes_of(os.path.join(out, row['file']))
        assert data.startswith(b'\xff\xd8\xff') and data.endswith(b'\xff\xd9') and row['width'] == '160', row
    assert sorted(os.listdir(f'{out}/photos')) == sorted(os.path.basename(r['file']) for r in listed)
    return listed


def of_a_group_what_was_released(folder):
    circle = three_notes(folder)
    out = os.path.join(folder, 'handed')
    circle.ok('export', out, '--group', 'tuesday', *codes(circle))
    listed = album(out)
    assert len(listed) == 3 and sorted(r['shows'] for r in listed) == ['', 'My garden gate', 'My garden gate'], listed
    nothing_planted(out)
    shown = [part for m in mailbox.mbox(f'{out}/letters.mbox') for part in m.walk() if part.get_content_type() == 'image/jpeg']
    assert len(shown) >= 3, 'the letters have lost their photos'


def of_a_person_their_own(folder):
    circle = three_notes(folder)
    out = os.path.join(folder, 'handed')
    done = circle.json('export', out, '--person', MARIA)
    listed = album(out)
    assert done['photos'] == len(listed) == 3 and {r['shows'] for r in listed} == {'My garden gate', ''}
    nothing_planted(out)
    letters = ' '.join(m.get_payload(decode=True).decode() for m in mailbox.mbox(f'{out}/letters.mbox'))
    assert all('[' + r['file'] + ']' in letters for r in listed), letters
    # where there are none, there is no list of none
    circle.ok('member', 'add', '--group', 'tuesday', '--name', 'Ned None', '--email', 'ned@example.net')
    other = os.path.join(folder, 'other')
    circle.ok('export', other, '--person', 'ned@example.net')
    assert not [n for n in os.listdir(other) if 'photo' in n]
    assert circle.run('export', other, '--person', MARIA).returncode and not [n for n in os.listdir(folder) if '.part' in n]


def in_the_report_of_a_person(folder):
    circle = three_notes(folder)
    notes = circle.json('report', 'person', MARIA)['notes']
    assert [len(n.get('photos', [])) for n in notes] == [2, 1] and notes[0]['photos'][0]['shows'] == 'My garden gate' and notes[0]['photos'][0]['file'] == ''
    target = os.path.join(folder, 'album')
    said = circle.ok('report', 'person', MARIA, '--photos', target)
    assert said.count('With a photo, 160 x 240') == 3 and len(os.listdir(target)) == 3
    nothing_planted(target)
    assert len(circle.audit('report read')) == 2


run_tests([of_a_group_what_was_released, of_a_person_their_own, in_the_report_of_a_person])
