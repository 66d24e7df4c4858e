"""Generated profiles and the identity that botocore finds in them, with the calls that it would make on the way.

Run with the interpreter of an installed AWS CLI, a directory to write to, and the file of a web identity token. One JSON
object a line. The services are played here: roles are opened for whoever asks.
"""

import json
import os
import random
import sys
from types import SimpleNamespace

try:
    from awscli.botocore import credentials as module, exceptions, session as sessions  # version 2
except ImportError:
    from botocore import credentials as module, exceptions, session as sessions

SEED, CASES = 20261123, 300 * int(os.environ["GENERATE_TIMES"])
choice = random.Random(SEED)
directory = sys.argv[1]

NAMES = ["default", "a", "b", "c", "d"]
KEYS = ["ENV", "DEFAULT", "DEV", "BASE", "OTHER", "CONFIG", "CREDENTIALS"]
ROLES = [f"arn:aws:iam::111122223333:role/{name}" for name in ("deploy", "second")]
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def key():
    return f"AKID{choice.choice(KEYS):X<16}"


def some(chance):
    return choice.random() < chance


def profile():
    """Options in a random order: roles, keys and their halves, programs, sign-ins, and combinations of all of them."""
    options = {}
    if some(0.4):
        options["role_arn"] = choice.choice(ROLES)
    if some(0.7 if "role_arn" in options else 0.1):
        options["source_profile"] = choice.choice(NAMES + ["gone"] if some(0.1) else NAMES)
    if some(0.8 if "role_arn" in options and "source_profile" not in options else 0.02):
        options["credential_source"] = choice.choice(["Environment"] * 8 + ["environment", "Ec2InstanceMetadata"])
    if some(0.15):
        options["web_identity_token_file"] = choice.choice([sys.argv[2], sys.argv[2], "/no/such/file"])
    if some(0.45):
        options["aws_access_key_id"], options["aws_secret_access_key"] = key(), SECRET
        if some(0.2):  # the one key that the stand-in knows with a token
            options[choice.choice(["aws_session_token", "aws_security_token"])] = "session-token"
            options["aws_access_key_id"] = f"AKID{'TOKEN':X<16}"
        elif some(0.1):
            del options[choice.choice(["aws_access_key_id", "aws_secret_access_key"])]
    if some(0.2):
        options["credential_process"] = choice.choice(
            [f"printf '%s' '{{\"Version\":1,\"AccessKeyId\":\"{key()}\",\"SecretAccessKey\":\"{SECRET}\"}}'"] * 3 + ["false"]
        )
    if some(0.15):
        options["sso_session"] = choice.choice(["corp", "corp", "gone"])
        options["sso_account_id"], options["sso_role_name"] = "111122223333", "Developer"
        if some(0.3):
            del options[choice.choice(["sso_session", "sso_account_id", "sso_role_name"])]
        if some(0.2):
            options["sso_region"] = choice.choice(["eu-west-1", "us-east-1"])
    if "role_arn" in options and some(0.2):
        options["role_session_name"] = choice.choice(["alice", "bob"])
    if "role_arn" in options and some(0.2):
        options["external_id"] = "corp"
    if "role_arn" in options and some(0.2):
        options["duration_seconds"] = choice.choice(["1800", "soon", "900", " 1200 ", "3600.0"])
    if some(0.2):
        options["region"] = "eu-central-1"
    lines = list(options.items())
    choice.shuffle(lines)
    return "".join(f"{option} = {value}\n" for option, value in lines)


def config():
    headers = {name: choice.choice([f"profile {name}", f'profile "{name}"']) for name in NAMES if some(0.95)}
    if "default" in headers and some(0.7):
        headers["default"] = "default"
    text = "".join(f"[{header}]\n{profile()}" for header in headers.values())
    if headers.get("default") == "default" and some(0.1):
        text += "[profile default]\n" + profile()
    return text + "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"


