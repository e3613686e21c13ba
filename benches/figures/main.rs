//! The figures that Recto is held to: `cargo bench`. Prints tables; it must not fail where a figure is
//! missed, since machines differ. `cargo bench -- editing` measures one side, `-- public 1000 10000`
//! the public one with so many outputs, `-- desk` the pages of the admin over a hundred thousand, `-- keep` what is
//! kept of every save, `-- backup` a backup beside editors, putting it back and erasing somebody; `-- content 1000 DIRECTORY` only makes them, for a profile or for `-- desk DIRECTORY`;
//! `docs/PERFORMANCE.md` says what came of it.
#![allow(missing_docs, reason = "a benchmark explains itself by what it prints")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "it stops where it fails"
)]
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod backup;
mod bare;
mod content;
mod desk;
mod editing;
mod keep;
mod load;
mod program;
mod public;
mod show;
mod sql;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        match arguments.as_slice() {
            // What the program is compared with runs as a process of its own.
            ["bare", file] => bare::serve(file).await,
            ["sql", file] => sql::serve(file).await,
            // For profiles: the same content in a directory that stays.
            ["content", size, dir] => public::keep(size, dir).await,
            ["desk", dir @ ..] => desk::measure(dir.first().copied()).await,
            ["backup", dir @ ..] => backup::measure(dir.first().copied()).await,
            ["editing"] => editing::measure().await,
            ["keep"] => keep::measure().await,
            ["public", sizes @ ..] => public::measure(sizes).await,
            _ => {
                editing::measure().await;
                keep::measure().await;
                backup::measure(None).await;
                desk::measure(None).await;
                public::measure(&[]).await;
            }
        }
    });
}
