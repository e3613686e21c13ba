//! The editors' side: pages and forms over the verbs. Handlers read the request, call a verb and
//! choose a view; they must not decide who may do what, and must not touch the database.

pub mod assets;
mod bulk;
mod changes;
mod dashboard;
mod decode_pool;
mod deletion;
mod door;
mod export;
mod failure;
mod find;
mod form;
mod grid;
mod here;
mod import;
mod items;
mod layout;
mod library;
mod list;
mod look;
mod merge;
mod names;
mod palette;
mod preflight;
mod resume;
mod search;
mod session;
mod sign_in;
mod simple;
mod users;
mod when;
mod you;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Redirect;
use axum::routing::{get, post};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::accounts::{Accounts, Sessions};
use crate::editing::Desk;
use crate::metadata::Metadata;
use crate::reading::Reader;

pub use decode_pool::DecodePool;
pub use here::Here;

/// The largest form that is read, in bytes: a project with a full text and a thousand rows.
pub const FORM_MAX: usize = 4 * 1024 * 1024;
/// The longest that the texts of a form may be as they are shown again, in bytes: HTML writes a quotation mark
/// with six.
pub const SHOWN_MAX: usize = FORM_MAX + FORM_MAX / 4;

/// What the admin is told of the world around it.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Recto stands behind TLS: cookies and headers can rely on it.
    pub tls: bool,
    /// Where the public API is reached, `http://127.0.0.1:8440`.
    pub public_base: String,
    /// Where editors reach the admin, `https://admin.example.org`; `None` where nobody has said, and
    /// requests must do.
    pub admin_address: Option<String>,
    /// The header in which a trusted proxy says who asks; used for throttling alone.
    pub client_address_header: Option<HeaderName>,
    /// Where metadata of identifiers are looked up; not at all where there is none.
    pub metadata: Option<Metadata>,
    /// What reads imports.
    pub reader: Reader,
}

/// What every handler gets.
#[derive(Clone, Debug)]
pub struct State {
    /// The verbs' desk.
    pub desk: Desk,
    /// Who can sign in.
    pub accounts: Accounts,
    /// The world around.
    pub settings: Settings,
    /// Who is at which form.
    pub here: Here,
    /// Where forms with much markup are read.
    pub pool: DecodePool,
}

