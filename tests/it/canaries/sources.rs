//! Every source of credentials, with each part in its own place and in each other's.

use super::{CONFIG, CREDENTIALS, ID, SECRET, TOKEN, nothing_is_shown_by, sha1, world};
use crate::common::sources::{FUTURE, PAST, login_file, login_session, sso_file, sso_token};
use crate::common::{ACCOUNT, ALICE, Machine, ROLE, request};
use stand_in::{AccessKey, StandIn};

/// What stands in the places of id, secret and token.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'k> {
    pub id: &'k str,
    pub secret: &'k str,
    pub token: Option<&'k str>,
}

impl Keys<'_> {
    /// What may not be shown: every secret, and an id that stands in the place of one.
    fn canaries(&self) -> Vec<&str> {
        let mut canaries = vec![SECRET, TOKEN];
        if !self.id.contains(ID) {
            canaries.push(ID);
        }
        canaries
    }

    fn settings(&self) -> String {
        let token = self.token.map(|token| format!("aws_session_token = {token}\n")).unwrap_or_default();
        format!("aws_access_key_id = {}\naws_secret_access_key = {}\n{token}", self.id, self.secret)
    }

    /// The members of a JSON object, by the names that the format has for them.
    pub fn json(&self, [id, secret, token]: [&str; 3]) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let token = self.token.map(|value| format!(", {}: {}", quoted(token), quoted(value))).unwrap_or_default();
        format!("{}: {}, {}: {}{token}", quoted(id), quoted(self.id), quoted(secret), quoted(self.secret))
    }
}

/// Every source, by the way in which it gets its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Environment,
    CredentialsFile,
    ConfigFile,
    Process,
    CachedRole,
    AssumedRole,
    OpenedWithKeys,
    WebIdentity,
    CachedSso,
    Sso,
    CachedLogin,
    RenewedLogin,
    Container,
    Instance,
}

impl Source {
    const ALL: [Self; 14] = [
        Self::Environment,
        Self::CredentialsFile,
        Self::ConfigFile,
        Self::Process,
        Self::CachedRole,
        Self::AssumedRole,
        Self::OpenedWithKeys,
        Self::WebIdentity,
        Self::CachedSso,
        Self::Sso,
        Self::CachedLogin,
        Self::RenewedLogin,
        Self::Container,
        Self::Instance,
    ];

    /// A machine whose credentials come from here, and are these.
    fn on(self, aws: &StandIn, keys: &Keys<'_>) -> Machine {
        let machine = Machine::before(aws);
        let settings = keys.settings();
        aws.hand_out(keys.id, keys.secret, keys.token.unwrap_or_default());
        match self {
            Self::Environment => {
                let machine = machine.env("AWS_ACCESS_KEY_ID", keys.id).env("AWS_SECRET_ACCESS_KEY", keys.secret);
                keys.token.into_iter().fold(machine, |machine, token| machine.env("AWS_SESSION_TOKEN", token))
            }
            Self::CredentialsFile => machine.file(CREDENTIALS, &format!("[default]\n{settings}")),
            Self::ConfigFile => machine.file(CONFIG, &format!("[default]\n{settings}")),
            Self::Process => {
                let json = keys.json(["AccessKeyId", "SecretAccessKey", "SessionToken"]);
                let machine = machine.file("home/vended", &format!("{{\"Version\": 1, {json}}}"));
                machine.file(CONFIG, "[default]\ncredential_process = cat vended\n")
            }
            Self::CachedRole | Self::AssumedRole => self.with_role(machine, keys),
            Self::OpenedWithKeys => machine
                .file(CONFIG, &format!("[default]\nrole_arn = {ROLE}\nsource_profile = mixed\n"))
                .file(CREDENTIALS, &format!("[mixed]\n{settings}")),
            Self::WebIdentity => machine.with_web_identity(),
            Self::CachedSso | Self::Sso => self.with_sso(machine, keys),
            Self::CachedLogin | Self::RenewedLogin => self.with_login(machine, keys),
            Self::Container => machine.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url()),
            Self::Instance => machine
                .env("AWS_EC2_METADATA_DISABLED", "false")
                .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &aws.imds_url()),
        }
    }

    fn with_role(self, machine: Machine, keys: &Keys<'_>) -> Machine {
        let machine = machine.with_role();
        let cached = format!("home/.aws/cli/cache/{}.json", sha1(&format!("{{\"RoleArn\": \"{ROLE}\"}}")));
        if self == Self::CachedRole { machine.file(&cached, &cli_cache(keys)) } else { machine }
    }

    fn with_sso(self, machine: Machine, keys: &Keys<'_>) -> Machine {
        let machine = machine.with_sso().file(&sso_file(), &sso_token("sso-token", FUTURE, "r"));
        let arguments = format!("{{\"accountId\":\"{ACCOUNT}\",\"roleName\":\"Developer\",\"sessionName\":\"corp\"}}");
        let cached = format!("home/.aws/cli/cache/{}.json", sha1(&arguments));
        if self == Self::CachedSso { machine.file(&cached, &cli_cache(keys)) } else { machine }
    }

    fn with_login(self, machine: Machine, keys: &Keys<'_>) -> Machine {
        let expires = if self == Self::CachedLogin { FUTURE } else { PAST };
        let json = keys.json(["accessKeyId", "secretAccessKey", "sessionToken"]);
        machine.with_login().file(&login_file(), &login_session(&json, expires, "r"))
    }

    /// Whether what comes from here may have no token.
    fn knows_long_term_keys(self) -> bool {
        matches!(
            self,
            Self::Environment | Self::CredentialsFile | Self::ConfigFile | Self::Process | Self::OpenedWithKeys
        )
    }
}

