//! Which values are better not shown to whoever looks over the shoulder.

/// What is shown in the place of a secret.
pub const MASK: &str = "••••••••";

/// Parts of names whose values are usually secrets.
const PARTS: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSW",
    "PASSPHRASE",
    "CREDENTIAL",
    "PRIVATE",
    "APIKEY",
    "API_KEY",
    "COOKIE",
    "SIGNATURE",
];
/// Words of names, between `_`, `-` or `.`, whose values usually are.
const WORDS: &[&str] = &["PASS", "PWD", "KEY", "AUTH", "PAT", "PIN"];

/// Whether a variable or field of this name usually holds a secret. `PWD` alone is the working directory.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    upper != "PWD"
        && upper != "OLDPWD"
        && (PARTS.iter().any(|part| upper.contains(part))
            || upper.split(['_', '-', '.']).any(|word| WORDS.contains(&word)))
}

/// A `NAME=value` with its value masked where the name says it is a secret, or where the value is a URL with a
/// password in it.
#[must_use]
pub fn masked(entry: &str) -> String {
    match entry.split_once('=') {
        Some((name, value)) if is_secret_name(name) && !value.is_empty() => format!("{name}={MASK}"),
        Some((name, value)) => format!("{name}={}", without_password(value)),
        None => without_password(entry),
    }
}

/// A text with the passwords of the URLs in it masked: `https://user:password@host`.
#[must_use]
pub fn without_password(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown += before;
        let end =
            after.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'')).unwrap_or(after.len());
        let (authority, further) = after.split_at(end);
        match authority.rsplit_once('@').and_then(|(user, host)| Some((user.split_once(':')?.0, host))) {
            Some((user, host)) => shown.extend([user, ":", MASK, "@", host]),
            None => shown += authority,
        }
        rest = further;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in
            ["SSTATE_MIRROR_TOKEN", "aws_secret_access_key", "DbPassword", "GPG_KEY", "X-Auth", "MYSQL_PWD"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["PATH", "MACHINE", "PWD", "BB_NUMBER_THREADS", "KEYMAP", "AUTHOR", "MONKEY", "COMPASS"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values_are_masked_and_the_rest_stays() {
        assert_eq!(masked("TOKEN=hunter2"), format!("TOKEN={MASK}"));
        assert_eq!(masked("TOKEN="), "TOKEN=");
        assert_eq!(
            masked("MIRROR=https://ada:hunter2@host/x?y"),
            format!("MIRROR=https://ada:{MASK}@host/x?y")
        );
        assert_eq!(masked("URL=https://host/a@b:c"), "URL=https://host/a@b:c");
        assert_eq!(
            without_password("git clone 'http://a:b@c' and http://d:e@f"),
            format!("git clone 'http://a:{MASK}@c' and http://d:{MASK}@f")
        );
    }
}
