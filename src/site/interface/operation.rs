//! Operations and named schemas, each with a place of its own on the page.

use super::command;
use super::schema::{MOST, Writer};
use crate::interface::{Content, Example, Form, Named, Operation, Parameter, Response, derive, query};
use crate::site::link::outside;
use crate::site::markdown;
use crate::site::markup::Markup;
use crate::site::words;

/// From how many lines on an example is folded.
const FOLDED: usize = 40;

/// The groups of parameters: where they are said, and what they are called.
const PLACES: &[(&str, &str)] = &[
    ("path", "Path"),
    ("query", "Query"),
    ("header", "Headers"),
    ("cookie", "Cookies"),
    ("channel", "Channel"),
    ("argument", "Arguments"),
];

/// Writes how something is done, as a word in a colour.
pub(super) fn method(method: &str, out: &mut Markup) {
    let color = match method {
        "GET" | "QUERY" => "green",
        "POST" | "MUTATION" => "blue",
        "PUT" => "orange",
        "PATCH" => "yellow",
        "DELETE" => "red",
        "SEND" | "PUBLISH" | "STREAM" | "SUBSCRIPTION" => "purple",
        "RECEIVE" | "SUBSCRIBE" | "RPC" | "CHANNEL" => "turquoise",
        _ => "lightGray",
    };
    out.raw("<span class=\"tag ").raw(color).raw("\">").text(method).raw("</span>");
}

