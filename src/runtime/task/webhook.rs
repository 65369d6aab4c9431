//! Requests that are sent.

use serde_json::Value;
use url::Url;

use super::{Done, Scene};
use crate::runtime::host;
use crate::runtime::outside::{HttpRequest, HttpResponse};
use crate::runtime::setting::text;
use crate::template::Template;

/// The most bytes of an answer that later tasks can read.
const MOST: usize = 32 << 10;

pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    let body = &scene.task.body;
    let at = |key: &str| scene.render_secretly(body.get(key).unwrap_or(&Value::Null));
    let url = text(&at("url")?);
    let chosen = check(body.get("url").unwrap_or(&Value::Null), &url)?;
    let method = Some(text(&at("method")?)).filter(|method| !method.is_empty());
    let method = method.unwrap_or_else(|| "POST".into()).to_ascii_uppercase();
    let mut headers = headers(&at("headers")?)?;
    let body = match at("body")? {
        Value::Null => None,
        Value::String(text) => Some(text.into_bytes()),
        value => {
            default_type(&mut headers);
            Some(value.to_string().into_bytes())
        }
    };
    let answer = scene.setting.outside.send(&HttpRequest { method, url, headers, body, chosen })?;
    let answer = accepted(answer)?;
    let done = Done::saying(format!("the answer is {}", answer.status)).with("status", answer.status);
    if answer.body.len() > MOST {
        return Ok(done);
    }
    let plain = || Value::from(String::from_utf8_lossy(&answer.body).into_owned());
    Ok(done.with("body", serde_json::from_slice(&answer.body).unwrap_or_else(|_| plain())))
}

/// Returns an answer, unless it says that the request came to nothing.
pub(super) fn accepted(answer: HttpResponse) -> Result<HttpResponse, String> {
    match answer.status {
        200..=299 => Ok(answer),
        status @ 300..=399 => {
            Err(format!("the answer is {status}: the address leads elsewhere, which is not followed"))
        }
        status => {
            let said = String::from_utf8_lossy(&answer.body);
            let first = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            let colon = if first.is_empty() { "" } else { ": " };
            let first: String = first.chars().take(300).collect();
            Err(format!("the answer is {status}{colon}{first}"))
        }
    }
}

fn headers(value: &Value) -> Result<Vec<(String, String)>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Object(entries) => {
            let given = entries.iter().filter(|(_, value)| !value.is_null());
            Ok(given.map(|(name, value)| (name.clone(), text(value))).collect())
        }
        _ => Err("`headers` must be a mapping".into()),
    }
}

/// Says that the body is JSON, unless the headers say what it is.
fn default_type(headers: &mut Vec<(String, String)>) {
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("Content-Type".into(), "application/json".into()));
    }
}

/// Returns whether data chose the host of the address `url`, in `template`.
///
/// # Errors
/// When it did, and the host is one that only the runner should ask.
pub(super) fn check(template: &Value, url: &str) -> Result<bool, String> {
    let chosen = template.as_str().is_none_or(is_chosen);
    if chosen {
        host::check(&Url::parse(url).map_err(|error| format!("this is no address: {error}"))?)?;
    }
    Ok(chosen)
}

/// Returns whether data decides which host an address names: when an expression stands in it before its path. A secret
/// is no data: who sets it may choose.
fn is_chosen(template: &str) -> bool {
    let Ok(compiled) = Template::compile(template) else { return true };
    let from = template.find("://").map_or(0, |at| at + 3);
    let expressions = |before: usize| {
        let found: Vec<_> = compiled.expressions().filter(|it| it.offset < before).collect();
        found.iter().any(|expression| !is_secret(&expression.source))
    };
    // The first slash that is not inside an expression ends the host.
    let spans: Vec<(usize, usize)> =
        compiled.expressions().map(|it| (it.offset, it.offset + it.source.len())).collect();
    let outside = |at: usize| !spans.iter().any(|(start, end)| (*start..*end).contains(&at));
    let end =
        template[from..].match_indices(['/', '?', '#']).map(|(at, _)| at + from).find(|&at| outside(at));
    expressions(end.unwrap_or(template.len()))
}

/// Returns whether an expression is a secret and nothing else: `.secrets.NAME`.
fn is_secret(source: &str) -> bool {
    let Some(rest) = source.trim().strip_prefix(".secrets") else { return false };
    let name = rest.strip_prefix('.').or_else(|| rest.strip_prefix("[\"")?.strip_suffix("\"]"));
    name.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    })
}

/// Sends a value as JSON; `chosen` when data chose the host.
pub(super) fn post(scene: &Scene<'_>, url: &str, chosen: bool, body: &Value) -> Result<(), String> {
    let mut headers = Vec::new();
    default_type(&mut headers);
    let body = Some(body.to_string().into_bytes());
    let request = HttpRequest { method: "POST".into(), url: url.to_string(), headers, body, chosen };
    accepted(scene.setting.outside.send(&request)?).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_must_not_choose_the_host() {
        for (url, chosen) in [
            ("https://a.example/x", false),
            ("https://a.example/{{ .inputs.path }}", false),
            ("https://a.example?x={{ .inputs.path }}", false),
            ("https://{{ .inputs.host }}/x", true),
            ("https://a.example{{ .inputs.port }}/x", true),
            ("https://a.{{ .inputs.tld }}", true),
            ("{{ .inputs.url }}", true),
            ("{{ .inputs.url | sub(\"/\"; \"\") }}/x", true),
            ("{{ .secrets.HOOK }}", false),
            ("{{ .secrets[\"my-hook\"] }}", false),
            ("{{ .secrets.HOOK + .inputs.x }}", true),
            ("https://{{ .secrets.HOST }}/{{ .inputs.x }}", false),
        ] {
            assert_eq!(is_chosen(url), chosen, "{url}");
        }
    }
}
