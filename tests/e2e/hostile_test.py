#!/usr/bin/python3
"""What people and machines who mean no good, or mean nothing, may send: floods, machines that answer each other, words where nobody looks."""
from circle_kit import ANA, GROUP, LEE, MARIA, ROSE, TOM, Circle
from house_kit import letter, run_tests

CRISIS = 'I want to kill myself tonight'


def count(circle, address):
    return len(circle.mail(address))


def parts(*bodies, kind='mixed'):
    """A mail of several parts, as head and body for a letter."""
    text = ''.join(f'--BOUND\r\n{head}\r\n\r\n{body}\r\n' for head, body in bodies) + '--BOUND--\r\n'
    return f'Content-Type: multipart/{kind}; boundary=BOUND', text


def with_parts(sender, made, subject='Hello'):
    """The same letter with another body."""
    data = letter(sender, GROUP, subject, 'BODY')
    head, _, _ = data.partition(b'Content-Type: text/plain')
    return head + made[0].encode() + b'\r\n\r\n' + made[1].encode()


def forged_words_do_not_flood_staff(folder):
    circle = Circle(folder)
    for text in ('STOP', 'ANNOUNCE\n\nThe group is closed.'):
        before = {a: count(circle, a) for a in (ANA, LEE, MARIA)}
        for i in range(6):
            circle.says(ANA if text.startswith('ANN') else MARIA, text, verdict='fail', subject=f'no {i}')
        for address in (ANA, LEE, MARIA):
            assert count(circle, address) - before[address] <= 1, (text, address, count(circle, address) - before[address])
        assert count(circle, LEE) - before[LEE] == 1, 'nobody heard of it'


def a_machine_that_answers_receipts_is_not_answered_for_ever(folder):
    circle = Circle(folder)
    circle.says(TOM, 'I am away. Ticket 0.')
    before = count(circle, TOM)
    for i in range(1, 6):
        circle.says(TOM, f'I am away. Ticket {i}.', circle.mail(TOM)[-1])
    assert count(circle, TOM) - before == 0, [m.subject for m in circle.mail(TOM)[before:]]


def a_machine_at_the_desk_is_asked_five_times_at_most(folder):
    circle = Circle(folder)
    circle.posts(MARIA, 'I walked to the lake today.')
    before = count(circle, ANA)
    for i in range(8):
        circle.says(ANA, f'We got your mail. Ticket {i}.', circle.mail(ANA)[-1])
    asked = [m for m in circle.mail(ANA)[before:] if 'say it again' in m.subject]
    assert 1 <= len(asked) <= 6, len(asked)


def danger_is_seen_wherever_a_reader_could_see_it(folder):
    circle = Circle(folder)
    plain, html = 'Content-Type: text/plain; charset=utf-8', 'Content-Type: text/html; charset=utf-8'
    places = {
        'quoted': ((plain, f'I feel bad.\r\n\r\n> {CRISIS}'),),
        'signature': ((plain, f'Nice day.\r\n\r\n-- \r\n{CRISIS}'),),
        'attached text': ((plain, 'See this.'), (plain + '; name=a.txt\r\nContent-Disposition: attachment; filename=a.txt', CRISIS)),
        'attached page': ((plain, 'And this.'), (html + '\r\nContent-Disposition: attachment; filename=a.html', f'<p>{CRISIS}</p>')),
        'letter inside': ((plain, 'What I wrote.'), ('Content-Type: message/rfc822', f'From: a@example.net\r\nSubject: x\r\n\r\n{CRISIS}')),
    }
    hidden = (f'<p style="display:none">{CRISIS}</p>', f'<p style="font-size:0">{CRISIS}</p>', f'<!-- {CRISIS} -->')
    places.update({h: ((html, f'<p>Hello {n} times.</p>{h}'),) for n, h in enumerate(hidden)})
    made = {name: parts(*bodies) for name, bodies in places.items()}
    made['other half'] = parts((plain, 'Hello friends, a nice day.'), (html, f'<p>{CRISIS}</p>'), kind='alternative')
    for name, mail in made.items():
        before = circle.count('SELECT COUNT(*) FROM page')
        circle.arrives(with_parts(TOM, mail), GROUP, TOM)
        assert circle.count('SELECT COUNT(*) FROM page') == before + 1, f'nobody was paged: {name}'


def both_halves_of_a_usual_mail_are_one(folder):
    circle = Circle(folder)
    plain, html = 'Content-Type: text/plain; charset=utf-8', 'Content-Type: text/html; charset=utf-8'
    text, page = 'Hello friends,\r\n\r\nthe *lake* was\r\nlovely.', '<p>Hello friends,</p><p>the <b>lake</b> was lovely.</p>'
    circle.arrives(with_parts(ROSE, parts((plain, text), (html, page), kind='alternative')), GROUP, ROSE)
    asked = circle.newest(ANA, 'lovely')
    assert 'What we left out' not in asked.text, asked.text


def no_member_takes_a_name_like_staff(folder):
    circle = Circle(folder)

    def names():
        return {m['shown_name'] for m in circle.json('member', 'list', 'tuesday')}

    before = names()
    for name in ('Nurse Ana', 'Ana', '\u0410na', 'Ana Ruiz', 'Dr Lee', 'Dr. Jones', 'Lakeside Clinic', 'Care Team', 'Moderator', 'You', 'R\u043ese', 'Maria.',
                 'Iee', '1ee', 'Admin', 'Medico Juan', 'N\u1d1c\u0280se', 'R0se', '\u0280ose', '\u13a1ose', 'Mar\u0131\u0251', 'M\u1d00ria'):
        circle.says(TOM, f'NAME {name}')
        assert names() == before, (name, names())
    circle.says(TOM, 'NAME Tommy')
    assert names() - before == {'Tommy'}


def an_office_below_the_words_is_no_part_of_them(folder):
    circle = Circle(folder, joined=False)
    notice = ('This e-mail and any attachments are confidential and intended only for the use of the recipient. If you received it in error, please notify '
              'the sender and delete it. Unauthorized disclosure is prohibited.')
    circle.says(MARIA, f'YES\n\nBest regards,\n\nMaria Santos\nSenior Account Executive\nAcme Industries, Inc.\nO: 555-010-0123 | M: 555-010-0124\n'
                f'maria@example.net | www.example.net\n\n{notice}', circle.newest(MARIA), quote=True)
    assert [m['shown_name'] for m in circle.json('member', 'list', 'tuesday') if m['state'] == 'active'] == ['Maria']
    asked = circle.posts(MARIA, 'I walked to the lake.')
    circle.says(ANA, f'OK\n\nAna Ruiz, RN, MSN\nNurse Manager | Lakeside Clinic\nT 555-010-0123\n\n{notice}', asked, quote=True)
    assert circle.count('SELECT COUNT(*) FROM review') == 1
    asked = circle.posts(MARIA, 'And home again.')
    circle.says(ANA, f'OK\n\nAna Ruiz, RN, MSN\nNot Her Number\nT 555-010-0123\n\n{notice}', asked, quote=True)
    assert circle.count('SELECT COUNT(*) FROM review') == 1 and 'say it again' in circle.newest(ANA).subject


run_tests([forged_words_do_not_flood_staff, a_machine_that_answers_receipts_is_not_answered_for_ever,
           a_machine_at_the_desk_is_asked_five_times_at_most, danger_is_seen_wherever_a_reader_could_see_it,
           both_halves_of_a_usual_mail_are_one, an_office_below_the_words_is_no_part_of_them, no_member_takes_a_name_like_staff])
