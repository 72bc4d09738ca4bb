//! The rule of replacing: the program replaces only files and folders that it wrote itself, and never one that this run
//! reads.
//!
//! Content, not a name, proves that the program wrote something: the first lines of a file ([`FileKind`]), the manifest
//! of a scenario's result folder, which lists everything in it. This is proven before anything is computed or written,
//! and again at the moment of exchange. Another program may still act between the second proof and the exchange: that
//! gap is narrow, but no file system closes it.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::files::WriteError;
use super::manifest::MANIFEST_FILE;
use super::schema::is_of_scenario;

/// How much of a file is read to find its kind, in bytes.
const LONGEST_BEGINNING: u64 = 64 << 10;

/// In which part of a file that is no text its mark is looked for, in bytes.
const BINARY_HEAD: usize = 1024;

/// Manifests are some kilobytes; a longer file is none.
const LONGEST_MANIFEST: u64 = 16 << 20;

/// Every file and folder that a command has read: none of them may be replaced.
#[derive(Clone, Default, Debug)]
pub struct InputPaths(Vec<InputPath>);

#[derive(Clone, Debug)]
struct InputPath {
    /// As the user wrote it.
    path: PathBuf,
    /// Without symbolic links.
    canonical: PathBuf,
    file: Option<FileNumber>,
}

impl InputPaths {
    /// Remembers paths that were read; a folder includes everything in it.
    pub fn new<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        let mut inputs = Self::default();
        inputs.extend(paths);
        inputs
    }

    /// Remembers more.
    pub fn extend<P: AsRef<Path>>(&mut self, paths: impl IntoIterator<Item = P>) {
        self.0.extend(paths.into_iter().map(|path| {
            let path = path.as_ref();
            InputPath {
                path: path.to_owned(),
                canonical: path.canonicalize().unwrap_or_else(|_| path.to_owned()),
                file: fs::metadata(path).ok().as_ref().and_then(file_number),
            }
        }));
    }

    /// The input that `path` is, holds, or lies in, by whatever names; `path` exists.
    fn touched_by(&self, path: &Path) -> io::Result<Option<&Path>> {
        let canonical = path.canonicalize()?;
        // Hard links and mounts give one file several paths, so its number is compared too.
        let number = file_number(&fs::metadata(path)?);
        let touched = self.0.iter().find(|input| {
            canonical.starts_with(&input.canonical)
                || input.canonical.starts_with(&canonical)
                || (number.is_some() && input.file == number)
        });
        Ok(touched.map(|input| input.path.as_path()))
    }
}

/// Device and number of a file, the same under each of its names (hard links, mounted folders).
pub(super) type FileNumber = (u64, u64);

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
pub(super) fn file_number(metadata: &Metadata) -> Option<FileNumber> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn file_number(_: &Metadata) -> Option<FileNumber> {
    None
}

/// How files begin that Zstandard has compressed (RFC 8878).
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A kind of file that the program writes, and the first lines by which its files are known.
#[derive(Clone, Debug)]
pub struct FileKind {
    /// With its article, for messages.
    name: &'static str,
    /// Any of these beginnings will do.
    beginnings: Vec<Vec<LineMark>>,
    /// So will this one of files that are no text.
    binary: Option<BinaryMark>,
    /// Whether such files are also tables of worlds, which people write.
    is_table_of_worlds: bool,
}

/// How a file begins that is no text, and what its first [`BINARY_HEAD`] bytes hold.
#[derive(Clone, Copy, Debug)]
struct BinaryMark {
    start: &'static [u8],
    mark: &'static [u8],
}

impl BinaryMark {
    fn fits(self, bytes: &[u8]) -> bool {
        let head = &bytes[..bytes.len().min(BINARY_HEAD)];
        head.starts_with(self.start) && head.windows(self.mark.len()).any(|part| part == self.mark)
    }
}

/// The fixed part of a line.
#[derive(Clone, Debug)]
pub enum LineMark {
    Is(String),
    /// A line that begins and ends like this, with something between.
    Around(&'static str, &'static str),
}

impl LineMark {
    fn fits(&self, line: &str) -> bool {
        match self {
            Self::Is(text) => line == text,
            Self::Around(start, end) => line.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        }
    }
}

impl FileKind {
    /// Files that begin with lines like `beginning`; `name` has its article.
    pub fn new(name: &'static str, beginning: Vec<LineMark>) -> Self {
        Self {
            name,
            beginnings: vec![beginning],
            binary: None,
            is_table_of_worlds: false,
        }
    }

