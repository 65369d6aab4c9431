//! Messages of AsyncAPI.

use super::model::{Content, Example, Parameter};
use super::reader::{At, Reader, lay_out};

impl<'a> Reader<'a> {
    /// Returns a message; several when it is one of several.
    pub(super) fn messages(&mut self, at: At<'a>, name: &str) -> Vec<Content> {
        let Some(message) = self.resolve(at) else { return Vec::new() };
        let choices = message.items_of("oneOf");
        if !choices.is_empty() {
            return choices.into_iter().flat_map(|choice| self.messages(choice, "")).collect();
        }
        vec![self.message(message, &[name, &reference_name(at)])]
    }

    fn message(&mut self, at: At<'a>, names: &[&str]) -> Content {
        let traits: Vec<At<'a>> = at.items_of("traits");
        let traits: Vec<At<'a>> = traits.into_iter().filter_map(|it| self.resolve(it)).collect();
        let said = |key: &str| {
            let own = at.text(key);
            let inherited = || traits.iter().map(|it| it.text(key)).find(|text| !text.is_empty());
            if own.is_empty() { inherited().unwrap_or_default() } else { own }
        };
        let name = [said("title"), said("name"), said("messageId")].into_iter().find(|name| !name.is_empty());
        let name = name.or_else(|| names.iter().find(|name| !name.is_empty()).map(ToString::to_string));
        let mut description = said("summary");
        let more = said("description");
        if !more.is_empty() {
            description = if description.is_empty() { more } else { format!("{description}\n\n{more}") };
        }
        let mut media = said("contentType");
        if media.is_empty() {
            media = self.main().text("defaultContentType");
        }
        let mut content = Content {
            media,
            name: name.unwrap_or_default(),
            description,
            headers: self.message_headers(at.get("headers")),
            ..Content::default()
        };
        for it in &traits {
            content.headers.extend(self.message_headers(it.get("headers")));
        }
        self.payload(at, &said("schemaFormat"), &mut content);
        for example in at.items_of("examples") {
            let name = [example.text("summary"), example.text("name")].into_iter().find(|it| !it.is_empty());
            if let Some(payload) = example.get("payload") {
                let text = lay_out(&payload.node.to_json());
                content.examples.push(Example {
                    name: name.unwrap_or_default(),
                    text,
                    address: String::new(),
                });
            }
        }
        content
    }

    /// Adds what a message is made of. A schema in another language is shown as it is written.
    fn payload(&mut self, at: At<'a>, format: &str, content: &mut Content) {
        let Some(payload) = at.get("payload") else { return };
        let inner = payload.get("schema").filter(|_| payload.get("schemaFormat").is_some());
        let format = if inner.is_some() { payload.text("schemaFormat") } else { format.to_string() };
        let payload = inner.unwrap_or(payload);
        let foreign = ["avro", "protobuf", "raml", "xml"].iter().find(|name| format.contains(*name));
        match foreign {
            Some(name) => content.examples.push(Example {
                name: format!("Schema ({name})"),
                text: lay_out(&payload.node.to_json()),
                address: String::new(),
            }),
            None => content.schema = Some(self.schema_or_name(payload)),
        }
    }

    /// Returns the headers of a message, which are the members of a schema.
    fn message_headers(&mut self, at: Option<At<'a>>) -> Vec<Parameter> {
        let Some(headers) = at.and_then(|at| self.resolve(at)) else { return Vec::new() };
        let schema = self.schema(headers);
        let header = |member: super::model::Member| Parameter {
            name: member.name,
            place: "header".into(),
            required: member.required,
            description: member.schema.description.clone(),
            schema: super::model::Schema { description: String::new(), ..member.schema },
            ..Parameter::default()
        };
        schema.members.into_iter().map(header).collect()
    }
}

/// Returns the name of what a reference leads to.
pub(super) fn reference_name(at: At<'_>) -> String {
    let reference = at.text("$ref");
    reference.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}