fn cli_cache(keys: &Keys<'_>) -> String {
    let json = keys.json(["AccessKeyId", "SecretAccessKey", "SessionToken"]);
    format!(r#"{{"ProviderType": "sso", "Credentials": {{{json}, "Expiration": "2099-01-01T00:00:00Z"}}}}"#)
}

/// The sources, a part at a time: each test of this kind takes what the machine has cores for.
#[track_caller]
fn for_each_source(check: impl Fn(Source, &StandIn) + Sync) {
    std::thread::scope(|scope| {
        for sources in Source::ALL.chunks(Source::ALL.len() / 2) {
            let check = &check;
            scope.spawn(move || {
                for &source in sources {
                    check(source, &world());
                }
            });
        }
    });
}

#[test]
fn keys_in_their_own_places_are_shown_by_no_command() {
    for_each_source(|source, aws| {
        aws.add_key(AccessKey::temporary(ID, SECRET, TOKEN, ALICE));
        let keys = Keys { id: ID, secret: SECRET, token: Some(TOKEN) };
        let what = format!("{source:?}");
        let run = nothing_is_shown_by(&what, source.on(aws, &keys), &request("demo"), &keys.canaries());
        if source != Source::OpenedWithKeys {
            assert_eq!(
                run.attribute("username"),
                Some(format!("{ID}%{TOKEN}").as_str()),
                "{what}: {}",
                run.transcript()
            );
        }
    });
}

#[test]
fn parts_in_each_others_places_are_refused_and_shown_by_no_command() {
    let (id, secret, token) = (ID, SECRET, TOKEN);
    for_each_source(|source, _| {
        for keys in [
            Keys { id: secret, secret: id, token: Some(token) },
            Keys { id: secret, secret: id, token: None },
            Keys { id: token, secret, token: Some(id) },
            Keys { id, secret: token, token: Some(secret) },
            Keys { id: secret, secret: token, token: Some(id) },
            Keys { id: secret, secret, token: Some(secret) },
            Keys { id: &format!("\"{id}\""), secret: &format!("\"{secret}\""), token: Some(&format!("'{token}'")) },
        ] {
            if keys.token.is_none() && !source.knows_long_term_keys() {
                continue;
            }
            // What was kept from the run before would be found again.
            let aws = world();
            let what = format!("{source:?} {keys:?}");
            let run = nothing_is_shown_by(&what, source.on(&aws, &keys), &request("demo"), &keys.canaries());
            assert_eq!((run.status, run.stdout.as_str()), (1, "quit=1\n"), "{what}: {}", run.transcript());
            assert!(run.stderr.contains("(CC218)"), "{what}: {}", run.stderr);
        }
    });
}

#[test]
fn a_session_of_the_aws_clis_cache_with_mixed_parts_is_fetched_again() {
    for source in [Source::CachedRole, Source::CachedSso] {
        let aws = world();
        let machine = source.on(&aws, &Keys { id: SECRET, secret: ID, token: Some(TOKEN) });
        // AWS itself mixes nothing up.
        aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
        aws.hand_out("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN);
        assert_eq!(machine.get().succeeds().key_id(), Some("ASIAIOSFODNN7EXAMPLE"), "{source:?}");
    }
}
