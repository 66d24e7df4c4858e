//! The man pages: the options from the definition of the command line, the other sections from here. The sections have the
//! names and the order of man-pages(7).

use crate::docs::NAME;
use clap::{Arg, CommandFactory};
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};
use git_credential_codecommit::cli::{Program, doctor, setup};
use git_credential_codecommit::failure::pages::Group;

/// The whole page.
pub fn page() -> String {
    let mut roff = Roff::new();
    title(&mut roff, "GIT-CREDENTIAL-CODECOMMIT");
    section(&mut roff, "NAME");
    roff.text([roman("git-credential-codecommit - Git credential helper for AWS CodeCommit over HTTPS")]);
    section(&mut roff, "SYNOPSIS");
    synopsis(&mut roff, &SYNOPSIS);
    section(&mut roff, "DESCRIPTION");
    about(&mut roff, &Program::command(), "PP");
    commands(&mut roff);
    options(&mut roff);
    verification(&mut roff);
    exit_status(&mut roff);
    error_codes(&mut roff);
    environment(&mut roff);
    files(&mut roff);
    examples(&mut roff);
    section(&mut roff, "SEE ALSO");
    roff.text(prose(
        "**git-remote-codecommit**(1), **gitcredentials**(7), **git-credential**(1), **git-config**(1), **aws**(1)",
    ));
    roff.to_roff()
}

/// Every command with its options; [`missing_in_synopsis`] compares it with the definition.
const SYNOPSIS: [&str; 8] = [
    "**git credential-codecommit setup** [**--global** ¦ **--local** ¦ **--system** ¦ **--file** |FILE|] \
     [**--profile** |NAME|] [**--url** |URL|] [**--region** |REGION|]... [**--connections**] [**--evict**] \
     [**-y** ¦ **--yes**] [**-n** ¦ **--dry-run**]",
    "**git credential-codecommit setup --rewrite** [**-y** ¦ **--yes**] [**-n** ¦ **--dry-run**]",
    "**git credential-codecommit setup --undo** [**--global** ¦ **--local** ¦ **--system** ¦ **--file** |FILE|] \
     [**-n** ¦ **--dry-run**]",
    "**git credential-codecommit doctor** [**--json**] [**--profile** |NAME|] [|URL| ¦ |REMOTE|]",
    "**git credential-codecommit explain** [|CODE|]",
    "**git credential-codecommit** [**--profile** |NAME|] [**--region** |REGION|] [**--ignore-host-check**] \
     [**--ca-bundle** |FILE|] [**--no-cache**] [**--verify** |WHEN|] [**-v** ¦ **--verbose**] \
     (**get** ¦ **store** ¦ **erase** ¦ **capability**)",
    "**git credential-codecommit help** [|COMMAND|]",
    "**git credential-codecommit -h** ¦ **--help** ¦ **-V** ¦ **--version**",
];

/// The commands and options that the SYNOPSIS does not have.
pub fn missing_in_synopsis() -> Vec<String> {
    let words: Vec<&str> =
        SYNOPSIS.iter().flat_map(|line| line.split(['*', '|', '¦', '[', ']', '(', ')', ' '])).collect();
    let program = Program::command();
    let names = program.get_subcommands().filter(|command| !command.is_hide_set()).map(clap::Command::get_name);
    let options = [Program::command(), setup::Arguments::command(), doctor::Arguments::command()];
    let options = options.iter().flat_map(clap::Command::get_arguments).filter_map(Arg::get_long);
    let expected = names.map(str::to_owned).chain(options.map(|option| format!("--{option}")));
    expected.filter(|name| !words.contains(&name.as_str())).collect()
}

