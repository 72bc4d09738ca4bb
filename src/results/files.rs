//! Writing so that a reader finds the old result or the new one, never a part: beside the target, synced, renamed.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::leftovers::{HeldFolder, held_file, remove_files, sweep_files};
use super::manifest::MANIFEST_FILE;
use super::replace::{FileKind, InputPaths, prove_own_file, prove_own_folder};
use super::schema::is_of_scenario;

/// A file or folder that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("cannot write {}: {cause}", path.display())]
    Failed {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("{} already exists; use --overwrite to replace it, or --out to write elsewhere", path.display())]
    Exists { path: PathBuf },
    #[error("{} is not replaced: {found}; choose another place to write, or remove it yourself", path.display())]
    Foreign { path: PathBuf, found: String },
    #[error("{} is not replaced: this command reads {}; choose another place to write", path.display(), input.display())]
    Input { path: PathBuf, input: PathBuf },
    #[error("the draws need about {needed} in {}, where {free} are free; use fewer draws, or parts with --draw-range", path.display())]
    NoRoom {
        path: PathBuf,
        needed: String,
        free: String,
    },
    #[error("{} is not replaced: it also holds {lost}, which this run lacks; run them all, or write elsewhere with --out", path.display())]
    Batch { path: PathBuf, lost: String },
    #[error("{} is the place of another run, which is under way; wait for it, or choose another place with --out", path.display())]
    Busy { path: PathBuf },
    #[error("{} holds {}; {}--overwrite starts anew, --out writes elsewhere", path.display(), stopped(difference.as_ref()),
        if difference.is_some() { "" } else { "--resume goes on with it, " })]
    Stopped {
        path: PathBuf,
        /// How it differs from this run; none if it is this one.
        difference: Option<String>,
    },
    #[error("{} is the place of a table of the batch, so no scenario may be called so; rename its file", path.display())]
    NameTaken { path: PathBuf },
}

fn stopped(difference: Option<&String>) -> String {
    difference.map_or("this run, stopped".to_owned(), |difference| {
        format!("another run that was stopped: {difference}")
    })
}

impl WriteError {
    /// A path that could not be written.
    pub fn new(path: &Path, cause: io::Error) -> Self {
        failed(path)(cause)
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> WriteError + '_ {
    move |cause| WriteError::Failed {
        path: path.to_owned(),
        cause,
    }
}

fn refuse_existing(path: &Path) -> Result<(), WriteError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(WriteError::Exists { path: path.to_owned() }),
        Err(_) => Ok(()),
    }
}

/// A file that may be written: there is none, or one that the program wrote and that may be replaced.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    kind: FileKind,
    inputs: InputPaths,
}

