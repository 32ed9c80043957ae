//! The rules of the house (docs/ARCHITECTURE.md) that a machine can check. Each rule is a function from a
//! file's path and text to what is wrong with it; in `support/house_tests.rs` each one is shown to find a
//! planted fault, as a rule that cannot fail would only look like one.

#[path = "support/rust_source.rs"]
mod rust_source;

use std::fs;
use std::path::Path;
use std::process::Command;

use rust_source::{Token, tokens};

/// The floors, with their height. Imports point downward only; floors of one height, like engine and
/// hub, don't know each other. `lib.rs` and `main.rs` stand above all.
const FLOORS: [(&str, u8); 8] = [
    ("wire", 0),
    ("session", 1),
    ("dialect", 2),
    ("engine", 3),
    ("hub", 3),
    ("transport", 4),
    ("gateway", 5),
    ("server", 6),
];

/// The floors without clock and I/O, and the crates that have no business there.
const PURE: [&str; 2] = ["wire", "session"];
const IMPURE_CRATES: [&str; 9] = [
    "tokio",
    "tokio_tungstenite",
    "hyper",
    "hyper_util",
    "http",
    "http_body",
    "http_body_util",
    "socket2",
    "tower_service",
];
/// The framing of RFC 6455 is taken from the part of this crate that does no I/O.
const SANS_IO: (&str, [&str; 3]) = ("src/wire/frame", ["tokio_tungstenite", "::", "tungstenite"]);

/// How long a file may be, in lines.
const LONGEST: usize = 400;

/// What is wrong, and where.
type Faults = Vec<String>;

#[test]
fn imports_point_downward() {
    none(each_source(&["src/"], upward_imports));
}

#[test]
fn the_pure_floors_stay_pure() {
    none(each_source(&["src/"], impure_crates));
    for floor in PURE {
        let path = format!("src/{floor}/mod.rs");
        none(undenied_clocks(&path, &read(&path).unwrap_or_default()));
    }
}

#[test]
fn files_and_functions_are_short() {
    none(each_source(&["src/"], long_files));
    // How long a function of the client may be is ESLint's to measure.
    let scripts = files().into_iter().filter(|path| path.ends_with("js") && !path.contains("/dist/"));
    none(scripts.flat_map(|path| long_files(&path, &read(&path).unwrap_or_default())).collect());
    none(unchecked_functions(
        &read("clippy.toml").unwrap_or_default(),
        &read("Cargo.toml").unwrap_or_default(),
    ));
}

#[test]
fn nothing_is_left_open_or_switched_off() {
    none(each_source(&["src/", "tests/", "examples/", "benches/", "fuzz/"], unfinished));
}

#[test]
fn the_repository_names_nothing_outside_itself() {
    let text_files = files().into_iter().filter_map(|path| read(&path).map(|text| (path, text)));
    none(text_files.flat_map(|(path, text)| outside_names(&path, &text)).collect());
}

/// Imports, and paths in the code, from a floor to one that is not below it.
fn upward_imports(path: &str, text: &str) -> Faults {
    let module = module_of(path);
    let Some(&own) = module.first() else { return Faults::new() };
    let Some(height) = height_of(own) else { return vec![format!("{path}: `{own}` is none of the floors")] };
    let allowed = |name: &str| name == own || height_of(name).is_some_and(|other| other < height);
    // Such a file is attached by `#[path]`, as the module `tests` of the one that it tests.
    let depth = module.len() + usize::from(path.ends_with("_tests.rs"));
    let wrong = root_names(&tokens(text), depth).into_iter().filter(|name| !allowed(name.text));
    wrong
        .map(|Token { text, line }| match height_of(text) {
            Some(_) => format!("{path}:{line}: {own} may not know {text}, which is not below it"),
            None => format!("{path}:{line}: `crate::{text}` is no floor: take it from where it is defined"),
        })
        .collect()
}

fn height_of(floor: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == floor).map(|(_, height)| *height)
}

/// The module of a source file, from the crate's root: `src/wire/sse.rs` is `["wire", "sse"]`.
fn module_of(path: &str) -> Vec<&str> {
    let path = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    let parts: Vec<&str> = path.split('/').filter(|part| *part != "mod").collect();
    if matches!(parts[..], ["lib" | "main"]) { Vec::new() } else { parts }
}

