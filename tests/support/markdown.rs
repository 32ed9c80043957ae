//! The fenced blocks of a Markdown document, and which documents there are.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md, that of client-js, and every Markdown file below docs/, sorted.
pub(crate) fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md"), root().join("client-js/README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten();
        for path in entries.map(|entry| entry.expect("a folder of the repository can be listed").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A document's path from the repository's root.
pub(crate) fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// A fenced block: what follows the opening fence, and its lines without the fence's own indentation.
pub(crate) struct Block {
    pub(crate) info: String,
    /// The line of the document, from 1, on which its text begins.
    pub(crate) first_line: usize,
    pub(crate) lines: Vec<String>,
}

/// An opening fence: its character, how many of them, how far it is indented.
struct Fence {
    mark: char,
    length: usize,
    indent: usize,
}

impl Fence {
    /// The fence and the info string behind it, where the line is an opening fence (CommonMark 4.5).
    fn opening(line: &str) -> Option<(Self, &str)> {
        let text = line.trim_start();
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let length = text.len() - info.len();
        let code_span = mark == '`' && info.contains('`');
        let fence = Self { mark, length, indent: line.len() - text.len() };
        (length >= 3 && !code_span).then(|| (fence, info.trim()))
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let text = line.trim();
        text.len() >= self.length && text.chars().all(|character| character == self.mark)
    }

    fn without_indent<'a>(&self, line: &'a str) -> &'a str {
        let spaces = line.chars().take(self.indent).take_while(|character| *character == ' ').count();
        &line[spaces..]
    }
}

/// The fenced blocks of a document, in order.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open: Option<Fence> = None;
    for (number, line) in (1..).zip(markdown.lines()) {
        match (&open, found.last_mut()) {
            (Some(fence), _) if fence.is_closed_by(line) => open = None,
            (Some(fence), Some(block)) => block.lines.push(fence.without_indent(line).to_owned()),
            _ => {
                if let Some((fence, info)) = Fence::opening(line) {
                    found.push(Block { info: info.to_owned(), first_line: number + 1, lines: Vec::new() });
                    open = Some(fence);
                }
            }
        }
    }
    found
}