/// The page of the remote helper, which has no arguments of its own: `git help remote-codecommit`.
pub fn remote_page() -> String {
    let mut roff = Roff::new();
    title(&mut roff, "GIT-REMOTE-CODECOMMIT");
    section(&mut roff, "NAME");
    roff.text([roman("git-remote-codecommit - Git remote helper for codecommit:: URLs")]);
    section(&mut roff, "SYNOPSIS");
    synopsis(
        &mut roff,
        &[
            "**git clone codecommit://**[|PROFILE|**@**]|REPOSITORY|",
            "**git clone codecommit::**|REGION|**://**[|PROFILE|**@**]|REPOSITORY|",
            "**git-remote-codecommit -h** ¦ **--help** ¦ **-V** ¦ **--version**",
        ],
    );
    section(&mut roff, "DESCRIPTION");
    paragraph(
        &mut roff,
        "Git runs this program for remotes with codecommit:: URLs; see |gitremote-helpers|(7). It replaces itself with git's \
         **remote-https** and the https URL of the repository, and sets **git-credential-codecommit**(1) as the only \
         credential helper for that host. No argument and no URL contains a password or session token, and no other helper \
         stores one.",
    );
    paragraph(
        &mut roff,
        "The region is that of the URL, or else of **AWS_DEFAULT_REGION**, **AWS_REGION** or the profile. The profile is \
         that of the URL, or else of **AWS_PROFILE** or **AWS_DEFAULT_PROFILE**, or else |default|.",
    );
    paragraph(
        &mut roff,
        "Submodules with codecommit:: URLs need **git config --global protocol.codecommit.allow always**. To change the \
         remotes of a clone to https URLs, run **git credential-codecommit setup --rewrite**.",
    );
    section(&mut roff, "OPTIONS");
    entries(&mut roff, &[("**-h**, **--help**", "Print help"), ("**-V**, **--version**", "Print version")]);
    section(&mut roff, "EXIT STATUS");
    paragraph(
        &mut roff,
        "The exit status of git; or 1 if the URL cannot be used, with the reason and a code such as CC113 on standard error.",
    );
    section(&mut roff, "ENVIRONMENT");
    entries(
        &mut roff,
        &[
            ("**AWS_PROFILE**, **AWS_DEFAULT_PROFILE**", "The profile, unless the URL contains one."),
            ("**AWS_DEFAULT_REGION**, **AWS_REGION**", "The region, unless the URL contains one."),
            ("**AWS_USE_FIPS_ENDPOINT**", "**true**: use the FIPS host, as with |use_fips_endpoint| in the profile."),
            ("**CODE_COMMIT_ENDPOINT**", "The host to use instead of the region's."),
        ],
    );
    paragraph(&mut roff, "Also the variables of **git-credential-codecommit**(1).");
    section(&mut roff, "EXAMPLES");
    code(&mut roff, &["git clone codecommit::eu-west-1://work@billing"]);
    section(&mut roff, "SEE ALSO");
    roff.text(prose("**git-credential-codecommit**(1), **gitremote-helpers**(7), **git-config**(1)"));
    roff.to_roff()
}

/// The first line of a page. The date is blank, because the version at the foot says more; the `roff` crate drops an empty
/// argument. The name of the manual has to fit between the names in 80 columns. Without hyphens and justification an option
/// or a variable stays one word.
fn title(roff: &mut Roff, name: &str) {
    let version = concat!("git-credential-codecommit ", env!("CARGO_PKG_VERSION"));
    roff.control("TH", [name, "1", " ", version, "User Commands"]);
    roff.control("nh", []).control("ad", ["l"]);
}

/// Each form of a call in a paragraph, as in git's pages.
fn synopsis(roff: &mut Roff, forms: &[&str]) {
    for (index, form) in forms.iter().enumerate() {
        if index > 0 {
            roff.control("br", []);
        }
        roff.text(prose(form));
    }
}

/// The description of a command, from its own definition; `between` separates its paragraphs.
fn about(roff: &mut Roff, command: &clap::Command, between: &str) {
    let text = command.get_long_about().expect("a description").to_string();
    for (index, text) in text.split("\n\n").skip(usize::from(command.get_name() == NAME)).enumerate() {
        if index > 0 {
            roff.control(between, []);
        }
        roff.text(prose(&in_bold(text)));
    }
}

/// Backquotes mark commands in help, and bold type in a page.
fn in_bold(text: &str) -> String {
    text.replace('`', "**")
}

