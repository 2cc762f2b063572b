#!/usr/bin/python3
"""workspace.py DIR: the example with profile gpu (rule root) as PESTO would lay it out, by hand.

What mortar sends is made by mortar; this is only what check.sh needs to prove that the engines,
the base images and the index work, before and apart from it.
"""

import json
import os
import shutil
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(HERE, "../../docs/examples/ship-detector")
NAME = "ship-detector"
PROFILE = "gpu"

HEALTH = ("HEALTHCHECK --interval=30s --timeout=30s --start-period=5s --retries=3 CMD python3 -c "
          "\"import urllib.request as u; u.urlopen('http://localhost:8080/api/v1/health')\"")


def cascaded(path):
    """A file of the example with its overlay on the root level."""
    value = {}
    for name in (path + ".json", "%s.%s.json" % (path, PROFILE)):
        try:
            with open(os.path.join(EXAMPLE, "pesto", name), encoding="utf-8") as file:
                value.update(json.load(file))
        except FileNotFoundError:
            pass
    return value


def quoted(text):
    """For ENV: quotes are kept, $NAME expands, a backslash stays unless it is before a dollar."""
    return '"%s"' % text.replace("\\", "\\\\").replace("\\\\$", "\\$").replace('"', '\\"')


def steps(requirements):
    """Group by group: (title, lines, level's ARGs)."""
    pip, data, path = [], [], "/opt/" + NAME
    for name, value in requirements["requirements"].items():
        base = os.path.basename(value["from"])
        if value.get("type") == "pip":
            pip += ["COPY requirements/%s /tmp" % base, "RUN pip install /tmp/" + base,
                    "RUN rm -rf /tmp/" + base]
            continue
        data.append("COPY %s %s" % (name, value["to"]))
        if value.get("type") == "python":
            path += ":" + value["to"]
    env = ["ENV %s=%s" % (name, quoted(text)) for name, text in requirements["environments"].items()]
    return [
        ("pip", ["RUN python3 -V", "RUN pip install --upgrade pip",
                 'RUN pip install "certifi>=2017.4.17"'], []),
        ("PESTO", ["RUN pip install processing-factory"], ["CACHE_UP_TO_PESTO", "C1"]),
        ("requirements", pip, ["CACHE_UP_TO_PIP_REQ", "C2"]),
        ("algorithm", ["COPY %s /opt/%s" % (NAME, NAME), "RUN pip install /opt/" + NAME],
         ["CACHE_UP_TO_ALGO", "C3"]),
        ("configuration", ["ENV PESTO_PROFILE=" + PROFILE] + env +
         ["ENV PYTHONPATH=$PYTHONPATH${PYTHONPATH:+:}" + path,
          "COPY %s/pesto/api/service.json %s/pesto/api/version.json %s/pesto/api/config.json "
          "/etc/pesto/" % (NAME, NAME, NAME)] + data, []),
    ]


def dockerfile(requirements):
    lines = ["FROM " + requirements["dockerBaseImage"], 'CMD ["processing"]', "ENTRYPOINT []",
             "EXPOSE 8080", HEALTH]
    for title, body, levels in steps(requirements):
        lines += ["RUN echo '***** %s *****'" % title] + body
        lines += ["ARG %s=1" % level for level in levels]
    return "\n".join(lines) + "\n"


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=4)
        file.write("\n")


def main(workspace):
    requirements = cascaded("build/requirements")
    copy = os.path.join(workspace, NAME)
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("requirements", "__pycache__"))
    os.makedirs(os.path.join(workspace, "requirements"))
    for name, value in requirements["requirements"].items():
        archive = os.path.join(EXAMPLE, value["from"][len("file://"):])
        shutil.copy(archive, os.path.join(workspace, "requirements"))
        with tarfile.open(archive) as tar:
            tar.extractall(os.path.join(workspace, name))
    api = os.path.join(copy, "pesto", "api")
    description = cascaded("api/description")
    write_json(os.path.join(api, "service.json"), description)
    write_json(os.path.join(api, "config.json"), cascaded("api/config"))
    version = {"version": description["version"], **cascaded("api/version")}
    write_json(os.path.join(api, "version.json"), version)
    with open(os.path.join(workspace, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write(dockerfile(requirements))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
