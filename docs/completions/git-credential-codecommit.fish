# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_git_credential_codecommit_global_optspecs
    string join \n profile= region= ignore-host-check ca-bundle= no-cache verify= v/verbose debug h/help V/version
end

function __fish_git_credential_codecommit_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_git_credential_codecommit_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_git_credential_codecommit_using_subcommand
    set -l cmd (__fish_git_credential_codecommit_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless the repository is in good standing'
always\t'At every `get`'
never\t'Never, and remember nothing'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s V -l version -d 'Print version'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "setup" -d 'Configure git to use this helper for CodeCommit, and for nothing else'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "doctor" -d 'Find out why git and CodeCommit do not work together'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "explain" -d 'Explain an error code, or list all codes'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "get" -d 'Answer git\'s request for a user name and a password'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "store" -d 'Remember that CodeCommit accepted an answer; git calls it'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "erase" -d 'Do nothing, because no answer is ever stored; git calls it'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "capability" -d 'Print the capabilities of this helper, for git 2.46 and later'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l file -d 'Change this file' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l profile -d 'Sign with this profile; else a profile that is configured already stays' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l url -d 'Only for this host, or this repository' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l region -d 'Also spell out the host of this region, for cargo and others that know no patterns; may be repeated' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l global -d 'Change the user\'s configuration; this is the default'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l local -d 'Change the configuration of the repository here'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l system -d 'Change the configuration of the machine'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l connections -d 'Also for AWS CodeConnections'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l evict -d 'Take signatures of the past out of the helpers that have kept them, for the hosts in use'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l rewrite -d 'Give the remotes of the repository here that have codecommit:: URLs the https URLs that those stand for'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s y -l yes -d 'Answer every question with yes'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s n -l dry-run -d 'Print what would be changed, and change nothing'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l undo -d 'Put back what was there before'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l profile -d 'Sign with this profile, rather than as the helper is configured' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l json -d 'Print the report as JSON'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand explain" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand explain" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless the repository is in good standing'
always\t'At every `get`'
never\t'Never, and remember nothing'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless the repository is in good standing'
always\t'At every `get`'
never\t'Never, and remember nothing'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless the repository is in good standing'
always\t'At every `get`'
never\t'Never, and remember nothing'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless the repository is in good standing'
always\t'At every `get`'
never\t'Never, and remember nothing'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -a "(__fish_git_credential_codecommit_remotes)" -d Remote

# fish quotes what these print when it inserts it, and expands nothing of it.
function __fish_git_credential_codecommit_profiles
    git credential-codecommit __profiles 2>/dev/null
end

function __fish_git_credential_codecommit_remotes
    git remote 2>/dev/null | string match --invert --regex '^-|[[:cntrl:]]'
end

set -l explain '__fish_git_credential_codecommit_using_subcommand explain'
complete -c git-credential-codecommit -n "$explain" -a CC101 -d 'useHttpPath is off'
complete -c git-credential-codecommit -n "$explain" -a CC102 -d 'Refusing to send AWS credentials over http'
complete -c git-credential-codecommit -n "$explain" -a CC103 -d 'CodeCommit API endpoint instead of the Git endpoint'
complete -c git-credential-codecommit -n "$explain" -a CC104 -d 'No AWS region'
complete -c git-credential-codecommit -n "$explain" -a CC105 -d 'Region and host are in different AWS partitions'
complete -c git-credential-codecommit -n "$explain" -a CC106 -d 'Not a valid AWS region'
complete -c git-credential-codecommit -n "$explain" -a CC107 -d 'Not a CodeCommit host, or an ambiguous host'
complete -c git-credential-codecommit -n "$explain" -a CC108 -d 'Repository names cannot end in .git'
complete -c git-credential-codecommit -n "$explain" -a CC109 -d 'Not a CodeCommit repository path'
complete -c git-credential-codecommit -n "$explain" -a CC110 -d 'Invalid CodeCommit repository name'
complete -c git-credential-codecommit -n "$explain" -a CC111 -d 'Not a CodeConnections repository path'
complete -c git-credential-codecommit -n "$explain" -a CC112 -d 'Malformed credential request'
complete -c git-credential-codecommit -n "$explain" -a CC113 -d 'Invalid codecommit:: URL'
complete -c git-credential-codecommit -n "$explain" -a CC201 -d 'Unable to locate AWS credentials'
complete -c git-credential-codecommit -n "$explain" -a CC202 -d 'AWS profile not found'
complete -c git-credential-codecommit -n "$explain" -a CC203 -d 'AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not'
complete -c git-credential-codecommit -n "$explain" -a CC204 -d 'Cannot parse the AWS config file'
complete -c git-credential-codecommit -n "$explain" -a CC205 -d 'The AWS profile is incomplete'
complete -c git-credential-codecommit -n "$explain" -a CC206 -d 'source_profile cycle'
complete -c git-credential-codecommit -n "$explain" -a CC207 -d 'Not signed in to IAM Identity Center (SSO)'
complete -c git-credential-codecommit -n "$explain" -a CC208 -d 'The SSO session has expired'
complete -c git-credential-codecommit -n "$explain" -a CC209 -d 'No access to the role through IAM Identity Center (SSO)'
complete -c git-credential-codecommit -n "$explain" -a CC210 -d 'No valid aws login session'
complete -c git-credential-codecommit -n "$explain" -a CC211 -d 'credential_process failed'
complete -c git-credential-codecommit -n "$explain" -a CC212 -d 'sts:AssumeRole failed'
complete -c git-credential-codecommit -n "$explain" -a CC213 -d 'MFA code needed'
complete -c git-credential-codecommit -n "$explain" -a CC214 -d 'Cannot use the web identity token'
complete -c git-credential-codecommit -n "$explain" -a CC215 -d 'No credentials from the container credentials endpoint'
complete -c git-credential-codecommit -n "$explain" -a CC216 -d 'No credentials from the EC2 instance metadata service (IMDS)'
complete -c git-credential-codecommit -n "$explain" -a CC217 -d 'The AWS credentials have expired'
complete -c git-credential-codecommit -n "$explain" -a CC218 -d 'Invalid access key id, secret access key or session token'
complete -c git-credential-codecommit -n "$explain" -a CC219 -d 'Session token missing, or set with a long-term access key'
complete -c git-credential-codecommit -n "$explain" -a CC220 -d 'Could not connect to AWS'
complete -c git-credential-codecommit -n "$explain" -a CC221 -d 'Cannot use the CA bundle'
complete -c git-credential-codecommit -n "$explain" -a CC222 -d 'Not a valid HTTP proxy URL'
complete -c git-credential-codecommit -n "$explain" -a CC223 -d 'Not a valid endpoint URL'
complete -c git-credential-codecommit -n "$explain" -a CC224 -d 'Cannot read an AWS config or credentials file'
complete -c git-credential-codecommit -n "$explain" -a CC301 -d 'The output could not be written'
complete -c git-credential-codecommit -n "$explain" -a CC302 -d 'Internal error'
complete -c git-credential-codecommit -n "$explain" -a CC401 -d 'Access key inactive, deleted or unknown to AWS'
complete -c git-credential-codecommit -n "$explain" -a CC402 -d 'The secret access key does not match the access key'
complete -c git-credential-codecommit -n "$explain" -a CC403 -d 'The session token is invalid'
complete -c git-credential-codecommit -n "$explain" -a CC404 -d 'Credentials not valid in an opt-in region'
complete -c git-credential-codecommit -n "$explain" -a CC405 -d 'Credentials for another AWS partition'
complete -c git-credential-codecommit -n "$explain" -a CC406 -d 'Signature expired'
complete -c git-credential-codecommit -n "$explain" -a CC407 -d 'CodeCommit rejected the signature'
complete -c git-credential-codecommit -n "$explain" -a CC411 -d 'Not authorized: no identity-based policy allows it'
complete -c git-credential-codecommit -n "$explain" -a CC412 -d 'Not authorized: explicit deny'
complete -c git-credential-codecommit -n "$explain" -a CC413 -d 'Not authorized: denied by a service control policy (SCP)'
complete -c git-credential-codecommit -n "$explain" -a CC414 -d 'Not authorized: not allowed by the permissions boundary'
complete -c git-credential-codecommit -n "$explain" -a CC415 -d 'Not authorized: not allowed by the session policy'
complete -c git-credential-codecommit -n "$explain" -a CC416 -d 'Not authorized: not allowed by the VPC endpoint policy'
complete -c git-credential-codecommit -n "$explain" -a CC417 -d 'The KMS key cannot be used'
complete -c git-credential-codecommit -n "$explain" -a CC421 -d 'Repository not found'
complete -c git-credential-codecommit -n "$explain" -a CC422 -d 'Account not signed up for CodeCommit'
complete -c git-credential-codecommit -n "$explain" -a CC423 -d 'CodeCommit is throttling requests (HTTP 429)'
complete -c git-credential-codecommit -n "$explain" -a CC424 -d 'HTTP 403 without a reason'
complete -c git-credential-codecommit -n "$explain" -a CC501 -d 'git cannot read its configuration'
complete -c git-credential-codecommit -n "$explain" -a CC502 -d 'git cannot change its configuration'
complete -c git-credential-codecommit -n "$explain" -a CC503 -d 'Confirmation needed, but there is no terminal'
complete -c git-credential-codecommit -n "$explain" -a CC504 -d 'Not a CodeCommit URL'
complete -c git-credential-codecommit -n "$explain" -a CC505 -d 'Not a git repository: no remotes to rewrite'
complete -c git-credential-codecommit -n "$explain" -a CC506 -d 'Two remotes use different profiles for one URL'
complete -c git-credential-codecommit -n "$explain" -a CC601 -d 'git sends an expired password from another helper'
complete -c git-credential-codecommit -n "$explain" -a CC602 -d 'User name or password in the remote URL'
complete -c git-credential-codecommit -n "$explain" -a CC603 -d '.netrc has a login for this host'
complete -c git-credential-codecommit -n "$explain" -a CC604 -d 'http.extraHeader sends an Authorization header'
complete -c git-credential-codecommit -n "$explain" -a CC605 -d 'git-credential-codecommit is not configured'
complete -c git-credential-codecommit -n "$explain" -a CC606 -d 'SSH is not set up'
complete -c git-credential-codecommit -n "$explain" -a CC607 -d 'git-remote-codecommit is not installed'
complete -c git-credential-codecommit -n "$explain" -a CC608 -d 'Unknown git setting'
complete -c git-credential-codecommit -n "$explain" -a CC609 -d 'git cannot run the configured helper'
complete -c git-credential-codecommit -n "$explain" -a CC610 -d 'http.emptyAuth sends an empty user name'
complete -c git-credential-codecommit -n "$explain" -a CC611 -d 'transport \'codecommit\' not allowed for submodules'
