//! From bytes to text, or to a finding that says which byte is wrong.

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{SourceId, Span};

/// Returns the bytes of a file as text, with a finding if they are not UTF-8 or hold a character that YAML
/// does not allow. The text of bytes that are not UTF-8 is lossy; the finding's place is a place in it.
pub fn text_of(source: SourceId, bytes: Vec<u8>) -> (String, Option<Diagnostic>) {
    match String::from_utf8(bytes) {
        Ok(text) => {
            let finding = forbidden_character(source, &text);
            (text, finding)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let finding = invalid_utf8(source, &bytes, at);
            (String::from_utf8_lossy(&bytes).into_owned(), Some(finding))
        }
    }
}

fn invalid_utf8(source: SourceId, bytes: &[u8], at: usize) -> Diagnostic {
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let was = if wide { "the file seems to be UTF-16; save it as UTF-8" } else { "save the file as UTF-8" };
    // In the lossy text the bad byte has become U+FFFD.
    let span = Span::new(source, at, at + '\u{fffd}'.len_utf8());
    let message = format!("byte 0x{:02X} at offset {at} is not UTF-8 text", bytes[at]);
    Diagnostic::new(Rule::InvalidUtf8, span, message).label("the first bad byte").help(was)
}

/// Returns a finding at the first character that YAML does not allow, quoted or not.
pub fn forbidden_character(source: SourceId, text: &str) -> Option<Diagnostic> {
    let at = text.bytes().position(|byte| MAY_BE_CONTROL[usize::from(byte)])?;
    let (offset, character) =
        text[at..].char_indices().find(|&(_, character)| is_control(character)).map(|(i, c)| (at + i, c))?;
    let code = u32::from(character);
    let name = if code == 0 { String::from("NUL") } else { format!("U+{code:04X}") };
    Some(
        Diagnostic::new(
            Rule::ControlCharacter,
            Span::new(source, offset, offset + character.len_utf8()),
            format!("a control character ({name}), which YAML does not allow"),
        )
        .help(format!(
            "remove the character; in a double-quoted text it can be written as an escape (`\\u{code:04X}`)"
        )),
    )
}

/// The bytes that a control character may begin with; 0xC2 also begins harmless ones.
const MAY_BE_CONTROL: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = matches!(byte, 0..=8 | 11..=12 | 14..=31 | 0x7f | 0xc2);
        byte += 1;
    }
    bytes
};

fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{85}')
}
