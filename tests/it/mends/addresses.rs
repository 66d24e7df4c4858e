//! CC1xx and `codecommit::` URLs: what git asked for. CC3xx beside them.

use super::person::{CONFIGURED, EVERYWHERE, Person, connection, host_in, real_aws};
use super::{Case, case};
use crate::common::{ACCOUNT, HOST, Machine, REGION, SECRET, request, url};
use stand_in::AccessKey;

const CONFIG: &[&str] = &[".gitconfig"];
const WITHOUT_PATH: &str =
    "[credential \"https://git-codecommit.*.amazonaws.com\"]\n\thelper =\n\thelper = codecommit\n";

pub fn cases() -> Vec<Case> {
    [paths(), hosts(), names(), regions(), remotes(), requests()].into_iter().flatten().collect()
}

fn everywhere(person: Person) -> Person {
    person.config(EVERYWHERE).with_keys()
}

/// `https://HOST` and this path.
fn at(path: &str) -> String {
    format!("https://{HOST}{path}")
}

/// Asked for `url`, and mended by another one that a person finds out.
fn asked(name: &str, code: &'static str, url: &str) -> super::Failing {
    let url = url.to_owned();
    case(name, code, move |person| everywhere(person).fills_and_asks(&url))
}

fn corrected(person: Person) -> Person {
    person.with_url(&url("demo"))
}

fn paths() -> Vec<Case> {
    let endpoint = format!("https://vpce-0b47.git-codecommit.{REGION}.vpce.amazonaws.com/v1/repos/demo");
    let own = format!("{WITHOUT_PATH}[credential \"https://{HOST}\"]\n\tuseHttpPath = false\n");
    let in_repository = |person: Person| {
        let person = person.config(WITHOUT_PATH).with_keys().fetches(&url("demo"));
        person.machine.git(&["-C", "work", "config", "credential.useHttpPath", "false"]).succeeds();
        Person { told_by: None, ..person }
    };
    vec![
        case("path_off", "CC101", |person| person.config(WITHOUT_PATH).with_keys().clones(&url("demo")))
            .command()
            .changes(CONFIG),
        case("path_off_at_an_endpoint", "CC101", move |person| {
            person.config("[credential]\n\thelper = codecommit\n").with_keys().clones(&endpoint)
        })
        .command()
        .changes(CONFIG),
        case("path_off_of_a_connection", "CC101", |person| {
            person.aws.connect_repository(ACCOUNT, REGION, "0f2b", "octo", "app");
            person.config("[credential]\n\thelper = codecommit\n").with_keys().fills_and_asks(&connection())
        })
        .command()
        .changes(CONFIG),
        case("path_off_in_the_repository", "CC101", in_repository).command().changes(&["work/.git/config"]),
        case("path_off_for_this_host", "CC101", move |person| person.config(&own).with_keys().clones(&url("demo")))
            .command()
            .changes(CONFIG),
        case("no_path_though_it_is_on", "CC109", |person| person.configured().with_keys().clones(&at("/")))
            .url(&[("NAME", "demo")]),
        asked("path_of_another_form", "CC109", &at("/demo")).url(&[]),
        asked("path_without_a_name", "CC109", &at("/v1/repos/")).url(&[("NAME", "demo")]),
        case("path_of_a_connection", "CC111", |person| {
            person.aws.connect_repository(ACCOUNT, REGION, "0f2b", "octo", "app");
            everywhere(person).fills_and_asks(&format!("https://codeconnections.{REGION}.amazonaws.com/octo/app"))
        })
        .url(&[
            ("ACCOUNT", ACCOUNT),
            ("REGION", REGION),
            ("CONNECTION", "0f2b"),
            ("OWNER", "octo"),
            ("NAME", "app"),
        ]),
    ]
}

fn hosts() -> Vec<Case> {
    let china = host_in("cn-north-1");
    vec![
        asked("http", "CC102", &url("demo").replace("https", "http")).url(&[]),
        asked("api_host", "CC103", &url("demo").replace("git-codecommit", "codecommit")).url(&[]),
        case("host_of_another_partition", "CC105", move |person| {
            let id = "AKIAI44QH8DHBEXAMPLE";
            person.aws.add_key(AccessKey::long_term(id, SECRET, "arn:aws-cn:iam::111122223333:user/alice"));
            person.aws.seed_repository(ACCOUNT, "cn-north-1", "demo");
            everywhere(person).env("AWS_ACCESS_KEY_ID", id).fills_and_asks(&url("demo").replace(HOST, &china))
        })
        .url(&[]),
        asked("region_of_the_host", "CC106", &url("demo").replace(REGION, "euwest1")).words(corrected),
        asked("look_alike", "CC107", &url("demo").replace(".com", ".com.evil.test")).words(corrected),
        asked("look_alike_of_one_host", "CC107", &url("demo").replace("amazonaws.com", "amazonaws.co")).url(&[]),
        asked("host_with_two_readings", "CC107", &url("demo").replace("://", "://a@b@")).words(corrected),
    ]
}

