//! CC207 to CC216 and CC220 to CC223: sign-ins, roles, machines, and the way to AWS.

use super::person::Person;
use super::{Case, case};
use crate::common::sources::{FUTURE, PAST, login_file, login_session, sso_file, sso_token};
use crate::common::{ACCOUNT, ALICE, KEY_ID, Machine, REGION, ROLE, SECRET, TOKEN, request, url};
use stand_in::{AccessKey, ImdsMode, LoginRefusal, Role, SsoSession};

const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
const AWS: &[&str] = &[".aws/"];

pub fn cases() -> Vec<Case> {
    [sign_ins(), processes(), roles(), tokens(), machines(), ways(), settings()].into_iter().flatten().collect()
}

fn clones(person: Person) -> Person {
    person.configured().clones(&url("demo"))
}

/// What the AWS CLI would have written there, written when it is called so.
fn aws_writes(person: Person, command: &str, file: &str, text: &str) -> Person {
    let path = person.machine.path(file).display().to_string();
    person.aws_does(&format!(
        "[ \"$1 $2\" = '{command}' ] || exit 9\nmkdir -p \"$(dirname '{path}')\"\ncat >'{path}' <<'E'\n{text}\nE"
    ))
}

fn sign_ins() -> Vec<Case> {
    let sso = |person: Person| {
        person.aws.add_sso_session(SsoSession::new("new-token").assigned(ACCOUNT, "Developer"));
        let token = sso_token("new-token", FUTURE, "r");
        aws_writes(clones(person).with(Machine::with_sso), "sso login", &sso_file(), &token)
    };
    let refused = |person: Person| {
        person.aws.add_sso_session(SsoSession::new("token").assigned(ACCOUNT, "ReadOnly"));
        clones(person).with(Machine::with_sso).file(&sso_file(), &sso_token("token", FUTURE, "r"))
    };
    let keys =
        format!(r#""accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "{TOKEN}""#);
    let (new, old) = (login_session(&keys, FUTURE, "r"), login_session(&keys, PAST, "r"));
    let login = move |person: Person| {
        person.aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
        aws_writes(clones(person).with(Machine::with_login), "login --profile", &login_file(), &new)
    };
    let (again, forbidden) = (login.clone(), login.clone());
    let older = old.clone();
    vec![
        case("sso_not_signed_in", "CC207", sso).command(),
        case("sso_expired", "CC208", move |person| sso(person).file(&sso_file(), &sso_token("old", PAST, "gone")))
            .command()
            .changes(AWS),
        case("sso_ended_by_others", "CC208", move |person| {
            sso(person).file(&sso_file(), &sso_token("old", FUTURE, "gone"))
        })
        .command()
        .changes(AWS),
        case("sso_without_the_role", "CC209", refused).administrator(),
        case("login_never_done", "CC210", login).command(),
        case("login_over", "CC210", move |person| again(person).file(&login_file(), &old)).command().changes(AWS),
        case("login_not_to_be_renewed", "CC210", move |person| {
            let person = forbidden(person).file(&login_file(), &older);
            person.aws.add_login_session("r", ALICE);
            person.aws.refuse_login(Some(LoginRefusal::InsufficientPermissions));
            person
        })
        .administrator(),
    ]
}

fn processes() -> Vec<Case> {
    let process = |name: &str, line: &str| {
        let text = format!("[default]\ncredential_process = {line}\n");
        case(name, "CC211", move |person| clones(person).file("home/.aws/config", &text))
    };
    // The program itself is somebody else's: what it should have printed is printed by one that does.
    let mended = |person: Person| {
        let json = format!(r#"{{"Version": 1, "AccessKeyId": "{KEY_ID}", "SecretAccessKey": "{SECRET}"}}"#);
        let person = person.program("keys", &format!("echo '{json}'"));
        let program = person.machine.bin().join("keys").display().to_string();
        person.file("home/.aws/config", &format!("[default]\ncredential_process = {program}\n"))
    };
    vec![
        process("process_that_is_not_there", "no-such-program").words(mended).changes(AWS),
        process("process_with_an_open_quote", "\"keys").words(mended).changes(AWS),
        process("process_that_fails", "false").without_fix(),
        process("process_without_json", "echo hello").words(mended).changes(AWS),
        process("process_of_another_version", "echo '{}'").words(mended).changes(AWS),
    ]
}

fn with_role(person: Person) -> Person {
    clones(person).with(Machine::with_role)
}

fn keys_of_alice(person: Person, id: &str, secret: &str) -> Person {
    let text = format!("[alice]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    person.file("home/.aws/credentials", &text)
}

fn trusting(person: &Person) {
    person.aws.add_role(Role::new(ROLE).trusting(ALICE));
}

fn with_mfa(person: Person) -> Person {
    person.aws.add_role(Role::new(ROLE).trusting(ALICE).requiring_mfa(DEVICE, "123456"));
    let text =
        format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = {REGION}\nmfa_serial = {DEVICE}\n");
    with_role(person).file("home/.aws/config", &text)
}

fn roles() -> Vec<Case> {
    let askpass = |person: Person, code: &str| {
        let person = person.program("askpass", &format!("echo {code}"));
        let path = person.machine.bin().join("askpass").display().to_string();
        person.env("GIT_ASKPASS", &path)
    };
    let chain = |longer: &str| {
        format!(
            "[default]\nrole_arn = arn:aws:iam::111122223333:role/Second\nsource_profile = first\n{longer}\
             [profile first]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = {REGION}\n"
        )
    };
    let (long, short) = (chain("duration_seconds = 7200\n"), chain(""));
    // The CLI asks at its terminal, and leaves the session in the cache that it shares with this program.
    let signs_in = format!(
        "[ \"$1 $2\" = 'sts get-caller-identity' ] || exit 9\nprintf '{}' | \
         GIT_ASKPASS=\"$(command -v code)\" git-credential-codecommit get >/dev/null",
        request("demo").replace('\n', "\\n")
    );
    vec![
        case("role_that_trusts_others", "CC212", with_role).administrator(),
        case("role_of_an_unknown_key", "CC212", |person| {
            trusting(&person);
            keys_of_alice(with_role(person), "AKIAI44QH8DHBEXAMPLE", SECRET)
        })
        .words(|person| keys_of_alice(person, KEY_ID, SECRET))
        .changes(AWS),
        case("role_of_another_secret", "CC212", |person| {
            trusting(&person);
            keys_of_alice(with_role(person), KEY_ID, &SECRET.replace("EXAMPLE", "EXAMPLF"))
        })
        .words(|person| keys_of_alice(person, KEY_ID, SECRET))
        .changes(AWS),
        case("role_that_is_chained_for_long", "CC212", move |person| {
            trusting(&person);
            person.aws.add_role(Role::new("arn:aws:iam::111122223333:role/Second").trusting(ROLE));
            with_role(person).file("home/.aws/config", &long)
        })
        .words(move |person| person.file("home/.aws/config", &short))
        .changes(AWS),
        case("nobody_to_ask_for_a_code", "CC213", move |person| {
            with_mfa(person).program("code", "echo 123456").aws_does(&signs_in)
        })
        .command(),
        case("wrong_codes", "CC213", move |person| askpass(with_mfa(person), "000000"))
            .words(move |person| askpass(person, "123456")),
        case("no_code", "CC213", move |person| askpass(with_mfa(person), "")).without_fix(),
    ]
}

fn tokens() -> Vec<Case> {
    let web = |person: Person| clones(person).with(Machine::with_web_identity);
    vec![
        case("token_of_an_unknown_issuer", "CC214", web).without_fix(),
        case("token_for_another_role", "CC214", move |person| {
            person.aws.add_role(Role::new(&format!("{ROLE}2")).trusting_web_identity("web-token"));
            web(person)
        })
        .administrator(),
        case("token_file_that_is_not_there", "CC214", move |person| {
            web(person).env("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token")
        })
        .without_fix(),
    ]
}

fn machines() -> Vec<Case> {
    let full = |name: &str, value: &'static str| {
        case(name, "CC215", move |person| clones(person).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", value))
    };
    let instance = |person: Person, mode: ImdsMode| {
        person.aws.set_imds(mode);
        let endpoint = person.aws.imds_url();
        let person = clones(person).env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint);
        person.with(|machine| machine.without("AWS_EC2_METADATA_DISABLED"))
    };
    vec![
        full("container_that_is_not_there", "http://127.0.0.1:9/creds").command().then("CC201"),
        full("container_that_is_no_url", "creds").command().then("CC201"),
        full("container_elsewhere", "http://192.0.2.7/creds").command().then("CC201"),
        case("container_that_refuses", "CC215", |person| {
            let address = person.aws.container_url().replace("/creds", "/gone");
            clones(person).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &address)
        })
        .without_fix(),
        case("container_path_of_windows", "CC215", |person| {
            clones(person).env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "C:/Program Files/Git/v2/credentials")
        })
        .command()
        .unapplied("only Git for Windows rewrites the value"),
        case("instance_that_is_silent", "CC216", move |person| instance(person, ImdsMode::Silent)).administrator(),
        case("instance_without_a_role", "CC201", move |person| instance(person, ImdsMode::NoRole)).administrator(),
    ]
}

