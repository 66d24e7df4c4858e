//! The same identity from the same configuration. One test for each source, so that a failure names it.

use super::cli::AwsCli;
use super::identity::{Case, check, on_purpose, refused, same};
use crate::common::terminal::nobody_is_asked_by;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

#[test]
fn keys_in_the_environment_are_taken_as_the_aws_cli_takes_them() {
    let later = (chrono::Utc::now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let soon = (chrono::Utc::now() + chrono::TimeDelta::minutes(3)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    check(&[
        same("keys").keys_in_environment("ENV"),
        same("keys and a token").keys_in_environment("ENV").env("AWS_SESSION_TOKEN", "token/+="),
        same("both names of the token")
            .keys_in_environment("ENV")
            .env("AWS_SESSION_TOKEN", "new")
            .env("AWS_SECURITY_TOKEN", "old"),
        same("an empty older token")
            .keys_in_environment("ENV")
            .env("AWS_SESSION_TOKEN", "new")
            .env("AWS_SECURITY_TOKEN", ""),
        same("keys before [default]").keys_in_environment("ENV").config("[default]\nkeys = DEFAULT\n"),
        same("keys before a role").keys_in_environment("ENV").config("[default]\nrole_arn = {role/deploy}\n"),
        same("keys before the container").keys_in_environment("ENV").in_a_container(),
        same("keys before web identity")
            .keys_in_environment("ENV")
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", "{root}/token")
            .env("AWS_ROLE_ARN", "{role/deploy}"),
        refused("an id without a secret").env("AWS_ACCESS_KEY_ID", "{ENV}").config("[default]\nkeys = DEFAULT\n"),
        refused("an id with an empty secret").env("AWS_ACCESS_KEY_ID", "{ENV}").env("AWS_SECRET_ACCESS_KEY", ""),
        same("a secret alone").env("AWS_SECRET_ACCESS_KEY", "{secret}").config("[default]\nkeys = DEFAULT\n"),
        same("an empty id")
            .env("AWS_ACCESS_KEY_ID", "")
            .env("AWS_SECRET_ACCESS_KEY", "{secret}")
            .config("[default]\nkeys = DEFAULT\n"),
        same("an end in an hour").keys_in_environment("ENV").env("AWS_CREDENTIAL_EXPIRATION", &later),
        same("an end in three minutes").keys_in_environment("ENV").env("AWS_CREDENTIAL_EXPIRATION", &soon),
        same("an end in a form of ISO 8601 without separators")
            .keys_in_environment("ENV")
            .env("AWS_CREDENTIAL_EXPIRATION", "20990102T030405Z"),
        same("an end as Go prints it")
            .keys_in_environment("ENV")
            .env("AWS_CREDENTIAL_EXPIRATION", "2099-01-02 03:04:05 +0000"),
        refused("an end in the past")
            .keys_in_environment("ENV")
            .env("AWS_CREDENTIAL_EXPIRATION", "2020-01-02T03:04:05Z"),
        refused("an end that is no time").keys_in_environment("ENV").env("AWS_CREDENTIAL_EXPIRATION", "soon"),
        on_purpose("an end without a zone", "timestamp.rs: UTC where no zone is written; botocore fails to compare it")
            .keys_in_environment("ENV")
            .env("AWS_CREDENTIAL_EXPIRATION", "2099-01-02T03:04:05"),
        on_purpose("a malformed config file", "get.rs: keys in the environment have no need of the shared files")
            .keys_in_environment("ENV")
            .config("nonsense\n"),
        on_purpose("a temporary key without its token", "credentials: it can never be accepted")
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "{secret}"),
        on_purpose("a token beside a long-term key", "keys: AWS refuses the pair as InvalidClientTokenId")
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "{secret}")
            .env("AWS_SESSION_TOKEN", "token"),
        on_purpose("a placeholder", "keys: it was to be replaced")
            .env("AWS_ACCESS_KEY_ID", "YOUR_ACCESS_KEY_ID")
            .env("AWS_SECRET_ACCESS_KEY", "{secret}"),
        on_purpose("a line break in the secret", "credentials: it can never be accepted")
            .env("AWS_ACCESS_KEY_ID", "{ENV}")
            .env("AWS_SECRET_ACCESS_KEY", "{secret}\n"),
        refused("no keys anywhere"),
    ]);
}

#[test]
fn the_profile_is_chosen_as_the_aws_cli_chooses_it() {
    let profiles = "[default]\nkeys = DEFAULT\n[profile dev]\nkeys = DEV\n[profile other]\nkeys = OTHER\n";
    check(&[
        same("nobody chose").config(profiles),
        same("AWS_PROFILE").config(profiles).env("AWS_PROFILE", "dev"),
        same("AWS_DEFAULT_PROFILE").config(profiles).env("AWS_DEFAULT_PROFILE", "dev"),
        same("AWS_PROFILE before AWS_DEFAULT_PROFILE")
            .config(profiles)
            .env("AWS_PROFILE", "dev")
            .env("AWS_DEFAULT_PROFILE", "other")
            .asked_of(AwsCli::is_version_2),
        same("--profile").config(profiles).profile("dev"),
        same("--profile before AWS_PROFILE").config(profiles).profile("dev").env("AWS_PROFILE", "other"),
        same("--profile before a missing AWS_PROFILE").config(profiles).profile("dev").env("AWS_PROFILE", "gone"),
        same("--profile before keys in the environment").config(profiles).profile("dev").keys_in_environment("ENV"),
        same("--profile default before keys in the environment")
            .config(profiles)
            .profile("default")
            .keys_in_environment("ENV"),
        same("--profile before half a pair").config(profiles).profile("dev").env("AWS_ACCESS_KEY_ID", "{ENV}"),
        same("keys in the environment before AWS_PROFILE")
            .config(profiles)
            .env("AWS_PROFILE", "dev")
            .keys_in_environment("ENV"),
        refused("keys in the environment with a missing AWS_PROFILE")
            .config(profiles)
            .env("AWS_PROFILE", "gone")
            .keys_in_environment("ENV"),
        refused("half a pair with AWS_PROFILE")
            .config(profiles)
            .env("AWS_PROFILE", "dev")
            .env("AWS_ACCESS_KEY_ID", "{ENV}"),
        refused("a missing AWS_PROFILE").config(profiles).env("AWS_PROFILE", "gone"),
        refused("a missing --profile").config(profiles).profile("gone"),
        refused("AWS_PROFILE=default where there is none")
            .config("[profile dev]\nkeys = DEV\n")
            .env("AWS_PROFILE", "default"),
        refused("--profile in another spelling").config(profiles).profile("DEV"),
        same("--profile of the credentials file").credentials("[only-here]\nkeys = CREDENTIALS\n").profile("only-here"),
        same("an empty --profile").config(profiles).profile("").keys_in_environment("ENV"),
        on_purpose("an empty AWS_PROFILE", "world.rs: AWS_PROFILE= is how a shell unsets one for a command")
            .config(profiles)
            .env("AWS_PROFILE", ""),
        refused("an empty profile has no keys").config("[profile empty]\nregion = eu-west-1\n").profile("empty"),
    ]);
}

