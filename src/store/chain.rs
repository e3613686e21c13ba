//! Texts in chains: each compressed with the one before it as its dictionary, so that a text costs what is
//! new in it. It must not know where they are kept, and must never give a text that is not the one that was
//! packed.

use std::io;

use sha2::{Digest as _, Sha256};
use zstd::bulk::{Compressor, Decompressor};

/// How many texts a chain has at most: so many are unpacked to read its last one.
pub(super) const LINKS_MAX: usize = 50;

/// The longest text, in bytes, that is chained to another. With [`LINKS_MAX`] it bounds what reading one
/// text unpacks to 50 MB.
const LINKED_MAX: usize = 1 << 20;

/// The longest text of all, in bytes: far more than a form or a table takes.
const TEXT_MAX: usize = 64 << 20;

/// zstd's own default: a higher one gains little where nearly all of a text is in its dictionary.
const LEVEL: i32 = 3;

/// How many bytes of a digest are kept: enough that nobody finds two texts that have the same by chance.
const DIGEST: usize = 16;

/// So many times shorter zstd makes a text of ours by itself, about. Only where its chain does no better, the text is
/// packed both ways and the shorter one kept.
const ALONE: usize = 10;

/// A packed text.
#[derive(Debug)]
pub(super) struct Packed {
    /// The bytes that are kept.
    pub bytes: Vec<u8>,
    /// Whether the text before is needed to unpack it.
    pub linked: bool,
}

/// What a text is known by: the beginning of its SHA-256.
pub(super) fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).iter().copied().take(DIGEST).collect()
}

/// Packs a text, with the one before it where that makes it shorter.
///
/// # Errors
/// Where it is longer than any text may be, or there is no memory.
pub(super) fn pack(text: &str, before: Option<&str>) -> io::Result<Packed> {
    if text.len() > TEXT_MAX {
        return Err(io::Error::other(format!("{} bytes are more than a revision may have", text.len())));
    }
    let before = before.filter(|before| text.len() <= LINKED_MAX && before.len() <= LINKED_MAX);
    if let Some(before) = before {
        let bytes = compress(text, before)?;
        if bytes.len() < text.len() / ALONE {
            return Ok(Packed { bytes, linked: true });
        }
        let alone = compress(text, "")?;
        return Ok(match bytes.len() < alone.len() {
            true => Packed { bytes, linked: true },
            false => Packed { bytes: alone, linked: false },
        });
    }
    Ok(Packed { bytes: compress(text, "")?, linked: false })
}

fn compress(text: &str, dictionary: &str) -> io::Result<Vec<u8>> {
    Compressor::with_dictionary(LEVEL, dictionary.as_bytes())?.compress(text.as_bytes())
}

/// Unpacks a text that was packed with `before`, and holds it against its digest.
///
/// # Errors
/// Where it is damaged, longer than it may be, or was packed with another text.
pub(super) fn unpack(packed: &[u8], before: Option<&str>, known: &[u8]) -> io::Result<String> {
    let (dictionary, most) = match before {
        Some(before) => (before, LINKED_MAX),
        None => ("", TEXT_MAX),
    };
    // The length is written in the frame; no more than that is allocated.
    let bytes = Decompressor::with_dictionary(dictionary.as_bytes())?.decompress(packed, most)?;
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    match digest(&text) == known {
        true => Ok(text),
        false => Err(io::Error::other("it is not the text that was packed")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(before in ".{0,400}", between in ".{0,40}", at in 0_usize..400) {
            let at = (0..=at.min(before.len())).rev().find(|at| before.is_char_boundary(*at)).unwrap();
            let text = format!("{}{between}{}", &before[..at], &before[at..]);
            let packed = pack(&text, Some(&before)).unwrap();
            let with = packed.linked.then_some(before.as_str());
            prop_assert_eq!(unpack(&packed.bytes, with, &digest(&text)).unwrap(), text);
        }
    }

    #[test]
    fn a_text_costs_what_is_new_in_it() {
        let before: String = (0..5_000).map(|number| format!("{number} ")).collect();
        let text = format!("{before}and one more");
        let packed = pack(&text, Some(&before)).unwrap();
        assert!(packed.linked && packed.bytes.len() < 100, "{}", packed.bytes.len());
        // Where nothing is in common it stands alone.
        assert!(!pack("something else altogether", Some(&before)).unwrap().linked);
    }

    #[test]
    fn another_text_is_an_error_and_never_a_wrong_text() {
        let words = |from: u32| (from..from + 90).map(|number| format!("{number} ")).collect::<String>();
        let (before, other) = (words(1_000), words(5_000));
        let text = format!("{before}, and the second");
        let packed = pack(&text, Some(&before)).unwrap();
        assert!(packed.linked);
        assert!(unpack(&packed.bytes, Some(&other), &digest(&text)).is_err());
        assert!(unpack(&packed.bytes, None, &digest(&text)).is_err());
        assert!(unpack(&packed.bytes, Some(&before), &digest(&other)).is_err());
        for at in 0..packed.bytes.len() {
            let mut damaged = packed.bytes.clone();
            damaged[at] ^= 0x55;
            let read = unpack(&damaged, Some(&before), &digest(&text));
            assert!(read.as_ref().map_or(true, |read| *read == text), "{at}: {read:?}");
        }
    }

    #[test]
    fn a_bomb_is_refused_by_its_length() {
        let bomb = zstd::bulk::compress(&vec![b' '; LINKED_MAX + 1], LEVEL).unwrap();
        assert!(unpack(&bomb, Some("before"), &[]).unwrap_err().to_string().contains("too small"));
    }
}
