#!/bin/sh
# Builds git-credential-codecommit and installs it for the current user. See ./install.sh --help.
set -eu

program=git-credential-codecommit
remote=git-remote-codecommit
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

usage() {
    cat <<'EOF'
Builds git-credential-codecommit with cargo and installs it for the current user.

Usage: ./install.sh [--to DIR] [--no-remote-helper]
       ./install.sh --uninstall [--to DIR]

Options:
  --to DIR            install the programs in DIR [default: ~/.local/bin]
  --no-remote-helper  do not install git-remote-codecommit, for codecommit:: URLs
  --uninstall         remove an installation from DIR
  -h, --help          print this help

Installs the helper, git-remote-codecommit, man pages, and completions for bash, zsh and fish.
Does not change git's configuration; prints the command for it.
Needs no root. Respects CARGO_TARGET_DIR.
EOF
}

fail() {
    printf 'install.sh: error: %s\n' "$1" >&2
    shift
    for line in "$@"; do
        printf '  %s\n' "$line" >&2
    done
    exit 1
}

say() {
    printf '%s\n' "$*"
}

# One word for sh, bash and zsh, whatever the directory is called.
quoted() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# The same for fish, in whose single quotes a backslash quotes itself and the quote.
quoted_for_fish() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/[\\\\']/\\\\&/g")"
}

# 1.94.1 is as new as 1.94.1, newer than 1.85.0 and older than 1.100.0.
at_least() {
    printf '%s\n%s\n' "$1" "$2" | awk -F'[.-]' '
        NR == 1 { for (i = 1; i <= 3; i++) have[i] = $i + 0; next }
        { for (i = 1; i <= 3; i++) if (have[i] != $i + 0) exit !(have[i] > $i + 0) }'
}

# The command for this machine, from its package manager; $2 is that of macOS.
how_to_install() {
    if command -v apt-get >/dev/null; then
        say "sudo apt-get install $1"
    elif command -v dnf >/dev/null; then
        say "sudo dnf install $1"
    elif [ "$(uname 2>/dev/null)" = Darwin ]; then
        say "$2"
    else
        say "install $1 with the package manager of this system"
    fi
}

check_tools() {
    command -v cargo >/dev/null || fail 'cargo not found' \
        'fix: install Rust from https://rustup.rs, which needs no root'
    needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$here/Cargo.toml")
    have=$(cargo --version | awk '{ print $2 }')
    at_least "$have" "$needed" || fail "cargo $have is older than $needed, which the build needs" \
        'fix: rustup update stable'
    command -v cc >/dev/null || fail 'C compiler (cc) not found; the ring crate needs it' \
        "fix: $(how_to_install gcc 'xcode-select --install')"
    command -v git >/dev/null || fail 'git not found' \
        "fix: $(how_to_install git 'xcode-select --install')"
}

build() {
    target=${CARGO_TARGET_DIR:-$here/target}
    say "Building. This takes a few minutes the first time."
    set -- --bin "$program"
    [ -z "$with_remote" ] || set -- "$@" --bin "$remote"
    (cd "$here" && cargo build --release --locked "$@" --target-dir "$target") ||
        fail 'the build failed (see above)'
    built=$target/release
    [ -x "$built/$program" ] || fail "cargo did not build $built/$program" \
        'fix: unset CARGO_BUILD_TARGET' \
        '     (or remove build.target from ~/.cargo/config.toml)'
}

# Copies and renames, so that a helper that is running keeps its file.
put() {
    mkdir -p -- "$(dirname -- "$2")"
    cp -- "$1" "$2.new"
    chmod "$3" "$2.new"
    mv -f -- "$2.new" "$2"
    say "  $2"
}

set_places() {
    case $bin in
        */bin) share=${bin%/bin}/share ;;
        *) share=$bin/share ;;
    esac
    data=${XDG_DATA_HOME:-$HOME/.local/share}
    man_page=$share/man/man1/$program.1
    remote_man_page=$share/man/man1/$remote.1
    bash_completion=$data/bash-completion/completions/$program
    zsh_completion=$data/zsh/site-functions/_$program
    fish=${XDG_CONFIG_HOME:-$HOME/.config}/fish
    fish_completion=$fish/completions/$program.fish
    # fish reads this one when it starts: its own file has the completions of `git …`.
    fish_completion_of_git=$fish/conf.d/$program.fish
}

install_files() {
    say 'Installed:'
    put "$built/$program" "$bin/$program" 755
    [ -z "$with_remote" ] || put "$built/$remote" "$bin/$remote" 755
    put "$here/docs/man/$program.1" "$man_page" 644
    [ -z "$with_remote" ] || put "$here/docs/man/$remote.1" "$remote_man_page" 644
    put "$here/docs/completions/$program.bash" "$bash_completion" 644
    put "$here/docs/completions/_$program" "$zsh_completion" 644
    put "$here/docs/completions/$program.fish" "$fish_completion" 644
    put "$here/docs/completions/conf.d/$program.fish" "$fish_completion_of_git" 644
}

