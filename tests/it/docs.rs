//! The documents say what the program does: generated pages, error codes, links, and the commands of the README.
//!
//! `UPDATE_DOCS=1 cargo test --test it docs::` rewrites what is generated.

mod completions;
pub mod failures;
mod man;

use crate::common::documents::{self, read, root};
use crate::common::{ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, SECRET, url};
use git_credential_codecommit::failure::Code;
use stand_in::{AccessKey, Action, DenyTail, KeyState, StandIn};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const NAME: &str = "git-credential-codecommit";

/// Compares a generated file, or writes it where `UPDATE_DOCS` is set.
fn is_up_to_date(path: &str, expected: &str) {
    let full = root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(full.parent().expect("a directory")).expect("a directory");
        fs::write(full, expected).expect("a written file");
        return;
    }
    let found = fs::read_to_string(full).unwrap_or_default();
    if found != expected {
        let line = found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
        let line = line.unwrap_or(found.lines().count().min(expected.lines().count()));
        panic!(
            "{path} is not what the program would make of it; the first difference is in line {}:\n  file:      {}\n  \
             generated: {}\nrun: UPDATE_DOCS=1 cargo test --test it docs::",
            line + 1,
            found.lines().nth(line).unwrap_or("(end)"),
            expected.lines().nth(line).unwrap_or("(end)"),
        );
    }
}

#[test]
fn the_man_page_is_made_from_the_definition() {
    is_up_to_date(&format!("docs/man/{NAME}.1"), &man::page());
    is_up_to_date("docs/man/git-remote-codecommit.1", &man::remote_page());
}

#[test]
fn the_completions_are_made_from_the_definition() {
    for (file, script) in completions::scripts() {
        is_up_to_date(&format!("docs/completions/{file}"), &script);
    }
}

