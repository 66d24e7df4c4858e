use super::*;
use crate::among;

/// A plan as one line, for tables of expected values.
fn line(plan: &Plan) -> String {
    match plan {
        Plan::Static { profile, credentials, in_credentials_file } => {
            let file = if *in_credentials_file { "credentials" } else { "config" };
            let token =
                credentials.session_token.as_ref().map(|token| format!("+{}", token.expose())).unwrap_or_default();
            format!("{file}:{profile}:{}{token}", credentials.access_key_id.expose())
        }
        Plan::Process { profile, command } => format!("process:{profile}:{command}"),
        Plan::Sso(sso) => format!(
            "sso:{}:{}:{}:{}:{}:{}",
            sso.profile,
            sso.session.as_deref().unwrap_or("-"),
            sso.start_url,
            sso.region,
            sso.account_id,
            sso.role_name
        ),
        Plan::Login { profile, session } => format!("login:{profile}:{session}"),
        Plan::WebIdentity(web) => format!(
            "web:{}:{}:{}:{}",
            web.profile.as_deref().unwrap_or("-"),
            web.role_arn,
            web.token_file,
            web.session_name.as_deref().unwrap_or("-")
        ),
        Plan::AssumeRole(role) => format!(
            "role:{}:{}:{:?}:{:?}:{:?}:{:?} <- {}",
            role.profile,
            role.role_arn,
            role.external_id,
            role.session_name,
            role.duration_seconds,
            role.mfa_serial,
            line(&role.source)
        ),
        Plan::Environment => "environment".into(),
        Plan::Container => "container".into(),
        Plan::InstanceMetadata => "metadata".into(),
    }
}

fn planned(config: &str, credentials: &str, profile: &str) -> Result<Option<String>, ProfileError> {
    plan(&Profiles::of_bytes(config.as_bytes(), credentials.as_bytes()).expect("valid files"), profile, None)
        .map(|plan| plan.as_ref().map(line))
}

fn expect(config: &str, credentials: &str, profile: &str, expected: &str) {
    assert_eq!(
        planned(config, credentials, profile).expect("a plan").as_deref(),
        Some(expected),
        "{config}{credentials}"
    );
}

fn refused(config: &str, credentials: &str, profile: &str) -> ProfileProblem {
    planned(config, credentials, profile).expect_err("must be refused").problem
}

const KEYS: &str = "aws_access_key_id=AK\naws_secret_access_key=SK\n";

#[test]
fn a_profile_without_any_source_has_no_plan() {
    assert_eq!(planned("[default]\nregion=eu-west-1\n", "", "default"), Ok(None));
    assert_eq!(planned("[profile a]\naws_secret_access_key=SK\n", "", "a"), Ok(None), "a secret alone is passed over");
}

#[test]
fn keys_come_from_one_file_and_the_credentials_file_is_first() {
    expect(&format!("[profile a]\n{KEYS}"), "", "a", "config:a:AK");
    expect(
        &format!("[profile a]\n{KEYS}"),
        "[a]\naws_access_key_id=AK2\naws_secret_access_key=S2\n",
        "a",
        "credentials:a:AK2",
    );
    expect("", &format!("[a]\n{KEYS}aws_session_token=T\n"), "a", "credentials:a:AK+T");
    expect("", &format!("[a]\n{KEYS}aws_session_token=T\naws_security_token=S\n"), "a", "credentials:a:AK+S");
    assert_eq!(
        refused("[profile a]\naws_secret_access_key=SK\n", "[a]\naws_access_key_id=AK\n", "a"),
        ProfileProblem::Missing { has: "aws_access_key_id", missing: vec!["aws_secret_access_key"] }
    );
}

#[test]
fn inside_a_profile_the_order_is_the_aws_clis() {
    let everything = "credential_process=/bin/p\nlogin_session=arn:l\nsso_account_id=1\nsso_role_name=R\nsso_start_url=U\n\
                      sso_region=r\nweb_identity_token_file=/t\nrole_arn=arn:r\nsource_profile=b\n";
    let with = |left_out: &[&str]| {
        let kept: String = everything
            .lines()
            .filter(|line| !left_out.iter().any(|option| line.starts_with(option)))
            .flat_map(|line| [line, "\n"])
            .collect();
        format!("[profile a]\n{kept}[profile b]\n{KEYS}")
    };
    let credentials = format!("[a]\n{KEYS}");
    expect(&with(&[]), &credentials, "a", "web:a:arn:r:/t:-");
    expect(&with(&["web"]), &credentials, "a", "role:a:arn:r:None:None:None:None <- config:b:AK");
    expect(&with(&["web", "role_arn"]), &credentials, "a", "sso:a:-:U:r:1:R");
    expect(&with(&["web", "role_arn", "sso"]), &credentials, "a", "credentials:a:AK");
    expect(&with(&["web", "role_arn", "sso"]), "", "a", "login:a:arn:l");
    expect(&with(&["web", "role_arn", "sso", "login"]), "", "a", "process:a:/bin/p");
}

