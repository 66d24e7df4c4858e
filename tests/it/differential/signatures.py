"""Answers of the AWS CLI's own `codecommit credential-helper get`, with a stopped clock, for generated requests.

Run with the interpreter of an installed AWS CLI. One JSON object a line: the request, the arguments, the credentials,
the time, and what the AWS CLI wrote (an empty string where it wrote nothing or failed).
"""

import contextlib
import datetime
import io
import json
import os
import random
import string
import sys
from types import SimpleNamespace

from awscli.customizations import codecommit

try:
    from awscli.botocore.credentials import Credentials  # version 2
except ImportError:
    from botocore.credentials import Credentials

SEED, CASES = 20261123, 600 * int(os.environ["GENERATE_TIMES"])
REGIONS = "us-east-1 eu-west-1 ap-southeast-2 ca-central-1 il-central-1 mx-central-1 us-gov-west-1 zz-central-7".split()
CHINA = ["cn-north-1", "cn-northwest-1"]
VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F))
NAME = string.ascii_letters + string.digits + "._-"
choice = random.Random(SEED)


def word(alphabet, shortest, longest):
    return "".join(choice.choices(alphabet, k=choice.randint(shortest, longest)))


def name():
    while (made := word(NAME, 1, choice.choice([3, 12, 100]))).endswith(".git"):
        pass
    return made


def request():
    """Host, path and arguments; the region argument never contradicts a region in the host."""
    region = choice.choice(REGIONS)
    fips = choice.choice(["", "-fips"])
    endpoint = "vpce-" + word(string.hexdigits[:16], 17, 17) + "-" + word(string.ascii_lowercase + string.digits, 8, 8)
    endpoint += choice.choice(["", f"-{region}a"])
    china = choice.choice(CHINA)
    path, arguments = "v1/repos/" + name(), []
    kind = choice.randrange(9)
    if kind == 0:
        host = f"git-codecommit.{region}.amazonaws.com"
    elif kind == 1:
        host = f"git-codecommit{fips}.{region}.amazonaws.com"
    elif kind == 2:
        host = f"{endpoint}.git-codecommit{fips}.{region}.vpce.amazonaws.com"
    elif kind == 3:
        host = f"git-codecommit{fips}.{china}.amazonaws.com.cn"
    elif kind == 4:
        host = f"{endpoint}.git-codecommit.{china}.vpce.amazonaws.com.cn"
    elif kind == 5:  # no region in the host
        host, arguments = f"git-codecommit{fips}.amazonaws.com", ["--region", region]
    elif kind == 6:  # a connection to another git host
        host, arguments = f"codeconnections.{region}.amazonaws.com", ["--region", region]
        path = f"git-http/111122223333/{region}/{word(string.hexdigits, 8, 8)}/{name()}/{name()}.git"
    elif kind == 7:  # a host of any name, and a path of any form
        host, arguments = word(string.ascii_letters + string.digits + "-.", 1, 40), ["--region", region]
        arguments.append("--ignore-host-check")
        path = "/".join(word(VISIBLE + " äß漢", 1, 20).strip() or "x" for _ in range(choice.randint(1, 4))).strip("/ ")
    else:  # the spelling of the URL, which is signed as it is
        host, arguments = f"git-codecommit{fips}.{region}.amazonaws.com", ["--region", region, "--ignore-host-check"]
        host = choice.choice([host.replace("git", "Git"), host.replace("codecommit", "CodeCommit"), host.replace("com", "COM")])
    if choice.random() < 0.3:
        host += f":{choice.choice([443, 8443, choice.randrange(1, 65536)])}"
    return host, path or "x", arguments


def answer(text, arguments, credentials, time):
    """What the command writes, through its own code from standard input to standard output."""
    written = io.StringIO()
    codecommit.sys = SimpleNamespace(stdin=io.StringIO(text))
    codecommit.get_current_datetime = lambda: time
    codecommit.datetime = SimpleNamespace(datetime=SimpleNamespace(utcnow=lambda: time))  # before that function
    codecommit.NonTranslatedStdout = lambda: contextlib.nullcontext(written)
    session = SimpleNamespace(get_credentials=lambda: credentials, get_config_variable=lambda _: None)
    region = arguments[arguments.index("--region") + 1] if "--region" in arguments else None
    ignore = SimpleNamespace(ignore_host_check="--ignore-host-check" in arguments)
    try:
        codecommit.CodeCommitGetCommand(session)._run_main(ignore, SimpleNamespace(region=region))
    except Exception:  # the AWS CLI would end with status 255
        return ""
    return written.getvalue()


def unquoted(text):
    """A quote at an end is refused by this program; inside it is a character like others."""
    return text if text[0] not in "\"'`" and text[-1] not in "\"'`" else f"x{text}x"


for _ in range(CASES):
    host, path, arguments = request()
    text = f"protocol=https\nhost={host}\npath={path}\n"
    key, secret = "AKIA" + word(string.ascii_uppercase + "234567", 16, 16), unquoted(word(VISIBLE, 1, choice.choice([40, 200])))
    token = unquoted(word(VISIBLE, 1, choice.choice([40, 1600]))) if choice.random() < 0.5 else None
    # A long-term key has no token.
    key = key.replace("AKIA", "ASIA", 1) if token else key
    time = choice.randrange(0, 4_102_444_800)  # 1970 to 2099
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=time)
    written = answer(text, arguments, Credentials(key, secret, token), moment)
    print(json.dumps({
        "input": text, "arguments": arguments, "key": key, "secret": secret, "token": token, "time": time, "output": written,
    }))
sys.stdout.flush()
