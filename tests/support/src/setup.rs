//! The settings of a test, before and during requests.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;

use crate::keys::{AccessKey, GitCredentials, Identity, KeyState, account_of};
use crate::metadata::{ContainerRole, ImdsMode, InstanceRole};
use crate::policy::{Action, DenyTail};
use crate::proxy::ProxyAnswer;
use crate::repository::{self, EncryptionFailure, Repository};
use crate::signin::LoginRefusal;
use crate::sso::SsoSession;
use crate::stand_in::StandIn;
use crate::state::{Challenge, EmptyPassword, FixedAnswer, Mode, Spoken};
use crate::sts::Role;

/// Identities.
impl StandIn {
    /// Adds a key, or replaces the one with the same id.
    pub fn add_key(&self, key: AccessKey) {
        self.world.state().keys.put(key);
    }

    /// Creates a temporary key that is accepted from now on, valid as long as [`set_session_lifetime`] says.
    ///
    /// [`set_session_lifetime`]: Self::set_session_lifetime
    #[must_use]
    pub fn issue_key(&self, principal_arn: &str) -> AccessKey {
        self.world.state().issue_key(principal_arn, None)
    }

    /// The ARN of the key's owner.
    #[must_use]
    pub fn owner_of(&self, access_key_id: &str) -> Option<String> {
        self.world.state().keys.owner_of(access_key_id).map(str::to_owned)
    }

    pub fn set_key_state(&self, id: &str, state: KeyState) {
        self.world.state().keys.set_state(id, state);
    }

    /// Adds user name and password generated in the IAM console for HTTPS.
    pub fn add_git_credentials(&self, user_name: &str, password: &str, principal_arn: &str) {
        self.world.state().git_credentials.push(GitCredentials {
            user_name: user_name.to_owned(),
            password: password.to_owned(),
            identity: Identity { account: account_of(principal_arn).to_owned(), arn: principal_arn.to_owned() },
        });
    }

    pub fn add_role(&self, role: Role) {
        self.world.state().sts.put(role);
    }

    pub fn add_sso_session(&self, session: SsoSession) {
        self.world.state().sso.put(session);
    }

    /// Expires every access token; refresh tokens stay valid.
    pub fn end_sso_sessions(&self) {
        self.world.state().sso.end_all();
    }

    /// Sets whether the token service answers every refresh with `InvalidGrantException`.
    pub fn refuse_sso_refresh(&self, refuse: bool) {
        self.world.state().sso.refuse_refresh = refuse;
    }

    /// Adds a session of `aws login`, whose refresh token returns keys of this principal.
    pub fn add_login_session(&self, refresh_token: &str, principal_arn: &str) {
        let session = (refresh_token.to_owned(), principal_arn.to_owned());
        self.world.state().signin.sessions.push(session);
    }

    pub fn refuse_login(&self, refusal: Option<LoginRefusal>) {
        self.world.state().signin.refusal = refusal;
    }

    /// Gives the EC2 instance a role.
    pub fn set_instance_role(&self, name: &str, principal_arn: &str) {
        self.world.state().metadata.instance_role =
            Some(InstanceRole { name: name.to_owned(), principal_arn: principal_arn.to_owned() });
    }

    pub fn set_instance_region(&self, region: &str) {
        self.world.state().metadata.instance_region = Some(region.to_owned());
    }

    pub fn set_imds(&self, mode: ImdsMode) {
        self.world.state().metadata.imds_mode = mode;
    }

    /// Gives the container a role, for requests with this `Authorization` header, or for all.
    pub fn set_container_role(&self, principal_arn: &str, authorization: Option<&str>) {
        self.world.state().metadata.container_role = Some(ContainerRole {
            principal_arn: principal_arn.to_owned(),
            authorization: authorization.map(str::to_owned),
        });
    }

    /// Makes every service that issues keys return these, whatever they are, like an answer that was garbled on the
    /// way.
    pub fn hand_out(&self, id: &str, secret: &str, token: &str) {
        self.world.state().handed_out = Some([id, secret, token].map(str::to_owned));
    }

    /// Sets how long keys from the token services are valid (one hour by default), unless the request sets it.
    pub fn set_session_lifetime(&self, lifetime: Duration) {
        self.world.state().session_lifetime = crate::keys::seconds(lifetime.as_secs());
    }
}

/// Repositories and permissions.
impl StandIn {
    /// Creates an empty repository and returns the path of the bare repository.
    ///
    /// # Panics
    ///
    /// If git cannot create it.
    #[allow(clippy::must_use_candidate, reason = "made for its effect as well as for the folder")]
    pub fn create_repository(&self, account: &str, region: &str, name: &str) -> PathBuf {
        self.create(account, region, name, &format!("/{account}/{region}/{name}"))
    }

    /// Creates a repository with one commit on `main`.
    ///
    /// # Panics
    ///
    /// If git cannot create it.
    #[allow(clippy::must_use_candidate, reason = "made for its effect as well as for the folder")]
    pub fn seed_repository(&self, account: &str, region: &str, name: &str) -> PathBuf {
        let path = self.create_repository(account, region, name);
        repository::seed(&self.world.git, &path);
        path
    }

