"""The health check inside a container, for nothing but Python: ``probe.py HOST:PORT`` or ``HOST:PORT/-``.

Asks for ``/readyz`` and ends with 0 when the answer is 200; with ``/-`` a connection is enough. A dozen
containers are asked every few seconds, so it imports little.
"""

import socket
import sys

WAIT_SECONDS = 4.0
ASKED = b"GET /readyz HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"


def answers(place: str) -> bool:
    """Whether the place accepts us and, where more than a connection is asked, says 200."""
    address, _, way = place.partition("/")
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), WAIT_SECONDS) as opened:
            if way == "-":
                return True
            opened.sendall(ASKED)
            return opened.makefile("rb").readline().split()[1:2] == [b"200"]
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not answers(sys.argv[1]))
