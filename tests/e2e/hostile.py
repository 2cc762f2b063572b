#!/usr/bin/python3
"""hostile.py project DIR | wrong DIR | user DIR | broken DIR | journal DIR | copied DIR | pack FILE | engine SOCKET MODE |
buildah FILE | log | output FORM | missing PLACE FILE

The strings of tests/fixtures/hostile.txt in every place that mortar reads:

project  a PESTO project's folder gets them as file names, overlays, JSON keys and values, settings
wrong    the same where none of them is allowed
user     a folder with config.toml and a theme
broken   JSON texts with the strings as they are, which RFC 8259 forbids
journal  a build's folder as nobody wrote it: the strings in every field, in the log, forecast and times
copied   a folder with a Dockerfile that copies files of such names
pack     a build that somebody exported, with the strings as names and id
engine   a dockerd on a unix socket whose every word is hostile: MODE refuse, classic, buildkit
buildah  an executable that takes buildah's place
log      what a step prints, to the standard output
output   what a build's client prints, as `mortar watch` reads it: FORM plain, rawjson, classic
missing  the strings of PLACE (bytes, text, name) whose mark FILE does not show, one a line
"""
import base64
import io
import json
import os
import re
import socketserver
import sys
import tarfile

TABLE = os.path.join(os.path.dirname(__file__), "../fixtures/hostile.txt")
SIGNS = {"e": b"\033", "n": b"\n", "r": b"\r", "t": b"\t", "\\": b"\\", '"': b'"'}


def unescape(text):
    """The table's notation; surrogates as code points become the bytes they would be."""
    def one(match):
        word = match.group(1)
        if word[0] == "x":
            return bytes([int(word[1:], 16)])
        if word[0] in "uU":
            return chr(int(word[1:], 16)).encode("utf-8", "surrogatepass")
        return SIGNS[word]
    out, at = b"", 0
    for match in re.finditer(r"\\(x..|u.{4}|U.{8}|.)", text):
        out += text[at:match.start()].encode() + one(match)
        at = match.end()
    return out + text[at:].encode()


def strings():
    """Each with marks around it: the front one must be seen wherever the string is shown."""
    with open(TABLE) as table:
        rows = [line.rstrip("\n").split(None, 1) for line in table if line[0] != "#"]
    return [b"h%03d<" % i + unescape(text) + b">" for i, (_, text) in enumerate(rows)]


def is_text(s):
    try:
        s.decode()
        return True
    except UnicodeDecodeError:
        return False


def place(name):
    """bytes: all; text: those of JSON; name: those a file can have."""
    if name == "text":
        return [s for s in strings() if is_text(s)]
    if name == "name":
        return [s.replace(b"/", b"_") for s in strings() if b"\0" not in s and len(s) < 240]
    return strings()


def texts():
    return [s.decode() for s in place("text")]


def everything():
    return b"".join(strings()).decode("utf-8", "replace")


# -- a project -----------------------------------------------------------------------------------

def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)


def toml(text):
    return '"' + "".join("\\U%08x" % ord(c) for c in text) + '"'


def project(root):
    api, build = os.path.join(root, "pesto/api/"), os.path.join(root, "pesto/build/")
    write(api + "config.json", json.dumps({t: t for t in texts()}, indent=4).encode())
    root_bytes = os.fsencode(root)
    for name in place("name"):
        write(os.path.join(root_bytes, b"names", name), b"")
        write(os.path.join(root_bytes, b"pesto/api/config." + name + b".json"), b"{}")
    archive = os.path.join(root_bytes, b"names.tar.gz")
    with tarfile.open(archive, "w:gz") as out:
        for name in place("name"):
            out.addfile(tarfile.TarInfo(os.fsdecode(b"in/" + name)))
    with open(build + "requirements.json") as source:
        settings = json.load(source)
    settings["requirements"]["names"] = {"from": "file://names.tar.gz", "to": "/opt/names"}
    write(build + "requirements.json", json.dumps(settings).encode())
    with open(build + "build.json") as source:
        settings = json.load(source)
    settings["maintainer"] = texts()
    write(build + "build.json", json.dumps(settings).encode())
    write(os.path.join(root, "log"), b"\n".join(strings()) + b"\n")
    write(os.path.join(root, ".mortar.toml"),
          "".join("%s = 1\n" % toml(t) for t in texts()).encode())
    os.makedirs(os.path.join(root, ".git"), exist_ok=True)
    for path in (".git/objects", ".git/refs"):
        os.makedirs(os.path.join(root, path), exist_ok=True)
    # libgit2 takes no name with C0 in it.
    branch = b"h000<\302\23331m\342\200\256\342\200\213\233\300>"
    write(os.path.join(root, ".git/HEAD"), b"ref: refs/heads/" + branch + b"\n")


