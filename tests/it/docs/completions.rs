//! The completion scripts: what clap knows of the program, and the names that only the machine at hand knows.
//!
//! zsh and fish get clap_complete's scripts, with a function of ours for each value that is a profile or a remote. bash
//! gets a script of its own: clap_complete 4.6 writes one that git cannot call, and that lets the shell expand what it
//! offers.

use clap::builder::PossibleValue;
use clap::{Arg, Command, CommandFactory as _, ValueHint};
use clap_complete::{Generator, Shell, generate};
use git_credential_codecommit::cli::{PROFILES, Program};
use git_credential_codecommit::failure::pages::Page;
use std::fmt::Write as _;

const NAME: &str = "git-credential-codecommit";

/// The scripts, each with its file below `docs/completions`.
pub fn scripts() -> [(&'static str, String); 4] {
    [
        ("git-credential-codecommit.bash", bash()),
        ("_git-credential-codecommit", zsh()),
        ("git-credential-codecommit.fish", fish()),
        ("conf.d/git-credential-codecommit.fish", fish_of_git()),
    ]
}

/// `help` is left out: it completes to nothing that `--help` would not.
fn program() -> Command {
    Program::command().disable_help_subcommand(true)
}

/// The script of clap_complete. Values that are profiles or remotes are marked as the names of users and of hosts, which
/// this program has none of, so that they can be found in the script.
fn by_clap(shell: impl Generator) -> String {
    fn marked(command: Command) -> Command {
        let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let command = command.mut_args(|argument| match what(&argument) {
            Values::Profiles => argument.value_hint(ValueHint::Username),
            Values::Remotes => argument.value_hint(ValueHint::Hostname),
            Values::Codes => argument.num_args(..=1).value_parser(codes()),
            _ => argument,
        });
        names.into_iter().fold(command, |command, name| command.mut_subcommand(name, marked))
    }
    let mut script = Vec::new();
    generate(shell, &mut marked(program()), NAME, &mut script);
    String::from_utf8(script).expect("UTF-8")
}

/// What completes a value.
#[derive(PartialEq, Eq)]
enum Values {
    Profiles,
    Remotes,
    Files,
    Codes,
    Words(Vec<String>),
    /// Nothing that is known beforehand.
    Any,
}

fn what(argument: &Arg) -> Values {
    let words = argument.get_possible_values();
    match argument.get_id().as_str() {
        "profile" => Values::Profiles,
        "target" => Values::Remotes,
        "code" => Values::Codes,
        _ if argument.get_value_hint() == ValueHint::FilePath => Values::Files,
        _ if argument.get_action().takes_values() && !words.is_empty() => {
            Values::Words(words.iter().map(|word| word.get_name().to_owned()).collect())
        }
        _ => Values::Any,
    }
}

/// Every code, with the title of its page. The program takes them in other forms too.
fn codes() -> Vec<PossibleValue> {
    Page::all().map(|page| PossibleValue::new(page.code.as_str()).help(page.title.replace('`', ""))).collect()
}

/// Replaces a text that must be there.
fn replaced(script: &str, from: &str, to: &str) -> String {
    assert!(script.contains(from), "clap_complete does not write `{from}` any more");
    script.replace(from, to)
}

fn zsh() -> String {
    let script = by_clap(Shell::Zsh);
    let script = replaced(&script, ":_users'", ":_git-credential-codecommit_profiles'");
    let script = replaced(&script, ":_hosts'", ":_git-credential-codecommit_remotes'");
    // What `git <TAB>` shows (zsh 5.9 `_git`: `#description`, in the second line).
    let about = program().get_about().expect("a description").to_string();
    let head = format!("#compdef {NAME}\n");
    let script = replaced(&script, &head, &format!("{head}#description {about}\n"));
    let end = "if [ \"$funcstack[1]\" = ";
    replaced(&script, end, &(ZSH.replace("PROFILES", PROFILES) + end))
}

const ZSH: &str = r#"# compadd quotes what it adds, and nothing here is expanded.
(( $+functions[_git-credential-codecommit_profiles] )) ||
_git-credential-codecommit_profiles() {
    local -a names
    names=(${(f)"$(_call_program profiles git credential-codecommit PROFILES 2>/dev/null)"})
    compadd "$@" -a names
}

(( $+functions[_git-credential-codecommit_remotes] )) ||
_git-credential-codecommit_remotes() {
    local -a names
    names=(${(f)"$(_call_program remotes git remote 2>/dev/null)"})
    names=(${${names:#*[[:cntrl:]]*}:#-*})
    compadd "$@" -a names
}

"#;

fn fish() -> String {
    let script = by_clap(Shell::Fish);
    let script = replaced(&script, "(__fish_complete_users)", "(__fish_git_credential_codecommit_profiles)");
    // clap_complete does not see the other names of an option here, and no positional argument at all.
    let script = replaced(&script, " v/verbose ", " v/verbose debug ");
    let mut codes = String::new();
    for page in Page::all() {
        let title = page.title.replace('`', "").replace('\'', "\\'");
        let _ = writeln!(codes, "complete -c {NAME} -n \"$explain\" -a {} -d '{title}'", page.code);
    }
    let condition = "set -l explain '__fish_git_credential_codecommit_using_subcommand explain'\n";
    script + &FISH.replace("PROFILES", PROFILES) + "\n" + condition + &codes
}

const FISH: &str = r#"complete -c git-credential-codecommit -f
complete -c git-credential-codecommit -n "__fish_git_credential_codecommit_using_subcommand doctor" -a "(__fish_git_credential_codecommit_remotes)" -d Remote

# fish quotes what these print when it inserts it, and expands nothing of it.
function __fish_git_credential_codecommit_profiles
    git credential-codecommit PROFILES 2>/dev/null
end

function __fish_git_credential_codecommit_remotes
    git remote 2>/dev/null | string match --invert --regex '^-|[[:cntrl:]]'
end
"#;

/// fish loads the file of a command when that is completed; for `git …`, that is git's.
fn fish_of_git() -> String {
    let about = program().get_about().expect("a description").to_string();
    FISH_OF_GIT.replace("ABOUT", &about)
}

const FISH_OF_GIT: &str = r#"# For `git credential-codecommit`; __fish_git_* are of fish's own completion of git.
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

complete -c git -n __fish_git_needs_command -f -a credential-codecommit -d 'ABOUT'
complete -c git -n '__fish_git_using_command credential-codecommit' -f -a '(__fish_complete_git_credential_codecommit)'
"#;

fn bash() -> String {
    let mut program = program();
    program.build();
    let commands: Vec<&Command> = program.get_subcommands().collect();
    let mut all: Vec<&Arg> = Vec::new();
    for argument in std::iter::once(&program).chain(commands.iter().copied()).flat_map(Command::get_arguments) {
        let takes_value = argument.get_long().is_some() && argument.get_action().takes_values();
        if takes_value && all.iter().all(|known| known.get_long() != argument.get_long()) {
            all.push(argument);
        }
    }
    let pattern = |wanted: &dyn Fn(&Values) -> bool| {
        let options = all.iter().filter(|argument| wanted(&what(argument))).filter_map(|argument| argument.get_long());
        options.map(|option| format!("--{option}")).collect::<Vec<_>>().join(" | ")
    };
    let mut values = String::new();
    for argument in &all {
        if let (Values::Words(words), Some(option)) = (what(argument), argument.get_long()) {
            let _ = writeln!(values, "        --{option}) __git_credential_codecommit_offer {} ;;", words.join(" "));
        }
    }
    let names: Vec<&str> = commands.iter().map(|command| command.get_name()).collect();
    let mut options = String::new();
    for command in std::iter::once(&program).chain(commands.iter().copied()) {
        let name = if command.get_name() == NAME { "''" } else { command.get_name() };
        let words: Vec<String> = command
            .get_arguments()
            .flat_map(|argument| argument.get_long_and_visible_aliases().unwrap_or_default())
            .map(|option| format!("--{option}"))
            .collect();
        let _ = writeln!(options, "        {name}) options=({}) ;;", words.join(" "));
    }
    BASH.replace("WITH_VALUE", &pattern(&|_| true))
        .replace("OF_FILES", &pattern(&|values| *values == Values::Files))
        .replace("OF_PROFILES", &pattern(&|values| *values == Values::Profiles))
        .replace("        VALUES\n", &values)
        .replace("        OPTIONS\n", &options)
        .replace("COMMANDS_PATTERN", &names.join(" | "))
        .replace("COMMANDS", &names.join(" "))
        .replace("CODES", &Page::all().map(|page| page.code.as_str()).collect::<Vec<_>>().join(" "))
        .replace("ASKED", PROFILES)
}

const BASH: &str = r#"# shellcheck shell=bash
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
        WITH_VALUE) option=$word ;;
        -*) ;;
        COMMANDS_PATTERN) if [[ $command ]]; then operand=$word; else command=$word; fi ;;
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
    OF_FILES) return ;; # as by default
    esac
    # No files in the place of names.
    compopt +o default +o bashdefault 2>/dev/null
    if [[ $option ]]; then
        case $option in
        OF_PROFILES) __git_credential_codecommit_offer_lines < <(git credential-codecommit ASKED 2>/dev/null) ;;
        VALUES
        esac
        return
    fi
    case $command in
        OPTIONS
    esac
    if [[ $word == -* ]]; then
        __git_credential_codecommit_offer "${options[@]}"
    elif [[ ! $command && ! $operand ]]; then
        __git_credential_codecommit_offer COMMANDS
    elif [[ $command == doctor && ! $operand ]]; then
        __git_credential_codecommit_offer_lines < <(__git_credential_codecommit_remotes)
    elif [[ $command == explain && ! $operand ]]; then
        __git_credential_codecommit_offer CODES
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
"#;
