//! Files that are not what they say, too large, or made to do harm.

use recto::content::parsed::MediaType;
use recto::error::Error;
use recto::media::{Library, Limits};

use crate::support::files::{bomb, gif, jpeg, moving_png, moving_webp, pdf, phone, png, webp};

fn library(limits: Limits) -> (tempfile::TempDir, Library) {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::open(&dir.path().join("media"), limits).unwrap();
    (dir, library)
}

/// Everything in a directory that is no directory.
fn files(dir: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn what_is_no_file_of_its_kind_is_refused_and_leaves_nothing() {
    let limits = Limits { bytes: 300_000, pixels: 1_000_000, ..Limits::default() };
    let (dir, library) = library(limits);
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() * 2 / 3].to_vec();
    let after = |mut head: Vec<u8>, rest: &[u8]| {
        head.extend(rest);
        head
    };
    for (name, bytes, said) in [
        ("drawing.svg", svg.clone(), "export it as PNG"),
        ("drawing.png", svg.clone(), "no image"),
        ("page.jpg", html.clone(), "no image"),
        ("page.html", html.clone(), "print it as PDF"),
        ("page.txt", html.clone(), "web page"),
        ("data.csv", svg, "web page or a drawing"),
        ("paper.pdf", html, "no PDF"),
        ("paper.pdf", png(8, 8), "no PDF"),
        ("picture.png", pdf("x"), "no image"),
        ("empty.png", Vec::new(), "empty"),
        ("empty.pdf", Vec::new(), "empty"),
        ("half.jpg", half(jpeg(400, 300)), "not whole"),
        ("half.png", half(png(400, 300)), "not whole"),
        ("half.webp", half(webp(400, 300)), "not whole"),
        ("half.gif", half(gif(60, 40, 4)), "not whole"),
        ("head.png", png(8, 8)[..20].to_vec(), "not whole"),
        ("bomb.png", bomb(), "too large to be opened"),
        ("large.png", png(2_000, 600), "2000 × 600 pixels; the library takes 1 megapixels at most"),
        ("moving.webp", moving_webp(40, 30), "Save it as GIF"),
        ("moving.png", moving_png(40, 30), "Save it as GIF"),
        ("film.gif", gif(500, 500, 5), "moves for too long"),
        ("long.txt", vec![b'a'; 300_001], "longer than 300 KB"),
        ("archive.zip", b"PK\x03\x04".to_vec(), "Archives are not taken"),
        ("photo.heic", b"ftypheic".to_vec(), "save it as JPEG"),
        ("program.exe", b"MZ".to_vec(), "end in .exe"),
        ("paper.pdf.exe", pdf("x"), "end in .exe"),
        ("noending", pdf("x"), "no ending"),
        ("macros.docm", b"PK\x03\x04".to_vec(), "macros"),
        ("binary.txt", after(b"text".to_vec(), &[0, 1, 2]), "no plain text"),
    ] {
        match library.take_bytes(name, bytes).await {
            Err(Error::Refused(text)) => {
                assert!(text.contains(said), "{name}: {text}");
                assert!(text.starts_with(&format!("‘{name}’ was not taken. ")), "{text}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(files(dir.path()), [] as [String; 0]);
}

#[tokio::test]
async fn nothing_but_the_picture_is_kept() {
    let (dir, library) = library(Limits::default());
    let script = b"<script>alert(document.domain)</script>";
    // An image to one reader and a page to another.
    let polyglot = |mut bytes: Vec<u8>| {
        bytes.extend(script);
        bytes
    };
    for (name, bytes) in [
        ("phone.jpg", phone(60, 40)),
        ("both.jpg", polyglot(jpeg(60, 40))),
        ("both.png", polyglot(png(60, 40))),
        ("both.gif", polyglot(gif(60, 40, 1))),
        ("both.gif", polyglot(gif(60, 40, 3))),
    ] {
        let file = library.take_bytes(name, bytes).await.unwrap();
        let kept = std::fs::read(
            dir.path().join("media").join(&file.hash()[..2]).join(file.hash()).join("original"),
        );
        let kept = kept.unwrap();
        assert_eq!(kept.len() as u64, file.size());
        for word in [&script[..], b"Exif", b"Greenwich", b"GPS"] {
            assert!(!kept.windows(word.len()).any(|window| window == word), "{name}");
        }
    }
}

#[tokio::test]
async fn the_bytes_decide_which_kind_of_picture_it_is() {
    let (_dir, library) = library(Limits::default());
    for (name, bytes, kind, kept_as) in [
        ("Photo.JPG", jpeg(60, 40), MediaType::Jpeg, "photo.jpg"),
        ("wrong.jpg", png(60, 40), MediaType::Png, "wrong.png"),
        ("clear.png", webp(60, 40), MediaType::Webp, "clear.webp"),
        ("still.gif", gif(60, 40, 1), MediaType::Png, "still.png"),
        ("moving.gif", gif(60, 40, 3), MediaType::Gif, "moving.gif"),
        ("../../../etc/passwd.png", png(60, 40), MediaType::Png, "passwd.png"),
        ("Größe 研究 \u{202e}.png", png(60, 40), MediaType::Png, "grosse-yan-jiu.png"),
    ] {
        let file = library.take_bytes(name, bytes).await.unwrap();
        assert_eq!((file.media_type(), file.name()), (kind, kept_as), "{name}");
        let picture = file.picture().unwrap();
        assert_eq!((picture.width, picture.height), (60, 40));
    }
}

#[tokio::test]
async fn pictures_stand_upright_and_come_in_smaller_widths() {
    let (dir, library) = library(Limits::default());
    let file = library.take_bytes("phone.jpg", phone(900, 700)).await.unwrap();
    let picture = file.picture().unwrap();
    assert_eq!((picture.width, picture.height, picture.widths.as_slice()), (700, 900, &[320, 640][..]));
    let kept = dir.path().join("media").join(&file.hash()[..2]).join(file.hash());
    for (part, size) in [("original", (700, 900)), ("640", (640, 823)), ("320", (320, 411))] {
        let drawn = image::load_from_memory(&std::fs::read(kept.join(part)).unwrap()).unwrap().into_rgb8();
        assert_eq!(drawn.dimensions(), size);
        // What was at the top lies at the right after a quarter turn.
        let (width, height) = size;
        let [r, g, b] = drawn.get_pixel(width - 5, height / 2).0;
        assert!(g > 120 && r < 60 && b < 60, "{part}: {:?}", [r, g, b]);
        let [r, _, b] = drawn.get_pixel(width / 3, 10).0;
        assert!(r > 150 && b < 80, "{part}");
    }
    let small = library.take_bytes("small.png", png(320, 10)).await.unwrap();
    assert_eq!(small.picture().unwrap().widths, [] as [u32; 0]);
}
