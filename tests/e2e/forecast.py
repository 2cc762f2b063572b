#!/usr/bin/env python3
"""forecast.py - what a forecast says against what an engine then does, step by step.

Edits and level changes at random from a seed, on three projects: two plain Dockerfiles of several
stages and a PESTO example.  After each edit `mortar plan --json` is asked, the build is run for real,
and its journal compared with what was said.  FROM is left out of the figures: it is served whenever
the image is there.  An `unknown` counts as wrong
but for the first build of a project.  What a command of a stage does not read is learned from the first
build that shows it, which is forecast wrong: of few edits that is a larger part than of many.

usage: forecast.py MORTAR FOLDER PREFIX BASE-IMAGE EXAMPLES EDITS SEED BUILDER...
Prints TAP and the figures; what went wrong stands behind `# `.
"""
import collections, json, os, random, secrets, shutil, subprocess, sys
from pathlib import Path

MORTAR, FOLDER, PREFIX, BASE, EXAMPLES, EDITS, SEED = sys.argv[1:8]
BUILDERS = sys.argv[8:]
DOCKER = os.environ.get("DOCKER", "docker")

APP = """ARG BASE={base}
ARG UNUSED=1
FROM ${{BASE}} AS deps
ARG MODE=dev
ENV LANGUAGE=en
WORKDIR /deps
COPY deps/ ./
RUN cat list.txt > /deps/installed
RUN echo "$MODE" > /deps/mode

FROM ${{BASE}} AS build
WORKDIR /src
COPY src/ /src/
RUN cat main.txt > /src/out
RUN wc -c < /src/out > /src/size

FROM ${{BASE}}
ARG VERSION=1
COPY --from=build /src/out /app/out
COPY --from=deps /deps/installed /app/installed
COPY config/*.conf /etc/app/
LABEL version=$VERSION
RUN echo "version $VERSION"
COPY static /static
USER root
RUN echo done
CMD ["sh"]
"""

TREE = """FROM scratch AS files
COPY nonce /nonce
COPY data /data

FROM {base} AS gen
COPY gen.sh notes.txt /
RUN sh /gen.sh > /result

FROM {base}
COPY --from=files /data/a.txt /a.txt
COPY --from=gen /result /result
ENV PLACE=here
RUN cat /a.txt /result > /both
COPY . /all
WORKDIR /all
RUN ls > /list
COPY link.txt /linked
RUN echo "$PLACE"
"""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def docker(*words, text=None):
    done = subprocess.run([DOCKER, *words], input=text, capture_output=True, text=True,
                          env={**os.environ, "DOCKER_BUILDKIT": "0"})
    if done.returncode:
        raise SystemExit(f"docker {' '.join(words)}: {done.stderr}")
    return done.stdout.strip()


