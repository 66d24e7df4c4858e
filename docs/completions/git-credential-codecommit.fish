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

complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l profile -d 'Use this AWS profile; takes precedence over keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l region -d 'Region for hosts that do not contain one' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l ca-bundle -d 'Trust the CA certificates (PEM) in FILE for calls to AWS' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l verify -d 'When to check with CodeCommit before answering git [default: auto]' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l ignore-host-check -d 'Sign for any host name; requires a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l no-cache -d 'Do not read or write the AWS CLI\'s role cache (~/.aws/cli/cache)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s V -l version -d 'Print version'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "setup" -d 'Configure git to use this helper for CodeCommit, and for nothing else'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "doctor" -d 'Find out why a clone, fetch or push fails'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "get" -d 'Print the user name and password for a request (run by git)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "store" -d 'Record that CodeCommit accepted the password (run by git)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "erase" -d 'Do nothing; passwords are never stored (run by git)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "capability" -d 'Print the capabilities of this helper (run by git 2.46 and later)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l file -d 'Write to FILE' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l profile -d 'Use this AWS profile [default: keep the profile configured now]' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l url -d 'Configure only this host or repository URL' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l region -d 'Also add this region\'s exact host, for clients without patterns such as cargo (repeatable)' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l global -d 'Write to ~/.gitconfig (default)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l local -d 'Write to this repository\'s .git/config'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l system -d 'Write to the system configuration (/etc/gitconfig)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l connections -d 'Also configure the hosts of AWS CodeConnections'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l evict -d 'Also erase signed CodeCommit passwords, which expire, from other helpers (store, osxkeychain, ...)'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l rewrite -d 'Change this repository\'s codecommit:: remotes to https URLs'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s y -l yes -d 'Answer yes to every question'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s n -l dry-run -d 'Print the changes without making them'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -l undo -d 'Restore the configuration from before setup'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l profile -d 'Use this AWS profile [default: as the helper is configured]' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -l json -d 'Print the report as JSON'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -s v -l verbose -l debug -d 'Print a trace to standard error, without secrets'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l profile -d 'Use this AWS profile; takes precedence over keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l region -d 'Region for hosts that do not contain one' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l ca-bundle -d 'Trust the CA certificates (PEM) in FILE for calls to AWS' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l verify -d 'When to check with CodeCommit before answering git [default: auto]' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
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
