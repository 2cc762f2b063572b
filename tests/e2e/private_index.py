#!/usr/bin/python3
"""A package index on the loopback interface that wants a user and a password, and alone has
the package hidden-package.

private_index.py FOLDER: writes FOLDER/port, then serves until a signal.  PRIVATE_INDEX, in the
environment, is user:password.  At every request that has them it looks whether the password
stands in the arguments of any process, and writes those into FOLDER/argv; FOLDER/served has a
line a wheel that was fetched.
"""

import base64
import glob
import os
import sys
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = sys.argv[1]
CREDENTIALS = os.environ["PRIVATE_INDEX"]
WHEEL = "hidden_package-1-py3-none-any.whl"


def wheel_make(name, requires=""):
    """An empty package; pip takes a wheel without hashes in its RECORD."""
    path = os.path.join(FOLDER, "%s-1-py3-none-any.whl" % name)
    info = "%s-1.dist-info/" % name
    metadata = "Metadata-Version: 2.1\nName: %s\nVersion: 1\n%s" % (name, requires)
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(name + ".py", "")
        wheel.writestr(info + "METADATA", metadata)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "".join("%s,,\n" % n for n in wheel.namelist()))


def write(name, text):
    with open(os.path.join(FOLDER, name), "a") as out:
        out.write(text)


def look_into_arguments():
    password = CREDENTIALS.split(":", 1)[1].encode()
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as arguments:
                text = arguments.read()
        except OSError:
            continue
        if password in text:
            write("argv", repr(text) + "\n")


class Index(BaseHTTPRequestHandler):
    def answer(self, status, body, kind="text/html", head=()):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body)))) + tuple(head):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        wanted = "Basic " + base64.b64encode(CREDENTIALS.encode()).decode()
        if self.headers.get("Authorization") != wanted:
            self.answer(401, b"", head=(("WWW-Authenticate", 'Basic realm="private"'),))
            return
        look_into_arguments()
        if self.path == "/simple/hidden-package/":
            self.answer(200, ('<a href="/%s">%s</a>' % (WHEEL, WHEEL)).encode())
        elif self.path == "/" + WHEEL:
            write("served", WHEEL + "\n")
            with open(os.path.join(FOLDER, WHEEL), "rb") as wheel:
                self.answer(200, wheel.read(), "application/zip")
        else:
            self.answer(404, b"")

    def log_message(self, *arguments):
        pass


wheel_make("hidden_package")
wheel_make("needs_hidden", "Requires-Dist: hidden-package\n")
server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
write("port", "%d\n" % server.server_address[1])
server.serve_forever()