/// All of `/admin`.
pub fn router(state: State) -> Router {
    let sessions =
        SessionManagerLayer::new(Sessions::new(state.desk.store.clone(), state.desk.clock.clone()))
            .with_name(if state.settings.tls { "__Host-recto" } else { "recto" })
            .with_secure(state.settings.tls)
            .with_same_site(SameSite::Lax)
            .with_http_only(true)
            .with_path("/")
            .with_expiry(Expiry::OnInactivity(tower_sessions::cookie::time::Duration::days(7)));
    // A form may bring files, which are read part by part, beside what other forms bring.
    let longest = usize::try_from(state.desk.media.limits().bytes).unwrap_or(usize::MAX);
    let with_files =
        |number: usize| DefaultBodyLimit::max(longest.saturating_mul(number).saturating_add(FORM_MAX));
    let (one, many) = (with_files(1), with_files(library::FILES_MAX));
    let files = Router::new()
        .route("/admin/media-files/{hash}/{name}", get(library::serve))
        .route("/admin/media-files/{hash}/{width}/{name}", get(library::serve_variant));
    let pages = Router::new()
        .route("/admin/", get(dashboard::show))
        .route("/admin/search", get(search::show))
        .route("/admin/go", get(palette::find))
        .route("/admin/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/set-up/{token}", get(sign_in::show_link).post(sign_in::use_set_up_link))
        .route("/admin/password/{token}", get(sign_in::show_link).post(sign_in::use_reset_link))
        .route("/admin/account", get(you::show))
        .route("/admin/account/password", post(you::change_password))
        .route("/admin/account/sign-out-everywhere", post(you::sign_out_everywhere))
        .route("/admin/users", get(users::list))
        .route("/admin/users/new", get(users::new).post(users::add))
        .route("/admin/users/{id}", get(users::show).post(users::update))
        .route("/admin/users/{id}/reset", post(users::reset))
        .route("/admin/find", get(find::anything))
        .route("/admin/find/{plural}", get(find::find))
        .route("/admin/outputs/import", get(import::show).post(import::post))
        .route("/admin/projects/{id}/outputs/import", get(import::show_of).post(import::post_of))
        .route("/admin/people/names", get(names::show).post(names::post))
        .route("/admin/people/names/one", get(names::show_one).post(names::post_one))
        .route("/admin/{plural}/{id}/merge", get(merge::show).post(merge::post))
        .route("/admin/bulk/{plural}", get(bulk::show).post(bulk::post))
        .route("/admin/bulk/{plural}/{batch}", get(bulk::redirect).post(bulk::run))
        .route("/admin/changes/{batch}", get(changes::show).post(changes::undo))
        .route("/admin/imports/{batch}", get(import::show_batch).post(import::undo_batch))
        .route("/admin/views/{id}", get(list::views::show))
        .route("/admin/media/export", get(export::show_media))
        .route("/admin/media/new", get(library::new).post(library::post).layer(many))
        .route("/admin/media/removed", get(library::removed::show))
        .route("/admin/media/removed/{hash}", get(library::removed::picture).post(library::removed::put_back))
        .route("/admin/media/{id}/describe", post(library::describe))
        .route("/admin/media/{id}", get(items::show_media).post(library::form::post).layer(one))
        .route("/admin/{plural}", get(list::show).post(list::views::post))
        .route("/admin/{plural}/export", get(export::show))
        .route("/admin/{plural}/new", get(items::new).post(items::post_new))
        .route("/admin/{plural}/{id}", get(items::show).post(items::post))
        .route("/admin/{plural}/{id}/autosave", post(items::autosave::autosave))
        .route("/admin/{plural}/{id}/others", get(here::others))
        .route("/admin/outputs/table", get(list::table::redirect).post(list::table::post))
        .merge(grid::routes())
        .route("/admin/{plural}/{id}/publish", get(preflight::show).post(preflight::publish))
        .route("/admin/{plural}/{id}/delete", get(deletion::show).post(deletion::post))
        .fallback(failure::not_found)
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(compression())
        .merge(files)
        .layer(axum::middleware::from_fn_with_state(state.clone(), door::ask))
        .layer(axum::middleware::from_fn_with_state(state.clone(), session::attach))
        .layer(axum::middleware::from_fn(resume::keep))
        .layer(sessions)
        .layer(axum::middleware::from_fn(secure_removal));
    let mut router = Router::new()
        .route("/admin", get(|| async { Redirect::permanent("/admin/") }))
        .route("/admin/assets/{name}", get(assets::serve).layer(compression()))
        .merge(pages)
        .layer(DefaultBodyLimit::max(FORM_MAX))
        .layer(CsrfLayer::new());
    for (name, value) in [
        // Errors of every kind too, also below the assets, which alone may be kept.
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        // A page may be stricter: those whose address is a secret are.
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    if state.settings.tls {
        let year = Duration::from_secs(365 * 24 * 3_600).as_secs();
        if let Ok(value) = HeaderValue::from_str(&format!("max-age={year}; includeSubDomains")) {
            router =
                router.layer(SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, value));
        }
    }
    router.with_state(state)
}

/// Pages and scripts go compressed; a table of a thousand rows is a twentieth of itself then. What is
/// compressed already is left as it is.
fn compression() -> CompressionLayer<impl Predicate> {
    let fonts = NotForContentType::const_new("font/");
    let workbooks = NotForContentType::const_new("application/vnd.openxmlformats");
    CompressionLayer::new()
        .no_br()
        .no_deflate()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(fonts).and(workbooks))
}

/// Browsers refuse every `__Host-` cookie without `Secure`, its removal too, which tower-sessions
/// 0.15 sends without.
async fn secure_removal(
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    let mut response = next.run(request).await;
    let cookie = response.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
    if let Some(cookie) = cookie.filter(|cookie| cookie.starts_with("__Host-") && !cookie.contains("Secure"))
        && let Ok(value) = HeaderValue::from_str(&format!("{cookie}; Secure"))
    {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
