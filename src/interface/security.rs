//! The ways to say who one is, as OpenAPI, Swagger and AsyncAPI declare and ask for them.

use super::model::Scheme;
use super::reader::{At, Reader};

impl<'a> Reader<'a> {
    /// Returns the schemes that are declared at `key` of `at`.
    pub(super) fn schemes(&mut self, at: Option<At<'a>>, key: &str) -> Vec<Scheme> {
        let declared = at.map(|at| at.entries_of(key)).unwrap_or_default();
        let mut schemes = Vec::new();
        for (name, scheme) in declared {
            let Some(scheme) = self.resolve(scheme) else { continue };
            let description = scheme.text("description");
            schemes.push(Scheme { name: name.to_string(), kind: kind(scheme), description });
        }
        schemes
    }
}

/// Returns what a scheme is, in a few words.
fn kind(scheme: At<'_>) -> String {
    let place = || {
        let name = scheme.text("name");
        let place = scheme.text("in");
        match place.as_str() {
            "header" => format!("in the header {name}"),
            "query" => format!("in the query, as {name}"),
            "cookie" => format!("in the cookie {name}"),
            "user" => "as the user".into(),
            "password" => "as the password".into(),
            _ => place,
        }
    };
    match scheme.text("type").as_str() {
        "apiKey" | "httpApiKey" => format!("API key {}", place()).trim().to_string(),
        "basic" => "name and password".into(),
        "userPassword" => "name and password".into(),
        "http" => match scheme.text("scheme").to_ascii_lowercase().as_str() {
            "basic" => "name and password".into(),
            "bearer" => match scheme.text("bearerFormat").as_str() {
                "" => "bearer token".into(),
                format => format!("bearer token ({format})"),
            },
            other => format!("HTTP {other}"),
        },
        "oauth2" => {
            let mut flows: Vec<&str> = scheme.entries_of("flows").into_iter().map(|(name, _)| name).collect();
            let old = scheme.text("flow");
            if !old.is_empty() {
                flows.push(&old);
            }
            let flows: Vec<&str> = flows.into_iter().map(flow).collect();
            format!("OAuth 2, {}", flows.join(" or ")).trim_end_matches(", ").to_string()
        }
        "openIdConnect" => format!("OpenID Connect {}", scheme.text("openIdConnectUrl")).trim().to_string(),
        "mutualTLS" | "X509" => "certificate of the client".into(),
        other => other.to_string(),
    }
}

fn flow(name: &str) -> &str {
    match name {
        "authorizationCode" | "accessCode" => "by authorization code",
        "clientCredentials" | "application" => "by client credentials",
        "implicit" => "implicit",
        "password" => "by password",
        other => other,
    }
}

/// Returns what is asked at the key `security`: one of these, each the names of schemes with their scopes. `None` when
/// nothing is said, which means what is said for all.
pub(super) fn asked(at: At<'_>) -> Option<Vec<String>> {
    at.get("security")?;
    let asked = at.items_of("security").into_iter().map(|one| {
        // AsyncAPI 3 refers to schemes instead of naming them.
        let reference = super::message::reference_name(one);
        if !reference.is_empty() {
            return reference;
        }
        let names = one.entries().map(|(name, scopes)| {
            let scopes: Vec<&str> = scopes.node.items().filter_map(|scope| scope.text()).collect();
            if scopes.is_empty() { name.to_string() } else { format!("{name} ({})", scopes.join(", ")) }
        });
        let names: Vec<String> = names.collect();
        if names.is_empty() { "nobody need say who they are".into() } else { names.join(" and ") }
    });
    Some(asked.collect())
}