/// What is named directly below the crate's root, through `crate` or through enough `super`s, in a module
/// that lies `depth` below it.
fn root_names<'a>(tokens: &[Token<'a>], depth: usize) -> Vec<Token<'a>> {
    let (mut found, mut inline, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        match tokens[at].text {
            "{" => inline.push(is_inline_module(&tokens[..at])),
            "}" => {
                inline.pop();
            }
            "crate" => found.extend(names_behind(tokens, at + 1)),
            "super" => {
                let nested = inline.iter().filter(|is_module| **is_module).count();
                let ups = tokens[at..].chunks(2).take_while(|pair| pair[0].text == "super").count();
                at += 2 * (ups - 1);
                if ups >= depth + nested {
                    found.extend(names_behind(tokens, at + 1));
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn is_inline_module(before: &[Token<'_>]) -> bool {
    matches!(before, [.., keyword, _] if keyword.text == "mod")
}

/// The names behind a path's `::`, one or a group of them. Renaming the root itself counts as a name too,
/// since what is reached through the new name would not be seen.
fn names_behind<'a>(tokens: &[Token<'a>], at: usize) -> Vec<Token<'a>> {
    let texts = |at: usize| tokens.get(at).map_or("", |token| token.text);
    if texts(at) != "::" {
        return tokens.get(at).filter(|token| token.text == "as").copied().into_iter().collect();
    }
    if texts(at + 1) != "{" {
        return tokens.get(at + 1).copied().into_iter().collect();
    }
    let (mut names, mut depth) = (Vec::new(), 0_usize);
    for (index, token) in tokens.iter().enumerate().skip(at + 1) {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," => {}
            _ if depth == 1 && matches!(tokens[index - 1].text, "{" | ",") => names.push(*token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// Crates for I/O, time or HTTP on a floor that has none of it.
fn impure_crates(path: &str, text: &str) -> Faults {
    if !module_of(path).first().is_some_and(|floor| PURE.contains(floor)) {
        return Faults::new();
    }
    let tokens = tokens(text);
    let texts: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    let named =
        (0..tokens.len()).filter(|&at| IMPURE_CRATES.contains(&texts[at]) && is_crate_name(&texts, at));
    let framing = path.starts_with(SANS_IO.0);
    named
        .filter(|&at| !(framing && texts[at..].starts_with(&SANS_IO.1)))
        .map(|at| format!("{path}:{}: `{}` on a floor without clock and I/O", tokens[at].line, texts[at]))
        .collect()
}

/// Whether the word at `at` begins a path, or is imported whole; and isn't, say, a field of that name.
fn is_crate_name(texts: &[&str], at: usize) -> bool {
    let behind = texts.get(at + 1).copied().unwrap_or_default();
    let (before, before_that) = match texts[..at] {
        [.., that, before] => (before, that),
        [before] => (before, ""),
        _ => ("", ""),
    };
    let ends_path =
        |text: &str| text == ">" || text.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    let inside_path = before == "::" && ends_path(before_that) && before_that != "use";
    let imported_whole = matches!(before, "use" | "crate");
    (behind == "::" && !inside_path) || imported_whole
}

/// A pure floor whose module does not deny what clippy.toml lists.
fn undenied_clocks(path: &str, text: &str) -> Faults {
    let code: String = tokens(text).iter().map(|token| token.text).collect();
    let mut denied = code.split("#![deny(").skip(1).filter_map(|rest| rest.split(")]").next());
    if denied.any(|lints| lints.split(',').any(|lint| lint == "clippy::disallowed_methods")) {
        return Faults::new();
    }
    vec![format!("{path}: has to say `#![deny(clippy::disallowed_methods)]`")]
}

fn long_files(path: &str, text: &str) -> Faults {
    let lines = text.lines().count();
    if lines <= LONGEST {
        return Faults::new();
    }
    vec![format!("{path}: {lines} lines, where {LONGEST} is the most")]
}

/// How long a function may be is measured by clippy, if it is told to.
fn unchecked_functions(clippy: &str, cargo: &str) -> Faults {
    let says = |text: &str, wanted: &[&str]| {
        text.lines().any(|line| wanted.contains(&line.replace(char::is_whitespace, "").as_str()))
    };
    let mut faults = Faults::new();
    if !says(clippy, &["too-many-lines-threshold=40"]) {
        faults.push("clippy.toml: has to say `too-many-lines-threshold = 40`".to_owned());
    }
    if !says(cargo, &["too_many_lines=\"warn\"", "too_many_lines=\"deny\""]) {
        faults.push("Cargo.toml: the lint `too_many_lines` has to be on".to_owned());
    }
    faults
}

/// Stubs, tests that aren't run, and lints switched off that are there to find such things. Modules
/// shared by several test programs may hold what one of them doesn't use: each is compiled by itself.
fn unfinished(path: &str, text: &str) -> Faults {
    let tokens = tokens(text);
    let shared = path.starts_with("tests/support/");
    let faults = (0..tokens.len()).filter_map(|at| {
        let behind = tokens.get(at + 1).map_or("", |token| token.text);
        let text = tokens[at].text;
        let found = match text {
            "todo" | "unimplemented" if is_called(&tokens[at..]) => format!("`{text}!`"),
            "ignore" if at > 0 && is_attribute(&tokens, at) => "a test that is not run".to_owned(),
            "allow" | "expect" if behind == "(" => switched_off(&tokens[at..], shared)?,
            _ => return None,
        };
        Some(format!("{path}:{}: {found}", tokens[at].line))
    });
    faults.chain(unrun_examples(path, text)).collect()
}

/// Whether the first word is a macro that is called; `todo != 1` isn't.
fn is_called(tokens: &[Token<'_>]) -> bool {
    matches!(tokens, [_, mark, open, ..] if mark.text == "!" && matches!(open.text, "(" | "[" | "{"))
}

/// An example in a documentation comment that is neither compiled nor run.
fn unrun_examples(path: &str, text: &str) -> Faults {
    let lines = (1..).zip(text.lines().map(str::trim_start));
    let unrun = lines.filter(|(_, line)| {
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let info = comment.and_then(|comment| comment.trim_start().strip_prefix("```"));
        info.is_some_and(|info| info.split(',').any(|word| word.trim() == "ignore"))
    });
    unrun.map(|(number, _)| format!("{path}:{number}: an example that is not compiled")).collect()
}

/// Whether the word stands in an attribute, where attributes may stand: `#[ignore]`, `cfg_attr(x, ignore)`.
fn is_attribute(tokens: &[Token<'_>], at: usize) -> bool {
    let opening = tokens[..at].iter().rposition(|token| matches!(token.text, "]" | ";" | "#"));
    opening.is_some_and(|opening| {
        let between = &tokens[opening..at];
        let says = |at: usize, text| between.get(at).is_some_and(|token: &Token<'_>| token.text == text);
        let direct = between.len() == 2;
        says(0, "#") && says(1, "[") && (direct || says(2, "cfg_attr"))
    })
}

fn switched_off(attribute: &[Token<'_>], shared: bool) -> Option<String> {
    let inside = attribute.iter().take_while(|token| token.text != ")");
    let lint = inside.map(|token| token.text).find(|lint| match *lint {
        "dead_code" => !shared,
        "too_many_lines" => true,
        _ => false,
    })?;
    Some(format!("`{lint}` is switched off"))
}

/// What only exists where somebody develops: neighbours of the checkout, absolute paths, the host from
/// which packages came. Whoever clones the repository has none of these.
fn outside_names(path: &str, text: &str) -> Faults {
    let lines = (1..).zip(text.lines());
    lines
        .filter_map(|(number, line)| outside_name(line).map(|what| format!("{path}:{number}: {what}")))
        .collect()
}

fn outside_name(line: &str) -> Option<String> {
    // Spelled in two halves, so that this file does not name them either.
    const HOSTS: [&str; 9] = [
        concat!("registry.", "npmjs.org"),
        concat!("registry.", "yarnpkg.com"),
        concat!("index.", "crates.io"),
        concat!("static.", "crates.io"),
        concat!("proxy.", "golang.org"),
        concat!("pypi.", "org"),
        concat!("files.", "pythonhosted.org"),
        concat!("deb.", "debian.org"),
        concat!("static.", "rust-lang.org"),
    ];
    const SETTINGS: [&str; 4] = [
        concat!("\"resolved\": ", "\"http"),
        concat!("registry=", "http"),
        concat!("sparse+", "http"),
        concat!("replace", "-with"),
    ];
    let is_part = |character: char| character.is_alphanumeric() || "_-.".contains(character);
    let neighbour = line
        .match_indices(concat!("../", "shared"))
        .any(|(at, found)| !line[at + found.len()..].starts_with(is_part));
    let absolute = line
        .match_indices(concat!("/wo", "rk"))
        .any(|(at, found)| !line[..at].ends_with(is_part) && !line[at + found.len()..].starts_with(is_part));
    if neighbour || absolute {
        return Some("names a path outside the repository".to_owned());
    }
    if let Some(host) = HOSTS.iter().find(|host| line.contains(**host)) {
        return Some(format!("names the package host {host}"));
    }
    let foreign_source = line.contains(concat!("registry+", "http"))
        && !line.contains("registry+https://github.com/rust-lang/crates.io-index");
    let setting = foreign_source || SETTINGS.iter().any(|setting| line.contains(setting));
    setting.then(|| "says from which host packages come".to_owned())
}

fn none(faults: Faults) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Applies a rule to each Rust file below one of the folders. There have to be some.
fn each_source(folders: &[&str], rule: fn(&str, &str) -> Faults) -> Faults {
    let mut paths = files();
    paths.retain(|path| path.ends_with(".rs") && folders.iter().any(|folder| path.starts_with(folder)));
    assert!(!paths.is_empty(), "no Rust file below {folders:?}");
    paths.iter().flat_map(|path| rule(path, &read(path).unwrap_or_default())).collect()
}

/// Every file that is committed, or would be by `git add --all`, as a path from the repository's root.
fn files() -> Vec<String> {
    // Whose checkout it is doesn't matter to somebody who only lists it.
    let arguments =
        ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let listed = listed.expect("git is installed");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    String::from_utf8_lossy(&listed.stdout).split_terminator('\0').map(str::to_owned).collect()
}

/// A file's text; `None` where it isn't text, or is listed and deleted.
fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

#[cfg(test)]
#[path = "support/house_tests.rs"]
mod tests;
