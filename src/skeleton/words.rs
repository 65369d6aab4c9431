//! Words of names: `payment-api`, `PaymentAPI` and `payment api` are the same two.

/// Returns the words of a name. What is neither letter nor digit separates words, and so does a capital: where it begins
/// a word (`paymentApi`) and where it ends a run of them (`HTTPServer` is `HTTP`, `Server`; `APIs` stays one). Digits
/// belong to the word that they follow; an apostrophe is no part of a word and separates nothing.
pub(super) fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    let at = |index: usize| characters.get(index).copied();
    let is = |index: usize, what: fn(char) -> bool| at(index).is_some_and(what);
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if !is_of_word(character) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let plural = at(index + 1) == Some('s') && !is(index + 2, char::is_lowercase);
        let before = index.checked_sub(1).and_then(at);
        let begins = is_capital(character)
            && before
                .is_some_and(|before| !is_capital(before) || (is(index + 1, char::is_lowercase) && !plural));
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Returns whether a letter has a small form; those that only look like capitals, as in formulas, have none.
fn is_capital(character: char) -> bool {
    character.is_uppercase() && !character.to_lowercase().eq([character])
}

/// Returns whether a character belongs to a word: letters, digits, and the marks that letters of some scripts have.
fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '\u{300}'..='\u{36f}')
}

/// Returns `payment-api`.
pub(super) fn kebab(name: &str) -> String {
    lower(name).join("-")
}

/// Returns `payment_api`.
pub(super) fn snake(name: &str) -> String {
    lower(name).join("_")
}

/// Returns `PAYMENT_API`.
pub(super) fn screaming_snake(name: &str) -> String {
    words(name).iter().map(|word| word.to_uppercase()).collect::<Vec<_>>().join("_")
}

/// Returns `PaymentApi`.
pub(super) fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capital(&word.to_lowercase())).collect()
}

/// Returns `paymentApi`.
pub(super) fn camel(name: &str) -> String {
    let words = lower(name);
    words.iter().enumerate().map(|(at, word)| if at == 0 { word.clone() } else { capital(word) }).collect()
}

/// Returns `Payment API`: words in capitals stay so.
pub(super) fn title(name: &str) -> String {
    let shown = |word: &String| {
        let acronym = word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
        if acronym { word.clone() } else { capital(&word.to_lowercase()) }
    };
    words(name).iter().map(shown).collect::<Vec<_>>().join(" ")
}

/// Returns a name of small Latin letters, digits and hyphens, as in addresses: letters lose their marks, what has no
/// Latin form is left out.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.to_lowercase().chars() {
        match character {
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            'a'..='z' | '0'..='9' => slug.push(character),
            _ => match latin(character) {
                Some(letters) => slug.push_str(letters),
                None if character.is_alphanumeric() => {}
                None if slug.is_empty() || slug.ends_with('-') => {}
                None => slug.push('-'),
            },
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// Returns a small letter without its marks.
fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

fn lower(name: &str) -> Vec<String> {
    words(name).iter().map(|word| word.to_lowercase()).collect()
}

/// Returns a text with a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (name, expected) in [
            ("payment-api", "payment api"),
            ("payment_api", "payment api"),
            ("Payment API", "payment api"),
            ("paymentApi", "payment api"),
            ("PaymentAPI", "payment api"),
            ("HTTPServer", "http server"),
            ("parseHTTPRequest", "parse http request"),
            ("APIs", "apis"),
            ("listURLs", "list urls"),
            ("v2Api", "v2 api"),
            ("http2server", "http2server"),
            ("HTTP2Server", "http2 server"),
            ("s3-bucket", "s3 bucket"),
            ("2fa", "2fa"),
            ("a", "a"),
            ("A", "a"),
            ("ABC", "abc"),
            ("--a--b--", "a b"),
            ("a.b/c:d", "a b c d"),
            ("don't stop", "dont stop"),
            ("ÉcoleÉlémentaire", "école élémentaire"),
            ("größe", "größe"),
            ("名前 サービス", "名前 サービス"),
            ("", ""),
            ("-_. ", ""),
        ] {
            assert_eq!(lower(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn words_are_put_together() {
        let forms = |name| {
            [
                kebab(name),
                snake(name),
                pascal(name),
                camel(name),
                screaming_snake(name),
                title(name),
                slug(name),
            ]
        };
        for (name, expected) in [
            (
                "payment-API",
                [
                    "payment-api",
                    "payment_api",
                    "PaymentApi",
                    "paymentApi",
                    "PAYMENT_API",
                    "Payment API",
                    "payment-api",
                ],
            ),
            (
                "HTTPServer 2",
                [
                    "http-server-2",
                    "http_server_2",
                    "HttpServer2",
                    "httpServer2",
                    "HTTP_SERVER_2",
                    "HTTP Server 2",
                    "httpserver-2",
                ],
            ),
            (
                "Café Größe",
                [
                    "café-größe",
                    "café_größe",
                    "CaféGröße",
                    "caféGröße",
                    "CAFÉ_GRÖSSE",
                    "Café Größe",
                    "cafe-grosse",
                ],
            ),
            ("", ["", "", "", "", "", "", ""]),
        ] {
            assert_eq!(forms(name), expected, "{name}");
        }
        assert_eq!(slug("  Łódź, Þórr & Œuvre — 名 "), "lodz-thorr-oeuvre");
    }

    proptest! {
        #[test]
        fn a_form_of_a_form_is_itself(name in r"[a-zA-Z0-9_ .\-éÉ]{0,16}|\PC{0,12}") {
            for form in [kebab, snake, slug] {
                let once = form(&name);
                prop_assert_eq!(&form(&once), &once);
            }
            prop_assert!(slug(&name).chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-')));
        }
    }
}
