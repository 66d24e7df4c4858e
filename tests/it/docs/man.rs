//! The man page: what clap knows of the program, and the sections that it cannot know.

use clap::CommandFactory;
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};
use git_credential_codecommit::cli::doctor::Arguments as Doctor;
use git_credential_codecommit::cli::{Program, setup};
use git_credential_codecommit::failure::pages::Group;

/// The whole page.
pub fn page() -> String {
    let command = Program::command().after_help(None::<&str>);
    let mut page = Vec::new();
    Man::new(command).render(&mut page).expect("a Vec takes everything");
    let page = String::from_utf8(page).expect("UTF-8");
    // The version stands at the foot of the page, and the commands have sections of their own below.
    let from_clap = page.split(".SH VERSION\n").next().unwrap_or(&page);
    let from_clap = from_clap.split(".SH SUBCOMMANDS\n").next().unwrap_or(from_clap);
    let (from_clap, options) = from_clap.split_once(".SH OPTIONS\n").expect("a heading");
    let mut commands = Roff::new();
    actions(&mut commands);
    let commands = without_preamble(&commands);
    let from_clap = format!("{from_clap}{commands}.SH OPTIONS\n{options}");
    let title = concat!(
        ".TH GIT-CREDENTIAL-CODECOMMIT 1 \"\" \"git-credential-codecommit ",
        env!("CARGO_PKG_VERSION"),
        "\" \"Git Manual\""
    );
    let mut roff = Roff::new();
    verification(&mut roff);
    doctor(&mut roff);
    exit_status(&mut roff);
    error_codes(&mut roff);
    environment(&mut roff);
    files(&mut roff);
    examples(&mut roff);
    see_also(&mut roff);
    // `man` takes a line that ends in spaces as it is; editors and `git diff --check` do not.
    let lines = from_clap.lines().map(str::trim_end).chain(std::iter::once(""));
    // clap_mangen leaves out an empty date, and everything after it moves one place up.
    let lines = lines.map(|line| if line.starts_with(".TH ") { title } else { line });
    lines.collect::<Vec<_>>().join("\n") + &setup_section() + &roff.to_roff()
}

/// A part of a page that has a preamble already.
fn without_preamble(roff: &Roff) -> String {
    let text = roff.to_roff();
    let preamble = Roff::new().to_roff();
    text.strip_prefix(&preamble).unwrap_or(&text).to_owned()
}

/// The page of the remote helper, which has no arguments of its own: `git help remote-codecommit`.
pub fn remote_page() -> String {
    let mut roff = Roff::new();
    let foot = concat!("git-credential-codecommit ", env!("CARGO_PKG_VERSION"));
    roff.control("TH", ["GIT-REMOTE-CODECOMMIT", "1", "", foot, "Git Manual"]);
    section(&mut roff, "NAME");
    roff.text([roman("git-remote-codecommit - serve codecommit:: URLs through git's own https")]);
    section(&mut roff, "SYNOPSIS");
    paragraph(&mut roff, "**git clone codecommit://**|REPOSITORY|");
    paragraph(&mut roff, "**git clone codecommit://**|PROFILE|**@**|REPOSITORY|");
    paragraph(&mut roff, "**git clone codecommit::**|REGION|**://**[|PROFILE|**@**]|REPOSITORY|");
    section(&mut roff, "DESCRIPTION");
    paragraph(
        &mut roff,
        "git runs this program for remotes with such URLs; see |gitremote-helpers|(7). It replaces itself by git's own \
         **remote-https** with the https URL that is meant, and with |git-credential-codecommit|(1) as the helper for that \
         host alone. No password and no session token is ever in an argument, a URL or another helper's store.",
    );
    paragraph(
        &mut roff,
        "The region is the URL's, else that of **AWS_DEFAULT_REGION**, **AWS_REGION**, or the profile. The profile is the \
         URL's, else that of **AWS_PROFILE** or **AWS_DEFAULT_PROFILE**, else |default|. **AWS_USE_FIPS_ENDPOINT**, or \
         |use_fips_endpoint| in the profile, asks the FIPS host; **CODE_COMMIT_ENDPOINT** names another host.",
    );
    paragraph(
        &mut roff,
        "Submodules with such URLs need **git config --global protocol.codecommit.allow always**. **git \
         credential-codecommit setup --rewrite** gives the remotes of a clone their https URLs.",
    );
    section(&mut roff, "OPTIONS");
    entries(
        &mut roff,
        &[("**--version**, **--help**", "For people who want to know which program of this name they have.")],
    );
    section(&mut roff, "EXIT STATUS");
    paragraph(
        &mut roff,
        "That of git; 1 where the address cannot be served, with the reason and a code such as CC113.",
    );
    section(&mut roff, "SEE ALSO");
    roff.text(prose("**git-credential-codecommit**(1), **gitremote-helpers**(7), **git-config**(1)"));
    roff.to_roff()
}