#[test]
fn every_row_of_the_matrix_of_credentials_names_tests_that_exist() {
    let mut tests = String::new();
    for name in ["tests/it", "tests/it/differential"] {
        for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("tests").flatten() {
            tests += &std::fs::read_to_string(file.path()).unwrap_or_default();
        }
    }
    let page = read("docs/credentials.md");
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| Source |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut seen = 0;
    for row in rows {
        let cell = row.trim_end_matches(['|', ' ']).rsplit(" | ").next().expect("a last cell");
        for name in cell.split('`').skip(1).step_by(2) {
            assert!(tests.contains(&format!("fn {name}(")), "no test is called {name}: {row}");
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen} tests in the matrix");
}

/// `<!-- test: FILE::NAME -->`, where FILE is a file, or a directory, of the sources or of the tests.
#[test]
fn every_promise_of_security_md_is_held_by_a_test_that_exists() {
    let page = read("docs/security.md");
    let sources = documents::sources(&["src", "crates", "tests"]);
    let mut seen = 0;
    for marker in page.split("<!-- test: ").skip(1) {
        let (file, name) =
            marker.split_once(" -->").and_then(|(test, _)| test.split_once("::")).expect("FILE::NAME -->");
        let is_there = sources.iter().any(|(path, text)| {
            let in_file = path.components().any(|part| {
                let part = part.as_os_str().to_string_lossy();
                part.strip_suffix(".rs").unwrap_or(&part) == file
            });
            in_file && text.contains(&format!("fn {name}(")) && (text.contains("#[test]"))
        });
        assert!(is_there, "no test {name} in {file}");
        seen += 1;
    }
    assert!(seen >= 25, "{seen} promises are marked");
    // A promise is a point of a list; those of the sections below have a marker, or describe.
    for section in ["What is printed", "What a repository may decide", "Which hosts"] {
        let text = page
            .split(&format!("## {section}\n"))
            .nth(1)
            .expect("the section")
            .split("\n## ")
            .next()
            .expect("its text");
        let (points, marked) = (text.matches("\n- ").count(), text.matches("<!-- test: ").count());
        assert!(points <= marked + 3, "{section}: {points} points, {marked} markers");
    }
}

#[test]
fn every_code_has_one_heading_in_errors_md_and_every_heading_a_code() {
    let errors = read("docs/errors.md");
    let headings: Vec<&str> = errors.lines().filter_map(|line| line.strip_prefix("## CC")).collect();
    let documented: Vec<String> =
        headings.iter().map(|heading| format!("CC{}", heading.split(' ').next().unwrap_or_default())).collect();
    let mut known: Vec<String> = Code::ALL.iter().map(ToString::to_string).collect();
    known.sort();
    assert_eq!(documented, known, "docs/errors.md needs exactly one `## CCxyz words` for each code, in order");
    for heading in headings {
        assert!(heading.split_once(' ').is_some_and(|(_, words)| !words.is_empty()), "## CC{heading} says nothing");
    }
}

#[test]
fn errors_md_shows_real_failures() {
    let mut sections: Vec<String> = read("docs/errors.md").split("\n## ").map(str::to_owned).collect();
    for code in Code::ALL {
        let start = format!("{code} ");
        let section =
            sections.iter_mut().find(|section| section.starts_with(&start)).expect("a heading for every code");
        let example = failures::example(*code);
        let named = example.contains(&format!("({code})")) || example.starts_with(&format!("{code} "));
        assert!(named, "the example of {code} is another failure:\n{example}");
        let opening = section.find("```text\n").unwrap_or_else(|| panic!("{code} shows nothing")) + "```text\n".len();
        let closing = opening + section[opening..].find("```\n").expect("a closed block");
        section.replace_range(opening..closing, &example);
    }
    is_up_to_date("docs/errors.md", &sections.join("\n## "));
}

#[test]
fn the_failures_and_the_report_in_the_readme_are_real_ones() {
    let mut readme = read("README.md");
    let mut seen = 0;
    while let Some(at) = readme[seen..].find("\ngit-credential-codecommit: error: ") {
        let start = seen + at + 1;
        let end = start + readme[start..].find("fatal: credential helper").expect("git's own line");
        let shown = &readme[start..end];
        let code = Code::ALL.iter().find(|code| shown.contains(&format!("({code})"))).expect("a code");
        let example = failures::example(*code);
        readme.replace_range(start..end, &example);
        seen = start + example.len();
    }
    assert!(seen > 0, "the README shows no failure");

    let command = "\n$ git credential-codecommit doctor\n";
    let start = readme.find(command).expect("a report in the README") + command.len();
    let end = start + readme[start..].find("```").expect("a closed block");
    readme.replace_range(start..end, &failures::report(Code::AnotherHelperFirst));
    is_up_to_date("README.md", &readme);
}

#[test]
fn troubleshooting_has_a_row_for_every_code_and_none_for_another() {
    let text = read("docs/troubleshooting.md");
    let mut rows: Vec<&str> = Vec::new();
    for row in text.lines().filter_map(|line| line.strip_prefix("| [CC")) {
        let (code, rest) = row.split_once("](errors.md#").unwrap_or_else(|| panic!("| [CC{row} leads nowhere"));
        assert!(rest.starts_with(&format!("cc{code}-")), "CC{code} leads to another code: {rest}");
        rows.push(code);
    }
    for code in Code::ALL {
        assert!(rows.contains(&&code.as_str()[2..]), "docs/troubleshooting.md has no row for {code}");
    }
    for row in rows {
        assert!(Code::ALL.iter().any(|code| &code.as_str()[2..] == row), "CC{row} is no code");
    }
}

/// A clone by Alice of a repository of which she may do what `prepare` leaves her, and nobody asks first.
fn unverified(git: &Path, prepare: impl Fn(&StandIn)) -> String {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.seed_repository(ACCOUNT, REGION, "billing");
    prepare(&aws);
    let machine = Machine::before(&aws).with_git(git).configured().with_keys().env("GIT_CODECOMMIT_VERIFY", "never");
    machine.git(&["clone", &url("billing")]).stderr
}

#[test]
fn what_git_prints_by_itself_is_what_the_documents_say() {
    let deny = |aws: &StandIn| aws.deny(ALICE, Action::GitPull, "billing", DenyTail::Bare);
    crate::common::with_each_git(|git| {
        let bare = unverified(git, deny);
        assert!(read("README.md").contains(&bare), "{bare}");
        let missing = unverified(git, |aws| aws.remove_repository(ACCOUNT, REGION, "billing"));
        let nobody = Machine::before(&StandIn::start()).with_git(git).git(&["clone", &url("billing")]).stderr;
        let quit =
            Machine::before(&StandIn::start()).with_git(git).configured().git(&["clone", &url("billing")]).stderr;
        let late = a_push_that_outlives_its_signature(git);
        let submodule = a_submodule_of_the_scheme(git);
        let plain = || Machine::new().with_git(git).configured();
        let no_program = plain().git(&["ls-remote", "codecommit::eu-west-1://billing"]).stderr;
        let aws = StandIn::start();
        let untrusted = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO"]
            .into_iter()
            .fold(Machine::before(&aws).with_git(git), Machine::without)
            .git(&["ls-remote", &url("billing")])
            .stderr;
        // The name leads to this machine, where nothing listens.
        let here = format!("http.curloptResolve={HOST}:1:127.0.0.1");
        let elsewhere = format!("https://{HOST}:1/v1/repos/billing");
        let unconnected = plain().without("HTTPS_PROXY").git(&["-c", &here, "ls-remote", &elsewhere]).stderr;
        let owned = plain();
        owned.git(&["init", "-q", "."]).succeeds();
        let dubious = owned.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1").git(&["fetch"]).stderr;
        // git with OpenSSL says it in another way than git with GnuTLS.
        let certificate = [
            "server certificate verification failed",
            "SSL certificate problem: unable to get local issuer certificate",
        ];
        assert!(certificate.iter().any(|line| untrusted.contains(line)), "{untrusted}");
        assert!(certificate.iter().all(|line| read("docs/troubleshooting.md").contains(&format!("| `{line}` |"))));
        for (line, printed) in [
            ("The requested URL returned error: 403", bare),
            ("repository '…' not found", missing.replace(&format!("{}/", url("billing")), "…")),
            (
                "could not read Username for 'https://git-codecommit…'",
                nobody.replace(&HOST["git-codecommit".len()..], "…"),
            ),
            ("credential helper 'codecommit' told us to quit", quit),
            ("RPC failed; HTTP 403", late),
            ("transport 'codecommit' not allowed", submodule),
            ("git: 'remote-codecommit' is not a git command", no_program),
            ("Failed to connect to git-codecommit…", unconnected.replace(&HOST["git-codecommit".len()..], "…")),
            ("detected dubious ownership in repository", dubious),
        ] {
            assert!(printed.contains(line), "{line}:\n{printed}");
            assert!(read("docs/troubleshooting.md").contains(&format!("| `{line}` |")), "{line}");
        }
    });
}

/// `git submodule update`, where the URL in `.gitmodules` starts with `codecommit::`.
fn a_submodule_of_the_scheme(git: &Path) -> String {
    let modules = format!("[submodule \"part\"]\n\tpath = part\n\turl = codecommit::{REGION}://part\n");
    let machine = Machine::new().with_git(git).file("home/.gitmodules", &modules);
    machine.git(&["init", "-q", "."]).succeeds();
    machine.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},part", "1".repeat(40))]).succeeds();
    machine.git(&["submodule", "update", "--init"]).stderr
}

