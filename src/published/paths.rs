//! Where items live on the public site: by which patterns, and what is meant by a path. It must
//! not remember anything: where an item lived before follows from slugs, so that a store that was
//! built anew says the same.

use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, Row as _};

use super::read::document;
use super::statement::COLUMNS;
use super::{Located, PublishedStore, schema};
use crate::content::parsed::ProjectCode;
use crate::content::types::usual_path;
use crate::content::{ContentType, TYPES};
use crate::error::{Error, Result};

/// The longest path that is looked up, in bytes.
const LONGEST: usize = 2_000;

/// The deepest path that is looked up.
const DEEPEST: usize = 20;

/// The most names in a pattern that is read backwards, and the longest value of one, in bytes: the
/// work grows with the one to the power of the other.
const NAMES: usize = 3;
const VALUE: usize = 80;

/// The site's pattern for a type, or ours where it has none.
pub(super) fn pattern<'site>(site: &'site Json, object: &str) -> Option<&'site str> {
    let own = site.get(format!("path_{object}")).and_then(Json::as_str);
    own.or_else(|| usual_path(object))
}

/// The path of an item of this type; empty for what has no page. Pages are not placed here.
pub(super) fn path(site: &Json, object: &str, slug: &str, theme: Option<&str>, code: Option<&str>) -> String {
    let Some(pattern) = pattern(site, object) else {
        return if object == "site" { "/".to_owned() } else { String::new() };
    };
    // A project whose theme is not published lives without it rather than nowhere.
    let pattern = match theme {
        Some(theme) => pattern.replace("{theme}", theme),
        None => pattern.replace("{theme}/", ""),
    };
    pattern.replace("{slug}", slug).replace("{code}", code.unwrap_or(slug))
}

/// What a path may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Guess<'path> {
    object: &'static str,
    slug: Option<&'path str>,
    code: Option<&'path str>,
    /// Slugs that must be known beside it, and of which type.
    beside: Vec<(&'static str, &'path str)>,
}

/// What may be meant by a path, the likeliest first: by the site's patterns, by the usual ones, and
/// at last a page.
fn guesses<'path>(site: &Json, path: &'path str) -> Vec<Guess<'path>> {
    let mut guesses = Vec::new();
    let typed = TYPES.into_iter().filter(|one| usual_path(one.name).is_some());
    let own = typed.clone().filter_map(|one| Some((one, pattern(site, one.name)?)));
    let usual = typed.filter_map(|one| Some((one, usual_path(one.name)?)));
    let readable = |pattern: &&str| pattern.matches('{').count() <= NAMES;
    for (content_type, pattern) in own.chain(usual).filter(|(_, pattern)| readable(pattern)) {
        let mut guess = Guess { object: content_type.name, ..Guess::default() };
        let without = pattern.replace("{theme}/", "");
        let fits = fit(pattern, path, &mut guess) || (without != pattern && fit(&without, path, &mut guess));
        if fits && !guesses.contains(&guess) {
            guesses.push(guess);
        }
    }
    let mut segments: Vec<&str> = path.split('/').skip(1).collect();
    if let Some(slug) = segments.pop().filter(|slug| !slug.is_empty()) {
        let beside = segments.into_iter().map(|above| ("page", above)).collect();
        guesses.push(Guess { object: "page", slug: Some(slug), code: None, beside });
    }
    guesses
}

/// Whether a path is of a pattern; if so, what stands in the places of its names.
fn fit<'path>(pattern: &str, path: &'path str, guess: &mut Guess<'path>) -> bool {
    let Some((literal, name_on)) = pattern.split_once('{') else { return pattern == path };
    let Some((name, rest)) = name_on.split_once('}') else { return pattern == path };
    let Some(value_on) = path.strip_prefix(literal) else { return false };
    let end = value_on.find('/').unwrap_or(value_on.len()).min(VALUE);
    for at in (1..=end).rev() {
        let Some((value, after)) = value_on.split_at_checked(at) else { continue };
        let mut inner = guess.clone();
        match name {
            "slug" => inner.slug = Some(value),
            "code" => inner.code = Some(value),
            "theme" => inner.beside = vec![("theme", value)],
            _ => return false,
        }
        if fit(rest, after, &mut inner) {
            *guess = inner;
            return true;
        }
    }
    false
}

/// The site's document.
pub(super) const SITE: &str =
    "SELECT json FROM document JOIN source ON source.key = document.key WHERE object = 'site'";

