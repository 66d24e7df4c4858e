//! Recognizes a placeholder instead of a key: a reference that was not expanded, the words of a tutorial, a masked
//! value, or what a program prints for a missing value.
//!
//! Compares only the written form: no real key has one of these forms. A secret access key is 40 characters of base64,
//! a session token is base64, an access key id letters and digits (IAM API Reference, `AccessKey`). Short words that
//! emulators of AWS accept, such as `test`, are not placeholders.

use super::value::is_of_real_form;

/// The kinds of placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// A reference that was not expanded, in its language's notation, such as `${NAME}`.
    Reference(&'static str),
    /// The address of a secret in a secret store, such as `op://…` or the ARN of a secret.
    InAStore,
    /// An encrypted value, by Ansible, sops, KMS and others.
    Encrypted,
    /// Words of a tutorial or a template, such as `YOUR_ACCESS_KEY_ID`, `xxxx` or `CHANGEME`.
    Words,
    /// A masked value from a log or report: `***`, `[MASKED]`, `AKIA…MPLE`.
    Masked,
    /// What programs print for a missing value: `null`, `None`, `undefined`.
    Nothing,
}

/// The kind of placeholder that `text` is. `text` has no surrounding blanks and quotes.
pub(super) fn placeholder(text: &str) -> Option<Placeholder> {
    // Before the references: `[REDACTED]` also is a word in brackets, and `{cipher}` starts an encrypted value.
    if is_masked(text) {
        return Some(Placeholder::Masked);
    }
    if is_filler(text) {
        return Some(Placeholder::Words);
    }
    if is_of_real_form(text) {
        return None;
    }
    if is_nothing(text) {
        return Some(Placeholder::Nothing);
    }
    if is_encrypted(text) {
        return Some(Placeholder::Encrypted);
    }
    if is_in_a_store(text) {
        return Some(Placeholder::InAStore);
    }
    if let Some(form) = reference(text) {
        return Some(Placeholder::Reference(form));
    }
    is_words(text).then_some(Placeholder::Words)
}

