//! Pictures: decoded within limits, turned upright, brought into sRGB, encoded anew, and scaled down
//! to the widths that sites ask for. It must not keep anything of the file but its pixels, and must
//! not run on a thread that answers.

use std::io::Cursor;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as Filter, PngDecoder, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::metadata::Orientation;
use image::{AnimationDecoder as _, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::content::parsed::upload::{SIDE_MAX, WIDTHS};
use crate::content::parsed::{MediaType, Picture};

/// Of 100: no eye sees the difference to the original.
const QUALITY: u8 = 88;

/// The most frames of a moving picture.
const FRAMES_MAX: usize = 1_000;

/// A picture ready to be kept.
#[derive(Debug)]
pub(super) struct Made {
    /// Its kind, which may be another than it came as.
    pub media_type: MediaType,
    /// The encoded picture.
    pub bytes: Vec<u8>,
    /// Its size and the widths of its variants.
    pub picture: Picture,
    /// Each variant's width and its encoded picture.
    pub variants: Vec<(u32, Vec<u8>)>,
}

/// Makes the picture that is kept of these bytes, which begin as one of this kind.
///
/// # Errors
/// A sentence: what is wrong with it, and what to do.
pub(super) fn make(bytes: &[u8], media_type: MediaType, pixels: u64) -> Result<Made, String> {
    let broken = |error: &ImageError| {
        tracing::debug!(%error, "a picture cannot be decoded");
        match error {
            ImageError::Limits(_) => "It is too large to be opened; make it smaller.".to_owned(),
            _ => "It is damaged or not whole. Open it in a program for images, and save it again.".to_owned(),
        }
    };
    if media_type == MediaType::Gif
        && let Some(moving) =
            moving(bytes, pixels).map_err(|error| error.unwrap_or_else(|error| broken(&error)))?
    {
        return Ok(moving);
    }
    if is_moving(bytes, media_type, pixels).map_err(|error| broken(&error))? {
        return Err(
            "It moves; of what moves only GIF is taken. Save it as GIF, or as an image that stands still."
                .to_owned(),
        );
    }
    if media_type == MediaType::Jpeg && !is_whole_jpeg(bytes) {
        return Err("It is not whole: its end is missing. Send or save it again.".to_owned());
    }
    let mut decoder = decoder(bytes, media_type, pixels).map_err(|error| broken(&error))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, pixels)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?;
    image.apply_orientation(orientation);
    let image = plain(image, profile.as_deref());
    let kept_as = match media_type {
        MediaType::Jpeg => MediaType::Jpeg,
        // What is written of WebP here is lossless, and of a photograph far longer than it came.
        MediaType::Webp if image.color().has_alpha() || is_lossless_webp(bytes) => MediaType::Webp,
        MediaType::Webp => MediaType::Jpeg,
        _ => MediaType::Png,
    };
    encoded(&image, kept_as).map_err(|error| broken(&error))
}

fn decoder(bytes: &[u8], media_type: MediaType, pixels: u64) -> Result<impl ImageDecoder + '_, ImageError> {
    let format = match media_type {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Webp => ImageFormat::WebP,
        MediaType::Gif => ImageFormat::Gif,
        _ => ImageFormat::Png,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits(pixels));
    reader.into_decoder()
}

fn limits(pixels: u64) -> image::Limits {
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    // Eight bytes a pixel at most, and what the decoder needs beside.
    limits.max_alloc = Some(pixels.saturating_mul(8).saturating_add(64_000_000));
    limits
}

fn check_size(width: u32, height: u32, pixels: u64) -> Result<(), String> {
    if width == 0 || height == 0 {
        return Err("It has no pixels; save it again.".to_owned());
    }
    if u64::from(width) * u64::from(height) > pixels {
        return Err(format!(
            "It is {width} × {height} pixels; the library takes {} megapixels at most. Make it smaller.",
            pixels / 1_000_000
        ));
    }
    Ok(())
}

/// Eight bits a channel, transparency only where there is some, colours as every screen reads them.
fn plain(image: DynamicImage, profile: Option<&[u8]>) -> DynamicImage {
    let transparent =
        image.color().has_alpha() && !image.to_rgba8().pixels().all(|pixel| pixel.0.last() == Some(&255));
    let mut image = match transparent {
        true => DynamicImage::ImageRgba8(image.into_rgba8()),
        false => DynamicImage::ImageRgb8(image.into_rgb8()),
    };
    if let Some(profile) = profile {
        to_srgb(&mut image, profile);
    }
    image
}

