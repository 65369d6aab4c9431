//! What is sent and what comes back over HTTP.

use super::model::{Body, Content, Example, Form, Parameter, Response, Schema};
use super::reader::{At, Reader, example};
use super::schema;

impl<'a> Reader<'a> {
    /// Returns the parameters of an operation: those of its path, unless it says them otherwise, and its own.
    pub(super) fn parameters(&mut self, shared: &[At<'a>], own: &[At<'a>]) -> Vec<At<'a>> {
        let resolve = |this: &mut Self, list: &[At<'a>]| -> Vec<At<'a>> {
            list.iter().filter_map(|parameter| this.resolve(*parameter)).collect()
        };
        let own = resolve(self, own);
        let said = |parameter: &At<'a>| {
            own.iter().any(|own| ["name", "in"].iter().all(|key| own.text(key) == parameter.text(key)))
        };
        let mut all: Vec<At<'a>> =
            resolve(self, shared).into_iter().filter(|parameter| !said(parameter)).collect();
        all.extend(own);
        all
    }

    /// Returns a parameter that is said by name.
    pub(super) fn parameter(&mut self, at: At<'a>) -> Parameter {
        let place = at.text("in");
        // In Swagger, and for headers, the type may stand beside the name.
        let schema = match self.schema_at(at, "schema") {
            Some(schema) => schema,
            None => match at.entries_of("content").into_iter().next() {
                Some((media, content)) => {
                    let mut schema = self.schema_at(content, "schema").unwrap_or_default();
                    schema.limits.push(format!("written as {media}"));
                    schema
                }
                None if at.get("type").is_some() => self.schema(at),
                None => Schema::default(),
            },
        };
        let schema = Schema { description: String::new(), examples: Vec::new(), ..schema };
        Parameter {
            name: at.text("name"),
            required: at.flag("required") || place == "path",
            deprecated: at.flag("deprecated"),
            description: at.text("description"),
            examples: self.examples(at),
            schema,
            place,
        }
    }

    /// Returns the headers at `headers`.
    pub(super) fn headers(&mut self, at: At<'a>) -> Vec<Parameter> {
        let mut headers = Vec::new();
        for (name, header) in at.entries_of("headers") {
            let Some(header) = self.resolve(header) else { continue };
            let parameter = self.parameter(header);
            headers.push(Parameter { name: name.to_string(), place: "header".into(), ..parameter });
        }
        headers
    }

    /// Returns the body that an operation of OpenAPI 3 takes.
    pub(super) fn request(&mut self, at: At<'a>) -> Option<Body> {
        let body = self.resolve(at.get("requestBody")?)?;
        Some(Body {
            required: body.flag("required"),
            description: body.text("description"),
            contents: self.contents(body),
        })
    }

    /// Returns the ways to write a body, by media type.
    pub(super) fn contents(&mut self, at: At<'a>) -> Vec<Content> {
        let mut contents = Vec::new();
        for (media, content) in at.entries_of("content") {
            let Some(content) = self.resolve(content) else { continue };
            contents.push(Content {
                media: media.to_string(),
                schema: self.schema_at(content, "schema").or_else(|| self.schema_at(content, "itemSchema")),
                examples: self.examples(content),
                ..Content::default()
            });
        }
        contents
    }

    /// Returns the body that an operation of Swagger takes, which is among its parameters.
    pub(super) fn old_request(&mut self, parameters: &[At<'a>], consumes: &[String]) -> Option<Body> {
        let body = parameters.iter().find(|parameter| parameter.text("in") == "body");
        if let Some(body) = body {
            let schema = self.schema_at(*body, "schema");
            let one = vec!["application/json".to_string()];
            let media = if consumes.is_empty() { &one } else { consumes };
            let content = |media: &String| Content {
                media: media.clone(),
                schema: schema.clone(),
                ..Content::default()
            };
            return Some(Body {
                required: body.flag("required"),
                description: body.text("description"),
                contents: media.iter().take(4).map(content).collect(),
            });
        }
        let fields: Vec<At<'a>> =
            parameters.iter().copied().filter(|parameter| parameter.text("in") == "formData").collect();
        let file = fields.iter().any(|field| field.text("type") == "file");
        let media = if file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
        let mut form = Schema { kind: "object".into(), ..Schema::default() };
        for field in &fields {
            let schema = self.schema(*field);
            let (name, required) = (field.text("name"), field.flag("required"));
            form.members.push(super::model::Member { name, required, schema, arguments: Vec::new() });
        }
        (!fields.is_empty()).then(|| Body {
            required: form.members.iter().any(|member| member.required),
            description: String::new(),
            contents: vec![Content { media: media.into(), schema: Some(form), ..Content::default() }],
        })
    }

    /// Returns what an operation answers; `produces` are the media types of Swagger.
    pub(super) fn responses(&mut self, at: At<'a>, produces: &[String]) -> Vec<Response> {
        let mut responses = Vec::new();
        for (status, response) in at.entries_of("responses") {
            let Some(response) = self.resolve(response) else { continue };
            let contents = match self.form {
                Form::Swagger => self.old_contents(response, produces),
                _ => self.contents(response),
            };
            responses.push(Response {
                status: status.to_string(),
                description: response.text("description"),
                headers: self.headers(response),
                contents,
            });
        }
        responses
    }

    fn old_contents(&mut self, response: At<'a>, produces: &[String]) -> Vec<Content> {
        let schema = self.schema_at(response, "schema");
        let mut examples: Vec<(&str, Example)> = response
            .entries_of("examples")
            .into_iter()
            .map(|(media, value)| (media, example("", value)))
            .collect();
        if schema.is_none() && examples.is_empty() {
            return Vec::new();
        }
        let one = vec!["application/json".to_string()];
        let produces = if produces.is_empty() { &one } else { produces };
        let mut contents: Vec<Content> = produces
            .iter()
            .take(4)
            .map(|media| Content { media: media.clone(), schema: schema.clone(), ..Content::default() })
            .collect();
        for (media, example) in examples.drain(..) {
            match contents.iter_mut().find(|content| content.media == media) {
                Some(content) => content.examples.push(example),
                None => contents.push(Content {
                    media: media.to_string(),
                    examples: vec![example],
                    ..Content::default()
                }),
            }
        }
        contents
    }
}

/// Returns the servers at `servers` of a description of OpenAPI 3.
pub(super) fn servers(at: At<'_>) -> Vec<super::model::Server> {
    let server = |server: At<'_>| super::model::Server {
        address: server.text("url"),
        protocol: String::new(),
        description: server.text("description"),
        variables: schema::variables(server),
    };
    at.items_of("servers").into_iter().map(server).collect()
}
