//! Keys that cannot be any, seen by their shape: what is wrong with which value from where, before anything is sent, and that the
//! fix mends it.

use crate::common::{ALICE, KEY_ID, Machine, Run, SECRET, TOKEN, aws_with_demo, request};
use stand_in::{AccessKey, StandIn};

const ID: &str = "AWS_ACCESS_KEY_ID";
const KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION: &str = "AWS_SESSION_TOKEN";
const TEMPORARY: &str = "ASIAIOSFODNN7EXAMPLE";
const CREDENTIALS: &str = "home/.aws/credentials";
const CONFIG: &str = "home/.aws/config";

/// The stand-in with a long-term and a temporary key.
fn aws() -> StandIn {
    let aws = aws_with_demo();
    aws.add_key(AccessKey::temporary(TEMPORARY, SECRET, TOKEN, ALICE));
    aws
}

/// A machine with keys in the environment, of which one is replaced.
fn with(aws: &StandIn, name: &str, value: &str) -> Machine {
    let machine = Machine::before(aws).with_keys();
    let machine = if name == SESSION { machine.env(ID, TEMPORARY).env(SESSION, TOKEN) } else { machine };
    machine.env(name, value)
}

/// Refused with this code, with nothing sent, and without the value.
#[track_caller]
fn refused(aws: &StandIn, machine: &Machine, code: &str, values: &[&str]) -> Run {
    let before = aws.requests().len();
    let run = machine.get();
    assert_eq!((run.status, run.stdout.as_str()), (1, "quit=1\n"), "{values:?}: {}", run.transcript());
    assert!(
        run.stderr.lines().next().is_some_and(|line| line.ends_with(&format!("({code})"))),
        "{values:?}: {}",
        run.stderr
    );
    assert_eq!(aws.requests().len(), before, "{values:?}: nothing is sent");
    for value in values.iter().filter(|value| value.len() >= 6) {
        // The form of a reference is shown, with NAME for what it names.
        assert!(!run.stderr.contains(*value), "{value}: {}", run.stderr);
    }
    run
}

fn fix(run: &Run) -> &str {
    run.stderr.lines().find_map(|line| line.strip_prefix("  fix: ")).unwrap_or_default()
}

/// The values that people have in the place of each variable, with a piece of the first line for each.
fn bad_values() -> Vec<(&'static str, String, &'static str)> {
    let mut all = Vec::new();
    for (name, value, part) in [
        (ID, KEY_ID, "the access key id"),
        (KEY, SECRET, "the secret access key"),
        (SESSION, TOKEN, "the session token"),
    ] {
        let mut add = |value: String, what: &'static str| {
            assert!(!part.is_empty());
            all.push((name, value, what));
        };
        for quote in ['"', '\'', '`', '“', '”', '’', '«'] {
            add(format!("{quote}{value}{quote}"), "in quotes");
            add(format!("{quote}{value}"), "in quotes");
            add(format!("{value}{quote}"), "in quotes");
        }
        for placeholder in [
            "<YOUR_KEY>",
            "YOUR_ACCESS_KEY_ID",
            "your-key-here",
            "xxxx",
            "XXXXXXXXXXXXXXXXXXXX",
            "${AWS_ACCESS_KEY_ID}",
            "$AWS_ACCESS_KEY_ID",
            "$(AWS_ACCESS_KEY_ID)",
            "%AWS_ACCESS_KEY_ID%",
            "{{ secrets.KEY_ID }}",
            "${{ secrets.KEY_ID }}",
            "{{ .Values.awsKey }}",
            "((aws-access-key-id))",
            "#{AwsAccessKeyId}#",
            "__AWS_ACCESS_KEY_ID__",
            "[MASKED]",
            "***",
            "****************MPLE",
            "CHANGEME",
            "REPLACE_ME",
            "undefined",
            "null",
            "None",
            "TODO",
            "op://vault/aws/key",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x",
            "ssm:/prod/aws/key",
            "vault:secret/data/aws#key",
            "ENC[AES256_GCM,data:abcdef]",
        ] {
            add(placeholder.to_owned(), "placeholder");
        }
        for (blank, what) in [
            (" ", "a space"),
            ("\t", "a tab"),
            ("\n", "a line break"),
            ("\r", "a carriage return"),
            ("\u{a0}", "a no-break space (U+00A0)"),
            ("\u{200b}", "an invisible character (U+200B)"),
            ("\u{feff}", "a byte order mark (U+FEFF)"),
        ] {
            add(format!("{value}{blank}"), what);
            add(format!("{blank}{value}"), what);
            add(format!("{}{blank}{}", &value[..8], &value[8..]), what);
        }
        add(format!("{name}={value}"), "the name of the setting");
        add(format!("export {name}=\"{value}\""), "the name of the setting");
        add(format!("{} = {value}", name.to_lowercase()), "the name of the setting");
        add(format!("{{\"AccessKeyId\": \"{value}\"}}"), "a JSON document");
        add("https://111122223333.signin.aws.amazon.com/console".to_owned(), "a URL");
        add("ghp_0123456789abcdefghijklmnopqrstuvwxyz".to_owned(), "a GitHub token");
        add("/run/secrets/aws_key".to_owned(), "the path of a file");
        add("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----".to_owned(), "in PEM format");
        add("arn:aws:iam::111122223333:user/alice".to_owned(), "an ARN");
        add("AIDAJQABLZS4A3QDU576Q".to_owned(), "the unique id of an IAM user");
        add("alice-at-111122223333".to_owned(), "the user name of HTTPS Git credentials");
        if name != SESSION {
            add("111122223333".to_owned(), "an AWS account id");
            add("alice@example.com".to_owned(), "a user name or email address");
            add(format!("{KEY_ID},{SECRET}"), "more than one value");
        }
    }
    all
}