/// `xxxx`, `********` and `AKIAXXXXXXXXXXXXXXXX`. `AKIADEVXXXXXXXXXXXXX` may be an emulator's key.
fn is_filler(text: &str) -> bool {
    let rest = ["AKIA", "ASIA"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let is_sign = |c: char| "xX._-#?".contains(c);
    // A random key has ten of these in a row with a probability of 1 in 10^13.
    let crosses = |letter: char| text.split(|c| c != letter).any(|run| run.len() >= 10);
    rest.chars().count() >= 3 && rest.chars().all(is_sign) || text.len() == 40 && (crosses('x') || crosses('X'))
}

fn is_masked(text: &str) -> bool {
    // `aws configure list` masks a key as `****************MPLE`, this program as `AKIA…MPLE`.
    let inner = inner(text).to_ascii_lowercase();
    let hidden =
        ["redacted", "masked", "hidden", "sensitive", "sensitive value", "secret value", "removed", "censored"];
    let is_cut = |mark: &str| {
        text.starts_with(mark)
            || text.ends_with(mark)
            || text.contains(mark) && ["AKIA", "ASIA"].iter().any(|prefix| text.starts_with(prefix))
    };
    is_cut("***") || is_cut("...") || text.contains(['•', '●', '∙', '█', '⬤', '…']) || hidden.contains(&&*inner)
}

fn is_nothing(text: &str) -> bool {
    let inner = inner(text).to_ascii_lowercase();
    let nothing = [
        "null",
        "nil",
        "none",
        "undefined",
        "nan",
        "n/a",
        "unset",
        "not set",
        "not_set",
        "not-set",
        "no value",
        "<nil>",
        "object object",
        "empty",
    ];
    nothing.contains(&&*inner)
}

fn is_encrypted(text: &str) -> bool {
    // `AQICAH` is how the base64 of KMS ciphertext (symmetric key) starts.
    let starts = [
        "ENC[",
        "ENC(",
        "$ANSIBLE_VAULT",
        "!vault",
        "{cipher}",
        "vault:v1:",
        "kms:",
        "-----BEGIN PGP MESSAGE",
        "AQICAH",
        "AgECAH",
        "!encrypted",
        "secure:",
    ];
    starts.iter().any(|start| text.starts_with(start))
}

fn is_in_a_store(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let arn = lower.strip_prefix("arn:").and_then(|arn| arn.split_once(':')).map(|(_, service)| service);
    if arn.is_some_and(|service| ["secretsmanager:", "ssm:", "kms:"].iter().any(|name| service.starts_with(name))) {
        return true;
    }
    let starts = [
        "op:",
        "ssm:",
        "vault:",
        "secretsmanager:",
        "secretmanager:",
        "awssm:",
        "awsssm:",
        "aws-ssm:",
        "aws-sm:",
        "sm:",
        "gsm:",
        "gcpsm:",
        "akv:",
        "keyvault:",
        "azurekeyvault:",
        "keyring:",
        "keychain:",
        "env:",
        "ref+",
        "bws:",
        "bw:",
        "lpass:",
        "doppler:",
        "infisical:",
        "bao:",
        "chamber:",
        "secret:",
        "@microsoft.keyvault",
        "parameterstore:",
        "aws_ssm:",
        "resolve:",
        "{{resolve:",
        "sops:",
        "pass:",
        "gopass:",
        "berglas:",
        "conjur:",
    ];
    let is_address = lower.split_once("://").is_some_and(|(scheme, _)| {
        !["http", "https", "ssh", "codecommit", "file"].contains(&scheme)
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-_".contains(&byte))
    });
    let in_google = lower.starts_with("projects/") && lower.contains("/secrets/");
    let in_parameters = lower.starts_with("/aws/reference/secretsmanager/");
    is_address || in_google || in_parameters || starts.iter().any(|start| lower.starts_with(start))
}

/// The notation of a reference, with `NAME` for the name in it.
fn reference(text: &str) -> Option<&'static str> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    // Around the whole value, or inside it around a name. Random text between two brackets is not a name.
    let around = [
        ("${{", "}}", "${{ NAME }}"),
        ("{{", "}}", "{{ NAME }}"),
        ("{%", "%}", "{% NAME %}"),
        ("<%", "%>", "<% NAME %>"),
        ("$((", "))", "$((NAME))"),
        ("$(", ")", "$(NAME)"),
        ("$[", "]", "$[NAME]"),
        ("${", "}", "${NAME}"),
        ("#{", "}#", "#{NAME}#"),
        ("#{", "}", "#{NAME}"),
        ("((", "))", "((NAME))"),
        ("[[", "]]", "[[NAME]]"),
    ];
    for (opens, closes, form) in around {
        if text.strip_prefix(opens).is_some_and(|rest| rest.ends_with(closes)) {
            return Some(form);
        }
    }
    let is_inside = |opens: &str, closes: &str| {
        let rest = text.find(opens).map(|at| &text[at + opens.len()..]);
        rest.and_then(|rest| rest.split_once(closes)).is_some_and(|(name, _)| name.len() >= 3 && is_name(name.trim()))
    };
    for (opens, closes, form) in [("{{", "}}", "{{ NAME }}"), ("${", "}", "${NAME}")] {
        if is_inside(opens, closes) {
            return Some(form);
        }
    }
    let brackets = [("<", ">", "<NAME>"), ("[", "]", "[NAME]"), ("(", ")", "(NAME)"), ("{", "}", "{NAME}")];
    let is_text = |text: &str| {
        text.contains(|c: char| c.is_alphabetic()) && text.chars().all(|c| c.is_alphanumeric() || "_-./' ,".contains(c))
    };
    let signs = [
        ("%", "%", "%NAME%"),
        ("!", "!", "!NAME!"),
        ("@", "@", "@NAME@"),
        ("#", "#", "#NAME#"),
        ("__", "__", "__NAME__"),
    ];
    let between = |(opens, closes, _): &(&str, &str, _)| text.strip_prefix(opens)?.strip_suffix(closes);
    let in_brackets = brackets.into_iter().find(|pair| between(pair).is_some_and(is_text));
    let in_signs = signs.into_iter().find(|pair| between(pair).is_some_and(is_name));
    if let Some((_, _, form)) = in_brackets.or(in_signs) {
        return Some(form);
    }
    if text.strip_prefix("$env:").or_else(|| text.strip_prefix("$Env:")).is_some_and(is_name) {
        return Some("$env:NAME");
    }
    if text.strip_prefix('$').is_some_and(is_name) {
        return Some("$NAME");
    }
    // Opened but not closed: the value may have been cut at a blank.
    if let Some((_, _, form)) = around.into_iter().take(4).find(|(opens, _, _)| text.starts_with(opens)) {
        return Some(form);
    }
    // An expression of a configuration language, without the delimiters that mark it as one.
    let expressions = [
        ("secrets.", "secrets.NAME"),
        ("vars.", "vars.NAME"),
        ("env.", "env.NAME"),
        ("var.", "var.NAME"),
        ("inputs.", "inputs.NAME"),
        ("params.", "params.NAME"),
        (".Values.", ".Values.NAME"),
        ("process.env.", "process.env.NAME"),
        ("os.environ", "os.environ[NAME]"),
        ("os.getenv", "os.getenv(NAME)"),
        ("ENV[", "ENV[NAME]"),
        ("!Ref ", "!Ref NAME"),
        ("!Sub ", "!Sub NAME"),
        ("!secret ", "!secret NAME"),
        ("!reference ", "!reference NAME"),
    ];
    let named =
        |start: &str| text.strip_prefix(start).is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()));
    expressions.into_iter().find(|(start, _)| named(start)).map(|(_, form)| form)
}