/// The options of a command, from its own definition. `--help` and `--version` are the program's.
fn options_of(roff: &mut Roff, command: &clap::Command) {
    for argument in command.get_arguments().filter(|argument| argument.get_id() != "help") {
        let value = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
        let mut names: Vec<String> = Vec::new();
        names.extend(argument.get_short().map(|short| format!("**-{short}**")));
        let longs = argument.get_long().into_iter().chain(argument.get_visible_aliases().unwrap_or_default());
        names.extend(longs.map(|long| format!("**--{long}**")));
        let term = match names.join(", ") {
            names if names.is_empty() => {
                value.split('|').map(|value| format!("|{value}|")).collect::<Vec<_>>().join(", ")
            }
            names if argument.get_action().takes_values() => format!("{names} |{value}|"),
            names => names,
        };
        let text = argument.get_help().expect("a description").to_string();
        // The brackets say in help what a sentence says in a page.
        let text = in_bold(&text).replace(" [default: ", ". Default: ").replace(']', "");
        entries(roff, &[(&term, &format!("{text}."))]);
        let values = if argument.get_action().takes_values() { argument.get_possible_values() } else { Vec::new() };
        if !values.is_empty() {
            roff.control("RS", []);
            for value in values {
                let text = value.get_help().expect("a description").to_string();
                entries(roff, &[(&format!("**{}**", value.get_name()), &format!("{text}."))]);
            }
            roff.control("RE", []);
        }
    }
}

/// `**bold**`, `|italic|` and plain text; `¦` is a bar.
fn prose(text: &str) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for (index, part) in text.split("**").enumerate() {
        if index % 2 == 1 {
            inlines.push(bold(part));
            continue;
        }
        for (index, part) in part.split('|').enumerate().filter(|(_, part)| !part.is_empty()) {
            inlines.push(if index % 2 == 1 { italic(part) } else { roman(part.replace('¦', "|")) });
        }
    }
    inlines
}

fn section(roff: &mut Roff, name: &str) {
    roff.control("SH", [name]);
}

fn subsection(roff: &mut Roff, name: &str) {
    roff.control("SS", [name]);
}

fn paragraph(roff: &mut Roff, text: &str) {
    roff.control("PP", []);
    roff.text(prose(text));
}

fn entries(roff: &mut Roff, entries: &[(&str, &str)]) {
    for (term, text) in entries {
        roff.control("TP", []);
        roff.text(prose(term));
        roff.text(prose(text));
    }
}

fn code(roff: &mut Roff, lines: &[&str]) {
    roff.control("PP", []).control("RS", ["4"]).control("nf", []);
    for line in lines {
        roff.text([roman(*line)]);
    }
    roff.control("fi", []).control("RE", []);
}

fn commands(roff: &mut Roff) {
    section(roff, "COMMANDS");
    for (name, command) in [("setup", setup::Arguments::command()), ("doctor", doctor::Arguments::command())] {
        roff.control("TP", []);
        roff.text(prose(&format!("**{name}**")));
        about(roff, &command, "IP");
    }
    entries(
        roff,
        &[
            (
                "**explain** [|CODE|]",
                "Prints the page of an error code, such as CC212 or 212: cause, fix and related codes. Without a code, lists \
                 all of them. See |ERROR CODES|.",
            ),
            (
                "**get**",
                "Run by git. Reads git's request from standard input and prints a user name, a password and their expiry \
                 time. Prints nothing for hosts that are not CodeCommit's.",
            ),
            (
                "**store**",
                "Run by git. Records that CodeCommit accepted the password, never the password itself; see \
                 |VERIFICATION|.",
            ),
            ("**erase**", "Run by git. Does nothing; passwords are never stored."),
            ("**capability**", "Run by git. Prints the capabilities of this helper (git 2.46 and later)."),
            ("**help**", "Prints help, or that of a command. **git credential-codecommit --help** opens this page."),
        ],
    );
    paragraph(
        roff,
        "Other actions are ignored with status 0, as |gitcredentials|(7) requires. At a terminal they are an error.",
    );
}

