//! One real failure for every code: what docs/errors.md shows.

use crate::common::transcript::Transcript;
use crate::common::{ACCOUNT, ALICE, BINARY, HOST, KEY_ID, Machine, REGION, Run, SECRET, TOKEN, request};
use git_credential_codecommit::failure::{Code, Failure};
use git_credential_codecommit::machine::world::{Environment, World};
use stand_in::{
    AccessKey, Action, DenyTail, EncryptionFailure, FixedAnswer, GitRequest, ImdsMode, Mode, PolicyKind, ProxyAnswer,
    Role, SsoSession, StandIn, TimeDelta,
};
use std::os::unix::fs::symlink;

/// The id of a request, cut short.
const REQUEST_ID: &str = "6f5e…";

/// `~/.aws/sso/cache/` and the SHA-1 of `corp`.
const SIGN_IN: &str = "home/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

const SSO: &str = "[profile billing]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
                   [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n";

/// What the program says on standard error when it fails with `code`.
pub fn example(code: Code) -> String {
    if code.as_str() > "CC600" {
        return diagnosed(code);
    }
    if code == Code::Unforeseen {
        // No run leads there, as far as is known.
        let world = World { environment: Environment::default(), home: None, now: chrono::DateTime::UNIX_EPOCH };
        return Failure::unforeseen(Some(("src/commands/get.rs", 100))).render(&world);
    }
    let machine = Machine::new();
    let run = match code.as_str() {
        "CC113" => {
            let remote = env!("CARGO_BIN_EXE_git-remote-codecommit");
            machine.run(remote.as_ref(), &["origin", "euwest1://billing"], b"")
        }
        _ if code == Code::DotGit => refused(code),
        number if number < "CC200" => machine.with_keys().helper(&["get"], &near_miss(code)),
        "CC301" => {
            let script = format!("{BINARY} get >/dev/full");
            machine.with_keys().run("/bin/sh".as_ref(), &["-c", &script], request("billing").as_bytes())
        }
        number if number >= "CC500" => setup(code),
        number if number > "CC400" => refused(code),
        _ => without_credentials(code),
    };
    assert_eq!(run.status, 1, "{code}: {}", run.transcript());
    let text = run.transcript();
    let told = text.split_once("--- stderr\n").map_or("", |(_, stderr)| stderr);
    Transcript::of(told)
        .value("[ROOT]/home", "/home/alice")
        .between("expired 2026-01-02 03:04 UTC (", ")", "2 days ago")
        .between("(2 days ago), now ", "\n", "2026-01-04 03:04 UTC")
        .between(" attempts in ", " s", "2")
        .request_ids(REQUEST_ID)
        .to_string()
}

/// `git credential-codecommit setup`, refused.
fn setup(code: Code) -> crate::common::Run {
    let config = |text: &str| Machine::new().file("home/.gitconfig", text);
    match code {
        Code::ConfigNotRead => config("[user]\n\tname = Alice\n[credential\n").helper(&["setup"], ""),
        Code::ConfigNotWritten => config("").file("home/.gitconfig.lock", "").helper(&["setup"], ""),
        Code::AnswerNeeded => {
            config("[credential]\n\thelper = !aws codecommit credential-helper $@\n").helper(&["setup"], "")
        }
        Code::NoRepository => Machine::new().helper(&["setup", "--rewrite"], ""),
        Code::TwoProfiles => {
            let machine = config("").file("home/.aws/config", "[profile work]\nregion = eu-west-1\n");
            machine.git(&["init", "-q", "."]).succeeds();
            machine.git(&["remote", "add", "origin", "codecommit::eu-west-1://billing"]).succeeds();
            machine.git(&["remote", "add", "work", "codecommit://work@billing"]).succeeds();
            machine.helper(&["setup", "--rewrite"], "")
        }
        Code::NotCodeCommitUrl => Machine::new().helper(&["setup", "--url", "https://github.com/acme/billing"], ""),
        _ => panic!("{code} has no example"),
    }
}

fn near_miss(code: Code) -> String {
    let (protocol, host, path) = match code {
        Code::UseHttpPathOff => ("https", HOST, None),
        Code::NotHttps => ("http", HOST, Some("v1/repos/billing")),
        Code::ApiHost => ("https", "codecommit.eu-west-1.amazonaws.com", Some("v1/repos/billing")),
        Code::NoRegion => ("https", "git-codecommit.amazonaws.com", Some("v1/repos/billing")),
        Code::OtherPartition => ("https", "git-codecommit.cn-north-1.amazonaws.com", Some("v1/repos/billing")),
        Code::MalformedRegion => ("https", "git-codecommit.euwest1.amazonaws.com", Some("v1/repos/billing")),
        Code::LookAlikeHost => ("https", "git-codecommit.eu-west-1.amazonaws.com.evil.test", Some("v1/repos/billing")),
        Code::NotARepositoryPath => ("https", HOST, Some("billing")),
        Code::InvalidRepositoryName => ("https", HOST, Some("v1/repos/my billing")),
        Code::NotAConnectionPath => ("https", "codeconnections.eu-west-1.amazonaws.com", Some("acme/billing")),
        Code::MalformedRequest => return "protocol=https\n".to_owned(),
        _ => panic!("{code} has no example"),
    };
    let path = path.map(|path| format!("path={path}\n")).unwrap_or_default();
    format!("protocol={protocol}\nhost={host}\n{path}")
}

/// What `doctor` ends in: from the line with the code to the last line of the fix.
fn diagnosed(code: Code) -> String {
    let report = report(code);
    let from = report.find(&format!("\n{code} ")).unwrap_or_else(|| panic!("{code}: {report}")) + 1;
    let (told, _) = report[from..].rsplit_once("\n1 problem").unwrap_or_else(|| panic!("{code}: {report}"));
    format!("{}\n", told.trim_end())
}

/// The report of a `doctor`, with what differs from run to run put to values of its own.
pub fn report(code: Code) -> String {
    let run = examined(code);
    assert_eq!(run.status, 1, "{code}: {}", run.transcript());
    let text = Transcript::of(&run.stdout)
        .request_ids(REQUEST_ID)
        .between(", git ", ",", "2.47.3")
        .between("  ok    git ", "\n", "2.47.3")
        .between("127.0.0.1:", " (", "8080")
        .value("127.0.0.1:8080", "proxy.corp:8080")
        .between("connected over TLS in ", " ms", "84")
        .between("Signature expired: ", " (", "20260102T030405Z is now earlier than 20260102T050305Z")
        .between(" (2", ")", "0260102T051805Z - 15 min.")
        .to_string();
    // What a version of git lacks stands below it.
    let lines = text.lines().filter(|line| !line.starts_with("          git before 2."));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn examined(code: Code) -> Run {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.seed_repository(ACCOUNT, REGION, "billing");
    let https = format!("https://{HOST}/v1/repos/billing");
    let url = match code {
        Code::UserInUrl => https.replace("https://", "https://alice@"),
        Code::SshRemote => https.replace("https://", "ssh://"),
        Code::RemoteHelperMissing => format!("codecommit::{REGION}://billing"),
        _ => https,
    };
    let config = match code {
        Code::AnotherHelperFirst => "[credential]\n\thelper = store\n\thelper = codecommit\n\tuseHttpPath = true\n",
        Code::HelperNotConfigured => "[credential]\n\thelper = store\n\tuseHttpPath = true\n",
        Code::HelperNotStarted => "[credential]\n\thelper = ~/bin/git-credential-codecommit\n\tuseHttpPath = true\n",
        Code::MisspeltSetting => "[credential]\n\thelper = codecommit\n\tUserHttpPath = true\n",
        Code::StoredWithoutPath => "[credential]\n\thelper = codecommit\n\thelper = store\n\tuseHttpPath = true\n",
        Code::IamGitCredentialRefused => {
            "[credential]\n\thelper = codecommit\n\thelper = store\n\tusername = alice-at-111122223333\n"
        }
        Code::EmptyAuth => "[credential]\n\thelper = codecommit\n\tuseHttpPath = true\n[http]\n\temptyAuth = true\n",
        Code::ExtraHeader => {
            "[credential]\n\thelper = codecommit\n\tuseHttpPath = true\n[http]\n\textraHeader = \"Authorization: x\"\n"
        }
        _ => "[credential]\n\thelper = codecommit\n\tuseHttpPath = true\n",
    };
    let machine = Machine::before(&aws).with_keys().file("home/.gitconfig", config);
    let machine = match code {
        Code::AnotherHelperFirst => {
            let time = (chrono::Utc::now() - TimeDelta::minutes(134)).format("%Y%m%dT%H%M%S").to_string();
            let password = GitRequest { host: HOST, path: "/v1/repos/billing", region: REGION }.password(SECRET, &time);
            machine.file("home/.git-credentials", &format!("https://{KEY_ID}:{password}@{HOST}/v1/repos/billing\n"))
        }
        Code::SubmodulesNotAllowed => {
            let part = format!("[submodule \"part\"]\n\tpath = part\n\turl = codecommit::{REGION}://part\n");
            machine.file("home/.gitmodules", &part)
        }
        Code::Netrc => machine.file("home/.netrc", &format!("machine {HOST} login alice password x\n")),
        Code::StoredWithoutPath | Code::IamGitCredentialRefused => {
            let password = if code == Code::StoredWithoutPath { "generated" } else { "of-another-day" };
            aws.add_git_credentials("alice-at-111122223333", "generated", ALICE);
            let stored = format!("https://alice-at-111122223333:{password}@{HOST}\n");
            let machine = machine.without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
            machine.file("home/.git-credentials", &stored)
        }
        _ => machine,
    };
    machine.git(&["init", "-q", "."]).succeeds();
    machine.git(&["remote", "add", "origin", &url]).succeeds();
    machine.git(&["credential-codecommit", "doctor"])
}

/// CodeCommit's own refusals.
fn refused(code: Code) -> Run {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.seed_repository(ACCOUNT, REGION, "billing");
    let machine = Machine::before(&aws).with_keys();
    let deny = |tail| aws.deny(ALICE, Action::GitPull, "billing", tail);
    let machine = match code {
        Code::KeyUnknown => machine.env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE"),
        Code::SecretMismatch => machine.env("AWS_SECRET_ACCESS_KEY", "another/secret"),
        Code::TokenInvalid => {
            aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
            machine.env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE").env("AWS_SESSION_TOKEN", "of-another-day")
        }
        Code::RegionNotEnabled => {
            aws.disable_region("ap-east-1");
            return machine.helper(&["get"], &request("billing").replace(REGION, "ap-east-1"));
        }
        Code::CredentialsOfOtherPartition => {
            let profile = "[profile billing]\nregion = cn-north-1\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\n\
                           aws_secret_access_key = secret\n";
            at(&aws, Machine::new().file("home/.aws/config", profile).env("AWS_PROFILE", "billing"))
        }
        Code::OutOfTime => {
            let words = "Signature expired: 20260102T030405Z is now earlier than 20260102T033005Z \
                         (20260102T034505Z - 15 min.)";
            answer_with(&aws, "InvalidSignatureException", words);
            machine
        }
        Code::SignatureRefused => {
            let words = "The request signature we calculated does not match the signature you provided. Check your \
                         AWS Secret Access Key and signing method. Consult the service documentation for details.";
            answer_with(&aws, "InvalidSignatureException", words);
            machine
        }
        Code::PermissionMissing => {
            deny(DenyTail::Implicit(PolicyKind::IdentityBased));
            machine
        }
        Code::ExplicitDeny => {
            deny(DenyTail::Explicit(PolicyKind::IdentityBased));
            machine
        }
        Code::ServiceControlPolicy => {
            deny(DenyTail::Explicit(PolicyKind::ServiceControl));
            machine
        }
        Code::PermissionsBoundary => {
            deny(DenyTail::Implicit(PolicyKind::PermissionsBoundary));
            machine
        }
        Code::SessionPolicy => {
            deny(DenyTail::Implicit(PolicyKind::Session));
            machine
        }
        Code::VpcEndpointPolicy => {
            deny(DenyTail::Implicit(PolicyKind::VpcEndpoint));
            machine
        }
        Code::EncryptionKey => {
            aws.set_encryption("billing", Some(EncryptionFailure::AccessDenied));
            machine
        }
        Code::DotGit => return machine.helper(&["get"], &request("billing.git")),
        Code::RepositoryNotFound => {
            aws.remove_repository(ACCOUNT, REGION, "billing");
            machine
        }
        Code::NotActivated => {
            answer_with(&aws, "OptInRequired", "The AWS Access Key Id needs a subscription for the service");
            machine
        }
        Code::Throttled => {
            aws.set_mode(Mode::Throttled { retry_after: Some(60) });
            machine.program("git-2.55", "[ \"$1\" != --version ] || echo git version 2.55.0");
            let git = machine.bin().join("git-2.55");
            machine.with_git(&git)
        }
        Code::Unexplained => {
            deny(DenyTail::Implicit(PolicyKind::IdentityBased));
            aws.set_bodies(false);
            for service in ["sts", "codecommit"] {
                aws.set_proxy_for(&format!("{service}.{REGION}.amazonaws.com"), ProxyAnswer::Forbidden);
            }
            machine
        }
        _ => panic!("{code} has no example"),
    };
    machine.helper(&["get"], &request("billing"))
}

/// The git service answers with this error, and everything else as ever.
fn answer_with(aws: &StandIn, name: &str, message: &str) {
    let body = format!("<{name}>\n  <Message>{message}</Message>\n</{name}>\n");
    aws.fix_answer(HOST, FixedAnswer { status: 403, content_type: None, body, from_aws: true });
}

fn without_credentials(code: Code) -> Run {
    let machine = Machine::new();
    let config = |text: &str| Machine::new().file("home/.aws/config", text).env("AWS_PROFILE", "billing");
    let signed_in = |until: &str| {
        config(SSO)
            .file(SIGN_IN, &format!(r#"{{"accessToken": "hush", "expiresAt": "{until}", "region": "eu-west-1"}}"#))
    };
    let machine = match code {
        Code::NoCredentials => machine,
        Code::ProfileNotFound => {
            machine.file("home/.aws/config", "[profile dev]\nregion = eu-west-1\n").env("AWS_PROFILE", "billing")
        }
        Code::HalfKeyPair => machine.env("AWS_ACCESS_KEY_ID", KEY_ID),
        Code::ConfigFileSyntax => config("[profile billing]\nregion = eu-west-1\noutput json\n"),
        Code::ProfileIncomplete => config("[profile billing]\nrole_arn = arn:aws:iam::111122223333:role/Developer\n"),
        Code::ProfileLoop => config(
            "[profile billing]\nrole_arn = arn:aws:iam::111122223333:role/A\nsource_profile = base\n\
             [profile base]\nrole_arn = arn:aws:iam::111122223333:role/B\nsource_profile = billing\n",
        ),
        Code::SsoNotSignedIn => config(SSO),
        Code::SsoExpired => signed_in("2026-01-02T03:04:05Z"),
        Code::SsoRefused => {
            let aws = StandIn::start();
            aws.add_sso_session(SsoSession::new("hush").assigned("111122223333", "ReadOnly"));
            return at(&aws, signed_in("2099-01-02T03:04:05Z")).get();
        }
        Code::LoginNeeded => {
            config("[profile billing]\nlogin_session = arn:aws:sts::111122223333:assumed-role/Developer/alice\n")
        }
        Code::CredentialProcess => {
            machine.program("corp-keys", "echo 'the vault is locked' >&2; exit 1");
            machine
                .file("home/.aws/config", "[profile billing]\ncredential_process = corp-keys --account billing\n")
                .env("AWS_PROFILE", "billing")
        }
        Code::RoleRefused => {
            let aws = StandIn::start();
            aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
            aws.add_role(Role::new("arn:aws:iam::444455556666:role/Developer"));
            let profiles = format!(
                "[profile billing]\nrole_arn = arn:aws:iam::444455556666:role/Developer\nsource_profile = base\n\
                 region = eu-west-1\n[profile base]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
            );
            return at(&aws, config(&profiles)).get();
        }
        Code::MfaNeeded => config(
            "[profile billing]\nrole_arn = arn:aws:iam::111122223333:role/Developer\nsource_profile = base\n\
             mfa_serial = arn:aws:iam::111122223333:mfa/alice\n[profile base]\naws_access_key_id = A\n\
             aws_secret_access_key = s\n",
        ),
        Code::WebIdentity => config(
            "[profile billing]\nrole_arn = arn:aws:iam::111122223333:role/Build\n\
             web_identity_token_file = ~/build/token\n",
        ),
        Code::Container => machine.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/credentials"),
        Code::InstanceMetadata => {
            let aws = StandIn::start();
            aws.set_imds(ImdsMode::Silent);
            let machine = machine.without("AWS_EC2_METADATA_DISABLED");
            let mut run = machine.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &aws.imds_url()).get();
            run.stderr = run.stderr.replace(&aws.imds_url(), "http://169.254.169.254");
            return run;
        }
        Code::Expired => machine
            .with_keys()
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SESSION_TOKEN", TOKEN)
            .env("AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:05Z"),
        Code::UnusableKeys => machine.with_keys().env("AWS_SECRET_ACCESS_KEY", &format!("{SECRET} ")),
        Code::NoSessionToken => machine.with_keys().env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
        Code::Unreachable => signed_in("2099-01-02T03:04:05Z"),
        Code::CaBundle => signed_in("2099-01-02T03:04:05Z").env("AWS_CA_BUNDLE", "/etc/corp/ca.pem"),
        Code::EndpointSetting => signed_in("2099-01-02T03:04:05Z").env("AWS_ENDPOINT_URL", "localhost:4566"),
        Code::ProxySetting => signed_in("2099-01-02T03:04:05Z").env("HTTPS_PROXY", "ftp://127.0.0.1:1080"),
        Code::FileNotReadable => {
            // Permissions mean nothing to root, who may run this.
            let machine = config("");
            let file = machine.path("home/.aws/config");
            std::fs::remove_file(&file).and_then(|()| symlink("config", &file)).expect("a link to itself");
            machine
        }
        _ => panic!("{code} has no example"),
    };
    machine.get()
}

/// The machine with its only way to AWS the stand-in.
fn at(aws: &StandIn, machine: Machine) -> Machine {
    aws.environment().into_iter().fold(machine, |machine, (name, value)| machine.env(&name, &value))
}
