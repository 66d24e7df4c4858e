//! The documents say what the program does: generated pages, error codes, links, and the commands of the README and of the page on
//! configuration.
//!
//! `UPDATE_DOCS=1 cargo test --test it docs::` rewrites what is generated.

mod completions;
pub mod failures;
mod man;

use crate::common::documents::{self, read, root};
use crate::common::{ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, SECRET, served, url};
use git_credential_codecommit::commands::doctor::check::Check;
use git_credential_codecommit::failure::Code;
use git_credential_codecommit::failure::pages::Page;
use stand_in::{AccessKey, Action, DenyTail, EmptyPassword, KeyState, StandIn};
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
fn the_synopsis_has_every_command_and_every_option() {
    assert_eq!(man::missing_in_synopsis(), Vec::<String>::new());
}

#[test]
fn the_completions_are_made_from_the_definition() {
    for (file, script) in completions::scripts() {
        is_up_to_date(&format!("docs/completions/{file}"), &script);
    }
}

/// The names of the tests that hold what a page says stand in comments: `<!-- test: FILE::NAME -->`, where FILE is a file, or a
/// directory, of the sources or of the tests.
fn tests_named_in(page: &str) -> Vec<String> {
    let sources = documents::sources(&["src", "crates", "tests"]);
    let mut seen = Vec::new();
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
        seen.push(name.to_owned());
    }
    seen
}

