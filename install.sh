#!/bin/sh
# Builds git-credential-codecommit and installs it for one user. See usage below, or ./install.sh --help.
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
  --to DIR            put the programs in DIR (default: ~/.local/bin)
  --no-remote-helper  leave out git-remote-codecommit, which serves codecommit:: URLs
  --uninstall         remove what an installation to the same DIR has put there
  -h, --help          print this text

Installed are the helper, git-remote-codecommit, man pages, and completions for bash, zsh and fish.
git's configuration is never changed: the commands for it are printed.
Nothing here needs root. CARGO_TARGET_DIR is honoured.
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

# 1.94.1 is as new as 1.94.1, newer than 1.85.0 and older than 1.100.0.
at_least() {
    printf '%s\n%s\n' "$1" "$2" | awk -F'[.-]' '
        NR == 1 { for (i = 1; i <= 3; i++) have[i] = $i + 0; next }
        { for (i = 1; i <= 3; i++) if (have[i] != $i + 0) exit !(have[i] > $i + 0) }'
}

check_tools() {
    command -v cargo >/dev/null || fail 'cargo was not found' \
        'fix: install Rust, for one user and without root: https://rustup.rs'
    needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$here/Cargo.toml")
    have=$(cargo --version | awk '{ print $2 }')
    at_least "$have" "$needed" || fail "cargo $have is older than $needed, which this program needs" \
        'fix: rustup update stable'
    command -v cc >/dev/null || fail 'a C compiler (cc) was not found; the cryptography library ring is built with it' \
        'fix: Debian and Ubuntu: the package gcc; Fedora: gcc; macOS: xcode-select --install'
    command -v git >/dev/null || fail 'git was not found'
}

build() {
    target=${CARGO_TARGET_DIR:-$here/target}
    say "Building. This takes a few minutes the first time."
    set -- --bin "$program"
    [ -z "$with_remote" ] || set -- "$@" --bin "$remote"
    (cd "$here" && cargo build --release --locked "$@" --target-dir "$target") ||
        fail 'the build failed; the reason stands above'
    built=$target/release
    [ -x "$built/$program" ] || fail "cargo put no program at $built/$program" \
        'fix: unset CARGO_BUILD_TARGET, or build.target in ~/.cargo/config.toml'
}

# A copy beside the old file and a rename: a helper that runs at this moment keeps its file.
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
    # Read when fish starts: the completions of `git …` are in a file of fish's own.
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
    # Only the program knows what it has written, and after this it is gone.
    if [ -x "$bin/$program" ] && git config --global --get-regexp '^codecommit\.setup\.' >/dev/null 2>&1; then
        fail "git's configuration still holds what setup has written there" \
            "fix: '$bin/$program' setup --undo, then this again"
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
    # By its name or by its path; the AWS CLI's `!aws codecommit credential-helper` is another one.
    ours='^codecommit|/git-credential-codecommit'
    named=$(git config --global --name-only --get-regexp '^credential\..*helper$' "$ours" 2>/dev/null | sort -u) || named=
    if [ -z "$named" ]; then
        say "git's configuration for this user does not name this helper."
        return
    fi
    say "git's configuration is as it was. These commands take this helper out of it:"
    printf '%s\n' "$named" | while IFS= read -r key; do
        case $key in
            credential.helper) say "  git config --global --unset-all credential.helper '$ours'" ;;
            *) say "  git config --global --remove-section '${key%.helper}'" ;;
        esac
    done
}

# git looks for the program in its own directory first, then on the PATH.
check_git_finds_it() {
    say
    answer=$(git credential-codecommit capability </dev/null 2>/dev/null | head -n 1) || answer=
    first=$(command -v "$program" 2>/dev/null) || first=
    if [ "$answer" = 'version 0' ] && cmp -s "${first:-/dev/null}" "$bin/$program"; then
        say "git finds it: git credential-codecommit capability answers."
    elif [ "$answer" = 'version 0' ]; then
        say "git finds another one first: ${first:-the one in $(git --exec-path)}"
        say "  Remove that one, or put $bin before it on the PATH."
    else
        say "git does not find it: $bin is not on the PATH."
        say '  Add this line to ~/.profile (bash), ~/.zprofile or ~/.zshrc (zsh), and open a new terminal:'
        say "    export PATH=\"$bin:\$PATH\""
        say '  For fish, once:'
        say "    fish_add_path '$bin'"
        say '  Programs with windows may have a PATH of their own. There, name the helper by its path,'
        say "  in place of codecommit in the second command by hand below: '$(printf '%s' "$bin/$program" | sed 's/ /\\ /g')'"
    fi
}

say_what_is_next() {
    cat <<'EOF'

Now tell git to use it, for CodeCommit only (git's configuration was not changed):
  git credential-codecommit setup

Or by hand:
  git config --global --replace-all 'credential.https://git-codecommit.*.amazonaws.com.helper' ''
  git config --global --add 'credential.https://git-codecommit.*.amazonaws.com.helper' codecommit
  git config --global 'credential.https://git-codecommit.*.amazonaws.com.useHttpPath' true

EOF
    if command -v zsh >/dev/null; then
        say "zsh looks for completions in its fpath. Before compinit in ~/.zshrc, add:"
        say "  fpath=(\"$(dirname -- "$zsh_completion")\" \$fpath)"
        say
    fi
    if [ "$bin" = "$HOME/.local/bin" ]; then
        say "To uninstall: $here/install.sh --uninstall"
    else
        say "To uninstall: $here/install.sh --uninstall --to '$bin'"
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
        *) fail "unknown argument: $1" 'fix: ./install.sh --help lists what there is' ;;
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
