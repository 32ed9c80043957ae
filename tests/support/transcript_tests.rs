use super::{Step, difference, line_matches, steps, unmarked_curl};

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn commands_are_found_with_their_line_and_output() {
    let page =
        "# A page\n\n```console\n$ one\n$ two\nfirst\n\nsecond\n```\n\n~~~~ console\n$ three\nx\n~~~~\n";
    let step = |line, command: &str, expected: &str| Step {
        line,
        command: command.to_owned(),
        expected: lines(expected),
    };
    let wanted = [step(4, "one", ""), step(5, "two", "first\n\nsecond"), step(12, "three", "x")];
    assert_eq!(steps(page).unwrap(), wanted);
}

#[test]
fn a_backslash_continues_a_command() {
    let found = steps("```console\n$ curl \\\n    -s \\\n    url\nout\n```\n").unwrap();
    assert_eq!(found[0].command, "curl \\\n    -s \\\n    url");
    assert_eq!(found[0].expected, ["out"]);
}

#[test]
fn other_blocks_and_other_text_are_left_alone() {
    let page = "$ no\n```js\n$ no\n```\n```` markdown\n```console\n$ no\n```\n````\n``` console ``` $ no\n";
    assert_eq!(steps(page).unwrap(), []);
}

#[test]
fn a_block_in_a_list_loses_the_indentation_of_its_fence() {
    let found = steps("1. do\n\n   ```console\n   $ ls\n     a\n   ```\n").unwrap();
    assert_eq!((found[0].command.as_str(), found[0].expected[0].as_str()), ("ls", "  a"));
}

#[test]
fn output_without_a_command_is_refused_even_behind_another_block() {
    let refused = steps("```console\n$ ls\n```\n```console\nsomething\n```\n").unwrap_err();
    assert!(refused.starts_with("line 5:"), "{refused}");
}

#[test]
fn curl_in_a_block_that_nobody_runs_is_found() {
    let page = "```sh\necho curl \n  curl -s x\n```\n```\n$ curl y\n```\n```console\n$ curl z\n```\n";
    assert_eq!(unmarked_curl(page), [3, 6]);
}

#[test]
fn a_line_matches_with_holes_and_only_so() {
    for (pattern, line) in [
        ("", ""),
        ("abc", "abc"),
        ("a…c", "abbc"),
        ("a…c", "ac"),
        ("…", "anything"),
        ("…b…", "abc"),
        ("a…b…c", "a-b-b-c"),
        (r#"{"session":"…",…}"#, r#"{"session":"1","turn":2}"#),
    ] {
        assert!(line_matches(pattern, line), "{pattern} should match {line}");
    }
    for (pattern, line) in [
        ("", "a"),
        ("abc", "abcd"),
        ("abc", "ab"),
        ("a…c", "abd"),
        ("ab…bc", "abc"),
        ("a…b…c", "a-c"),
        ("…b", "bc"),
    ] {
        assert!(!line_matches(pattern, line), "{pattern} should not match {line}");
    }
}

#[test]
fn outputs_that_are_as_promised_have_no_difference() {
    for (expected, actual) in [
        ("", ""),
        ("", "\n\n"),
        ("a", "a"),
        ("a\n\n", "a\r\n"),
        ("…", ""),
        ("…", "a\nb"),
        ("a\n…\nd", "a\nb\nc\nd\n"),
        ("a\n…\nd", "a\nd"),
        ("…\nb\n…", "a\nb\nb\nc"),
        ("  a…", "  abc  "),
    ] {
        assert_eq!(difference(&lines(expected), actual), None, "{expected:?} against {actual:?}");
    }
}

#[test]
fn a_difference_is_drawn_line_by_line() {
    for (expected, actual, diff) in [
        ("a", "", "- a\n"),
        ("", "a", "+ a\n"),
        ("a\nb\nc", "a\nc", "  a\n- b\n  c\n"),
        ("a\nc", "a\nb\nc", "  a\n+ b\n  c\n"),
        ("a\nx…\nc", "a\nb\nc", "  a\n- x…\n+ b\n  c\n"),
        ("a\n…\nz", "a\nb\nc", "  a\n  b\n  c\n- z\n"),
        ("a\n\nb", "a\nb", "  a\n- \n  b\n"),
    ] {
        let drawn = difference(&lines(expected), actual);
        assert_eq!(drawn.as_deref(), Some(diff), "{expected:?} against {actual:?}");
    }
}
