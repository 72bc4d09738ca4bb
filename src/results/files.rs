//! Writing so that a reader finds the old result or the new one, never a part: beside the target, synced, renamed.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

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

/// Replaces one file, but nothing that is no regular file.
///
/// # Errors
/// When the folder, the new file or the exchange cannot be written; an old file is then as it was.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_file_by(path, |out| out.write_all(bytes))
}

/// Replaces one file, as [`write_file`] does, by what `content` writes.
///
/// # Errors
/// As [`write_file`], and those of `content`.
pub fn write_file_by(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), WriteError> {
    // A new file under the name of a device or a pipe would take it from everybody.
    if fs::metadata(path).is_ok_and(|target| !target.is_file()) {
        return Err(failed(path)(io::Error::other("it exists and is no regular file")));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let write = || {
        let mut file = with_default_mode(tempfile::Builder::new().prefix(".writing-")).tempfile_in(folder)?;
        buffered(file.as_file_mut(), content)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        sync_folder(folder)
    };
    write().map_err(failed(path))
}

/// A table may be larger than memory should be: it is written in pieces.
fn buffered(file: &mut fs::File, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    content(&mut out)?;
    out.flush()
}

/// Temporary files are private by default; results have the mode of any new file.
fn with_default_mode<'b, 'p, 's>(builder: &'b mut tempfile::Builder<'p, 's>) -> &'b mut tempfile::Builder<'p, 's> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// The result folder of one scenario, written beside its place and exchanged when complete.
#[derive(Debug)]
pub struct ScenarioFolder {
    target: PathBuf,
    overwrite: bool,
    writing: TempDir,
}

impl ScenarioFolder {
    /// Prepares the folder `name` in `out`, which is created if need be.
    ///
    /// # Errors
    /// When it exists and may not be replaced, or when nothing can be written there.
    pub fn prepare(out: &Path, name: &str, overwrite: bool) -> Result<Self, WriteError> {
        let target = out.join(name);
        if fs::symlink_metadata(&target).is_ok() && !overwrite {
            return Err(WriteError::Exists { path: target });
        }
        fs::create_dir_all(out).map_err(failed(out))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".writing-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o777));
        }
        let writing = builder.tempdir_in(out).map_err(failed(out))?;
        Ok(Self {
            target,
            overwrite,
            writing,
        })
    }

    /// Writes one file of the set.
    ///
    /// # Errors
    /// When it cannot be written in full.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_by(name, |out| out.write_all(bytes)).map(|_| ())
    }

    /// Writes one file of the set by what `content` writes; gives its digest.
    ///
    /// # Errors
    /// When it cannot be written in full, and those of `content`.
    pub fn write_by(
        &self,
        name: &str,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<blake3::Hash, WriteError> {
        let path = self.writing.path().join(name);
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
        write().map_err(failed(&self.target.join(name)))
    }

    /// Puts the complete set in its place.
    ///
    /// # Errors
    /// When the exchange fails; the old set is then as it was.
    pub fn finish(self) -> Result<(), WriteError> {
        let Self {
            target,
            overwrite,
            writing,
        } = self;
        let exchange = || {
            sync_folder(writing.path())?;
            let out = target.parent().unwrap_or(Path::new("."));
            if overwrite && fs::symlink_metadata(&target).is_ok() {
                // The old set steps aside first, so that at no moment a mixture stands under the name.
                let aside = tempfile::Builder::new().prefix(".replaced-").tempdir_in(out)?;
                fs::rename(&target, aside.path().join("old"))?;
                if let Err(error) = fs::rename(writing.path(), &target) {
                    fs::rename(aside.path().join("old"), &target)?;
                    return Err(error);
                }
            } else {
                fs::rename(writing.path(), &target)?;
            }
            sync_folder(out)
        };
        exchange().map_err(failed(&target))
    }
}

/// Takes the digest of what passes.
struct Hashed<'a> {
    out: &'a mut dyn Write,
    hasher: &'a mut blake3::Hasher,
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

    #[test]
    fn an_existing_result_is_kept_unless_it_may_be_replaced() {
        let out = tempfile::tempdir().unwrap();
        let write = |text: &str, overwrite| {
            let folder = ScenarioFolder::prepare(out.path(), "primary", overwrite)?;
            folder.write("metrics.csv", text.as_bytes())?;
            folder.finish()
        };
        write("one", false).unwrap();
        assert!(matches!(write("two", false), Err(WriteError::Exists { .. })));
        let read = || fs::read_to_string(out.path().join("primary/metrics.csv")).unwrap();
        assert_eq!(read(), "one");
        write("two", true).unwrap();
        assert_eq!(read(), "two");
        assert_eq!(
            fs::read_dir(out.path()).unwrap().count(),
            1,
            "nothing temporary is left"
        );
    }

    #[test]
    fn a_folder_that_is_not_finished_leaves_nothing() {
        let out = tempfile::tempdir().unwrap();
        let folder = ScenarioFolder::prepare(out.path(), "primary", false).unwrap();
        folder.write("metrics.csv", b"one").unwrap();
        drop(folder);
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_way_of_the_folder_is_named() {
        let out = tempfile::tempdir().unwrap();
        let file = out.path().join("results");
        fs::write(&file, "x").unwrap();
        let error = ScenarioFolder::prepare(&file, "primary", false).unwrap_err();
        assert!(error.to_string().contains("results"), "{error}");
    }
}
