//! Rust source as the house rules read it: its tokens, without comments and without what strings say.
//! Not a parser. It knows just enough that a name in a sentence is not taken for a name in the code.

/// A word (identifier, keyword or number) or a single punctuation character, but `::` is one token.
/// A string stands as `"`, a character or lifetime as `'`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// The tokens of a source file, in order.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let (mut found, mut rest, mut line) = (Vec::new(), source, 1);
    while let Some(first) = rest.chars().next() {
        let (text, length) = next(rest, first);
        if !text.is_empty() {
            found.push(Token { text, line });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// What the source begins with, as a token (empty for space and comments), and its length in bytes.
fn next(source: &str, first: char) -> (&str, usize) {
    if source.starts_with("//") {
        return ("", source.find('\n').unwrap_or(source.len()));
    }
    if source.starts_with("/*") {
        return ("", comment_length(source));
    }
    if let Some(length) = raw_string_length(source) {
        return ("\"", length);
    }
    let prefix = usize::from(matches!(first, 'b' | 'c') && source[1..].starts_with(['"', '\'']));
    match source[prefix..].chars().next() {
        Some('"') => return ("\"", prefix + quoted_length(&source[prefix..], '"')),
        Some('\'') => return ("'", prefix + character_length(&source[prefix..])),
        _ => {}
    }
    let word = source.find(|character: char| !is_word(character)).unwrap_or(source.len());
    let length = match first {
        _ if source.starts_with("r#") => {
            2 + source[2..].find(|c: char| !is_word(c)).unwrap_or(source.len() - 2)
        }
        _ if word > 0 => word,
        _ if source.starts_with("::") => 2,
        _ => first.len_utf8(),
    };
    (if first.is_whitespace() { "" } else { source[..length].trim_start_matches("r#") }, length)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Block comments nest.
fn comment_length(source: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(skipped) = source[at..].find(['/', '*']) {
        at += skipped;
        if source[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if source[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    source.len()
}

/// `r"…"`, `br##"…"##` and their like.
fn raw_string_length(source: &str) -> Option<usize> {
    let behind = source.strip_prefix(['b', 'c']).unwrap_or(source).strip_prefix('r')?;
    let text = behind.trim_start_matches('#');
    let hashes = &behind[..behind.len() - text.len()];
    let text = text.strip_prefix('"')?;
    let end = format!("\"{hashes}");
    let length = text.find(&end).map_or(text.len(), |at| at + end.len());
    Some(source.len() - text.len() + length)
}

fn quoted_length(source: &str, quote: char) -> usize {
    let mut escaped = true; // the opening quote ends nothing
    for (at, character) in source.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    source.len()
}

/// A character literal, or of a lifetime the apostrophe alone: its name is a word like another.
fn character_length(source: &str) -> usize {
    let mut behind = source[1..].chars();
    match (behind.next(), behind.next()) {
        (Some('\\'), _) => quoted_length(source, '\''),
        (Some(character), Some('\'')) => 2 + character.len_utf8(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::tokens;

    fn texts(source: &str) -> String {
        tokens(source).iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn code_is_split_into_words_and_marks() {
        assert_eq!(texts("use crate::wire::{a, b_2};"), "use crate :: wire :: { a , b_2 } ;");
        assert_eq!(
            texts("fn r#type<'a>(x: &'a str)->u8{x}"),
            "fn type < ' a > ( x : & ' a str ) - > u8 { x }"
        );
        assert_eq!(texts("break 'outer; b.c br rb"), "break ' outer ; b . c br rb");
    }

    #[test]
    fn comments_say_nothing() {
        assert_eq!(texts("a // b\n//! c\n/// d\ne"), "a e");
        assert_eq!(texts("a /* b /* c */ d */ e /**/ f /* * / */ g"), "a e f g");
        assert_eq!(texts("a /* never closed"), "a");
    }

    #[test]
    fn strings_and_characters_say_nothing() {
        assert_eq!(texts(r#"a "b \" // c" d"#), "a \" d");
        assert_eq!(
            texts("a r\"b\\\" c r#\"d\"e\"# f br##\"g\"#\"## h b\"i\" c\"j\" k"),
            "a \" c \" f \" h \" \" k"
        );
        assert_eq!(texts(r#"'a' '"' '\'' '\\' b'"' '…' '\u{1f}' "x" z"#), "' ' ' ' ' ' ' \" z");
    }

    #[test]
    fn lines_are_counted_through_everything() {
        let source = "a\n\"b\nc\"\n/*\n*/ d // e\nf";
        let lines: Vec<_> = tokens(source).iter().map(|token| (token.text, token.line)).collect();
        assert_eq!(lines, [("a", 1), ("\"", 2), ("d", 5), ("f", 6)]);
    }
}
