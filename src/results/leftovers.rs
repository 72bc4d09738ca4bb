//! Temporary files and folders beside results: held while a run lives, swept by the next one when it was stopped.
//!
//! A new file is written as `.writing-xxxxxx`, new results in `.writing-xxxxxx/new`, and old results that make room lie
//! in `.replaced-xxxxxx/old`. Their run holds an advisory lock on the file, or on `lock` in the folder, and the system
//! drops it when the process ends, however it ends. So a leftover that can be locked has no owner. One that cannot be
//! locked, or that holds anything no run puts there, is left alone. On some network file systems one machine does not
//! see the locks of another, so runs on several machines should not share a folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::manifest::MANIFEST_FILE;
use super::replace::{FileKind, begins_like, file_number, result_of};
use super::schema::is_of_scenario;

const WRITING: &str = ".writing-";
const REPLACED: &str = ".replaced-";
/// Letters and digits after the prefix of a temporary name.
const RANDOM_LENGTH: usize = 6;

/// In a held folder: the file that is locked, new results, old results.
const LOCK: &str = "lock";
const NEW: &str = "new";
const OLD: &str = "old";

/// How many temporary names are tried. The sweep of another run may remove one before it is locked.
pub(super) const MOST_TRIES: usize = 100;

/// A temporary folder that no other run sweeps. Dropping it removes it with its new results, but never old ones.
#[derive(Debug)]
pub(super) struct HeldFolder {
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

impl HeldFolder {
    /// A folder for new results in `out`.
    pub fn for_new(out: &Path) -> io::Result<Self> {
        let folder = Self::create(out, WRITING)?;
        fs::create_dir(folder.new_set())?;
        Ok(folder)
    }

    /// A folder for old results in `out`.
    pub fn for_old(out: &Path) -> io::Result<Self> {
        Self::create(out, REPLACED)
    }

    fn create(out: &Path, prefix: &str) -> io::Result<Self> {
        for _ in 0..MOST_TRIES {
            let path = builder(prefix).tempdir_in(out)?.keep();
            let name = path.join(LOCK);
            // Another run may sweep the folder until it is locked; the next name is tried then.
            match OpenOptions::new().write(true).create_new(true).open(&name) {
                Ok(lock) if is_held(&lock, &name)? => return Ok(Self { path, _lock: lock }),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    let _ = fs::remove_dir(&path);
                    return Err(error);
                }
            }
        }
        Err(io::Error::other("temporary folders disappear"))
    }

    /// Where new results are written.
    pub fn new_set(&self) -> PathBuf {
        self.path.join(NEW)
    }

    /// Where old results are moved to.
    pub fn old_set(&self) -> PathBuf {
        self.path.join(OLD)
    }
}

impl Drop for HeldFolder {
    fn drop(&mut self) {
        if let Some(files) = written_files(&self.path) {
            remove(&self.path, &files, true);
        }
    }
}

/// A temporary file in `folder`, locked, with the mode of any new file.
pub(super) fn held_file(folder: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..MOST_TRIES {
        let mut builder = builder(WRITING);
        // Temporary files are private by default.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder)?;
        if is_held(file.as_file(), file.path())? {
            return Ok(file);
        }
    }
    Err(io::Error::other("temporary files disappear"))
}

fn builder(prefix: &str) -> tempfile::Builder<'_, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).rand_bytes(RANDOM_LENGTH);
    builder
}

/// Locks a new file. Returns false if a sweep locked it first, or has removed it already.
fn is_held(file: &File, path: &Path) -> io::Result<bool> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(false),
        // Where there are no locks, no sweep can lock it either, so it is left alone.
        Err(TryLockError::Error(_)) => Ok(true),
        Ok(()) => match fs::symlink_metadata(path) {
            // The path may by now name another file than the one that is locked.
            Ok(found) => Ok(file_number(&found) == file_number(&file.metadata()?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        },
    }
}