fn options(roff: &mut Roff) {
    section(roff, "OPTIONS");
    paragraph(
        roff,
        "For **get**, **store**, **erase** and **capability**: add them to **credential.helper**, after the helper's name. \
         **setup** and **doctor** also take **--profile** and **--verbose**.",
    );
    options_of(roff, &Program::command());
    entries(roff, &[("**-h**, **--help**", "Print help."), ("**-V**, **--version**", "Print version.")]);
    subsection(roff, "Options of setup");
    options_of(roff, &setup::Arguments::command());
    subsection(roff, "Options of doctor");
    options_of(roff, &doctor::Arguments::command());
    paragraph(
        roff,
        "**doctor** runs git and its helpers with prompts disabled. It refreshes an SSO or **aws login** session that is \
         about to expire, as **get** does. Access key ids are masked.",
    );
}

fn verification(roff: &mut Roff) {
    section(roff, "VERIFICATION");
    paragraph(
        roff,
        "After a 403, git asks no other helper and does not show CodeCommit's reason. Therefore **get** sends git's next \
         request itself before it answers. If CodeCommit denies it, **get** asks AWS why and fails with the reason (CC401 \
         to CC424). Any other problem, such as no network, does not stop git. This takes five seconds at most.",
    );
    paragraph(
        roff,
        "By default, **get** skips the check if CodeCommit accepted the same profile, repository and operation (fetch or \
         push) in the last 12 hours and none failed since. Hosts that need **--ignore-host-check** are never checked. If \
         the clock is off by more than five minutes, **get** prints a warning, and signs a denied request again with AWS's \
         time.",
    );
}

fn exit_status(roff: &mut Roff) {
    section(roff, "EXIT STATUS");
    entries(
        roff,
        &[
            ("**0**", "Success, or a host that is not CodeCommit's. **doctor** found no problem."),
            (
                "**1**",
                "Failure; the reason and a code such as CC101 are on standard error. **get** also prints **quit=1** on \
                 standard output, which stops git from prompting for a user name. **doctor** found a problem. See |ERROR CODES|.",
            ),
            ("**2**", "Usage error."),
            ("**3**", "**doctor** had nothing to check."),
        ],
    );
}

/// From the headings of docs/errors.md, as the list of `explain`.
fn error_codes(roff: &mut Roff) {
    section(roff, "ERROR CODES");
    paragraph(roff, "**git credential-codecommit explain** |CODE| prints the cause and the fix of each code, offline.");
    for group in Group::all() {
        // No empty lines between the entries.
        roff.control("SS", [group.title.as_str()]).control("PD", ["0"]);
        for page in &group.pages {
            roff.control("TP", ["8"]).text([bold(page.code.as_str())]).text([roman(page.title.replace('`', ""))]);
        }
        roff.control("PD", []);
    }
}