class Project:
    """A folder, the options of its builds, and the edits that fit it."""

    levels = ["none"] + ["all"] * 7

    def __init__(self, name, builder, rng):
        self.name, self.builder, self.rng, self.count = name, builder, rng, 0
        self.root = Path(FOLDER) / builder / name
        self.image = f"{PREFIX}-{name}-{builder}"
        self.base = f"{PREFIX}-base-{name}-{builder}:1"
        self.level, self.args, self.failing = "all", {}, None
        self.root.mkdir(parents=True)
        self.move_base()
        self.make()
        self.past = [self.state()]
        self.was_hard = False

    def move_base(self):
        """The same name is another image now, and no former run's."""
        text = f"FROM {BASE}\nLABEL mortar.e2e={PREFIX}\nRUN echo {secrets.token_hex()} > /nonce\n"
        docker("build", "-q", "-t", self.base, "-", text=text)

    def state(self):
        tree = {}
        for path in sorted(self.root.rglob("*")):
            if path.is_symlink():
                tree[path.relative_to(self.root)] = ("link", os.readlink(path))
            elif path.is_file():
                tree[path.relative_to(self.root)] = (path.stat().st_mode & 0o777, path.read_bytes())
        return tree, dict(self.args)

    def restore(self, state):
        tree, self.args = state[0], dict(state[1])
        for path in sorted(self.root.iterdir()):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for name, (mode, content) in tree.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if mode == "link":
                path.symlink_to(content)
            else:
                path.write_bytes(content)
                path.chmod(mode)

    def fresh(self):
        self.count += 1
        return f"{self.count}-{self.rng.randrange(10**6)}"

    def files(self, *globs):
        return sorted(p for g in globs for p in self.root.glob(g) if p.is_file() and not p.is_symlink())

    def pick(self, *globs):
        return self.rng.choice(self.files(*globs))

    def sub(self, old, new):
        path = self.root / "Dockerfile"
        path.write_text(path.read_text().replace(old, new, 1))

    def options(self):
        words = ["-c", self.level, "--engine", self.builder, "--no-git-labels"]
        for name, value in self.args.items():
            words += ["--build-arg", f"{name}={value}"]
        return words

    # -- edits: (name, hard, what) --

    def edit_nothing(self): pass

    def edit_touch(self):
        os.utime(self.pick(*self.content))

    def edit_content(self):
        path = self.pick(*self.content)
        path.write_text(path.read_text() + f"# {self.fresh()}\n")

    def edit_add(self):
        write(self.pick(*self.content).parent / f"new{self.fresh()}.txt", self.fresh())

    def edit_mode(self):
        path = self.pick(*self.content)
        path.chmod(path.stat().st_mode ^ 0o110)

    def edit_move(self):
        path = self.pick(*self.movable)
        path.rename(path.with_name(f"m{self.count}{path.suffix}"))
        self.count += 1

    def edit_level(self):
        self.level = self.rng.choice(self.levels)

    def edit_revert(self):
        self.restore(self.rng.choice(self.past))

    def edit_base(self):
        self.move_base()

    def edit_unused_arg(self):
        self.args["UNUSED"] = self.fresh()

    def edits(self):
        return [(self.edit_nothing, 0), (self.edit_touch, 0), (self.edit_content, 0),
                (self.edit_content, 0), (self.edit_add, 0), (self.edit_mode, 1), (self.edit_move, 1),
                (self.edit_level, 0), (self.edit_revert, 1), (self.edit_revert, 1), (self.edit_base, 1)]

    def change(self):
        """One edit, at least every second a hard one; its name and whether it is hard."""
        self.level = "all"
        if self.failing:
            self.restore(self.failing)
            self.failing = None
        wanted = not self.was_hard or self.rng.random() < 0.3
        edit, hard = self.rng.choice([e for e in self.edits() if bool(e[1]) == wanted])
        self.was_hard = wanted
        edit()
        if edit != self.edit_level and not self.failing:
            self.past.append(self.state())
        return edit.__name__[5:], hard


class Plain(Project):
    def edit_text(self):
        lines = (self.root / "Dockerfile").read_text().split("\n")
        at = self.rng.choice([i for i, line in enumerate(lines) if line.startswith("RUN ")])
        lines[at] = lines[at].split(" # ")[0] + f" # {self.fresh()}"
        (self.root / "Dockerfile").write_text("\n".join(lines))

    def edit_ignore(self):
        path = self.root / ".dockerignore"
        words = ["# nothing", "*.none", "static/two.txt", "data/b.txt", "src/notes.txt", "deps/extra.txt"]
        path.write_text("\n".join(self.rng.sample(words, 2)) + "\n")

    def edit_fail(self):
        self.failing = self.state()
        lines = (self.root / "Dockerfile").read_text().split("\n")
        at = self.rng.choice([i for i, line in enumerate(lines) if line.startswith("RUN ")])
        lines.insert(at, "RUN exit 3")
        (self.root / "Dockerfile").write_text("\n".join(lines))

    def edit_prune(self):
        """Its last image and the layers that nothing else stands on."""
        docker("rmi", "-f", self.image + ":1")

    def edits(self):
        more = [(self.edit_text, 0), (self.edit_text, 0), (self.edit_ignore, 1), (self.edit_fail, 1),
                (self.edit_unused_arg, 1), (self.edit_same, 1), (self.edit_same, 1)]
        if self.builder == "classic":
            more.append((self.edit_prune, 1))
        return super().edits() + more