/// Sweeps the folders that stopped runs left in `out`. Returns the results that were put back: a run was stopped after
/// it moved them away, and before the new ones were in their place.
///
/// Leftovers that cannot be swept stay; a run does not fail because of them.
pub fn sweep_folders(out: &Path) -> Vec<PathBuf> {
    let mut put_back = Vec::new();
    for path in temporary(out, REPLACED).filter(|path| path.is_dir()) {
        let Some(lock) = lock_folder(&path) else { continue };
        put_back.extend(settle_old(out, &path, lock.is_some()));
    }
    for path in temporary(out, WRITING).filter(|path| path.is_dir()) {
        // Checked before locking, so that nothing is opened in a folder of somebody else, and again after it, because
        // it may have changed in between.
        if written_files(&path).is_none() {
            continue;
        }
        let Some(lock) = lock_folder(&path) else { continue };
        if let Some(files) = written_files(&path) {
            remove(&path, &files, lock.is_some());
        }
    }
    put_back
}

/// Sweeps the files that stopped runs left in a folder, if they are empty or show that they are of `kind`.
pub(super) fn sweep_files(folder: &Path, kind: &FileKind) {
    for path in temporary(folder, WRITING).filter(|path| path.is_file()) {
        let Ok(file) = File::open(&path) else { continue };
        if file.try_lock().is_ok() && begins_like(&path, kind).unwrap_or(false) {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Sweeps the files in a folder that nothing but runs write to.
pub(super) fn sweep_held(folder: &Path) {
    for path in temporary(folder, WRITING).filter(|path| path.is_file()) {
        let Ok(file) = File::open(&path) else { continue };
        if file.try_lock().is_ok() {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Entries of a folder with names that a run gives, without symbolic links, which no run makes.
fn temporary(folder: &Path, prefix: &'static str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_ours = move |name: &str| {
        let random = name.strip_prefix(prefix);
        random.is_some_and(|text| text.len() == RANDOM_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    entries
        .filter(move |entry| entry.file_name().to_str().is_some_and(is_ours))
        .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()))
        .map(|entry| entry.path())
}

/// Locks a folder that no run holds, if it has a file to lock. A run locks before it writes: without one it has no
/// owner. None if somebody holds it, or if it cannot be locked.
fn lock_folder(path: &Path) -> Option<Option<File>> {
    let name = path.join(LOCK);
    match fs::symlink_metadata(&name) {
        // Opening a pipe would wait for its other end.
        Ok(found) if found.is_file() => {
            let lock = OpenOptions::new().write(true).open(name).ok()?;
            lock.try_lock().is_ok().then_some(Some(lock))
        }
        Ok(_) => None,
        Err(error) => (error.kind() == io::ErrorKind::NotFound).then_some(None),
    }
}

/// The files of new results in a temporary folder, without its lock; none if anything else is there.
fn written_files(folder: &Path) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let (name, kind) = (entry.file_name(), entry.file_type().ok()?);
        if name == NEW && kind.is_dir() {
            files.extend(result_files(&entry.path())?);
        } else if !(name == LOCK && kind.is_file()) {
            return None;
        }
    }
    Some(files)
}

/// The files of a folder; none if any has a name that no file of results has.
fn result_files(folder: &Path) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let name = entry.file_name();
        let is_known = name == MANIFEST_FILE || name.to_str().is_some_and(is_of_scenario);
        if !is_known || !entry.file_type().ok()?.is_file() {
            return None;
        }
        files.push(entry.path());
    }
    Some(files)
}

/// Removes a temporary folder with these files, but no file that appeared meanwhile.
fn remove(folder: &Path, files: &[PathBuf], is_locked: bool) {
    // A file that cannot be removed stays for a later sweep.
    for file in files {
        let _ = fs::remove_file(file);
    }
    let _ = fs::remove_dir(folder.join(NEW));
    remove_shell(folder, is_locked);
}

/// Removes a temporary folder that holds nothing, or nothing but the lock that is held here. A lock that appeared
/// meanwhile belongs to a run which has just made the folder.
fn remove_shell(folder: &Path, is_locked: bool) {
    let is_lock = |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|entry| entry.file_name() == LOCK);
    if is_locked && fs::read_dir(folder).is_ok_and(|mut entries| entries.all(is_lock)) {
        let _ = fs::remove_file(folder.join(LOCK));
    }
    // Fails if anything is in it.
    let _ = fs::remove_dir(folder);
}

