//! Machines whose credentials come from one source, with the files that the AWS CLI would have written.

use super::{ACCOUNT, DPOP_KEY, KEY_ID, Machine, REGION, ROLE, SECRET};
use codecommit::hex;

/// `login_session` of `aws login`.
pub const LOGIN_SESSION: &str = "arn:aws:iam::111122223333:user/alice";
pub const START_URL: &str = "https://corp.awsapps.com/start";
pub const PAST: &str = "2020-01-01T00:00:00Z";
pub const FUTURE: &str = "2099-01-01T00:00:00Z";

/// A time so many minutes from now.
pub fn in_minutes(minutes: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::minutes(minutes)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Where the token of the SSO session `corp` is, below the machine's root.
pub fn sso_file() -> String {
    format!("home/.aws/sso/cache/{}.json", hex::lower(<sha1::Sha1 as sha1::Digest>::digest("corp")))
}

/// A token of `aws sso login` that can be refreshed.
pub fn sso_token(token: &str, expires: &str, refresh_token: &str) -> String {
    format!(
        r#"{{"accessToken": "{token}", "expiresAt": "{expires}", "refreshToken": "{refresh_token}", "clientId": "c",
        "clientSecret": "client-secret", "registrationExpiresAt": "{FUTURE}"}}"#
    )
}

/// Where [`LOGIN_SESSION`] is, below the machine's root.
pub fn login_file() -> String {
    format!("home/.aws/login/cache/{}.json", hex::lower(<sha2::Sha256 as sha2::Digest>::digest(LOGIN_SESSION)))
}

/// A session of `aws login` with these keys, members of a JSON object.
pub fn login_session(keys: &str, expires: &str, refresh_token: &str) -> String {
    format!(
        r#"{{"accessToken": {{{keys}, "accountId": "{ACCOUNT}", "expiresAt": "{expires}"}},
        "refreshToken": "{refresh_token}", "clientId": "c", "idToken": "i", "tokenType": "aws_sigv4", "dpopKey": "{DPOP_KEY}"}}"#
    )
}

impl Machine {
    /// Alice's key in the profile `alice`.
    pub fn with_alice(self) -> Self {
        let keys = format!("[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
        self.file("home/.aws/credentials", &keys)
    }

    /// [`ROLE`], assumed with Alice's key.
    pub fn with_role(self) -> Self {
        let config = format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = {REGION}\n");
        self.with_alice().file("home/.aws/config", &config)
    }

    /// [`ROLE`], assumed with the web identity token `web-token`.
    pub fn with_web_identity(self) -> Self {
        let machine = self.file("home/token", "web-token").env("AWS_ROLE_ARN", ROLE).env("AWS_REGION", REGION);
        let token = machine.path("home/token").display().to_string();
        machine.env("AWS_WEB_IDENTITY_TOKEN_FILE", &token)
    }

    /// The role `Developer` of the SSO session `corp`.
    pub fn with_sso(self) -> Self {
        let config = format!(
            "[default]\nsso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = Developer\n\
             [sso-session corp]\nsso_start_url = {START_URL}\nsso_region = {REGION}\n"
        );
        self.file("home/.aws/config", &config)
    }

    /// [`LOGIN_SESSION`].
    pub fn with_login(self) -> Self {
        self.file("home/.aws/config", &format!("[default]\nlogin_session = {LOGIN_SESSION}\nregion = {REGION}\n"))
    }
}