/// Turns the colours of a profile (ICC.1:2022) into sRGB; leaves them where it cannot be read.
fn to_srgb(image: &mut DynamicImage, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let (layout, pixels): (Layout, &mut [u8]) = match image {
        DynamicImage::ImageRgb8(pixels) => (Layout::Rgb, pixels),
        DynamicImage::ImageRgba8(pixels) => (Layout::Rgba, pixels),
        _ => return,
    };
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(layout, &ColorProfile::new_srgb(), layout, options)
    else {
        return;
    };
    let before = pixels.to_vec();
    if transform.transform(&before, pixels).is_err() {
        pixels.copy_from_slice(&before);
    }
}

/// The picture and its variants.
fn encoded(image: &DynamicImage, media_type: MediaType) -> Result<Made, ImageError> {
    let (width, height) = (image.width(), image.height());
    let widths: Vec<u32> = WIDTHS.into_iter().filter(|one| *one < width).collect();
    let picture = Picture { width, height, widths };
    let mut variants = Vec::new();
    for width in &picture.widths {
        let mut smaller = DynamicImage::new(*width, picture.height_at(*width), image.color());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
        Resizer::new().resize(image, &mut smaller, &options).map_err(|error| {
            ImageError::Encoding(image::error::EncodingError::new(
                image::error::ImageFormatHint::Unknown,
                error,
            ))
        })?;
        variants.push((*width, encode(&smaller, media_type)?));
    }
    Ok(Made { media_type, bytes: encode(image, media_type)?, picture, variants })
}

fn encode(image: &DynamicImage, media_type: MediaType) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    match media_type {
        MediaType::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?,
        MediaType::Webp => image.write_with_encoder(WebPEncoder::new_lossless(&mut bytes))?,
        _ => {
            let encoder =
                PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, Filter::Adaptive);
            image.write_with_encoder(encoder)?;
        }
    }
    Ok(bytes)
}

/// A moving picture, encoded anew frame by frame; `None` where there is one frame only. It has no
/// variants: they would stand still.
fn moving(bytes: &[u8], pixels: u64) -> Result<Option<Made>, Result<String, ImageError>> {
    let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(Err)?;
    decoder.set_limits(limits(pixels)).map_err(Err)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, pixels).map_err(Ok)?;
    let mut frames = Vec::new();
    for frame in decoder.into_frames() {
        frames.push(frame.map_err(Err)?);
        let all = u64::from(width) * u64::from(height) * u64::try_from(frames.len()).unwrap_or(u64::MAX);
        if all > pixels || frames.len() > FRAMES_MAX {
            return Err(Ok("It moves for too long; make it shorter or smaller, or put the film elsewhere and link to it."
                .to_owned()));
        }
    }
    if frames.len() < 2 {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    {
        let mut encoder = GifEncoder::new_with_speed(&mut bytes, 10);
        encoder.set_repeat(Repeat::Infinite).map_err(Err)?;
        encoder.encode_frames(frames).map_err(Err)?;
    }
    let picture = Picture { width, height, widths: Vec::new() };
    Ok(Some(Made { media_type: MediaType::Gif, bytes, picture, variants: Vec::new() }))
}

/// Whether more than one picture is in a file of which only the first would be kept.
fn is_moving(bytes: &[u8], media_type: MediaType, pixels: u64) -> Result<bool, ImageError> {
    match media_type {
        MediaType::Png => PngDecoder::with_limits(Cursor::new(bytes), limits(pixels))?.is_apng(),
        MediaType::Webp => Ok(WebPDecoder::new(Cursor::new(bytes))?.has_animation()),
        _ => Ok(false),
    }
}

/// Whether a JPEG's last scan ends: decoders fill what is missing with grey. Markers (ITU-T T.81,
/// table B.1) do not occur within a scan.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|window| window == marker);
    matches!((last([0xff, 0xda]), last([0xff, 0xd9])), (Some(scan), Some(end)) if scan < end)
}

/// Whether a WebP holds its picture in the lossless coding (RFC 9649, §2.6).
fn is_lossless_webp(bytes: &[u8]) -> bool {
    bytes.get(12..).is_some_and(|chunks| {
        chunks.starts_with(b"VP8L")
            || chunks
                .get(..4_096.min(chunks.len()))
                .is_some_and(|head| head.windows(4).any(|window| window == b"VP8L"))
    })
}