def wrong(root):
    """Every string where a project must not have it."""
    api, build = os.path.join(root, "pesto/api/"), os.path.join(root, "pesto/build/")
    settings = {"environments": {t: 1 for t in texts()}, "dockerBaseImage": everything(),
                "requirements": {t: {"from": t, "to": t, "type": t} for t in texts()}}
    write(build + "requirements.json", json.dumps(settings).encode())
    write(build + "build.json", json.dumps({"name": everything(), "version": everything(),
                                            "workspace": None, "algorithm_path": None}).encode())
    write(api + "config.json", b"{" + b"".join(strings()))


def user(config):
    """The user's own settings."""
    write(os.path.join(config, "config.toml"),
          ("engine = %s\ntheme = %s\n" % (toml(texts()[0]), toml(texts()[1])) +
           "".join("[engines.%s]\nendpoint = %s\n" % (toml(t), toml(t)) for t in texts())).encode())
    write(os.path.join(config, "themes/hostile.theme"), b"\n".join(strings()))


def broken(folder):
    """Texts that are no JSON, since each of the strings stands in quotes as it is."""
    for i, s in enumerate(strings()):
        if not is_text(s) or any(c < 0x20 for c in s):
            write(os.path.join(folder, "%03d.json" % i), b'{"a": "' + s + b'"}')
    for i, escape in enumerate((r"\ud800", r"\udc00\ud800", r"\ud800\u0041", r"\u12", r"\x1b", r"\e")):
        write(os.path.join(folder, "escape-%d.json" % i), b'{"a": "%s"}' % escape.encode())


# -- a journal -----------------------------------------------------------------------------------

def journal(folder):
    os.makedirs(folder, mode=0o700, exist_ok=True)
    all_of_it = everything()
    words = texts()
    log, events = b"", []

    def say(ev, **fields):
        events.append(json.dumps(dict(t=1.5 + len(events), ev=ev, **fields)).encode())

    steps = [{"index": i, "name": w, "stage": w, "line": i, "group": i % 3, "origin": w,
              "forecast": w} for i, w in enumerate(words)]
    say("build.start", format=1, id=all_of_it, project=all_of_it, kind=words[0], root=all_of_it,
        argument=all_of_it, profiles=words, merge=words[1], level=words[2], engine=words[3],
        engine_version=all_of_it, engine_address=all_of_it, image=all_of_it, pid=1,
        groups=words[:3], steps=steps)
    say("step.add", step=len(words), name=all_of_it, internal=True)
    for i, s in enumerate(strings()):
        step = i % len(words)
        say("step.start", step=step)
        say("log", step=step, stream=1, offset=len(log), length=len(s) + 1)
        log += s + b"\n"
        say("step.progress", step=step, id=all_of_it, current=1, total=2)
        say("warning", text=s.decode("utf-8", "replace"))
        say("step.done", step=step, ok=i % 5 != 0, cached=False, seconds=1, reason=all_of_it)
        events.append(b'{"t":2,"ev":"' + s.replace(b"\n", b" ") + b'","step":' + s.replace(b"\n", b" ") + b"}")
    say("build.done", ok=False, cancelled=False, image=all_of_it, image_id=all_of_it, seconds=1,
        error=all_of_it, exit=1)
    write(os.path.join(folder, "journal"), b"\n".join(events) + b"\n")
    write(os.path.join(folder, "log"), log)
    write(os.path.join(folder, "lock"), b"")
    write(os.path.join(folder, "request.json"), strings()[0])
    forecast = [{"step": i, "verdict": "miss", "why": "context", "sentence": w, "cause": w, "parent": None,
                 "files": [{"change": "changed", "path": p} for p in words[i:i + 20]], "files_count": 21,
                 "p25": 1.0, "p50": 2.0, "p90": 3.0} for i, w in enumerate(words)]
    write(os.path.join(folder, "forecast.json"),
          json.dumps({"engine": all_of_it, "against": all_of_it, "steps": forecast}).encode())
    times = [{"step": i, "stage": w, "name": w, "cached": False, "ok": True, "seconds": 1.0, "lines": 1}
             for i, w in enumerate(words)]
    write(os.path.join(folder, "times.json"),
          json.dumps({"format": 1, "root": all_of_it, "project": all_of_it, "engine": words[3],
                      "engine_address": all_of_it, "level": words[2], "ok": True, "started": 1.0,
                      "seconds": 1.0, "path": 1.0, "steps": times}).encode())


