#!/usr/bin/python3
"""ANON: whatever tells the writer's name is marked for the moderator or never leaves: signatures, display names, cards, files, subjects, quotes."""
from circle_kit import ANA, MARIA, ROSE, TOM, Circle
from house_kit import CANARIES, run_tests

MARK = 'tells whose it is'
CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Maria Santos\r\nTEL:555-0177\r\nEND:VCARD'


def flat(mail):
    return ' '.join(mail.text.replace('|', ' ').split())


def others(circle):
    """All that another member or their mail program can see."""
    return [str(m.message.items()) + p.get_content() for a in (ROSE, TOM) for m in circle.mail(a) for p in m.message.walk() if p.get_content_maintype() == 'text']


def names_in_the_text_are_marked_and_cut(folder):
    """OK CUT takes out what was marked: nothing of the name reaches the others."""
    circle = Circle(folder)
    notes = [('I hide the sweets.\n\nLove,\nMaria', 'Maria', 'I hide the sweets. Love, […]'),
             ('I hide the cakes.\n\nmaria santos', 'maria santos', 'I hide the cakes. […]'),
             ("It is Maria here, in maria's kitchen: SANTOS is my name. I hide the pies.", 'Maria', 'It is […] here'),
             ('I hide the tarts.\nMi nombre es María Sántos.', 'María Sántos', 'Mi nombre es […].'),
             ('I hide the buns. They call me Mimi at home.', 'Mimi', 'They call me […] at home.')]
    for text, name, cut in notes:
        asked = circle.posts(MARIA, 'ANON\n' + text, name='"Mimi Santos"')
        assert MARK in flat(asked) and f'"{name}"' in flat(asked) and cut in flat(asked), (text, asked.text)
        circle.says(ANA, 'OK CUT', asked)
    circle.next_digest()
    assert len(circle.who_read('I hide the buns')) == 3
    seen = ' '.join(others(circle)).lower()
    after = seen[seen.index('i hide the sweets'):]
    found = [after[after.index(n) - 60:after.index(n) + 30] for n in ('maria', 'maría', 'santos', 'sántos', 'mimi') if n in after]
    assert not found, found


def what_is_no_name_is_not_marked(folder):
    """"I rose early" is a verb, and a note with its writer's name on it names whom it likes."""
    circle = Circle(folder)
    assert MARK not in flat(circle.posts(ROSE, 'ANON\nI rose early and walked to the lake.\nIt did me good.'))
    assert MARK not in flat(circle.posts(MARIA, 'I hide the sweets.\n\nLove,\nMaria'))


def names_around_the_text_never_leave(folder):
    """The display name, a signature, a card, the name of a file, a subject, and what is quoted."""
    circle = Circle(folder)
    circle.says(ANA, 'OK', circle.posts(ROSE, 'Who hides the sweets?'))
    circle.next_digest()
    first = circle.newest(MARIA, 'hides the sweets')
    before = len(' '.join(others(circle)))
    for text, how in [('I hide biscuits.', {'signature': 'Maria Santos\n555-0177 canarysignature'}), ('I hide scones.', {'files': True}),
                      ('I hide toffee.', {'subject': "Maria's toffee"}), ('I hide fudge.', {'name': '"Maria Santos"'}),
                      ('I hide nougat.\n\n' + CARD, {})]:
        asked = circle.posts(MARIA, 'ANON\n' + text, **how)
        assert '(to the group: a member)' in flat(asked) and "New talk: Maria" not in flat(asked), asked.text
        assert 'VCARD' not in text or 'FN:Maria' in flat(asked)[flat(asked).index('What we left out'):], asked.text
        circle.says(ANA, 'OK', asked)
    circle.says(MARIA, 'ANON\nI hide mints.\n\nOn Monday, Maria Santos wrote:\n> Maria Santos hides the sweets', first)
    circle.says(ANA, 'OK', circle.newest(ANA, 'hide mints'))
    circle.next_digest()
    for sweet in ('biscuits', 'scones', 'toffee', 'fudge', 'nougat', 'mints'):
        assert circle.who_read(f'I hide {sweet}') == sorted([MARIA, ROSE, TOM]), sweet
    seen = ' '.join(others(circle))[before:].lower()
    assert not [n for n in ('maria', 'santos', '555-0177', *CANARIES) if n in seen], [n for n in ('maria', 'santos', '555-0177', *CANARIES) if n in seen]


def once_anonymous_for_good(folder):
    """A second letter that forgot the word, with a name under it: joined, still anonymous, and marked."""
    circle = Circle(folder)
    circle.posts(MARIA, 'ANON\nI hide the sweets in the oven every evening after work.')
    circle.says(MARIA, 'I hide the sweets in the oven every evening after work!\n\nMaria')
    asked = circle.newest(ANA, 'sent this note again')
    assert '(to the group: a member)' in flat(asked) and MARK in flat(asked), asked.text


def asked_two(folder):
    """A circle, and Maria's digest of two talks."""
    circle = Circle(folder)
    for who, text in ((ROSE, 'Who hides the sweets?'), (TOM, 'How do you sleep these days?')):
        circle.says(ANA, 'OK', circle.posts(who, text))
    circle.next_digest()
    return circle, circle.newest(MARIA, 'hides the sweets')


def says(circle, text, digest):
    """Of each piece: whether it is anonymous, and whether it is marked as perhaps so."""
    last = circle.count('SELECT MAX(id) FROM post')
    circle.says(MARIA, text, digest)
    return [(bool(a), bool(w)) for a, w in circle.rows(f'SELECT is_anonymous, flags & 1048576 FROM post WHERE id > {last} ORDER BY id')]


def the_word_after_a_number(folder):
    """In answer to a digest, each piece by itself."""
    circle, digest = asked_two(folder)
    for text in ('1\nANON\nI hide pies.', '#1: ANON: I hide tarts.', '1 ANON I hide buns.', '1\n*Anónimo*\nEscondo dulces.', '1\n"ANON"\nI hide fudge.'):
        assert says(circle, text, digest) == [(True, False)], text
    assert says(circle, '1 I hide jam.\n2 ANON I never sleep.', digest) == [(False, False), (True, False)]


def half_clear_is_marked(folder):
    circle, digest = asked_two(folder)
    for text in ('1 I hide scones.\nANON', '2 Please post this anonymously. I sleep badly.', '1 Escondo pasteles.\nAnónimo'):
        assert says(circle, text, digest) == [(False, True)], text
        assert 'It may ask to go out with no name' in flat(circle.newest(ANA, text.split('\n')[0][2:])), text


def the_word_as_the_subject(folder):
    circle = Circle(folder)
    for subject in ('ANON', 'Anónimo:'):
        asked = circle.posts(MARIA, f'I hide the cake in the car ({len(subject)}).', subject=subject)
        assert '(to the group: a member)' in flat(asked) and f'New talk: {subject}' not in flat(asked), asked.text
    asked = circle.posts(MARIA, 'I hide the honey in the shed.', subject='Please post anonymously')
    assert 'It may ask to go out with no name' in flat(asked), asked.text


run_tests([names_in_the_text_are_marked_and_cut, what_is_no_name_is_not_marked, names_around_the_text_never_leave, once_anonymous_for_good,
           the_word_after_a_number, half_clear_is_marked, the_word_as_the_subject])