impl OutputFile {
    /// Proves that a file of `kind` may be written under `path`; writes nothing.
    ///
    /// # Errors
    /// When something is there and `overwrite` is not set, or it is of another kind, or one of the `inputs`.
    pub fn prove(path: &Path, kind: FileKind, overwrite: bool, inputs: &InputPaths) -> Result<Self, WriteError> {
        if !overwrite {
            refuse_existing(path)?;
        }
        prove_own_file(path, &kind, inputs)?;
        Ok(Self {
            path: path.to_owned(),
            kind,
            inputs: inputs.clone(),
        })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When the folder, the new file or the exchange cannot be written; an old file is then as it was.
    pub fn write(&self, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_by(|out| out.write_all(bytes))
    }

    /// Writes the file, as [`OutputFile::write`] does, with the bytes that `content` writes.
    ///
    /// # Errors
    /// As [`OutputFile::write`], and those of `content`.
    pub fn write_by(&self, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), WriteError> {
        let folder = parent(&self.path);
        sweep_files(folder, &self.kind);
        let write = || {
            let mut file = held_file(folder)?;
            buffered(file.as_file_mut(), content)?;
            // Before the rename, or a crash could leave an empty file under the name.
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = write().map_err(failed(&self.path))?;
        // Once more, because another program may have written to the path meanwhile.
        let replaces = prove_own_file(&self.path, &self.kind, &self.inputs)?;
        put_in_place(file, &self.path, replaces)
            .and_then(|()| sync_folder(folder))
            .map_err(failed(&self.path))
    }
}

impl OutputFile {
    /// Removes the file, if it is there and still of its kind.
    pub fn remove(&self) {
        if prove_own_file(&self.path, &self.kind, &self.inputs).is_ok_and(|exists| exists) {
            // What stays is told by `status`: the record of the run does not list it.
            let _ = fs::remove_file(&self.path);
        }
    }

    /// Writes the file, as [`OutputFile::write_by`] does, and returns its BLAKE3 in hexadecimal.
    ///
    /// # Errors
    /// As [`OutputFile::write_by`].
    pub fn write_digested(&self, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<String, WriteError> {
        let mut hasher = blake3::Hasher::new();
        self.write_by(|out| {
            content(&mut Hashed {
                out,
                hasher: &mut hasher,
            })
        })?;
        Ok(hasher.finalize().to_hex().to_string())
    }
}

/// Renames a finished file. If nothing was to be replaced, a file that appeared meanwhile is not replaced either.
fn put_in_place(file: NamedTempFile, path: &Path, replaces: bool) -> io::Result<()> {
    if replaces {
        file.persist(path)?;
        return Ok(());
    }
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(failure) if failure.error.kind() == io::ErrorKind::AlreadyExists => Err(failure.error),
        // Some network file systems have no such rename.
        Err(failure) => Ok(failure.file.persist(path).map(|_| ())?),
    }
}

/// The folder that a path lies in.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Writes in pieces, because a table may be too large for memory.
fn buffered(file: &mut fs::File, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    content(&mut out)?;
    out.flush()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// The place of a scenario's result folder, proven to be free, or to hold results of it that may be replaced.
#[derive(Debug)]
pub struct ScenarioPlace {
    out: PathBuf,
    name: String,
    overwrite: bool,
    inputs: InputPaths,
}

impl ScenarioPlace {
    /// Proves that the folder `name` in `out` may be written; writes nothing.
    ///
    /// # Errors
    /// When it exists and `overwrite` is not set, holds anything else than results of this scenario, or touches one of
    /// the `inputs`.
    pub fn prove(out: &Path, name: &str, overwrite: bool, inputs: &InputPaths) -> Result<Self, WriteError> {
        let place = Self {
            out: out.to_owned(),
            name: name.to_owned(),
            overwrite,
            inputs: inputs.clone(),
        };
        place.check()?;
        Ok(place)
    }

    fn target(&self) -> PathBuf {
        self.out.join(&self.name)
    }

    /// The names of the files that are there, none if there is no folder.
    fn check(&self) -> Result<Option<Vec<String>>, WriteError> {
        if !self.overwrite {
            refuse_existing(&self.target())?;
        }
        prove_own_folder(&self.target(), &self.name, &self.inputs)
    }

    /// Starts a set of results; the folder above it is created if need be.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn start(self) -> Result<ScenarioFolder, WriteError> {
        fs::create_dir_all(&self.out).map_err(failed(&self.out))?;
        let writing = HeldFolder::for_new(&self.out).map_err(failed(&self.out))?;
        Ok(ScenarioFolder { place: self, writing })
    }
}

/// The result folder of one scenario, written beside its place and exchanged when complete.
#[derive(Debug)]
pub struct ScenarioFolder {
    place: ScenarioPlace,
    writing: HeldFolder,
}

impl ScenarioFolder {
    /// Writes one file of the set.
    ///
    /// # Errors
    /// When it cannot be written in full.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_by(name, |out| out.write_all(bytes)).map(|_| ())
    }

    /// Writes one file of the set with the bytes that `content` writes; returns its digest.
    ///
    /// # Errors
    /// When it cannot be written in full, and those of `content`.
    pub fn write_by(
        &self,
        name: &str,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<blake3::Hash, WriteError> {
        // A later sweep leaves folders alone that hold a file of any other name.
        debug_assert!(
            name == MANIFEST_FILE || is_of_scenario(name),
            "{name} is no file of results"
        );
        let path = self.writing.new_set().join(name);
        let write = || {
            let mut file = fs::File::create_new(&path)?;
            let mut hasher = blake3::Hasher::new();
            buffered(&mut file, |out| {
                content(&mut Hashed {
                    out,
                    hasher: &mut hasher,
                })
            })?;
            file.sync_all()?;
            Ok(hasher.finalize())
        };
        write().map_err(failed(&self.place.target().join(name)))
    }

    /// Puts the complete set in its place.
    ///
    /// # Errors
    /// When the place may no longer be written, or the exchange fails; the old set is then as it was.
    pub fn finish(self) -> Result<(), WriteError> {
        let Self { place, writing } = self;
        let (target, new) = (place.target(), writing.new_set());
        // The names in the folder must reach the disk before the folder gets its place.
        sync_folder(&new).map_err(failed(&target))?;
        if place.check()?.is_some() {
            exchange(&place, &new)?;
        } else {
            // Fails if a folder appeared meanwhile, unless it is empty.
            fs::rename(&new, &target).map_err(failed(&target))?;
        }
        sync_folder(&place.out).map_err(failed(&target))
    }
}

/// Puts the folder `new` in a place where another stands.
///
/// The old set is moved away first, so that the name never holds a mixture, and is proven once more where no other
/// program looks for it. Only the files of that proof are removed; files that appeared meanwhile stay where they are.
fn exchange(place: &ScenarioPlace, new: &Path) -> Result<(), WriteError> {
    let target = place.target();
    let aside = HeldFolder::for_old(&place.out).map_err(failed(&target))?;
    let old = aside.old_set();
    fs::rename(&target, &old).map_err(failed(&target))?;
    let renamed = prove_own_folder(&old, &place.name, &place.inputs).and_then(|files| {
        fs::rename(new, &target).map_err(failed(&target))?;
        Ok(files.unwrap_or_default())
    });
    match renamed {
        Ok(files) => {
            remove_files(&old, &files);
            Ok(())
        }
        Err(error) => {
            if fs::rename(&old, &target).is_ok() {
                return Err(error);
            }
            // The old set stays where it was moved to: it may be the only copy.
            let reason = format!("the old results are now in {}: {error}", old.display());
            Err(WriteError::new(&target, io::Error::other(reason)))
        }
    }
}

/// Computes the digest of all bytes that pass.
pub(super) struct Hashed<'a> {
    pub out: &'a mut dyn Write,
    pub hasher: &'a mut blake3::Hasher,
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a file and a manifest that lists it in the folder `primary` of `out`.
    fn write(out: &Path, text: &str, overwrite: bool) -> Result<(), WriteError> {
        let folder = ScenarioPlace::prove(out, "primary", overwrite, &InputPaths::default())?.start()?;
        let digest = folder.write_by("metrics.csv", |out| out.write_all(text.as_bytes()))?;
        let manifest = serde_json::json!({
            "format": 1, "version": "0.1.0", "scenario": "primary", "scenario_digest": "5c", "world_digest": "3a",
            "files": { "metrics.csv": digest.to_hex().to_string() },
        });
        folder.write("manifest.json", manifest.to_string().as_bytes())?;
        folder.finish()
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
    fn an_existing_result_is_kept_unless_it_may_be_replaced() {
        let out = tempfile::tempdir().unwrap();
        write(out.path(), "one", false).unwrap();
        let refused = write(out.path(), "two", false);
        assert!(matches!(refused, Err(WriteError::Exists { .. })));
        let read = || fs::read_to_string(out.path().join("primary/metrics.csv")).unwrap();
        assert_eq!(read(), "one");
        write(out.path(), "two", true).unwrap();
        assert_eq!(read(), "two");
        assert_eq!(names(out.path()), ["primary"], "nothing temporary is left");
    }

    #[test]
    fn a_folder_that_is_not_finished_leaves_nothing() {
        let out = tempfile::tempdir().unwrap();
        let place = ScenarioPlace::prove(out.path(), "primary", false, &InputPaths::default()).unwrap();
        let folder = place.start().unwrap();
        folder.write("metrics.csv", b"one").unwrap();
        drop(folder);
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_way_of_the_folder_is_named() {
        let out = tempfile::tempdir().unwrap();
        let file = out.path().join("results");
        fs::write(&file, "x").unwrap();
        let error = ScenarioPlace::prove(&file, "primary", false, &InputPaths::default()).unwrap_err();
        assert!(error.to_string().contains("results"), "{error}");
    }

    #[test]
    fn what_comes_into_the_folder_while_the_new_set_is_written_stays() {
        let out = tempfile::tempdir().unwrap();
        write(out.path(), "one", false).unwrap();
        let place = ScenarioPlace::prove(out.path(), "primary", true, &InputPaths::default()).unwrap();
        let folder = place.start().unwrap();
        fs::write(out.path().join("primary/notes.txt"), "mine").unwrap();
        let error = folder.finish().unwrap_err();
        assert!(
            error.to_string().contains("notes.txt is no file of these results"),
            "{error}"
        );
        assert_eq!(names(out.path()), ["primary"]);
        assert_eq!(
            names(&out.path().join("primary")),
            ["manifest.json", "metrics.csv", "notes.txt"]
        );
    }

    #[test]
    fn what_comes_under_the_name_of_a_file_while_it_is_written_stays() {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join("table.csv");
        let kind = FileKind::csv("a table", "id,t");
        let file = OutputFile::prove(&path, kind, true, &InputPaths::default()).unwrap();
        let error = file.write_by(|_| fs::write(&path, "mine")).unwrap_err();
        assert!(
            error.to_string().contains("it is not a table: it begins with \"mine\""),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(names(out.path()), ["table.csv"]);
    }
}
