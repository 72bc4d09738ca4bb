use clap::Parser;

use std::fs;
use std::path::Path;

use super::*;
use crate::results::read::fixture::ResultFixture;

#[derive(Parser)]
struct CompareCommand {
    #[command(flatten)]
    arguments: CompareArguments,
}

/// Runs the command on a batch of two scenarios; `BATCH` in the arguments is its folder.
fn compare(batch: &Path, arguments: &[&str]) -> Result<String, CompareError> {
    for (name, draws) in [("baseline", [1e9, 2e9, 3e9]), ("ban", [0.5e9, 1e9, 2e9])] {
        ResultFixture::new(name, &draws).write(batch);
    }
    let batch = batch.display().to_string();
    let words = arguments.iter().map(|word| word.replace("BATCH", &batch));
    let CompareCommand { arguments } = CompareCommand::parse_from(std::iter::once("compare".to_owned()).chain(words));
    let mut out = Vec::new();
    run(&arguments, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn a_batch_is_compared_as_a_table() {
    let batch = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(compare(batch.path(), &["BATCH"]).unwrap());
}

#[test]
fn a_file_holds_what_would_have_been_printed() {
    let batch = tempfile::tempdir().unwrap();
    let printed = compare(batch.path(), &["BATCH", "--format", "csv", "--metric", "circumvented"]).unwrap();
    let target = batch.path().join("comparison.csv");
    let (header, _) = printed.split_once('\n').unwrap();
    fs::write(&target, format!("{header}\nold\n")).unwrap();
    let arguments = [
        "BATCH",
        "--format",
        "csv",
        "--metric",
        "circumvented",
        "--out",
        "BATCH/comparison.csv",
    ];
    assert_eq!(compare(batch.path(), &arguments).unwrap(), "");
    assert_eq!(fs::read_to_string(&target).unwrap(), printed);
    assert_eq!(
        fs::read_dir(batch.path()).unwrap().count(),
        3,
        "nothing temporary is left"
    );
}

#[test]
fn only_an_older_comparison_gives_way() {
    let batch = tempfile::tempdir().unwrap();
    let target = batch.path().join("out.txt");
    for (format, older) in [("table", "csv"), ("markdown", "table"), ("csv", "markdown")] {
        for format in [older, format] {
            compare(batch.path(), &["BATCH", "--format", format, "--out", "BATCH/out.txt"]).unwrap();
        }
    }
    for theirs in ["reference: my notes\n", "| metric | mine |\n", "scenario,reference\n"] {
        fs::write(&target, theirs).unwrap();
        let error = compare(batch.path(), &["BATCH", "--out", "BATCH/out.txt"]).unwrap_err();
        assert_eq!(error.exit_code(), 7);
        assert_eq!(fs::read_to_string(&target).unwrap(), theirs);
    }
}

#[test]
fn wrong_usage_is_told_from_bad_results_and_bad_disks() {
    let batch = tempfile::tempdir().unwrap();
    let failure = |arguments: &[&str]| {
        let error = compare(batch.path(), arguments).unwrap_err();
        let text = error.to_string().replace(&batch.path().display().to_string(), "BATCH");
        (error.exit_code(), text)
    };
    let told = |code: u8, text: &str| (code, text.to_owned());
    assert_eq!(
        failure(&["BATCH/ban"]),
        told(
            2,
            "there is one result only, ban: name another folder to compare it with"
        )
    );
    assert_eq!(failure(&["BATCH", "--metric", "profit"]).0, 2);
    assert_eq!(failure(&["BATCH", "--reference", "aid"]).0, 2);
    assert_eq!(
        failure(&["BATCH", "--metric", "price_rise", "--commodity", "plywood"]),
        told(
            2,
            "none of the results has a metric with this name, period, commodity and intermediary together"
        )
    );
    assert_eq!(failure(&["BATCH/none"]).0, 5);
    let (code, text) = failure(&["BATCH", "--out", "BATCH/none/comparison.txt"]);
    assert_eq!(code, 7);
    assert!(text.starts_with("cannot write BATCH/none/comparison.txt: "), "{text}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let batch = tempfile::tempdir().unwrap();
    let socket = batch.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let error = compare(batch.path(), &["BATCH", "--out", "BATCH/socket"]).unwrap_err();
    assert_eq!(error.exit_code(), 7);
    assert!(
        error.to_string().ends_with("socket: it exists and is no regular file"),
        "{error}"
    );
    assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
}

/// Fails every write in one way.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_who_goes_away_is_no_error_but_a_full_disk_is() {
    let batch = tempfile::tempdir().unwrap();
    compare(batch.path(), &["BATCH"]).unwrap();
    let folder = batch.path().display().to_string();
    let CompareCommand { arguments } = CompareCommand::parse_from(["compare", &folder]);
    assert!(run(&arguments, &mut Broken(io::ErrorKind::BrokenPipe)).is_ok());
    let error = run(&arguments, &mut Broken(io::ErrorKind::StorageFull)).unwrap_err();
    assert_eq!(error.exit_code(), 7);
}

#[cfg(unix)]
#[test]
fn a_written_file_may_be_read_by_others_if_the_umask_lets_them() {
    use std::os::unix::fs::PermissionsExt;
    let batch = tempfile::tempdir().unwrap();
    compare(batch.path(), &["BATCH", "--out", "BATCH/comparison.txt"]).unwrap();
    fs::write(batch.path().join("usual"), "").unwrap();
    let mode = |name: &str| fs::metadata(batch.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("comparison.txt"), mode("usual"));
}

#[test]
fn margins_are_amounts_multiples_or_shares() {
    for (text, expected) in [
        ("5e7", Margin::Amount(5e7)),
        ("5bn", Margin::Amount(5e9)),
        ("50 million", Margin::Amount(5e7)),
        ("2.5 mn", Margin::Amount(2.5e6)),
        ("1%", Margin::OfReference(0.01)),
    ] {
        assert_eq!(parse_margin(text), Ok(expected), "{text}");
    }
    for text in ["", "bn", "0", "-1%", "inf", "5 apples", "5bnmn"] {
        assert!(parse_margin(text).is_err(), "{text}");
    }
}
