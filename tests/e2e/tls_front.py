"""tls_front.py SOCKET CERT KEY [CA]: TLS in front of a unix socket, on a port of the loopback that it
prints; with CA clients need a certificate of it."""
import select
import socket
import ssl
import sys
import threading


def carry(here, there):
    """One thread a connection: OpenSSL does not take a read beside a write."""
    takes = [here, there]
    while True:
        ready = [here] if here in takes and here.pending() else select.select(takes, [], [])[0]
        for end, other in ((here, there), (there, here)):
            if end not in ready:
                continue
            data = end.recv(65536)
            if data:
                other.sendall(data)
            elif end is there:
                return
            else:
                there.shutdown(socket.SHUT_WR)
                takes.remove(here)


def serve(raw, context, path):
    try:
        with context.wrap_socket(raw, server_side=True) as here, socket.socket(socket.AF_UNIX) as there:
            there.connect(path)
            carry(here, there)
            here.unwrap()
    except OSError as why:
        print(why, file=sys.stderr, flush=True)


def main():
    path, cert, key = sys.argv[1:4]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if len(sys.argv) > 4:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(sys.argv[4])
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw, context, path), daemon=True).start()


main()
