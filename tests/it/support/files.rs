//! Files for tests, drawn and written here: pictures of every kind, and what only looks like one.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, Frame, ImageEncoder as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use recto::content::by_name;
use recto::content::parsed::Upload;
use recto::editing::{Desk, User, keep_upload};

use super::build::{Build, item};

/// A picture whose left half is red and whose right half is blue, with a green line at its top.
pub fn drawing(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| match (x * 2 < width, y * 10 < height) {
        (_, true) => Rgb([0, 160, 0]),
        (true, _) => Rgb([200, 20, 20]),
        _ => Rgb([20, 20, 200]),
    })
    .into()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    drawing(width, height).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    drawing(width, height).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).unwrap();
    bytes
}

/// With one transparent pixel.
pub fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut drawn: RgbaImage = drawing(width, height).into_rgba8();
    drawn.put_pixel(0, 0, Rgba([0, 0, 0, 0]));
    let mut bytes = Vec::new();
    DynamicImage::from(drawn).write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).unwrap();
    bytes
}

pub fn gif(width: u32, height: u32, frames: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut bytes);
        for at in 0..frames {
            let frame = RgbaImage::from_pixel(width, height, Rgba([at * 40, 90, 90, 255]));
            encoder.encode_frame(Frame::new(frame)).unwrap();
        }
    }
    bytes
}

/// A JPEG as a phone held upright writes it: the pixels lie, and EXIF (CIPA DC-008, §4.6) says that
/// they are to be turned by a quarter, and where it was.
pub fn phone(width: u32, height: u32) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        let mut bytes = Vec::new();
        bytes.extend(tag.to_be_bytes());
        bytes.extend(kind.to_be_bytes());
        bytes.extend(count.to_be_bytes());
        bytes.extend(value);
        bytes
    };
    let mut exif = b"MM\0\x2a\0\0\0\x08".to_vec();
    exif.extend(2_u16.to_be_bytes());
    // Orientation 6, and the GPS directory right behind this one.
    exif.extend(entry(0x0112, 3, 1, [0, 6, 0, 0]));
    exif.extend(entry(0x8825, 4, 1, 38_u32.to_be_bytes()));
    exif.extend([0; 4]);
    exif.extend(1_u16.to_be_bytes());
    exif.extend(entry(0x0001, 2, 2, *b"N\0\0\0"));
    exif.extend(*b"\0\0\0\0Greenwich 51.4779");
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder.set_exif_metadata(exif).unwrap();
    drawing(width, height).write_with_encoder(encoder).unwrap();
    assert!(bytes.windows(9).any(|window| window == b"Greenwich"));
    bytes
}

/// A PNG that says it is a hundred thousand pixels wide and high, in a hundred bytes.
pub fn bomb() -> Vec<u8> {
    let mut bytes = png(4, 4);
    for at in [16, 20] {
        bytes[at..at + 4].copy_from_slice(&100_000_u32.to_be_bytes());
    }
    // The check of the header (PNG, §5.3) must be right, or it is refused for that.
    let check = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&check.to_be_bytes());
    bytes
}

/// CRC-32 as PNG has it (Annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 },
        )
    })
}

/// A WebP of two pictures (RFC 9649, §2.7).
pub fn moving_webp(width: u8, height: u8) -> Vec<u8> {
    let still = webp(width.into(), height.into());
    let chunk = |name: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [name, &length, data, &[0][..data.len() % 2]].concat()
    };
    let (right, bottom) = (width - 1, height - 1);
    let frame = [&[0; 6][..], &[right, 0, 0, bottom, 0, 0, 100, 0, 0, 0], &still[12..]].concat();
    let chunks = [
        chunk(b"VP8X", &[0b0001_0010, 0, 0, 0, right, 0, 0, bottom, 0, 0]),
        chunk(b"ANIM", &[0; 6]),
        chunk(b"ANMF", &frame),
        chunk(b"ANMF", &frame),
    ];
    chunk(b"RIFF", &[b"WEBP", chunks.concat().as_slice()].concat())
}

/// A PNG that says that it has two pictures (PNG, third edition, §11.3.6).
pub fn moving_png(width: u32, height: u32) -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| {
        let named = [name, data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], &named, &crc(&named).to_be_bytes()].concat()
    };
    let (width, height) = (width.to_be_bytes(), height.to_be_bytes());
    let frame = [&[0; 4][..], &width, &height, &[0; 8], &[0, 1, 0, 10, 0, 0]].concat();
    let still = png(u32::from_be_bytes(width), u32::from_be_bytes(height));
    let (head, rest) = still.split_at(33);
    [head, &chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), &chunk(b"fcTL", &frame), rest].concat()
}

pub fn pdf(words: &str) -> Vec<u8> {
    format!("%PDF-1.7\n%{words}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        .into_bytes()
}

/// Takes a file into the library.
pub async fn keep(desk: &Desk, name: &str, bytes: Vec<u8>) -> Upload {
    let file = desk.media.take_bytes(name, bytes).await.unwrap();
    keep_upload(desk, &User::system(), &file, name).await.unwrap();
    file
}

/// A media item of this file with enough in it to be published.
pub async fn media(desk: &Desk, name: &str, bytes: Vec<u8>) -> Build {
    let file = keep(desk, name, bytes).await;
    item(desk, by_name("media").unwrap())
        .text("title", name)
        .text("file", &file.to_string())
        .text("alternative_text", "What it shows")
}

/// The file that a media item has.
pub fn file_of(item: &recto::content::Item) -> Upload {
    item.text("file").parse().unwrap()
}