/// The command for people, from its own definition.
fn setup_section() -> String {
    let command = setup::Arguments::command().disable_help_flag(true);
    let about = command.get_long_about().map(ToString::to_string).unwrap_or_default();
    let mut roff = Roff::new();
    section(&mut roff, "SETUP");
    paragraph(&mut roff, "**git credential-codecommit setup** [|options|]");
    for text in about.split("\n\n") {
        paragraph(&mut roff, &text.replace('\n', " "));
    }
    let mut options = Vec::new();
    Man::new(command).render_options_section(&mut options).expect("a Vec takes everything");
    let options = String::from_utf8(options).expect("UTF-8");
    let (preamble, options) = options.split_once(".SH OPTIONS\n").expect("a heading");
    // The page has a preamble already, and lines do not end in spaces.
    let section = roff.to_roff();
    let section = section.strip_prefix(preamble).unwrap_or(&section);
    section.lines().chain(options.lines()).map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// `**bold**`, `|italic|` and plain text.
fn prose(text: &str) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for (index, part) in text.split("**").enumerate() {
        if index % 2 == 1 {
            inlines.push(bold(part));
            continue;
        }
        for (index, part) in part.split('|').enumerate().filter(|(_, part)| !part.is_empty()) {
            inlines.push(if index % 2 == 1 { italic(part) } else { roman(part) });
        }
    }
    inlines
}

