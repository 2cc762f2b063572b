#!/usr/bin/python3
"""A package index for pip on the loopback interface (PEP 503), for machines PyPI does not answer.

index.py build DIR         fills DIR with Debian's own wheels and those made of tests/env/wheels
index.py serve DIR PORT    serves it, until a signal
index.py probe PORT        exit 0 if such an index answers at PORT, 1 if nothing, 2 if another server
index.py pypi              exit 0 if PyPI answers
"""

import base64
import glob
import hashlib
import html
import os
import re
import sys
import urllib.error
import urllib.request
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DEBIAN_WHEELS = "/usr/share/python-wheels"
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wheels")
MARK = "mortar-index"

# Package, module, version, entry points. certifi: PESTO asks for >= 2017.4.17. The factory's
# version is low, so that the real one is taken where PyPI answers too.
MADE = [
    ("certifi", "certifi", "2023.1.1", ""),
    (
        "processing-factory",
        "processing_factory",
        "0.1.0",
        "[console_scripts]\nprocessing = processing_factory:main\n",
    ),
]


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def wheel_files(package, module, version, entry_points):
    """The members of a wheel, RECORD last, as PEP 427 wants them."""
    info = "%s-%s.dist-info/" % (module, version)
    with open(os.path.join(SOURCES, module, "__init__.py"), "rb") as source:
        files = [(module + "/__init__.py", source.read())]
    metadata = "Metadata-Version: 2.1\nName: %s\nVersion: %s\nSummary: a stand-in for tests\n"
    files.append((info + "METADATA", (metadata % (package, version)).encode()))
    files.append(
        (info + "WHEEL", b"Wheel-Version: 1.0\nGenerator: mortar\n"
         b"Root-Is-Purelib: true\nTag: py3-none-any\n")
    )
    if entry_points:
        files.append((info + "entry_points.txt", entry_points.encode()))
    record = ""
    for name, content in files:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (name, digest, len(content))
    record += info + "RECORD,,\n"
    return files + [(info + "RECORD", record.encode())]


def replace(path, content):
    """Whole or not at all, and untouched when it is right already."""
    if os.path.exists(path):
        with open(path, "rb") as old:
            if old.read() == content:
                return
    with open(path + ".new", "wb") as new:
        new.write(content)
    os.replace(path + ".new", path)


def wheel_make(folder, package, module, version, entry_points):
    path = os.path.join(folder, "%s-%s-py3-none-any.whl" % (module, version))
    part = path + ".part"
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as wheel:
        for name, content in wheel_files(package, module, version, entry_points):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o100644 << 16
            wheel.writestr(member, content)
    with open(part, "rb") as made:
        replace(path, made.read())
    os.unlink(part)


def build(folder):
    os.makedirs(folder, exist_ok=True)
    for package in ("pip", "setuptools", "wheel"):
        found = glob.glob(os.path.join(DEBIAN_WHEELS, package + "-*.whl"))
        if not found:
            sys.exit("index.py: no wheel of %s in %s; run tests/env/packages.sh demo"
                     % (package, DEBIAN_WHEELS))
        for path in found:
            with open(path, "rb") as wheel:
                replace(os.path.join(folder, os.path.basename(path)), wheel.read())
    for made in MADE:
        wheel_make(folder, *made)


def page(title, links):
    lines = ["<!DOCTYPE html><html><head><meta name=\"generator\" content=\"%s\">" % MARK,
             "<title>%s</title></head><body>" % html.escape(title)]
    lines += ["<a href=\"%s\">%s</a><br>" % (html.escape(href), html.escape(text))
              for href, text in links]
    return "\n".join(lines + ["</body></html>\n"]).encode()


class Index(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = ""

    def wheels(self):
        """Normalised name -> file names, read anew: a wheel added while it runs is there."""
        found = {}
        for name in sorted(os.listdir(self.folder)):
            if name.endswith(".whl"):
                found.setdefault(normalised(name.split("-")[0]), []).append(name)
        return found

    def answer(self, status, content, kind="text/html; charset=utf-8"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def digest(self, name):
        with open(os.path.join(self.folder, name), "rb") as wheel:
            return hashlib.sha256(wheel.read()).hexdigest()

    def do_GET(self):
        wheels = self.wheels()
        parts = self.path.strip("/").split("/")
        if parts == ["simple"]:
            self.answer(200, page("index", [("/simple/%s/" % name, name) for name in wheels]))
        elif len(parts) == 2 and parts[0] == "simple" and normalised(parts[1]) in wheels:
            links = [("/files/%s#sha256=%s" % (name, self.digest(name)), name)
                     for name in wheels[normalised(parts[1])]]
            self.answer(200, page(parts[1], links))
        elif len(parts) == 2 and parts[0] == "files" and parts[1] in sum(wheels.values(), []):
            with open(os.path.join(self.folder, parts[1]), "rb") as wheel:
                self.answer(200, wheel.read(), "application/zip")
        else:
            self.answer(404, page("not here", []))

    do_HEAD = do_GET


def serve(folder, port):
    Index.folder = folder
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer(("127.0.0.1", port), Index).serve_forever()


def get(url, seconds):
    """What a container would see: no proxy of this shell."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=seconds) as answer:
        return answer.read()


def probe(port):
    try:
        return 0 if MARK.encode() in get("http://127.0.0.1:%d/simple/" % port, 3) else 2
    except urllib.error.HTTPError:
        return 2
    except (urllib.error.URLError, ConnectionError):
        return 1
    except OSError:
        return 2


def pypi():
    """Asks where pip would, by its own word."""
    sys.path[:0] = glob.glob(os.path.join(DEBIAN_WHEELS, "pip-*.whl"))
    try:
        from pip._internal.models.index import PyPI

        get(PyPI.simple_url + "/pip/", 3)
    except (ImportError, OSError):
        return 1
    return 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "build":
        build(arguments[1])
    elif len(arguments) == 3 and arguments[0] == "serve":
        serve(arguments[1], int(arguments[2]))
    elif len(arguments) == 2 and arguments[0] == "probe":
        return probe(int(arguments[1]))
    elif arguments == ["pypi"]:
        return pypi()
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