class App(Plain):
    content = ["deps/*.txt", "src/*.txt", "static/*.txt", "config/*.conf"]
    movable = ["config/*.conf", "static/*.txt", "deps/extra*.txt", "src/m*.txt"]

    def make(self):
        write(self.root / "Dockerfile", APP.format(base=self.base))
        for name in ("deps/list.txt", "deps/extra.txt", "src/main.txt", "src/mine.txt", "src/notes.txt",
                     "static/one.txt", "static/two.txt", "config/a.conf", "config/b.conf"):
            write(self.root / name, f"{name} {self.fresh()}\n")

    def edit_move(self):
        path = self.rng.choice([p for p in self.files(*self.movable) if p.name != "main.txt"])
        path.rename(path.with_name(f"m{self.count}{path.suffix}"))
        self.count += 1

    def edit_same(self):
        """The stage reruns and gives what it gave before."""
        path = self.pick("src/notes.txt", "src/mi*.txt", "deps/extra.txt", "src/main.txt")
        if path.name != "main.txt":
            path.write_text(path.read_text() + f"# {self.fresh()}\n")

    def edit_arg(self):
        self.args[self.rng.choice(["MODE", "VERSION"])] = self.rng.choice(["1", "2", "dev"])

    def edit_env(self):
        self.sub("ENV LANGUAGE=", f"ENV LANGUAGE={self.rng.choice('abc')}")

    def edits(self):
        return super().edits() + [(self.edit_arg, 1), (self.edit_arg, 1), (self.edit_env, 1)]


class Tree(Plain):
    content = ["data/*.txt", "gen.sh", "real.txt"]
    movable = ["data/m*.txt", "data/b.txt", "data/new*.txt", "data/c.txt"]

    def make(self):
        write(self.root / "Dockerfile", TREE.format(base=self.base))
        write(self.root / "nonce", secrets.token_hex())
        write(self.root / ".dockerignore", "# nothing\n")
        for name in ("data/a.txt", "data/b.txt", "data/c.txt", "notes.txt", "real.txt", "other.txt"):
            write(self.root / name, f"{name} {self.fresh()}\n")
        write(self.root / "gen.sh", "echo generated\n")
        (self.root / "link.txt").symlink_to("real.txt")

    def edit_same(self):
        path = self.root / "notes.txt"
        path.write_text(path.read_text() + f"# {self.fresh()}\n")

    def edit_gen(self):
        (self.root / "gen.sh").write_text(f"echo {self.rng.choice('abc')}\n")

    def edit_link(self):
        (self.root / "link.txt").unlink()
        (self.root / "link.txt").symlink_to(self.rng.choice(["real.txt", "other.txt"]))

    def edits(self):
        return super().edits() + [(self.edit_gen, 1), (self.edit_link, 1)]


class Pesto(Project):
    content = ["algorithm/*.py"]
    movable = ["algorithm/m*.py", "algorithm/new*.txt", "algorithm/detect.py"]
    levels = ["none", "C1", "C2", "C3", "all"]

    def make(self):
        shutil.copytree(Path(EXAMPLES) / "ship-detector", self.root, dirs_exist_ok=True)
        (self.root / "pesto/build/build.p2.json").unlink()
        for name in ("requirements.json", "requirements.gpu.json"):
            path = self.root / "pesto/build" / name
            path.write_text(path.read_text().replace("mortar-example-base:12-gpu", self.base)
                            .replace("mortar-example-base:12", self.base))
        path = self.root / "pesto/build/build.json"
        path.write_text(path.read_text().replace("ship-detector", f"ship-{PREFIX[-8:]}-{self.builder}"))

    def edit_env(self):
        path = self.root / "pesto/build/requirements.json"
        doc = json.loads(path.read_text())
        doc["environments"]["SHIP_TITLE"] = self.rng.choice(["one", "two", "three"])
        path.write_text(json.dumps(doc, indent=4))

    def edit_config(self):
        path = self.root / "pesto/api/config.json"
        doc = json.loads(path.read_text())
        doc[next(iter(doc))] = self.rng.choice([1, 2, 3])
        path.write_text(json.dumps(doc, indent=4))

    def edits(self):
        return super().edits() + [(self.edit_env, 1), (self.edit_level, 0), (self.edit_level, 1)]