fn section(roff: &mut Roff, name: &str) {
    roff.control("SH", [name]);
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

fn actions(roff: &mut Roff) {
    section(roff, "COMMANDS");
    entries(
        roff,
        &[
            ("**setup**", "Configures git to run this helper for CodeCommit. See |SETUP|."),
            ("**doctor**", "Finds out why git and CodeCommit do not work together. See |DOCTOR|."),
            (
                "**explain** [|CODE|]",
                "Prints the page of an error code, such as CC212 or 212: cause, fix and related codes. Without a code, lists \
                 all of them. See |ERROR CODES|.",
            ),
            (
                "**get**",
                "For git. Reads git's request on standard input and writes a user name, a password and the time at which git \
                 should stop using them. For a host that is not CodeCommit's it writes nothing.",
            ),
            (
                "**store**",
                "Remembers, without the answer itself, that CodeCommit accepted it. See |VERIFICATION| and |FILES|.",
            ),
            ("**erase**", "Does nothing: no answer is ever kept."),
            ("**capability**", "Tells the capabilities of this helper, for git 2.46 and later."),
        ],
    );
    paragraph(
        roff,
        "With any other word git gets no answer and status 0, as |gitcredentials|(7) asks; at a terminal it is an error.",
    );
}

/// From the definition of its own arguments.
fn doctor(roff: &mut Roff) {
    let command = Doctor::command();
    section(roff, "DOCTOR");
    paragraph(roff, "**git credential-codecommit doctor** [|URL|, |REMOTE|] [**--json**] [**--profile** |NAME|]");
    for text in command.get_long_about().expect("a description").to_string().split("\n\n") {
        paragraph(roff, text);
    }
    let arguments = command.get_arguments().filter(|argument| argument.get_id() != "help");
    for argument in arguments {
        let value = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
        let takes_value = argument.get_action().takes_values();
        let term = match argument.get_long() {
            Some(long) if takes_value => format!("**--{long}** |{value}|"),
            Some(long) => format!("**--{long}**"),
            None => "|URL|, |REMOTE|".to_owned(),
        };
        entries(roff, &[(&term, &argument.get_help().expect("a description").to_string())]);
    }
    paragraph(
        roff,
        "Nothing is asked of a person: git is started where no helper may prompt, open a window or leave a mark. A \
         sign-in of IAM Identity Center or of **aws login** that is about to end is renewed, as by a |get|. Access key ids are masked, and \
         secrets are never part of the report.",
    );
}

fn verification(roff: &mut Roff) {
    section(roff, "VERIFICATION");
    paragraph(
        roff,
        "After a 403 git asks no helper and does not show what CodeCommit said. Therefore **get** sends git's next request \
         itself before it answers. If CodeCommit refuses, AWS is asked for the reason, and the **get** fails with it \
         (CC401 to CC424). Everything else, such as no network or a proxy's error, lets git have its answer. It takes \
         five seconds at most. **--verify** says when:",
    );
    entries(
        roff,
        &[
            (
                "**auto**",
                "The default: unless CodeCommit accepted the same within twelve hours and no attempt failed since. The \
                 same is one profile or source, one repository, and fetch or push.",
            ),
            ("**always**", "At every **get**."),
            ("**never**", "Not at all, and nothing is remembered."),
        ],
    );
    paragraph(
        roff,
        "A host that only **--ignore-host-check** lets pass is never asked. Where the clock is more than five minutes off, \
         a warning tells so, and a refused request is signed again with AWS's time.",
    );
}

fn exit_status(roff: &mut Roff) {
    section(roff, "EXIT STATUS");
    entries(
        roff,
        &[
            ("**0**", "An answer, a host that is not CodeCommit's, |store|, |erase|, an unknown action, help."),
            (
                "**1**",
                "A **get** that failed. The reason is on standard error, with a code such as CC101; **quit=1** on \
                 standard output keeps git from asking for a user name. See |ERROR CODES|.",
            ),
            ("**2**", "Arguments that mean nothing."),
            ("**3**", "A **doctor** that had nothing to examine. With a problem found its status is 1, without one 0."),
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
                "**1** tells on standard error how the answer came about; an absolute path appends the same to that \
                 file. Secrets and signatures are never part of it.",
            ),
            (
                "**GIT_CODECOMMIT_VERIFY**",
                "**auto**, **always** or **never**, where **--verify** is not given. Another value counts as unset.",
            ),
            (
                "**GIT_ASKPASS**, **SSH_ASKPASS**, **GIT_TERMINAL_PROMPT**",
                "How the code of an MFA device is asked for, as in |git|(1); so do git's **core.askPass** and \
                 **credential.interactive**.",
            ),
            (
                "**AWS_ACCESS_KEY_ID**, **AWS_SECRET_ACCESS_KEY**, **AWS_SESSION_TOKEN**",
                "Keys. They come before every profile that was not chosen by **--profile** or by the user name. \
                 **AWS_CREDENTIAL_EXPIRATION** tells when they end.",
            ),
            (
                "**AWS_PROFILE**, **AWS_DEFAULT_PROFILE**",
                "The profile, where neither **--profile** nor the user name chose one. Empty is the same as unset.",
            ),
            (
                "**AWS_CONFIG_FILE**, **AWS_SHARED_CREDENTIALS_FILE**",
                "Other places for |~/.aws/config| and |~/.aws/credentials|.",
            ),
            (
                "**AWS_REGION**, **AWS_DEFAULT_REGION**",
                "The region of calls to AWS STS, and of repository hosts that name none. Never the region of a \
                 signature for a host that names its own.",
            ),
            (
                "**AWS_WEB_IDENTITY_TOKEN_FILE**, **AWS_ROLE_ARN**, **AWS_ROLE_SESSION_NAME**",
                "A role that is opened with a token in a file.",
            ),
            (
                "**AWS_CONTAINER_CREDENTIALS_RELATIVE_URI**, **AWS_CONTAINER_CREDENTIALS_FULL_URI**",
                "The credential endpoint of a container. **AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE** and \
                 **AWS_CONTAINER_AUTHORIZATION_TOKEN** hold the token for it.",
            ),
            (
                "**AWS_EC2_METADATA_DISABLED**",
                "**true** keeps the instance metadata service from being asked. **AWS_METADATA_SERVICE_TIMEOUT** and \
                 **AWS_METADATA_SERVICE_NUM_ATTEMPTS** say how long and how often it is asked, \
                 **AWS_EC2_METADATA_SERVICE_ENDPOINT** and **AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE** where.",
            ),
            (
                "**AWS_ENDPOINT_URL**, **AWS_ENDPOINT_URL_STS**, **AWS_ENDPOINT_URL_SSO**, **AWS_ENDPOINT_URL_SSO_OIDC**, \
                 **AWS_ENDPOINT_URL_SIGNIN**, **AWS_ENDPOINT_URL_CODECOMMIT**",
                "Other endpoints for AWS calls. **AWS_USE_FIPS_ENDPOINT** and **AWS_USE_DUALSTACK_ENDPOINT** choose \
                 among those of AWS STS.",
            ),
            (
                "**HTTPS_PROXY**, **ALL_PROXY**, **NO_PROXY**",
                "The proxy for AWS calls, also in lower case, which comes first; without one, git's **http.proxy**.",
            ),
            (
                "**AWS_CA_BUNDLE**, **SSL_CERT_FILE**, **GIT_SSL_CAINFO**",
                "The certificate authorities to trust for AWS calls, in this order; then git's **http.sslCAInfo**, then \
                 the system's.",
            ),
        ],
    );
}

