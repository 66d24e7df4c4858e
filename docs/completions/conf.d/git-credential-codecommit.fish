# For `git credential-codecommit`; __fish_git_* are of fish's own completion of git.
function __fish_complete_git_credential_codecommit
    set -l words (commandline -opc)
    # As it was typed: it may be an alias.
    set -l command (__fish_git_needs_command)
    set -l at (contains -i -- "$command" $words)
    or return
    set -e words[1..$at]
    set -l word (commandline -ct)
    complete -C (string join -- ' ' git-credential-codecommit (string escape -- $words) "$word")
end

complete -c git -n __fish_git_needs_command -f -a credential-codecommit -d 'Git credential helper for AWS CodeCommit over HTTPS'
complete -c git -n '__fish_git_using_command credential-codecommit' -f -a '(__fish_complete_git_credential_codecommit)'