    /// Files that are no text: they begin with `start` and hold `mark`, which is not empty, within their first 1024 bytes.
    pub fn binary(name: &'static str, start: &'static [u8], mark: &'static [u8]) -> Self {
        Self {
            name,
            beginnings: Vec::new(),
            binary: Some(BinaryMark { start, mark }),
            is_table_of_worlds: false,
        }
    }

    /// A CSV file with this header line.
    pub fn csv(name: &'static str, header: &str) -> Self {
        Self::new(name, vec![LineMark::Is(header.to_owned())])
    }

    /// Files may begin like this as well.
    pub fn or(mut self, beginning: Vec<LineMark>) -> Self {
        self.beginnings.push(beginning);
        self
    }

    /// For tables that people write as well: beside the tables of a world, a header proves nothing.
    pub fn but_not_in_worlds(mut self) -> Self {
        self.is_table_of_worlds = true;
        self
    }

    /// Whether the beginning of a file shows that it is of this kind.
    fn fits(&self, bytes: &[u8]) -> bool {
        // Bytes that are no text are replaced.
        let text = String::from_utf8_lossy(bytes);
        let is_binary = self.binary.is_some_and(|binary| binary.fits(bytes));
        is_binary
            || self.beginnings.iter().any(|marks| {
                let mut lines = text.split_inclusive('\n');
                marks.iter().all(|mark| {
                    let line = lines.next().and_then(|line| line.strip_suffix('\n'));
                    line.is_some_and(|line| mark.fits(line))
                })
            })
    }
}

/// Proves that a file may be written under `path`: there is nothing, or an empty file, or one of `kind` that is no
/// input. Returns whether anything is there.
///
/// # Errors
/// When it may not, with what was found.
pub fn prove_own_file(path: &Path, kind: &FileKind, inputs: &InputPaths) -> Result<bool, WriteError> {
    let Some(found) = entry(path)? else { return Ok(false) };
    // A new file under the name of a device or a pipe would take it from everybody.
    if !found.is_file() {
        let reason = format!("it exists and is {}", what_else(&found));
        return Err(WriteError::new(path, io::Error::other(reason)));
    }
    refuse_input(path, inputs)?;
    // Every world has a table of nodes.
    if kind.is_table_of_worlds && path.with_file_name("nodes.csv").exists() {
        return Err(foreign(path, "it stands among the tables of a world"));
    }
    let bytes = beginning(path).map_err(|cause| WriteError::new(path, cause))?;
    // In an empty file nothing can be lost; scripts make them to reserve a name.
    if !bytes.is_empty() && !kind.fits(&bytes) {
        let text = String::from_utf8_lossy(&bytes);
        let shown: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
        return Err(foreign(
            path,
            &format!("it is not {}: it begins with {shown:?}", kind.name),
        ));
    }
    Ok(true)
}

/// Proves that the results of the scenario `name` may be put under `path`: there is nothing, or an empty folder, or a
/// folder whose manifest says that it holds results of this scenario and which holds nothing else, and no input. Returns
/// the names of its files, none if there is no folder.
///
/// # Errors
/// When it may not, with what was found.
pub fn prove_own_folder(path: &Path, name: &str, inputs: &InputPaths) -> Result<Option<Vec<String>>, WriteError> {
    let Some(found) = entry(path)? else { return Ok(None) };
    if !found.is_dir() {
        return Err(foreign(path, &format!("it is {}", what_else(&found))));
    }
    refuse_input(path, inputs)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|cause| WriteError::new(path, cause))? {
        let entry = entry.map_err(|cause| WriteError::new(path, cause))?;
        files.push(entry.file_name());
    }
    if files.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let manifest = ManifestHead::read(path)?;
    if manifest.scenario != name {
        let reason = format!("it holds results of the scenario {:?}", manifest.scenario);
        return Err(foreign(path, &reason));
    }
    let mut names = Vec::new();
    for file in files {
        let inside = path.join(&file);
        let listed = file.into_string().ok();
        let listed = listed.filter(|name| name == MANIFEST_FILE || manifest.files.contains_key(name));
        let (Some(name), Some(found)) = (listed, entry(&inside)?) else {
            return Err(foreign(
                path,
                &format!("{} is no file of these results", in_one_line(&inside)),
            ));
        };
        if !found.is_file() {
            return Err(foreign(
                path,
                &format!("{} is {}", in_one_line(&inside), what_else(&found)),
            ));
        }
        // A file in the folder may be a hard link of an input.
        refuse_input(&inside, inputs)?;
        names.push(name);
    }
    Ok(Some(names))
}