/// Whether a person was asked to replace it. Single words such as `test`, `secret` or `minioadmin` are emulators' keys.
fn is_words(text: &str) -> bool {
    if text.len() > 100 || text.contains(|c: char| !c.is_ascii_alphanumeric() && !"_-. /:".contains(c)) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.concat();
    // The setting's name instead of its value.
    let names = ["awsaccesskeyid", "awssecretaccesskey", "awssessiontoken", "awssecuritytoken"];
    let spaced = ["access key id", "secret access key", "session token", "access key", "secret key"];
    let marks =
        ["placeholder", "todo", "fixme", "tbd", "changeme", "changeit", "replaceme", "insertme", "fillme", "your"];
    let starts = [
        "your",
        "changeme",
        "changethis",
        "changeit",
        "replaceme",
        "replacethis",
        "replacewith",
        "insertyour",
        "enteryour",
        "putyour",
        "pasteyour",
        "addyour",
        "fillme",
        "fillin",
        "tobereplaced",
        "tobefilled",
        "tobeset",
    ];
    let asks = ["insert", "enter", "paste", "put", "replace", "change", "fill", "type", "provide", "specify"];
    let several = words.len() > 1;
    words.iter().any(|word| marks.contains(word) || word.len() >= 3 && word.bytes().all(|byte| byte == b'x'))
        || starts.iter().any(|start| joined.starts_with(start))
        || names.contains(&&*joined)
        || spaced.contains(&&*lower)
        || several && words.first().is_some_and(|first| asks.contains(first))
        || several && words.last() == Some(&"here")
        || ["keyhere", "idhere", "tokenhere", "secrethere"].iter().any(|end| joined.ends_with(end))
}

