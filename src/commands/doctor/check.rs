//! The checks, each with the name that tools go by, in the order in which their problems bite. Pure.

macro_rules! checks {
    ($($name:ident = $id:literal, $about:literal;)*) => {
        /// A check. The order is that in which a git command meets them: a problem keeps those below it from being reached, so
        /// the first one is the one to solve.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Check { $(#[doc = $about] $name,)* }

        impl Check {
            /// Every check, in that order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in `--json`. It never changes its meaning.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What is checked, for the documentation.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)* }
            }
        }
    };
}

checks! {
    Version = "git-version", "git runs, and what its version lacks";
    Remote = "remote", "the remote that is checked";
    OtherRemote = "other-remote", "further remotes on CodeCommit, which are not checked";
    Rewriting = "url-rewriting", "`url.<base>.insteadOf` and `pushInsteadOf`";
    Url = "url", "the URL is a valid CodeCommit URL";
    Region = "region", "the region, and what sets it";
    RemoteHelper = "remote-helper", "the program that git runs for `codecommit::` URLs";
    Ssh = "ssh", "the remote is reached over SSH";
    SshUser = "ssh-user", "`User` in `~/.ssh/config`";
    SshIdentityFile = "ssh-identity-file", "`IdentityFile` in `~/.ssh/config`";
    SshConfig = "ssh-config", "the part of `~/.ssh/config` that is not evaluated";
    SslVerify = "ssl-verify", "`http.sslVerify` is on";
    Connection = "connection", "a TLS connection to the host";
    GitConnection = "git-connection", "the same by git, if the connection failed";
    ExtraHeader = "extra-header", "`http.extraHeader` sends no Authorization header";
    PasswordInUrl = "password-in-url", "a password in the URL";
    Netrc = "netrc", "an entry for the host in `~/.netrc`";
    UserInUrl = "user-in-url", "a user name in the URL";
    EmptyAuth = "empty-auth", "`http.emptyAuth`";
    EarlierHelper = "earlier-helper", "the helpers that git asks before this one";
    Helper = "helper", "this helper is configured, and git can run it";
    MisspeltSetting = "misspelled-setting", "unknown settings in `credential` sections";
    UseHttpPath = "use-http-path", "`credential.useHttpPath`";
    OtherHelper = "other-helper", "the helpers that git asks after this one";
    StoredWithoutPath = "stored-without-path", "IAM Git credentials that another helper has without a path";
    UserName = "user-name", "a user name in the URL that is also the name of a profile";
    Profile = "profile", "the profile, and what sets it";
    Keys = "credentials", "the AWS credentials, and their source";
    Identity = "identity", "the caller identity, from AWS STS";
    Clock = "clock", "this machine's clock, beside the Date header of AWS";
    Endpoint = "endpoint", "the region and the kind of endpoint";
    Fetch = "fetch", "whether CodeCommit allows a fetch";
    Push = "push", "whether CodeCommit allows a push";
    GitRequest = "git-request", "whether CodeCommit accepts what git would send now";
    PushUrl = "push-url", "a separate URL for pushes";
    Submodules = "submodules", "`protocol.codecommit.allow`, if a submodule has a `codecommit::` URL";
    SubmoduleProfile = "submodule-profile", "relative URLs of submodules, which lose the profile";
}