/// The key ends while the `pre-push` hook runs: after the answer was given, before the pack is sent.
fn a_push_that_outlives_its_signature(git: &Path) -> String {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.seed_repository(ACCOUNT, REGION, "billing");
    let machine = Machine::before(&aws).with_git(git).configured().with_keys();
    machine.git(&["clone", "-q", &url("billing")]).succeeds();
    machine.git(&["-C", "billing", "commit", "-q", "--allow-empty", "-m", "x"]).succeeds();
    machine.program("wait-for-the-end", "touch ../running; while [ -e ../running ]; do sleep 0.05; done");
    let hook = machine.path("home/billing/.git/hooks/pre-push");
    fs::create_dir_all(hook.parent().expect("a directory")).expect("a directory");
    fs::rename(machine.bin().join("wait-for-the-end"), hook).expect("a hook");
    std::thread::scope(|scope| {
        let push = scope.spawn(|| machine.git(&["-C", "billing", "push", "-q"]).stderr);
        let running = machine.path("home/running");
        while !running.exists() && !push.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
        }
        aws.set_key_state(KEY_ID, KeyState::Inactive);
        let _ = fs::remove_file(running);
        push.join().expect("a push")
    })
}

fn all_documents() -> Vec<PathBuf> {
    let mut documents: Vec<PathBuf> =
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"].map(PathBuf::from).into();
    for directory in ["docs", "docs/decisions"] {
        for entry in fs::read_dir(root().join(directory)).expect("a directory of documents") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                documents.push(path.strip_prefix(root()).expect("below the root").to_owned());
            }
        }
    }
    documents.sort();
    documents
}