uninstall() {
    # Only the program knows what it wrote, and this removes the program.
    if [ -x "$bin/$program" ] && git config --global --get-regexp '^codecommit\.setup\.' >/dev/null 2>&1; then
        fail "git's configuration still contains what setup wrote" \
            "fix: $(quoted "$bin/$program") setup --undo" \
            '     (then uninstall again)'
    fi
    found=
    for file in "$bin/$program" "$bin/$remote" "$man_page" "$remote_man_page" "$bash_completion" "$zsh_completion" \
        "$fish_completion" "$fish_completion_of_git"; do
        if [ -e "$file" ]; then
            rm -f -- "$file"
            [ -n "$found" ] || say 'Removed:'
            found=yes
            say "  $file"
        fi
    done
    [ -n "$found" ] || say "Nothing is installed in $bin."
    say
    # By name or by path; `!aws codecommit credential-helper` is the AWS CLI's.
    ours='^codecommit|/git-credential-codecommit'
    named=$(git config --global --name-only --get-regexp '^credential\..*helper$' "$ours" 2>/dev/null | sort -u) || named=
    if [ -z "$named" ]; then
        say "git's global configuration does not use this helper."
        return
    fi
    say "git's configuration was not changed. To remove this helper from it:"
    printf '%s\n' "$named" | while IFS= read -r key; do
        case $key in
            credential.helper) say "  git config --global --unset-all credential.helper '$ours'" ;;
            *) say "  git config --global --remove-section $(quoted "${key%.helper}")" ;;
        esac
    done
}

# git searches its exec path first, then the PATH (git 2.47.3 `exec-cmd.c`, `setup_path`). Sets `found`.
check_git_finds_it() {
    found=
    say
    answer=$(git credential-codecommit capability </dev/null 2>/dev/null | head -n 1) || answer=
    beside_git=$(git --exec-path)/$program
    if [ -x "$beside_git" ]; then
        first=$beside_git
    else
        first=$(command -v "$program" 2>/dev/null) || first=
    fi
    # A PATH can name the directory by a link or with a slash at its end.
    if [ "$answer" = 'version 0' ] && cmp -s "${first:-/dev/null}" "$bin/$program"; then
        found=yes
        say "git finds it."
    elif [ "$answer" = 'version 0' ] && [ "$first" = "$beside_git" ]; then
        say "git finds another copy first, in its own directory: $first"
        say '  Remove that copy, with the package manager if it belongs to a package.'
    elif [ "$answer" = 'version 0' ]; then
        say "git finds another copy first: $first"
        say "  Remove that copy, or put $bin before it on the PATH."
        say_how_to_find_it
    else
        say "git does not find it: $bin is not on the PATH."
        say_how_to_find_it
    fi
}

# `export` and `fish_add_path` also work in the terminal that is open.
say_how_to_find_it() {
    case $bin in
        *:*)
            say '  A directory with a colon cannot be on the PATH. Install it in another one with --to DIR.'
            return
            ;;
    esac
    say '  Add this line to ~/.profile (bash), ~/.zprofile or ~/.zshrc (zsh), and open a new terminal:'
    say "    export PATH=$(quoted "$bin"):\"\$PATH\""
    say '  For fish, run once:'
    say "    fish_add_path --move $(quoted_for_fish "$bin")"
}

say_what_is_next() {
    say
    if command -v zsh >/dev/null; then
        say 'For completions in zsh, add this line to ~/.zshrc, before compinit:'
        say "  fpath=($(quoted "$(dirname -- "$zsh_completion")") \$fpath)"
        say
    fi
    say 'To uninstall:'
    if [ "$bin" = "$HOME/.local/bin" ]; then
        say "  $(quoted "$here/install.sh") --uninstall"
    else
        say "  $(quoted "$here/install.sh") --uninstall --to $(quoted "$bin")"
    fi
    say
    say 'Next, configure git to use it for CodeCommit:'
    if [ -n "$found" ]; then
        say '  git credential-codecommit setup'
    else
        # By its path; setup then configures the path too, which also works for GUI programs with another PATH.
        say "  $(quoted "$bin/$program") setup"
    fi
}

[ -n "${HOME:-}" ] || fail 'HOME is not set'
bin=$HOME/.local/bin
with_remote=yes
action=install
while [ $# -gt 0 ]; do
    case $1 in
        --to)
            [ -n "${2:-}" ] || fail '--to needs a directory'
            bin=$2
            shift
            ;;
        --to=?*) bin=${1#--to=} ;;
        --no-remote-helper) with_remote= ;;
        --uninstall) action=uninstall ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail "unknown argument: $1" 'fix: ./install.sh --help' ;;
    esac
    shift
done
case $bin in
    /*) ;;
    *) bin=$(pwd)/$bin ;;
esac
bin=${bin%/}
set_places

if [ "$action" = uninstall ]; then
    uninstall
else
    check_tools
    build
    install_files
    check_git_finds_it
    say_what_is_next
fi