fn files(roff: &mut Roff) {
    section(roff, "FILES");
    entries(
        roff,
        &[
            ("|~/.aws/config|, |~/.aws/credentials|", "Profiles. Only read."),
            ("|~/.aws/sso/cache/|", "Sign-ins of **aws sso login**. One that is renewed replaces its file."),
            (
                "|~/.aws/login/cache/|",
                "Sign-ins of **aws login**. One that is renewed replaces its file. **AWS_LOGIN_CACHE_DIRECTORY** names \
                 another directory.",
            ),
            (
                "|~/.aws/cli/cache/|",
                "Temporary credentials of roles, shared with the AWS CLI. **--no-cache** leaves them alone.",
            ),
            (
                "|$XDG_CACHE_HOME/git-credential-codecommit/|, or below |~/.cache/|",
                "What CodeCommit accepted: empty files, whose names are hashes; and locks. They hold no secret, and the \
                 directory may be deleted at any time.",
            ),
        ],
    );
}

fn examples(roff: &mut Roff) {
    section(roff, "EXAMPLES");
    paragraph(
        roff,
        "In |~/.gitconfig|, for CodeCommit only. The empty value clears helpers that were configured before and would \
         answer with a password that has expired:",
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
    paragraph(roff, "Another profile for one repository, after those lines:");
    code(
        roff,
        &[
            "[credential \"https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/billing\"]",
            "    helper =",
            "    helper = codecommit --profile work",
        ],
    );
    paragraph(roff, "What would happen for a repository, without git; the output holds a password:");
    code(
        roff,
        &[
            "printf 'protocol=https\\nhost=%s\\npath=v1/repos/%s\\n' \\",
            "    git-codecommit.eu-west-1.amazonaws.com billing |",
            "    git-credential-codecommit --verbose get",
        ],
    );
}

fn see_also(roff: &mut Roff) {
    section(roff, "SEE ALSO");
    roff.text(prose(
        "**gitcredentials**(7), **git-credential**(1), **git-config**(1), **git-remote-codecommit**(1), **aws**(1)",
    ));
}