#[test]
fn a_value_that_is_no_key_is_refused_unsent_and_the_fix_mends_it_in_the_environment() {
    let aws = aws();
    for (name, value, what) in bad_values() {
        let machine = with(&aws, name, &value);
        let run = refused(&aws, &machine, "CC218", &[&value]);
        let first = run.stderr.lines().next().unwrap_or_default();
        assert!(first.contains(what), "{value:?}: {first}");
        assert!(run.stderr.contains(&format!("  from environment variable {name}\n")), "{value:?}: {}", run.stderr);
        assert!(fix(&run).contains(name), "{value:?}: the fix names the variable: {}", run.stderr);
        // "set it", "set it again", "remove the quotes": all end with the value as AWS issued it.
        let issued = if name == ID {
            KEY_ID
        } else if name == KEY {
            SECRET
        } else {
            TOKEN
        };
        let mended = if fix(&run).starts_with("remove the quotes") {
            value.trim_matches(|c: char| "\"'`“”’«".contains(c)).to_owned()
        } else {
            issued.to_owned()
        };
        machine.env(name, &mended).get().succeeds();
    }
}

#[test]
fn a_value_that_is_no_key_is_told_with_its_profile_and_file() {
    for (path, section, file) in
        [(CREDENTIALS, "[work]", "~/.aws/credentials"), (CONFIG, "[profile work]", "~/.aws/config")]
    {
        let aws = aws();
        let keys = |id: &str| format!("{section}\naws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n");
        for (id, what) in [
            (format!("\"{KEY_ID}\""), "the access key id is in quotes"),
            (format!("“{KEY_ID}”"), "the access key id is in quotes"),
            ("<YOUR_KEY>".to_owned(), "the access key id is a placeholder"),
            ("${AWS_ACCESS_KEY_ID}".to_owned(), "the access key id is a placeholder"),
            (format!("{KEY_ID} # production"), "the access key id contains a comment"),
            (format!("{KEY_ID}\u{200b}"), "the access key id contains an invisible character (U+200B) at its end"),
            ("111122223333".to_owned(), "the access key id is an AWS account id, not an access key id"),
        ] {
            let machine = Machine::before(&aws).file(path, &keys(&id)).env("AWS_PROFILE", "work");
            let run = refused(&aws, &machine, "CC218", &[&id]);
            assert!(run.stderr.contains(&format!("error: {what}")), "{id}: {}", run.stderr);
            let from = format!("  from aws_access_key_id of profile `work` in {file}\n");
            assert!(run.stderr.contains(&from), "{id}: {}", run.stderr);
            let place = format!("aws_access_key_id in profile work of {file}");
            assert!(fix(&run).contains(&place), "{id}: {}", run.stderr);
            machine.file(path, &keys(KEY_ID)).get().succeeds();
        }
    }
}

#[test]
fn a_file_for_docker_with_quotes_in_each_line_is_told_once() {
    let aws = aws();
    let quoted = |value: &str| format!("\"{value}\"");
    let machine = with(&aws, ID, &quoted(TEMPORARY)).env(KEY, &quoted(SECRET)).env(SESSION, &quoted(TOKEN));
    let run = refused(&aws, &machine, "CC218", &[]);
    insta::assert_snapshot!("quoted_by_docker", run.transcript());
    machine.env(ID, TEMPORARY).env(KEY, SECRET).env(SESSION, TOKEN).get().succeeds();
    // With an optional token that is two quotes.
    let machine = with(&aws, ID, &quoted(KEY_ID)).env(KEY, &quoted(SECRET)).env(SESSION, "\"\"");
    refused(&aws, &machine, "CC218", &[]);
    let machine = machine.env(ID, KEY_ID).env(KEY, SECRET);
    let run = refused(&aws, &machine, "CC219", &[]);
    after(&machine, fix(&run)).succeeds();
}

