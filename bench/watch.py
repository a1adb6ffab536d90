"""What the processes of `serve` hold, sampled while they work."""
import os
import threading
import time


def read(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b''


def number(data, name):
    """Of a line "Pss:  1234 kB"; 0 when the process has just gone."""
    for line in data.split(b'\n'):
        if line.startswith(name + b':'):
            return int(line.split()[1])
    return 0


class Watch(threading.Thread):
    """Samples serve and all that it started."""

    def __init__(self, serve):
        super().__init__(daemon=True)
        self.serve, self.pss, self.rss, self.samples, self.is_over = serve, {}, {}, 0, False

    def tree(self, pid):
        yield pid
        for child in read(f'/proc/{pid}/task/{pid}/children').split():
            yield from self.tree(int(child))

    @staticmethod
    def role(pid):
        words = read(f'/proc/{pid}/cmdline').decode().split('\0')
        if os.path.basename(words[0]) == 'postcircle-parse':
            return 'reader of mail'
        return words[words.index('role') + 1] if 'role' in words else 'serve'

    def run(self):
        while not self.is_over:
            for pid in list(self.tree(self.serve.pid)):
                role = self.role(pid)
                self.pss[role] = max(self.pss.get(role, 0), number(read(f'/proc/{pid}/smaps_rollup'), b'Pss'))
                self.rss[role] = max(self.rss.get(role, 0), number(read(f'/proc/{pid}/status'), b'VmHWM'))
            self.samples += 1
            time.sleep(0.02)