/// Puts old results back if nothing has taken their place, and removes them if newer ones of the same scenario have.
fn settle_old(out: &Path, folder: &Path, is_locked: bool) -> Option<PathBuf> {
    let old = folder.join(OLD);
    let mut put_back = None;
    if let Some((name, files)) = result_of(&old) {
        let target = out.join(&name);
        match fs::symlink_metadata(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // The run was stopped between its two renames: these are the only results.
                put_back = fs::rename(&old, &target).ok().map(|()| target);
            }
            _ => {
                if result_of(&target).is_some_and(|(other, _)| other == name) {
                    remove_files(&old, &files);
                }
            }
        }
    } else {
        // An empty folder was replaced, or its files are gone already.
        let _ = fs::remove_dir(&old);
    }
    remove_shell(folder, is_locked);
    put_back
}

/// Removes these files of a folder of results, and then the folder if nothing else is in it.
pub(super) fn remove_files(folder: &Path, names: &[String]) {
    // The manifest last, so that the rest of an interrupted removal still shows which results it belongs to.
    let (manifest, tables): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| *name == MANIFEST_FILE);
    let is_gone = |name: &String| match fs::remove_file(folder.join(name)) {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    // Every file is tried.
    let left = tables.into_iter().filter(|name| !is_gone(name)).count();
    if left == 0 {
        manifest.into_iter().for_each(|name| {
            let _ = fs::remove_file(folder.join(name));
        });
    }
    let _ = fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes files with the folders above them; an empty text makes a folder.
    fn make(out: &Path, entries: &[(&str, &str)]) {
        for (name, text) in entries {
            let path = out.join(name);
            if text.is_empty() {
                fs::create_dir_all(path).unwrap();
            } else {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
    }

    /// A manifest of results of a scenario, with `metrics.csv` beside it.
    fn manifest(scenario: &str) -> String {
        serde_json::json!({
            "format": 1, "version": "0.1.0", "scenario": scenario, "scenario_digest": "5c", "world_digest": "3a",
            "files": { "metrics.csv": "0".repeat(64) },
        })
        .to_string()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_stopped_run_left_is_swept() {
        let out = tempfile::tempdir().unwrap();
        make(
            out.path(),
            &[
                (".writing-abc123/lock", "x"),
                (".writing-abc123/new/metrics.csv", "metric"),
                (".writing-ABCdef/new/manifest.json", "{}"),
                (".writing-000000", ""),
                (".replaced-xyz789/lock", "x"),
            ],
        );
        assert_eq!(sweep_folders(out.path()), Vec::<PathBuf>::new());
        assert_eq!(names(out.path()), Vec::<String>::new());
    }

    #[test]
    fn what_a_living_run_holds_is_kept() {
        let out = tempfile::tempdir().unwrap();
        let new = HeldFolder::for_new(out.path()).unwrap();
        let old = HeldFolder::for_old(out.path()).unwrap();
        let file = held_file(out.path()).unwrap();
        fs::write(new.new_set().join("metrics.csv"), "metric").unwrap();
        let before = names(out.path());
        sweep_folders(out.path());
        sweep_files(out.path(), &FileKind::csv("a table", "id"));
        assert_eq!(names(out.path()), before);
        assert_eq!(names(&new.path), ["lock", "new"]);
        drop((new, old, file));
        assert_eq!(names(out.path()), Vec::<String>::new());
    }

    #[test]
    fn what_no_run_puts_there_is_kept() {
        let out = tempfile::tempdir().unwrap();
        make(
            out.path(),
            &[
                (".writing-abc123/lock", "x"),
                (".writing-abc123/new/notes.txt", "mine"),
                (".writing-def456/metrics.csv", "mine"),
                (".writing-ghi789/new/metrics.csv/mine", "mine"),
                (".writing-a-letter/lock", "mine"),
                (".writing-short", ""),
                (".replaced-abc123/lock", "mine"),
                (".replaced-abc123/old/metrics.csv", "mine"),
                (".replaced-def456/lock", "mine"),
                (".replaced-def456/notes.txt", "mine"),
            ],
        );
        let before = names(out.path());
        sweep_folders(out.path());
        assert_eq!(names(out.path()), before);
        for folder in [".replaced-abc123", ".replaced-def456", ".writing-abc123"] {
            assert_eq!(names(&out.path().join(folder)).len(), 2, "{folder}");
        }
    }

    #[test]
    fn old_results_are_put_back_where_nothing_took_their_place() {
        let out = tempfile::tempdir().unwrap();
        let manifest = manifest("primary");
        make(
            out.path(),
            &[
                (".replaced-abc123/lock", "x"),
                (".replaced-abc123/old/manifest.json", &manifest),
                (".replaced-abc123/old/metrics.csv", "metric"),
            ],
        );
        assert_eq!(sweep_folders(out.path()), [out.path().join("primary")]);
        assert_eq!(names(out.path()), ["primary"]);
        assert_eq!(names(&out.path().join("primary")), ["manifest.json", "metrics.csv"]);
    }

    #[test]
    fn old_results_go_where_newer_ones_stand_and_stay_where_anything_else_does() {
        let out = tempfile::tempdir().unwrap();
        let (one, other) = (manifest("one"), manifest("other"));
        make(
            out.path(),
            &[
                ("one/manifest.json", &one),
                (".replaced-abc123/old/manifest.json", &one),
                ("other/notes.txt", "mine"),
                (".replaced-def456/old/manifest.json", &other),
            ],
        );
        assert_eq!(sweep_folders(out.path()), Vec::<PathBuf>::new());
        assert_eq!(names(out.path()), [".replaced-def456", "one", "other"]);
    }

    #[test]
    fn old_results_are_put_back_nowhere_else() {
        for name in ["../elsewhere", "a/b", ".hidden", "..", ""] {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            make(&out, &[(".replaced-abc123/old/manifest.json", &manifest(name))]);
            assert_eq!(sweep_folders(&out), Vec::<PathBuf>::new(), "{name:?}");
            assert_eq!(names(folder.path()), ["out"], "{name:?}");
            assert_eq!(names(&out), [".replaced-abc123"], "{name:?}");
        }
    }

    #[test]
    fn files_of_stopped_runs_are_swept_by_their_kind() {
        let out = tempfile::tempdir().unwrap();
        for (name, text) in [
            (".writing-abc123", "id,t\n1,2\n"),
            (".writing-def456", ""),
            (".writing-ghi789", "mine"),
            (".writing-letter.csv", "id,t\n"),
        ] {
            fs::write(out.path().join(name), text).unwrap();
        }
        sweep_files(out.path(), &FileKind::csv("a table", "id,t"));
        assert_eq!(names(out.path()), [".writing-ghi789", ".writing-letter.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (out, theirs) = (folder.path().join("out"), folder.path().join("theirs"));
        make(folder.path(), &[("out", ""), ("theirs/new/metrics.csv", "metric")]);
        std::os::unix::fs::symlink(&theirs, out.join(".writing-abc123")).unwrap();
        fs::create_dir(out.join(".writing-def456")).unwrap();
        std::os::unix::fs::symlink(theirs.join("new"), out.join(".writing-def456/new")).unwrap();
        fs::create_dir(out.join(".replaced-abc123")).unwrap();
        std::os::unix::fs::symlink(theirs.join("new/metrics.csv"), out.join(".replaced-abc123/lock")).unwrap();
        let before = names(&out);
        sweep_folders(&out);
        assert_eq!(names(&out), before);
        assert_eq!(names(&out.join(".replaced-abc123")), ["lock"]);
        assert_eq!(names(&theirs.join("new")), ["metrics.csv"]);
    }
}
