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
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -s V -l version -d 'Print version'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "setup" -d 'Configure git to use this helper for CodeCommit, and for nothing else'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_needs_command" -f -a "doctor" -d 'Find out why git and CodeCommit do not work together'
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
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand store" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l ignore-host-check -d 'Sign for a host of any name; needs a region'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -l no-cache -d 'Neither read nor write the AWS CLI\'s cache of role credentials, ~/.aws/cli/cache'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -s v -l verbose -l debug -d 'Tell on standard error how the answer came about; nothing secret'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand erase" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l profile -d 'Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment' -r -f -a "(__fish_git_credential_codecommit_profiles)"
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l region -d 'Region for hosts that name none; never overrides the host\'s own' -r -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l ca-bundle -d 'Trust the certificate authorities in this file for AWS calls' -r -F
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand capability" -l verify -d 'Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never' -r -f -a "auto\t'Unless CodeCommit accepted the same request in the last 12 hours'
always\t'On every request'
never\t'Never, and keep no record'"
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