def environment():
    variables = {}
    if some(0.3):
        variables["AWS_ACCESS_KEY_ID"] = key()
        if some(0.9):
            variables["AWS_SECRET_ACCESS_KEY"] = SECRET
    if some(0.15):
        variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = sys.argv[2]
    if some(0.6 if "AWS_WEB_IDENTITY_TOKEN_FILE" in variables else 0.1):
        variables["AWS_ROLE_ARN"] = choice.choice(ROLES)
    if some(0.1):
        variables["AWS_ROLE_SESSION_NAME"] = "pod"
    if some(0.4):
        variables["AWS_PROFILE"] = choice.choice(NAMES[1:])
    return variables


calls = []


def opened(action, key=None, **parameters):
    parameters.setdefault("RoleSessionName", "botocore-session-<seconds>")
    if parameters["RoleSessionName"].startswith("botocore-session-"):
        parameters["RoleSessionName"] = "botocore-session-<seconds>"
    parameters.pop("WebIdentityToken", None)
    calls.append([action, key, {name: str(value) for name, value in parameters.items()}])
    made = {"AccessKeyId": "temporary", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2099-01-02T03:04:05Z"}
    return {"Credentials": made, "AssumedRoleUser": {"Arn": "arn:aws:sts::111122223333:assumed-role/x/y"}}


def client(service, **arguments):
    """A client of STS or of the portal that knows nobody and lets everybody in."""
    def role_credentials(accountId, roleName, accessToken):
        calls.append(["GetRoleCredentials", None, {"account_id": accountId, "role_name": roleName}])
        made = {"accessKeyId": "temporary", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4_070_000_000_000}
        return {"roleCredentials": made}

    return SimpleNamespace(
        assume_role=lambda **parameters: opened("AssumeRole", arguments["aws_access_key_id"], **parameters),
        assume_role_with_web_identity=lambda **parameters: opened("AssumeRoleWithWebIdentity", **parameters),
        get_role_credentials=role_credentials,
        exceptions=SimpleNamespace(UnauthorizedException=exceptions.ClientError),
    )


module._get_client_creator = lambda session, region: client
token = SimpleNamespace(get_frozen_token=lambda: SimpleNamespace(token="sso-token"))
module.SSOTokenProvider = lambda *arguments, **named: SimpleNamespace(load_token=lambda **kwargs: token)
module.SSOTokenLoader = lambda **named: lambda *arguments: {"accessToken": "sso-token", "expiresAt": "2099-01-02T03:04:05Z"}


def written(name, text):
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def identity(flag):
    """The session of `aws [--profile flag]`, up to the point at which it signs."""
    session = sessions.Session(session_vars={
        "profile": (None, ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], None, None),
    })
    session.create_client = client
    if flag:
        session.set_config_variable("profile", flag)
    session.get_scoped_config()
    found = module.create_credential_resolver(session).load_credentials()
    frozen = found.get_frozen_credentials()
    return {"key": frozen.access_key, "token": None if frozen.access_key == "temporary" else frozen.token}


BEFORE = dict(os.environ)
for number in range(CASES):
    files = {
        "AWS_CONFIG_FILE": written(f"{number}.config", config()),
        "AWS_SHARED_CREDENTIALS_FILE": written(
            f"{number}.credentials", "".join(f"[{name}]\n{profile()}" for name in NAMES if some(0.25))
        ),
    }
    variables = environment()
    flag = choice.choice(NAMES) if some(0.4) else None
    os.environ.clear()
    os.environ.update(BEFORE | files | variables | {"AWS_EC2_METADATA_DISABLED": "true"})
    calls.clear()
    try:
        result = identity(flag) | {"calls": calls, "refused": None}
    except Exception as error:  # the AWS CLI would end with status 255
        result = {"key": None, "token": None, "calls": [], "refused": f"{type(error).__name__}: {error}"}
    print(json.dumps({"environment": files | variables, "profile": flag, **result}))
