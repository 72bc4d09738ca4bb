//! Nothing is lost: a command replaces only what the program wrote itself, and never what it reads.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{repository, roundabout, stderr};

/// A folder with a small world and scenarios on it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A world in `world`, and the scenario `s.toml`.
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let oracle = repository().join("tests/oracle/000-ban");
        copy(&oracle.join("world"), &desk.path("world"));
        fs::copy(oracle.join("scenario.toml"), desk.path("s.toml")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another scenario that says the same.
    fn extend(&self, name: &str) {
        fs::write(self.path(name), "title = \"Another\"\nextends = \"s.toml\"\n").unwrap();
    }

    /// Runs the program; words with `@` name files of the desk.
    fn roundabout(&self, words: &str) -> Output {
        let folder = self.folder.path().to_str().unwrap();
        let words: Vec<String> = words
            .split_whitespace()
            .map(|word| word.replace('@', &format!("{folder}/")))
            .collect();
        roundabout(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn succeeds(&self, words: &str) {
        let output = self.roundabout(words);
        assert!(output.status.success(), "{words}: {}", stderr(&output));
    }

    /// Every file with its bytes, every link with its target, every folder.
    fn state(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut state = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let found = fs::symlink_metadata(&path).unwrap();
                let content = if found.is_symlink() {
                    fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
                } else if found.is_dir() {
                    folders.push(path.clone());
                    Vec::new()
                } else {
                    fs::read(&path).unwrap()
                };
                state.insert(path, content);
            }
        }
        state
    }

    /// The command exits with code 7, says why, and everything stays as it was.
    fn refuses(&self, words: &str, reasons: &[&str]) {
        let before = self.state();
        let output = self.roundabout(words);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(7), "{words}: {said}");
        for reason in reasons {
            assert!(said.contains(reason), "{words}: {reason:?} is not in {said:?}");
        }
        assert!(before == self.state(), "{words}: something was touched");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

const RUN: &str = "run @s.toml --quiet --draws 2 --table-files csv --out @r";

/// A table, a picture or a page of somebody else.
const THEIRS: &str = "id,note\n1,mine\n";

#[test]
fn a_world_called_like_the_scenario_is_not_replaced() {
    let desk = Desk::new();
    fs::rename(desk.path("s.toml"), desk.path("world.toml")).unwrap();
    desk.refuses(
        "run @world.toml --out @ --overwrite",
        &["world is not replaced", "this command reads"],
    );
}

#[test]
fn a_folder_of_results_that_holds_something_else_is_not_replaced() {
    let desk = Desk::new();
    desk.succeeds(RUN);
    let overwrite = format!("{RUN} --overwrite");
    for name in ["notes.txt", "Flows.csv", "two\nlines", ".hidden"] {
        fs::write(desk.path("r/s").join(name), "mine").unwrap();
        desk.refuses(&overwrite, &["is no file of these results"]);
        fs::remove_file(desk.path("r/s").join(name)).unwrap();
    }
    fs::write(desk.path("r/s/notes.txt"), "mine").unwrap();
    desk.refuses(
        &overwrite,
        &["notes.txt is no file of these results", "remove it yourself"],
    );
    fs::remove_file(desk.path("r/s/notes.txt")).unwrap();
    fs::create_dir(desk.path("r/s/empty")).unwrap();
    desk.refuses(&overwrite, &["empty is no file of these results"]);
    fs::remove_dir(desk.path("r/s/empty")).unwrap();
    fs::remove_file(desk.path("r/s/flows.csv")).unwrap();
    fs::create_dir(desk.path("r/s/flows.csv")).unwrap();
    desk.refuses(&overwrite, &["flows.csv is a folder"]);
    fs::remove_dir(desk.path("r/s/flows.csv")).unwrap();
    desk.succeeds(&overwrite);
    assert!(desk.path("r/s/flows.csv").is_file());
}

#[test]
fn a_folder_without_a_manifest_of_this_scenario_is_not_replaced() {
    let desk = Desk::new();
    desk.succeeds(RUN);
    let overwrite = format!("{RUN} --overwrite");
    let manifest = fs::read_to_string(desk.path("r/s/manifest.json")).unwrap();
    let not_ours = "its manifest.json is not one that this program writes";
    for (text, reason) in [
        ("{}", not_ours),
        (
            "{\"name\": \"an extension\", \"version\": \"1.0\", \"format\": 1}",
            not_ours,
        ),
        (
            &manifest.replace("\"s\"", "\"t\""),
            "it holds results of the scenario \"t\"",
        ),
        (&manifest.replacen("\"books.csv\"", "\"../books.csv\"", 1), not_ours),
        (&manifest[..manifest.len() / 2], not_ours),
    ] {
        fs::write(desk.path("r/s/manifest.json"), text).unwrap();
        desk.refuses(&overwrite, &[reason]);
    }
    fs::remove_file(desk.path("r/s/manifest.json")).unwrap();
    desk.refuses(&overwrite, &["it holds files but no manifest.json"]);
}

#[test]
fn an_empty_folder_and_an_empty_file_give_way() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("r/s")).unwrap();
    fs::write(desk.path("r/summary.csv"), "").unwrap();
    desk.succeeds(&format!("{RUN} --overwrite"));
    assert!(desk.path("r/s/manifest.json").is_file());
}