# -- a project of the kind dockerfile, and an exported build ------------------------------------------

def copied(root):
    """Its Dockerfile copies files of hostile names, by a stage of an ordinary one."""
    root_bytes = os.fsencode(root)
    for name in place("name"):
        write(os.path.join(root_bytes, b"names", name), name)
    write(os.path.join(root, "Dockerfile"), b"FROM mortar-test-busybox:1\nCOPY names /names\n")


def pack(path):
    """What `history import` refuses: each string as the name of a member and as its id."""
    with tarfile.open(path, "w:gz") as out:
        for i, name in enumerate([b"mortar.json"] + place("name")):
            data = json.dumps({"format": 1, "id": everything(), "mortar": everything()}).encode()
            info = tarfile.TarInfo(os.fsdecode(name))
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))


# -- engines -------------------------------------------------------------------------------------

def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    """A protobuf field: bytes, or a number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def vertex(number, name, *more):
    stamp = field(1, 1700000000 + number)
    return field(1, field(1, b"sha256:%064d" % number) + field(3, name) + field(5, stamp) +
                 b"".join(more))


def buildkit_lines():
    def aux(message):
        return {"id": "moby.buildkit.trace", "aux": base64.b64encode(message).decode()}
    done = field(6, field(1, 1700000999))
    for i, s in enumerate(strings()):
        of = field(1, b"sha256:%064d" % i)
        yield aux(vertex(i, b"[internal] " + s))
        yield aux(field(2, field(1, s) + field(2, b"sha256:%064d" % i) + field(3, s) +
                        field(4, 1) + field(5, 2)))
        yield aux(field(3, field(1, b"sha256:%064d" % i) + field(3, 1) + field(4, s + b"\n")))
        yield aux(field(4, of + field(2, 1) + field(3, s) + field(4, s) + field(5, s)))
        yield aux(vertex(i, b"[internal] " + s, done, field(7, s) if i % 3 == 0 else b""))


def classic_lines():
    yield {"stream": "Step 1/9 : FROM " + everything() + "\n"}
    for s in texts():
        yield {"stream": s + "\n"}
        yield {"stream": "Step " + s}
        yield {"stream": " ---> " + s + "\n"}
        yield {"status": s, "id": s, "progressDetail": {"current": 1, "total": 2}, "progress": s}
        yield {"aux": {"ID": s}}


class Engine(socketserver.StreamRequestHandler):
    mode = ""

    def answer(self, status, body, reason=b"X"):
        # BuildKit's own way, /grpc, is refused: /build then has it.
        builder = b"Builder-Version: 2\r\n" if self.mode == "buildkit" else b""
        self.wfile.write(b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nServer: %s\r\n%s"
                         b"Content-Length: %d\r\nConnection: close\r\n\r\n" %
                         (status, reason, reason, builder, len(body)) + body)

    def drain(self, headers):
        """The request's body, chunked or none."""
        if b"chunked" not in headers:
            return
        while True:
            size = int(self.rfile.readline(), 16)
            self.rfile.read(size + 2)
            if not size:
                return

    def handle(self):
        request = self.rfile.readline()
        headers = b"".join(iter(self.rfile.readline, b"\r\n"))
        if b"/version" in request:
            self.answer(200, json.dumps({"Version": everything(), "ApiVersion": "1.41",
                                         "MinAPIVersion": "1.12", "Platform": {"Name": everything()},
                                         "Components": [{"Name": everything()}]}).encode())
        elif b"/build?" in request:
            self.drain(headers)
            self.build()
        else:
            self.answer(404, json.dumps({"message": everything()}).encode())

    def build(self):
        words = everything()
        if self.mode == "refuse":
            reason = b"".join(s for s in strings() if b"\n" not in s and b"\r" not in s)[:4000]
            self.answer(500, json.dumps({"message": words}).encode(), reason)
            return
        lines = list(buildkit_lines() if self.mode == "buildkit" else classic_lines())
        lines.append({"errorDetail": {"code": 7, "message": words}, "error": words})
        self.answer(200, b"".join(json.dumps(line).encode() + b"\r\n" for line in lines))


