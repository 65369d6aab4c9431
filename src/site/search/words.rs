//! Words of names, as the search compares them: small letters without accents. `portal.js` reads what somebody types
//! in the same way.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word, in units of UTF-16, which scripts count in.
const LONGEST: usize = 64;

/// Returns the words of a text: runs of letters and digits, of which `CartService` and `HTTPServer` have two.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut apart = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    let mut previous = ' ';
    while let Some(character) = characters.next() {
        let next_is_small = characters.peek().is_some_and(|next| next.is_lowercase());
        let after = previous.is_lowercase() || previous.is_ascii_digit();
        let last_capital = previous.is_uppercase() && next_is_small;
        if character.is_uppercase() && (after || last_capital) {
            apart.push(' ');
        }
        apart.push(character);
        previous = character;
    }
    let folded = fold(&apart);
    let words = folded.split(|character: char| !character.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(cut).collect()
}

/// Returns the words of a name as one, which is how somebody types who leaves out the signs between them.
pub(super) fn join(words: &[String]) -> String {
    cut(&words.concat())
}

fn cut(word: &str) -> String {
    // No character has more units than bytes.
    if word.len() <= LONGEST {
        return word.to_string();
    }
    let mut units = 0;
    let fits = |character: &char| {
        units += character.len_utf16();
        units <= LONGEST
    };
    word.chars().take_while(fits).collect()
}

/// Returns a text in small letters without accents.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.nfd().filter(|&character| !is_combining_mark(character)) {
        for small in character.to_lowercase().filter(|&small| !is_combining_mark(small)) {
            match small {
                'ß' => folded.push_str("ss"),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'þ' => folded.push_str("th"),
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'ı' => folded.push('i'),
                'ς' => folded.push('σ'),
                _ => folded.push(small),
            }
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_and_folded() {
        for (text, expected) in [
            ("Cart Service", "cart service"),
            ("CartService", "cart service"),
            ("HTTPServer2Go", "http server2 go"),
            ("cart-sql_db.v2/eu", "cart sql db v2 eu"),
            ("INC-2291", "inc 2291"),
            ("Zürich Straße", "zurich strasse"),
            ("Zu\u{308}rich", "zurich"),
            ("İstanbul Łódź Ærø", "istanbul lodz aero"),
            ("ΟΔΟΣ", "οδοσ"),
            ("支払い API", "支払い api"),
            ("<script>alert(1)</script>", "script alert 1 script"),
            ("--", ""),
            ("", ""),
        ] {
            assert_eq!(split(text).join(" "), expected, "{text}");
        }
        assert_eq!(join(&split("Cart Service")), "cartservice");
    }

    #[test]
    fn words_are_bounded() {
        assert_eq!(split(&"a".repeat(1000))[0].len(), 64);
        assert_eq!(split(&"𐐨".repeat(1000))[0].chars().count(), 32);
    }
}