/// The relative links of a document, without their headings, from the root.
fn linked_from(document: &str) -> Vec<PathBuf> {
    let text = read(document);
    let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let directory = Path::new(document).parent().expect("a directory");
    links.filter(|link| !link.contains("://")).map(|link| directory.join(link)).collect()
}

#[test]
fn every_document_is_linked_where_a_reader_starts() {
    let known = [linked_from("README.md"), linked_from("docs/decisions/README.md")].concat();
    for document in all_documents() {
        assert!(
            document == Path::new("README.md") || known.contains(&document),
            "{} is linked neither from README.md nor from docs/decisions/README.md",
            document.display()
        );
    }
}

/// A number, a name, and the same four headings: the form that the index promises.
#[test]
fn every_decision_has_the_four_headings_in_their_order() {
    for document in all_documents() {
        let Some(name) = document.strip_prefix("docs/decisions").ok().and_then(Path::to_str) else { continue };
        if name == "README.md" {
            continue;
        }
        assert!(name.len() > 5 && name.bytes().take(4).all(|byte| byte.is_ascii_digit()), "{name} has no number");
        let text = read(&document.display().to_string());
        let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["Context", "What was tried", "Decision", "What would change it"], "{name}");
    }
}

/// The anchor that GitHub and GitLab make of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|&character| character.is_alphanumeric() || character == '-' || character == '_').collect()
}

