"""Generated shared files and the profiles that botocore makes of them.

Run with the interpreter of an installed AWS CLI and a directory to write to. One JSON object a line: a config file, a
credentials file, and `profiles` and `sso_sessions` as in `Session.full_config`, or `refused` where botocore refuses.
"""

import json
import os
import random
import sys
from types import SimpleNamespace

try:
    from awscli.botocore.session import Session  # version 2
except ImportError:
    from botocore.session import Session

SEED, CASES = 20261123, 1200 * int(os.environ["GENERATE_TIMES"])
choice = random.Random(SEED)

PROFILES = ["default", "dev", "a.b-c_d@e/f", "two words", "it's", "ünï", "x#y", "DEFAULT", "profile", ""]
OPTIONS = "region output aws_access_key_id Role_ARN UPPER sso_region ünï İX s3 a.b a-b x#y ß role_arn".split()
VALUES = [
    "eu-west-1", "a = b", "a: b", "'quoted'", '"a b"', "x # no comment", "x ; no comment", "# all", "%(region)s", "$HOME",
    "\\", "ünï\u00a0", "\u3000wide\u3000", "a\tb", "", "[a]", "a\u2028b", "a\x85b", "a\x0bb", "a\x1cb", "=", ":=", "a\x00b",
]
BLANKS = ["", " ", "  ", "\t", "\u00a0", "\u2003", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\u3000"]
RARE = ["nonsense", "= x", ": x", "[open", "closed]", "[]", "[[a]]", "[a]b]c", "\ufeff", "=", "[ ]", "key", "\x1c", "\x0c"]


def section_name():
    name = choice.choice(PROFILES)
    quoted = choice.choice([name, name, f'"{name}"', f"'{name}'", name.replace(" ", "\\ "), f'"{name}', name + " more"])
    return choice.choice([
        name, f"profile {quoted}", f"profile {quoted}", f"profile {quoted}", f"profile\t{quoted}", f"profile  {quoted} ",
        f" profile {quoted}", f"profiles {quoted}", f"profile{quoted}", f"Profile {quoted}", f"sso-session {quoted}",
        f"sso-sessions {quoted}", f"services {quoted}", f'"profile {quoted}"', f'prof"ile" {quoted}', "preview",
    ])


def option(indent):
    space = lambda: choice.choice(["", " ", "  ", "\t", choice.choice(BLANKS)])
    return indent + choice.choice(OPTIONS) + space() + choice.choice("===:") + space() + choice.choice(VALUES)


def lines():
    seen = set()
    for _ in range(choice.randint(0, 5)):
        name = section_name()
        if name in seen and choice.random() < 0.9:
            continue
        seen.add(name)
        yield choice.choice(["", "", "", " ", "\t"]) + f"[{name}]" + choice.choice(["", "", " ", " # x", "; x", "x]"])
        indent, known = choice.choice(["", "", " ", "\t"]), set()
        for _ in range(choice.randint(0, 6)):
            kind = choice.random()
            if kind < 0.55:
                made = option(indent if choice.random() < 0.9 else choice.choice(BLANKS))
                key = made.replace(":", "=").split("=")[0].strip().lower()
                if key not in known or choice.random() < 0.03:
                    yield made
                known.add(key)
            elif kind < 0.65:
                yield choice.choice(BLANKS) + choice.choice("#;") + choice.choice(["", " x", "[a]", "a = b"])
            elif kind < 0.75:
                yield choice.choice(BLANKS)
            elif kind < 0.87:  # a continuation, or an option of a nested block
                yield indent + choice.choice(["  ", "\t", "\u00a0"]) + choice.choice(["k = v", "k=v=w", "more", "[a]", "k: v"])
            elif kind < 0.97:
                yield indent + choice.choice(["s3", "sts"]) + " ="
                yield indent + "  " + choice.choice(["k = v", "k=v=w", " = v", "more"])
            else:
                yield choice.choice(RARE)


def text():
    made = list(lines())
    if choice.random() < 0.05:
        made.insert(0, choice.choice(["", "# x", "region = x", "\ufeff# x", " "]))
    end = choice.choice(["\n", "\n", "\n", "\r\n", "\r"])
    joined = end.join(made) + choice.choice(["", end, end + end])
    return joined.encode() + (b"\n[x]\ny=\xff\n" if choice.random() < 0.02 else b"")


def written(path):
    contents = text()
    with open(path, "wb") as file:
        file.write(contents)
    return path


for number in range(CASES):
    config = written(os.path.join(sys.argv[1], f"{number}.config"))
    credentials = written(os.path.join(sys.argv[1], f"{number}.credentials"))
    if choice.random() < 0.6:  # one odd file at a time
        os.remove(choice.choice([config, credentials]))
    session = SimpleNamespace(_config=None, get_config_variable={"config_file": config, "credentials_file": credentials}.get)
    try:
        full = Session.full_config.fget(session)
        result = {"profiles": full["profiles"], "sso_sessions": full.get("sso_sessions", {}), "refused": None}
    except Exception as error:
        # By name: Debian's version 2 raises the class of one package and has another beside it.
        if type(error).__name__ != "ConfigParseError":
            raise
        result = {"profiles": {}, "sso_sessions": {}, "refused": repr(error.kwargs.get("error", error))}
    print(json.dumps({"config": config, "credentials": credentials, **result}))
