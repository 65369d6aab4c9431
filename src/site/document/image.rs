//! The images that documents show: copied into the site, each under a name that its content gives.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::around::image_file;

use crate::document::Documents;
use crate::model::identifier::segment;
use crate::output::{Output, Rank};
use crate::site::{Error, address, markdown};
use crate::svg;
use crate::worktree::Content;

/// The largest image that is copied, in bytes.
const LARGEST: usize = 2 * 1024 * 1024;

/// The most images of one document.
const MOST: usize = 100;

/// How many images are read at a time.
const AT_ONCE: usize = 32;

/// The folder of images, in that of the documents: no blueprint's is called so, for two digits follow its `~`.
const FOLDER: &str = "~images";

/// The images of the site, by the path of the file in the catalog.
#[derive(Debug, Default)]
pub(in crate::site) struct Images {
    /// The path in the site; `None` for a file that is not copied.
    files: FxHashMap<String, Option<String>>,
    written: BTreeSet<String>,
    warnings: Vec<String>,
}

impl Images {
    /// Returns the path in the site of the image at a path of the catalog.
    pub(super) fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Returns what was not copied, and why.
    pub(in crate::site) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Copies the images that some documents show and that are not copied yet.
    pub(super) fn add(
        &mut self,
        documents: &Documents,
        numbers: &[usize],
        texts: &[String],
        output: &Output,
    ) -> Result<(), Error> {
        let named = |(&number, text): (&usize, &String)| {
            let path = &documents.all()[number].path;
            let targets = markdown::images(text).into_iter().take(MOST);
            targets.filter_map(|target| image_file(path, &target)).collect::<Vec<String>>()
        };
        let named: Vec<Vec<String>> = numbers.par_iter().zip(texts).map(named).collect();
        let mut wanted = Vec::new();
        for path in named.into_iter().flatten() {
            if !self.files.contains_key(&path) && documents.is_file(&path) {
                self.files.insert(path.clone(), None);
                wanted.push(path);
            }
        }
        for paths in wanted.chunks(AT_ONCE) {
            for (path, content) in paths.iter().zip(documents.read(paths, LARGEST)?) {
                match checked(path, &content) {
                    Ok((bytes, extension)) => self.copy(path, bytes, extension, output)?,
                    Err(why) => self.warnings.push(format!("the image `{path}` is not shown: {why}")),
                }
            }
        }
        Ok(())
    }

    fn copy(&mut self, path: &str, bytes: &[u8], extension: &str, output: &Output) -> Result<(), Error> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let hash = xxh3_64(bytes);
        let file = format!("{}/{FOLDER}/{}-{hash:016x}.{extension}", address::DOCUMENTS, segment(stem));
        if self.written.insert(file.clone()) {
            output.write(&file, Rank::Leaf, bytes)?;
        }
        self.files.insert(path.to_string(), Some(file));
        Ok(())
    }
}

/// Returns the bytes of an image and the extension that it gets, or why it is not shown.
fn checked<'c>(path: &str, content: &'c Content) -> Result<(&'c [u8], &'static str), String> {
    let bytes = match content {
        Content::TooLarge(bytes) => {
            return Err(format!("it has {} KiB, and {} is the most", bytes / 1024, LARGEST / 1024));
        }
        Content::Text(text) => text.as_bytes(),
        Content::Bytes(bytes) => bytes,
    };
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let is = |start: &[u8]| bytes.starts_with(start);
    let at = |from: usize, part: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(part));
    let (extension, matches) = match extension.as_str() {
        "png" => ("png", is(b"\x89PNG\r\n\x1a\n")),
        "jpg" | "jpeg" => ("jpg", is(b"\xff\xd8\xff")),
        "gif" => ("gif", is(b"GIF87a") || is(b"GIF89a")),
        "webp" => ("webp", is(b"RIFF") && at(8, b"WEBP")),
        "avif" => ("avif", at(4, b"ftypavif") || at(4, b"ftypavis")),
        "svg" => {
            svg::check(bytes).map_err(|what| format!("it {what}"))?;
            ("svg", true)
        }
        _ => return Err("it is none of png, jpg, gif, webp, avif and svg".into()),
    };
    if matches { Ok((bytes, extension)) } else { Err("it is not what its name says".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_what_its_name_says() {
        for (path, bytes, expected) in [
            ("a.png", b"\x89PNG\r\n\x1a\n...".as_slice(), Ok("png")),
            ("a.JPEG", b"\xff\xd8\xff\xe0".as_slice(), Ok("jpg")),
            ("a.webp", b"RIFF....WEBPVP8".as_slice(), Ok("webp")),
            ("a.png", b"<html>".as_slice(), Err("it is not what its name says")),
            ("a.html", b"<html>".as_slice(), Err("it is none of png, jpg, gif, webp, avif and svg")),
            ("a.svg", b"<html/>".as_slice(), Err("it is no drawing")),
        ] {
            let content = Content::Bytes(bytes.to_vec());
            let found = checked(path, &content).map(|(_, extension)| extension);
            assert_eq!(
                found.as_ref().map_err(String::as_str),
                expected.as_ref().map_err(|why| *why),
                "{path}"
            );
        }
    }
}
