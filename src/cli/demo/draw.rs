//! The demonstration's pictures: drawn when they are needed, the same each time, so that nothing is
//! copied from elsewhere. Arcs around two points, in a few tones of one colour.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use crate::error::{Error, Result};

/// The size in pixels.
const SIZE: (u32, u32) = (960, 540);

/// The colours, one for each theme; the first is the admin's own.
const COLOURS: [[f32; 3]; 8] = [
    [40.0, 73.0, 138.0],
    [31.0, 107.0, 74.0],
    [140.0, 90.0, 24.0],
    [106.0, 63.0, 148.0],
    [158.0, 52.0, 48.0],
    [30.0, 110.0, 122.0],
    [122.0, 75.0, 94.0],
    [74.0, 85.0, 104.0],
];

/// What each colour is called, for those who cannot see it.
pub(super) const NAMES: [&str; 8] =
    ["blue", "green", "ochre", "violet", "brick red", "teal", "mauve", "slate grey"];

/// Near black and near white, between which the tones lie.
const DEEP: [f32; 3] = [20.0, 24.0, 36.0];
const PALE: [f32; 3] = [244.0, 240.0, 232.0];

/// A picture as PNG; other numbers are other pictures.
///
/// # Errors
/// Where it cannot be encoded.
pub(super) fn picture(number: usize) -> Result<Vec<u8>> {
    let colour = COLOURS.get(number % COLOURS.len()).copied().unwrap_or(DEEP);
    let turn = number as f32;
    let (width, height) = (SIZE.0 as f32, SIZE.1 as f32);
    let first = (width * (0.12 + 0.09 * turn), height * 1.15);
    let second = (width * (0.95 - 0.06 * turn), height * (0.05 * turn - 0.1));
    let drawn = RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let from = |(left, top): (f32, f32)| (x - left).hypot(y - top);
        let wave = (from(first) / (34.0 + 3.0 * turn)).sin() + (from(second) / 61.0).sin();
        tone(colour, ((wave + 2.0) * 1.5).floor() / 6.0)
    });
    let mut bytes = Vec::new();
    drawn.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).map_err(Error::internal)?;
    Ok(bytes)
}

/// A tone of a colour, from nought, which is dark, to one.
fn tone(colour: [f32; 3], at: f32) -> Rgb<u8> {
    let (from, to, part) = if at < 0.5 { (DEEP, colour, at * 2.0) } else { (colour, PALE, at * 2.0 - 1.0) };
    let [r, g, b] = from;
    let [to_r, to_g, to_b] = to;
    let mix = |from: f32, to: f32| (from + (to - from) * part).round().clamp(0.0, 255.0) as u8;
    Rgb([mix(r, to_r), mix(g, to_g), mix(b, to_b)])
}