/// Whether a folder holds results with every file as it was written, and nothing else.
pub fn whole_results(folder: &Path) -> bool {
    let Ok(manifest) = ManifestHead::read(folder) else {
        return false;
    };
    let is_as_written =
        |(name, digest): (&String, &String)| file_digest(&folder.join(name)).is_ok_and(|found| found == *digest);
    prove_own_folder(folder, &manifest.scenario, &InputPaths::default()).is_ok()
        && manifest.files.iter().all(is_as_written)
}

/// BLAKE3 of a regular file, in hexadecimal.
///
/// # Errors
/// When it cannot be read, or is no regular file.
pub fn file_digest(path: &Path) -> io::Result<String> {
    // Before it is opened: a pipe would be waited for.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut file, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Whether a file is empty, or begins like a file of `kind`.
pub(super) fn begins_like(path: &Path, kind: &FileKind) -> io::Result<bool> {
    let bytes = beginning(path)?;
    // A compressed file that was cut off early shows no content yet.
    Ok(bytes.is_empty() || kind.fits(&bytes) || bytes.starts_with(&ZSTD_MAGIC))
}

/// The scenario of which a folder holds results, and the names of its files; none if it holds none, or anything else.
pub(super) fn result_of(folder: &Path) -> Option<(String, Vec<String>)> {
    let name = ManifestHead::read(folder).ok()?.scenario;
    // The name becomes that of a folder beside others, so it must not lead elsewhere.
    let is_plain = Path::new(&name).file_name().is_some_and(|file| file == name.as_str()) && !name.starts_with('.');
    let files = prove_own_folder(folder, &name, &InputPaths::default()).ok()??;
    is_plain.then_some((name, files))
}

/// The part of a manifest that shows which scenario and program wrote it. Other versions of the program may add keys.
#[derive(Deserialize)]
struct ManifestHead {
    #[serde(rename = "format")]
    _format: u32,
    #[serde(rename = "version")]
    _version: String,
    scenario: String,
    #[serde(rename = "scenario_digest")]
    _scenario_digest: String,
    #[serde(rename = "world_digest")]
    _world_digest: String,
    files: BTreeMap<String, String>,
}

impl ManifestHead {
    /// Reads the manifest in a folder of results.
    fn read(folder: &Path) -> Result<Self, WriteError> {
        let path = folder.join(MANIFEST_FILE);
        match entry(&path)? {
            Some(found) if found.is_file() && found.len() <= LONGEST_MANIFEST => {}
            _ => return Err(foreign(folder, "it holds files but no manifest.json of results")),
        }
        let bytes = fs::read(&path).map_err(|cause| WriteError::new(&path, cause))?;
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|_| foreign(folder, "its manifest.json is not one that this program writes"))?;
        let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_ours = |(name, digest): (&String, &String)| is_of_scenario(name) && is_digest(digest);
        if !manifest.files.iter().all(is_ours) {
            return Err(foreign(folder, "its manifest.json is not one that this program writes"));
        }
        Ok(manifest)
    }
}

/// The metadata of a path, without following symbolic links; none if nothing is there.
fn entry(path: &Path) -> Result<Option<Metadata>, WriteError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(WriteError::new(path, cause)),
    }
}

/// The kind of an entry that should have been another.
fn what_else(found: &Metadata) -> &'static str {
    if found.is_symlink() {
        "a symbolic link"
    } else if found.is_dir() {
        "a folder"
    } else if found.is_file() {
        "a file"
    } else {
        "no regular file"
    }
}

fn refuse_input(path: &Path, inputs: &InputPaths) -> Result<(), WriteError> {
    match inputs.touched_by(path).map_err(|cause| WriteError::new(path, cause))? {
        Some(input) => Err(WriteError::Input {
            path: path.to_owned(),
            input: input.to_owned(),
        }),
        None => Ok(()),
    }
}

fn foreign(path: &Path, found: &str) -> WriteError {
    WriteError::Foreign {
        path: path.to_owned(),
        found: found.to_owned(),
    }
}

/// A path from outside may hold line ends, which would break a message.
fn in_one_line(path: &Path) -> String {
    path.display().to_string().replace(char::is_control, "?")
}

/// The first bytes of a file, of a compressed one those of its content.
fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST_BEGINNING).read_to_end(&mut bytes)?;
    if !bytes.starts_with(&ZSTD_MAGIC) {
        return Ok(bytes);
    }
    let mut content = Vec::new();
    // The file may be cut off: what comes before the cut is its beginning all the same.
    let _ = zstd::Decoder::new(File::open(path)?)?
        .take(LONGEST_BEGINNING)
        .read_to_end(&mut content);
    Ok(if content.is_empty() { bytes } else { content })
}