/// The same `get` in a shell in which the command of the fix was run.
fn after(machine: &Machine, command: &str) -> Run {
    let program = crate::common::BINARY;
    machine.run("/bin/sh".as_ref(), &["-c", &format!("{command}\nexec {program} get")], request("demo").as_bytes())
}

#[test]
fn a_session_token_beside_a_long_term_key_is_refused_unsent() {
    let aws = aws();
    let both = [("AWS_SESSION_TOKEN", TOKEN), ("AWS_SECURITY_TOKEN", "old")];
    for variables in [&both[..1], &both[1..], &both[..]] {
        let machine =
            variables.iter().fold(Machine::before(&aws).with_keys(), |machine, (name, value)| machine.env(name, value));
        let run = refused(&aws, &machine, "CC219", &[]);
        assert!(variables.iter().all(|(name, _)| fix(&run).contains(name)), "{}", run.stderr);
        after(&machine, fix(&run)).succeeds();
    }
    let machine = Machine::before(&aws).with_keys().env(SESSION, TOKEN);
    insta::assert_snapshot!("token_beside_a_long_term_key", machine.get().transcript());

    let keys = format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    let token = format!("aws_session_token = {TOKEN}\n");
    let machine = Machine::before(&aws).file(CREDENTIALS, &format!("{keys}{token}"));
    let run = refused(&aws, &machine, "CC219", &[]);
    assert_eq!(fix(&run), "remove aws_session_token in profile default of ~/.aws/credentials");
    machine.file(CREDENTIALS, &keys).get().succeeds();
}

#[test]
fn a_temporary_key_without_its_token_is_mended_by_the_token() {
    let aws = aws();
    let machine = Machine::before(&aws).with_keys().env(ID, TEMPORARY);
    let run = refused(&aws, &machine, "CC219", &[]);
    assert_eq!(fix(&run), "export AWS_SESSION_TOKEN=TOKEN");
    after(&machine, &format!("export AWS_SESSION_TOKEN='{TOKEN}'")).succeeds();
    let keys = format!("[default]\naws_access_key_id = {TEMPORARY}\naws_secret_access_key = {SECRET}\n");
    let machine = Machine::before(&aws).file(CONFIG, &keys);
    let run = refused(&aws, &machine, "CC219", &[]);
    assert!(fix(&run).starts_with("add aws_session_token"), "{}", run.stderr);
    machine.file(CONFIG, &format!("{keys}aws_session_token = {TOKEN}\n")).get().succeeds();
}

#[test]
fn what_a_program_prints_is_judged_by_its_shape_too() {
    let aws = aws();
    let vending = |id: &str, token: Option<&str>| {
        let token = token.map(|token| format!(r#", "SessionToken": "{token}""#)).unwrap_or_default();
        let json = format!(r#"{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "{SECRET}"{token}}}"#);
        Machine::before(&aws).file("home/vended", &json).file(CONFIG, "[default]\ncredential_process = cat vended\n")
    };
    for (id, token, code) in [
        ("'AKIAIOSFODNN7EXAMPLE'", None, "CC218"),
        ("<YOUR_KEY>", None, "CC218"),
        ("null", None, "CC218"),
        ("AKIAIOSFODNN7EXAMPLE\\n", None, "CC218"),
        (KEY_ID, Some(TOKEN), "CC219"),
        (TEMPORARY, None, "CC219"),
    ] {
        let run = refused(&aws, &vending(id, token), code, &[]);
        assert!(run.stderr.contains("printed by credential_process of profile `default`"), "{}", run.stderr);
        assert!(fix(&run).contains("make the credential_process program print"), "{}", run.stderr);
    }
    vending(KEY_ID, None).get().succeeds();
    vending(TEMPORARY, Some(TOKEN)).get().succeeds();
}

#[test]
fn the_keys_of_stand_ins_go_on_working() {
    // LocalStack, MinIO, moto, botocore's and our own tests.
    for (id, secret, token) in [
        ("test", "test", None),
        ("testing", "testing", Some("testing")),
        ("minioadmin", "minioadmin", None),
        ("AKIDEXAMPLE", SECRET, None),
        ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Some("token")),
        ("foo", "bar", Some("baz")),
        ("access_key", "secret_key", Some("session_token")),
        ("000000000000", "x", None),
        ("LKIAQAAAAAAAVNCBMPNS", "s", Some("to/ken")),
        ("dummy", "dummy", None),
        ("AKIAIOSFODNN7EXAMPLE", "$ecret!#", None),
    ] {
        let machine = Machine::new().env(ID, id).env(KEY, secret).env("GIT_CODECOMMIT_VERIFY", "never");
        let machine = token.into_iter().fold(machine, |machine, token| machine.env(SESSION, token));
        assert_eq!(machine.get().succeeds().key_id(), Some(id));
    }
}
