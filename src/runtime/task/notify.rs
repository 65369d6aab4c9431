//! Messages to people: Slack, Microsoft Teams, an address that takes JSON, an issue.
//!
//! The message is Markdown. In Slack's language three characters have a meaning that data must not have: a `<!channel>`
//! that somebody entered is text.

use serde_json::{Value, json};

use super::{Done, Scene, webhook};
use crate::procedure::{SLACK_SECRET, TEAMS_SECRET};
use crate::runtime::setting::text;

pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    let (title, message) = (scene.text_at("title")?, scene.text_at("message")?);
    let channels: [(&str, Send); 4] =
        [("slack", slack), ("teams", teams), ("webhook", address), ("issue", issue)];
    let wanted = channels.iter().filter(|(key, _)| scene.task.body.get(key).is_some());
    let mut done = Done::default();
    let (mut said, mut failures) = (Vec::new(), Vec::new());
    // One way that does not work keeps no message from the others.
    for (key, send) in wanted {
        match send(scene, &title, &message) {
            Ok(what) => {
                said.push(what.message);
                done.outputs.extend(what.link.map(|link| ("link".to_string(), Value::from(link))));
            }
            Err(why) => failures.push(format!("`{key}`: {why}")),
        }
    }
    if !failures.is_empty() {
        return Err(failures.join("; "));
    }
    if said.is_empty() {
        return Err("it says nobody to notify: `slack`, `teams`, `webhook` or `issue`".into());
    }
    Ok(Done { message: Some(said.join(", ")), ..done })
}

type Send = fn(&Scene<'_>, &str, &str) -> Result<Sent, String>;

/// A message that was sent.
struct Sent {
    message: String,
    link: Option<String>,
}

impl Sent {
    fn to(whom: &str) -> Self {
        Self { message: format!("sent to {whom}"), link: None }
    }
}

fn slack(scene: &Scene<'_>, title: &str, message: &str) -> Result<Sent, String> {
    let channel = scene.text_at("slack")?;
    webhook::post(scene, scene.secret(SLACK_SECRET)?, false, &slack_body(&channel, title, message))?;
    Ok(Sent::to(&format!("Slack {channel}")))
}

/// Returns the body for an incoming webhook of Slack (https://api.slack.com/messaging/webhooks). Names of channels and
/// people in it are no links, which is what would notify them.
fn slack_body(channel: &str, title: &str, message: &str) -> Value {
    let text = match title {
        "" => mrkdwn(message),
        title => format!("*{}*\n{}", mrkdwn(title).replace('*', ""), mrkdwn(message)),
    };
    let mut body = json!({"text": text, "link_names": false, "unfurl_links": false});
    if !channel.is_empty() {
        body["channel"] = channel.into();
    }
    body
}

/// Returns Markdown as Slack has it (https://api.slack.com/reference/surfaces/formatting): three characters as what
/// stands for them, bold with one star. A link is its text and its address, so that nobody is led elsewhere than they
/// read.
fn mrkdwn(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link, address, after)) = next_link(rest) {
        plain.push_str(before);
        plain.push_str(&format!("{link} ({address})"));
        rest = after;
    }
    plain.push_str(rest);
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("**", "*")
}

/// Returns the first `[text](https://…)` of a text, with what is before and after it.
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = text.find("](http")?;
    let open = text[..middle].rfind('[')?;
    let address = &text[middle + 2..];
    let close = address.find(')')?;
    Some((&text[..open], &text[open + 1..middle], &address[..close], &address[close + 1..]))
}

fn teams(scene: &Scene<'_>, title: &str, message: &str) -> Result<Sent, String> {
    let channel = scene.text_at("teams")?;
    webhook::post(scene, scene.secret(TEAMS_SECRET)?, false, &teams_body(title, message))?;
    Ok(Sent::to(&format!("Microsoft Teams {channel}")))
}

/// Returns the body for an incoming webhook of a Teams workflow: a message with an adaptive card. A mention would need an
/// entity of its own beside the text.
fn teams_body(title: &str, message: &str) -> Value {
    let mut blocks = Vec::new();
    if !title.is_empty() {
        blocks.push(
            json!({"type": "TextBlock", "text": title, "weight": "Bolder", "size": "Medium", "wrap": true}),
        );
    }
    blocks.push(json!({"type": "TextBlock", "text": message, "wrap": true}));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": blocks,
            },
        }],
    })
}

fn address(scene: &Scene<'_>, title: &str, message: &str) -> Result<Sent, String> {
    let template = scene.task.body.get("webhook").unwrap_or(&Value::Null);
    let url = text(&scene.render_secretly(template)?);
    let chosen = webhook::check(template, &url)?;
    let subject = scene.setting.subject;
    let body = json!({
        "title": title,
        "message": message,
        "run": {"id": subject.run, "link": subject.link},
        "action": subject.definition,
        "entity": subject.entity,
    });
    webhook::post(scene, &url, chosen, &body)?;
    Ok(Sent::to("a webhook"))
}

fn issue(scene: &Scene<'_>, title: &str, message: &str) -> Result<Sent, String> {
    let repository = scene.text_at("issue")?;
    let first = message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let title: String = if title.is_empty() { first } else { title }.trim().chars().take(200).collect();
    if title.is_empty() {
        return Err("an issue needs a `title` or a `message`".into());
    }
    let subject = scene.setting.subject;
    let run = subject.link.as_deref().unwrap_or(&subject.run);
    let body = format!("{message}\n\n---\nOpened by portal: {run}");
    let link = scene.setting.provider()?.open_issue(&repository, &title, &body)?;
    Ok(Sent { message: format!("issue {link}"), link: Some(link) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slack_gets_its_own_language() {
        for (text, expected) in [
            ("a & b <!channel> <@U1>", "a &amp; b &lt;!channel&gt; &lt;@U1&gt;"),
            ("**bold** _it_ `x`", "*bold* _it_ `x`"),
            (
                "[run](https://a.example/?x&y) [x](javascript:1)",
                "run (https://a.example/?x&amp;y) [x](javascript:1)",
            ),
            ("a [b", "a [b"),
            ("](http", "](http"),
        ] {
            assert_eq!(mrkdwn(text), expected);
        }
        assert_eq!(
            slack_body("#ops", "T*x", "m"),
            json!({"text": "*Tx*\nm", "link_names": false, "unfurl_links": false, "channel": "#ops"})
        );
        assert_eq!(slack_body("", "", "m")["text"], "m");
    }

    #[test]
    fn teams_gets_a_card() {
        let body = teams_body("T", "m");
        assert_eq!(body["attachments"][0]["content"]["body"][1]["text"], "m");
        assert_eq!(
            teams_body("", "m")["attachments"][0]["content"]["body"].as_array().map(Vec::len),
            Some(1)
        );
    }
}
