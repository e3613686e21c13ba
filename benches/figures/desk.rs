//! What an editor touches all day, over a hundred thousand outputs: every page of the admin, a pasted
//! table, a bibliography from the command line.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use recto::content::{TYPES, by_name};
use recto::published::Select;
use tower::ServiceExt as _;

use crate::content::{build, close, open};
use crate::editing::{Bench, row, signed_in};
use crate::show::median;

const OUTPUTS: usize = 100_000;
/// How many entries the bibliography has.
const ENTRIES: usize = 10_000;
/// How many rows are pasted.
const ROWS: usize = 500;

/// Over a directory that holds the content, or over one that is made for it.
pub async fn measure(dir: Option<&str>) {
    let made = tempfile::tempdir().unwrap();
    let counter = Arc::new(AtomicU64::new(0));
    let desk = open(dir.map_or(made.path(), Path::new), &counter).await;
    if dir.is_none() {
        let begun = Instant::now();
        build(&desk, OUTPUTS).await;
        println!("{OUTPUTS} outputs made and published in {:.0} s", begun.elapsed().as_secs_f64());
    }
    println!("\n{:<50}{:>12}{:>14}{:>12}", "", "median", "at most", "statements");
    let bench = Bench { desk, counter };
    bench.pages().await;
    let Bench { desk, .. } = bench;
    close(desk).await;
    import(dir.map_or(made.path(), Path::new));
}

impl Bench {
    async fn pages(&self) {
        let (router, cookie) = signed_in(&self.desk).await;
        let mut paths: Vec<String> =
            ["/admin/", "/admin/people/names", "/admin/users", "/admin/account"].map(str::to_owned).into();
        for one in TYPES.into_iter().filter(|one| !one.single) {
            let plural = one.plural;
            let select = Select { limit: 1, ..Select::of(one) };
            let first = self.desk.lists().list(&select).await.unwrap().items;
            paths.push(format!("/admin/{plural}"));
            paths.push(format!("/admin/{plural}/new"));
            paths.extend(first.iter().map(|item| format!("/admin/{plural}/{}", item.id)));
            paths.extend(first.iter().map(|item| format!("/admin/{plural}/{}/publish", item.id)));
        }
        for query in [
            "q=leadership",
            "q=leadership+blame",
            "q=output+12345",
            "sort=title",
            "sort=-updated_at",
            "state=published&sort=year",
            "year=2020&availability=on_request",
            "page=2000",
            "state=trashed",
        ] {
            paths.push(format!("/admin/outputs?{query}"));
        }
        paths.push("/admin/search?q=leadership".to_owned());
        paths.push("/admin/find?q=lead".to_owned());
        paths.push("/admin/find/people?of=output&field=authors&q=fam".to_owned());
        for path in paths {
            let (mut times, mut statements, begun) = (Vec::new(), 0, Instant::now());
            while times.len() < 9 && begun.elapsed() < Duration::from_secs(3) {
                let (time, count) = self.get(&router, &path, Some(&cookie)).await;
                times.push(time);
                statements = count;
            }
            // One of a kind is known by its list.
            row(&shown(&path), median(times), "50 ms", Some(statements));
        }
        self.paste(&router, &cookie).await;
    }

    /// The preview of a pasted table, from what is sent to the page that comes.
    async fn paste(&self, router: &axum::Router, cookie: &str) {
        let select = Select { limit: 1, ..Select::of(by_name("project").unwrap()) };
        let project = self.desk.lists().list(&select).await.unwrap().items.remove(0).id;
        let mut text = "Title\tOutputs type\tLead academic\tYear\tTo note\r\n".to_owned();
        for at in 0..ROWS {
            let _ = write!(
                text,
                "Pasted {at} of trust and demand\tBoard report\tFamily{}, A\t2021\tAvailable on request\r\n",
                at % 600
            );
        }
        let body =
            format!("--cut\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n--cut--\r\n");
        let mut times = Vec::new();
        for _ in 0..5 {
            let request = Request::post(format!("/admin/projects/{project}/outputs/import"))
                .header(header::COOKIE, cookie)
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
                .body(Body::from(body.clone()))
                .unwrap();
            let begun = Instant::now();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            let page = answer.into_body().collect().await.unwrap().to_bytes();
            times.push(begun.elapsed());
            let page = String::from_utf8_lossy(&page);
            assert!(page.contains("Pasted 499 of trust"), "the last row is there");
        }
        row("a pasted table of 500 rows, its preview", median(times), "1,000 ms", None);
    }
}

/// A path without what is only one of many.
fn shown(path: &str) -> String {
    path.split('/').map(|part| if part.len() == 36 { "…" } else { part }).collect::<Vec<_>>().join("/")
}

/// A bibliography from the command line, with the people whom it names.
fn import(dir: &Path) {
    let mut bibliography = String::new();
    for at in 0..ENTRIES {
        let _ = write!(
            bibliography,
            "@article{{key{at},\n  author = {{Family{}, Ada and {{\\'E}}tranger{}, Z.}},\n  title = {{Imported {at}: {{The}} \
             Work of Trust}},\n  journal = {{Journal of Learning}},\n  year = {{{}}},\n  doi = {{10.5555/bench.{at}}}\n}}\n\n",
            at % 500,
            at % 300,
            2010 + at % 15
        );
    }
    let file = dir.join("bibliography.bib");
    std::fs::write(&file, bibliography).unwrap();
    let begun = Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_recto"))
        .args(["import", "outputs", "--new-people", "--new-types", "--data-dir"])
        .args([dir, &file])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    row("10,000 entries of BibTeX imported", begun.elapsed(), "30,000 ms", None);
}