#[test]
fn every_relative_link_leads_to_a_file_and_to_a_heading_in_it() {
    let mut dead = Vec::new();
    for document in all_documents() {
        let text = read(&document.display().to_string());
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if file.is_empty() { document.clone() } else { document.parent().expect("a directory").join(file) };
            let found = fs::read_to_string(root().join(&target));
            let is_there = root().join(&target).exists()
                && (heading.is_empty()
                    || found.is_ok_and(|text| {
                        text.lines()
                            .filter(|line| line.starts_with('#'))
                            .any(|line| anchor(line.trim_start_matches('#').trim()) == heading)
                    }));
            if !is_there {
                dead.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

/// The fenced blocks of a kind below a heading of the README.
fn blocks(heading: &str, kind: &str) -> Vec<String> {
    documents::blocks("README.md", heading, kind)
}

/// A command line that zsh would take for a file pattern.
#[test]
fn every_star_in_a_command_is_quoted() {
    for document in all_documents() {
        let text = read(&document.display().to_string());
        for block in text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            for line in block.lines() {
                let outside_of_quotes: String = line.split('\'').step_by(2).collect();
                assert!(!outside_of_quotes.contains('*'), "{}: {line}", document.display());
            }
        }
    }
}

impl Machine {
    /// The access key id of the answer that git gets for a path of a host.
    fn filled(&self, host: &str, path: &str) -> Option<String> {
        let input = format!("protocol=https\nhost={host}\npath={path}\n\n");
        let run = self.run(&self.bin().join("git"), &["credential", "fill"], input.as_bytes());
        run.key_id().map(str::to_owned)
    }
}

/// Each git with an empty home and Alice's keys.
fn with_each_git(test: impl Fn(Machine)) {
    crate::common::with_each_git(|git| test(Machine::new().with_git(git).with_keys()));
}

#[test]
fn the_configuration_for_codecommit_only_works_and_clears_earlier_helpers() {
    let block = &blocks("### For CodeCommit only", "sh")[0];
    with_each_git(|machine| {
        machine.program("git-credential-stale", "[ $1 = get ] && printf 'username=stale\\npassword=stale\\n'");
        let machine = machine.pasted("git config --global credential.helper stale").pasted(block).pasted(block);
        assert_eq!(machine.filled(HOST, "v1/repos/demo").as_deref(), Some(KEY_ID));
        assert_eq!(machine.filled("github.com", "a/b").as_deref(), Some("stale"));
    });
}

#[test]
fn setup_does_what_the_readme_does_by_hand() {
    let setup = &blocks("## Configure", "sh")[0];
    with_each_git(|machine| {
        machine.program("git-credential-stale", "[ $1 = get ] && printf 'username=stale\\npassword=stale\\n'");
        let machine = machine.pasted("git config --global credential.helper stale").pasted(setup);
        assert_eq!(machine.filled(HOST, "v1/repos/demo").as_deref(), Some(KEY_ID));
        assert_eq!(machine.filled("github.com", "a/b").as_deref(), Some("stale"));
        let sorted = |machine: &Machine| {
            let list = machine.git(&["config", "--list"]).stdout;
            let mut lines: Vec<String> = list.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let before = sorted(&machine);
        let machine = machine.pasted(&blocks("### For CodeCommit only", "sh")[0]);
        assert_eq!(sorted(&machine), before, "by hand there is nothing left to do");
    });
}

#[test]
fn the_short_configuration_works_and_leaves_other_hosts_alone() {
    let block = &blocks("### The short form", "sh")[0];
    with_each_git(|machine| {
        let machine = machine.pasted(block);
        assert_eq!(machine.filled(HOST, "v1/repos/demo").as_deref(), Some(KEY_ID));
        assert_eq!(machine.filled("github.com", "a/b"), None);
    });
}

#[test]
fn the_configuration_for_other_hosts_reaches_each_family() {
    let block = &blocks("### Other hosts", "sh")[0];
    with_each_git(|machine| {
        let machine = machine.pasted(block);
        for (host, path) in [
            ("git-codecommit-fips.us-east-1.amazonaws.com", "v1/repos/demo"),
            ("git-codecommit.cn-north-1.amazonaws.com.cn", "v1/repos/demo"),
            ("vpce-0b47ea360adebf88a-jkl88hez.git-codecommit.us-east-1.vpce.amazonaws.com", "v1/repos/demo"),
            ("codeconnections.us-east-1.amazonaws.com", "git-http/111122223333/us-east-1/c/acme/demo.git"),
            ("codestar-connections.us-east-1.amazonaws.com", "git-http/111122223333/us-east-1/c/acme/demo.git"),
        ] {
            assert_eq!(machine.filled(host, path).as_deref(), Some(KEY_ID), "{host}");
        }
        assert_eq!(machine.filled(HOST, "v1/repos/demo"), None, "a pattern reaches no other family");
    });
}

#[test]
fn the_way_from_the_aws_clis_helper_works() {
    let from = blocks("### From `aws codecommit credential-helper`", "sh");
    with_each_git(|machine| {
        let machine = machine
            .pasted("git config --global credential.helper '!aws codecommit credential-helper $@'")
            .pasted("git config --global --add credential.helper '!aws --profile work codecommit credential-helper $@'")
            .pasted("git config --global --add credential.helper keep")
            .pasted(&from[0]);
        assert_eq!(machine.git(&["config", "--get-all", "credential.helper"]).stdout, "keep\n");
    });
}
