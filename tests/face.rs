//! What the library's face promises: an example with every public item, a README that shows what runs, and none of the
//! program's crates in the library alone. Each rule is a function from texts to what is wrong with them; in
//! `support/face_tests.rs` each one is shown to find a planted fault.

use std::{fs, path::Path, process::Command};

#[path = "support/face_tests.rs"]
mod planted;

/// What is wrong, and where.
type Faults = Vec<String>;

/// Public items of the face without an example of their own, and why.
const WITHOUT: [(&str, &str); 1] =
    [("src/gateway/handler.rs: Reply", "nobody can name it: `IntoReply` shows what may be returned")];

/// Crates that only the program needs.
const OF_THE_PROGRAM: [&str; 6] =
    ["clap", "prometheus-client", "rlimit", "strsim", "toml", "tracing-subscriber"];

#[test]
fn every_public_item_has_an_example_that_runs() {
    let mut faults: Faults =
        rust_files("src/gateway").iter().flat_map(|path| items_without_example(path, &read(path))).collect();
    faults.extend(reexported(&read("src/lib.rs")).iter().filter_map(|(floor, name)| {
        let files = rust_files(&format!("src/{floor}"));
        let defined = files
            .iter()
            .find_map(|path| definition(&read(path), name).map(|has_example| (path, has_example)));
        match defined {
            Some((_, true)) => None,
            Some((path, false)) => Some(format!("{path}: {name} has no example")),
            None => Some(format!("src/lib.rs: {name} is defined nowhere in src/{floor}")),
        }
    }));
    for (item, _) in WITHOUT {
        let before = faults.len();
        faults.retain(|fault| !fault.starts_with(item));
        assert!(faults.len() < before, "{item} is listed as an exception, and is none");
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_readme_shows_the_example_as_it_runs() {
    assert_eq!(first_block(&read("README.md"), "rust").as_deref(), Some(&*read("examples/hello.rs")));
}

#[test]
fn the_library_alone_needs_none_of_the_programs_crates() {
    let tree = |features: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "tree",
            "--locked",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        let output =
            cargo.args(features).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let alone = tree(&["--no-default-features"]);
    assert_eq!(crates_of_the_program(&alone), Faults::new());
    assert!(!alone.lines().any(|line| line.starts_with("axum")), "axum is asked for by its feature only");
    // Otherwise the rule would find nothing anywhere.
    assert_eq!(crates_of_the_program(&tree(&[])).len(), OF_THE_PROGRAM.len());
    assert!(
        tree(&["--no-default-features", "--features", "axum"]).lines().any(|line| line.starts_with("axum "))
    );
}

/// Public items whose documentation has no example. Fields and variants are shown by their type's, and a trait's functions
/// by the trait's.
fn items_without_example(path: &str, text: &str) -> Faults {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.iter().position(|line| line.starts_with("#[cfg(test)]")).unwrap_or(lines.len());
    let items = (0..tests).filter_map(|at| public_item(lines[at]).map(|name| (at, name)));
    let bare = items.filter(|(at, _)| !has_example(&lines[..*at]));
    bare.map(|(at, name)| format!("{path}: {name} (line {}) has no example", at + 1)).collect()
}

/// The name of the public item that begins on this line.
fn public_item(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub ")?;
    let rest = ["async ", "const "].iter().fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
    let (kind, name) = rest.split_once(' ')?;
    let end =
        name.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(name.len());
    matches!(kind, "fn" | "struct" | "enum" | "trait" | "type" | "union" | "static").then_some(&name[..end])
}

/// Whether the documentation comment that ends these lines has an example; attributes may stand below it.
fn has_example(before: &[&str]) -> bool {
    let lines = before.iter().rev().map(|line| line.trim_start());
    let lines = lines.skip_while(|line| !line.starts_with("///") && is_attribute(line));
    let comment: Vec<&str> = lines.map_while(|line| line.strip_prefix("///")).collect();
    let fences = comment.iter().rev().filter_map(|line| line.trim_start().strip_prefix("```"));
    // Every second fence closes what the one before has opened.
    fences.step_by(2).any(is_run)
}

fn is_attribute(line: &str) -> bool {
    line.starts_with("#[") || line.ends_with(")]")
}

/// Whether a block with this behind its fence is compiled by rustdoc.
fn is_run(info: &str) -> bool {
    info.split(',').all(|word| matches!(word.trim(), "" | "rust" | "no_run" | "should_panic"))
}

/// Whether the type of this name, if it is defined here, has an example.
fn definition(text: &str, name: &str) -> Option<bool> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| !line.starts_with(' ') && public_item(line) == Some(name))?;
    Some(has_example(&lines[..at]))
}

/// What the crate's root takes from floors below the face: floor and name.
fn reexported(root: &str) -> Vec<(String, String)> {
    let code: String = root.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let uses = code.split("pub use ").skip(1).filter_map(|rest| rest.split_once(';')).map(|(path, _)| path);
    let pairs = uses.filter_map(|path| path.split_once("::")).filter(|(floor, _)| *floor != "gateway");
    pairs
        .flat_map(|(floor, names)| {
            let names =
                names.trim_matches(['{', '}', ' ']).split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(|name| (floor.to_owned(), name.to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

/// The first block of a document with this word behind its fence.
fn first_block(document: &str, language: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("```{language}\n"))?;
    rest.split_once("```\n").map(|(block, _)| block.to_owned())
}

fn crates_of_the_program(tree: &str) -> Faults {
    let named = |name: &&&str| tree.lines().any(|line| line.split(' ').next() == Some(**name));
    OF_THE_PROGRAM.iter().filter(named).map(|name| format!("{name} is the program's")).collect()
}

fn rust_files(folder: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder)).expect("the folder is there") {
        let name = entry.expect("it can be read").file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            found.extend(rust_files(&path));
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}"))
}