#[test]
fn keys_in_the_shared_files_are_found_where_the_aws_cli_finds_them() {
    let dev = "[dev]\nkeys = CREDENTIALS\n";
    check(&[
        same("[default] of the config file").config("[default]\nkeys = DEFAULT\n"),
        same("[profile default]").config("[profile default]\nkeys = DEFAULT\n"),
        same("[default], then [profile default]")
            .config("[default]\nkeys = CONFIG\n[profile default]\nkeys = DEFAULT\n"),
        same("[profile default], then [default]")
            .config("[profile default]\nkeys = CONFIG\n[default]\nkeys = DEFAULT\n"),
        same("[profile \"default\"]").config("[profile \"default\"]\nkeys = DEFAULT\n"),
        refused("[Default]").config("[Default]\nkeys = DEFAULT\n"),
        same("[default] of the credentials file").credentials("[default]\nkeys = DEFAULT\n"),
        refused("[profile default] of the credentials file").credentials("[profile default]\nkeys = DEFAULT\n"),
        same("the credentials file before the config file")
            .config("[profile dev]\nkeys = CONFIG\n")
            .credentials(dev)
            .profile("dev"),
        refused("half a pair in each file")
            .config("[profile dev]\naws_secret_access_key = {secret}\n")
            .credentials("[dev]\naws_access_key_id = {DEV}\n")
            .profile("dev"),
        same("a pair, and half of one in the credentials file")
            .config("[profile dev]\nkeys = CONFIG\n")
            .credentials("[dev]\naws_secret_access_key = {secret}\n")
            .profile("dev"),
        refused("half of one in the credentials file, and a pair")
            .config("[profile dev]\nkeys = CONFIG\n")
            .credentials("[dev]\naws_access_key_id = {DEV}\n")
            .profile("dev"),
        refused("an id alone").config("[default]\naws_access_key_id = {DEV}\n"),
        refused("a secret alone").config("[default]\naws_secret_access_key = {secret}\n"),
        same("a token").credentials("[default]\nkeys = DEV\naws_session_token = token/+=\n"),
        same("a token of the older name").credentials("[default]\nkeys = DEV\naws_security_token = token/+=\n"),
        same("both names of the token")
            .credentials("[default]\nkeys = DEV\naws_session_token = new\naws_security_token = old\n"),
        same("the token of the other file is not taken")
            .config("[profile dev]\naws_session_token = token\n")
            .credentials(dev)
            .profile("dev"),
        same("a profile of several words").config("[profile \"two words\"]\nkeys = DEV\n").profile("two words"),
        same("a profile in single quotes").config("[profile 'dev']\nkeys = DEV\n").profile("dev"),
        same("white space between the words").config("[profile \t dev ]\nkeys = DEV\n").profile("dev"),
        same("[profiles dev]").config("[profiles dev]\nkeys = DEV\n").profile("dev"),
        refused("[dev] of the config file").config("[dev]\nkeys = DEV\n").profile("dev"),
        refused("three words").config("[profile dev more]\nkeys = DEV\n").profile("dev"),
        same("a profile called ünï").config("[profile ünï]\nkeys = DEV\n").profile("ünï"),
        on_purpose("boto's own file", "docs/how-it-works.md: the files of boto 2 are not read")
            .file("home/.boto", "[Credentials]\nkeys = OTHER\n"),
        on_purpose("AWS_CREDENTIAL_FILE", "docs/how-it-works.md: the files of boto 2 are not read")
            .file("ec2", "AWSAccessKeyId={OTHER}\nAWSSecretKey={secret}\n")
            .env("AWS_CREDENTIAL_FILE", "{root}/ec2"),
        on_purpose("an empty secret", "credentials: it can never be accepted")
            .config("[default]\naws_access_key_id = {DEV}\naws_secret_access_key =\n"),
    ]);
}

