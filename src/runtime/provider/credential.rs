//! The token: how it is shown to a provider, and kept from everybody else.

use super::Provider;
use crate::model::target::Target;
use crate::printable::shown;

/// The variable that holds the token of the provider.
const TOKEN: &str = "PORTAL_TOKEN";

impl Provider<'_> {
    /// Returns the token, if there is one.
    pub(super) fn token(&self) -> Option<&str> {
        self.job.variable(TOKEN)
    }

    /// Returns the environment variables by which `git` shows the token to the server of the repository and to no
    /// other: after those that are set already, and none without a token.
    pub fn git_env(&self) -> Vec<(String, String)> {
        let Some(token) = self.token() else { return Vec::new() };
        let basic =
            |user: &str| format!("Authorization: Basic {}", base64(format!("{user}:{token}").as_bytes()));
        let header = match self.target {
            Target::GitHub => basic("x-access-token"),
            Target::GitLab => basic("oauth2"),
            Target::Azure => format!("Authorization: Bearer {token}"),
            Target::Bitbucket => basic("x-token-auth"),
        };
        let count: usize =
            self.job.variable("GIT_CONFIG_COUNT").and_then(|count| count.parse().ok()).unwrap_or(0);
        vec![
            ("GIT_CONFIG_COUNT".into(), (count + 1).to_string()),
            (format!("GIT_CONFIG_KEY_{count}"), format!("http.{}.extraHeader", self.server())),
            (format!("GIT_CONFIG_VALUE_{count}"), header),
            // A job has nobody to ask.
            ("GIT_TERMINAL_PROMPT".into(), "0".into()),
        ]
    }

    /// Returns the address of the server, ending in a slash.
    pub(super) fn server(&self) -> String {
        let (variable, usual) = match self.target {
            Target::GitHub => ("GITHUB_SERVER_URL", "https://github.com"),
            Target::GitLab => ("CI_SERVER_URL", "https://gitlab.com"),
            Target::Azure => ("SYSTEM_COLLECTIONURI", "https://dev.azure.com"),
            Target::Bitbucket => ("", "https://bitbucket.org"),
        };
        format!("{}/", self.job.variable(variable).unwrap_or(usual).trim_end_matches('/'))
    }

    /// Returns what a program or a provider said, on one line, harmless, and without the token.
    pub fn harmless(&self, said: &str) -> String {
        let mut said = said.trim().to_string();
        let secrets = self.git_env().into_iter().filter(|(name, _)| name.starts_with("GIT_CONFIG_VALUE"));
        let header = secrets.filter_map(|(_, value)| value.rsplit(' ').next().map(String::from));
        for secret in header.chain(self.token().map(String::from)) {
            said = said.replace(&secret, "***");
        }
        shown(&said)
    }
}

/// Returns bytes as Base64, RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let six = (bits >> (18 - 6 * at)) & 63;
            let padding = at > three.len();
            text.push(if padding { '=' } else { char::from(ALPHABET[six as usize]) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xff, 0xef, 0xbe]), "/+++");
    }
}