impl Writer<'_> {
    /// Writes an operation.
    pub(super) fn operation(&self, operation: &Operation, out: &mut Markup) {
        out.raw("<article class=\"op\" id=\"").text(&operation.anchor).raw("\"><div class=\"opdoc\"><h3>");
        method(&operation.method, out);
        out.raw(" <code>").text(&operation.path).raw("</code>");
        if operation.deprecated {
            out.raw(" <em class=\"warn\">deprecated</em>");
        }
        itself(&operation.anchor, "this operation", out);
        out.raw("</h3>");
        if !operation.summary.is_empty() {
            out.raw("<p class=\"opsum\">").text(&operation.summary).raw("</p>");
        }
        prose(&operation.description, out);
        for note in &operation.notes {
            out.raw("<p class=\"oplim\">");
            words::coded(note, out);
            out.raw("</p>");
        }
        servers(operation, out);
        security(operation, out);
        self.parameters(operation, out);
        self.request(operation, out);
        for response in &operation.responses {
            self.response(operation, response, out);
        }
        for callback in &operation.callbacks {
            self.callback(callback, out);
        }
        out.raw("</div><div class=\"opex\">");
        self.samples(operation, out);
        out.raw("</div></article>\n");
    }

    fn parameters(&self, operation: &Operation, out: &mut Markup) {
        for (place, title) in PLACES {
            let some: Vec<&Parameter> =
                operation.parameters.iter().filter(|parameter| parameter.place == *place).collect();
            if some.is_empty() {
                continue;
            }
            let anchor = format!("{}-{place}", operation.anchor);
            out.raw("<h4 id=\"").text(&anchor).raw("\">").raw(title);
            itself(&anchor, "these parameters", out);
            out.raw("</h4><ul class=\"parts\">");
            for (at, parameter) in some.iter().enumerate() {
                if out.len() > MOST {
                    out.raw("<li>and ").number(some.len() - at).raw(" more, in the original");
                    break;
                }
                self.parameter(parameter, out);
            }
            out.raw("</ul>");
        }
    }

    fn request(&self, operation: &Operation, out: &mut Markup) {
        let Some(body) = &operation.request else { return };
        let anchor = format!("{}-body", operation.anchor);
        out.raw("<h4 id=\"").text(&anchor).raw("\">").raw(match self.interface.form {
            Form::AsyncApi => "Messages",
            Form::Protobuf => "Takes",
            _ => "Body",
        });
        if body.required {
            out.raw(" <em class=\"opreq\">required</em>");
        }
        itself(&anchor, "what is sent", out);
        out.raw("</h4>");
        prose(&body.description, out);
        self.contents(&body.contents, out);
    }

    fn response(&self, operation: &Operation, response: &Response, out: &mut Markup) {
        let status: String = response.status.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        let anchor = format!("{}-{status}", operation.anchor);
        out.raw("<h4 id=\"").text(&anchor).raw("\">");
        match response.status.as_str() {
            "returns" => out.raw("Returns"),
            "reply" => out.raw("Reply"),
            "default" => out.raw("Otherwise"),
            status => {
                let color = match status.as_bytes().first() {
                    Some(b'2') => "green",
                    Some(b'3') => "blue",
                    Some(b'4') => "orange",
                    Some(b'5') => "red",
                    _ => "lightGray",
                };
                out.raw("<span class=\"tag ").raw(color).raw("\">").text(status).raw("</span> ");
                out.raw(reason(status))
            }
        };
        itself(&anchor, "this answer", out);
        out.raw("</h4>");
        prose(&response.description, out);
        if !response.headers.is_empty() {
            out.raw("<p class=\"oplim\">headers</p><ul class=\"parts\">");
            response.headers.iter().for_each(|header| self.parameter(header, out));
            out.raw("</ul>");
        }
        self.contents(&response.contents, out);
    }

    /// Writes the ways to write something. Those that only differ by their media types are written once.
    fn contents(&self, contents: &[Content], out: &mut Markup) {
        for (at, content) in contents.iter().enumerate() {
            let same = |other: &&Content| other.schema == content.schema && other.name == content.name;
            if out.len() > MOST || contents[..at].iter().any(|other| same(&other)) {
                continue;
            }
            out.raw("<p class=\"opmedia\">");
            if !content.name.is_empty() {
                out.raw("<b>").text(&content.name).raw("</b> ");
            }
            if let Some(schema) = &content.schema {
                self.signature(schema, out);
            }
            for other in contents[at..].iter().filter(same).filter(|other| !other.media.is_empty()) {
                out.raw(" <code>").text(&other.media).raw("</code>");
            }
            out.raw("</p>");
            prose(&content.description, out);
            if !content.headers.is_empty() {
                out.raw("<p class=\"oplim\">headers</p><ul class=\"parts\">");
                content.headers.iter().for_each(|header| self.parameter(header, out));
                out.raw("</ul>");
            }
            if let Some(schema) = &content.schema {
                self.body(schema, 0, out);
            }
        }
    }

    fn callback(&self, callback: &Operation, out: &mut Markup) {
        out.raw("<h4 id=\"").text(&callback.anchor).raw("\">Calls back: ").text(&callback.name);
        itself(&callback.anchor, "this callback", out);
        out.raw("</h4><p class=\"opmedia\">");
        method(&callback.method, out);
        out.raw(" <code>").text(&callback.path).raw("</code></p>");
        prose(&callback.summary, out);
        prose(&callback.description, out);
        if let Some(body) = &callback.request {
            self.contents(&body.contents, out);
        }
        for response in &callback.responses {
            self.response(callback, response, out);
        }
    }

    /// Writes the examples of an operation: those that are given, else what can be made of the schemas.
    fn samples(&self, operation: &Operation, out: &mut Markup) {
        match self.interface.form {
            Form::GraphQl => sample("Query", &query(self.interface, operation), out),
            Form::OpenApi | Form::Swagger => {
                if let Some(command) = command::curl(self.interface, operation) {
                    sample("Request", &command, out);
                }
            }
            _ => {}
        }
        if let Some(body) = &operation.request {
            let title = if self.interface.form == Form::AsyncApi { "Message" } else { "Body" };
            self.examples(title, &body.contents, true, out);
        }
        if self.interface.form != Form::GraphQl {
            let fine = |response: &Response| !response.status.starts_with(['3', '4', '5', 'd']);
            let first = operation.responses.iter().position(fine);
            for (at, response) in operation.responses.iter().enumerate() {
                let title = match response.status.as_str() {
                    "returns" => "Answer",
                    "reply" => "Reply",
                    status => status,
                };
                // What a failure looks like is mostly the same: it is shown where somebody has written it.
                self.examples(title, &response.contents, first == Some(at), out);
            }
        }
    }

    /// Writes the examples that are given; when there are none, and `derived` is set, one that the schema allows.
    fn examples(&self, title: &str, contents: &[Content], derived: bool, out: &mut Markup) {
        let mut any = !derived;
        for content in contents {
            if out.len() > MOST {
                return;
            }
            let title = if content.name.is_empty() || content.name == "a stream of" {
                title.to_string()
            } else {
                content.name.clone()
            };
            for example in content.examples.iter().take(3) {
                given(&title, example, out);
            }
            let json = content.media.is_empty() || content.media.contains("json") || content.media == "*/*";
            if content.examples.is_empty()
                && json
                && !(any && (!derived || content.name.is_empty()))
                && let Some(schema) = &content.schema
                && let Some(value) = derive(self.interface, schema)
                && value.as_object().is_none_or(|members| !members.is_empty())
            {
                any = true;
                sample(&title, &format!("{value:#}"), out);
            }
        }
    }

    /// Writes a schema that has a name.
    pub(super) fn named(&self, named: &Named, out: &mut Markup) {
        out.raw("<article class=\"op\" id=\"").text(&named.anchor).raw("\"><div class=\"opdoc\"><h3><code>");
        out.text(&named.name).raw("</code> ");
        self.signature(&named.schema, out);
        itself(&named.anchor, "this schema", out);
        out.raw("</h3>");
        self.body(&named.schema, 0, out);
        out.raw("</div><div class=\"opex\">");
        let examples = named.schema.examples.iter().take(2).filter(|example| !example.is_null());
        let mut any = false;
        for example in examples {
            any = true;
            sample("Example", &cut(&format!("{example:#}")), out);
        }
        let derived = derive(self.interface, &named.schema).filter(|_| !any);
        if let Some(value) = derived.filter(|value| value.as_object().is_some_and(|it| !it.is_empty())) {
            sample("Example", &format!("{value:#}"), out);
        }
        out.raw("</div></article>\n");
    }
}