/// The text between one pair of brackets, if there is one.
fn inner(text: &str) -> &str {
    [('<', '>'), ('[', ']'), ('(', ')'), ('{', '}')]
        .iter()
        .find_map(|&(opens, closes)| text.strip_prefix(opens)?.strip_suffix(closes))
        .unwrap_or(text)
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_to_be_replaced_is_known_by_its_form() {
        for (texts, placeholder) in [
            (&["${AWS_ACCESS_KEY_ID}", "${var.key}", "x${KEY}y", "${KEY:-}"][..], Placeholder::Reference("${NAME}")),
            (&["$AWS_ACCESS_KEY_ID", "$key"], Placeholder::Reference("$NAME")),
            (&["$(AWS_ACCESS_KEY_ID)", "$(cat file)"], Placeholder::Reference("$(NAME)")),
            (&["$env:AWS_KEY"], Placeholder::Reference("$env:NAME")),
            (&["%AWS_ACCESS_KEY_ID%"], Placeholder::Reference("%NAME%")),
            (&["!AWS_ACCESS_KEY_ID!"], Placeholder::Reference("!NAME!")),
            (&["${{ secrets.KEY }}", "${{secrets.KEY}}"], Placeholder::Reference("${{ NAME }}")),
            (&["{{ secrets.KEY }}", "{{ .Values.key }}", "{{"], Placeholder::Reference("{{ NAME }}")),
            (&["<YOUR_KEY>", "<key_ID>", "<your access key>"], Placeholder::Reference("<NAME>")),
            (&["[YOUR KEY]"], Placeholder::Reference("[NAME]")),
            (&["((aws-key))"], Placeholder::Reference("((NAME))")),
            (&["#{AwsKey}"], Placeholder::Reference("#{NAME}")),
            (&["#{AwsKey}#"], Placeholder::Reference("#{NAME}#")),
            (&["__AWS_KEY__"], Placeholder::Reference("__NAME__")),
            (&["@AWS_KEY@"], Placeholder::Reference("@NAME@")),
            (&["<%= ENV['KEY'] %>"], Placeholder::Reference("<% NAME %>")),
            (&["secrets.AWS_KEY"], Placeholder::Reference("secrets.NAME")),
            (&["process.env.AWS_KEY"], Placeholder::Reference("process.env.NAME")),
            (
                &[
                    "op://vault/item/key",
                    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x",
                    "arn:aws-cn:ssm:cn-north-1:111122223333:parameter/x",
                    "ssm:/prod/key",
                    "vault:secret/data/aws#key",
                    "ref+awsssm://x",
                    "projects/1/secrets/x/versions/latest",
                ],
                Placeholder::InAStore,
            ),
            (&["ENC[AES256_GCM,data:x]", "$ANSIBLE_VAULT;1.1;AES256", "{cipher}0123"], Placeholder::Encrypted),
            (
                &[
                    "YOUR_ACCESS_KEY_ID",
                    "your-key-here",
                    "yourAccessKey",
                    "AKIA_YOUR_KEY",
                    "xxxx",
                    "XXXXXXXXXXXXXXXXXXXX",
                    "AKIAXXXXXXXXXXXXXXXX",
                    "CHANGEME",
                    "change-me",
                    "REPLACE_ME",
                    "INSERT_KEY",
                    "TODO",
                    "PLACEHOLDER",
                    "no-value-here",
                    "AWS_ACCESS_KEY_ID",
                    "aws_secret_access_key",
                    "Secret access key",
                    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                    "YOURSECRETACCESSKEYGOESHEREXXXXXXXXXXXXX",
                ],
                Placeholder::Words,
            ),
            (
                &["****************MPLE", "[MASKED]", "AKIA…MPLE", "AKIA...", "••••••••", "(sensitive value)"],
                Placeholder::Masked,
            ),
            (
                &["null", "None", "undefined", "nil", "<nil>", "(null)", "[object Object]", "<not set>"],
                Placeholder::Nothing,
            ),
        ] {
            for text in texts {
                assert_eq!(super::placeholder(text), Some(placeholder), "{text}");
            }
        }
    }

    #[test]
    fn neither_a_real_key_nor_that_of_a_stand_in_is_taken_for_one() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIADEVXXXXXXXXXXXXX",
            "ASIAYOURKEYHERE12345",
            "LKIAQAAAAAAAVNCBMPNS",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "yourSECRETACCESSKEY/MDENG/bPxRfiCYTODO12",
            "IQoJb3JpZ2luX2VjELT//////////wEaCXVz+LWVhc3Q=%41=",
            "test",
            "testing",
            "minioadmin",
            "AKIDEXAMPLE",
            "foo",
            "bar",
            "s",
            "x",
            "xx",
            "secret",
            "secret_key",
            "access_key",
            "mysecret",
            "dummy",
            "fakeMyKeyId",
            "key",
            "t$HOME;",
            "session-token/+=",
            "left-over",
            "AKIDDEV",
            "localstack",
            "a%b",
            "id",
            "ab",
            "nonesuch",
        ] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }

    #[test]
    fn keys_of_chance_are_never_placeholders() {
        // A fixed generator, so that every run has the same texts.
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut next = move |bound: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % bound as u64).expect("small")
        };
        let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain("+/".chars()).collect();
        for _ in 0..2_000 {
            let secret: String = (0..40).map(|_| alphabet[next(64)]).collect();
            assert_eq!(placeholder(&secret), None, "{secret}");
            let capitals: Vec<char> = ('A'..='Z').chain('2'..='7').collect();
            let id: String = "AKIA".chars().chain((0..16).map(|_| capitals[next(32)])).collect();
            assert_eq!(placeholder(&id), None, "{id}");
            let token: String = "IQoJ".chars().chain((0..600).map(|_| alphabet[next(64)])).collect();
            assert_eq!(placeholder(&token), None, "{token}");
        }
    }
}
