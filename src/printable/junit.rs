//! A case of a JUnit report, which several reports write.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::BytesText;

/// A case, and how it came out.
#[derive(Debug)]
pub struct Case {
    /// Its name, unique in its suite.
    pub name: String,
    /// The element inside it, such as `failure`; `None` when there is nothing to say.
    pub element: Option<&'static str>,
    /// What the attributes of the element say; `system-out` has none.
    pub about: Vec<(&'static str, String)>,
    /// The text of the element.
    pub body: String,
}

impl Case {
    /// Writes the case; `class` is what it belongs to.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write<W: Write>(&self, writer: &mut Writer<W>, class: &str) -> io::Result<()> {
        let attributes = [("name", self.name.as_str()), ("classname", class)];
        let element = writer.create_element("testcase").with_attributes(attributes);
        let Some(inner) = self.element else {
            return element.write_empty().map(drop);
        };
        element.write_inner_content(|writer| {
            let inner = writer.create_element(inner);
            let about = self.about.iter().map(|(name, value)| (*name, value.as_str()));
            inner.with_attributes(about).write_text_content(BytesText::new(&self.body)).map(drop)
        })?;
        Ok(())
    }
}
