"""What the tests of photos share: letters with files, and what became of them."""
import os
from base64 import encodebytes

from circle_kit import ANA, GROUP, Circle
from house_kit import letter

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data', 'photo')
CANARY = b'canaryphoto'
HELD, EMPTY = 1, 9  # letter.outcome


def photo(name):
    with open(os.path.join(DATA, name), 'rb') as f:
        return f.read()


def mail(sender, text, *files, **how):
    """A letter with files: (type, name, bytes)."""
    top, _, _ = letter(sender, how.pop('to', GROUP), how.pop('subject', 'My walk'), 'BODY', **how).partition(b'Content-Type: text/plain')
    parts = [b'Content-Type: text/plain; charset=utf-8\r\n\r\n' + text.encode()] if text else []
    for kind, name, data in files:
        parts.append(f'Content-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'.encode()
                     + encodebytes(data).replace(b'\n', b'\r\n'))
    return top + b'Content-Type: multipart/mixed; boundary=B\r\n\r\n' + b''.join(b'--B\r\n' + p + b'\r\n' for p in parts) + b'--B--\r\n'


def circle_with(folder, policy):
    circle = Circle(folder)
    if policy:
        circle.ok('group', 'set', 'tuesday', '--files', policy)
    return circle


def html_of(message):
    part = message.message.get_body(('html',))
    return part.get_content() if part else ''


def pictures(message):
    """The pictures of a mail of ours, each shown by its HTML, and checked: JPEG, no name, nothing planted."""
    found = []
    for part in message.message.walk():
        if part.get_content_maintype() == 'image':
            data = part.get_payload(decode=True)
            assert part.get_content_type() == 'image/jpeg' and not part.get_filename(), part.items()
            assert data.startswith(b'\xff\xd8\xff') and CANARY not in data and b'Exif' not in data
            assert f'cid:{part["Content-ID"][1:-1]}' in html_of(message), 'a picture that no HTML shows'
            found.append(data)
    return found


def circle_post(circle, sender, text, *files):
    circle.arrives(mail(sender, text, *files), GROUP, sender)
    return circle.newest(ANA, 'note waits')
