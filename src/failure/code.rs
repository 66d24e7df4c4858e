//! The codes. CC1xx: what git asked for. CC2xx: AWS credentials. CC3xx: the machine. CC4xx: what CodeCommit refused.
//! CC5xx: setting up. CC6xx: what only `doctor` sees.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A kind of failure.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code that is printed so.
            #[must_use]
            pub fn named(text: &str) -> Option<Self> {
                Self::ALL.iter().find(|code| code.as_str() == text).copied()
            }

            /// The code as it is printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

codes! {
    /// No path: `credential.useHttpPath` is off.
    UseHttpPathOff = "CC101",
    /// `http://`.
    NotHttps = "CC102",
    /// The host of the API.
    ApiHost = "CC103",
    /// No region in the host and none configured.
    NoRegion = "CC104",
    /// The region belongs to another partition.
    OtherPartition = "CC105",
    /// What stands in the region's place is none.
    MalformedRegion = "CC106",
    /// Looks like a CodeCommit host and is none.
    LookAlikeHost = "CC107",
    /// `.git` at the end of the repository's name.
    DotGit = "CC108",
    /// Not `/v1/repos/<name>`.
    NotARepositoryPath = "CC109",
    /// A name that CodeCommit does not allow.
    InvalidRepositoryName = "CC110",
    /// Not a path of CodeConnections.
    NotAConnectionPath = "CC111",
    /// No request at all.
    MalformedRequest = "CC112",
    /// Not a `codecommit::` URL that names a repository.
    MalformedRemoteUrl = "CC113",
    /// No source of credentials is configured.
    NoCredentials = "CC201",
    /// The profile does not exist.
    ProfileNotFound = "CC202",
    /// Half a key pair in the environment.
    HalfKeyPair = "CC203",
    /// A shared file breaks the syntax.
    ConfigFileSyntax = "CC204",
    /// A profile lacks settings or contradicts itself.
    ProfileIncomplete = "CC205",
    /// Role profiles that lead back to each other.
    ProfileLoop = "CC206",
    /// Not signed in to IAM Identity Center.
    SsoNotSignedIn = "CC207",
    /// The sign-in to IAM Identity Center is over.
    SsoExpired = "CC208",
    /// IAM Identity Center gives no credentials for the role.
    SsoRefused = "CC209",
    /// `aws login` is needed.
    LoginNeeded = "CC210",
    /// `credential_process` gave no credentials.
    CredentialProcess = "CC211",
    /// STS refused to open a role.
    RoleRefused = "CC212",
    /// The role asks for an MFA code.
    MfaNeeded = "CC213",
    /// The web identity token cannot be used.
    WebIdentity = "CC214",
    /// The container endpoint gave no credentials.
    Container = "CC215",
    /// The instance metadata service gave no credentials.
    InstanceMetadata = "CC216",
    /// The credentials are over.
    Expired = "CC217",
    /// The keys cannot be any.
    UnusableKeys = "CC218",
    /// The session token and the access key do not match: a temporary key without one, or a long-term key with one.
    NoSessionToken = "CC219",
    /// An AWS endpoint cannot be reached.
    Unreachable = "CC220",
    /// The CA bundle cannot be used.
    CaBundle = "CC221",
    /// The proxy setting cannot be used.
    ProxySetting = "CC222",
    /// The configured endpoint of an AWS service is no URL.
    EndpointSetting = "CC223",
    /// A file of credentials is there, or may be, and cannot be read.
    FileNotReadable = "CC224",
    /// CodeCommit: the access key is unknown, deleted or inactive.
    KeyUnknown = "CC401",
    /// CodeCommit: the secret does not belong to the key.
    SecretMismatch = "CC402",
    /// CodeCommit: the session token is not valid.
    TokenInvalid = "CC403",
    /// CodeCommit: the region is not enabled for these credentials.
    RegionNotEnabled = "CC404",
    /// CodeCommit: the credentials are of another partition.
    CredentialsOfOtherPartition = "CC405",
    /// CodeCommit: the signature is out of time.
    OutOfTime = "CC406",
    /// CodeCommit: the signature is refused, though the credentials are valid.
    SignatureRefused = "CC407",
    /// CodeCommit: a permission is missing.
    PermissionMissing = "CC411",
    /// CodeCommit: a policy explicitly denies.
    ExplicitDeny = "CC412",
    /// CodeCommit: a control policy of the organization forbids.
    ServiceControlPolicy = "CC413",
    /// CodeCommit: the permissions boundary does not allow.
    PermissionsBoundary = "CC414",
    /// CodeCommit: the session policy does not allow.
    SessionPolicy = "CC415",
    /// CodeCommit: the VPC endpoint's policy does not allow.
    VpcEndpointPolicy = "CC416",
    /// CodeCommit: the KMS key cannot be used.
    EncryptionKey = "CC417",
    /// CodeCommit: no such repository in this account and region.
    RepositoryNotFound = "CC421",
    /// CodeCommit: the account is not activated.
    NotActivated = "CC422",
    /// CodeCommit: throttled, and git would not stop.
    Throttled = "CC423",
    /// CodeCommit: refused without a reason.
    Unexplained = "CC424",
    /// The answer could not be written.
    AnswerNotWritten = "CC301",
    /// A case that this program does not know.
    Unforeseen = "CC302",
    /// `setup`: git or its configuration cannot be read.
    ConfigNotRead = "CC501",
    /// `setup`: git's configuration cannot be changed.
    ConfigNotWritten = "CC502",
    /// `setup`: there is a question and nobody to answer it.
    AnswerNeeded = "CC503",
    /// `setup`: the URL is none of CodeCommit's.
    NotCodeCommitUrl = "CC504",
    /// `setup`: there is no repository to rewrite the remotes of.
    NoRepository = "CC505",
    /// `setup`: one https URL, and two profiles for it.
    TwoProfiles = "CC506",
    /// Doctor: another helper answers first, with what CodeCommit refuses.
    AnotherHelperFirst = "CC601",
    /// Doctor: a user name or a password in the remote's URL.
    UserInUrl = "CC602",
    /// Doctor: `.netrc` answers.
    Netrc = "CC603",
    /// Doctor: `http.extraHeader` carries an authorization.
    ExtraHeader = "CC604",
    /// Doctor: this helper is not configured for the URL.
    HelperNotConfigured = "CC605",
    /// Doctor: an SSH remote that is not set up.
    SshRemote = "CC606",
    /// Doctor: a `codecommit::` remote without its remote helper.
    RemoteHelperMissing = "CC607",
    /// Doctor: a misspelt setting.
    MisspeltSetting = "CC608",
    /// Doctor: the helper is configured, and cannot be started so.
    HelperNotStarted = "CC609",
    /// Doctor: an empty user name is sent first.
    EmptyAuth = "CC610",
    /// Doctor: submodules with `codecommit::` URLs, which git does not allow.
    SubmodulesNotAllowed = "CC611",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