fn names() -> Vec<Case> {
    vec![
        asked("dot_git", "CC108", &url("demo.git")).url(&[]),
        asked("name_with_a_space", "CC110", &url("my%20demo")).words(corrected),
        asked("control_character", "CC112", &url("de%01mo")).words(corrected),
    ]
}

fn regions() -> Vec<Case> {
    let elsewhere = "https://git.corp.test/v1/repos/demo";
    let ignoring =
        |flags: &str| format!("[credential]\n\thelper = codecommit --ignore-host-check{flags}\n\tuseHttpPath = true\n");
    let (without, with) = (ignoring(""), ignoring(" --region eu-west-1"));
    let right = with.clone();
    vec![
        asked("no_region_in_the_host", "CC104", "https://git-codecommit.amazonaws.com/v1/repos/demo")
            .url(&[("REGION", REGION)]),
        case("no_region_for_another_host", "CC104", move |person| person.config(&without).with_keys().fills(elsewhere))
            .words(move |person| {
                let text = super::person::OWN.to_owned() + &with;
                person.file("home/.gitconfig", &text)
            })
            .changes(CONFIG),
        case("region_flag", "CC106", move |person| {
            let config = ignoring(" --region euwest1");
            person.config(&config).with_keys().fills(elsewhere)
        })
        .words(move |person| person.file("home/.gitconfig", &(super::person::OWN.to_owned() + &right)))
        .changes(CONFIG),
        case("region_variable", "CC106", |person| {
            with_remote(person).with_keys().env("AWS_REGION", "euwest1").clones("codecommit://demo")
        })
        .command(),
        case("region_of_a_profile", "CC106", |person| {
            let person = with_remote(person).with(Machine::with_alice);
            let person = person.file("home/.aws/config", "[profile alice]\nregion = euwest1\n");
            let aws = real_aws().unwrap_or_default();
            person.program("aws", &format!("exec {aws} \"$@\"")).clones("codecommit://alice@demo")
        })
        .command()
        .changes(&[".aws/config"]),
    ]
}

fn with_remote(person: Person) -> Person {
    person.with_remote_helper()
}

fn remotes() -> Vec<Case> {
    let endpoint = |value: &'static str| {
        move |person: Person| {
            let person = with_remote(person).with_keys().env("CODE_COMMIT_ENDPOINT", value).env("AWS_REGION", REGION);
            person.clones("codecommit://demo")
        }
    };
    let keyed = |person: Person| with_remote(person).with_keys();
    vec![
        case("endpoint_that_is_nearly_one", "CC103", endpoint("codecommit.eu-west-1.amazonaws.com")).command(),
        case("endpoint_that_is_none", "CC223", endpoint("alice@git.corp.test")).command(),
        case("remote_without_region", "CC104", move |person| keyed(person).clones("codecommit://demo"))
            .url(&[("REGION", REGION)]),
        case("remote_with_dot_git", "CC108", move |person| keyed(person).clones("codecommit::eu-west-1://demo.git"))
            .url(&[]),
        case("remote_that_is_a_name", "CC113", move |person| {
            keyed(person).env("AWS_REGION", REGION).clones("codecommit::demo")
        })
        .url(&[]),
        case("remote_that_is_none", "CC113", move |person| keyed(person).clones("codecommit::a/b")).without_fix(),
        case("remote_of_an_unknown_profile", "CC202", |person| {
            let person = with_remote(person).aws_does(SIGNED_UP);
            person.clones("codecommit::eu-west-1://work@demo")
        })
        .command(),
        case("remote_of_a_profile_among_others", "CC202", |person| {
            with_remote(person).with(Machine::with_alice).clones("codecommit::eu-west-1://work@demo")
        })
        .url(&[("NAME", "alice")]),
    ]
}

/// What is left of `aws configure sso --profile NAME` as far as this matters: a profile with credentials.
pub const SIGNED_UP: &str = "[ \"$1 $2\" = 'configure sso' ] || exit 9\n\
    mkdir -p ~/.aws && printf '[%s]\\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\\naws_secret_access_key = \
    wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\\n' \"${4:-default}\" >>~/.aws/credentials";

fn requests() -> Vec<Case> {
    vec![
        case("no_request", "CC112", |person| {
            person.runs("printf 'protocol=https\\n\\n' | git-credential-codecommit get")
        })
        .without_fix(),
        case("answer_not_written", "CC301", |person| {
            let input = request("demo").replace('\n', "\\n");
            person
                .config(CONFIGURED)
                .with_keys()
                .runs(&format!("printf '{input}' | git-credential-codecommit get >/dev/full"))
        })
        .without_fix(),
    ]
}
