#!/usr/bin/python3
"""Kinds of pictures and papers, made here: what goes out is upright, in its colours, and pixels alone; what cannot be shown whole is refused kindly."""
import os
import struct
import subprocess
import zlib

from circle_kit import ANA, GROUP, MARIA, ROSE
from house_kit import run_tests
from photo_kit import circle_post, circle_with, mail, pictures

RED, BLUE = (220, 20, 20), (20, 20, 220)


def vips(*words):
    return subprocess.run(('vips',) + words, check=True, stdout=subprocess.PIPE).stdout.decode()


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(width, height, pixel, depth=8):
    """pixel(x, y) gives three numbers of 0 to 255."""
    wide = depth // 8
    rows = b''.join(b'\0' + b''.join(bytes((c,)) * wide for x in range(width) for c in pixel(x, y)) for y in range(height))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b'')


def halves(x, y):
    return RED if x < 120 else BLUE


def home(folder):
    path = os.path.join(folder, 'home')
    os.mkdir(path)
    return path


class Files:
    """Pictures of 240 x 160, red on the left and blue on the right, in files of many kinds."""

    def __init__(self, folder):
        self.folder = folder
        self.write('lr.png', png(240, 160, halves))
        vips('arrayjoin', self.path('lr.png') + ' ' + self.path('blue.png', png(240, 160, lambda x, y: BLUE)), self.path('frames.v'), '--across', '1')

    def path(self, name, data=None):
        if data is not None:
            self.write(name, data)
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(os.path.join(self.folder, name), 'wb') as f:
            f.write(data)

    def read(self, name):
        with open(self.path(name), 'rb') as f:
            return f.read()

    def made(self, name, *words):
        vips(words[0], self.path(words[1]), self.path(name), *words[2:])
        return self.read(name)


def turned(jpeg):
    """With EXIF that says: stands on its side."""
    exif = b'Exif\0\0MM\0*\0\0\0\x08\0\x01' + struct.pack('>HHIHH', 0x112, 3, 1, 6, 0) + bytes(4)
    return jpeg[:2] + b'\xff\xe1' + struct.pack('>H', len(exif) + 2) + exif + jpeg[2:]


def boxes(data, at, end):
    while at < end:
        n, kind = struct.unpack('>I4s', data[at:at + 8])
        yield kind, at, at + n
        at += n


def find(data, *path):
    """Begin and end of a box; meta, iprp and ipco hold others."""
    at, end = 0, len(data)
    for kind in path:
        at, end = next((b, e) for k, b, e in boxes(data, at, end) if k == kind)
        found = at, end
        at += 12 if kind == b'meta' else 8
    return found


def heic_turned(data):
    """The same HEIC with an 'irot' property, which phones write: a quarter turn counterclockwise."""
    meta, iprp, ipco, ipma = (find(data, *p) for p in ((b'meta',), (b'meta', b'iprp'), (b'meta', b'iprp', b'ipco'), (b'meta', b'iprp', b'ipma')))
    number = sum(1 for _ in boxes(data, ipco[0] + 8, ipco[1])) + 1
    out = bytearray(data)
    count = ipma[0] + 12 + 4 + 2  # of the first item: version 0, one byte an association
    assert data[ipma[0] + 8] == 0 and not data[ipma[0] + 11] & 1, 'another form of ipma'
    out[ipma[1]:ipma[1]] = b''
    out.insert(count + 1 + out[count], 0x80 | number)
    out[count] += 1
    out[ipco[1]:ipco[1]] = struct.pack('>I4sB', 9, b'irot', 1)
    grown = {meta[0]: 10, iprp[0]: 10, ipco[0]: 9}
    for at, n in grown.items():
        out[at:at + 4] = struct.pack('>I', struct.unpack('>I', out[at:at + 4])[0] + n)
    moved = ipma[0] + 9
    out[moved:moved + 4] = struct.pack('>I', struct.unpack('>I', out[moved:moved + 4])[0] + 1)
    iloc = find(bytes(out), b'meta', b'iloc')
    return shifted(bytes(out), iloc, meta[1], 10)


