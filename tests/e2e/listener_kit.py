"""What servers of a test's own share: a port on loopback, a thread for each peer."""
import socket
import ssl
import threading


class Listener:
    """A server that speaks as `serve(peer)` says, which a class of its own gives; a peer that goes away ends its thread."""
    patience = 30  # seconds

    def __init__(self):
        self.commands, self.sessions = [], 0
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.sessions += 1
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            peer.settimeout(self.patience)
            self.serve(peer)
        except (OSError, ssl.SSLError, EOFError, ValueError):
            pass
        finally:
            peer.close()