#[test]
fn the_syntax_of_the_shared_files_is_the_aws_clis() {
    let id = "aws_access_key_id";
    let secret = "aws_secret_access_key = {secret}\n";
    check(&[
        same("colons").config("[default]\naws_access_key_id: {DEV}\naws_secret_access_key : {secret}\n"),
        same("no white space, capitals").config("[default]\nAWS_ACCESS_KEY_ID={DEV}\nAws_Secret_Access_Key={secret}\n"),
        same("a comment after a value belongs to it")
            .config(&format!("[default]\n{id} = {{DEV}}\naws_session_token = token#x\n{secret}")),
        on_purpose("white space in a key", "credentials: it can never be accepted")
            .config(&format!("[default]\n{id} = {{DEV}} # mine\n{secret}")),
        same("lines of comment").config(&format!("# a\n; b\n[default]\n  # c\n{id} = {{DEV}}\n#{id} = x\n;x\n{secret}")),
        same("a comment after a section").config("[default] # mine\nkeys = DEV\n"),
        same("sections and options that are indented").config(&format!("  [default]\n  {id} = {{DEV}}\n  {secret}")),
        same("[DEFAULT] stands in every profile").config("[DEFAULT]\nkeys = DEV\n[profile dev]\nregion = x\n").profile("dev"),
        same("[DEFAULT] is no profile of its own")
            .config("[DEFAULT]\nkeys = DEV\n[profile dev]\nkeys = OTHER\n")
            .profile("dev"),
        refused("[DEFAULT] is not [default]").config("[DEFAULT]\nkeys = DEV\n"),
        refused("a repeated section").config("[profile dev]\nkeys = DEV\n[profile dev]\nregion = x\n").profile("dev"),
        refused("a repeated section elsewhere").config("[default]\nkeys = DEV\n[x]\n[x]\n"),
        same("one profile in two spellings").config("[profile dev]\nkeys = DEV\n[profile 'dev']\nkeys = OTHER\n").profile("dev"),
        refused("a repeated option").config("[default]\nkeys = DEV\nregion = a\nREGION = b\n"),
        refused("a line that is no option").config("[default]\nkeys = DEV\nnonsense\n"),
        refused("a line before the first section").config("region = x\n[default]\nkeys = DEV\n"),
        refused("a malformed credentials file").config("[default]\nkeys = DEV\n").credentials("nonsense\n"),
        same("a nested block").config("[default]\ns3 =\n  max_concurrent_requests = 2\nkeys = DEV\n"),
        refused("a nested block without an equals sign").config("[default]\ns3 =\n  nonsense\nkeys = DEV\n"),
        same("a value over several lines").config("[default]\noutput = a\n  b\n\n  c\nkeys = DEV\n"),
        refused("an indented option continues the one before").config(&format!("[default]\n{id} = {{DEV}}\n  {secret}")),
        same("CRLF line ends").config("[default]\r\naws_access_key_id = {DEV}\r\naws_secret_access_key = {secret}\r\n"),
        same("CR line ends").config("[default]\raws_access_key_id = {DEV}\raws_secret_access_key = {secret}\r"),
        same("no line end at the end").config("[default]\naws_access_key_id = {DEV}\naws_secret_access_key = {secret}"),
        same("an empty file").config("").credentials("[default]\nkeys = DEV\n"),
        on_purpose("a byte order mark", "config_file.rs: it is skipped").config("\u{feff}[default]\nkeys = DEV\n"),
        same("percent signs and dollars are no variables").config(
            "[default]\naws_access_key_id = {DEV}\naws_secret_access_key = {secret}\naws_session_token = %(x)s$HOME%%\n",
        ),
    ]);
}

#[test]
fn the_shared_files_are_looked_for_where_the_aws_cli_looks() {
    let keys = "[default]\nkeys = OTHER\n";
    let usual = "[default]\nkeys = DEFAULT\n";
    check(&[
        same("AWS_CONFIG_FILE").config(usual).file("elsewhere", keys).env("AWS_CONFIG_FILE", "{root}/elsewhere"),
        same("AWS_SHARED_CREDENTIALS_FILE")
            .credentials(usual)
            .file("elsewhere", keys)
            .env("AWS_SHARED_CREDENTIALS_FILE", "{root}/elsewhere"),
        same("a tilde").config(usual).file("home/elsewhere", keys).env("AWS_CONFIG_FILE", "~/elsewhere"),
        same("a variable")
            .credentials(usual)
            .file("elsewhere", keys)
            .env("WHERE", "{root}")
            .env("AWS_SHARED_CREDENTIALS_FILE", "$WHERE/elsewhere"),
        same("a variable in braces")
            .file("elsewhere-1", keys)
            .env("WHERE", "{root}")
            .env("AWS_SHARED_CREDENTIALS_FILE", "${WHERE}/elsewhere-1"),
        same("a tilde from a variable")
            .file("home/elsewhere", keys)
            .env("WHERE", "~")
            .env("AWS_CONFIG_FILE", "$WHERE/elsewhere"),
        same("a path relative to the working directory")
            .file("home/elsewhere", keys)
            .env("AWS_CONFIG_FILE", "elsewhere"),
        refused("a variable that is not set").config(usual).env("AWS_CONFIG_FILE", "$NOWHERE/elsewhere"),
        refused("a file that is not there").config(usual).env("AWS_CONFIG_FILE", "{root}/gone"),
        refused("an empty AWS_CONFIG_FILE").config(usual).env("AWS_CONFIG_FILE", ""),
        same("a config file that is a directory")
            .file("directory/file", "")
            .env("AWS_CONFIG_FILE", "{root}/directory")
            .credentials(keys),
        same("a credentials file that is a directory")
            .file("directory/file", "")
            .env("AWS_SHARED_CREDENTIALS_FILE", "{root}/directory")
            .config(keys),
        same("no HOME, and both files are told")
            .file("config", usual)
            .file("credentials", keys)
            .env("AWS_CONFIG_FILE", "{root}/config")
            .env("AWS_SHARED_CREDENTIALS_FILE", "{root}/credentials")
            .unset("HOME"),
    ]);
}

