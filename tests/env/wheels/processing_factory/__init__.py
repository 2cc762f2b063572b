"""A stand-in for PESTO's processing-factory: the routes a built image is asked for.

GET  /api/v1/health    200 when the service is up
GET  /api/v1/describe  /etc/pesto/service.json
GET  /api/v1/version   /etc/pesto/version.json, with the profile
POST /api/v1/process   the fields of algorithm.input_output.Input as a JSON object; the answer has
                       those of what algorithm.process.Process().process() returns
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONFIGURATION = os.environ.get("PESTO_CONFIGURATION", "/etc/pesto")


def profile():
    return os.environ.get("PESTO_PROFILE", "")


def configuration(name):
    with open(os.path.join(CONFIGURATION, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


def process(request):
    """The algorithm is loaded at the first request for it: one that cannot be is still up."""
    from algorithm.input_output import Input
    from algorithm.process import Process

    return vars(Process().process(Input(**request)))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/api/v1/health":
            self.answer(200, "OK")
        elif self.path == "/api/v1/describe":
            self.answer(200, configuration("service"))
        elif self.path == "/api/v1/version":
            self.answer(200, {**configuration("version"), "profile": profile()})
        else:
            self.answer(404, {"error": "no such route: " + self.path})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/api/v1/process":
            self.answer(404, {"error": "no such route: " + self.path})
            return
        try:
            self.answer(200, process(json.loads(body)))
        except Exception as error:  # the algorithm's, whatever it is: the caller wants to see it
            self.answer(500, {"error": "%s: %s" % (type(error).__name__, error)})


def main():
    port = int(os.environ.get("PESTO_PORT", "8080"))
    print("processing: port %d, profile '%s'" % (port, profile()), file=sys.stderr)
    ThreadingHTTPServer(("", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
