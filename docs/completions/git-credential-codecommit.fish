complete -c git-credential-codecommit -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r
complete -c git-credential-codecommit -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r
complete -c git-credential-codecommit -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r
complete -c git-credential-codecommit -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless the repository is in good standing'
always\t'At every `get`'
never\t'Never, and remember nothing'"
complete -c git-credential-codecommit -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -s V -l version -d 'Print version'
