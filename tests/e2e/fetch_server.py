#!/usr/bin/python3
"""fetch_server.py DIR PORTS LOG - HTTP and FTP servers of a loopback, with the faults of real ones.

Serves DIR. PORTS gets "HTTP FTP", the two port numbers. LOG gets a line for each request:
"METHOD PATH STATUS BYTES Range=... If-Range=... If-None-Match=... If-Modified-Since=...".

http://…/HOW/NAME is the file NAME, where HOW is a list, joined by '+', of: etag, weak, date (what the
answer has as validators), ranges, cut (half of what is asked for, then the connection goes), slow (so
many bytes at a time that it takes seconds), drip (a pause of 10 ms after each 64 KiB), deaf (a Range
is heard, an If-Range is not); or a status, which is all there is, "to" whose Location is the file's
text. ftp://…/NAME has MDTM, SIZE and REST. What DIR/.how holds is in every list, ftp's too ("cut").
"""
import email.utils
import hashlib
import http.server
import os
import socket
import socketserver
import sys
import threading
import time

folder, ports, log = sys.argv[1:4]
WISHES = ("Range", "If-Range", "If-None-Match", "If-Modified-Since")


def always():
    try:
        with open(os.path.join(folder, ".how")) as how:
            return how.read().split()
    except FileNotFoundError:
        return []


def note(line):
    with open(log, "a") as out:
        out.write(line + "\n")


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def end(self, status, sent):
        note(" ".join([self.command, self.path, str(status), str(sent)] +
                      ["%s=%s" % (w, self.headers[w]) for w in WISHES if self.headers[w]]))

    def state(self, how, name, body):
        states = {}
        if "etag" in how or "weak" in how:
            tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
            states["ETag"] = "W/" + tag if "weak" in how else tag
        if "date" in how:
            states["Last-Modified"] = email.utils.formatdate(
                int(os.stat(os.path.join(folder, name)).st_mtime), usegmt=True)
        return states

    def unchanged(self, states):
        wanted = self.headers["If-None-Match"]
        if wanted:
            return wanted == states.get("ETag")
        return self.headers["If-Modified-Since"] and \
            self.headers["If-Modified-Since"] == states.get("Last-Modified")

    def part(self, how, states, body):
        wanted, only = self.headers["Range"], self.headers["If-Range"]
        if "ranges" not in how or not wanted or \
                (only and "deaf" not in how and only not in states.values()):
            return None
        return int(wanted[len("bytes="):].split("-")[0])

    def fail(self, status, location=None):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"oops\n")
        self.end(status, 5)

    def send(self, how, body):
        sent = 0
        if "cut" in how:
            body = body[:len(body) // 2]
        step = max(1, len(body) // 50) if "slow" in how else 65536
        while sent < len(body):
            self.wfile.write(body[sent:sent + step])
            sent += step
            if "slow" in how or "drip" in how:
                time.sleep(0.1 if "slow" in how else 0.01)
        if "cut" in how:
            self.close_connection = True
        return len(body)

    def do_GET(self):
        how, _, name = self.path[1:].partition("/")
        how, name = how.split("+") + always(), name.split("?")[0]
        path = os.path.join(folder, name)
        if how[0].isdigit():
            return self.fail(int(how[0]))
        if not os.path.isfile(path):
            return self.fail(404)
        with open(path, "rb") as from_:
            body = from_.read()
        if how[0] == "to":
            return self.fail(302, body.decode().strip())
        states = self.state(how, name, body)
        if self.unchanged(states):
            self.send_response(304)
            self.end_headers()
            return self.end(304, 0)
        at = self.part(how, states, body)
        if at is not None and at >= len(body):
            return self.fail(416)
        self.send_response(200 if at is None else 206)
        for state in states.items():
            self.send_header(*state)
        if at is not None:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (at, len(body) - 1, len(body)))
            body = body[at:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            sent = self.send(how, body)
        except OSError:
            sent = -1
        return self.end(200 if at is None else 206, sent)


class Files(socketserver.StreamRequestHandler):
    """As much of RFC 959, 2428 and 3659 as a download takes."""

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def retrieve(self, name, at):
        with open(self.path(name), "rb") as from_:
            body = from_.read()[at:]
        sent = body[:len(body) // 2] if "cut" in always() else body
        self.say("150 here it comes")
        data = self.passive.accept()[0]
        data.sendall(sent)
        data.close()
        self.say("226 done" if sent == body else "426 cut")
        note("RETR %s 226 %d at=%d" % (name, len(sent), at))

    def path(self, name):
        return os.path.join(folder, os.path.basename(name))

    def handle(self):
        at = 0
        self.say("220 hello")
        for line in self.rfile:
            command, _, word = line.decode().strip().partition(" ")
            command = command.upper()
            if command in ("SIZE", "MDTM", "RETR") and not os.path.isfile(self.path(word)):
                self.say("550 no such file")
            elif command == "SIZE":
                self.say("213 %d" % os.path.getsize(self.path(word)))
            elif command == "MDTM":
                self.say(time.strftime("213 %Y%m%d%H%M%S",
                                       time.gmtime(os.path.getmtime(self.path(word)))))
            elif command == "EPSV":
                self.passive = socket.create_server(("127.0.0.1", 0))
                self.say("229 ok (|||%d|)" % self.passive.getsockname()[1])
            elif command == "REST":
                at = int(word)
                self.say("350 go on")
            elif command == "RETR":
                self.retrieve(word, at)
                at = 0
            elif command == "PWD":
                self.say('257 "/"')
            elif command == "QUIT":
                return self.say("221 bye")
            else:
                self.say({"USER": "331 who", "PASS": "230 in", "TYPE": "200 ok",
                          "CWD": "250 ok"}.get(
                    command, "502 what"))
        return None


class Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *who):
        """Whoever asked is gone: killed, or full."""


servers = [Threads(("127.0.0.1", 0), kind) for kind in (Web, Files)]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
with open(ports + ".new", "w") as out:
    out.write("%d %d\n" % tuple(s.server_address[1] for s in servers))
os.rename(ports + ".new", ports)
threading.Event().wait()
