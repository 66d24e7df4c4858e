//! The lines of a failure: how long the first may be, and that what AWS said is quoted to its end.

use crate::common::{ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, SECRET, aws_with_demo, request, url};
use crate::docs::failures::example;
use git_credential_codecommit::failure::Code;
use stand_in::{AccessKey, FixedAnswer, Role, SsoSession, StandIn};

/// A line of a terminal with 80 columns has room for `error: ` and this.
const COLUMNS: usize = 72;

#[test]
fn the_problem_of_a_first_line_has_at_most_72_columns() {
    let problems = Code::ALL.iter().map(|code| {
        let told = example(*code);
        let first = told.lines().next().unwrap_or_default();
        let problem = first.strip_prefix("git-credential-codecommit: error: ").or_else(|| {
            // What `doctor` ends in.
            first.strip_prefix(&format!("{code} "))
        });
        let problem = problem.unwrap_or_else(|| panic!("{code}: {told}"));
        let problem = problem.strip_suffix(&format!(" ({code})")).unwrap_or(problem);
        // Names of usual length.
        let problem = problem.replace("profile `billing`", "profile `billing-prod`");
        (code, problem.replace("`billing`", "`billing-service-main`"))
    });
    let long: Vec<String> = problems
        .filter(|(_, problem)| problem.chars().count() > COLUMNS)
        .map(|(code, problem)| format!("{code} {}: {problem}", problem.chars().count()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

const POLICY: &str = "arn:aws:iam::111122223333:policy/engineering/DenyPushToProtectedRepositoriesOutsideWorkingHours";

/// AWS's sentence for a session of IAM Identity Center, with this much more in it, and the policy at its end.
fn sentence(more: usize) -> String {
    format!(
        "User: arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_DeveloperAccess_0123456789abcdef/alice.example@corp.example \
         is not authorized to perform: codecommit:GitPull on resource: arn:aws:codecommit:{REGION}:{ACCOUNT}:demo{} with an \
         explicit deny in an identity-based policy: {POLICY}",
        "-and-more".repeat(more)
    )
}

#[test]
fn what_aws_said_is_quoted_with_its_policy_and_its_request_id() {
    for (more, is_whole) in [(0, true), (100, true), (2_000, false)] {
        let sentence = sentence(more);
        let said = |output: &str| {
            let line =
                output.lines().find_map(|line| line.split_once("AWS said: ")).unwrap_or_else(|| panic!("{output}"));
            let (message, id) = line.1.rsplit_once(" (request id ").unwrap_or_else(|| panic!("{output}"));
            assert!(id.len() > 20 && id.ends_with(')'), "{id}");
            let (_, message) = message.split_once(": ").unwrap_or_else(|| panic!("{output}"));
            if is_whole {
                assert_eq!(message, sentence);
            } else {
                let ends = message.starts_with("User: arn:aws:sts::") && message.ends_with(POLICY);
                assert!(ends && message.contains(" … ") && message.chars().count() <= 2_003, "{message}");
            }
        };
        let answer = |aws: &StandIn, host: &str, content_type: Option<&str>, body: String| {
            let content_type = content_type.map(str::to_owned);
            aws.fix_answer(host, FixedAnswer { status: 403, content_type, body, from_aws: true });
        };

        // CodeCommit, asked by `get` and by `doctor`.
        let aws = aws_with_demo();
        let body = format!("<AccessDeniedException>\n  <Message>{sentence}</Message>\n</AccessDeniedException>\n");
        answer(&aws, HOST, None, body);
        let machine = Machine::before(&aws).configured().with_keys();
        said(&machine.helper(&["get"], &request("demo")).stderr);
        let report = machine.helper(&["doctor", &url("demo")], "").stdout;
        let quotes: Vec<&str> = report.lines().filter(|line| line.contains("AWS said: ")).collect();
        assert_eq!(quotes.len(), 1, "the same sentence stands once: {report}");
        quotes.into_iter().for_each(said);

        // AWS STS, asked for a role.
        let aws = aws_with_demo();
        aws.add_role(Role::new("arn:aws:iam::444455556666:role/Developer"));
        let host = format!("sts.{REGION}.amazonaws.com");
        let body = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    \
             <Code>AccessDenied</Code>\n    <Message>{sentence}</Message>\n  </Error>\n  \
             <RequestId>6f5e4d3c-0000-4000-8000-0123456789ab</RequestId>\n</ErrorResponse>\n"
        );
        answer(&aws, &host, Some("text/xml"), body);
        let profiles = format!(
            "[profile billing]\nrole_arn = arn:aws:iam::444455556666:role/Developer\nsource_profile = base\n\
             region = {REGION}\n[profile base]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
        );
        let machine = Machine::before(&aws).file("home/.aws/config", &profiles).env("AWS_PROFILE", "billing");
        said(&machine.get().stderr);

        // IAM Identity Center.
        let aws = StandIn::start();
        aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
        aws.add_sso_session(SsoSession::new("hush"));
        let body = format!(r#"{{"__type": "ForbiddenException", "message": "{sentence}"}}"#);
        answer(&aws, &format!("portal.sso.{REGION}.amazonaws.com"), Some("application/json"), body);
        let profile = "[profile billing]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
                       [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n";
        let token = r#"{"accessToken": "hush", "expiresAt": "2099-01-02T03:04:05Z", "region": "eu-west-1"}"#;
        let machine = Machine::before(&aws)
            .file("home/.aws/config", profile)
            .file("home/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", token)
            .env("AWS_PROFILE", "billing");
        said(&machine.get().stderr);
    }
}
