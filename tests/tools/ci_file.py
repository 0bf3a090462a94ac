#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a CI file as the CI system does: ci_file.py github|gitlab FILE DIR

Writes each step to DIR/1.bash, DIR/2.bash, ... with its environment. Variables of the repository become
$VAR_NAME, and its secrets $SECRET_NAME. Prints the name of each step, and "always" where it runs in any case.
Fails if the file is not valid, or breaks a rule of these files.
"""

import re
import shlex
import sys

import yaml

GITHUB = {"run_id": "17", "run_attempt": "1"}
STEP_KEYS = {"name", "if", "uses", "with", "env", "run"}
JOB_KEYS = {
    "image", "timeout", "interruptible", "resource_group", "rules", "before_script", "script", "after_script"
}


def need(true, text):
    if not true:
        sys.exit("ci_file.py: " + text)


def value_of(text):
    """An assignment's right side for a value that may contain ${{ ... }}."""
    words = re.split(r"\$\{\{ *([a-z_.A-Z]+) *\}\}", str(text))
    result = ""
    for i, word in enumerate(words):
        kind, _, name = word.partition(".")
        if i % 2 == 0:
            result += shlex.quote(word) if word else ""
        elif kind in ("vars", "secrets"):
            result += '"${%s_%s}"' % (kind[:-1].upper(), name)
        else:
            need(kind == "github" and name in GITHUB, f"unknown expression: {word}")
            result += GITHUB[name]
    return result


def write(where, number, lines):
    with open(f"{where}/{number}.bash", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def exports(env):
    return [f"export {name}={value_of(value)}" for name, value in (env or {}).items()]


def github(data, where):
    need(set(data) == {"name", True, "permissions", "concurrency", "jobs"}, f"keys: {list(data)}")
    need(data["permissions"] == {"contents": "read"}, "permissions are not the least")
    (job,) = data["jobs"].values()
    need(isinstance(job["timeout-minutes"], int) and job["runs-on"], "no limit of time")
    need("secrets." not in str(job.get("env")) + str(data.get("env")), "a secret for steps that do not need it")
    steps = job["steps"]
    number = 0
    for step in steps:
        need(set(step) <= STEP_KEYS and ("run" in step) != ("uses" in step), f"step: {step}")
        if "uses" in step:
            need(re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+", step["uses"]), "an action without a version")
            need(step["with"] == {"persist-credentials": False}, "credentials that stay")
            continue
        need("${{" not in step["run"], "an expression in a script would be code")
        number += 1
        print(step["name"] + (" always" if step.get("if") == "always()" else ""))
        write(where, number, ["set -eo pipefail"] + exports(job.get("env")) + exports(step.get("env")) + [step["run"]])
    need(steps[-1].get("if") == "always()", "the last step does not run in any case")


def gitlab(data, where):
    (job,) = data.values()
    need(set(job) <= JOB_KEYS, f"keys: {list(job)}")
    need(re.fullmatch(r"\d+ minutes", job["timeout"]) and job["image"], "no limit of time")
    for key in ("before_script", "script", "after_script"):
        need(all(isinstance(line, str) for line in job[key]), f"{key}: not commands")
    print("script\nafter_script always")
    given = ['export CODER_URL=$VAR_CODER_URL WORKSPACE=$VAR_WORKSPACE TOKENS_DEB=$VAR_TOKENS_DEB']
    given += ["export CODER_SESSION_TOKEN=$SECRET_CODER_SESSION_TOKEN CI_JOB_ID=4711"]
    write(where, 1, ["set -eo pipefail"] + given + job["before_script"] + job["script"])
    write(where, 2, ["set -eo pipefail"] + given + job["after_script"])


def main(kind, path, where):
    with open(path, encoding="utf-8") as file:
        data = yaml.safe_load(file)
    {"github": github, "gitlab": gitlab}[kind](data, where)


main(*sys.argv[1:])
