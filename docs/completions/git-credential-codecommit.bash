# shellcheck shell=bash
# bash completion for git-credential-codecommit, made from the definition of its command line.
#
# git's own completion loads this file by its name, and calls _git_credential_codecommit (git-completion.bash,
# __git_complete_command). Names of profiles and remotes are never expanded: no `compgen -W`, which does.

# git credential-codecommit
_git_credential_codecommit() {
    local words head at
    __git_credential_codecommit_words
    for ((at = 1; at < ${#words[@]} - 1; at++)); do
        [[ ${words[at]} != credential-codecommit ]] || break
    done
    # By an alias. git 2.31 and later say where the command is.
    ((at < ${#words[@]} - 1)) || at=${__git_cmd_idx:-1}
    __git_credential_codecommit_complete "$at"
}

# git-credential-codecommit
__git_credential_codecommit_program() {
    local words head
    __git_credential_codecommit_words
    __git_credential_codecommit_complete 0
}

# Sets words to those up to the cursor, and head to the part of the last one that readline leaves as it is. COMP_WORDS is
# split at each of COMP_WORDBREAKS, such as the `=` of an option and the `:` and `@` of a name.
__git_credential_codecommit_words() {
    local line=${COMP_LINE:0:COMP_POINT} rest piece='' i
    words=() head=
    for ((i = 0; i <= COMP_CWORD; i++)); do
        rest=${line#"${line%%[![:space:]]*}"}
        piece=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || piece=$rest
        if [[ $rest != "$line" || ${#words[@]} -eq 0 ]]; then
            words+=("$piece")
            head=
        else
            head=${words[${#words[@]} - 1]}
            words[${#words[@]} - 1]+=$piece
        fi
        line=${rest:${#piece}}
    done
    # After a break the next word begins, which is empty.
    [[ $piece == *[!=:@]* ]] || head+=$piece
}

# The arguments after the word with the index $1.
__git_credential_codecommit_complete() {
    local i word='' command='' operand='' option='' prefix='' options=()
    for ((i = $1 + 1; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if [[ $option ]]; then
            option=
            continue
        fi
        case $word in
        --profile | --region | --ca-bundle | --verify | --color | --file | --url | --report) option=$word ;;
        -*) ;;
        setup | doctor | explain | get | store | erase | capability) if [[ $command ]]; then operand=$word; else command=$word; fi ;;
        *) operand=$word ;;
        esac
    done
    COMPREPLY=()
    word=${words[i]-}
    case $word in
    --*=*)
        option=${word%%=*}
        prefix=$option=
        ;;
    esac
    case $option in
    --ca-bundle | --file | --report) return ;; # as by default
    esac
    # No files in the place of names.
    compopt +o default +o bashdefault 2>/dev/null
    if [[ $option ]]; then
        case $option in
        --profile) __git_credential_codecommit_offer_lines < <(git credential-codecommit __profiles 2>/dev/null) ;;
        --verify) __git_credential_codecommit_offer auto always never ;;
        --color) __git_credential_codecommit_offer auto always never ;;
        esac
        return
    fi
    case $command in
        '') options=(--profile --region --ignore-host-check --ca-bundle --no-cache --verify --verbose --debug --color --help --version) ;;
        setup) options=(--global --local --system --file --profile --no-profile --url --region --all-hosts --connections --evict --rewrite --yes --dry-run --undo --verbose --debug --color --help) ;;
        doctor) options=(--fetch-only --json --report --profile --verbose --debug --color --help) ;;
        explain) options=(--profile --verbose --debug --color --help) ;;
        get) options=(--profile --region --ignore-host-check --ca-bundle --no-cache --verify --verbose --debug --color --help) ;;
        store) options=(--profile --region --ignore-host-check --ca-bundle --no-cache --verify --verbose --debug --color --help) ;;
        erase) options=(--profile --region --ignore-host-check --ca-bundle --no-cache --verify --verbose --debug --color --help) ;;
        capability) options=(--profile --region --ignore-host-check --ca-bundle --no-cache --verify --verbose --debug --color --help) ;;
    esac
    if [[ $word == -* ]]; then
        __git_credential_codecommit_offer "${options[@]}"
    elif [[ ! $command && ! $operand ]]; then
        __git_credential_codecommit_offer setup doctor explain get store erase capability
    elif [[ $command == doctor && ! $operand ]]; then
        __git_credential_codecommit_offer_lines < <(__git_credential_codecommit_remotes)
    elif [[ $command == explain && ! $operand ]]; then
        __git_credential_codecommit_offer CC101 CC102 CC103 CC104 CC105 CC106 CC107 CC108 CC109 CC110 CC111 CC112 CC113 CC201 CC202 CC203 CC204 CC205 CC206 CC207 CC208 CC209 CC210 CC211 CC212 CC213 CC214 CC215 CC216 CC217 CC218 CC219 CC220 CC221 CC222 CC223 CC224 CC301 CC302 CC401 CC402 CC403 CC404 CC405 CC406 CC407 CC411 CC412 CC413 CC414 CC415 CC416 CC417 CC421 CC422 CC423 CC424 CC501 CC502 CC503 CC504 CC505 CC506 CC601 CC602 CC603 CC604 CC605 CC606 CC607 CC608 CC609 CC610 CC611 CC612 CC613
    elif [[ ! $word ]]; then
        __git_credential_codecommit_offer "${options[@]}"
    fi
}

__git_credential_codecommit_remotes() {
    # git's function knows the -C and --git-dir of the line.
    if declare -F __git >/dev/null; then __git remote; else git remote; fi 2>/dev/null
}

# Offers those of its arguments that continue the word.
__git_credential_codecommit_offer() {
    local name full typed=${word#"$prefix"}
    for name; do
        case $typed in
        # In quotes, which readline closes. What would need more than them is not offered.
        \'*) [[ $name == *\'* ]] || [[ $name != "${typed:1}"* ]] || COMPREPLY+=("$name") ;;
        \"*) [[ $name == *[\"\\\$\`!]* ]] || [[ $name != "${typed:1}"* ]] || COMPREPLY+=("$name") ;;
        *)
            printf -v full '%s%q' "$prefix" "$name"
            [[ $full != "$word"* ]] || COMPREPLY+=("${full#"$head"} ")
            ;;
        esac
    done
}

# The same for the lines of standard input, without what would disturb the terminal or be taken for an option.
__git_credential_codecommit_offer_lines() {
    local line
    while IFS= read -r line; do
        [[ ! $line || $line == -* || $line == *[[:cntrl:]]* ]] || __git_credential_codecommit_offer "$line"
    done
}

complete -o bashdefault -o default -o nospace -F __git_credential_codecommit_program git-credential-codecommit
