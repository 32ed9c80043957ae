//! What a console transcript in a document says, and whether what happened is what it says.
//! Nothing here runs anything.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::markdown::{Block, blocks};

/// In expected output, any run of characters within a line; alone on its line, any number of lines.
const ANYTHING: char = '…';

/// One command of a transcript and the output that the document promises for it.
#[derive(Debug, PartialEq)]
pub(crate) struct Step {
    /// The line of the document, from 1, on which the command begins.
    pub(crate) line: usize,
    /// The command without its `$ `; lines continued by a backslash still stand apart in it.
    pub(crate) command: String,
    /// The lines up to the next command or the fence.
    pub(crate) expected: Vec<String>,
}

/// What marks a block as a transcript.
pub(crate) const CONSOLE: &str = "console";

/// The commands of all `console` blocks, in the order of the document. An output without a command
/// above it is an error: it would be compared with nothing.
pub(crate) fn steps(markdown: &str) -> Result<Vec<Step>, String> {
    steps_in(markdown, CONSOLE)
}

/// The commands of all blocks whose fence says just this.
pub(crate) fn steps_in(markdown: &str, info: &str) -> Result<Vec<Step>, String> {
    let mut found = Vec::new();
    for block in blocks(markdown).into_iter().filter(|block| block.info == info) {
        steps_of(&block, &mut found)?;
    }
    Ok(found)
}

/// Which examples the blocks `console NAME` are transcripts of.
pub(crate) fn examples(markdown: &str) -> BTreeSet<String> {
    let infos = blocks(markdown).into_iter().map(|block| block.info);
    infos.filter_map(|info| Some(info.strip_prefix("console ")?.to_owned())).collect()
}

/// The lines of fenced blocks that call `curl` and are not marked `console`: nobody would check them.
pub(crate) fn unmarked_curl(markdown: &str) -> Vec<usize> {
    let calls_curl = |line: &str| line.trim_start_matches(['$', ' ']).starts_with("curl ");
    let others = blocks(markdown).into_iter().filter(|block| !block.info.starts_with(CONSOLE));
    others
        .flat_map(|block| numbered(&block).filter(|(_, line)| calls_curl(line)).collect::<Vec<_>>())
        .map(|(number, _)| number)
        .collect()
}

/// `None` where the output is what was promised, else the two as a diff: `-` promised and missing,
/// `+` there and not promised. Whitespace at a line's end and empty lines at the output's end don't count.
pub(crate) fn difference(expected: &[String], actual: &str) -> Option<String> {
    let expected = trimmed(expected.iter().map(String::as_str));
    let actual = trimmed(actual.lines());
    let costs = costs(&expected, &actual);
    (costs[0][0] > 0).then(|| drawn(&expected, &actual, &costs))
}

fn numbered(block: &Block) -> impl Iterator<Item = (usize, String)> + use<> {
    (block.first_line..).zip(block.lines.clone())
}

fn steps_of(block: &Block, found: &mut Vec<Step>) -> Result<(), String> {
    let first_of_block = found.len();
    let mut lines = numbered(block);
    while let Some((line, text)) = lines.next() {
        if let Some(command) = text.strip_prefix("$ ") {
            let mut command = command.to_owned();
            while command.ends_with('\\') {
                let Some((_, more)) = lines.next() else { break };
                command.push('\n');
                command.push_str(&more);
            }
            found.push(Step { line, command, expected: Vec::new() });
        } else if let Some(step) = found[first_of_block..].last_mut() {
            step.expected.push(text);
        } else {
            return Err(format!("line {line}: a console block begins with a line `$ command`, not {text:?}"));
        }
    }
    Ok(())
}

fn trimmed<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut lines: Vec<&str> = lines.map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split(ANYTHING);
    let Some(mut rest) = parts.next().and_then(|head| line.strip_prefix(head)) else { return false };
    let Some(tail) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(tail)
}

fn is_any_lines(pattern: &str) -> bool {
    pattern.chars().eq([ANYTHING])
}

/// `costs[i][j]`: how many lines have to be taken out or put in until the output from line `j` is what
/// the promise from line `i` says. So 0 at the start means that they match, and the way down from there
/// is the shortest diff.
fn costs(expected: &[&str], actual: &[&str]) -> Vec<Vec<usize>> {
    let mut costs = vec![vec![0; actual.len() + 1]; expected.len() + 1];
    for i in (0..=expected.len()).rev() {
        for j in (0..=actual.len()).rev() {
            let ways = Move::possible(expected, actual, i, j);
            costs[i][j] = ways.map(|way| way.cost() + way.after(&costs, i, j)).min().unwrap_or(0);
        }
    }
    costs
}

/// One step through promise and output: what is written in front of the line in a diff.
#[derive(Clone, Copy)]
enum Move {
    Same,
    SkipsNone,
    Skips,
    Missing,
    Extra,
}

impl Move {
    fn possible(
        expected: &[&str],
        actual: &[&str],
        i: usize,
        j: usize,
    ) -> impl Iterator<Item = Self> + use<> {
        let (pattern, line) = (expected.get(i), actual.get(j));
        let any = pattern.is_some_and(|pattern| is_any_lines(pattern));
        let same = pattern.zip(line).is_some_and(|(pattern, line)| line_matches(pattern, line));
        let ways = [
            (Self::SkipsNone, any),
            (Self::Skips, any && line.is_some()),
            (Self::Same, !any && same),
            (Self::Missing, pattern.is_some() && !any),
            (Self::Extra, line.is_some()),
        ];
        ways.into_iter().filter_map(|(way, possible)| possible.then_some(way))
    }

    fn cost(self) -> usize {
        usize::from(matches!(self, Self::Missing | Self::Extra))
    }

    fn target(self, i: usize, j: usize) -> (usize, usize) {
        match self {
            Self::Same => (i + 1, j + 1),
            Self::SkipsNone | Self::Missing => (i + 1, j),
            Self::Skips | Self::Extra => (i, j + 1),
        }
    }

    fn after(self, costs: &[Vec<usize>], i: usize, j: usize) -> usize {
        let (i, j) = self.target(i, j);
        costs[i][j]
    }
}

fn drawn(expected: &[&str], actual: &[&str], costs: &[Vec<usize>]) -> String {
    let (mut i, mut j, mut diff) = (0, 0, String::new());
    let best =
        |i, j| Move::possible(expected, actual, i, j).min_by_key(|way| way.cost() + way.after(costs, i, j));
    while let Some(way) = best(i, j) {
        let line = match way {
            Move::Same | Move::Skips => format!("  {}\n", actual[j]),
            Move::Missing => format!("- {}\n", expected[i]),
            Move::Extra => format!("+ {}\n", actual[j]),
            Move::SkipsNone => String::new(),
        };
        diff.write_str(&line).expect("writing to a String cannot fail");
        (i, j) = way.target(i, j);
    }
    diff
}

#[cfg(test)]
#[path = "transcript_tests.rs"]
mod tests;