#[test]
fn a_file_that_may_not_be_read_counts_as_empty() {
    let locked = |case: Case| case.file("locked", "[default]\nkeys = OTHER\n").locked("locked");
    // Whoever runs the tests as root reads everything.
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("locked");
    std::fs::write(&file, "")
        .and_then(|()| std::fs::set_permissions(&file, Permissions::from_mode(0o000)))
        .expect("a file");
    if std::fs::read(&file).is_ok() {
        println!("skipped: this user may read every file");
        return;
    }
    check(&[
        locked(same("the config file").credentials("[default]\nkeys = DEFAULT\n"))
            .env("AWS_CONFIG_FILE", "{root}/locked"),
        locked(same("the credentials file").config("[default]\nkeys = DEFAULT\n"))
            .env("AWS_SHARED_CREDENTIALS_FILE", "{root}/locked"),
        locked(refused("the only file")).env("AWS_CONFIG_FILE", "{root}/locked"),
    ]);
}

#[test]
fn a_profile_with_several_sources_takes_the_one_that_the_aws_cli_takes() {
    let process = "credential_process = vend\n";
    let sso = "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\n\
               sso_role_name = Developer\n";
    let web = "role_arn = {role/deploy}\nweb_identity_token_file = {root}/token\n";
    let dev = |options: &str| format!("[profile dev]\n{options}[profile base]\nkeys = BASE\n");
    let case = |name, options: String| {
        same(name).config(&dev(&options)).vending("{PROCESS}", "").file("token", "web-token").profile("dev")
    };
    let portal = "https://corp.awsapps.com/start";
    let held = "[dev]\nkeys = CREDENTIALS\n";
    check(&[
        case("a process", process.into()),
        case("a process before keys of the config file", format!("{process}keys = DEV\n")),
        case("keys of the credentials file before a process", process.into()).credentials(held),
        case("a process in the credentials file", String::new()).credentials(&format!("[dev]\n{process}")),
        case("SSO before a process and keys", format!("{sso}{process}keys = DEV\n"))
            .credentials(held)
            .signed_in(portal, 60),
        case("web identity before SSO", format!("{web}{sso}{process}keys = DEV\n"))
            .credentials(held)
            .signed_in(portal, 60),
        case(
            "a role before SSO, a process and keys",
            format!("role_arn = {{role/second}}\nsource_profile = base\n{sso}{process}"),
        )
        .credentials(held)
        .signed_in(portal, 60),
        case(
            "a role before web identity of the environment",
            "role_arn = {role/second}\nsource_profile = base\n".into(),
        )
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", "{root}/token")
        .env("AWS_ROLE_ARN", "{role/deploy}"),
        case("a profile before the container", "keys = DEV\n".into()).in_a_container().on_an_instance(),
        case("the container where the profile has nothing", "region = eu-west-1\n".into())
            .in_a_container()
            .on_an_instance(),
        case("the instance where the profile has nothing", "region = eu-west-1\n".into()).on_an_instance(),
        refused("half of an SSO profile before keys")
            .config(&dev("sso_account_id = 111122223333\nkeys = DEV\n"))
            .profile("dev"),
        same("a start URL alone makes no SSO profile")
            .config(&dev("sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nkeys = DEV\n"))
            .profile("dev"),
        refused("a role without a source before keys")
            .config(&dev("role_arn = {role/deploy}\nkeys = DEV\n"))
            .profile("dev"),
        same("a source profile without a role").config(&dev("source_profile = base\nkeys = DEV\n")).profile("dev"),
    ]);
}