    /// Creates a repository with one commit for a connection, with the URL
    /// `https://codeconnections.<region>.amazonaws.com/git-http/<account>/<region>/<connection>/<owner>/<name>.git`.
    ///
    /// # Panics
    ///
    /// If git cannot create it.
    #[allow(clippy::must_use_candidate, reason = "made for its effect as well as for the folder")]
    pub fn connect_repository(
        &self,
        account: &str,
        region: &str,
        connection: &str,
        owner: &str,
        name: &str,
    ) -> PathBuf {
        let full_name = format!("{connection}/{owner}/{name}.git");
        let folder = format!("/connections/{account}/{region}/{full_name}");
        let path = self.create(account, region, &full_name, &folder);
        repository::seed(&self.world.git, &path);
        path
    }

    /// Sets whether the git service finds a repository by its name with `.git`, too. CodeCommit answers that with 404.
    pub fn serve_dot_git(&self, serve: bool) {
        self.world.state().repositories.dot_git = serve;
    }

    /// Removes a repository; its directory stays until the stand-in stops.
    pub fn remove_repository(&self, account: &str, region: &str, name: &str) {
        self.world.state().repositories.remove(account, region, name);
    }

    fn create(&self, account: &str, region: &str, name: &str, folder: &str) -> PathBuf {
        let path = repository::create(&self.world.git, &self.world.project_root, folder);
        self.world.state().repositories.put(Repository {
            account: account.to_owned(),
            region: region.to_owned(),
            name: name.to_owned(),
            folder: folder.to_owned(),
            encryption: None,
            protected_references: Vec::new(),
        });
        path
    }

    /// Denies an action to a user, a role with its sessions, or (with its root's ARN) an account. `repository` is a
    /// name or `*`.
    pub fn deny(&self, principal_arn: &str, action: Action, repository: &str, tail: DenyTail) {
        self.world.state().policies.deny(principal_arn, action, repository, tail);
    }

    /// Removes a denial.
    pub fn allow(&self, principal_arn: &str, action: Action, repository: &str) {
        self.world.state().policies.allow(principal_arn, action, repository);
    }

    /// Rejects pushes to a reference such as `refs/heads/main`, like a policy on `codecommit:References`.
    pub fn protect_reference(&self, repository: &str, reference: &str) {
        for known in self.world.state().repositories.named_mut(repository) {
            known.protected_references.push(reference.to_owned());
        }
    }

    /// Makes a repository's key fail, or work again.
    pub fn set_encryption(&self, repository: &str, failure: Option<EncryptionFailure>) {
        for known in self.world.state().repositories.named_mut(repository) {
            known.encryption = failure;
        }
    }

    /// Makes a region an opt-in region that no account has enabled: every key is invalid there.
    pub fn disable_region(&self, region: &str) {
        self.world.state().disabled_regions.push(region.to_owned());
    }
}

/// Conditions of the services and the network.
impl StandIn {
    pub fn set_mode(&self, mode: Mode) {
        self.world.state().mode = mode;
    }

    pub fn set_challenge(&self, challenge: Challenge) {
        self.world.state().challenge = challenge;
    }

    pub fn set_empty_password(&self, empty_password: EmptyPassword) {
        self.world.state().empty_password = empty_password;
    }

    /// Sets whether errors of the git service have a body.
    pub fn set_bodies(&self, bodies: bool) {
        self.world.state().bodies = bodies;
    }

    /// Sets how far AWS's clock is ahead of this machine's; also applies to `Date` headers.
    pub fn set_clock_offset(&self, offset: TimeDelta) {
        self.world.state().clock_offset = offset;
    }

    /// Sets the proxy's answer for every host without a specific one.
    pub fn set_proxy(&self, answer: ProxyAnswer) {
        self.world.state().proxy.general = answer;
    }

    /// Sets the proxy's answer for one host.
    pub fn set_proxy_for(&self, host: &str, answer: ProxyAnswer) {
        self.world.state().proxy.set(host, answer);
    }

    /// Replaces every answer of a host, like a proxy that intercepts TLS.
    pub fn fix_answer(&self, host: &str, answer: FixedAnswer) {
        self.world.state().fixed_answers.insert(0, (host.to_owned(), answer));
    }

    /// Restores the host's own answers.
    pub fn unfix_answer(&self, host: &str) {
        self.world.state().fixed_answers.retain(|(fixed, _)| fixed != host);
    }

    /// Routes every connection to a host, after TLS, to another server on this machine, for what HTTP libraries would
    /// not send, such as an endless body.
    pub fn lead(&self, host: &str, server: SocketAddr) {
        self.world.state().led_to.insert(0, (host.to_owned(), server, Spoken::Http1));
    }

    /// The same over HTTP/2, the only protocol offered to the client (RFC 7301).
    pub fn lead_over_http2(&self, host: &str, server: SocketAddr) {
        self.world.state().led_to.insert(0, (host.to_owned(), server, Spoken::Http2));
    }
}
