#!/usr/bin/python3
"""export: two people for what names many, one person's own without others' words; whole or absent, readable by nobody else."""
import csv
import mailbox
import os
import re
import stat

from house_kit import ANA, CANARIES, LEE, MARIA, ROSE, Circle, House, run_tests


def circle_of(folder):
    house = House(folder, now='2026-03-02T15:00:00Z')
    circle = Circle(house, lambda data, to, sender: house.ok('receive', '--from', sender, '--to', to, data=data))
    circle.begin()

    def day(n):
        house.now = f'2026-03-{2 + n:02d}T16:00:00Z'
    circle.circle(day)
    return circle


def code_of(house, address):
    mail = house.newest(address, 'A copy was asked for')
    return re.search(r'\b\d{8}\b', mail.text)[0]


def ask(house, *words):
    house.ok('export', 'x', *words, '--first', ANA, '--second', LEE)
    house.ok('work', '--once')
    return ('--code', code_of(house, ANA), '--code', code_of(house, LEE))


def rows(path):
    with open(path, encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f))


def many_people_take_two(folder):
    house = circle_of(folder).house
    out = os.path.join(folder, 'copy')
    refused = house.run('export', out, '--group', 'tuesday')
    assert refused.returncode == 77 and b'--first' in refused.stderr, refused
    assert house.run('export', out, '--first', ANA, '--second', ANA).returncode == 65, 'the second cannot be the first'
    assert house.run('export', out, '--first', ANA).returncode == 64
    codes = ask(house, '--group', 'tuesday')
    wrong = house.run('export', out, '--group', 'tuesday', '--code', codes[1], '--code', '00000000')
    assert wrong.returncode == 77 and b'4 tries' in wrong.stderr, wrong.stderr
    assert house.run('export', out, '--group', 'tuesday', '--code', codes[1], '--code', codes[1]).returncode == 77
    assert house.run('export', out, *codes).returncode == 77, 'codes for a group are none for all'
    assert not os.path.exists(out) and not [n for n in os.listdir(folder) if 'part' in n]
    house.ok('export', out, '--group', 'tuesday', *codes)
    assert house.run('export', os.path.join(folder, 'again'), '--group', 'tuesday', *codes).returncode == 77, 'once'
    acts = [row['act'] for row in house.json('audit', 'show', '--max', '1000')]
    assert acts.count('export asked') == 1 and acts.count('export refused') == 2 and acts.count('exported') == 1, acts
    assert house.run('export', out, '--person', ROSE).returncode == 65


def codes_end_after_a_day_and_five_tries(folder):
    house = circle_of(folder).house
    out = os.path.join(folder, 'copy')
    codes = ask(house)
    house.now = '2026-03-05T16:00:01Z'
    assert house.run('export', out, *codes).returncode == 77
    codes = ask(house)
    for _ in range(5):
        assert house.run('export', out, '--code', '00000000', '--code', '11111111').returncode == 77
    assert house.run('export', out, *codes).returncode == 77 and not os.path.exists(out)


def what_a_group_holds(folder):
    circle = circle_of(folder)
    house = circle.house
    circle.write(ROSE, 'tuesday@groups.example.org', 'Sums', '=1+1 is what my week felt like, and then some.')
    circle.work()
    out = os.path.join(folder, 'copy')
    done = house.json('export', out, '--group', 'tuesday', *ask(house, '--group', 'tuesday'))
    assert stat.S_IMODE(os.stat(out).st_mode) == 0o700
    for name in os.listdir(out):
        assert stat.S_IMODE(os.stat(os.path.join(out, name)).st_mode) == 0o600, name
    assert sorted(os.listdir(out)) == ['audit.csv', 'check-ins.csv', 'deliveries.csv', 'letters.mbox', 'members.csv', 'posts.csv']
    assert {row['name'] for row in rows(f'{out}/members.csv')} == {'Maria Canaryname', 'Rose Hill', 'Harold Hill'} and done['members'] == 3
    assert rows(f'{out}/posts.csv')[-1]['text'].startswith("'=1+1"), rows(f'{out}/posts.csv')
    assert len(rows(f'{out}/deliveries.csv')) == house.count('SELECT COUNT(*) FROM delivery') - house.count(
        "SELECT COUNT(*) FROM delivery d JOIN mailing m ON m.id = d.mailing_id WHERE m.group_id IS NULL")
    box = mailbox.mbox(f'{out}/letters.mbox')
    assert len(box) == done['mbox'] == 2
    for message in box:
        whole = message.as_string()
        assert message['To'] == 'tuesday@groups.example.org' and not re.search(r'tuesday\+[a-z2-7]{32}', whole), whole
        assert not [c for c in (*CANARIES, ROSE, 'harold@example.com') if c in whole.lower()]
    assert 'Walking helps' in box[0].as_string() and 'I will try it' in box[1].as_string()


def what_is_a_persons_own(folder):
    """One staff member is enough for the person's own right; nobody else is in it."""
    house = circle_of(folder).house
    out = os.path.join(folder, 'rose')
    house.ok('export', out, '--person', ROSE)
    assert {row['address'] for row in rows(f'{out}/deliveries.csv')} == {ROSE}
    assert [row['text'] for row in rows(f'{out}/posts.csv')] == ['1 Thanks [name], I will try it.']
    assert [m.get_payload(decode=True).decode().strip() for m in mailbox.mbox(f'{out}/letters.mbox')] == ['1 Thanks [name], I will try it.']
    whole = ''.join(open(os.path.join(out, name), encoding='utf-8').read() for name in os.listdir(out))
    assert not [w for w in ('Maria', 'Harold', 'Walking', 'Ana', 'Ruiz', *CANARIES, MARIA) if w in whole]


def a_full_disk_leaves_nothing(folder):
    house = circle_of(folder).house
    done = house.run('export', os.path.join(folder, 'no', 'such', 'place'), '--person', ROSE)
    assert done.returncode == 75 and not os.path.exists(os.path.join(folder, 'no')), done
    import resource
    out = os.path.join(folder, 'small')
    done = house.run('export', out, '--person', ROSE, '--what', 'deliveries',
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)), restore_signals=False)
    assert done.returncode != 0 and not os.path.exists(out) and not [n for n in os.listdir(folder) if 'part' in n], done


run_tests([many_people_take_two, codes_end_after_a_day_and_five_tries, what_a_group_holds, what_is_a_persons_own, a_full_disk_leaves_nothing])
