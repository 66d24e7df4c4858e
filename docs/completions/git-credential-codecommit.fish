# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_git_credential_codecommit_global_optspecs
    string join \n profile= region= ignore-host-check ca-bundle= no-cache verify= v/verbose debug color= h/help V/version
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

complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l profile -d 'Use this AWS profile; takes precedence over keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l region -d 'Region for hosts that do not contain one' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l ca-bundle -d 'Trust the CA certificates (PEM) in FILE for calls to AWS' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l verify -d 'When to check with CodeCommit before answering git [default: auto]' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l color -d 'When to use colors' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` is set'
always\t'Also in a pipe or a file'
never\t'Nowhere'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l ignore-host-check -d 'Sign for any host name; requires a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l no-cache -d 'Do not read or write the AWS CLI\'s role cache (~/.aws/cli/cache)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s V -l version -d 'Print version'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "setup" -d 'Configure git to use this helper for CodeCommit, and for nothing else'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "doctor" -d 'Find out why a clone, fetch or push fails'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "explain" -d 'Explain an error code, or list all codes'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "get" -d 'Print the user name and password for a request (run by git)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "store" -d 'Record that CodeCommit accepted the password (run by git)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "erase" -d 'Do nothing; passwords are never stored (run by git)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "capability" -d 'Print the capabilities of this helper (run by git 2.46 and later)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l file -d 'Write to FILE' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l profile -d 'Use this AWS profile [default: keep the profile configured now]' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l url -d 'Configure only this host or repository URL' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l region -d 'Also add this region\'s exact host, for clients without patterns such as cargo (repeatable)' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l color -d 'When to use colors' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` is set'
always\t'Also in a pipe or a file'
never\t'Nowhere'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l global -d 'Write to ~/.gitconfig (default)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l local -d 'Write to this repository\'s .git/config'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l system -d 'Write to the system configuration (/etc/gitconfig)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l no-profile -d 'Remove the configured profile, so that AWS_PROFILE or the profile `default` signs'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l all-hosts -d 'Also configure hosts that are not in use: FIPS, China, VPC endpoints, AWS CodeConnections'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l connections -d 'Also configure the hosts of AWS CodeConnections'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l evict -d 'Also erase signed CodeCommit passwords, which expire, from other helpers (store, osxkeychain, ...)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l rewrite -d 'Change this repository\'s codecommit:: remotes to https URLs'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s y -l yes -d 'Answer yes to every question'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s n -l dry-run -d 'Print the changes without making them'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l undo -d 'Restore the configuration from before setup'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l report -d 'Write what a bug report needs to FILE, without secrets' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l profile -d 'Use this AWS profile [default: as the helper is configured]' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l color -d 'When to use colors' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` is set'
always\t'Also in a pipe or a file'
never\t'Nowhere'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l fetch-only -d 'Check whether a fetch works, not a push'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l json -d 'Print the report as JSON'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand explain" -l profile -d 'Use this AWS profile; takes precedence over keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand explain" -l color -d 'When to use colors' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` is set'
always\t'Also in a pipe or a file'
never\t'Nowhere'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand explain" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l profile -d 'Use this AWS profile; takes precedence over keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l region -d 'Region for hosts that do not contain one' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l ca-bundle -d 'Trust the CA certificates (PEM) in FILE for calls to AWS' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l verify -d 'When to check with CodeCommit before answering git [default: auto]' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l color -d 'When to use colors' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` is set'
always\t'Also in a pipe or a file'
never\t'Nowhere'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l ignore-host-check -d 'Sign for any host name; requires a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l no-cache -d 'Do not read or write the AWS CLI\'s role cache (~/.aws/cli/cache)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l profile -d 'Use this AWS profile; takes precedence over keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l region -d 'Region for hosts that do not contain one' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l ca-bundle -d 'Trust the CA certificates (PEM) in FILE for calls to AWS' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l verify -d 'When to check with CodeCommit before answering git [default: auto]' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l color -d 'When to use colors' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` is set'
always\t'Also in a pipe or a file'
never\t'Nowhere'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l ignore-host-check -d 'Sign for any host name; requires a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l no-cache -d 'Do not read or write the AWS CLI\'s role cache (~/.aws/cli/cache)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l profile -d 'Use this AWS profile; takes precedence over keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l region -d 'Region for hosts that do not contain one' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l ca-bundle -d 'Trust the CA certificates (PEM) in FILE for calls to AWS' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l verify -d 'When to check with CodeCommit before answering git [default: auto]' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l color -d 'When to use colors' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` is set'
always\t'Also in a pipe or a file'
never\t'Nowhere'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l ignore-host-check -d 'Sign for any host name; requires a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l no-cache -d 'Do not read or write the AWS CLI\'s role cache (~/.aws/cli/cache)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l profile -d 'Use this AWS profile; takes precedence over keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l region -d 'Region for hosts that do not contain one' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l ca-bundle -d 'Trust the CA certificates (PEM) in FILE for calls to AWS' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l verify -d 'When to check with CodeCommit before answering git [default: auto]' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l color -d 'When to use colors' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` is set'
always\t'Also in a pipe or a file'
never\t'Nowhere'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l ignore-host-check -d 'Sign for any host name; requires a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l no-cache -d 'Do not read or write the AWS CLI\'s role cache (~/.aws/cli/cache)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
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
complete -c git-credential-codecommit -n "$explain" -a CC222 -d 'Not a valid proxy URL'
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
complete -c git-credential-codecommit -n "$explain" -a CC612 -d 'IAM Git credentials are stored without a path'
complete -c git-credential-codecommit -n "$explain" -a CC613 -d 'IAM Git credentials are rejected'
