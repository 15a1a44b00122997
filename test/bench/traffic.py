"""Steady traffic through forwards, about 20 kB/s each way on each.

  traffic.py serve PORT...            echoes, for ever
  traffic.py load ADDRESS IDLE PORT...   talks to each port, and holds IDLE
                                         connections that say nothing
  traffic.py fill ADDRESS FLOWS PORT...  sends a datagram on each of as many
                                         flows, through UDP ports
"""
import random
import selectors
import socket
import sys
import time

SLICE = 2000    # bytes, on average
EVERY_S = 0.1


def echo(ports):
    ready = selectors.DefaultSelector()
    for port in ports:
        s = socket.create_server(("::", port), family=socket.AF_INET6,
                                 dualstack_ipv6=True)
        ready.register(s, selectors.EVENT_READ, True)
    while True:
        for key, _ in ready.select():
            if key.data:
                ready.register(key.fileobj.accept()[0],
                               selectors.EVENT_READ, False)
                continue
            data = key.fileobj.recv(65536)
            if data:
                key.fileobj.sendall(data)
            else:
                ready.unregister(key.fileobj)
                key.fileobj.close()


def connect(address, port):
    """Servers and forwards may still be on their way up."""
    for _ in range(50):
        try:
            return socket.create_connection((address, port), 1)
        except OSError:
            time.sleep(0.1)
    sys.exit(f"traffic: no answer from {address} port {port}")


def load(address, idle, ports):
    busy = [connect(address, p) for p in ports]
    quiet = [connect(address, ports[i % len(ports)]) for i in range(idle)]
    print("ready", len(busy) + len(quiet), flush=True)
    for s in busy:
        s.setblocking(False)
    while True:
        for s in busy:
            try:
                s.send(bytes(random.randrange(SLICE * 4 // 5, SLICE * 6 // 5)))
                s.recv(65536)
            except BlockingIOError:
                pass
        time.sleep(EVERY_S)


def fill(address, flows, ports):
    """Each socket has a port of its own, so each of its sends is a flow."""
    for _ in range(flows // len(ports)):
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            for port in ports:
                s.sendto(b"x", (address, port))


if sys.argv[1] == "serve":
    echo([int(p) for p in sys.argv[2:]])
else:
    {"load": load, "fill": fill}[sys.argv[1]](
        sys.argv[2], int(sys.argv[3]), [int(p) for p in sys.argv[4:]])
