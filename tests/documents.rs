//! What the documents quote is what the files say, and nothing in them stands unchecked.
//!
//! A fenced block behind a line `<!-- PATH -->` is the text of that file, which is built or run by a test of its own. A
//! `toml` block is a configuration that the program takes. Transcripts (`console`) are run by `tests/transcripts.rs`,
//! pages and scripts (`html`, `js`) by `tests/engines/documents.test.mjs`. Any other block has to be `text`, which promises nothing, or a quotation.
#![cfg(feature = "server")]

#[path = "support/markdown.rs"]
mod markdown;

use std::fs;
use std::path::Path;
use std::process::Command;

use markdown::{Block, blocks, documents, name, root};

/// What is checked elsewhere, or is no code.
const CHECKED_ELSEWHERE: [&str; 4] = ["console", "html", "js", "text"];

type Faults = Vec<String>;

#[test]
fn what_is_quoted_is_what_the_files_say() {
    none(each_document(quotations));
}

#[test]
fn every_block_is_checked_somewhere() {
    none(each_document(unchecked));
}

#[test]
fn every_configuration_is_sound() {
    let mut seen = 0;
    none(each_document(|path, text| {
        let configurations: Vec<Block> =
            blocks(text).into_iter().filter(|block| block.info == "toml").collect();
        seen += configurations.len();
        configurations.iter().filter_map(|block| unsound(path, block)).collect()
    }));
    assert!(seen > 0, "no document shows a configuration");
}

#[test]
fn every_link_leads_somewhere() {
    none(each_document(dead_links));
}

/// The file that the block is a quotation of, by the line above its fence.
fn quoted<'a>(text: &'a str, block: &Block) -> Option<&'a str> {
    let above = text.lines().nth(block.first_line.checked_sub(3)?)?;
    above.trim().strip_prefix("<!-- ")?.strip_suffix(" -->")
}

fn quotations(document: &str, text: &str) -> Faults {
    let differs = |block: &Block| {
        let file = quoted(text, block)?;
        let line = block.first_line;
        match fs::read_to_string(root().join(file)) {
            Err(error) => Some(format!("{document}:{line}: {file} can't be read: {error}")),
            Ok(said) if said.lines().eq(block.lines.iter()) => None,
            Ok(_) => Some(format!("{document}:{line}: this is not what {file} says")),
        }
    };
    blocks(text).iter().filter_map(differs).collect()
}

fn unchecked(document: &str, text: &str) -> Faults {
    let is_checked = |block: &Block| {
        let kind = block.info.split(' ').next().unwrap_or_default();
        let known = CHECKED_ELSEWHERE.contains(&kind) || kind == "toml";
        known || quoted(text, block).is_some()
    };
    let found = blocks(text).into_iter().filter(|block| !is_checked(block));
    found
        .map(|block| format!("{document}:{}: nobody checks this block of `{}`", block.first_line, block.info))
        .collect()
}

/// What the program says against a configuration, if it says anything.
fn unsound(document: &str, block: &Block) -> Option<String> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = scratch.join(format!("documented-{}-{}.toml", document.replace('/', "-"), block.first_line));
    fs::write(&file, block.lines.join("\n")).expect("cargo's directory for tests can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_everwire"));
    let output = command.args(["check-config", "--config"]).arg(&file).output().expect("the program runs");
    let _ = fs::remove_file(&file);
    let said = String::from_utf8_lossy(&output.stderr);
    (!output.status.success()).then(|| format!("{document}:{}: {said}", block.first_line))
}

/// Links to files that are not there. Others than relative ones lead out of the repository.
fn dead_links(document: &str, text: &str) -> Faults {
    let folder = Path::new(document).parent().unwrap_or(Path::new(""));
    let targets = text.match_indices("](").filter_map(|(at, _)| text[at + 2..].split([')', '#', ' ']).next());
    targets
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .filter(|target| !root().join(folder).join(target).exists())
        .map(|target| format!("{document}: the link to {target} leads nowhere"))
        .collect()
}

fn each_document(mut rule: impl FnMut(&str, &str) -> Faults) -> Faults {
    let read = |path: &Path| fs::read_to_string(path).expect("a document is text");
    documents().iter().flat_map(|path| rule(&name(path), &read(path))).collect()
}

fn none(faults: Faults) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// What each rule has to find, as one that can't fail would only look like one.
mod planted {
    use super::*;

    #[test]
    fn a_quotation_that_differs() {
        let said = fs::read_to_string(root().join("rustfmt.toml")).expect("it is there");
        let whole = format!("<!-- rustfmt.toml -->\n```toml\n{said}```\n");
        assert_eq!(quotations("a.md", &whole), Faults::new());
        assert_eq!(quotations("a.md", &whole.replace(" = ", " == ")).len(), 1);
        assert_eq!(quotations("a.md", &whole.replace("<!-- rust", "<!-- rost")).len(), 1, "no such file");
    }

    #[test]
    fn a_block_that_nobody_checks() {
        assert_eq!(unchecked("a.md", "```rust\n1;\n```\n\n```text\nx\n```\n").len(), 1);
        assert_eq!(unchecked("a.md", "<!-- x.rs -->\n```rust\n1;\n```\n"), Faults::new());
    }

    #[test]
    fn a_configuration_with_a_typing_error() {
        let text = "```toml\npnig = \"25s\"\n```\n";
        let said = unsound("a.md", &blocks(text)[0]).expect("it is not sound");
        assert!(said.contains("unknown field `pnig`"), "{said}");
    }

    #[test]
    fn a_link_to_nowhere() {
        assert_eq!(
            dead_links("docs/a.md", "[a](../README.md#x) [b](nowhere.md) [c](https://a.example)").len(),
            1
        );
    }
}