impl PublishedStore {
    /// What lives at a path of the public site, or lived there: under an earlier slug of its own or
    /// of what stands above it, below another theme or page, or where the usual patterns would have
    /// it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn at(&self, path: &str) -> Result<Located> {
        if !path.starts_with('/') || path.len() > LONGEST || path.matches('/').count() > DEEPEST {
            return Ok(Located::Unknown);
        }
        let trimmed = path.trim_end_matches('/');
        let trimmed = if trimmed.is_empty() { "/" } else { trimmed };
        // The root may have a page of its own; the site stands behind it.
        let sql = AssertSqlSafe(format!(
            "SELECT {COLUMNS}, NULL AS sort FROM document WHERE path = ? ORDER BY object = 'site', id LIMIT 1"
        ));
        let here = self.file().first(sqlx::query(sql).bind(trimmed)).await?;
        if let Some(row) = here {
            let found = Box::new(document(&row)?);
            return Ok(if trimmed == path { Located::Here(found) } else { Located::Moved(found) });
        }
        let site = self.site().await?;
        let guesses = guesses(&site, trimmed);
        let known = self.known(&guesses).await?;
        let mut gone = false;
        for guess in &guesses {
            let id =
                |object: &str, slug: &str| known.iter().find(|one| one.object == object && one.slug == slug);
            if guess.beside.iter().any(|(object, slug)| id(object, slug).is_none()) {
                continue;
            }
            let found = match (guess.slug, guess.code) {
                (Some(slug), _) => id(guess.object, slug),
                (None, Some(code)) => known.iter().find(|one| one.object == guess.object && one.code == code),
                (None, None) => None,
            };
            match found {
                Some(found) if found.here => {
                    if let Some(found) = self.get(&found.id).await?.filter(|found| !found.path.is_empty()) {
                        return Ok(Located::Moved(Box::new(found)));
                    }
                }
                Some(found) => {
                    match self.successor(&found.id).await?.filter(|found| !found.path.is_empty()) {
                        Some(found) => return Ok(Located::Moved(Box::new(found))),
                        None => gone = true,
                    }
                }
                None => {}
            }
        }
        Ok(if gone { Located::Gone } else { Located::Unknown })
    }

    /// The site's document; null where there is none.
    pub(super) async fn site(&self) -> Result<Json> {
        let site = sqlx::query(SITE);
        let Some(row) = self.file().first(site).await? else { return Ok(Json::Null) };
        serde_json::from_str(&row.try_get::<String, _>(0)?).map_err(Error::internal)
    }

    /// Those of the guessed slugs and codes that mean an item.
    async fn known(&self, guesses: &[Guess<'_>]) -> Result<Vec<Known>> {
        let slugs = guesses.iter().flat_map(|guess| {
            let own = guess.slug.map(|slug| (guess.object, slug));
            own.into_iter().chain(guess.beside.iter().copied())
        });
        let slugs: Json = slugs.map(|(object, slug)| Json::from(vec![object, slug])).collect();
        let codes: Json = guesses
            .iter()
            .filter(|guess| guess.slug.is_none())
            .filter_map(|guess| {
                let code: ProjectCode = guess.code?.parse().ok()?;
                Some(Json::from(vec![guess.object.to_owned(), guess.code?.to_owned(), code.sort_key()]))
            })
            .collect();
        let sql = AssertSqlSafe(format!(
            "SELECT a.object, a.slug, '' AS code, a.id, d.id IS NOT NULL AS here
             FROM json_each(?1) g JOIN address a ON a.object = g.value ->> 0 AND a.slug = g.value ->> 1
             LEFT JOIN document d ON d.id = a.id
             UNION ALL
             SELECT document.object, '', g.value ->> 1, document.id, 1
             FROM json_each(?2) g JOIN document ON document.object = 'project'
               AND document.object = g.value ->> 0 AND {} = g.value ->> 2",
            schema::key("code")
        ));
        let rows = self.file().all(sqlx::query(sql).bind(slugs.to_string()).bind(codes.to_string())).await?;
        rows.iter()
            .map(|row| {
                Ok(Known {
                    object: row.try_get("object")?,
                    slug: row.try_get("slug")?,
                    code: row.try_get("code")?,
                    id: row.try_get("id")?,
                    here: row.try_get("here")?,
                })
            })
            .collect()
    }
}

/// An item that is or was known under a slug or a code.
struct Known {
    object: String,
    slug: String,
    code: String,
    id: String,
    /// Whether it is public now.
    here: bool,
}

/// Whether all that a type's path is made of is the item's slug.
pub(super) fn is_of_slug_alone(site: &Json, content_type: &ContentType) -> bool {
    let others = |pattern: &str| pattern.contains("{theme}") || pattern.contains("{code}");
    pattern(site, content_type.name).is_some_and(|pattern| !others(pattern))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_is_read_by_its_pattern() {
        let read = |pattern: &str, path: &'static str| {
            let mut guess = Guess::default();
            fit(pattern, path, &mut guess).then_some((guess.slug, guess.code, guess.beside))
        };
        assert_eq!(read("/a/{slug}", "/a/b-c"), Some((Some("b-c"), None, vec![])));
        assert_eq!(read("/{theme}/{slug}", "/t/s"), Some((Some("s"), None, vec![("theme", "t")])));
        assert_eq!(read("/p/{code}-{slug}", "/p/3.07-a-b").map(|found| found.0), Some(Some("b")));
        assert_eq!(read("/p/{code}", "/p/3.07"), Some((None, Some("3.07"), vec![])));
        for other in ["/a/", "/a", "/a/b/c", "/b/c", "a/b", ""] {
            assert_eq!(read("/a/{slug}", other), None, "{other}");
        }
    }

    #[test]
    fn the_sites_own_patterns_come_first() {
        let site = json!({ "path_news": "/updates/{slug}" });
        let objects = |path| -> Vec<&str> { guesses(&site, path).iter().map(|guess| guess.object).collect() };
        assert_eq!(objects("/updates/x"), ["news", "page"]);
        assert_eq!(objects("/news/x"), ["news", "page"]);
        assert_eq!(objects("/research/x"), ["theme", "project", "page"]);
        assert_eq!(objects("/"), Vec::<&str>::new());
    }
}
