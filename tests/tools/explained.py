#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what token_view --explain reports on random tokens with what the deployment lets them do.

explained.py [ROUNDS [SEED]]. Each round creates a token with random scopes and entries, mostly those of
a goal with some left out and others added. It reads the explanation, and then tries what every goal
promises, and every change, with every object:

 - what the token "can" do must work, unless its user's roles forbid it;
 - of a goal that is not reported as reached, at least one request must fail;
 - a change that works must be reported: by a goal, or by "may also use".

Prints every difference, with the scopes and entries of the token.
"""

import os
import random
import re
import subprocess
import sys

from grants import HERE, WORDS, Deployment, Failed, Row, ROWS

TABLE = os.path.join(HERE, "..", "..", "lib", "api", "goal.c")
SCRIPT = (
    'enable -f "$CODER_TOKENS_SO" token_view && for id; do token_view --explain "$id"; done'
)
READ = WORDS["READ"].split()
# Scopes and entries of goals, from which some are left out.
NEARLY = [
    (READ, "W T* U"),
    (READ, "workspace:* T* U"),
    (READ + ["workspace:start"], "W T* U"),
    (READ + ["workspace:stop"], "W X T* U"),
    (READ + ["workspace:stop"], "workspace:* T* U"),
    (READ + ["workspace:start", "workspace:stop", "workspace:update"], "W T* U V"),
    (READ + ["workspace:ssh"], "W T* U"),
    (READ + ["workspace:delete"], "W T* U"),
    (WORDS["CREATE"].split() + ["organization:read"], "workspace:* T U O"),
    (WORDS["CREATE"].split() + ["organization:read"], "workspace:* T* U O"),
    (WORDS["PUSH"].split() + ["user:read"], "file:* O T U"),
    (["user:read", "api_key:read"], "U api_key:*"),
    (["user:read", "api_key:*"], "U api_key:*"),
    (["user:read"], "U"),
    (WORDS["READING"].split(), "*:*"),
    (["coder:all"], "W T* U"),
    (["coder:workspaces.operate"], "W T* M"),
    (["coder:workspaces.access"], "workspace:* T* M"),
    (["coder:apikeys.manage_self", "user:read"], "U api_key:*"),
]
SCOPES = (
    "api_key:create api_key:delete api_key:read api_key:update coder:all coder:application_connect "
    "coder:templates.author coder:templates.build coder:workspaces.access coder:workspaces.create "
    "coder:workspaces.delete coder:workspaces.operate file:create organization:read task:read "
    "template:read template:update template:use user:* user:read user:read_personal workspace:* "
    "workspace:create workspace:delete workspace:read workspace:ssh workspace:start workspace:stop "
    "workspace:update"
).split()
ENTRIES = (
    "W W X T T2 T* U V user:* O organization:* M workspace:* api_key:* file:* *:* *:{dev} *:{one} "
    "*:{me} workspace:{third} workspace:{org} api_key:{me}"
).split()
SHORTHAND = {
    "W": "workspace:{dev}",
    "X": "workspace:{theirs}",
    "T": "template:{one}",
    "T2": "template:{two}",
    "T*": "template:*",
    "U": "user:{me}",
    "V": "user:{alice}",
    "O": "organization:{org}",
    "M": "organization_member:{me}",
}
# The changes that are tried with each workspace, and the scopes that they need.
CHANGES = {"start": "workspace:start", "stop": "workspace:stop", "autostart": "workspace:update"}


def goals() -> dict:
    """The names of goals by their summaries in the table of goals."""
    with open(TABLE, encoding="utf-8") as table:
        rows = table.read().split('\n\t{ "')[1:]
    found = {}
    for row in rows:
        name, summary = re.match(r'([a-z-]+)", "((?:[^"\\]|"\s+")+)"', row).groups()
        found[re.sub(r'"\s+"', "", summary)] = name
        for summary in re.findall(r'\.of_users = "([^"]+)"', row):
            found[summary] = name
    return found


class Explanation:
    """One explanation, read from its lines."""

    def __init__(self, text: str, summaries: dict):
        self.text, self.can, self.uses = text, {}, []
        for line in text.splitlines():
            if line.startswith("can do everything"):
                self.uses.append((["coder:all"], ["*:*"]))
                self.can = {name: ["*"] for name in summaries.values()}
            elif line.startswith("can do no more"):
                continue
            elif line.startswith("can "):
                name = max((s for s in summaries if line.startswith("can " + s)), key=len)
                self.can[summaries[name]] = self.objects(line[len("can " + name) + 2 :])
            elif line.startswith("may also use "):
                scopes, _, entries = line[len("may also use ") :].partition(" on ")
                self.uses.append((scopes.split(", "), self.objects(entries.rpartition(", ")[0])))

    @staticmethod
    def objects(text: str) -> list:
        """The objects in a text: `workspace:* of alice, admin` names two, `workspace:alice/*` first."""
        found = []
        for word in text.split(", ") if text else []:
            if word.endswith(" of others"):
                found.append(word.removesuffix(" of others"))
            elif " of " in word:
                word, _, owner = word.partition(" of ")
                found.append(word.replace("*", owner + "/*"))
            elif ":" in word:
                found.append(word)
            else:
                found.append(found[-1].partition(":")[0] + ":" + word + "/*")
        return found

    def reaches(self, goal: str, label: str = "") -> bool:
        """Whether it reports that the token reaches a goal for an object such as `workspace:alice/dev`."""
        if goal not in self.can:
            return False
        kind, _, name = label.partition(":")
        words = (label, f"{kind}:*", f"{kind}:{name.partition('/')[0]}/*", "*")
        return not label or any(word in self.can[goal] for word in words)

    def mentions(self, scope: str, label: str) -> bool:
        kind = scope.partition(":")[0]
        scopes = (scope, f"{kind}:*", "coder:all")
        entries = (label, f"{kind}:*", "*:*")
        return any(
            any(one in scopes for one in held) and any(one in entries for one in of)
            for held, of in self.uses
        )


class Trial(Row):
    """A token that is tried."""

    def __init__(self, target, user: str, rng: random.Random, admin_id: str, alice_id: str):
        ROWS["trial"] = (user, "")
        super().__init__(target, "trial")
        self.ids |= {"alice": alice_id, "admin": admin_id}
        scopes, entries = rng.choice(NEARLY)
        scopes = [one for one in scopes if rng.random() < 0.93]
        entries = [one for one in entries.split() if rng.random() < 0.93]
        scopes += rng.sample(SCOPES, rng.choice((0, 0, 0, 1, 2)))
        entries += rng.sample(ENTRIES, rng.choice((0, 0, 0, 1, 2)))
        self.wanted = " ".join(scopes), " ".join(SHORTHAND.get(one, one) for one in entries)

    def works(self, line: str) -> bool:
        """Whether `STATUS REQUEST` succeeds."""
        try:
            self.check(line)
            return True
        except Failed:
            return False

    def spaces(self) -> list:
        """(word, owner, name) of the workspaces that the user's roles reach."""
        return [
            (word, owner, name)
            for word, (owner, name) in self.target.places.items()
            if self.user in (owner, "admin")
        ]

    def sees(self, word: str, owner: str, name: str) -> bool:
        paths = [f"/workspaces/{{{word}}}", f"/users/{owner}/workspace/{name}"]
        if owner == self.user:
            paths.append(f"/users/me/workspace/{name}")
        return all(self.works("200 GET " + path) for path in paths)

    def on_workspace(self, word: str, owner: str, name: str) -> dict:
        """Which goals work with a workspace, and which changes."""
        sees = self.sees(word, owner, name)
        done = {verb: self.works(f"201 {verb} {{{word}}}") for verb in ("stop", "start")}
        # the reference CLI's command looks at the owner before it starts anything
        starts = sees and done["start"] and self.works(f"200 GET /users/{owner}")
        done["autostart"] = self.works(f"204 autostart {{{word}}}")
        reached = {
            "workspace-read": sees,
            "workspace-start": starts,
            "workspace-stop": sees and done["stop"],
            "workspace-operate": starts and all(done.values()),
        }
        if word == "dev":
            self.awake()
            done["connect"] = self.works(
                "101 GET /workspaceagents/{agent}/coordinate?version=2.0"
            )
            reached["workspace-ssh"] = done["connect"] and sees
        return {"goals": reached, "changes": done}

    def without_objects(self) -> dict:
        """Which of the goals without objects work."""
        mints = self.works("201 mint")
        ids = "/users/me/keys/{new}"
        personal = ("roles", "gitsshkey", "secrets", "organizations")
        reading = ["/users/me", "/workspaces/{dev}", "/templates/{one}", "/tasks?q=owner:me"]
        reading += [f"/users/me/{what}" for what in personal]
        listed = self.works('200 GET /users/me/keys/tokens ~ "token_name"')
        spaces = self.works('200 GET /workspaces ~ "workspaces":[{')
        return {
            "workspace-list": spaces,
            "whoami": self.works("200 GET /users/me"),
            "tokens-read": listed and self.works("200 GET /users/me/keys/{key}"),
            "tokens-manage": mints
            and self.works(f"204 PUT {ids}/expire")
            and self.works(f"204 DELETE {ids}")
            and listed,
            "read-only": listed
            and spaces
            and all(self.works("200 GET " + path) for path in reading)
            and self.works('200 GET /templates ~ "id":"{one}"'),
            "mint": mints,
        }

    def on_template(self, word: str) -> dict:
        uploads = self.works("201 upload") and self.works(f"201 push {{{word}}}")
        creates = self.works(f"201 create {{{word}}}")
        describes = self.works(f"200 describe {{{word}}}")
        if creates:
            self.discard(self.ids["created"])
        return {
            "template-push": uploads and describes and self.works(f"200 activate {{{word}}}"),
            "workspace-create": creates,
            "describes": describes,
        }

    def discard(self, ident: str):
        session, body = self.target.sessions["admin"], '{"transition":"delete"}'
        path = f"/workspaces/{ident}/builds"
        self.target.settled(self.target.ask(session, "POST", path, body)[1])

    def judge(self, said: Explanation) -> list:
        """What differs from the explanation."""
        wrong = []

        def compare(goal: str, works: bool, label: str):
            if said.reaches(goal, label) != works:
                wrong.append(f"{goal} {label} {'works' if works else 'does not work'}")

        def mentioned(scope: str, label: str, works: bool, goal_names=()):
            if works and not said.mentions(scope, label):
                if not any(said.reaches(name, label) for name in goal_names):
                    wrong.append(f"{scope} {label} works and is not mentioned")

        for word, owner, name in self.spaces():
            label = f"workspace:{owner}/{name}"
            tried = self.on_workspace(word, owner, name)
            for goal, works in tried["goals"].items():
                compare(goal, works, label)
            for verb, works in tried["changes"].items():
                scope = CHANGES.get(verb, "workspace:ssh")
                names = ["workspace-operate", f"workspace-{verb}"]
                names += ["workspace-ssh"] if verb == "connect" else []
                mentioned(scope, label, works, names)
        tried = self.without_objects()
        mints = tried.pop("mint")
        if mints and "create an unrestricted token" not in said.text and "everything" not in said.text:
            wrong.append("it can create tokens, and that is not said")
        for goal, works in tried.items():
            # without a scope to read, some lists are empty but not refused, so that read-only seems to work
            if goal != "read-only" or not works:
                compare(goal, works, "")
        for word, name in self.target.templates.items():
            label = f"template:{name}"
            tried = self.on_template(word)
            describes = tried.pop("describes")
            for goal, works in tried.items():
                if goal == "template-push" and self.user != "admin":
                    continue
                if goal == "workspace-create" and works and not said.reaches(goal, label):
                    # without the reference CLI, creating needs less than the goal gives
                    mentioned("workspace:create", "workspace:*", works)
                    continue
                compare(goal, works, label)
            mentioned("template:update", label, describes, ["template-push"])
        return wrong