/// Writes a link to a part of the page.
fn itself(anchor: &str, what: &'static str, out: &mut Markup) {
    out.raw(" <a class=\"oplink\" href=\"#").text(anchor).raw("\" aria-label=\"Link to ").raw(what);
    out.raw("\">#</a>");
}

fn prose(text: &str, out: &mut Markup) {
    if !text.is_empty() {
        out.raw("<div class=\"prose\">").append(&markdown::markup(text)).raw("</div>");
    }
}

fn servers(operation: &Operation, out: &mut Markup) {
    for server in &operation.servers {
        out.raw("<p class=\"oplim\">at <code>").text(&server.address).raw("</code> ");
        out.text(&server.description).raw("</p>");
    }
}

fn security(operation: &Operation, out: &mut Markup) {
    if operation.security.is_empty() {
        return;
    }
    out.raw("<p class=\"oplim\">needs ");
    for (at, one) in operation.security.iter().enumerate() {
        out.raw(if at > 0 { " or " } else { "" }).text(one);
    }
    out.raw("</p>");
}

/// Writes an example that is given.
fn given(title: &str, example: &Example, out: &mut Markup) {
    let title = match example.name.as_str() {
        "" => title.to_string(),
        name => format!("{title}: {name}"),
    };
    if example.address.is_empty() {
        sample(&title, &example.text, out);
        return;
    }
    out.raw("<p>").text(&title).raw(": ");
    match outside(&example.address) {
        Some(link) => {
            out.raw("<a href=\"").text(&link.href).raw("\" rel=\"noopener noreferrer\">");
            out.text(&link.text).raw("</a>");
        }
        None => {
            out.text(&example.address);
        }
    }
    out.raw("</p>");
}

/// Writes an example under its title, folded when it is long.
fn sample(title: &str, text: &str, out: &mut Markup) {
    if text.lines().count() > FOLDED {
        out.raw("<details><summary>").text(title).raw("</summary><pre><code>").text(text);
        out.raw("</code></pre></details>");
    } else {
        out.raw("<p>").text(title).raw("</p><pre><code>").text(text).raw("</code></pre>");
    }
}

/// Returns the beginning of a long example.
fn cut(text: &str) -> String {
    const LONGEST: usize = 8 * 1024;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\n…", &text[..end]),
        None => text.to_string(),
    }
}

/// Returns what a status means, for those that are met often.
fn reason(status: &str) -> &'static str {
    match status {
        "200" => "OK",
        "201" => "Created",
        "202" => "Accepted",
        "204" => "No content",
        "301" => "Moved",
        "302" => "Found",
        "304" => "Not modified",
        "400" => "Bad request",
        "401" => "Not signed in",
        "402" => "Payment required",
        "403" => "Forbidden",
        "404" => "Not found",
        "405" => "Method not allowed",
        "406" => "Not acceptable",
        "409" => "Conflict",
        "410" => "Gone",
        "412" => "Precondition failed",
        "413" => "Too large",
        "415" => "Unsupported media type",
        "422" => "Not processable",
        "429" => "Too many requests",
        "500" => "Server error",
        "501" => "Not implemented",
        "502" => "Bad gateway",
        "503" => "Unavailable",
        "504" => "Gateway timeout",
        _ => "",
    }
}