class Figures:
    def __init__(self):
        self.steps = self.right = self.false_hits = self.hard = self.builds = self.differ = 0
        self.hard_steps = self.hard_right = 0
        self.wrong = collections.Counter()


def run(*words):
    done = subprocess.run([MORTAR, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def one(project, figures, what, hard, first):
    words = [str(project.root), *project.options()]
    for _ in range(3):
        code, out, err = run("plan", *words, "--json")
        if code:
            raise SystemExit(f"plan {words}: {err}")
        plan = json.loads(out)
        said = {s["step"]: s for s in plan["forecast"]["steps"]}
        code, out, err = run("build", *words, "-t", project.image + ":1", "--progress", "json")
        events = [json.loads(line) for line in out.splitlines()]
        if "unable to find image" not in err:
            break
        # Looking for a layer on nothing, dockerd 20.10 meets one that somebody is removing.
        print(f"# {project.builder} {project.name} {what}: once more, {err.strip()[-200:]}", flush=True)
    if not events or code not in (0, 1) or (code == 1) != bool(project.failing):
        raise SystemExit(f"build {words}: exit {code}: {err}")
    steps = events[0]["steps"]
    done = {e["step"]: e for e in events if e["ev"] == "step.done"}
    figures.builds += 1
    figures.hard += bool(hard)
    for index, event in sorted(done.items()):
        if index not in said or steps[index]["name"].startswith("FROM"):
            continue
        verdict, cached = said[index]["verdict"], event["cached"] and event["ok"]
        if steps[index]["forecast"] != verdict:
            figures.differ += 1
        if verdict == "unknown" and first:
            continue
        right = verdict == ("hit" if cached else "miss")
        figures.steps += 1
        figures.right += right
        figures.hard_steps += bool(hard)
        figures.hard_right += bool(hard) and right
        figures.false_hits += verdict == "hit" and not cached
        if not right:
            figures.wrong[said[index]["why"] or verdict] += 1
            print(f"# {project.builder} {project.name} {what}: step {index} {steps[index]['name'][:60]!r} "
                  f"was said to be a {verdict} ({said[index]['why']}: {said[index]['sentence']}), "
                  f"and {'was served' if cached else 'ran'}", flush=True)


def main():
    failed = False
    for builder in BUILDERS:
        rng = random.Random(f"{SEED} {builder}")
        figures = Figures()
        projects = [kind(name, builder, rng) for name, kind in
                    (("app", App), ("tree", Tree), ("pesto", Pesto))]
        for project in projects:
            one(project, figures, "first", 0, True)
        for i in range(int(EDITS)):
            project = projects[i % 3]
            what, hard = project.change()
            one(project, figures, what, hard, False)
        f = figures
        print(f"# {builder}: seed {SEED}, {f.builds} builds ({f.hard} hard edits), {f.steps} steps, "
              f"{f.right} right ({100 * f.right / f.steps:.2f} %), wrong ones said to be "
              f"{dict(f.wrong)}, {f.false_hits} false hits; of hard edits {f.hard_right} of {f.hard_steps} steps", flush=True)
        # A first lesson about a stage costs up to five steps: of few edits that is much.
        share = 99 if int(EDITS) >= 100 else 95
        for text, ok in ((f"{builder}: {share} % of the steps end as the forecast says",
                          100 * f.right >= share * f.steps),
                         (f"{builder}: no step that was said to be served is run", f.false_hits == 0),
                         (f"{builder}: a third of the edits is hard", 3 * f.hard >= int(EDITS)),
                         (f"{builder}: the build's own forecast is the plan's", f.differ == 0)):
            print(f"{'ok' if ok else 'not ok'} - {text}", flush=True)
            failed = failed or not ok
    return failed


sys.exit(main())