/// With an inspecting proxy before everything: nobody here knows its certificate.
fn inspected(machine: Machine) -> Machine {
    ["AWS_CA_BUNDLE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "SSL_CERT_FILE"].into_iter().fold(machine, Machine::without)
}

fn ways() -> Vec<Case> {
    let fill = |url: &str| format!("printf 'url=%s\\n\\n' '{url}' | git credential fill >/dev/null");
    let unknown = move |person: Person| {
        trusting(&person);
        let person = with_role(person).with(inspected);
        person.told_by(&fill(&url("demo")))
    };
    let in_clone = |person: Person, key: &str, value: &str| {
        trusting(&person);
        let person = with_role(person).fetches(&url("demo"));
        person.machine.git(&["-C", "work", "config", key, value]).succeeds();
        Person { told_by: None, ..person }
    };
    vec![
        case("certificate_that_is_unknown", "CC220", unknown).template(&[("FILE", "$CA")]).changes(&[".gitconfig"]),
        case("certificate_that_is_unknown_to_windows", "CC220", move |person| {
            trusting(&person);
            let person = with_role(person).with(inspected);
            person.machine.git(&["config", "--global", "http.sslBackend", "schannel"]).succeeds();
            // git on Linux has no schannel, and does not come as far as this.
            let asked = request("demo").replace('\n', "\\n");
            person.runs(&format!("printf '{asked}\\n' | git-credential-codecommit get >/dev/null"))
        })
        .template(&[("FILE", "$CA")]),
        case("proxy_of_the_repository", "CC220", move |person| {
            let proxy = person.aws.proxy_url();
            in_clone(person, "http.proxy", &proxy)
                .env("HTTPS_PROXY", "http://127.0.0.1:9")
                .with(|machine| machine.without("HTTPS_PROXY"))
        })
        .command()
        .changes(&[".gitconfig"]),
        case("certificates_of_the_repository", "CC220", move |person| {
            let file = person.aws.ca_file().display().to_string();
            in_clone(person, "http.sslCAInfo", &file).with(inspected)
        })
        .command()
        .changes(&[".gitconfig"]),
        case("nothing_there", "CC220", |person| {
            with_role(person)
                .env("HTTPS_PROXY", "http://127.0.0.1:9")
                .told_by(&format!("printf 'url=%s\\n\\n' '{}' | git credential fill >/dev/null", url("demo")))
        })
        .without_fix(),
    ]
}

fn settings() -> Vec<Case> {
    let with = |name: &'static str, value: &'static str| {
        move |person: Person| {
            trusting(&person);
            let line = format!("printf 'url=%s\\n\\n' '{}' | git credential fill >/dev/null", url("demo"));
            with_role(person).env(name, value).runs(&line)
        }
    };
    vec![
        case("bundle_that_is_not_there", "CC221", with("AWS_CA_BUNDLE", "/nowhere/ca.pem")).without_fix(),
        case("bundle_of_python_that_is_not_there", "CC221", move |person| {
            let person = with("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")(person);
            person.with(|machine| machine.without("AWS_CA_BUNDLE"))
        })
        .without_fix(),
        case("proxy_that_is_none", "CC222", with("HTTPS_PROXY", "ftp://127.0.0.1:1080")).without_fix(),
        case("endpoint_of_a_service_that_is_none", "CC223", with("AWS_ENDPOINT_URL", "localhost:4566")).without_fix(),
    ]
}
