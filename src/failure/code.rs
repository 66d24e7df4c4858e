//! The codes of failures. CC1xx: requests and URLs. CC2xx: AWS credentials. CC3xx: the machine. CC4xx: refusals of
//! CodeCommit. CC5xx: `setup`. CC6xx: findings of `doctor`.
//!
//! A code never changes its meaning, and its number is never reused.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A kind of failure.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code printed as `text`, such as `CC101`.
            #[must_use]
            pub fn named(text: &str) -> Option<Self> {
                Self::ALL.iter().find(|code| code.as_str() == text).copied()
            }

            /// The code as printed, such as `CC101`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

codes! {
    /// The request has no path: `credential.useHttpPath` is off.
    UseHttpPathOff = "CC101",
    /// The URL starts with `http://`.
    NotHttps = "CC102",
    /// The host is the JSON API's.
    ApiHost = "CC103",
    /// The host names no region and none is configured.
    NoRegion = "CC104",
    /// The region belongs to another partition.
    OtherPartition = "CC105",
    /// A region in the host or in a setting is not a valid region name.
    MalformedRegion = "CC106",
    /// The host looks like a CodeCommit host but is not one.
    LookAlikeHost = "CC107",
    /// The repository's name ends in `.git`.
    DotGit = "CC108",
    /// The path is not `/v1/repos/<name>`.
    NotARepositoryPath = "CC109",
    /// CodeCommit does not allow the repository's name.
    InvalidRepositoryName = "CC110",
    /// The path is not a CodeConnections repository's.
    NotAConnectionPath = "CC111",
    /// The input is not a valid credential request.
    MalformedRequest = "CC112",
    /// The `codecommit::` URL does not name a repository.
    MalformedRemoteUrl = "CC113",
    /// No source of credentials is configured.
    NoCredentials = "CC201",
    /// The profile does not exist.
    ProfileNotFound = "CC202",
    /// The environment has an access key id without a secret access key, or the reverse.
    HalfKeyPair = "CC203",
    /// A shared file has a syntax error.
    ConfigFileSyntax = "CC204",
    /// A profile lacks settings or has contradictory ones.
    ProfileIncomplete = "CC205",
    /// Profiles of roles form a cycle.
    ProfileLoop = "CC206",
    /// There is no SSO session with IAM Identity Center.
    SsoNotSignedIn = "CC207",
    /// The SSO session with IAM Identity Center has expired.
    SsoExpired = "CC208",
    /// IAM Identity Center returned no credentials for the role.
    SsoRefused = "CC209",
    /// `aws login` has to be run.
    LoginNeeded = "CC210",
    /// The `credential_process` returned no credentials.
    CredentialProcess = "CC211",
    /// AWS STS refused to assume the role.
    RoleRefused = "CC212",
    /// The role requires an MFA code.
    MfaNeeded = "CC213",
    /// The web identity token cannot be used.
    WebIdentity = "CC214",
    /// The container credentials endpoint returned no credentials.
    Container = "CC215",
    /// The EC2 instance metadata service (IMDS) returned no credentials.
    InstanceMetadata = "CC216",
    /// The credentials have expired.
    Expired = "CC217",
    /// The keys are not valid.
    UnusableKeys = "CC218",
    /// Session token and access key do not match: a temporary key has no token, or a long-term key has one.
    NoSessionToken = "CC219",
    /// Could not connect to an AWS endpoint.
    Unreachable = "CC220",
    /// The CA bundle cannot be used.
    CaBundle = "CC221",
    /// The proxy setting cannot be used.
    ProxySetting = "CC222",
    /// The configured endpoint of an AWS service is not a valid URL.
    EndpointSetting = "CC223",
    /// A file with credentials exists, or may exist, and cannot be read.
    FileNotReadable = "CC224",
    /// CodeCommit: the access key is unknown, deleted or inactive.
    KeyUnknown = "CC401",
    /// CodeCommit: the secret access key does not belong to the access key id.
    SecretMismatch = "CC402",
    /// CodeCommit: the session token is not valid.
    TokenInvalid = "CC403",
    /// CodeCommit: the region is not enabled for these credentials.
    RegionNotEnabled = "CC404",
    /// CodeCommit: the credentials are of another partition.
    CredentialsOfOtherPartition = "CC405",
    /// The time of a signature was rejected, or this machine's clock is clearly wrong.
    OutOfTime = "CC406",
    /// CodeCommit: the signature was refused, though the credentials are valid.
    SignatureRefused = "CC407",
    /// CodeCommit: no policy allows the action.
    PermissionMissing = "CC411",
    /// CodeCommit: a policy explicitly denies the action.
    ExplicitDeny = "CC412",
    /// CodeCommit: a service or resource control policy (SCP, RCP) denies the action.
    ServiceControlPolicy = "CC413",
    /// CodeCommit: the permissions boundary does not allow the action.
    PermissionsBoundary = "CC414",
    /// CodeCommit: the session policy does not allow the action.
    SessionPolicy = "CC415",
    /// CodeCommit: the VPC endpoint policy does not allow the action.
    VpcEndpointPolicy = "CC416",
    /// CodeCommit: the KMS key cannot be used.
    EncryptionKey = "CC417",
    /// CodeCommit: the repository does not exist in this account and region.
    RepositoryNotFound = "CC421",
    /// CodeCommit: the account is not activated.
    NotActivated = "CC422",
    /// CodeCommit: throttled, and git would repeat the request forever.
    Throttled = "CC423",
    /// CodeCommit: the request was refused and no reason found.
    Unexplained = "CC424",
    /// The answer could not be written.
    AnswerNotWritten = "CC301",
    /// An internal error of this program.
    Unforeseen = "CC302",
    /// `setup`: git or its configuration cannot be read.
    ConfigNotRead = "CC501",
    /// `setup`: git's configuration cannot be changed.
    ConfigNotWritten = "CC502",
    /// `setup`: a question needs an answer and there is no terminal.
    AnswerNeeded = "CC503",
    /// `setup`: the URL is not a CodeCommit URL.
    NotCodeCommitUrl = "CC504",
    /// `setup`: there is no repository whose remotes could be rewritten.
    NoRepository = "CC505",
    /// `setup`: two profiles would share one https URL.
    TwoProfiles = "CC506",
    /// `doctor`: another helper answers first, with credentials that CodeCommit refuses.
    AnotherHelperFirst = "CC601",
    /// `doctor`: the remote's URL has a user name or a password.
    UserInUrl = "CC602",
    /// `doctor`: `.netrc` has an entry for the host.
    Netrc = "CC603",
    /// `doctor`: `http.extraHeader` has an Authorization header.
    ExtraHeader = "CC604",
    /// `doctor`: this helper is not configured for the URL.
    HelperNotConfigured = "CC605",
    /// `doctor`: an SSH remote is not set up.
    SshRemote = "CC606",
    /// `doctor`: the remote helper for a `codecommit::` remote is missing.
    RemoteHelperMissing = "CC607",
    /// `doctor`: a setting is misspelled.
    MisspeltSetting = "CC608",
    /// `doctor`: the helper is configured, but git cannot run it as configured.
    HelperNotStarted = "CC609",
    /// `doctor`: `http.emptyAuth` makes git send an empty user name first.
    EmptyAuth = "CC610",
    /// `doctor`: submodules have `codecommit::` URLs, which git does not allow.
    SubmodulesNotAllowed = "CC611",
    /// `doctor`: another helper has IAM Git credentials without a path, and git asks it with one.
    StoredWithoutPath = "CC612",
    /// `doctor`: CodeCommit refuses the IAM Git credentials that another helper has.
    IamGitCredentialRefused = "CC613",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
