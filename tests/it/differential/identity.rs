//! One configuration, run through both programs on two equal machines; what is compared is who signed.

use super::cli::{AwsCli, aws_clis};
use crate::common::{ACCOUNT, DPOP_KEY, Machine, REGION, Run, SECRET, request};
use sha1::{Digest as _, Sha1};
use sha2::{Digest as _, Sha256};
use stand_in::{AccessKey, Request, Role, SsoSession, StandIn};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the AWS CLI does with a configuration, and whether this program has to do the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contract {
    /// Both sign as the same identity.
    Answer,
    /// Both refuse.
    Refuse,
    /// They differ, and the reason is written down at the top of the module that decides it.
    OnPurpose(&'static str),
}

/// A configuration. In its texts, `keys = DEV` stands for the two lines of a key pair, `{DEV}` for its id, `{secret}`
/// for the secret, `{role/x}` for a role's ARN, `{root}`, `{imds}` and `{container}` for what is known only at run time.
pub struct Case {
    name: &'static str,
    contract: Contract,
    config: Option<String>,
    credentials: Option<String>,
    files: Vec<(String, String)>,
    locked: Option<String>,
    programs: Vec<(&'static str, String)>,
    environment: Vec<(&'static str, String)>,
    unset: Vec<&'static str>,
    arguments: Vec<&'static str>,
    sign_ins_are_over: bool,
    /// Which AWS CLI has to do with it.
    asked_of: fn(&AwsCli) -> bool,
}

/// Both programs must sign as the same identity.
pub fn same(name: &'static str) -> Case {
    Case {
        name,
        contract: Contract::Answer,
        config: None,
        credentials: None,
        files: Vec::new(),
        locked: None,
        programs: Vec::new(),
        environment: Vec::new(),
        unset: Vec::new(),
        arguments: Vec::new(),
        sign_ins_are_over: false,
        asked_of: |_| true,
    }
}

/// Both programs must refuse.
pub fn refused(name: &'static str) -> Case {
    Case { contract: Contract::Refuse, ..same(name) }
}

/// The programs differ, and this is why.
pub fn on_purpose(name: &'static str, reason: &'static str) -> Case {
    Case { contract: Contract::OnPurpose(reason), ..same(name) }
}

impl Case {
    pub fn config(self, text: &str) -> Self {
        Self { config: Some(text.to_owned()), ..self }
    }

    pub fn credentials(self, text: &str) -> Self {
        Self { credentials: Some(text.to_owned()), ..self }
    }

    /// Only of some AWS CLIs: what is younger than the others.
    pub fn asked_of(self, asked_of: fn(&AwsCli) -> bool) -> Self {
        Self { asked_of, ..self }
    }

    /// Not of Debian 12's version 2.9, which is older than this.
    pub fn younger_than_2_9(self) -> Self {
        self.asked_of(|cli| !cli.is_version_2_9())
    }

    /// A file below the machine's root; `home/…` is the home directory.
    pub fn file(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    /// A file that nobody may read.
    pub fn locked(self, path: &str) -> Self {
        Self { locked: Some(path.to_owned()), ..self }
    }

    /// The token that `aws sso login` left for a session or start URL.
    pub fn signed_in(self, session: &str, minutes: i64) -> Self {
        self.with_sso_token(session, minutes, "")
    }

    /// What `aws login` left for a session, with this much time left and a key that can be renewed with.
    pub fn logged_in(self, session: &str, minutes: i64) -> Self {
        let ends = chrono::Utc::now() + chrono::TimeDelta::minutes(minutes);
        let name: String = Sha256::digest(session).iter().fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
        let kept = format!(
            "{{\"accessToken\": {{\"accessKeyId\": \"{}\", \"secretAccessKey\": \"{{secret}}\", \"sessionToken\": \"session-token\", \
             \"accountId\": \"{ACCOUNT}\", \"expiresAt\": \"{}\"}}, \"refreshToken\": \"login-refresh\", \"clientId\": \"c\", \
             \"idToken\": \"i\", \"tokenType\": \"aws_sigv4\", \"dpopKey\": \"{DPOP_KEY}\"}}",
            key_id("TOKEN"),
            ends.format("%Y-%m-%dT%H:%M:%SZ"),
        );
        self.file(&format!("home/.aws/login/cache/{name}.json"), &kept)
    }

    /// The same with what renewing it takes.
    pub fn renewable(self, session: &str, minutes: i64) -> Self {
        let more = ", \"clientId\": \"client\", \"clientSecret\": \"client-secret\", \"refreshToken\": \"sso-refresh\", \
                    \"registrationExpiresAt\": \"2099-01-02T03:04:05Z\"";
        self.with_sso_token(session, minutes, more)
    }

    fn with_sso_token(self, session: &str, minutes: i64, more: &str) -> Self {
        let ends = chrono::Utc::now() + chrono::TimeDelta::minutes(minutes);
        let name: String = Sha1::digest(session).iter().fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
        let token = format!(
            "{{\"startUrl\": \"https://corp.awsapps.com/start\", \"region\": \"{REGION}\", \"accessToken\": \"sso-token\", \
             \"expiresAt\": \"{}\"{more}}}",
            ends.format("%Y-%m-%dT%H:%M:%SZ")
        );
        self.file(&format!("home/.aws/sso/cache/{name}.json"), &token)
    }

    /// A shell script on the `PATH`.
    pub fn program(mut self, name: &'static str, script: &str) -> Self {
        self.programs.push((name, script.to_owned()));
        self
    }

    /// A program `vend` that prints credentials with these further members.
    pub fn vending(self, id: &str, members: &str) -> Self {
        let json = format!("{{\"Version\":1,\"AccessKeyId\":\"{id}\",\"SecretAccessKey\":\"{{secret}}\"{members}}}");
        self.program("vend", &format!("printf '%s' '{json}'"))
    }

    pub fn env(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// AWS knows none of the sign-ins any more, whatever their files say.
    pub fn after_all_sign_ins(self) -> Self {
        Self { sign_ins_are_over: true, ..self }
    }

    pub fn unset(mut self, name: &'static str) -> Self {
        self.unset.push(name);
        self
    }

    pub fn keys_in_environment(self, name: &str) -> Self {
        self.env("AWS_ACCESS_KEY_ID", &format!("{{{name}}}")).env("AWS_SECRET_ACCESS_KEY", "{secret}")
    }

    pub fn profile(mut self, name: &'static str) -> Self {
        self.arguments.extend(["--profile", name]);
        self
    }

    pub fn region(mut self, region: &'static str) -> Self {
        self.arguments.extend(["--region", region]);
        self
    }

    /// The stand-in's instance metadata service in place of none.
    pub fn on_an_instance(self) -> Self {
        self.unset("AWS_EC2_METADATA_DISABLED").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "{imds}")
    }

    pub fn in_a_container(self) -> Self {
        self.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "{container}")
    }

    /// The machine that is configured so.
    pub fn machine(&self, aws: &StandIn) -> Machine {
        // Who signs is decided before CodeCommit is asked whether it accepts the answer.
        let machine = Machine::before(aws).env("AWS_DEFAULT_REGION", REGION).env("GIT_CODECOMMIT_VERIFY", "never");
        let root = machine.path("").display().to_string();
        let fill = |text: &str| filled(text, root.trim_end_matches('/'), aws);
        let shared = [("home/.aws/config", &self.config), ("home/.aws/credentials", &self.credentials)];
        let machine = shared
            .into_iter()
            .filter_map(|(path, text)| Some((path, text.as_deref()?)))
            .chain(self.files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
            .fold(machine, |machine, (path, text)| machine.file(path, &fill(text)));
        if let Some(path) = &self.locked {
            std::fs::set_permissions(machine.path(path), Permissions::from_mode(0o000)).expect("permissions");
        }
        for (name, script) in &self.programs {
            machine.program(name, &fill(script));
        }
        let machine = self.unset.iter().fold(machine, |machine, name| machine.without(name));
        self.environment.iter().fold(machine, |machine, (name, value)| machine.env(name, &fill(value)))
    }

    /// What is wrong, if anything is.
    fn problem(&self, cli: &AwsCli) -> Option<String> {
        // One for each, since a renewed sign-in is another one.
        let aws = world(self);
        let theirs = Identity::of(
            &aws,
            |machine| cli.get(&cli.at_home_on(machine), &self.arguments, &[], &request("demo")),
            self,
        );
        let aws = world(self);
        let ours = Identity::of(
            &aws,
            |machine| machine.helper(&[&self.arguments[..], &["get"]].concat(), &request("demo")),
            self,
        );
        let wrong = match self.contract {
            Contract::Answer if theirs.key.is_none() => "the AWS CLI was expected to answer",
            Contract::Refuse if theirs.key.is_some() => "the AWS CLI was expected to refuse",
            Contract::OnPurpose(_) if theirs == ours => "the difference is gone",
            Contract::Answer if theirs != ours => "another identity",
            Contract::Refuse if ours.key.is_some() => "only this program answers",
            _ => return None,
        };
        Some(format!("{}: {wrong}\nthe AWS CLI: {theirs:#?}\nthis program: {ours:#?}", self.name))
    }
}

/// The id of the key called `name`.
fn key_id(name: &str) -> String {
    // Neither a long-term key, which has no token, nor a temporary one, which must have one.
    format!("AKID{name:X<16}")
}

fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

const KEYS: [&str; 8] = ["ENV", "DEFAULT", "DEV", "BASE", "OTHER", "CONFIG", "CREDENTIALS", "PROCESS"];
const ROLES: [&str; 3] = ["deploy", "second", "guarded"];

fn filled(text: &str, root: &str, aws: &StandIn) -> String {
    let mut text = text.to_owned();
    for name in KEYS {
        let pair = format!("aws_access_key_id = {{{name}}}\naws_secret_access_key = {{secret}}");
        text = text
            .replace(&format!("keys = {name}\n"), &format!("{pair}\n"))
            .replace(&format!("{{{name}}}"), &key_id(name));
    }
    for name in ROLES {
        text = text.replace(&format!("{{role/{name}}}"), &role_arn(name));
    }
    // Version 2.9 puts the path right behind it.
    let imds = format!("{}/", aws.imds_url());
    for (placeholder, value) in
        [("{secret}", SECRET), ("{root}", root), ("{imds}", &imds), ("{container}", &aws.container_url())]
    {
        text = text.replace(placeholder, value);
    }
    text
}

/// An AWS in which everybody may assume every role, and only the configuration decides who signs.
fn world(case: &Case) -> StandIn {
    let aws = open_world();
    let wanted = case.environment.iter().any(|(name, _)| name.starts_with("AWS_CONTAINER_AUTHORIZATION"));
    aws.set_container_role(
        &format!("arn:aws:sts::{ACCOUNT}:assumed-role/container/task"),
        wanted.then_some("container-token"),
    );
    if case.sign_ins_are_over {
        aws.end_sso_sessions();
    }
    aws
}

/// The same without a container.
pub fn open_world() -> StandIn {
    let aws = StandIn::start();
    for name in KEYS {
        aws.add_key(AccessKey::long_term(&key_id(name), SECRET, &format!("arn:aws:iam::{ACCOUNT}:user/{name}")));
    }
    let user = format!("arn:aws:iam::{ACCOUNT}:user/TOKEN");
    aws.add_key(AccessKey::temporary(&key_id("TOKEN"), SECRET, "session-token", &user));
    for name in ROLES {
        let role = Role::new(&role_arn(name)).trusting(&format!("arn:aws:iam::{ACCOUNT}:root"));
        let role = if name == "guarded" { role.requiring_external_id("corp") } else { role };
        aws.add_role(role.trusting_web_identity("web-token"));
    }
    let signed_in = SsoSession::new("sso-token").refreshable("sso-refresh");
    aws.add_sso_session(signed_in.assigned(ACCOUNT, "Developer").assigned("444455556666", "Developer"));
    aws.add_login_session("login-refresh", &format!("arn:aws:iam::{ACCOUNT}:user/alice"));
    aws.set_instance_role("instance", &format!("arn:aws:sts::{ACCOUNT}:assumed-role/instance/i-1"));
    aws
}

/// Who signed: the key, and for a temporary one the calls that gave it.
#[derive(PartialEq, Eq)]
struct Identity {
    /// `None` where the program refused.
    key: Option<String>,
    token: Option<String>,
    calls: Vec<Call>,
    /// For the reader of a failure.
    transcript: Ignored,
}

/// A text that counts in no comparison.
struct Ignored(String);

impl PartialEq for Ignored {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Ignored {}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { key, token, calls, transcript } = self;
        write!(f, "{key:?} {token:?} by {calls:?}")?;
        if key.is_none() { write!(f, "\n{}", transcript.0) } else { Ok(()) }
    }
}

impl Identity {
    fn of(aws: &StandIn, run: impl FnOnce(Machine) -> Run, case: &Case) -> Self {
        let run = run(case.machine(aws));
        let (id, token) =
            match run.attribute("username").map(|username| username.split_once('%').unwrap_or((username, ""))) {
                Some((id, token)) => (Some(id.to_owned()), token.to_owned()),
                None => (None, String::new()),
            };
        let issued = id.as_deref().is_some_and(|id| id.starts_with("ASIA"));
        let calls = calls(aws);
        Self {
            key: id.map(anonymous),
            token: (!issued && !token.is_empty()).then_some(token),
            // Calls of a program that ended with a refusal made no identity.
            calls: if run.attribute("username").is_some() { calls } else { Vec::new() },
            transcript: Ignored(run.transcript()),
        }
    }
}

/// The id of a temporary key is new at each call.
pub fn anonymous(id: String) -> String {
    if id.starts_with("ASIA") && id.len() == 20 { "temporary".to_owned() } else { id }
}

/// One call that gave credentials, with what decides whose they are.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    pub action: String,
    pub host: String,
    /// The key that signed the call.
    pub key: Option<String>,
    pub parameters: BTreeMap<String, String>,
}

/// The calls that were answered, in their order.
pub fn calls(aws: &StandIn) -> Vec<Call> {
    aws.requests().into_iter().filter(|request| request.status == 200).filter_map(call).collect()
}

fn call(request: Request) -> Option<Call> {
    const GIVING: [&str; 5] =
        ["AssumeRole", "AssumeRoleWithWebIdentity", "CreateToken", "GetRoleCredentials", "GetCredentials"];
    let action = request.action.filter(|action| GIVING.contains(&action.as_str()))?;
    let mut parameters: BTreeMap<String, String> = request.parameters.into_iter().collect();
    if let Some(name) = parameters.get_mut("RoleSessionName")
        && name.strip_prefix("botocore-session-").is_some_and(|time| time.bytes().all(|byte| byte.is_ascii_digit()))
    {
        "botocore-session-<seconds>".clone_into(name);
    }
    Some(Call { action, host: request.host, key: request.access_key_id.map(anonymous), parameters })
}

/// Runs the cases, two at a time, and tells every one that fails.
#[track_caller]
pub fn check(cases: &[Case]) {
    for cli in aws_clis() {
        let cases: Vec<&Case> = cases.iter().filter(|case| (case.asked_of)(cli)).collect();
        check_beside(cli, &cases);
    }
}

#[track_caller]
fn check_beside(cli: &AwsCli, cases: &[&Case]) {
    let (next, problems) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let problem = catch_unwind(AssertUnwindSafe(|| case.problem(cli)));
                    let problem = problem.unwrap_or_else(|_| Some(format!("{}: a panic, see above", case.name)));
                    problems.lock().expect("no panic").extend(problem);
                }
            });
        }
    });
    let problems = problems.into_inner().expect("no panic");
    assert!(
        problems.is_empty(),
        "{} of {} cases beside the AWS CLI {}\n\n{}",
        problems.len(),
        cases.len(),
        cli.version,
        problems.join("\n\n")
    );
}