fn environment(roff: &mut Roff) {
    section(roff, "ENVIRONMENT");
    entries(
        roff,
        &[
            (
                "**GIT_TRACE_CODECOMMIT**",
                "**1**: print a trace to standard error; an absolute path: append it to that file. A trace contains no \
                 secrets and no signatures.",
            ),
            (
                "**GIT_CODECOMMIT_VERIFY**",
                "**auto**, **always** or **never**, unless **--verify** is given. Other values are ignored.",
            ),
            (
                "**GIT_ASKPASS**, **SSH_ASKPASS**, **GIT_TERMINAL_PROMPT**",
                "How to prompt for an MFA code, as in **git**(1); also git's **core.askPass** and \
                 **credential.interactive**.",
            ),
            (
                "**AWS_ACCESS_KEY_ID**, **AWS_SECRET_ACCESS_KEY**, **AWS_SESSION_TOKEN**",
                "Access keys. They take precedence over profiles, except one that **--profile** or the user name sets. \
                 **AWS_CREDENTIAL_EXPIRATION**: when they expire.",
            ),
            (
                "**AWS_PROFILE**, **AWS_DEFAULT_PROFILE**",
                "The profile, unless **--profile** or the user name sets one. Empty means unset.",
            ),
            (
                "**AWS_CONFIG_FILE**, **AWS_SHARED_CREDENTIALS_FILE**",
                "Paths to use instead of |~/.aws/config| and |~/.aws/credentials|.",
            ),
            (
                "**AWS_REGION**, **AWS_DEFAULT_REGION**",
                "The region for calls to AWS STS and for hosts that do not contain one. They never override the region \
                 in the host name.",
            ),
            (
                "**AWS_WEB_IDENTITY_TOKEN_FILE**, **AWS_ROLE_ARN**, **AWS_ROLE_SESSION_NAME**",
                "The role to assume with a web identity token file.",
            ),
            (
                "**AWS_CONTAINER_CREDENTIALS_RELATIVE_URI**, **AWS_CONTAINER_CREDENTIALS_FULL_URI**",
                "The container credentials endpoint. **AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE** or \
                 **AWS_CONTAINER_AUTHORIZATION_TOKEN** contains its token.",
            ),
            (
                "**AWS_EC2_METADATA_DISABLED**",
                "**true**: do not use the EC2 instance metadata service (IMDS). **AWS_METADATA_SERVICE_TIMEOUT** sets its \
                 timeout in seconds, **AWS_METADATA_SERVICE_NUM_ATTEMPTS** the number of attempts, \
                 **AWS_EC2_METADATA_SERVICE_ENDPOINT** and **AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE** its endpoint.",
            ),
            (
                "**AWS_ENDPOINT_URL**, **AWS_ENDPOINT_URL_STS**, **AWS_ENDPOINT_URL_SSO**, **AWS_ENDPOINT_URL_SSO_OIDC**, \
                 **AWS_ENDPOINT_URL_SIGNIN**, **AWS_ENDPOINT_URL_CODECOMMIT**",
                "Endpoint URLs for calls to AWS. **AWS_USE_FIPS_ENDPOINT** and **AWS_USE_DUALSTACK_ENDPOINT** choose an \
                 endpoint of AWS STS.",
            ),
            (
                "**HTTPS_PROXY**, **ALL_PROXY**, **NO_PROXY**",
                "The proxy for calls to AWS; lower-case names take precedence. If none is set, git's **http.proxy**.",
            ),
            (
                "**AWS_CA_BUNDLE**, **REQUESTS_CA_BUNDLE**, **GIT_SSL_CAINFO**",
                "CA certificates for calls to AWS, in this order; then git's **http.sslCAInfo**, then the system's.",
            ),
            (
                "**GIT_SSL_CAPATH**, **SSL_CERT_FILE**, **SSL_CERT_DIR**",
                "More CA certificates, unless **--ca-bundle**, **AWS_CA_BUNDLE** or **ca_bundle** is set.",
            ),
        ],
    );
}

fn files(roff: &mut Roff) {
    section(roff, "FILES");
    entries(
        roff,
        &[
            ("|~/.aws/config|, |~/.aws/credentials|", "Profiles; never written."),
            ("|~/.aws/sso/cache/|", "SSO tokens of **aws sso login**; rewritten when refreshed."),
            (
                "|~/.aws/login/cache/|",
                "Sessions of **aws login**; rewritten when refreshed. **AWS_LOGIN_CACHE_DIRECTORY** sets another \
                 directory.",
            ),
            (
                "|~/.aws/cli/cache/|",
                "Temporary credentials of roles, shared with the AWS CLI. Not used with **--no-cache**.",
            ),
            (
                "|$XDG_CACHE_HOME/git-credential-codecommit/|, or below |~/.cache/|",
                "Records of what CodeCommit accepted (empty files named by a hash) and locks. Contains no secrets and can \
                 be deleted at any time.",
            ),
        ],
    );
}

fn examples(roff: &mut Roff) {
    section(roff, "EXAMPLES");
    paragraph(
        roff,
        "In |~/.gitconfig|, for CodeCommit only. The empty value resets the helpers configured before it, which can return an \
         expired password:",
    );
    code(
        roff,
        &[
            "[credential \"https://git-codecommit.*.amazonaws.com\"]",
            "    helper =",
            "    helper = codecommit",
            "    useHttpPath = true",
        ],
    );
    paragraph(roff, "Another profile for one repository, after the lines above:");
    code(
        roff,
        &[
            "[credential \"https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/billing\"]",
            "    helper =",
            "    helper = codecommit --profile work",
        ],
    );
    paragraph(roff, "Test a repository without git; the output contains a password:");
    code(
        roff,
        &[
            "printf 'protocol=https\\nhost=%s\\npath=v1/repos/%s\\n' \\",
            "    git-codecommit.eu-west-1.amazonaws.com billing |",
            "    git-credential-codecommit --verbose get",
        ],
    );
}
