#!/usr/bin/python3
"""counting.py SOCKET LISTEN COUNTS: an engine's unix socket under another name, with a meter.

COUNTS has two numbers, the bytes that went to the engine and those that came back, of all
connections so far; it is written whenever a connection has ended, and on SIGUSR1 emptied.
"""
import os
import signal
import socket
import sys
import threading

counts = [0, 0]
lock = threading.Lock()


def write(path):
    with lock:
        with open(path + ".new", "w", encoding="ascii") as f:
            f.write(f"{counts[0]} {counts[1]}\n")
        os.replace(path + ".new", path)


def pump(source, sink, which):
    try:
        while data := source.recv(1 << 18):
            with lock:
                counts[which] += len(data)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in source, sink:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(near, engine, path):
    far = socket.socket(socket.AF_UNIX)
    far.connect(engine)
    both = [threading.Thread(target=pump, args=args, daemon=True)
            for args in ((near, far, 0), (far, near, 1))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    near.close()
    far.close()
    write(path)


def main(engine, listen, path):
    def empty(*_):
        with lock:
            counts[:] = [0, 0]
        write(path)
    signal.signal(signal.SIGUSR1, empty)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(listen)
    listener.listen(64)
    write(path)
    while True:
        near, _ = listener.accept()
        threading.Thread(target=serve, args=(near, engine, path), daemon=True).start()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