def explained(target, ids: list) -> list:
    environment = dict(os.environ, CODER_SESSION_TOKEN=target.sessions["admin"])
    environment["CODER_URL"] = target.url
    shell = [os.environ.get("BASH", "bash"), "--norc", "-c", SCRIPT, "-", *ids]
    done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise SystemExit(f"--explain: {done.returncode} {done.stderr}")
    return done.stdout


def compare(target, rounds: int, seed: int) -> list:
    rng, summaries, wrong = random.Random(seed), goals(), []
    people = [target.get(f"/users/{name}")["id"] for name in ("admin", "alice")]
    for count in range(rounds):
        trial = Trial(target, rng.choice(("alice", "admin")), rng, *people)
        scopes, entries = trial.wanted
        trial.token(f"{scopes} / {entries}")
        said = Explanation(explained(target, [trial.ids["key"]]), summaries)
        problems = trial.judge(said)
        if problems:
            wrong.append(
                f"round {count} of seed {seed}: a token of {trial.user}: {scopes} / {entries}\n"
                + "".join(f"  {problem}\n" for problem in problems)
                + said.text
            )
    return wrong


class Named(Deployment):
    """The sandbox, with the owners and names of the objects that grants.py calls by words."""

    places = {
        "dev": ("alice", "dev"),
        "other": ("alice", "other"),
        "third": ("alice", "third"),
        "theirs": ("admin", "dev"),
    }
    templates = {"one": "one", "two": "two"}


def main(rounds: int = 40, seed: int = 1) -> int:
    target = Named()
    wrong = compare(target, rounds, seed)
    target.close()
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
