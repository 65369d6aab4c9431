//! Calls of a provider's API.

use serde_json::Value;

use super::Provider;
use crate::model::target::Target;
use crate::runtime::outside::{HttpRequest, HttpResponse};

/// An answer of a provider.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl From<HttpResponse> for Answer {
    fn from(response: HttpResponse) -> Self {
        Self { status: response.status, body: response.json() }
    }
}

impl Provider<'_> {
    /// Returns the answer to a question about `path`, whatever its status.
    pub(super) fn ask(&self, path: &str) -> Result<Answer, String> {
        self.send("GET", path, None)
    }

    /// Returns what the provider says about `path`; `None` when there is no such thing.
    pub(super) fn find(&self, path: &str) -> Result<Option<Value>, String> {
        let answer = self.ask(path)?;
        match answer.status {
            404 => Ok(None),
            _ if answer.is_success() => Ok(Some(answer.body)),
            _ => Err(self.refusal(&answer)),
        }
    }

    /// Returns what the provider says about `path`.
    pub(super) fn get(&self, path: &str) -> Result<Value, String> {
        let answer = self.ask(path)?;
        if answer.is_success() { Ok(answer.body) } else { Err(self.refusal(&answer)) }
    }

    /// Returns the answer to a change, whatever its status.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        if self.token().is_none() {
            return Err(format!("{} needs a token for that: none is in PORTAL_TOKEN", self.target));
        }
        self.send("POST", path, Some(body))
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer, String> {
        let mut headers = vec![("User-Agent".to_string(), "portal".to_string())];
        headers.extend(self.accepted().map(|value| ("Accept".to_string(), value.to_string())));
        headers.extend(self.token().map(|token| match self.target {
            Target::GitLab => ("PRIVATE-TOKEN".to_string(), token.to_string()),
            _ => ("Authorization".to_string(), format!("Bearer {token}")),
        }));
        if body.is_some() {
            headers.push(("Content-Type".into(), "application/json".into()));
        }
        let request = HttpRequest {
            method: method.into(),
            url: format!("{}{path}", self.api()),
            headers,
            body: body.map(|body| body.to_string().into_bytes()),
            ..HttpRequest::default()
        };
        let response = self.outside.send(&request).map_err(|reason| self.harmless(&reason))?;
        Ok(response.into())
    }

    /// Returns the address of the API, without a slash at its end.
    fn api(&self) -> String {
        let variable = |name: &str, usual: &str| self.job.variable(name).unwrap_or(usual).to_string();
        let address = match self.target {
            Target::GitHub => variable("GITHUB_API_URL", "https://api.github.com"),
            Target::GitLab => variable("CI_API_V4_URL", "https://gitlab.com/api/v4"),
            Target::Azure => {
                let project = super::encoded(self.job.variable("SYSTEM_TEAMPROJECT").unwrap_or_default());
                format!("{}{project}", self.server())
            }
            Target::Bitbucket => "https://api.bitbucket.org/2.0".into(),
        };
        address.trim_end_matches('/').to_string()
    }

    fn accepted(&self) -> Option<&'static str> {
        Some(match self.target {
            Target::GitHub => "application/vnd.github+json",
            _ => "application/json",
        })
    }

    /// Returns why a call did not work, as a phrase.
    pub(super) fn refusal(&self, answer: &Answer) -> String {
        let said = ["/message", "/error_description", "/error/message", "/error"]
            .iter()
            .map(|pointer| super::text(&answer.body, pointer))
            .find(|said| !said.is_empty());
        let details: Vec<String> =
            super::items(&answer.body, "/errors").map(|error| super::text(error, "/message")).collect();
        let mut said: Vec<String> = said.into_iter().chain(details).filter(|said| !said.is_empty()).collect();
        said.dedup();
        let said = self.harmless(&said.join(": "));
        let server = self.target;
        match (answer.status, said.is_empty()) {
            (status, true) => format!("{server} answers {status}"),
            (status, false) => format!("{server} answers {status}: {said}"),
        }
    }
}