#[test]
fn a_role_is_assumed_with_the_keys_and_the_terms_of_the_aws_cli() {
    let base = "[profile base]\nkeys = BASE\n";
    let role = |options: &str| format!("[profile dev]\nrole_arn = {{role/deploy}}\n{options}{base}");
    let from_base = |options: &str| role(&format!("source_profile = base\n{options}"));
    let dev = |name, config: String| same(name).config(&config).profile("dev");
    let no = |name, config: String| refused(name).config(&config).profile("dev");
    check(&[
        dev("a source profile", from_base("")),
        dev("a role session name", from_base("role_session_name = alice\n")),
        dev("a duration", from_base("duration_seconds = 1800\n")),
        dev("a duration that is no number", from_base("duration_seconds = soon\n")),
        dev("a duration with a sign", from_base("duration_seconds = +1800\n")),
        dev("an external id", from_base("external_id = corp\n").replace("deploy", "guarded")),
        no("an external id that is missing", from_base("").replace("deploy", "guarded")),
        no("a role that nobody may assume", from_base("").replace("{role/deploy}", "arn:aws:iam::111122223333:role/none")),
        dev("a role region of the profile", from_base("region = eu-central-1\n")).unset("AWS_DEFAULT_REGION"),
        dev("AWS_DEFAULT_REGION before the profile's", from_base("region = eu-central-1\n")),
        dev(
            "a chain of roles",
            format!("[profile dev]\nrole_arn = {{role/second}}\nsource_profile = middle\n[profile middle]\nrole_arn = {{role/deploy}}\nsource_profile = base\n{base}"),
        ),
        dev("a profile that is its own source", role("source_profile = dev\nkeys = DEV\n")),
        no("a profile that is its own source and has no keys", role("source_profile = dev\n")),
        no(
            "a ring of profiles",
            format!("{}[profile middle]\nrole_arn = {{role/second}}\nsource_profile = dev\n", role("source_profile = middle\n")),
        ),
        dev(
            "a source with keys and a role of its own",
            format!("{}[profile middle]\nrole_arn = {{role/second}}\nsource_profile = base\nkeys = OTHER\n", role("source_profile = middle\n")),
        ),
        dev("keys of the credentials file open the role", from_base("")).credentials("[base]\nkeys = CREDENTIALS\n"),
        dev("a source of the credentials file alone", role("source_profile = held\n")).credentials("[held]\nkeys = CREDENTIALS\n"),
        dev("a role of the credentials file", base.to_owned())
            .credentials("[dev]\nrole_arn = {role/deploy}\nsource_profile = base\n"),
        dev("the source's token is sent", role("source_profile = default\n[default]\ncredential_process = vend\n"))
            .vending("{PROCESS}", ""),
        dev(
            "a source of SSO",
            role("source_profile = sso\n[profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
                  [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n"),
        )
        .signed_in("corp", 60)
        .younger_than_2_9(),
        dev(
            "a source of web identity",
            role("source_profile = web\n[profile web]\nrole_arn = {role/second}\nweb_identity_token_file = {root}/token\n"),
        )
        .file("token", "web-token"),
        no("web identity of the environment opens no role", role("source_profile = empty\n[profile empty]\nregion = eu-west-1\n"))
            .file("token", "web-token")
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", "{root}/token")
            .env("AWS_ROLE_ARN", "{role/second}"),
        no("a source that is not there", role("source_profile = gone\n")),
        no("a source without keys", role("source_profile = empty\n[profile empty]\nregion = eu-west-1\n")).on_an_instance(),
        no("two sources", role("source_profile = base\ncredential_source = Environment\n")),
        no("no source", role("")),
        dev("credential_source = Environment", role("credential_source = Environment\n")).keys_in_environment("ENV"),
        no("credential_source = Environment without keys", role("credential_source = Environment\n")).on_an_instance(),
        no("credential_source = Environment with half a pair", role("credential_source = Environment\n"))
            .env("AWS_ACCESS_KEY_ID", "{ENV}"),
        dev("credential_source = EcsContainer", role("credential_source = EcsContainer\n")).in_a_container().on_an_instance(),
        no("credential_source = EcsContainer outside one", role("credential_source = EcsContainer\n")).on_an_instance(),
        dev("credential_source = Ec2InstanceMetadata", role("credential_source = Ec2InstanceMetadata\n"))
            .in_a_container()
            .on_an_instance(),
        no("credential_source = Ec2InstanceMetadata elsewhere", role("credential_source = Ec2InstanceMetadata\n")),
        no("a credential_source in small letters", role("credential_source = environment\n")).keys_in_environment("ENV"),
        no("a credential_source that does not exist", role("credential_source = Moon\n")),
        same("a role in [default]").config(&from_base("").replace("profile dev", "default")),
        on_purpose("no region anywhere", "get.rs: STS is then asked next to the repository; version 1 asks the global one")
            .config(&from_base(""))
            .profile("dev")
            .unset("AWS_DEFAULT_REGION"),
        on_purpose("a region of the source alone", "get.rs: STS is then asked next to the repository")
            .config(&from_base("").replace("[profile base]\n", "[profile base]\nregion = eu-central-1\n"))
            .profile("dev")
            .unset("AWS_DEFAULT_REGION"),
        same("--region").config(&from_base("")).profile("dev").region("us-west-2"),
        same("the global region").config(&from_base("region = aws-global\n")).profile("dev").unset("AWS_DEFAULT_REGION"),
        same("the global region in the environment").config(&from_base("")).profile("dev").env("AWS_DEFAULT_REGION", "aws-global"),
        same("AWS_PROFILE names the role").config(&from_base("")).env("AWS_PROFILE", "dev"),
        same("keys in the environment before the role of AWS_PROFILE")
            .config(&from_base(""))
            .env("AWS_PROFILE", "dev")
            .keys_in_environment("ENV"),
    ]);
}

#[test]
fn a_role_with_mfa_and_nobody_to_ask_is_refused_as_by_the_aws_cli() {
    let config = "[profile dev]\nrole_arn = {role/deploy}\nsource_profile = base\n\
                  mfa_serial = arn:aws:iam::111122223333:mfa/alice\n[profile base]\nkeys = BASE\n";
    check(&[refused("a role with MFA and nobody to ask").config(config).profile("dev")]);
}

/// It opens `/dev/tty` by itself (CPython's `getpass.unix_getpass`).
#[test]
fn the_aws_cli_does_not_ask_at_the_terminal_of_the_tests() {
    nobody_is_asked_by(&["differential::identities::a_role_with_mfa_and_nobody_to_ask_is_refused_as_by_the_aws_cli"]);
}

/// The record names the host that was asked.
#[test]
fn a_role_is_asked_for_at_the_endpoint_of_the_aws_cli() {
    let config = |options: &str| {
        format!(
            "[profile dev]\nrole_arn = {{role/deploy}}\nsource_profile = base\n{options}[profile base]\nkeys = BASE\n\
             [services local]\nsts =\n  endpoint_url = https://vpce-1.sts.eu-west-1.vpce.amazonaws.com\n"
        )
    };
    let dev = |name, options: &str| same(name).config(&config(options)).profile("dev").younger_than_2_9();
    let (profile, west) = (
        "endpoint_url = https://vpce-2.sts.eu-west-1.vpce.amazonaws.com\n",
        "https://vpce-3.sts.eu-west-1.vpce.amazonaws.com",
    );
    check(&[
        dev("the profile's endpoint", profile),
        dev("a services section before the profile's endpoint", &format!("{profile}services = local\n")),
        dev("AWS_ENDPOINT_URL before both", &format!("{profile}services = local\n")).env("AWS_ENDPOINT_URL", west),
        dev("AWS_ENDPOINT_URL_STS before AWS_ENDPOINT_URL", "")
            .env("AWS_ENDPOINT_URL", "https://vpce-4.sts.eu-west-1.vpce.amazonaws.com")
            .env("AWS_ENDPOINT_URL_STS", west),
        dev("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", profile)
            .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
            .env("AWS_ENDPOINT_URL_STS", west),
        dev("ignore_configured_endpoint_urls", &format!("{profile}ignore_configured_endpoint_urls = true\n")),
        same("the source's endpoint does not count")
            .config(&config("").replace("[profile base]\n", &format!("[profile base]\n{profile}")))
            .profile("dev"),
        on_purpose("a services section that is not there", "profiles.rs: the endpoint is then AWS's own")
            .config(&config("services = gone\n"))
            .profile("dev")
            .younger_than_2_9(),
        dev("FIPS", "use_fips_endpoint = true\nregion = us-east-1\n").unset("AWS_DEFAULT_REGION"),
        dev("FIPS in the environment", "").env("AWS_USE_FIPS_ENDPOINT", "true").env("AWS_DEFAULT_REGION", "us-east-1"),
    ]);
}

#[test]
fn a_web_identity_is_used_as_the_aws_cli_uses_it() {
    let profile = "[profile dev]\nrole_arn = {role/deploy}\nweb_identity_token_file = {root}/token\n";
    let environment = |case: Case| {
        case.file("token", "web-token")
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", "{root}/token")
            .env("AWS_ROLE_ARN", "{role/second}")
    };
    check(&[
        same("in the profile").config(profile).file("token", "web-token").profile("dev"),
        same("in the profile, with a session name")
            .config(&format!("{profile}role_session_name = alice\n"))
            .file("token", "web-token")
            .profile("dev"),
        same("a duration counts only for AssumeRole")
            .config(&format!("{profile}duration_seconds = 1800\n"))
            .file("token", "web-token")
            .profile("dev"),
        environment(same("in the environment")),
        environment(same("in the environment, with a session name")).env("AWS_ROLE_SESSION_NAME", "pod"),
        environment(same("in the environment before keys of the profile")).config("[default]\nkeys = DEFAULT\n"),
        environment(same("in the environment before the profile's").config(profile)).env("AWS_PROFILE", "dev"),
        environment(same("in the profile, chosen on the command line").config(profile)).profile("dev"),
        environment(same("not for a profile chosen on the command line"))
            .config("[profile dev]\nkeys = DEV\n")
            .profile("dev"),
        same("a role of the environment with a token of the profile")
            .config(profile)
            .file("token", "web-token")
            .env("AWS_PROFILE", "dev")
            .env("AWS_ROLE_ARN", "{role/second}"),
        same("a token of the environment with a role of the profile")
            .config("[default]\nrole_arn = {role/deploy}\nweb_identity_token_file = {root}/gone\n")
            .file("token", "web-token")
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", "{root}/token"),
        same("a role of the environment without a token")
            .config("[default]\nkeys = DEFAULT\n")
            .env("AWS_ROLE_ARN", "{role/deploy}"),
        same("an empty token file setting")
            .config("[default]\nkeys = DEFAULT\n")
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", "")
            .env("AWS_ROLE_ARN", "{role/deploy}"),
        refused("a token without a role").file("token", "web-token").env("AWS_WEB_IDENTITY_TOKEN_FILE", "{root}/token"),
        refused("a token file that is not there").config(profile).profile("dev"),
        refused("a token file with a tilde")
            .config(&profile.replace("{root}", "~"))
            .file("home/token", "web-token")
            .profile("dev"),
        refused("a token file with a variable")
            .config(&profile.replace("{root}", "$HOME"))
            .file("home/token", "web-token")
            .profile("dev"),
        refused("an empty role of the environment before the profile's")
            .config(profile)
            .file("token", "web-token")
            .env("AWS_PROFILE", "dev")
            .env("AWS_ROLE_ARN", ""),
        refused("a token that ends in a line break").config(profile).file("token", "web-token\n").profile("dev"),
        refused("a token that opens nothing").config(profile).file("token", "stolen").profile("dev"),
    ]);
}

#[test]
fn a_sign_in_is_used_as_the_aws_cli_uses_it() {
    const PORTAL: &str = "https://corp.awsapps.com/start";
    let role = "sso_account_id = 111122223333\nsso_role_name = Developer\n";
    let portal = format!("sso_start_url = {PORTAL}\nsso_region = eu-west-1\n");
    let with = |profile: &str, session: &str| format!("[profile dev]\n{role}{profile}[sso-session corp]\n{session}");
    let corp = "sso_session = corp\n";
    let dev = |name, config: String| same(name).config(&config).profile("dev").signed_in("corp", 60);
    let no = |name, config: String| refused(name).config(&config).profile("dev").signed_in("corp", 60);
    check(&[
        dev("a session", with(corp, &portal)),
        dev("a session in quotes", with(corp, &portal).replace("[sso-session corp]", "[sso-session \"corp\"]")),
        same("the older kind").config(&with(&portal, "")).profile("dev").signed_in(PORTAL, 60),
        dev("a session and a profile that repeat each other", with(&format!("{corp}{portal}"), &portal)),
        dev("a region that only the session has", with(&format!("{corp}sso_start_url = {PORTAL}\n"), &portal)),
        no("a start URL that only the profile has", with(&format!("{corp}{portal}"), "sso_region = eu-west-1\n")),
        no(
            "a region that only the profile has",
            with(&format!("{corp}{portal}"), &format!("sso_start_url = {PORTAL}\n")),
        ),
        no("an empty session", with(&format!("{corp}{portal}"), "")),
        dev("an account that the session has", {
            format!(
                "[profile dev]\nsso_role_name = Developer\n{corp}[sso-session corp]\n{portal}sso_account_id = 444455556666\n"
            )
        }),
        no("regions that differ", with(&format!("{corp}sso_region = us-east-1\n"), &portal)),
        no(
            "scopes that differ",
            with(&format!("{corp}sso_registration_scopes = a\n"), &format!("{portal}sso_registration_scopes = b\n")),
        ),
        no("a session that is not there", with("sso_session = gone\n", &portal)),
        no(
            "a role that is missing",
            format!("[profile dev]\nsso_account_id = 111122223333\n{corp}[sso-session corp]\n{portal}"),
        ),
        no("an account without access", with(corp, &portal).replace("111122223333", "777788889999")),
        dev("another account", with(corp, &portal).replace("111122223333", "444455556666")),
        dev("a token in its last minutes", with(corp, &portal)).signed_in("corp", 5),
        dev("a token that can be renewed", with(corp, &portal)).renewable("corp", -5),
        dev("a token that can be renewed early", with(corp, &portal)).renewable("corp", 5),
        dev(
            "a portal's endpoint",
            with(&format!("{corp}services = local\n"), &portal)
                + "[services local]\nsso =\n  endpoint_url = https://portal.sso.ca-central-1.amazonaws.com\n",
        )
        .younger_than_2_9(),
        dev("a FIPS endpoint", with(corp, &portal)).env("AWS_USE_FIPS_ENDPOINT", "true"),
        dev("the profile's FIPS endpoint", with(&format!("{corp}use_fips_endpoint = TRUE\n"), &portal))
            .renewable("corp", -5),
        dev("a FIPS endpoint that is off", with(&format!("{corp}use_fips_endpoint = true\n"), &portal))
            .env("AWS_USE_FIPS_ENDPOINT", "false"),
        dev("a dual-stack endpoint", with(corp, &portal))
            .env("AWS_USE_DUALSTACK_ENDPOINT", "true")
            .renewable("corp", -5),
        dev("both", with(&format!("{corp}use_dualstack_endpoint = true\n"), &portal))
            .env("AWS_USE_FIPS_ENDPOINT", "true"),
        no("a token that is over", with(corp, &portal)).signed_in("corp", -5),
        refused("a token of the older kind that is over")
            .config(&with(&portal, ""))
            .profile("dev")
            .signed_in(PORTAL, -5)
            .after_all_sign_ins(),
        refused("nobody signed in").config(&with(corp, &portal)).profile("dev"),
        refused("signed in by start URL where the session counts")
            .config(&with(corp, &portal))
            .profile("dev")
            .signed_in(PORTAL, 60),
        refused("not signed in, though there are keys")
            .config(&with(&format!("{corp}keys = DEV\n"), &portal))
            .credentials("[dev]\nkeys = CREDENTIALS\n")
            .profile("dev"),
    ]);
}

#[test]
fn a_session_of_aws_login_is_used_and_renewed_as_by_the_aws_cli() {
    let session = "arn:aws:iam::111122223333:user/alice";
    let login = |name, more: &str| {
        same(name).config(&format!("[profile dev]\nlogin_session = {session}\n{more}")).profile("dev")
    };
    let cases = [
        login("a session", "").logged_in(session, 15),
        login("a session that is over", "").logged_in(session, -5),
        login("a session near its end", "").logged_in(session, 3),
        login("a session before a process", "credential_process = vend\n")
            .logged_in(session, 15)
            .vending("{PROCESS}", ""),
        login("keys of the credentials file before a session", "")
            .logged_in(session, 15)
            .credentials("[dev]\nkeys = CREDENTIALS\n"),
        login("a role that a session opens", "[profile role]\nrole_arn = {role/deploy}\nsource_profile = dev\n")
            .logged_in(session, 15)
            .profile("role"),
        refused("nobody logged in").config(&format!("[profile dev]\nlogin_session = {session}\n")).profile("dev"),
        refused("another session").config("[profile dev]\nlogin_session = x\n").profile("dev").logged_in(session, 15),
        login("a cache elsewhere", "")
            .logged_in(session, 15)
            .env("AWS_LOGIN_CACHE_DIRECTORY", "{root}/home/.aws/login/cache"),
    ];
    check(&cases.map(|case| case.asked_of(AwsCli::knows_aws_login)));
}

#[test]
fn a_credential_process_is_run_as_the_aws_cli_runs_it() {
    let vend = |name| same(name).config("[default]\ncredential_process = vend\n");
    let runs = |name, command: &str| same(name).config(&format!("[default]\ncredential_process = {command}\n"));
    let no = |name, command: &str| refused(name).config(&format!("[default]\ncredential_process = {command}\n"));
    // Signs as the key named after its last argument; fails where the arguments are not those expected.
    let picky = "for key; do :; done\n[ \"$#:$1\" = \"$EXPECTED\" ] || { echo \"$#:$1\" >&2; exit 3; }\n\
                 printf '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"{secret}\"}' \"$key\"";
    let on_path = |name, arguments: &str, expected: &str| {
        runs(name, &format!("picky {arguments}")).program("picky", picky).env("EXPECTED", expected)
    };
    check(&[
        vend("keys").vending("{PROCESS}", ""),
        vend("keys and a token").vending("{PROCESS}", ",\"SessionToken\":\"session-token/+=\""),
        vend("a token that is null").vending("{PROCESS}", ",\"SessionToken\":null,\"Expiration\":null"),
        vend("an end to come")
            .vending("{PROCESS}", ",\"SessionToken\":\"session-token\",\"Expiration\":\"2099-01-02T03:04:05Z\""),
        vend("an end with an offset").vending("{PROCESS}", ",\"Expiration\":\"2099-01-02T03:04:05.123+02:00\""),
        vend("an empty token").vending("{PROCESS}", ",\"SessionToken\":\"\""),
        vend("an end in a form of ISO 8601 without separators")
            .vending("{PROCESS}", ",\"Expiration\":\"20990102T030405Z\""),
        vend("a version with a fraction")
            .program("vend", "echo '{\"Version\":1.0,\"AccessKeyId\":\"{PROCESS}\",\"SecretAccessKey\":\"{secret}\"}'"),
        vend("an account").vending("{PROCESS}", ",\"AccountId\":\"111122223333\",\"Else\":[1]"),
        on_purpose("an end without a zone", "timestamp.rs: UTC where no zone is written; botocore fails to compare it")
            .config("[default]\ncredential_process = vend\n")
            .vending("{PROCESS}", ",\"Expiration\":\"2099-01-02T03:04:05\""),
        refused("an end in the past")
            .config("[default]\ncredential_process = vend\n")
            .vending("{PROCESS}", ",\"Expiration\":\"2020-01-02T03:04:05Z\""),
        refused("an end that is no time")
            .config("[default]\ncredential_process = vend\n")
            .vending("{PROCESS}", ",\"Expiration\":\"soon\""),
        refused("an end in seconds")
            .config("[default]\ncredential_process = vend\n")
            .vending("{PROCESS}", ",\"Expiration\":4102444800"),
        on_path("arguments", "a {PROCESS}", "2:a"),
        on_path("arguments in quotes", "\"a b\" 'c d' {PROCESS}", "3:a b"),
        on_path("an escaped space", "a\\ b {PROCESS}", "2:a b"),
        on_path("a quotation inside a word", "a'b c'd {PROCESS}", "2:ab cd"),
        on_path("an empty argument", "'' {PROCESS}", "2:"),
        on_path("no variables, no comments, no shell", "$HOME # {PROCESS}", "3:$HOME"),
        on_path("arguments over several lines", "a\n  b {PROCESS}", "3:a"),
        runs("an absolute path", "{root}/bin/vend").vending("{PROCESS}", ""),
        runs("a path relative to the working directory", "../bin/vend").vending("{PROCESS}", ""),
        // The forms that messages name where a shell was expected.
        runs("a pipeline in a shell", "sh -c '{root}/bin/vend | cat'").vending("{PROCESS}", ""),
        runs("single quotes in a shell's double quotes", "sh -c \"{root}/bin/vend 'a b' | cat\"")
            .vending("{PROCESS}", ""),
        runs("a variable by env", "env A=1 {root}/bin/vend").vending("{PROCESS}", ""),
        runs("an interpreter before a script", "sh {root}/bin/vend").vending("{PROCESS}", ""),
        no("a pipeline without a shell", "cat {root}/home/gone | cat"),
        no("a byte order mark", "vend").program("vend", "printf '\\357\\273\\277{}'"),
        no("a path with a tilde", "~/vend").file("home/vend", "#!/bin/sh\n"),
        no("a program that is not there", "gone"),
        no("an open quotation", "vend 'a").vending("{PROCESS}", ""),
        no("a program that fails", "vend").program("vend", "echo locked >&2; exit 3"),
        no("a program that fails after its answer", "vend")
            .program("vend", "echo '{\"Version\":1,\"AccessKeyId\":\"{PROCESS}\",\"SecretAccessKey\":\"x\"}'; exit 1"),
        no("no JSON", "vend").program("vend", "echo hello"),
        no("a list", "vend").program("vend", "echo '[1]'"),
        no("version 2", "vend")
            .program("vend", "echo '{\"Version\":2,\"AccessKeyId\":\"{PROCESS}\",\"SecretAccessKey\":\"x\"}'"),
        no("a version in quotes", "vend")
            .program("vend", "echo '{\"Version\":\"1\",\"AccessKeyId\":\"{PROCESS}\",\"SecretAccessKey\":\"x\"}'"),
        no("no version", "vend").program("vend", "echo '{\"AccessKeyId\":\"{PROCESS}\",\"SecretAccessKey\":\"x\"}'"),
        no("no secret", "vend").program("vend", "echo '{\"Version\":1,\"AccessKeyId\":\"{PROCESS}\"}'"),
        no("a failing process before keys", "vend\nkeys = DEV").program("vend", "exit 1"),
        same("a failing process behind keys of the credentials file")
            .config("[default]\ncredential_process = vend\n")
            .credentials("[default]\nkeys = CREDENTIALS\n")
            .program("vend", "exit 1"),
    ]);
}

#[test]
fn the_machines_own_credentials_are_asked_for_as_by_the_aws_cli() {
    let token = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    let token_file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    check(&[
        same("a container").in_a_container(),
        same("a container with a token").in_a_container().env(token, "container-token"),
        same("a container with a token file")
            .in_a_container()
            .file("token", "container-token")
            .env(token_file, "{root}/token")
            .younger_than_2_9(),
        same("a token file before a token")
            .in_a_container()
            .file("token", "container-token")
            .env(token_file, "{root}/token")
            .env(token, "wrong")
            .younger_than_2_9(),
        refused("a wrong token").in_a_container().env(token, "wrong").on_an_instance(),
        refused("a token file that is not there").in_a_container().env(token_file, "{root}/gone").on_an_instance(),
        refused("a token file that ends in a line break")
            .in_a_container()
            .file("token", "container-token\n")
            .env(token_file, "{root}/token"),
        same("a container before the instance").in_a_container().on_an_instance(),
        same("[default] before the container").config("[default]\nkeys = DEFAULT\n").in_a_container().on_an_instance(),
        refused("a container without credentials before the instance")
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "{container}/none")
            .on_an_instance(),
        refused("an endpoint on a foreign host")
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/creds")
            .on_an_instance(),
        refused("an empty endpoint").env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "").on_an_instance(),
        same("an instance").on_an_instance(),
        same("an instance, by its address in the profile")
            .unset("AWS_EC2_METADATA_DISABLED")
            .config("[default]\nec2_metadata_service_endpoint = {imds}\n"),
        same("an instance with --profile")
            .on_an_instance()
            .config("[profile dev]\nregion = eu-west-1\n")
            .profile("dev"),
        refused("an instance whose service is switched off").on_an_instance().env("AWS_EC2_METADATA_DISABLED", "TRUE"),
        refused("a profile that is not there, on an instance").on_an_instance().profile("gone"),
        refused("nothing listens")
            .unset("AWS_EC2_METADATA_DISABLED")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9"),
    ]);
}