class Engines(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def engine(path, mode):
    Engine.mode = mode
    Engines(path, Engine).serve_forever()


BUILDAH = """#!/bin/sh
case $1 in
--version) echo "buildah version 1.28.2 (x)" ;;
bud)
	%s log | tee /dev/stderr
	printf 'STEP 1/9: '
	%s log | tr -d '\\n' >&2
	for i in 1 2 3 4 5; do sleep "${HOSTILE_NAP:-0}"; echo "line $i"; done
	exit 125 ;;
esac
"""


def buildah(path):
    write(path, (BUILDAH % (sys.argv[0], sys.argv[0])).encode())
    os.chmod(path, 0o755)


# -- what was shown ------------------------------------------------------------------------------

def log():
    sys.stdout.buffer.write(b"\n".join(strings()) + b"\n")


def output(form):
    out = sys.stdout.buffer
    for i, s in enumerate(strings(), 1):
        if form == "plain":
            out.write(b"#%d [%s 1/1] RUN %s\n#%d 0.1 %s\n#%d sha256:%s 1B / 2B\n#%d WARN: %s\n"
                      b"#%d ERROR: %s\n%s\n" % (i, s, s, i, s, i, s, i, s, i, s, s))
        elif form == "classic":
            out.write(b"Step %d/999 : FROM %s\n%s\n ---> [Warning] %s\n" % (i, s, s, s))
    if form == "rawjson":
        for s in texts():
            data = base64.b64encode(s.encode()).decode()
            print(json.dumps({"vertexes": [{"digest": s, "name": "[%s 1/1] RUN %s" % (s, s),
                                            "started": "2026-01-01T00:00:00Z"}],
                              "statuses": [{"id": s, "vertex": s, "name": s, "current": 1}],
                              "logs": [{"vertex": s, "stream": 1, "data": data}],
                              "warnings": [{"vertex": s, "short": data, "url": s}]},
                             separators=(",", ":")))


def missing(where, path):
    with open(path, "rb") as source:
        raw = source.read()
    lost = [s for s in place(where) if s[:5] not in raw]
    for s in lost:
        print(ascii(s))
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    verbs = {f.__name__: f for f in (project, wrong, user, broken, journal, copied, pack, engine, buildah, log, output,
                                    missing)}
    if len(sys.argv) < 2 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    verbs[sys.argv[1]](*sys.argv[2:])