#[test]
fn the_tables_of_a_batch_replace_only_such_tables_and_nothing_is_simulated_before() {
    let desk = Desk::new();
    fs::create_dir(desk.path("r")).unwrap();
    for table in ["summary.csv", "comparison.csv", "order.csv"] {
        fs::write(desk.path("r").join(table), THEIRS).unwrap();
        desk.refuses(&format!("{RUN} --overwrite"), &[table, "it begins with \"id,note\""]);
        fs::remove_file(desk.path("r").join(table)).unwrap();
    }
    desk.succeeds(RUN);
    desk.succeeds(&format!("{RUN} --overwrite"));
}

#[test]
fn if_one_of_several_results_may_not_be_replaced_none_is() {
    let desk = Desk::new();
    desk.extend("t.toml");
    let both = "run @s.toml @t.toml --quiet --draws 2 --overwrite --out @r";
    desk.succeeds(both);
    fs::write(desk.path("r/t/notes.txt"), "mine").unwrap();
    desk.refuses(both, &["r/t is not replaced"]);
    fs::remove_file(desk.path("r/t/notes.txt")).unwrap();
    fs::write(desk.path("r/comparison.csv"), THEIRS).unwrap();
    desk.refuses(both, &["comparison.csv is not replaced"]);
}

#[test]
fn a_scenario_cannot_be_called_like_a_table_of_the_batch() {
    let desk = Desk::new();
    for name in ["summary.csv", "comparison.csv", "order.csv", "Summary.CSV", "run.json"] {
        desk.extend(&format!("{name}.toml"));
        let before = desk.state();
        let output = desk.roundabout(&format!("run @s.toml @{name}.toml --out @r"));
        assert_eq!(output.status.code(), Some(3));
        let said = stderr(&output);
        assert!(said.contains("the file's name cannot name results"), "{said}");
        assert!(before == desk.state());
    }
}

#[test]
fn results_that_a_scenario_reads_are_not_replaced() {
    let desk = Desk::new();
    desk.succeeds(RUN);
    let scenario = fs::read_to_string(desk.path("s.toml")).unwrap();
    let prior = "\n[parameters]\n\"commodity.good0.route_choice\" = { posterior = \"r/s/inputs.csv\" }\n";
    let draws = fs::read_to_string(desk.path("r/s/inputs.csv")).unwrap();
    let named = draws.replacen("draw", "commodity.good0.route_choice", 1);
    fs::write(
        desk.path("r/s/inputs.csv"),
        named.replace("\n0", "\n5").replace("\n1", "\n6"),
    )
    .unwrap();
    fs::write(desk.path("s.toml"), scenario + prior).unwrap();
    desk.refuses(
        &format!("{RUN} --overwrite"),
        &["r/s is not replaced", "this command reads", "inputs.csv"],
    );
}

#[test]
fn results_inside_a_world_are_not_replaced() {
    let desk = Desk::new();
    desk.succeeds("run @s.toml --quiet --draws 2 --out @world/results");
    desk.refuses(
        "run @s.toml --quiet --draws 2 --overwrite --out @world/results",
        &["this command reads"],
    );
}

#[test]
fn check_replaces_a_table_of_routes_but_none_of_a_world() {
    let desk = Desk::new();
    desk.refuses("check @s.toml --routes @world/routes.csv", &["this command reads"]);
    desk.refuses("check @s.toml --routes @s.toml", &["this command reads"]);
    copy(&desk.path("world"), &desk.path("other"));
    desk.succeeds("check @s.toml --routes @routes.csv");
    desk.succeeds("check @s.toml --routes @routes.csv");
    fs::copy(desk.path("routes.csv"), desk.path("other/routes.csv")).unwrap();
    desk.refuses(
        "check @s.toml --routes @other/routes.csv",
        &["it stands among the tables of a world"],
    );
    fs::write(desk.path("routes.csv"), THEIRS).unwrap();
    desk.refuses("check @s.toml --routes @routes.csv", &["it is not a table of routes"]);
}

