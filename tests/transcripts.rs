//! Every command that README.md and docs/ show is run against a real server, and what it writes is
//! compared with what the document says it writes.
//!
//! A transcript is a fenced block marked `console`: lines that begin with `$ ` are commands (a trailing
//! backslash continues one), the lines after it are its output, in which `…` stands for any run of
//! characters, and alone on its line for any number of lines. One document is one bash and one server
//! of its own; `127.0.0.1:8080` in it stands for wherever that server listens. Blocks marked
//! `console NAME` are told to `examples/NAME.rs` instead, in a bash of their own.
#![cfg(feature = "server")]

#[path = "support/markdown.rs"]
mod markdown;
#[path = "support/server.rs"]
mod server;
#[path = "support/shell.rs"]
mod shell;
#[path = "support/transcript.rs"]
mod transcript;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use markdown::{documents, root};
use server::Server;
use shell::{Shell, Stuck};
use transcript::{Step, difference, examples, steps, steps_in, unmarked_curl};

/// What the documents write for the address of the server.
const DOCUMENTED: &str = "127.0.0.1:8080";

/// How long a command may take. The longest that a document has reason to show is a held poll of 25 s.
const LIMIT: Duration = Duration::from_secs(60);

/// What is shown and not run, by how the command begins, and why not. Everything else is run.
const NOT_RUN: [(&str, &str); 3] = [
    ("cargo", "it builds and starts the server, as this test has done already"),
    ("git clone", "it fetches what is being tested from somewhere else"),
    ("tests/run", "it would run this test again"),
];

#[test]
fn every_transcript_in_the_documents_is_true() {
    let failures: Vec<String> = documents().iter().flat_map(|path| check_document(path)).collect();
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n"));
}

/// Without this the test above would pass on documents that show nothing.
#[test]
fn the_readme_shows_curl() {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).expect("there is a README.md");
    let steps = steps(&text).expect("the README's transcripts are well-formed");
    let shown = steps.iter().filter(|step| is_run(step) && step.command.contains("curl "));
    assert!(shown.count() > 0, "README.md has no `console` block that calls curl");
}

fn check_document(path: &Path) -> Vec<String> {
    let name = markdown::name(path);
    let Ok(text) = fs::read_to_string(path) else { return vec![format!("{name} cannot be read")] };
    let unmarked = unmarked_curl(&text).into_iter();
    let mut failures: Vec<String> = unmarked
        .map(|line| format!("{name}:{line}: curl in a block not marked `console` is not checked"))
        .collect();
    match steps(&text) {
        Err(problem) => failures.push(format!("{name}: {problem}")),
        Ok(steps) if steps.iter().any(is_run) => failures.extend(check_against_server(&name, &steps)),
        Ok(_) => {}
    }
    failures.extend(examples(&text).iter().flat_map(|example| check_against_example(&name, &text, example)));
    failures
}

fn check_against_example(name: &str, text: &str, example: &str) -> Vec<String> {
    let steps = match steps_in(text, &format!("console {example}")) {
        Ok(steps) => steps,
        Err(problem) => return vec![format!("{name}: {problem}")],
    };
    let scratch = Scratch::new(&format!("{name}-{example}"));
    match Server::example(example, &scratch.0.join("server.log")) {
        Ok(server) => run_steps(name, &steps, server.address(), &scratch.0, LIMIT),
        Err(problem) => vec![format!("{name}: {problem}")],
    }
}

fn check_against_server(name: &str, steps: &[Step]) -> Vec<String> {
    let scratch = Scratch::new(name);
    let server = match Server::start(&scratch.0.join("server.log")) {
        Ok(server) => server,
        Err(problem) => return vec![format!("{name}: {problem}")],
    };
    let mut failures = run_steps(name, steps, server.address(), &scratch.0, LIMIT);
    // The shell is gone by now, and with it whatever held a connection open.
    if let Err(problem) = server.stop() {
        failures.push(format!("{name}: {problem}"));
    }
    failures
}

/// Runs the commands of one document in one shell, and says in what the outputs differ.
fn run_steps(name: &str, steps: &[Step], address: &str, scratch: &Path, limit: Duration) -> Vec<String> {
    let mut shell = Shell::start(root(), scratch, &search_path());
    let mut failures = Vec::new();
    for step in steps.iter().filter(|step| is_run(step)) {
        let Step { line, command, expected } = step;
        let problem = match shell.run(&command.replace(DOCUMENTED, address), limit) {
            Err(Stuck { why, output }) => {
                let output = output.replace(address, DOCUMENTED);
                failures.push(format!("{name}:{line}: {why}\n$ {command}\n{output}"));
                break;
            }
            Ok(outcome) => {
                let wrong_status = wrong_status(command, outcome.status);
                let output = outcome.output.replace(address, DOCUMENTED);
                match difference(expected, &output) {
                    None => wrong_status.map(|status| format!("{status}; its output:\n{output}\n")),
                    Some(diff) => Some(format!(
                        "{}\n- is what the document says, + is what came:\n{diff}",
                        wrong_status.unwrap_or_default()
                    )),
                }
            }
        };
        failures.extend(problem.map(|problem| format!("{name}:{line}: $ {command}\n{problem}")));
    }
    failures
}

fn is_run(step: &Step) -> bool {
    let begins = |(start, _): &(&str, &str)| {
        step.command.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    !NOT_RUN.iter().any(begins)
}

/// A command that fails silently must not pass for one that has nothing to say. Only the ones that were
/// told to stop listening after some time may end so.
fn wrong_status(command: &str, status: i32) -> Option<String> {
    let cut_short = match status {
        0 => true,
        28 => [" --max-time ", " -m "].iter().any(|option| command.contains(option)),
        124 => command.contains("timeout "),
        _ => false,
    };
    let hint =
        if status == 127 { " (not found; `tests/run transcripts` installs what is needed)" } else { "" };
    (!cut_short).then(|| format!("it ended with status {status}{hint}"))
}

/// The pinned tools first, then the server's own program, then what the machine has.
fn search_path() -> OsString {
    let program = Path::new(env!("CARGO_BIN_EXE_everwire"));
    let ours = [Some(root().join("tests/tools/node_modules/.bin")), program.parent().map(Path::to_owned)];
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let all = ours.into_iter().flatten().chain(std::env::split_paths(&machine));
    std::env::join_paths(all).expect("neither the checkout nor the target directory has a colon in its path")
}

/// An empty directory that goes away again.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("transcript-{}-{}", name.replace(['/', ' '], "-"), std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("cargo's directory for tests can be written");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
#[path = "support/transcripts_tests.rs"]
mod tests;