/// One comment for each row, in the order of the rows, with the name of the row and of its tests.
#[test]
fn every_row_of_the_matrix_of_credentials_names_tests_that_exist() {
    let page = read("docs/credentials.md");
    let rows: Vec<&str> = page
        .lines()
        .skip_while(|line| !line.starts_with("| Source |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|row| row[1..].split('|').next().expect("a first cell").trim())
        .collect();
    assert!(rows.len() >= 10, "{rows:?}");
    let comments: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("<!-- row: ")).collect();
    let named: Vec<&str> = comments.iter().filter_map(|comment| Some(comment.split_once(" --> ")?.0)).collect();
    assert_eq!(named, rows, "a comment for each row");
    for comment in comments {
        assert!(!tests_named_in(comment).is_empty(), "no test: {comment}");
    }
}

#[test]
fn every_promise_of_security_md_is_held_by_a_test_that_exists() {
    let page = read("docs/security.md");
    let seen = tests_named_in(&page).len();
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

/// The parts of a page of docs/errors.md, each from its name to the next one.
fn part(page: &str, name: &str) -> Option<String> {
    let (_, text) = page.split_once(&format!("\n**{name}:**"))?;
    let end = ["\n**Cause:**", "\n**Fix:**", "\n**Related:**", "\n### "];
    let end = end.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    Some(text[..end].trim().to_owned()).filter(|text| !text.is_empty())
}

/// The sections of docs/errors.md that are about a code.
fn pages() -> Vec<(Code, String)> {
    let errors = read("docs/errors.md");
    let sections = errors.split("\n## ").filter(|section| section.starts_with("CC"));
    // The anchors of the next page are no part of this one.
    let sections = sections.map(|section| section.split("\n<a id=").next().unwrap_or(section));
    sections.map(|section| (Code::named(&section[..5]).expect("a code"), section.to_owned())).collect()
}

#[test]
fn every_page_has_an_example_a_cause_a_fix_and_related_codes_that_exist() {
    for (code, page) in pages() {
        let (before, example) = page.split_once("```text\n").unwrap_or_else(|| panic!("{code} has no example"));
        assert_eq!(before.lines().filter(|line| !line.is_empty()).count(), 1, "{code}: the example comes first");
        for name in ["Cause", "Fix"] {
            assert!(part(&page, name).is_some(), "{code} has no {name}");
        }
        let related = part(&page, "Related").unwrap_or_else(|| panic!("{code} has no related codes"));
        let named: Vec<&str> = related.split(", ").collect();
        for link in &named {
            let other =
                Code::ALL.iter().find(|other| *link == format!("[{other}](#{})", other.as_str().to_lowercase()));
            assert!(other.is_some_and(|other| *other != code), "{code}: {link}");
        }
        // `explain` reads the same.
        let explained = Page::of(code).expect("a page");
        assert_eq!(explained.related.len(), named.len(), "{code}");
        let text = explained.text();
        for line in example.split("```").next().unwrap_or_default().lines() {
            assert!(text.contains(&format!("\n    {line}\n")), "{code}: {line}\n{text}");
        }
        for hidden in ["<a ", "<!--", "](", "**Fix", "```"] {
            assert!(!text.contains(hidden), "{code}: {hidden}\n{text}");
        }
    }
}

/// A sentence in double quotes is one of the program's, and the only error of a page is its example.
#[test]
fn no_page_quotes_what_the_program_does_not_say() {
    let sources = documents::sources(&["src", "crates/codecommit/src", "crates/aws-files/src"]);
    let sources: String = sources.into_iter().map(|(_, text)| text).collect();
    // A line that ends in a backslash goes on in the next one.
    let sources: String = sources.split("\\\n").map(str::trim_start).collect();
    for (code, page) in pages() {
        let mut blocks = page.split("```");
        let mut prose = blocks.next().unwrap_or_default().to_owned();
        let example = blocks.next().unwrap_or_default().to_owned();
        prose.extend(blocks.step_by(2));
        assert!(!prose.contains("codecommit: error:") && !prose.contains("\n  fix:"), "{code} has a second example");
        // Quotes in code are not quotes, and titles of guides are not the program's.
        let text: String = prose.split('`').step_by(2).collect();
        let text = text.split('(').map(|part| {
            part.split_once(')').filter(|(inside, _)| inside.contains("Guide")).map_or(part, |(_, rest)| rest)
        });
        let text: String = text.collect::<Vec<_>>().join("(");
        for quoted in text.split('"').skip(1).step_by(2) {
            let quoted = quoted.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(sources.contains(&quoted) || example.contains(&quoted), "{code}: nothing says \"{quoted}\"");
        }
    }
}

/// They were published: in issues, in chats, in other documents.
#[test]
fn no_anchor_of_errors_md_is_ever_lost() {
    let known = anchors(&read("docs/errors.md"));
    for anchor in include_str!("docs/anchors.txt").lines() {
        assert!(known.iter().any(|known| known == anchor), "put <a id=\"{anchor}\"></a> in front of its heading");
    }
    for code in Code::ALL {
        let short = code.as_str().to_lowercase();
        assert_eq!(known.iter().filter(|known| **known == short).count(), 1, "{short}");
    }
    let mut once = known.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), known.len(), "an anchor occurs twice");
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
fn the_failure_in_the_readme_is_a_real_one() {
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

    is_up_to_date("README.md", &readme);
}

#[test]
fn the_report_in_the_page_on_troubleshooting_is_a_real_one() {
    let mut page = read("docs/troubleshooting.md");
    let command = "\n$ git credential-codecommit doctor\n";
    let start = page.find(command).expect("a report") + command.len();
    let end = start + page[start..].find("```").expect("a closed block");
    page.replace_range(start..end, &failures::report(Code::AnotherHelperFirst));
    is_up_to_date("docs/troubleshooting.md", &page);
}

#[test]
fn the_page_on_doctor_has_every_check_in_its_order() {
    let page = read("docs/doctor.md");
    let head = "| Id | Check |\n|---|---|\n";
    let start = page.find(head).expect("a table of the checks") + head.len();
    let end = start + page[start..].find("\n## ").expect("the next section");
    let rows: Vec<String> =
        Check::ALL.iter().map(|check| format!("| `{}` | {} |\n", check.id(), check.about())).collect();
    is_up_to_date("docs/doctor.md", &format!("{}{}{}", &page[..start], rows.concat(), &page[end..]));
    let ids: std::collections::BTreeSet<&str> = Check::ALL.iter().map(|check| check.id()).collect();
    assert_eq!(ids.len(), Check::ALL.len(), "each has an id of its own");
}

/// What has no code is looked up there; what has one has its page.
#[test]
fn the_page_on_troubleshooting_begins_with_doctor_and_repeats_no_code() {
    let page = read("docs/troubleshooting.md");
    let opening = page.split("\n\n").nth(1).expect("a first paragraph");
    assert!(opening.contains("run `git credential-codecommit doctor`"), "{opening}");
    assert!(!page.contains("\n| [CC"), "a table of codes is what docs/errors.md is");
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

/// What a link can lead to in a document: its headings, and `<a id="…">` in front of one.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let headings = headings.map(|line| anchor(line.trim_start_matches('#').trim()));
    let named = text.split("<a id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
    headings.chain(named).collect()
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
                    || found.is_ok_and(|text| anchors(&text).iter().any(|anchor| anchor == heading)));
            if !is_there {
                dead.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

/// The fenced blocks of a kind below a heading of the page on configuration.
fn blocks(heading: &str, kind: &str) -> Vec<String> {
    documents::blocks("docs/configuration.md", heading, kind)
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
    let block = &blocks("## For CodeCommit only", "sh")[0];
    with_each_git(|machine| {
        machine.program("git-credential-stale", "[ $1 = get ] && printf 'username=stale\\npassword=stale\\n'");
        let machine = machine.pasted("git config --global credential.helper stale").pasted(block).pasted(block);
        assert_eq!(machine.filled(HOST, "v1/repos/demo").as_deref(), Some(KEY_ID));
        assert_eq!(machine.filled("github.com", "a/b").as_deref(), Some("stale"));
    });
}

#[test]
fn setup_does_what_the_page_does_by_hand() {
    // The question is answered, as at a terminal.
    let setup = &blocks("# Configuration", "sh")[0].replace("setup", "setup --yes");
    with_each_git(|machine| {
        machine.program("git-credential-stale", "[ $1 = get ] && printf 'username=stale\\npassword=stale\\n'");
        let machine = machine.pasted("git config --global credential.helper stale").pasted(setup);
        assert_eq!(machine.filled(HOST, "v1/repos/demo").as_deref(), Some(KEY_ID));
        assert_eq!(machine.filled("github.com", "a/b").as_deref(), Some("stale"));
        let sorted = |machine: &Machine| {
            let list = machine.git(&["config", "--list"]).stdout;
            // By hand it is called by its name.
            let program = machine.bin().join("git-credential-codecommit").display().to_string();
            let mut lines: Vec<String> = list.lines().map(|line| line.replace(&program, "codecommit")).collect();
            lines.sort();
            lines
        };
        let before = sorted(&machine);
        let machine = machine.pasted(&blocks("## For CodeCommit only", "sh")[0]);
        assert_eq!(sorted(&machine), before, "by hand there is nothing left to do");
    });
}

#[test]
fn the_quick_start_of_the_readme_clones_and_is_undone() {
    let block = &documents::blocks("README.md", "## Quick start", "sh")[0];
    crate::common::with_each_git(|git| {
        let aws = StandIn::start();
        aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
        aws.seed_repository(ACCOUNT, REGION, "billing");
        let machine = Machine::before(&aws).with_git(git).with_keys().pasted(block);
        assert!(machine.path("home/billing/.git").is_dir());
        assert!(documents::section("README.md", "## Quick start").contains("`git credential-codecommit setup --undo`"));
        let machine = machine.pasted("git credential-codecommit setup --undo");
        assert_eq!(machine.git(&["config", "--global", "--list"]).stdout, "");
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
    let block = &blocks("## Other hosts", "sh")[0];
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
    let from = blocks("## From the AWS CLI's credential helper", "sh");
    with_each_git(|machine| {
        let machine = machine
            .pasted("git config --global credential.helper '!aws codecommit credential-helper $@'")
            .pasted("git config --global --add credential.helper '!aws --profile work codecommit credential-helper $@'")
            .pasted("git config --global --add credential.helper keep")
            .pasted(&from[0]);
        assert_eq!(machine.git(&["config", "--get-all", "credential.helper"]).stdout, "keep\n");
    });
}

#[test]
fn the_way_from_iam_git_credentials_works() {
    let [commands, kept] = &blocks("## From IAM Git credentials", "sh")[..] else { panic!("two blocks") };
    let commands = &commands.replace("setup\n", "setup --yes\n");
    crate::common::with_each_git(|git| {
        let aws = StandIn::start();
        aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
        aws.add_git_credentials("alice-at-111122223333", "not-a-signature", ALICE);
        aws.seed_repository(ACCOUNT, REGION, "billing");
        let stored = format!("https://alice-at-111122223333:not-a-signature@{HOST}\n");
        let machine = Machine::before(&aws)
            .with_git(git)
            .file("home/.gitconfig", "[credential]\n\thelper = store\n")
            .file("home/.git-credentials", &stored);
        // A user name without a password, as git sends it first, is answered so that git goes on.
        aws.set_empty_password(EmptyPassword::Challenged);
        let before = format!("https://alice-at-111122223333@{HOST}/v1/repos/billing");
        machine.git(&["init", "-q", "."]).succeeds();
        machine.git(&["remote", "add", "origin", &before]).succeeds();
        machine.git(&["fetch", "-q"]).succeeds();
        let machine = machine.with_keys().pasted(commands);
        aws.forget();
        machine.git(&["fetch", "-q"]).succeeds();
        assert_eq!(served(&aws), [ALICE], "with a signature");
        let machine = machine.pasted(kept);
        assert_eq!(machine.filled(HOST, "v1/repos/old").as_deref(), Some("alice-at-111122223333"));
        assert_eq!(machine.filled(HOST, "v1/repos/billing").as_deref(), Some(KEY_ID));
        assert_eq!(
            fs::read_to_string(machine.path("home/.git-credentials")).expect("the store"),
            stored,
            "not touched"
        );
    });
}

#[test]
fn ssh_urls_become_https_urls() {
    let commands = &blocks("## From SSH to HTTPS", "sh")[0];
    crate::common::with_each_git(|git| {
        let aws = StandIn::start();
        aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
        aws.seed_repository(ACCOUNT, REGION, "billing");
        let machine = Machine::before(&aws).with_git(git).configured().with_keys().pasted(commands);
        for user in ["", "APKAEIBAERJR2EXAMPLE@"] {
            aws.forget();
            machine.git(&["ls-remote", &format!("ssh://{user}{HOST}/v1/repos/billing")]).succeeds();
            assert_eq!(served(&aws), [ALICE]);
        }
    });
}

#[test]
fn the_certificate_authority_of_a_proxy_is_given_once() {
    let command = &blocks("## Behind a proxy that inspects TLS", "sh")[0];
    crate::common::with_each_git(|git| {
        let aws = StandIn::start();
        aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
        aws.seed_repository(ACCOUNT, REGION, "billing");
        let authority = fs::read_to_string(aws.ca_file()).expect("the authority");
        let machine = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"]
            .into_iter()
            .fold(Machine::before(&aws).with_git(git), Machine::without)
            .configured()
            .with_keys()
            .file("home/corporate-ca.pem", &authority)
            .pasted(command);
        let run = machine.env("GIT_TRACE_CODECOMMIT", "1").git(&["ls-remote", &url("billing")]).succeeds();
        assert!(!run.stderr.contains("not verified:"), "{}", run.transcript());
    });
}

/// The command that is the README's own, as `.ci/run` has it.
#[test]
fn the_readme_tries_what_ci_runs() {
    let block = &documents::blocks("README.md", "## Try it", "sh")[0];
    let ci = read(".ci/run");
    for line in block.lines() {
        let command = line.split('#').next().expect("a command").trim();
        let (program, rest) = command.split_once(' ').expect("cargo and what it does");
        let (task, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let in_ci = [program, task, "--locked", rest].join(" ");
        assert!(ci.contains(&format!("step {}\n", in_ci.trim())), "{in_ci}");
    }
}