#[test]
fn solve_replaces_only_its_own_tables() {
    let desk = Desk::new();
    let solve = "solve @s.toml --month 2021-02 --overwrite --out";
    desk.refuses(&format!("{solve} @world"), &["capacities.csv is not replaced"]);
    desk.succeeds(RUN);
    desk.refuses(&format!("{solve} @r/s"), &["flows.csv is not replaced"]);
    desk.succeeds(&format!("{solve} @solved"));
    desk.succeeds(&format!("{solve} @solved"));
    desk.refuses("solve @s.toml --month 2021-02 --out @solved", &["--overwrite"]);
    fs::write(desk.path("solved/prices.csv"), THEIRS).unwrap();
    desk.refuses(&format!("{solve} @solved"), &["prices.csv is not replaced"]);
}

#[test]
fn compare_and_plot_replace_only_what_they_wrote() {
    let desk = Desk::new();
    desk.extend("t.toml");
    desk.succeeds("run @s.toml @t.toml --quiet --draws 2 --out @r");
    let plot = "plot @r --where metric=restricted --where commodity=all --where via= --where unit=t --out";
    let compare = "compare @r --out";
    desk.refuses(
        &format!("{compare} @s.toml"),
        &["s.toml is not replaced", "it is not a"],
    );
    desk.refuses(&format!("{compare} @r/s/manifest.json"), &["this command reads"]);
    desk.refuses(&format!("{compare} @r/summary.csv"), &["it is not a"]);
    fs::write(desk.path("p.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    fs::write(desk.path("p.pdf"), "%PDF-1.7\n1 0 obj\n<< /Producer (another) >>\n").unwrap();
    fs::write(desk.path("p.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>\n").unwrap();
    for picture in ["p.png", "p.pdf", "p.svg"] {
        for command in [compare, plot] {
            desk.refuses(
                &format!("{command} @{picture}"),
                &[&format!("{picture} is not replaced")],
            );
        }
    }
    for again in [
        format!("{compare} @again"),
        format!("{plot} @a.svg"),
        format!("{plot} @a.png"),
        format!("{plot} @a.pdf"),
    ] {
        desk.succeeds(&again);
        desk.succeeds(&again);
    }
    // A picture in another format is no picture that may be replaced.
    fs::copy(desk.path("a.svg"), desk.path("b.png")).unwrap();
    desk.refuses(&format!("{plot} @b.png"), &["b.png is not replaced"]);
}

#[test]
fn validate_replaces_only_a_validation() {
    let desk = Desk::new();
    let shipped = "validate scenarios/primary.toml --facts scenarios/facts/eurasia.toml --draws 1 --overwrite --out @v";
    fs::create_dir(desk.path("v")).unwrap();
    fs::write(desk.path("v/validation.md"), "# My notes\n").unwrap();
    desk.refuses(shipped, &["validation.md is not replaced"]);
    fs::remove_file(desk.path("v/validation.md")).unwrap();
    fs::create_dir(desk.path("v/validation")).unwrap();
    fs::write(desk.path("v/validation/facts.csv"), THEIRS).unwrap();
    desk.refuses(shipped, &["facts.csv is not replaced"]);
}

/// A run that goes on until it is killed, from when it has started to write.
struct Living(std::process::Child);

impl Living {
    fn start(desk: &Desk, scenario: &str) -> Self {
        let arguments = ["run", "--quiet", "--draws", "1000000", "--threads", "1", "--out"];
        let child = Command::new(env!("CARGO_BIN_EXE_roundabout"))
            .args(arguments)
            .args([desk.path("r"), desk.path(scenario)])
            .spawn()
            .unwrap();
        let started = Instant::now();
        while !desk.temporary().iter().any(|path| path.join("new").is_dir()) {
            assert!(started.elapsed() < Duration::from_mins(1), "nothing was started");
            sleep(Duration::from_millis(10));
        }
        Self(child)
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Desk {
    /// The hidden entries of the folder of results.
    fn temporary(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("r")).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with('.'))
            .collect()
    }
}

#[test]
fn the_next_run_sweeps_what_a_killed_one_left_but_nothing_of_a_living_one() {
    let desk = Desk::new();
    desk.extend("t.toml");
    let living = Living::start(&desk, "t.toml");
    let held = desk.temporary();
    let refused = desk.roundabout(RUN);
    assert_eq!(refused.status.code(), Some(7));
    assert!(
        stderr(&refused).contains("another run, which is under way"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(desk.temporary(), held);
    living.kill();
    assert_eq!(desk.temporary(), held);
    fs::write(desk.path("r/.writing-abc123"), "scenario,metric,unit\nmine\n").unwrap();
    fs::write(desk.path("r/.writing-def456"), "").unwrap();
    desk.succeeds(RUN);
    assert_eq!(
        desk.temporary(),
        [desk.path("r/.writing-abc123")],
        "not a table of ours"
    );
}

#[test]
fn results_of_which_a_killed_run_left_the_only_copy_are_put_back() {
    let desk = Desk::new();
    desk.extend("t.toml");
    desk.succeeds(RUN);
    let results = |state: BTreeMap<PathBuf, Vec<u8>>| -> Vec<_> {
        let in_results = |path: &PathBuf| path.starts_with(desk.path("r/s"));
        state.into_iter().filter(|(path, _)| in_results(path)).collect()
    };
    let before = results(desk.state());
    fs::create_dir(desk.path("r/.replaced-abc123")).unwrap();
    fs::write(desk.path("r/.replaced-abc123/lock"), "").unwrap();
    fs::rename(desk.path("r/s"), desk.path("r/.replaced-abc123/old")).unwrap();
    let output = desk.roundabout("run @t.toml --draws 2 --overwrite --out @r");
    assert!(stderr(&output).contains("r/s is back"), "{}", stderr(&output));
    // What is back belongs to the batch that the run would replace.
    assert_eq!(output.status.code(), Some(7));
    assert!(
        stderr(&output).contains("it also holds s, which this run lacks"),
        "{}",
        stderr(&output)
    );
    assert!(results(desk.state()) == before);
    assert_eq!(desk.temporary(), Vec::<PathBuf>::new());
    // Without --overwrite the results that are back are in the way.
    fs::create_dir(desk.path("r/.replaced-abc123")).unwrap();
    fs::rename(desk.path("r/s"), desk.path("r/.replaced-abc123/old")).unwrap();
    for file in [
        "summary.csv",
        "comparison.csv",
        "comparison-by-month.csv",
        "order.csv",
        "run.json",
    ] {
        fs::remove_file(desk.path("r").join(file)).unwrap();
    }
    assert_eq!(desk.roundabout(RUN).status.code(), Some(7));
    assert!(results(desk.state()) == before);
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn symbolic_links_are_not_replaced() {
        let desk = Desk::new();
        desk.succeeds(RUN);
        let overwrite = format!("{RUN} --overwrite");
        fs::rename(desk.path("r/s"), desk.path("elsewhere")).unwrap();
        symlink(desk.path("elsewhere"), desk.path("r/s")).unwrap();
        desk.refuses(&overwrite, &["r/s is not replaced: it is a symbolic link"]);
        fs::remove_file(desk.path("r/s")).unwrap();
        fs::rename(desk.path("elsewhere"), desk.path("r/s")).unwrap();
        fs::rename(desk.path("r/s/books.csv"), desk.path("books.csv")).unwrap();
        symlink(desk.path("books.csv"), desk.path("r/s/books.csv")).unwrap();
        desk.refuses(&overwrite, &["books.csv is a symbolic link"]);
        symlink(desk.path("s.toml"), desk.path("routes.csv")).unwrap();
        desk.refuses(
            "check @s.toml --routes @routes.csv",
            &["it exists and is a symbolic link"],
        );
    }

    #[test]
    fn an_input_is_known_by_every_name() {
        let desk = Desk::new();
        symlink(desk.path("world"), desk.path("w")).unwrap();
        desk.refuses("check @s.toml --routes @w/routes.csv", &["this command reads"]);
        fs::hard_link(desk.path("world/routes.csv"), desk.path("mine.csv")).unwrap();
        desk.refuses("check @s.toml --routes @mine.csv", &["this command reads"]);
        desk.refuses("check @s.toml --routes @r/../world/routes.csv", &["cannot write"]);
        desk.refuses(
            "check @s.toml --routes @world/../world/routes.csv",
            &["this command reads"],
        );
    }

    #[test]
    fn a_folder_of_results_may_be_a_link_itself() {
        let desk = Desk::new();
        fs::create_dir(desk.path("disk")).unwrap();
        symlink(desk.path("disk"), desk.path("r")).unwrap();
        desk.succeeds(RUN);
        desk.succeeds(&format!("{RUN} --overwrite"));
        assert!(desk.path("disk/s/manifest.json").is_file());
        assert!(fs::symlink_metadata(desk.path("r")).unwrap().is_symlink());
    }
}
