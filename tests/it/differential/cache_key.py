"""The name under which botocore keeps the session of the role in `[default]`, without its ending.

Run with the interpreter of an installed AWS CLI and the path of a config file. The provider is botocore's own; the name
is written down when it is made.
"""

import sys

try:
    from awscli.botocore import credentials as module  # version 2, and new versions 1
    from awscli.botocore.configloader import load_config
except ImportError:
    from botocore import credentials as module
    from botocore.configloader import load_config

config = load_config(sys.argv[1])
config["profiles"].setdefault("alice", {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"})
provider = module.AssumeRoleProvider(
    load_config=lambda: config, client_creator=None, cache={}, profile_name="default", prompter=lambda _: "123456",
)
names = []
made = module.AssumeRoleCredentialFetcher._create_cache_key


def written_down(fetcher):
    names.append(made(fetcher))
    return names[-1]


module.AssumeRoleCredentialFetcher._create_cache_key = written_down
provider.load()
print(names[0])
