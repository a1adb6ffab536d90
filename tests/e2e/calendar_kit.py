"""What the tests of visits share: calendar objects as programs of others read them (python3-icalendar, vobject, khal), and answers as Google, Outlook and
Apple write them."""
import datetime
import email.message
import os
import shutil
import subprocess
import zoneinfo

from house_kit import BORDER

try:
    import icalendar
    import vobject
except ImportError:
    icalendar = vobject = None

UTC = datetime.timezone.utc


def missing():
    if not icalendar:
        return 'python3-icalendar and python3-vobject are not installed'
    return None if shutil.which('khal') else 'khal is not installed'


def or_fail(why):
    """Why a test of visits cannot run here, or None. Where CI runs (CI is set) all of packages/ is to be there: what is missing fails, and is no skip."""
    assert not (why and os.environ.get('CI')) or why.startswith('needs root'), f'{why}, and this is CI'
    return why


def calendar_part(mail):
    """The last part of the alternative; None: it has none."""
    body = mail.message
    parts = list(body.iter_parts()) if body.is_multipart() else []
    calendars = [p for p in parts if p.get_content_type() == 'text/calendar']
    if not calendars:
        return None
    assert calendars == parts[-1:] and body.get_content_type() == 'multipart/alternative', [p.get_content_type() for p in parts]
    assert calendars[0].get_filename() is None and calendars[0]['Content-Disposition'] is None
    return calendars[0]


def utc(value):
    return value.astimezone(UTC)


class Copy:
    """One calendar object that somebody got: what two programs read in it, which must be the same."""

    def __init__(self, mail):
        part = calendar_part(mail)
        self.mail, self.bytes = mail, part.get_payload(decode=True)
        self.text = self.bytes.decode('utf-8').replace('\r\n ', '')
        calendar = icalendar.Calendar.from_ical(self.bytes)
        self.method = str(calendar['METHOD'])
        assert self.method == part.get_param('method') and part.get_content_charset().lower() == 'utf-8'
        events = calendar.walk('VEVENT')
        assert len(events) == 1 and not calendar.walk('VALARM') and 'RRULE' not in events[0]
        self.event = events[0]
        self.uid, self.sequence = str(self.event['UID']), int(self.event['SEQUENCE'])
        self.stamp, self.start, self.end = (utc(self.event[n].dt) for n in ('DTSTAMP', 'DTSTART', 'DTEND'))
        self.zone = self.event['DTSTART'].params.get('TZID')
        assert not isinstance(self.event['ATTENDEE'], list), 'one person in a copy'
        self.attendee, self.organizer = (str(self.event[n]).removeprefix('mailto:') for n in ('ATTENDEE', 'ORGANIZER'))
        assert self.event['CLASS'] == 'PRIVATE'
        self._ask_vobject()

    def _ask_vobject(self):
        """It reads times by the rules of the object's own VTIMEZONE."""
        event = vobject.readOne(self.bytes.decode('utf-8')).vevent
        assert event.uid.value == self.uid and int(event.sequence.value) == self.sequence
        assert (utc(event.dtstart.value), utc(event.dtend.value)) == (self.start, self.end), (event.dtstart.value, self.start)
        assert len(event.contents['attendee']) == 1