def shifted(data, iloc, behind, by):
    """Where the pixels lie, which have moved."""
    out = bytearray(data)
    for at in range(iloc[0] + 12, iloc[1] - 3):
        offset = struct.unpack('>I', out[at:at + 4])[0]
        if behind <= offset < len(data):
            out[at:at + 4] = struct.pack('>I', offset + by)
            return bytes(out)
    raise AssertionError('no offset in iloc')


def box(kind, data):
    return struct.pack('>I4s', len(data) + 8, kind) + data


def full_box(kind, data, version=0, flags=0):
    return box(kind, struct.pack('>I', version << 24 | flags) + data)


def heic_of_tiles(tile, width, height):
    """One large HEIC as telephones write them: a grid, each of whose items is the picture of 512 x 512 in `tile`."""
    ipco, (at, end) = find(tile, b'meta', b'iprp', b'ipco'), find(tile, b'mdat')
    coder = next(tile[a:b] for k, a, b in boxes(tile, ipco[0] + 8, ipco[1]) if k == b'hvcC')
    pixels, across, down = tile[at + 8:end], -(-width // 512), -(-height // 512)
    tiles = range(2, across * down + 2)
    grid = struct.pack('>BBBBHH', 0, 0, down - 1, across - 1, width, height)
    items = full_box(b'iinf', struct.pack('>H', len(tiles) + 1) + b''.join(
        full_box(b'infe', struct.pack('>HH4sx', i, 0, b'grid' if i == 1 else b'hvc1'), 2, i != 1) for i in range(1, len(tiles) + 2)))
    sizes = b''.join(full_box(b'ispe', struct.pack('>II', *side)) for side in ((512, 512), (width, height)))
    about = full_box(b'ipma', struct.pack('>IHBB', len(tiles) + 1, 1, 1, 3) + b''.join(struct.pack('>HBBB', i, 2, 0x81, 2) for i in tiles))
    made_of = full_box(b'iref', box(b'dimg', struct.pack('>HH', 1, len(tiles)) + b''.join(struct.pack('>H', i) for i in tiles)))
    begin = box(b'ftyp', b'heic\0\0\0\0mif1heic')

    def meta(offset):
        where = [(1, offset, len(grid))] + [(i, offset + len(grid), len(pixels)) for i in tiles]
        return full_box(b'meta', full_box(b'hdlr', b'\0\0\0\0pict' + bytes(13)) + full_box(b'pitm', struct.pack('>H', 1)) + full_box(
            b'iloc', struct.pack('>BBH', 0x44, 0, len(where)) + b''.join(struct.pack('>HHHII', i, 0, 1, o, n) for i, o, n in where))
            + items + box(b'iprp', box(b'ipco', coder + sizes) + about) + made_of)
    return begin + meta(len(begin) + len(meta(0)) + 8) + box(b'mdat', grid + pixels)


def near(files, jpeg, x, y, colour):
    files.write('seen.jpg', jpeg)
    seen = [float(v) for v in vips('getpoint', files.path('seen.jpg'), str(x), str(y)).split()]
    assert len(seen) == 3 and seen[colour.index(max(colour))] > 60 + seen[2 - colour.index(max(colour))], (x, y, seen, colour)


def size(files, jpeg):
    files.write('seen.jpg', jpeg)
    return tuple(int(subprocess.run(('vipsheader', '-f', f, files.path('seen.jpg')), check=True, stdout=subprocess.PIPE).stdout) for f in ('width', 'height'))


def shown(circle, kind, data, text, answer='NO: not now'):
    """The pictures that the moderator sees; then they answer, so that no list mail comes."""
    asked = circle_post(circle, MARIA, text, (kind, 'a', data))
    assert text.split(',')[0] in ' '.join(asked.text.split()), asked.text
    circle.asked = ' '.join(asked.text.split())
    circle.says(ANA, answer, asked)
    return pictures(asked)


def every_kind_is_made_anew(folder):
    files = Files(folder)
    circle = circle_with(home(folder), 'photos')
    jpg = files.made('lr.jpg', 'copy', 'lr.png')
    subprocess.run(('heif-enc', '-q', '90', files.path('lr.jpg'), '-o', files.path('lr.heic')), check=True, stdout=subprocess.DEVNULL)
    heic = files.read('lr.heic')
    flat = (240, 160), ((20, 80, RED), (220, 80, BLUE))
    table = {
        'png of 16 bits': ('image/png', png(240, 160, halves, 16), flat),
        'jpeg in CMYK': ('image/jpeg', files.made('cmyk.jpg', 'colourspace', 'lr.png', 'cmyk'), flat),
        'gif that moves': ('image/gif', files.made('a.gif', 'gifsave', 'frames.v', '--page-height', '160'), flat),
        'webp that moves': ('image/webp', files.made('a.webp', 'webpsave', 'frames.v', '--page-height', '160', '--lossless'), flat),
        'jpeg on its side': ('image/jpeg', turned(jpg), ((160, 240), ((80, 20, RED), (80, 220, BLUE)))),
        'heic': ('image/heic', heic, flat),
        'heic on its side': ('image/heic', heic_turned(heic), ((160, 240), ((80, 20, BLUE), (80, 220, RED)))),
    }
    for name, (kind, data, (want, points)) in table.items():
        # a mail program's signature may hold a picture as small: a photo is larger
        found = shown(circle, kind, data + bytes(max(0, 30000 - len(data)) if name != 'jpeg on its side' else 0), f'Look at my {name}.')
        assert len(found) == 1, name
        assert size(files, found[0]) == want, (name, size(files, found[0]))
        for x, y, colour in points:
            near(files, found[0], x, y, colour)


def a_large_one_of_a_telephone_is_made_anew(folder):
    """24 megapixels in tiles, decoded by several threads: within the memory that the closed program has."""
    files = Files(folder)
    circle = circle_with(home(folder), 'photos')
    files.write('tile.png', png(512, 512, lambda x, y: RED if y < 256 else BLUE))
    subprocess.run(('heif-enc', '-q', '90', files.path('tile.png'), '-o', files.path('tile.heic')), check=True, stdout=subprocess.DEVNULL)
    data = heic_of_tiles(files.read('tile.heic'), 5712, 4284)
    found = shown(circle, 'image/heic', data + bytes(30000), 'Look at my mountain.')
    assert len(found) == 1 and size(files, found[0]) == (1600, 1200)
    near(files, found[0], 800, 30, RED)
    near(files, found[0], 800, 110, BLUE)


def colours_stay(folder):
    """Those of a file without a profile, of which most phones send some, and of one whose profile is wider than ours."""
    files = Files(folder)
    circle = circle_with(home(folder), 'photos')
    colours = ((0, 0, 255), (0, 255, 0), (255, 0, 0), (224, 172, 105), (30, 60, 120), (250, 250, 250))
    files.write('bars.png', png(240, 160, lambda x, y: colours[x // 40]))
    wide = files.made('wide.jpg', 'icc_transform', 'bars.png', 'p3', '--input-profile', 'srgb')
    for name, data in {'plain.jpg': files.made('plain.jpg', 'copy', 'bars.png'), 'plain.png': files.read('bars.png'), 'wide.jpg': wide}.items():
        found = shown(circle, 'image/' + name[-3:], data + bytes(30000), f'Look at my {name}.')
        files.write('seen.jpg', found[0])
        for i, colour in enumerate(colours):
            seen = [float(v) for v in vips('getpoint', files.path('seen.jpg'), str(20 + 40 * i), '80').split()]
            assert max(abs(a - b) for a, b in zip(seen, colour)) <= 12, (name, colour, seen)


def what_is_none_is_refused(folder):
    circle = circle_with(folder, 'photos')
    bomb = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 60000, 60000, 8, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(bytes(100000))) + chunk(b'IEND', b'')
    for name, data in {'nothing': b'', 'a bomb': bomb + bytes(30000), 'a head alone': bomb[:8] + bytes(30000), 'drawn by a program': b'<svg>' + bytes(30000)}.items():
        assert not shown(circle, 'image/png', data, f'This is {name}, dear all.'), name
    assert circle.count('SELECT COUNT(*) FROM photo') == 0
    assert [m for m in circle.mail(MARIA) if 'could not send' in m.subject]


# --- PDF ---

def pdf(pages, catalog='', trailer='', box='0 0 300 200', page='', font='/Type /Font /Subtype /Type1 /BaseFont /Helvetica'):
    """Pages of drawing words; F1 is a font."""
    objects = [f'<< {font} >>'.encode(), None]
    kids = []
    for words in pages:
        objects.append(f'<< /Length {len(words)} >>\nstream\n{words}\nendstream'.encode())
        uses = ' /Resources << /Font << /F1 1 0 R >> >>' if 'F1' in words else ''
        objects.append(f'<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {len(objects)} 0 R {page}{uses} >>'.encode())
        kids.append(len(objects))
    objects[1] = f'<< /Type /Pages /Kids [{" ".join(f"{k} 0 R" for k in kids)}] /Count {len(kids)} >>'.encode()
    objects.append(f'<< /Type /Catalog /Pages 2 0 R {catalog} >>'.encode())
    out, offsets = b'%PDF-1.5\n', []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b'%d 0 obj\n' % number + body + b'\nendobj\n'
    table = b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1) + b''.join(b'%010d 00000 n \n' % o for o in offsets)
    return out + table + f'trailer\n<< /Size {len(objects) + 1} /Root {len(objects)} 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n'.encode()


BOX = '1 0 0 rg 0 0 150 200 re f 0 0 1 rg 150 0 150 200 re f'
WORDS = 'BT /F1 40 Tf 20 80 Td (Take two a day) Tj ET'
PDF = 'application/pdf'


def told(circle):
    return len([m for m in circle.mail(MARIA) if 'could not send' in m.subject])


def pages_become_pictures(folder):
    files = Files(folder)
    circle = circle_with(home(folder), 'photos+pdf')
    acts = '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (canaryphoto) >>] >> >>'
    link = '/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 300 200] /A << /S /URI /URI (http://canaryphoto.example.org/) >> >>]'
    found = shown(circle, PDF, pdf([BOX, BOX, BOX], acts, '/Info << /Author (canaryphoto) >>', page=link), 'Three pages of my plan.', 'OK')
    assert len(found) == 3 and not told(circle)
    for jpeg in found:
        near(files, jpeg, 40, 100, (255, 0, 0))
        near(files, jpeg, size(files, jpeg)[0] - 40, 100, (0, 0, 255))
    circle.next_digest()
    digest = circle.newest(ROSE, 'Three pages')
    assert len(pictures(digest)) == 3
    for part in digest.message.walk():
        if not part.is_multipart():
            assert b'canaryphoto' not in part.get_payload(decode=True) and b'%PDF' not in part.get_payload(decode=True)
    asked = shown(circle, PDF, pdf([BOX] * 4), 'Four pages, and the last one stays here.')
    assert len(asked) == 3 and told(circle) == 1, 'nobody told her of the fourth page'


def papers_that_cannot_be_shown_whole(folder):
    circle = circle_with(folder, 'photos+pdf')
    locked = '/Encrypt << /Filter /Standard /V 1 /R 2 /P -1 /O <' + '41' * 32 + '> /U <' + '42' * 32 + '> >> /ID [<00> <00>]'
    table = {
        'with a password': pdf([BOX], trailer=locked),
        'whose letters are not in it': pdf([WORDS]),
        'as large as a house': pdf([BOX], box='0 0 14000 14000'),
        'with no page': pdf([]),
        'that is none': b'%PDF-1.4\n' + bytes(30000),
    }
    for name, data in table.items():
        assert not shown(circle, PDF, data, f'A paper {name}, dear all.'), name
        assert 'left out' in circle.asked, name
    assert circle.count('SELECT COUNT(*) FROM photo') == 0 and told(circle) == 1
    assert len(shown(circle, PDF, pdf([BOX, WORDS]), 'One page can be shown, the other cannot.')) == 1
    assert 'left out' in circle.asked
    # by default a paper is no photo
    circle.ok('group', 'set', 'tuesday', '--files', 'photos')
    assert not shown(circle, PDF, pdf([BOX]), 'The same, where only photos are taken.')
    assert not shown(circle, 'image/jpeg', pdf([BOX]) + bytes(30000), 'A paper that says it is a photo.')


run_tests([every_kind_is_made_anew, a_large_one_of_a_telephone_is_made_anew, colours_stay, what_is_none_is_refused, pages_become_pictures, papers_that_cannot_be_shown_whole])
