//! The schedules can fail: each planted mutant of the session is caught by them.
//!
//! A mutant is a small file in `tests/mutants`: a source file, a text that occurs in it exactly once, what stands there
//! instead, and why that is wrong. Each is built in a copy of this package that holds only what the schedules need: the
//! manifest, the lock file, `src/wire` and `src/session` under a `lib.rs` of two lines (imports point downward only, so
//! these floors stand by themselves), and the schedules. The floors above would only cost eight builds.

#![allow(clippy::unwrap_used)] // A test may.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Instant,
};

use serde_json::Value;

/// Enough for every mutant: the last is caught within the first few hundred.
const SCHEDULES: &str = "4000";
/// How the schedules' own checks begin what they say. A mutant that fails otherwise has not been caught by them.
const CAUGHT: &str = "breaks a promise: ";

struct Mutant {
    name: String,
    file: String,
    find: String,
    replace: String,
}

#[test]
fn every_patch_applies() {
    let mutants = mutants();
    assert!(mutants.len() >= 7, "only {} mutants are there", mutants.len());
    for mutant in &mutants {
        mutant.patched();
    }
}

#[test]
fn every_mutant_is_caught() {
    let copy = Copy::new();
    let sound = copy.run("the sound session");
    let said = text(&sound);
    assert!(sound.status.success() && said.contains("1 passed"), "the sound session fails:\n{said}");
    let mut survivors = Vec::new();
    for mutant in mutants() {
        let file = copy.dir.join(&mutant.file);
        fs::write(&file, mutant.patched()).unwrap();
        let run = copy.run(&mutant.name);
        fs::copy(root().join(&mutant.file), &file).unwrap();
        let said = text(&run);
        let caught = said.lines().find(|line| line.contains(CAUGHT));
        match caught {
            Some(line) if !run.status.success() => println!("{}: {line}", mutant.name),
            _ => survivors.push(format!("{}:\n{said}", mutant.name)),
        }
    }
    assert!(survivors.is_empty(), "the schedules' checks did not catch {}", survivors.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn mutants() -> Vec<Mutant> {
    let entries = fs::read_dir(root().join("tests/mutants")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| Mutant::read(path)).collect()
}

impl Mutant {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let value: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let lines = |key: &str| {
            let lines = value[key].as_array().unwrap_or_else(|| panic!("{name}: `{key}` is a list of lines"));
            lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
        };
        assert!(value["why"].is_string(), "{name}: `why` says what is wrong with it");
        let file = value["file"].as_str().unwrap().to_owned();
        Mutant { file, find: lines("find"), replace: lines("replace"), name }
    }

    /// The source with the mutation. A patch that fits nowhere, or in two places, went stale.
    fn patched(&self) -> String {
        let source = fs::read_to_string(root().join(&self.file)).unwrap();
        let found = source.matches(&self.find).count();
        assert_eq!(
            found, 1,
            "{}: its text occurs {found} times in {}, so it went stale",
            self.name, self.file
        );
        source.replacen(&self.find, &self.replace, 1)
    }
}

/// The reduced copy of this package, and the directory its builds share.
struct Copy {
    dir: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn new() -> Self {
        let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants");
        let (dir, target) = (base.join("package"), base.join("target"));
        if dir.exists() {
            fs::remove_dir_all(&dir).unwrap();
        }
        for part in ["src/wire", "src/session", "tests/schedules"] {
            copy_tree(&root().join(part), &dir.join(part));
        }
        for file in ["Cargo.toml", "Cargo.lock", "tests/schedules.rs"] {
            fs::copy(root().join(file), dir.join(file)).unwrap();
        }
        let lib = "//! The two lowest floors.\npub mod session;\npub mod wire;\n";
        fs::write(dir.join("src/lib.rs"), lib).unwrap();
        // The manifest names it; without its feature it is not built.
        fs::write(dir.join("src/main.rs"), "fn main() {}\n").unwrap();
        Copy { dir, target }
    }

    /// Builds the copy as it stands, which must succeed, and runs its schedules.
    fn run(&self, name: &str) -> Output {
        let begun = Instant::now();
        let built = self.cargo(&["--no-run"]);
        assert!(built.status.success(), "{name} does not build:\n{}", text(&built));
        let (build, begun) = (begun.elapsed(), Instant::now());
        let output = self.cargo(&[]);
        println!("{name}: built in {build:.1?}, ran for {:.1?}", begun.elapsed());
        output
    }

    fn cargo(&self, more: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args([
                "test",
                "--test",
                "schedules",
                "--no-default-features",
                "--offline",
                "--locked",
                "--target-dir",
            ])
            .arg(&self.target)
            .args(more)
            .current_dir(&self.dir)
            .env("EVERWIRE_SCHEDULES", SCHEDULES)
            .env("RUST_BACKTRACE", "0")
            .env_remove("EVERWIRE_SEED")
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .expect("cargo, which runs this, can be run")
    }
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn text(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