class Khal:
    """A calendar of its own, outside of everybody's; its clock stands in zone."""

    def __init__(self, home, zone='America/New_York'):
        self.home, self.config = home, os.path.join(home, 'config')
        os.makedirs(os.path.join(home, 'cal'))
        with open(self.config, 'w', encoding='utf-8') as f:
            f.write(f'[calendars]\n[[one]]\npath = {home}/cal\n[locale]\nlocal_timezone = {zone}\ndefault_timezone = {zone}\n'
                    f'timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n'
                    f'longdatetimeformat = %Y-%m-%d %H:%M\n[sqlite]\npath = {home}/khal.db\n')

    def _run(self, *words):
        done = subprocess.run(['khal', '-c', self.config, *words], capture_output=True, text=True, timeout=120,
                              env={**os.environ, 'HOME': self.home, 'LC_ALL': 'C.UTF-8'}, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def take(self, copies):
        """In their order: a later one takes the place of an earlier one with the same UID."""
        paths = [os.path.join(self.home, f'{i}.ics') for i in range(len(copies))]
        for path, copy in zip(paths, copies):
            with open(path, 'wb') as f:
                f.write(copy.bytes)
        self._run('import', '--batch', '-a', 'one', *paths)

    def listed(self, form, first, span):
        return [line for line in self._run('list', '--format', form, '--day-format', '', first, span).splitlines() if line.strip()]


# ---- answers ----

def _stamp(at):
    return at.strftime('%Y%m%dT%H%M%SZ')


def _fold(lines):
    """RFC 5545 3.1, for lines of ASCII and of names."""
    out = []
    for line in lines:
        while len(line.encode()) > 75:
            cut = 70
            out.append(line[:cut])
            line = ' ' + line[cut:]
        out.append(line)
    return '\r\n'.join(out) + '\r\n'


def _google(copy, who, name, partstat, method, at, comment, sequence):
    attendee = f'ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN={name};X-NUM-GUESTS=0:mailto:{who}'
    if comment:
        attendee = attendee.replace(';X-NUM', f';X-RESPONSE-COMMENT="{comment}";X-NUM')
    return ['BEGIN:VCALENDAR', 'PRODID:-//Google Inc//Google Calendar 70.9054//EN', 'VERSION:2.0', 'CALSCALE:GREGORIAN', f'METHOD:{method}', 'BEGIN:VEVENT',
            f'DTSTART:{_stamp(copy.start)}', f'DTEND:{_stamp(copy.end)}', f'DTSTAMP:{_stamp(at)}', f'ORGANIZER;CN=Tuesday Circle:mailto:{copy.organizer}',
            f'UID:{copy.uid}', attendee, *([f'COMMENT:{comment}'] if comment else []), f'CREATED:{_stamp(copy.stamp)}', f'LAST-MODIFIED:{_stamp(at)}',
            f'SEQUENCE:{sequence}', 'STATUS:CONFIRMED', f'SUMMARY:{copy.event["SUMMARY"]}', 'TRANSP:OPAQUE', 'END:VEVENT', 'END:VCALENDAR']


OUTLOOK_ZONE = ['BEGIN:VTIMEZONE', 'TZID:Eastern Standard Time', 'BEGIN:STANDARD', 'DTSTART:16010101T020000', 'TZOFFSETFROM:-0400', 'TZOFFSETTO:-0500',
                'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11', 'END:STANDARD', 'BEGIN:DAYLIGHT', 'DTSTART:16010101T020000', 'TZOFFSETFROM:-0500',
                'TZOFFSETTO:-0400', 'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE']


def _outlook(copy, who, name, partstat, method, at, comment, sequence):
    local = [t.astimezone(zoneinfo.ZoneInfo('America/New_York')).strftime('%Y%m%dT%H%M%S') for t in (copy.start, copy.end)]
    words = (comment or '').replace(',', '\\,') + '\\n'
    return ['BEGIN:VCALENDAR', f'METHOD:{method}', 'PRODID:Microsoft Exchange Server 2010', 'VERSION:2.0', *OUTLOOK_ZONE, 'BEGIN:VEVENT',
            f'ATTENDEE;PARTSTAT={partstat};CN={name}:mailto:{who}', f'COMMENT;LANGUAGE=en-US:{words}', f'UID:{copy.uid}',
            f'SUMMARY;LANGUAGE=en-US:{partstat.title()}: {copy.event["SUMMARY"]}', f'DTSTART;TZID=Eastern Standard Time:{local[0]}',
            f'DTEND;TZID=Eastern Standard Time:{local[1]}', 'CLASS:PRIVATE', 'PRIORITY:5', f'DTSTAMP:{_stamp(at)}', 'TRANSP:OPAQUE', 'STATUS:CONFIRMED',
            f'SEQUENCE:{sequence}', 'LOCATION;LANGUAGE=en-US:', f'X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}', 'X-MICROSOFT-CDO-BUSYSTATUS:BUSY', 'BEGIN:VALARM',
            'DESCRIPTION:REMINDER', 'TRIGGER;RELATED=START:-PT15M', 'ACTION:DISPLAY', 'END:VALARM', 'END:VEVENT', 'END:VCALENDAR']


def _apple(copy, who, name, partstat, method, at, comment, sequence):
    return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'CALSCALE:GREGORIAN', 'PRODID:-//Apple Inc.//macOS 14.4//EN', f'METHOD:{method}', 'BEGIN:VEVENT', 'CLASS:PRIVATE',
            f'UID:{copy.uid}', f'DTSTART:{_stamp(copy.start)}', f'DTEND:{_stamp(copy.end)}', f'DTSTAMP:{_stamp(at)}',
            f'ORGANIZER;CN="Tuesday Circle":mailto:{copy.organizer}', *([f'COMMENT:{comment}'] if comment else []),
            f'ATTENDEE;CN="{name}";CUTYPE=INDIVIDUAL;EMAIL="{who}";PARTSTAT={partstat};ROLE=REQ-PARTICIPANT:mailto:{who}', f'SEQUENCE:{sequence}',
            f'SUMMARY:{copy.event["SUMMARY"]}', 'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC', 'END:VEVENT', 'END:VCALENDAR']


PROGRAMS = {'google': _google, 'outlook': _outlook, 'apple': _apple}
serial = 0


def calendar_reply(program, copy, name, partstat, at, method='REPLY', comment=None, sequence=None, sender=None, border=False):
    """A whole mail, as that program sends for a click at that time (or a later one: at). border: as it comes past ours, with its proof."""
    global serial
    serial += 1
    who = sender or copy.attendee
    event = _fold(PROGRAMS[program](copy, who, name, partstat, method, at, comment, copy.sequence if sequence is None else sequence))
    message = email.message.EmailMessage()
    if border:
        message['Authentication-Results'] = f'{BORDER}; dmarc=pass header.from={who.split("@")[1]}'
        message['Received'] = f'from out.example.net by {BORDER}; Mon, 02 Mar 2026 10:00:00 -0500'
    message['From'], message['To'] = f'{name} <{who}>', copy.organizer
    message['Subject'] = f'{partstat.title()}: {copy.event["SUMMARY"]}'
    message['Message-ID'] = f'<cal-{serial}-{program}@{who.split("@")[1]}>'
    done = {'ACCEPTED': 'accepted', 'DECLINED': 'declined', 'TENTATIVE': 'tentatively accepted'}.get(partstat, 'replied to')
    message.set_content({'google': f'{name} has {done} this invitation.\n', 'outlook': (comment or '') + '\n', 'apple': ''}[program])
    kind = {'subtype': 'calendar', 'params': {'method': method}}
    if program == 'outlook':  # in base64, as Exchange does
        message.add_alternative(event, cte='base64', **kind)
    else:
        message.add_alternative(event, **kind)
    if program == 'google':  # and once more as a file
        message.make_mixed()
        message.add_attachment(event.encode(), maintype='application', subtype='ics', filename='invite.ics')
    return message.as_bytes()