#[test]
fn web_identity_of_the_environment_comes_before_the_profiles_and_not_before_its_role() {
    let set = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/env"), ("AWS_ROLE_ARN", "arn:e"), ("AWS_ROLE_SESSION_NAME", "s")];
    let environment = among(&set);
    let profiles = {
        let config = format!("[profile a]\nrole_arn=arn:r\nsource_profile=b\n[profile b]\n{KEYS}");
        Profiles::of_bytes(config.as_bytes(), b"").expect("valid files")
    };
    let planned = |profile, environment: Option<Variables<'_>>| {
        line(&plan(&profiles, profile, environment).expect("a plan").expect("a source"))
    };
    assert_eq!(planned("b", Some(&environment)), "web:-:arn:e:/env:s");
    assert!(planned("a", Some(&environment)).starts_with("role:a:"));
    assert_eq!(planned("b", None), "config:b:AK", "not for a profile that was chosen explicitly");
    let half = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/env")];
    let half = among(&half);
    assert_eq!(
        plan(&profiles, "b", Some(&half)).expect_err("no role").problem,
        ProfileProblem::Missing { has: "AWS_WEB_IDENTITY_TOKEN_FILE", missing: vec!["AWS_ROLE_ARN"] }
    );
}

#[test]
fn an_sso_session_and_its_profile_may_repeat_each_other_but_not_differ() {
    let session = "[sso-session corp]\nsso_start_url=U\nsso_region=r\n";
    let profile = "[profile a]\nsso_session=corp\nsso_account_id=1\nsso_role_name=R\n";
    expect(&format!("{profile}{session}"), "", "a", "sso:a:corp:U:r:1:R");
    expect(&format!("{profile}sso_region=r\nsso_start_url=U\n{session}"), "", "a", "sso:a:corp:U:r:1:R");
    assert_eq!(
        refused(&format!("{profile}sso_region=other\n{session}"), "", "a"),
        ProfileProblem::SsoMismatch { session: "corp".into(), option: "sso_region".into() }
    );
    let half = format!("{profile}sso_region=r\n[sso-session corp]\nsso_start_url=U\n");
    assert_eq!(
        refused(&half, "", "a"),
        ProfileProblem::IncompleteSsoSession { session: "corp".into(), missing: vec!["sso_region"] }
    );
    assert_eq!(refused(profile, "", "a"), ProfileProblem::NoSuchSsoSession("corp".into()));
    assert_eq!(
        refused("[profile a]\nsso_account_id=1\nsso_region=r\n", "", "a"),
        ProfileProblem::Missing { has: "sso_account_id", missing: vec!["sso_role_name", "sso_start_url"] }
    );
}

#[test]
fn a_chain_of_roles_is_followed_to_its_end() {
    let config = format!(
        "[profile a]\nrole_arn=arn:a\nsource_profile=b\nexternal_id=E\nrole_session_name=N\nduration_seconds=900\n\
         mfa_serial=M\n[profile b]\nrole_arn=arn:b\nsource_profile=c\nduration_seconds=soon\n[profile c]\n{KEYS}"
    );
    expect(
        &config,
        "",
        "a",
        "role:a:arn:a:Some(\"E\"):Some(\"N\"):Some(900):Some(\"M\") <- \
         role:b:arn:b:None:None:None:None <- config:c:AK",
    );
    for (source, expected) in
        [("Environment", "environment"), ("EcsContainer", "container"), ("Ec2InstanceMetadata", "metadata")]
    {
        let config = format!("[profile a]\nrole_arn=arn:a\ncredential_source={source}\n");
        expect(&config, "", "a", &format!("role:a:arn:a:None:None:None:None <- {expected}"));
    }
}

#[test]
fn a_source_profile_with_keys_of_its_own_is_not_a_role() {
    let config = format!("[profile a]\nrole_arn=arn:a\nsource_profile=a\n{KEYS}");
    expect(&config, "", "a", "role:a:arn:a:None:None:None:None <- config:a:AK");
    let config =
        format!("[profile a]\nrole_arn=arn:a\nsource_profile=b\n[profile b]\nrole_arn=arn:b\nsource_profile=a\n{KEYS}");
    expect(&config, "", "a", "role:a:arn:a:None:None:None:None <- config:b:AK");
}

#[test]
fn a_role_that_cannot_be_opened_is_refused_with_the_reason() {
    assert_eq!(
        refused("[profile a]\nrole_arn=arn:a\n", "", "a"),
        ProfileProblem::Missing { has: "role_arn", missing: vec!["source_profile", "credential_source"] }
    );
    let both = "[profile a]\nrole_arn=arn:a\nsource_profile=b\ncredential_source=Environment\n";
    assert_eq!(refused(both, "", "a"), ProfileProblem::TwoSources);
    assert_eq!(
        refused("[profile a]\nrole_arn=arn:a\nsource_profile=gone\n", "", "a"),
        ProfileProblem::NoSuchSource("gone".into())
    );
    assert_eq!(
        refused("[profile a]\nrole_arn=arn:a\nsource_profile=b\n[profile b]\nregion=r\n", "", "a"),
        ProfileProblem::EmptySource("b".into())
    );
    assert_eq!(
        refused("[profile a]\nrole_arn=arn:a\ncredential_source=environment\n", "", "a"),
        ProfileProblem::NoSuchCredentialSource("environment".into())
    );
    let ring = "[profile a]\nrole_arn=arn:a\nsource_profile=b\n[profile b]\nrole_arn=arn:b\nsource_profile=a\n";
    assert_eq!(refused(ring, "", "a"), ProfileProblem::Loop(vec!["a".into(), "b".into(), "a".into()]));
    assert_eq!(
        refused("[profile a]\nrole_arn=arn:a\nsource_profile=a\n", "", "a"),
        ProfileProblem::Loop(vec!["a".into(), "a".into()])
    );
}
